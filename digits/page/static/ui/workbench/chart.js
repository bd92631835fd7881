// Charts of the Learn room: curves over steps, the curve -ln p, the loss along one weight.

import { shape } from "../chart.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [42, 10, 8, 22]; // margins
const FIGURE = 6.5; // width of a figure in a label

/**
 * @typedef {object} Line
 * @property {string} name its class: what colour it has
 * @property {(readonly [x: number, y: number])[]} points
 */

/**
 * @typedef {object} Picture
 * @property {[width: number, height: number]} size narrower where the page is, for words that shrink cannot be read
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
  const height = size[1];
  const width = Math.min(size[0], svg.clientWidth || size[0]);
  const labels = ticks.map(label);
  const left = Math.max(LEFT, 6 + FIGURE * Math.max(...labels.map((words) => words.length)));
  const x = scale(across, [left, width - RIGHT]);
  const y = scale(up, [height - BOTTOM, TOP]);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(
    ...ticks.flatMap((tick, i) => [
      shape("line", { class: "grid", x1: left, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
      shape("text", { class: "tick", x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, labels[i]),
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
 * The line that touches a curve in one point, as long as it stays within the picture.
 * @param {readonly [x: number, y: number]} point
 * @param {number} slope
 * @param {number} reach how far to either side, at most
 * @param {Pick<Picture, "across" | "up">} frame
 * @returns {[number, number][]}
 */
export function tangentAt([x, y], slope, reach, { across, up }) {
  /** @param {-1 | 1} side */
  const end = (side) => {
    const rise = side * slope;
    const border = rise > 0 ? up[1] : up[0];
    const room = rise ? Math.max(0, (border - y) / rise) : reach;
    const far = side * Math.min(reach, room, Math.abs(across[side < 0 ? 0 : 1] - x));
    return /** @type {[number, number]} */ ([x + far, y + slope * far]);
  };
  return [end(-1), end(1)];
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
