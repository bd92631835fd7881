// Curves in an SVG: grid lines with numbers, the epochs below, one line or several.

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 8, 8, 20]; // margins, in px
const [USUAL_WIDTH, USUAL_HEIGHT] = [320, 132]; // while the SVG is not shown

/**
 * A line of a chart; `kind` is its class in the style sheet.
 * @typedef {object} Line
 * @property {string} kind
 * @property {[epoch: number, value: number][]} points
 * @property {[epoch: number, value: number][]} [marks] points that stand out
 */

/**
 * @typedef {object} Chart
 * @property {Line[]} lines the last one on top
 * @property {number[]} ticks values on the upright axis, from the bottom to the top
 * @property {number} epochs how far the axis goes
 * @property {(tick: number) => string} label
 */

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [words] */
export function shape(name, attributes, words) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (words !== undefined) node.textContent = words;
  return node;
}

/** @param {SVGSVGElement} svg @param {Chart} chart */
export function drawChart(svg, { lines, ticks, epochs, label }) {
  const [width, height] = [svg.clientWidth || USUAL_WIDTH, svg.clientHeight || USUAL_HEIGHT];
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (/** @type {number} */ epoch) => LEFT + (width - LEFT - RIGHT) * (epoch / Math.max(1e-9, epochs));
  const share = (/** @type {number} */ value) => (Math.min(high, Math.max(low, value)) - low) / (high - low);
  const y = (/** @type {number} */ value) => TOP + (height - TOP - BOTTOM) * (1 - share(value));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(
    ...ticks.flatMap((tick) => [
      shape("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
      shape("text", { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, label(tick)),
    ]),
    ...epochNumbers(epochs, x, width, height),
    ...lines.flatMap((line) => drawLine(line, x, y)),
  );
}

/** @param {Line} line @param {(epoch: number) => number} x @param {(value: number) => number} y */
function drawLine({ kind, points, marks = [] }, x, y) {
  const path = points.map(([epoch, value], i) => `${i ? "L" : "M"}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`);
  return [
    shape("path", { class: `curve ${kind}`, d: path.join("") || "M0 0" }),
    ...marks.map(([epoch, value]) => shape("circle", { class: `mark ${kind}`, cx: x(epoch), cy: y(value), r: 3.5 })),
  ];
}

/** As many as have room. @param {number} epochs @param {(epoch: number) => number} x @param {number} width @param {number} height */
function epochNumbers(epochs, x, width, height) {
  const room = (width - LEFT - RIGHT) / Math.max(1, epochs);
  const every = [1, 2, 5, 10].find((step) => room * step > 16) ?? 20;
  const shown = Array.from({ length: Math.floor(epochs / every) + 1 }, (_, i) => i * every);
  return shown.map((epoch) =>
    shape("text", { class: "tick", x: x(epoch), y: height - 4, "text-anchor": "middle" }, String(epoch)),
  );
}
