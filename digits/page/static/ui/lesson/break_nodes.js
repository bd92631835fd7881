// The hidden nodes as squares, layer by layer, as bright as the drawing makes them; a press switches one off or on.
//
// There are hundreds, so Tab stops once in each layer and arrow keys go from node to node.

import { text } from "../../services/texts.js";
import { make, makeButton } from "../dom.js";

/** @typedef {import("../../core/broken_network.js").HiddenNode} HiddenNode */

export class NodeGrids {
  /** @param {(node: HiddenNode) => void} toggle */
  constructor(toggle) {
    this.toggle = toggle;
    this.root = make("div", undefined, { className: "break-layers" });
    /** @type {HTMLButtonElement[][]} */
    this.layers = [];
  }

  /** @param {readonly number[]} sizes of all layers, inputs and outputs included */
  build(sizes) {
    this.layers = [];
    this.root.replaceChildren(...sizes.slice(1, -1).map((size, i) => this.makeLayer(i + 1, size)));
  }

  /** @param {number} layer @param {number} size */
  makeLayer(layer, size) {
    const group = make("div", undefined, { className: "break-layer" });
    const grid = make("div", undefined, { className: "break-grid" });
    grid.setAttribute("role", "group");
    grid.setAttribute("aria-label", text("break_layer", { layer }));
    grid.style.setProperty("--abreast", String(Math.ceil(Math.sqrt(size))));
    const buttons = Array.from({ length: size }, (_, node) => {
      const button = makeButton("", () => this.toggle({ layer, node }), { tabIndex: node ? -1 : 0 });
      button.addEventListener("keydown", (event) => this.pressed(event, buttons));
      return button;
    });
    grid.append(...buttons);
    group.append(make("span", text("break_layer", { layer })), grid);
    this.layers.push(buttons);
    return group;
  }

  /** @param {KeyboardEvent} event @param {HTMLButtonElement[]} buttons */
  pressed(event, buttons) {
    const abreast = buttons.findIndex(({ offsetTop }) => offsetTop > buttons[0].offsetTop);
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -abreast, ArrowDown: abreast }[event.key];
    if (!by) return;
    event.preventDefault();
    const here = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.currentTarget));
    const next = buttons[here + by];
    if (!next) return;
    buttons[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** @param {Float32Array[]} values what each hidden node passes on @param {readonly HiddenNode[]} off */
  show(values, off) {
    const isOff = this.layers.map((buttons) => new Uint8Array(buttons.length));
    for (const { layer, node } of off) isOff[layer - 1][node] = 1;
    for (const [i, buttons] of this.layers.entries()) {
      const most = values[i].reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
      for (const [node, button] of buttons.entries()) {
        const value = values[i][node];
        button.style.setProperty("--lit", (Math.abs(value) / most).toFixed(2));
        button.classList.toggle("negative", value < 0);
        button.setAttribute("aria-pressed", String(Boolean(isOff[i][node])));
        button.setAttribute("aria-label", text("break_node", { node: node + 1, value: value.toFixed(2) }));
      }
    }
  }
}
