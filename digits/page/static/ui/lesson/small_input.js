// The picture that a small network looks at: the seven, the one, or what somebody clicks together.

import { ONE, SEVEN } from "../../core/small_network.js";
import { text } from "../../services/texts.js";
import { findAll, make, makeButton } from "../dom.js";
import { Squares } from "./squares.js";

const PICTURES = /** @type {Record<string, readonly number[]>} */ ({ seven: SEVEN, one: ONE });

export class SmallInput {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    /** @type {number[]} */
    this.values = [...SEVEN];
    this.root = make("div", undefined, { className: "small-input" });
  }

  build() {
    this.squares = new Squares({
      next: (square) => 1 - this.values[square],
      paint: (square, value) => {
        this.values[square] = value;
        this.show();
        this.changed();
      },
      nameOf: (square, value) => text("part_square", { square, value }),
    });
    this.squares.root.setAttribute("aria-label", text("part_squares"));
    const choice = make("div", undefined, { className: "lesson-choice" });
    for (const name of Object.keys(PICTURES)) {
      const button = makeButton(text(`part_input_${name}`), () => this.use(name));
      button.dataset.picture = name;
      choice.append(button);
    }
    this.root.replaceChildren(make("h4", text("part_input")), this.squares.root, choice);
    this.show();
  }

  /** @param {string} name */
  use(name) {
    this.values = [...PICTURES[name]];
    this.show();
    this.changed();
  }

  show() {
    this.squares?.show(this.values);
    for (const button of findAll(this.root, "[data-picture]")) {
      const isShown = String(PICTURES[button.dataset.picture ?? ""]) === String(this.values);
      button.setAttribute("aria-pressed", String(isShown));
    }
  }

  /** How many squares have ink. */
  get lit() {
    return this.values.reduce((sum, value) => sum + value, 0);
  }
}
