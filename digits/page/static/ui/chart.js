// A curve in an SVG: grid lines with numbers, the ends of epochs, the line.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [320, 150];
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 8, 8, 20]; // margins

/**
 * @typedef {object} Chart
 * @property {[step: number, value: number][]} points
 * @property {(number | null)[][]} epochs the step at which each ended and, where it is to be seen, a value
 * @property {number[]} ticks values on the upright axis, from the bottom to the top
 * @property {number} steps of the whole run
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
export function drawChart(svg, { points, epochs, ticks, steps, label }) {
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (/** @type {number} */ step) => LEFT + (WIDTH - LEFT - RIGHT) * (step / Math.max(1, steps));
  const share = (/** @type {number} */ value) => (Math.min(high, Math.max(low, value)) - low) / (high - low);
  const y = (/** @type {number} */ value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - share(value));
  const line = points.map(([step, value], i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.replaceChildren(
    ...ticks.flatMap((tick) => [
      shape("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }),
      shape("text", { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, label(tick)),
    ]),
    ...epochNumbers(epochs, x),
    shape("path", { class: "curve", d: line.join("") || "M0 0" }),
    ...epochs.flatMap(([step, value]) =>
      value === undefined || value === null
        ? []
        : [shape("circle", { class: "mark", cx: x(Number(step)), cy: y(value), r: 3.5 })],
    ),
  );
}

/** As many as have room. @param {Chart["epochs"]} epochs @param {(step: number) => number} x */
function epochNumbers(epochs, x) {
  const room = (WIDTH - LEFT - RIGHT) / Math.max(1, epochs.length - 1);
  return epochs.flatMap(([step], epoch) =>
    room > 14 || epoch % 5 === 0
      ? [shape("text", { class: "tick", x: x(Number(step)), y: HEIGHT - 4, "text-anchor": "middle" }, String(epoch))]
      : [],
  );
}
