// One node of the network: the sum that makes its number, its weights as pictures, its activation.

import { ACTIVATION_NAMES, ACTIVATIONS } from "../core/activations.js";
import { roundTerms } from "../core/rounding.js";
import { text, withMinus } from "../services/texts.js";
import { colour, rgb } from "../services/theme.js";
import { paintPixels, sharpen } from "./canvas.js";
import { find, findAll, make } from "./dom.js";

/** @typedef {import("./inside.js").Node} Node */
/** @typedef {import("./inside.js").Trace} Trace */
/** @typedef {import("./inside.js").Term} Term */
/** @typedef {import("../core/activations.js").ActivationName} ActivationName */

const STRONGEST = 5; // terms of a sum that are written out
const LEVELLING = ["tanh", "sigmoid"]; // far out there is nothing more to see

/** @param {number} value */
const decimals = (value) => withMinus(Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(2));

/**
 * A table's new row, as its cells.
 * @param {HTMLTableSectionElement} body
 * @param {number} count
 */
export function addRow(body, count) {
  const row = body.insertRow();
  return Array.from({ length: count }, () => row.insertCell());
}

/**
 * @param {HTMLTableCellElement[]} cells
 * @param {string[]} words
 */
export function fillRow(cells, words) {
  cells.forEach((cell, i) => {
    if (cell.textContent !== words[i]) cell.textContent = words[i];
  });
}

export class NodePanel {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const [body] = find(root, ".node-sum", HTMLTableElement).tBodies;
    this.rows = Array.from({ length: STRONGEST + 4 }, () => addRow(body, 3));
    for (const cells of this.rows.slice(-2)) cells[0].parentElement?.classList.add("total");
    addCurves(find(root, ".curves"));
  }

  /** @param {string} name */
  canvas(name) {
    return find(this.root, `canvas.${name}`, HTMLCanvasElement);
  }

  /** The pictures. @param {Trace} trace @param {Node} chosen */
  draw(trace, { layer, node }) {
    const isFirst = layer === 1;
    find(this.root, ".node-pictures").classList.toggle("later", !isFirst);
    if (isFirst) {
      // it looks at pixels, so its weights are a picture: warm where ink counts for the node
      const weights = trace.network.layers[0].weight.subarray(node * 784, node * 784 + 784);
      drawSigned(this.canvas("node-weights"), weights);
      drawSigned(
        this.canvas("node-product"),
        weights.map((w, i) => w * trace.values[0][i]),
      );
    }
    const sum = trace.sums[layer - 1][node];
    drawCurve(this.canvas("node-curve"), layer === trace.sums.length ? null : trace.network.activation, sum);
    for (const canvas of findAll(this.root, "canvas[data-curve]", HTMLCanvasElement)) {
      drawCurve(canvas, /** @type {ActivationName} */ (canvas.dataset.curve), sum);
    }
  }

  /** The words and numbers. @param {Trace} trace @param {Node} chosen @param {Term[]} terms */
  show(trace, { layer, node }, terms) {
    const { activation, layers } = trace.network;
    const isLast = layer === layers.length;
    const sum = trace.sums[layer - 1][node];
    const name = text(isLast ? "node_output" : "node_hidden", { layer, node: isLast ? node : node + 1 });
    find(this.root, ".node-name").textContent = name;
    this.showSum(trace, { layer, node }, terms.slice(0, STRONGEST), sum);
    fillRow(
      this.rows[STRONGEST + 3],
      isLast
        ? [text("node_to_softmax"), "", decimals(sum)]
        : [ACTIVATION_NAMES[activation], formulaOf(activation, sum), decimals(ACTIVATIONS[activation].bend(sum))],
    );
    find(this.root, ".node-said").textContent = text(saidOf(activation, isLast, sum), {
      activation: ACTIVATION_NAMES[activation],
    });
  }

  /** What a screen reader hears of the node: on the picture it cannot see which one is chosen. */
  get words() {
    const [name, said] = [".node-name", ".node-said"].map((part) => find(this.root, part).textContent);
    return text("node_spoken", { name, sum: this.rows[STRONGEST + 2][2].textContent, said });
  }

  /** @param {Trace} trace @param {Node} chosen @param {Term[]} strongest @param {number} sum */
  showSum({ network, values }, { layer, node }, strongest, sum) {
    const bias = network.layers[layer - 1].bias[node];
    const rest = sum - bias - strongest.reduce((total, { part }) => total + part, 0);
    const terms = [...strongest.map(({ part }) => part), rest, bias];
    const shown = roundTerms(terms, sum, 2);
    strongest.forEach(({ input, x, w }, i) => {
      const place = { node: input + 1, row: Math.floor(input / 28) + 1, column: (input % 28) + 1 };
      const from = text(layer === 1 ? "node_pixel" : "node_from", place);
      fillRow(this.rows[i], [from, `${decimals(w)} × ${decimals(x)}`, decimals(shown[i])]);
    });
    this.rows.slice(0, STRONGEST).forEach(([cell], i) => {
      cell.parentElement?.toggleAttribute("hidden", i >= strongest.length); // a layer may have fewer nodes
    });
    const count = values[layer - 1].length - strongest.length;
    fillRow(this.rows[STRONGEST], [text("node_rest", { count }), "", decimals(shown[strongest.length])]);
    fillRow(this.rows[STRONGEST + 1], [text("node_bias"), "", decimals(shown[strongest.length + 1])]);
    fillRow(this.rows[STRONGEST + 2], [text("node_sum"), "", decimals(sum)]);
  }
}

/** @param {ActivationName} activation @param {number} sum */
function formulaOf(activation, sum) {
  if (activation === "identity") return "";
  return activation === "relu" ? `max(0, ${decimals(sum)})` : `${activation}(${decimals(sum)})`;
}

/** @param {ActivationName} activation @param {boolean} isLast @param {number} sum */
function saidOf(activation, isLast, sum) {
  if (isLast) return "said_output";
  if (activation === "identity") return "said_straight";
  if (activation !== "relu") return "said_other";
  return sum > 0 ? "said_on" : "said_off";
}

/** A figure for each bend there is. @param {HTMLElement} curves */
function addCurves(curves) {
  for (const [name, title] of Object.entries(ACTIVATION_NAMES)) {
    if (name === "identity") continue; // none, and nothing to draw
    const figure = make("figure");
    const canvas = make("canvas");
    const about = make("span");
    const caption = make("figcaption");
    canvas.dataset.curve = name;
    about.dataset.text = `about_${name}`;
    caption.append(make("b", title), " ", about);
    figure.append(canvas, caption);
    curves.append(figure);
  }
}

/** 28 x 28 weights: warm for, blue against, the largest in full colour. @param {HTMLCanvasElement} canvas @param {Float32Array} values */
function drawSigned(canvas, values) {
  const { pen, width: side } = sharpen(canvas);
  const [warm, cold] = [rgb("accent"), rgb("cold")];
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
  const colourOf = (/** @type {number} */ i) => [...(values[i] > 0 ? warm : cold), (255 * Math.abs(values[i])) / most];
  paintPixels(pen, 28, 28, colourOf, { left: 0, top: 0, sideX: side / 28, sideY: side / 28 });
}

/**
 * An activation's curve with a dot where `sum` lies on it; without one, a straight line.
 * @param {HTMLCanvasElement} canvas @param {ActivationName | null} name @param {number} sum
 */
function drawCurve(canvas, name, sum) {
  const { pen, width, height } = sharpen(canvas);
  const act = name ? ACTIVATIONS[name].bend : (/** @type {number} */ x) => x;
  let far = 4; // the curve is drawn from -far to far, far enough for the sum
  while (Math.abs(sum) > 0.9 * far && !LEVELLING.includes(name ?? "")) far *= 2;
  const bottom = Math.min(-1.5, -0.2 * far);
  const x = (/** @type {number} */ value) => ((value + far) / (2 * far)) * width;
  const y = (/** @type {number} */ value) => height - ((value - bottom) / (far - bottom)) * height;
  drawPath(pen, "line", 1, [
    [0, y(0)],
    [width, y(0)],
  ]);
  drawPath(pen, "line", 1, [
    [x(0), 0],
    [x(0), height],
  ]);
  const steps = Array.from({ length: 81 }, (_, step) => -far + (step / 40) * far);
  drawPath(
    pen,
    "ink",
    2,
    steps.map((value) => [x(value), y(act(value))]),
  );
  pen.beginPath();
  pen.arc(x(Math.min(far, Math.max(-far, sum))), Math.min(height - 4, Math.max(4, y(act(sum)))), 5, 0, 7);
  pen.fillStyle = colour("accent");
  pen.fill();
}

/** @param {CanvasRenderingContext2D} pen @param {string} name @param {number} thickness @param {[number, number][]} points */
function drawPath(pen, name, thickness, points) {
  pen.strokeStyle = colour(name);
  pen.lineWidth = thickness;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}
