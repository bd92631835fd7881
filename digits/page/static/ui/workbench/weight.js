// One weight of one node: its gradient as error times input, and the loss along this weight alone, with
// its slope and the step that the learning rate makes of it.

import { lossAlong, placeOfWeight } from "../../core/training.js";
import { sentences, text } from "../../services/texts.js";
import { colour, rgb } from "../../services/theme.js";
import { paintPixels, sharpen } from "../canvas.js";
import { find, findAll, make } from "../dom.js";
import { drawPicture, tangentAt } from "./chart.js";
import { exact, lossText, signed, weightText } from "./figures.js";

/** @typedef {import("../inside.js").Node} Node */
/** @typedef {import("../../core/network.js").Network} Network */
/** @typedef {import("../../core/training.js").Digits} Digits */

/**
 * What is known of one weight.
 * @typedef {object} Found
 * @property {number} place in network.weights
 * @property {number} error of the node that the weight leads to
 * @property {number} input what came in through it
 * @property {number} gradient
 * @property {number} before
 * @property {number} after a step
 */

/**
 * What the panel looks at.
 * @typedef {object} View
 * @property {Network} network
 * @property {Float32Array[]} values the pixels, then what each layer gave
 * @property {Float32Array[]} errors each layer's blame
 * @property {Digits} digits the drawing alone
 * @property {Node} chosen
 * @property {number} rate the learning rate
 */

const SPANS = [0.5, 1, 2, 4, 8, 16, 32, 64]; // how far to either side a curve may reach
const POINTS = 81;
const BEND = 0.25; // a curve should move by this part of the loss, or it looks flat
const MOST_SPAN = 1000;
const VALLEYS = [2, 4, 8, 16, 32, 64]; // how far away the bottom of a valley is looked for
const MOST_LOSS = 20; // of a curve's axis, unless the loss is higher now
const DEEP = 0.02; // what a valley must be worth, in loss, on both of its sides

export class WeightPanel {
  /** @param {HTMLElement} root @param {() => void} changed another weight was chosen */
  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
    this.grid = find(root, ".learn-weights", HTMLCanvasElement);
    this.curve = find(root, ".learn-along", SVGSVGElement);
    /** @type {number | null} */
    this.input = null;
    /** How far to either side the curve shall reach; 0: as far as there is something to see. */
    this.span = 0;
    this.node = "";
    /** @type {View | null} */
    this.view = null;
    this.grid.addEventListener("click", (event) => this.clicked(event));
    this.grid.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {View} view */
  show(view) {
    this.view = view;
    const node = `${view.chosen.layer}/${view.chosen.node}`;
    if (this.node !== node) {
      this.input = null;
      this.span = 0;
    }
    this.node = node;
    this.input ??= mostToBlame(view);
    const found = this.find(view, this.input);
    this.drawGrid(view, this.input);
    find(this.root, ".learn-node-name").textContent = this.nameOf(view);
    this.writeSum(view, this.input, found);
    this.drawCurve(view, found);
  }

  /** @param {View} view @param {number} input @returns {Found} */
  find({ network, values, errors, chosen: { layer, node }, rate }, input) {
    const place = placeOfWeight(network, layer - 1, node, input);
    const [error, given] = [errors[layer - 1][node], values[layer - 1][input]];
    const gradient = error * given;
    const before = network.weights[place];
    return { place, error, input: given, gradient, before, after: before - rate * gradient };
  }

  /** The weight that is shown and where a step takes it. */
  get found() {
    return this.view && this.input !== null ? this.find(this.view, this.input) : null;
  }

  /** What a screen reader hears of the weight: on the pictures it cannot see what is chosen. */
  get words() {
    const factors = findAll(find(this.root, ".learn-product"), "b, small, span.learn-sign");
    const sum = factors.map((part) => part.textContent).join(" ");
    return sentences(`${find(this.root, ".learn-node-name").textContent}${text("sentence_end")}`, sum);
  }

  /** @param {View} view */
  nameOf({ chosen: { layer, node }, network, errors }) {
    const values = {
      layer,
      node: layer === network.layers.length ? node : node + 1,
      error: signed(errors[layer - 1][node]),
    };
    return text(layer === network.layers.length ? "learn_node_output" : "learn_node_hidden", values);
  }

  /** @param {View} view @param {number} input @param {Found} found */
  writeSum({ chosen: { layer }, rate }, input, { error, input: given, gradient, before, after }) {
    const from = text(layer === 1 ? "learn_from_pixel" : "learn_from_node", {
      row: Math.floor(input / 28) + 1,
      column: (input % 28) + 1,
      node: input + 1,
      layer: layer - 1,
    });
    const factor = (/** @type {string} */ value, /** @type {string} */ words) => {
      const part = make("span", undefined, { className: "learn-factor" });
      part.append(make("b", value), make("small", words));
      return part;
    };
    const sign = (/** @type {string} */ words) => make("span", words, { className: "learn-sign" });
    const line = make("p", undefined, { className: "learn-product" });
    line.append(
      factor(exact(error), text("learn_error")),
      sign("×"),
      factor(exact(given), from),
      sign("="),
      factor(exact(gradient), text("learn_gradient")),
    );
    const step = make("p", undefined, { className: "learn-product" });
    step.append(
      factor(weightText(before), text("learn_weight_before")),
      sign("−"),
      factor(exact(rate), text("learn_rate")),
      sign("×"),
      factor(gradient < 0 ? `(${exact(gradient)})` : exact(gradient), text("learn_gradient")),
      sign("="),
      factor(weightText(after), text("learn_weight_after")),
    );
    find(this.root, ".learn-sum").replaceChildren(line, step);
  }

  /** @param {View} view @param {Found} found */
  drawCurve({ network, digits }, found) {
    const along = (/** @type {number[]} */ values) => lossAlong(network, digits, [0], found.place, values);
    const [now, then] = along([found.before, found.after]);
    const span = Math.max(
      this.span || chooseSpan(along, found.before, now),
      Math.min(MOST_SPAN, 1.15 * Math.abs(found.after - found.before)),
    );
    const places = Array.from({ length: POINTS }, (_, i) => found.before + span * ((2 * i) / (POINTS - 1) - 1));
    const losses = [...along(places)];
    const up = rangeOf([now, then, ...losses]);
    const [low, most] = up;
    const across = /** @type {[number, number]} */ ([found.before - span, found.before + span]);
    drawPicture(this.curve, {
      size: [340, 200],
      across,
      up,
      ticks: [low, (low + most) / 2, most],
      label: (tick) => (tick ? lossText(tick) : "0"),
      below: [
        [found.before - span, exact(found.before - span), "start"],
        [found.before, text("learn_this_weight")],
        [found.before + span, exact(found.before + span), "end"],
      ],
      lines: [
        { name: "tangent", points: tangentAt([found.before, now], found.gradient, 0.45 * span, { across, up }) },
        { name: "along", points: places.map((place, i) => /** @type {[number, number]} */ ([place, losses[i]])) },
        {
          name: "step",
          points: [
            [found.before, now],
            [found.after, then],
          ],
        },
      ],
      dots: [
        { x: found.before, y: now, name: "before" },
        { x: found.after, y: then, name: "after" },
      ],
    });
    this.curve.setAttribute("aria-label", text("learn_along"));
    find(this.root, ".learn-along-said").textContent = this.judge(found, now, then, Math.min(...losses, then));
  }

  /** @param {Found} found @param {number} now @param {number} then @param {number} least on the curve */
  judge({ gradient, error }, now, then, least) {
    const values = {
      before: lossText(now),
      after: lossText(then),
      slope: signed(gradient),
      change: signed(then - now),
    };
    if (gradient === 0) return text(error === 0 ? "learn_no_error" : "learn_no_input");
    if (then > now) return text("learn_jumps", values);
    const share = (now - then) / Math.max(now - least, 1e-12);
    return text(share < 0.02 ? "learn_crawls" : "learn_walks", values);
  }

  // ---- the node's weights as a grid ----------------------------------------------------------------

  /** @param {View} view @param {number} chosen */
  drawGrid({ values, errors, chosen: { layer, node } }, chosen) {
    const inputs = values[layer - 1];
    const columns = Math.round(Math.sqrt(inputs.length));
    const { pen, width } = sharpen(this.grid);
    if (!width) return;
    const side = width / columns;
    const gradients = inputs.map((input) => input * errors[layer - 1][node]);
    const most = gradients.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
    const [warm, cold] = [rgb("accent"), rgb("cold")];
    const colourOf = (/** @type {number} */ i) => [
      ...(gradients[i] > 0 ? warm : cold),
      (255 * Math.abs(gradients[i])) / most,
    ];
    paintPixels(pen, columns, columns, colourOf, { left: 0, top: 0, sideX: side, sideY: side });
    pen.strokeStyle = colour("ink");
    pen.lineWidth = 2;
    pen.strokeRect((chosen % columns) * side, Math.floor(chosen / columns) * side, side, side);
  }

  /** @param {number} input */
  choose(input) {
    this.input = input;
    this.span = 0;
    this.changed();
  }

  /**
   * Choose a weight whose loss falls and rises again on the way that a step takes, as near as there is one.
   * @returns {Node | null} the node it leads to
   */
  findValley() {
    if (!this.view) return null;
    const found = nearestValley(this.view);
    if (!found) return null;
    this.node = `${found.layer}/${found.node}`;
    this.input = found.input;
    this.span = 2.5 * found.away;
    return { layer: found.layer, node: found.node };
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    if (!this.view) return;
    const columns = Math.round(Math.sqrt(this.view.values[this.view.chosen.layer - 1].length));
    const box = this.grid.getBoundingClientRect();
    const at = (/** @type {number} */ share) => Math.min(columns - 1, Math.max(0, Math.floor(share * columns)));
    this.choose(at((event.clientY - box.top) / box.height) * columns + at((event.clientX - box.left) / box.width));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (!this.view || this.input === null) return;
    const count = this.view.values[this.view.chosen.layer - 1].length;
    const columns = Math.round(Math.sqrt(count));
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!by) return;
    event.preventDefault();
    this.choose(Math.min(count - 1, Math.max(0, this.input + by)));
  }
}

/**
 * Of all hidden nodes that should be higher, each by its strongest input: the weight whose valley the smallest
 * learning rate reaches.
 * @param {View} view
 */
function nearestValley({ network, values, errors, digits }) {
  let nearest = null;
  for (let layer = 2; layer < network.layers.length; layer++) {
    const input = strongest(values[layer - 1]);
    for (const [node, error] of errors[layer - 1].entries()) {
      if (error >= 0) continue;
      const place = placeOfWeight(network, layer - 1, node, input);
      const at = network.weights[place];
      const losses = lossAlong(network, digits, [0], place, [at, ...VALLEYS.map((away) => at + away)]);
      const bottom = losses.indexOf(Math.min(...losses));
      const isValley = losses[0] - losses[bottom] > DEEP && losses[losses.length - 1] - losses[bottom] > DEEP;
      const away = VALLEYS[bottom - 1];
      const rate = away / Math.abs(error * values[layer - 1][input]); // that goes to the bottom in one step
      if (isValley && (!nearest || rate < nearest.rate)) nearest = { layer, node, input, away, rate };
    }
  }
  return nearest;
}

/** The input with the largest gradient. @param {View} view */
const mostToBlame = ({ values, chosen: { layer } }) => strongest(values[layer - 1]);

/** @param {Float32Array} inputs */
function strongest(inputs) {
  return inputs.reduce((best, value, i) => (Math.abs(value) > Math.abs(inputs[best]) ? i : best), 0);
}

/**
 * The smallest part of the curve on which something is to be seen.
 * @param {(values: number[]) => Float64Array} along @param {number} at @param {number} now the loss there
 */
function chooseSpan(along, at, now) {
  for (const span of SPANS) {
    const [left, right] = along([at - span, at + span]);
    if (Math.max(Math.abs(left - now), Math.abs(right - now)) > BEND * Math.max(now, 0.1)) return span;
  }
  return SPANS[SPANS.length - 1];
}

/**
 * From where to where a curve's axis goes: from 0, unless the curve would then look flat.
 * @param {number[]} losses the present one first
 * @returns {[number, number]}
 */
function rangeOf(losses) {
  const finite = losses.filter(Number.isFinite);
  const [least, largest] = [Math.min(...finite), Math.max(...finite)];
  const most = Math.min(largest, Math.max(MOST_LOSS, 2 * losses[0]));
  const room = 0.15 * (most - least) || 0.1;
  return [least < 0.5 * most ? 0 : Math.max(0, least - room), most + room];
}
