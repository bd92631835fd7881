// A node adds up: weights times inputs, plus a bias. Four nodes on 25 squares, one of them to be painted; then a
// node of the page's own network on the drawing.

import { forward } from "../../core/network.js";
import { roundTerms } from "../../core/rounding.js";
import { FOUR, ONE, productsOf, SEVEN, sumOf } from "../../core/small_network.js";
import { findSubject, nameOf } from "../../services/lesson_drawing.js";
import { state } from "../../services/state.js";
import { decimal, number, text } from "../../services/texts.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { describe, makePixels, paintInk, paintSigned } from "./pixels.js";
import { SmallInput } from "./small_input.js";
import { colourBy, makeMap, plain, Squares, showMap, signed } from "./squares.js";

/** @typedef {import("../../core/small_network.js").Node} Node */

const MINE = 3; // which of the four is the visitor's
const BRIGHT = 5; // a sum that lights a node up fully
const MOST_BIAS = 6;

/** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson @returns {import("./part_types.js").Part} */
export function mount(root, lesson) {
  const part = new NodePart(root, lesson);
  const stops = [
    state.subscribe("language", () => part.build()),
    state.subscribe("answer", () => part.full.useDrawing()),
    state.subscribe("network", () => part.full.show()),
    state.subscribe("look", () => part.full.show()),
  ];
  return {
    remove() {
      for (const stop of stops) stop();
      root.replaceChildren();
    },
  };
}

class NodePart {
  /** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    this.mine = { weights: Array.from(SEVEN, () => 0), bias: 0 };
    this.chosen = MINE;
    this.brush = 1;
    this.input = new SmallInput(() => this.show());
    this.full = new FullSize();
  }

  /** @returns {Node[]} */
  get nodes() {
    return [...FOUR.slice(0, MINE), this.mine];
  }

  get isMine() {
    return this.chosen === MINE;
  }

  build() {
    this.input.build();
    this.full.build();
    const pair = make("div", undefined, { className: "node-pair" });
    pair.append(this.input.root, make("b", "×", { className: "node-times" }), this.makeWeights());
    this.root.replaceChildren(pair, this.makeNodes(), this.makeSum(), this.full.root);
    this.show();
  }

  makeWeights() {
    const box = make("div", undefined, { className: "node-weights" });
    this.weights = new Squares({
      next: (square) => (this.mine.weights[square] === this.brush ? 0 : this.brush),
      paint: (square, value) => this.paint(square, value),
      nameOf: (square, value) => text("lesson_part_weight", { square, value: plain(value) }),
      wordsOf: (square) => this.wordsOf(square),
    });
    this.weights.root.setAttribute("aria-label", text("part_weights"));
    const brushes = make("div", undefined, { className: "lesson-choice" });
    for (const value of [1, 0, -1]) {
      const button = makeButton(value ? signed(value) : "0", () => this.choose(value));
      button.dataset.brush = String(value);
      button.setAttribute("aria-label", text("part_brush", { value: plain(value) }));
      brushes.append(button);
    }
    box.append(make("h4", text("part_weights")), this.weights.root, brushes);
    return box;
  }

  makeNodes() {
    const nodes = make("div", undefined, { className: "node-cards" });
    for (const [i, node] of this.nodes.entries()) {
      const card = makeButton("", () => this.select(i), { className: "node-card" });
      const name = i === MINE ? text("part_node_yours") : text("part_node", { node: i + 1 });
      card.append(makeMap(node.weights), make("b", "", { className: "node-lamp" }), make("span", name));
      nodes.append(card);
    }
    return nodes;
  }

  makeSum() {
    const sum = make("div", undefined, { className: "node-sum" });
    const bias = make("label", undefined, { className: "lesson-slider" });
    const slider = make("input", undefined, { type: "range", name: "bias" });
    Object.assign(slider, { min: String(-MOST_BIAS), max: String(MOST_BIAS), step: "1" });
    slider.addEventListener("input", () => {
      this.mine.bias = slider.valueAsNumber;
      this.chosen = MINE;
      this.changed();
    });
    bias.append(make("span", text("part_bias")), slider, make("output"));
    const terms = make("p", undefined, { className: "node-terms" });
    const verdicts = make("div", undefined, { className: "node-verdicts" });
    verdicts.setAttribute("role", "status");
    sum.append(bias, make("h4", ""), terms, make("p", "", { className: "node-said" }), verdicts);
    return sum;
  }

  // ---- painting ------------------------------------------------------------------------------------

  /** @param {number} square */
  wordsOf(square) {
    const weight = this.nodes[this.chosen].weights[square];
    return weight ? signed(weight) : "";
  }

  /** @param {number} value */
  choose(value) {
    this.brush = value;
    this.chosen = MINE;
    this.show();
  }

  /** @param {number} node */
  select(node) {
    this.chosen = node;
    this.show();
  }

  /** @param {number} square @param {number} value */
  paint(square, value) {
    this.chosen = MINE; // the others are as they are
    this.mine.weights[square] = value;
    this.changed();
  }

  changed() {
    this.show();
    if (sumOf(this.mine, SEVEN) > 0 && sumOf(this.mine, ONE) < 0) this.lesson.done();
  }

  // ---- showing -------------------------------------------------------------------------------------

  show() {
    if (!this.root.firstChild) return;
    const node = this.nodes[this.chosen];
    this.weights?.show(node.weights);
    for (const button of findAll(this.root, "[data-brush]"))
      button.setAttribute("aria-pressed", String(this.isMine && Number(button.dataset.brush) === this.brush));
    const slider = find(this.root, "[name=bias]", HTMLInputElement);
    slider.value = String(node.bias);
    find(this.root, ".lesson-slider output").textContent = plain(node.bias);
    this.showCards();
    this.showSum(node);
    this.showVerdicts(node);
  }

  showCards() {
    for (const [i, card] of findAll(this.root, ".node-card").entries()) {
      const sum = sumOf(this.nodes[i], this.input.values);
      showMap(find(card, ".squares-map"), this.nodes[i].weights);
      showLamp(find(card, ".node-lamp"), sum);
      card.setAttribute("aria-pressed", String(i === this.chosen));
    }
  }

  /** @param {Node} node */
  showSum(node) {
    const products = productsOf(node, this.input.values);
    const name = this.isMine ? text("part_node_yours") : text("part_node", { node: this.chosen + 1 });
    find(this.root, ".node-sum h4").textContent = text("part_sum_of", { node: name });
    const terms = products.flatMap((_, square) =>
      this.input.values[square] ? [makeTerm(square, `1 × ${plain(node.weights[square])}`)] : [],
    );
    const bias = makeTerm(text("part_bias"), plain(node.bias));
    const total = make("b", `= ${plain(sumOf(node, this.input.values))}`, { className: "total" });
    find(this.root, ".node-terms").replaceChildren(...terms, bias, total);
    const { lit } = this.input;
    find(this.root, ".node-said").textContent = text("part_sum_said", { lit, rest: products.length - lit });
  }

  /** @param {Node} node */
  showVerdicts(node) {
    const verdicts = Object.entries({ seven: SEVEN, one: ONE }).map(([name, picture]) => {
      const sum = sumOf(node, picture);
      const verdict = make("span");
      const lamp = make("b", "", { className: "node-lamp" });
      showLamp(lamp, sum);
      verdict.append(lamp, make("span", text(sum > 0 ? `part_lights_${name}` : `part_dark_${name}`)));
      return verdict;
    });
    find(this.root, ".node-verdicts").replaceChildren(...verdicts);
  }
}

/** @param {string | number} name @param {string} words */
function makeTerm(name, words) {
  const term = make("span");
  term.append(make("small", name), make("b", words));
  return term;
}

/**
 * A node as a lamp: bright as its sum is above 0, dark at and below it.
 * @param {HTMLElement} lamp @param {number} sum
 */
export function showLamp(lamp, sum) {
  lamp.textContent = plain(sum);
  lamp.classList.toggle("lit", sum > 0);
  colourBy(lamp, Math.max(0, sum), BRIGHT);
}

/** One of the 64 nodes in the page's own network's first layer, on the drawing. */
class FullSize {
  constructor() {
    this.root = make("div", undefined, { className: "node-full" });
    this.at = 0;
    /** @type {import("../../services/lesson_drawing.js").Subject | null} */
    this.subject = null;
    this.isChosen = false;
  }

  build() {
    const pictures = make("div", undefined, { className: "node-full-row" });
    for (const key of ["lesson_part_drawing", "part_node_weights", "part_node_products"]) {
      const figure = make("figure");
      figure.append(makePixels(text(key)), make("figcaption", text(key)));
      pictures.append(figure);
    }
    const choose = make("label", undefined, { className: "lesson-slider" });
    const slider = make("input", undefined, { type: "range", name: "full-node" });
    Object.assign(slider, { min: "0", max: "63", step: "1", value: String(this.at) });
    slider.addEventListener("input", () => {
      this.at = slider.valueAsNumber;
      this.isChosen = true;
      this.show();
    });
    choose.append(make("span", text("part_node_choose")), slider, make("output"));
    const heads = [make("h4", text("part_full_title")), make("p", text("part_node_full"))];
    this.root.replaceChildren(...heads, pictures, choose, make("p", "", { className: "node-full-said" }));
    this.useDrawing();
  }

  useDrawing() {
    this.subject = findSubject(new Map());
    this.show();
  }

  show() {
    const network = state.get("network")?.network;
    const { subject } = this;
    this.root.hidden = !network || !subject;
    if (!network || !subject || !this.root.firstChild) return;
    const [layer] = network.layers;
    const pass = forward(network, subject.pixels);
    if (!this.isChosen) this.at = pass.sums[0].indexOf(Math.max(...pass.sums[0])); // one that has something to say
    const at = Math.min(this.at, layer.outputs - 1);
    const weights = layer.weight.subarray(at * layer.inputs, (at + 1) * layer.inputs);
    const products = weights.map((weight, i) => weight * pass.inputs[0][i]);
    const [drawing, own, parts] = findAll(this.root, "canvas", HTMLCanvasElement);
    paintInk(drawing, subject.pixels);
    find(this.root, "figcaption").textContent = nameOf(subject);
    paintSigned(own, weights);
    paintSigned(parts, products);
    for (const canvas of [drawing, own, parts]) describe(canvas, canvas.nextElementSibling?.textContent ?? "");
    const slider = find(this.root, "input", HTMLInputElement);
    Object.assign(slider, { max: String(layer.outputs - 1), value: String(at) });
    find(this.root, "output").textContent = number(at + 1);
    slider.setAttribute("aria-valuetext", number(at + 1)); // counted from 1
    const total = pass.sums[0][at];
    const [ofPixels, bias] = roundTerms([total - layer.bias[at], layer.bias[at]], total, 2);
    const values = { products: figure(ofPixels), bias: figure(bias), sum: figure(total) };
    find(this.root, ".node-full-said").textContent = text("part_node_full_sum", values);
  }
}

/** @param {number} value */
const figure = (value) => decimal(value, 2);
