// Charts of the Learn room: curves over steps, the curve -log p, the loss along one weight.

import { shape } from "../chart.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [42, 10, 8, 22]; // margins

/**
 * @typedef {object} Line
 * @property {string} name its class: what colour it has
 * @property {(readonly [x: number, y: number])[]} points
 */

/**
 * @typedef {object} Picture
 * @property {[width: number, height: number]} size
 * @property {[low: number, high: number]} across
 * @property {[low: number, high: number]} up
 * @property {number[]} ticks values with a line across
 * @property {(tick: number) => string} label
 * @property {[value: number, words: string, anchor?: string][]} [below] words under the horizontal axis
 * @property {Line[]} lines
 * @property {number} [marker] an upright line here
 * @property {{x: number, y: number, name: string}[]} [dots]
 */

/** @param {SVGSVGElement} svg @param {Picture} picture */
export function drawPicture(svg, { size, across, up, ticks, label, below = [], lines, marker, dots = [] }) {
  const [width, height] = size;
  const x = scale(across, [LEFT, width - RIGHT]);
  const y = scale(up, [height - BOTTOM, TOP]);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(
    ...ticks.flatMap((tick) => [
      shape("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
      shape("text", { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, label(tick)),
    ]),
    ...below.map(([value, words, anchor = "middle"]) =>
      shape("text", { class: "tick", x: x(value), y: height - 5, "text-anchor": anchor }, words),
    ),
    ...(marker === undefined
      ? []
      : [shape("line", { class: "marker", x1: x(marker), x2: x(marker), y1: TOP, y2: height - BOTTOM })]),
    ...lines.map(({ name, points }) => shape("path", { class: `line ${name}`, d: pathOf(points, x, y) })),
    ...dots.map((dot) => shape("circle", { class: `dot ${dot.name}`, cx: x(dot.x), cy: y(dot.y), r: 5 })),
  );
}

/**
 * From values to places, held within the picture.
 * @param {[number, number]} from @param {[number, number]} to
 * @returns {(value: number) => number}
 */
function scale([low, high], [start, end]) {
  const share = (/** @type {number} */ value) => Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
  return (value) => Math.round(10 * (start + (end - start) * share(value))) / 10;
}

/** @param {Line["points"]} points @param {(value: number) => number} x @param {(value: number) => number} y */
function pathOf(points, x, y) {
  return points.map(([a, b], i) => `${i ? "L" : "M"}${x(a)} ${y(b)}`).join("") || "M0 0";
}

/**
 * A key to the lines' colours.
 * @param {HTMLElement} root
 * @param {[name: string, words: string][]} names
 */
export function drawLegend(root, names) {
  root.replaceChildren(
    ...names.flatMap(([name, words]) => {
      const swatch = document.createElement("i");
      swatch.className = `swatch ${name}`;
      return [swatch, words];
    }),
  );
}
