// The picture of the network: its input, a spot for every node, the ten outputs, and the strongest
// connections of the node that was chosen. Nodes are chosen by click and by arrow keys.

import { wholePercent } from "../core/wording.js";
import { text } from "../services/texts.js";
import { colour, rgb } from "../services/theme.js";
import { paintGrey, paintPixels, sharpen } from "./canvas.js";

/** @typedef {import("./inside.js").Node} Node */
/** @typedef {import("./inside.js").Trace} Trace */
/** @typedef {import("./inside.js").Term} Term */

/**
 * Where a layer's nodes lie: in rows of `columns`, each in a square of `cell`.
 * @typedef {{left: number, top: number, cell: number, columns: number, count: number}} Place
 */

/**
 * @typedef {object} Plan
 * @property {boolean} isSmall a phone's width
 * @property {number} image the side of the picture of 28 x 28
 * @property {{left: number, width: number, top: number, height: number}} strip the 784 pixels in a column
 * @property {Place[]} places of the layers; the first is the pixels' and is not used
 * @property {number} radius of the outputs
 */

const TOP = 22; // room for the captions
const REACH = 28; // a click this near to a node chooses it
const LARGEST = 24; // of a node's cell, in CSS pixels

export class NetPicture {
  /** @param {HTMLCanvasElement} canvas @param {(node: Node) => void} choose */
  constructor(canvas, choose) {
    this.canvas = canvas;
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {Node | null} */
    this.chosen = null;
    this.choose = choose;
    canvas.addEventListener("click", (event) => this.clicked(event));
    canvas.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {Trace} trace @param {Node} chosen @param {Term[]} terms of the chosen node's sum */
  draw(trace, chosen, terms) {
    const { pen, width, height } = sharpen(this.canvas);
    if (width < 200) return; // a tab that is just opening has no width yet
    const plan = makePlan(trace.network.sizes, width, height);
    this.plan = plan;
    this.chosen = chosen;
    drawInput(pen, plan, trace);
    drawLinks(pen, plan, chosen, terms);
    for (let layer = 1; layer < plan.places.length - 1; layer++) drawLayer(pen, plan, layer, trace.values[layer]);
    drawOutputs(pen, plan, trace.probabilities, fontOf(this.canvas));
    ring(pen, plan, chosen);
    drawCaptions(pen, plan, fontOf(this.canvas));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    if (!this.plan) return;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let nearest = { layer: 0, node: 0, away: REACH };
    for (const [layer, node] of nodesOf(this.plan)) {
      const [left, top] = centre(this.plan, layer, node);
      const away = Math.hypot(left - x, top - y);
      if (away < nearest.away) nearest = { layer, node, away };
    }
    if (nearest.layer) this.choose(nearest);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (!this.plan || !this.chosen) return;
    const { places } = this.plan;
    const { columns, count } = places[this.chosen.layer];
    let { layer, node } = this.chosen;
    if (event.key === "ArrowDown") node += columns;
    else if (event.key === "ArrowUp") node -= columns;
    else if (event.key === "ArrowRight" && (node + 1) % columns && node + 1 < count) node += 1;
    else if (event.key === "ArrowRight") layer += 1;
    else if (event.key === "ArrowLeft" && node % columns) node -= 1;
    else if (event.key === "ArrowLeft") layer -= 1;
    else return;
    event.preventDefault();
    layer = Math.min(places.length - 1, Math.max(1, layer));
    this.choose({ layer, node: Math.min(places[layer].count - 1, Math.max(0, node)) });
  }
}

/** @param {HTMLCanvasElement} canvas */
export const fontOf = (canvas) => getComputedStyle(canvas).fontFamily;

/**
 * Every node but the pixels.
 * @param {Plan} plan
 * @returns {Generator<[layer: number, node: number]>}
 */
function* nodesOf({ places }) {
  for (let layer = 1; layer < places.length; layer++) {
    for (let node = 0; node < places[layer].count; node++) yield [layer, node];
  }
}

/**
 * How to put `count` nodes into a box: the columns that make them largest.
 * @param {number} count @param {number} width @param {number} height
 */
function pack(count, width, height) {
  let best = { cell: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns++) {
    const cell = Math.min(width / columns, height / Math.ceil(count / columns), LARGEST);
    if (cell > best.cell + 1e-6) best = { cell, columns };
  }
  return best;
}

/**
 * Where everything lies on a canvas of that size.
 * @param {readonly number[]} sizes @param {number} width @param {number} height
 * @returns {Plan}
 */
export function makePlan(sizes, width, height) {
  const isSmall = width < 480;
  const tall = height - TOP - 6;
  const image = isSmall ? 58 : Math.min(130, width * 0.19);
  const strip = { left: image + (isSmall ? 12 : 26), width: isSmall ? 8 : 12, top: TOP, height: tall };
  const [start, end] = [strip.left + strip.width, width - (isSmall ? 44 : 92)];
  const hidden = sizes.slice(1, -1);
  const gap = isSmall ? 12 : 30;
  const room = (end - start - gap * (hidden.length + 1)) / hidden.length;
  const places = hidden.map((count, i) => {
    const { cell, columns } = pack(count, room, tall);
    const left = start + gap + i * (room + gap) + (room - cell * columns) / 2;
    return { left, top: TOP + (tall - cell * Math.ceil(count / columns)) / 2, cell, columns, count };
  });
  const outputs = { left: end, top: TOP, cell: tall / 10, columns: 1, count: 10 };
  const pixels = { left: strip.left, top: TOP, cell: tall / 784, columns: 1, count: 784 };
  return { isSmall, image, strip, places: [pixels, ...places, outputs], radius: Math.min(12, (tall / 10) * 0.36) };
}

/**
 * @param {Plan} plan @param {number} layer @param {number} node
 * @returns {[x: number, y: number]}
 */
export function centre({ places, strip, radius }, layer, node) {
  const { left, top, cell, columns } = places[layer];
  if (layer === 0) return [strip.left + strip.width, top + (node + 0.5) * cell];
  if (layer === places.length - 1) return [left + radius, top + (node + 0.5) * cell];
  return [left + ((node % columns) + 0.5) * cell, top + (Math.floor(node / columns) + 0.5) * cell];
}

/** @param {Plan} plan @param {number} layer */
export function radiusOf({ places, radius }, layer) {
  return layer === places.length - 1 ? radius : Math.max(1, places[layer].cell * 0.4);
}

/** @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {Trace} trace */
export function drawInput(pen, { image, strip }, trace) {
  const top = strip.top + strip.height / 2 - image / 2;
  Object.assign(pen, { fillStyle: colour("sheet"), strokeStyle: colour("line"), lineWidth: 1 });
  pen.fillRect(0.5, top, image, image);
  pen.strokeRect(0.5, top, image, image);
  paintGrey(pen, trace.image, 0.5, top, image / 28);
  pen.beginPath();
  pen.moveTo(image, top);
  pen.lineTo(strip.left, strip.top);
  pen.moveTo(image, top + image);
  pen.lineTo(strip.left, strip.top + strip.height);
  pen.stroke();
  pen.fillRect(strip.left, strip.top, strip.width, strip.height);
  const ink = rgb("ink");
  const colourOf = (/** @type {number} */ i) => [...ink, 255 * trace.values[0][i]];
  const place = { left: strip.left, top: strip.top, sideX: strip.width, sideY: strip.height / 784 };
  paintPixels(pen, 1, 784, colourOf, place);
  pen.strokeRect(strip.left, strip.top, strip.width, strip.height);
}

/**
 * A spot in the colour of the lines, and over it how much the node is lit.
 * @param {CanvasRenderingContext2D} pen @param {[number, number]} at @param {number} radius
 * @param {string} lit @param {number} share 0 to 1
 */
export function drawSpot(pen, at, radius, lit, share) {
  pen.beginPath();
  pen.arc(...at, radius, 0, 7);
  pen.fillStyle = colour("line");
  pen.fill();
  pen.globalAlpha = share;
  pen.fillStyle = lit;
  pen.fill();
  pen.globalAlpha = 1;
}

/** @param {Float32Array} values */
const largestOf = (values) => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);

/**
 * @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {number} layer @param {Float32Array} values
 * @param {number} [most] the value that is wholly lit: the largest by default
 */
export function drawLayer(pen, plan, layer, values, most = largestOf(values)) {
  values.forEach((value, node) => {
    const lit = colour(value >= 0 ? "accent" : "cold");
    drawSpot(pen, centre(plan, layer, node), radiusOf(plan, layer), lit, Math.abs(value) / most);
  });
}

/** @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {Node} chosen */
export function ring(pen, plan, { layer, node }) {
  if (layer >= plan.places.length) return;
  pen.beginPath();
  pen.arc(...centre(plan, layer, node), radiusOf(plan, layer) + 2, 0, 7);
  pen.strokeStyle = colour("ink");
  pen.lineWidth = 2;
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {number[]} probabilities @param {string} font */
export function drawOutputs(pen, plan, probabilities, font) {
  const layer = plan.places.length - 1;
  const likeliest = probabilities.indexOf(Math.max(...probabilities));
  pen.textBaseline = "middle";
  probabilities.forEach((probability, label) => {
    const [x, y] = centre(plan, layer, label);
    drawSpot(pen, [x, y], plan.radius, colour("accent"), probability);
    pen.fillStyle = colour(label === likeliest ? "accent" : "ink");
    pen.font = `${label === likeliest ? 650 : 400} 14px ${font}`;
    pen.fillText(String(label), x + plan.radius + 6, y);
    if (plan.isSmall) return;
    pen.fillStyle = colour("muted");
    pen.font = `400 12px ${font}`;
    pen.fillText(text("percent", { number: wholePercent(probability) }), x + plan.radius + 22, y);
  });
}

/** How many nodes each layer has, over it. @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {string} font */
export function drawCaptions(pen, { image, isSmall, places }, font) {
  Object.assign(pen, {
    font: `400 ${isSmall ? 11 : 12}px ${font}`,
    fillStyle: colour("muted"),
    textBaseline: "alphabetic",
  });
  if (!isSmall) pen.fillText("28 × 28", 0, 12);
  pen.fillText("784", image + (isSmall ? 4 : 22), 12);
  places.slice(1).forEach(({ left, cell, columns, count }, i) => {
    const words = String(count);
    const middle = left + (cell * columns) / 2 - pen.measureText(words).width / 2;
    pen.fillText(words, i === places.length - 2 ? left : middle, 12);
  });
}

/** @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {Node} chosen @param {Term[]} terms */
function drawLinks(pen, plan, chosen, terms) {
  const [x, y] = centre(plan, chosen.layer, chosen.node);
  const strongest = terms.filter(({ part }) => part);
  const most = Math.abs(strongest[0]?.part ?? 1);
  for (const { input, part } of strongest) {
    const [fromX, fromY] = centre(plan, chosen.layer - 1, input);
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.bezierCurveTo((fromX + x) / 2, fromY, (fromX + x) / 2, y, x, y);
    pen.globalAlpha = 0.15 + (0.7 * Math.abs(part)) / most;
    pen.strokeStyle = colour(part > 0 ? "accent" : "cold");
    pen.lineWidth = 1.4;
    pen.stroke();
  }
  pen.globalAlpha = 1;
}
