// f bends the sum: four nodes with ReLU on and off, and two layers that are one without it.

import { FOUR, multiplyOut, ONE, readTwoLayers, relu, SEVEN, sumOf, TWO } from "../../core/small_network.js";
import { state } from "../../services/state.js";
import { text } from "../../services/texts.js";
import { find, findAll, make } from "../dom.js";
import { showLamp } from "./node.js";
import { SmallInput } from "./small_input.js";
import { colourBy, makeMap, plain, Squares, signed } from "./squares.js";

/** @typedef {import("../../core/small_network.js").Node} Node */

const BIASES = [-6, 2];
const CORNER = 4; // a square that three nodes look at
const SVG = "http://www.w3.org/2000/svg";
const SCALE = 4; // px of the small curve for a sum of 1
const same = (/** @type {number} */ sum) => sum;

/** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson @returns {import("./part_types.js").Part} */
export function mount(root, lesson) {
  const part = new Bend(root, lesson);
  const stop = state.subscribe("language", () => part.build());
  return {
    remove() {
      stop();
      root.replaceChildren();
    },
  };
}

class Bend {
  /** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    /** @type {Node[]} */
    this.nodes = FOUR.map((node) => ({ ...node }));
    this.isBent = true;
    this.square = CORNER;
    this.input = new SmallInput(() => this.show());
  }

  build() {
    this.input.build();
    const top = make("div", undefined, { className: "bend-top" });
    const nodes = make("div", undefined, { className: "bend-nodes" });
    nodes.append(this.makeSwitch(), ...this.nodes.map((node, i) => this.makeNode(node, i)));
    top.append(this.input.root, nodes);
    this.root.replaceChildren(top, this.makeOutputs(), this.makeProduct());
    this.show();
  }

  makeSwitch() {
    const label = make("label", undefined, { className: "lesson-switch" });
    const box = make("input", undefined, { type: "checkbox", name: "relu", checked: this.isBent });
    box.setAttribute("role", "switch");
    box.addEventListener("change", () => {
      this.isBent = box.checked;
      this.show();
      this.judge();
    });
    label.append(box, make("span", text("part_bend_relu")));
    return label;
  }

  /** @param {Node} node @param {number} i */
  makeNode(node, i) {
    const row = make("div", undefined, { className: "bend-node" });
    const slider = make("input", undefined, { type: "range", name: `bias-${i}` });
    Object.assign(slider, { min: String(BIASES[0]), max: String(BIASES[1]), step: "1", value: String(node.bias) });
    slider.setAttribute("aria-label", text("part_bend_bias", { node: i + 1 }));
    slider.addEventListener("input", () => {
      this.nodes[i] = { ...node, bias: slider.valueAsNumber };
      this.show();
      this.judge();
    });
    const bias = make("label", undefined, { className: "bend-bias" });
    bias.append(make("small", ""), slider);
    const out = make("b", "", { className: "node-lamp" });
    row.append(makeMap(node.weights), bias, make("output"), makeCurve(), out);
    return row;
  }

  makeOutputs() {
    const outputs = make("div", undefined, { className: "bend-outputs" });
    for (const name of ["seven", "one"]) {
      const row = make("div");
      row.append(make("span", text(`part_bend_${name}`)), make("b", ""), make("i"));
      outputs.append(row);
    }
    return outputs;
  }

  makeProduct() {
    const box = make("div", undefined, { className: "bend-product" });
    this.product = new Squares({
      next: () => 1,
      paint: (square) => {
        this.square = square;
        this.show();
      },
      nameOf: (square, value) => text("lesson_part_weight", { square, value: plain(value) }),
      wordsOf: (square) => this.wordsOf(square),
    });
    this.product.root.setAttribute("aria-label", text("part_bend_product"));
    const words = make("div");
    const formula = make("p", undefined, { className: "bend-formula" });
    words.append(make("p", text("part_bend_how")), formula, make("p", "", { className: "bend-said" }));
    box.append(make("h4", text("part_bend_product")), this.product.root, words);
    return box;
  }

  // ---- what happens --------------------------------------------------------------------------------

  get bend() {
    return this.isBent ? relu : same;
  }

  /** A node that is silent whatever of the two it is shown. */
  judge() {
    const isSilent = (/** @type {Node} */ node) => [SEVEN, ONE].every((picture) => relu(sumOf(node, picture)) === 0);
    if (this.isBent && this.nodes.some(isSilent)) this.lesson.done();
  }

  /** @param {number} square */
  wordsOf(square) {
    const weight = multiplyOut(this.nodes, TWO)[0].weights[square];
    return weight ? signed(weight) : "";
  }

  show() {
    if (!this.root.firstChild) return;
    const { sums, passed, outputs } = readTwoLayers(this.nodes, TWO, this.input.values, this.bend);
    for (const [i, row] of findAll(this.root, ".bend-node").entries()) {
      find(row, "small").textContent = text("part_bend_node", { node: i + 1, bias: plain(this.nodes[i].bias) });
      find(row, "output").textContent = plain(sums[i]);
      showCurve(row, sums[i], this.isBent);
      const lamp = find(row, ".node-lamp");
      showLamp(lamp, passed[i]);
      lamp.classList.toggle("below", passed[i] < 0);
    }
    for (const [i, row] of findAll(this.root, ".bend-outputs > div").entries()) {
      find(row, "b").textContent = plain(outputs[i]);
      colourBy(row, outputs[i], 10);
      row.classList.toggle("best", outputs[i] > outputs[1 - i]);
    }
    this.showProduct(outputs[0]);
  }

  /** @param {number} twoLayers what they say for a seven */
  showProduct(twoLayers) {
    const [seven] = multiplyOut(this.nodes, TWO);
    this.product?.show(seven.weights, 3);
    for (const [i, button] of (this.product?.buttons ?? []).entries())
      button.setAttribute("aria-pressed", String(i === this.square));
    const parts = TWO[0].weights.map((weight, i) => `${part(weight)} × ${part(this.nodes[i].weights[this.square])}`);
    const weight = plain(seven.weights[this.square]);
    find(this.root, ".bend-formula").textContent = `${parts.join(" + ")} = ${weight}`;
    const oneLayer = sumOf(seven, this.input.values);
    const values = { two: plain(twoLayers), one: plain(oneLayer) };
    const key = this.isBent ? (twoLayers === oneLayer ? "part_bend_by_luck" : "part_bend_differ") : "part_bend_same";
    find(this.root, ".bend-said").textContent = text(key, values);
  }
}

/** A factor: negative ones in brackets. @param {number} value */
const part = (value) => (value < 0 ? `(${plain(value)})` : String(value));

/** The curve of f with a place for a dot. */
function makeCurve() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-30 -26 60 42");
  svg.setAttribute("class", "bend-curve");
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, name] of [
    ["path", "axis"],
    ["path", "line"],
    ["circle", "dot"],
  ]) {
    const shape = document.createElementNS(SVG, tag);
    shape.setAttribute("class", name);
    svg.append(shape);
  }
  find(svg, ".axis", SVGElement).setAttribute("d", "M-28 0H28M0 -24V14");
  return svg;
}

/** @param {HTMLElement} row @param {number} sum @param {boolean} isBent */
function showCurve(row, sum, isBent) {
  find(row, ".line", SVGElement).setAttribute("d", isBent ? "M-28 0H0L24 -24" : "M-14 14L24 -24");
  const x = Math.max(isBent ? -7 : -3.5, Math.min(6, sum));
  const dot = find(row, ".dot", SVGElement);
  dot.setAttribute("cx", String(SCALE * x));
  dot.setAttribute("cy", String(-SCALE * (isBent ? relu(x) : x)));
}
