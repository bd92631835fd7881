// From ten sums to ten probabilities, step by step.

import { decimal, percent, shareText, TOO_LARGE, text, withMinus } from "../services/texts.js";
import { find } from "./dom.js";
import { addRow, fillRow } from "./inside_node.js";

/** @typedef {import("./inside.js").Trace} Trace */

const PLACES = 2; // of a share, as in the lesson's step of the ten outputs

/** @param {number} value */
function large(value) {
  if (value === Infinity) return TOO_LARGE;
  if (value >= 1e7 || (value && value < 0.001)) return withMinus(value.toExponential(1));
  return decimal(value, value >= 1000 ? 2 : 3);
}

export class SoftmaxTable {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const [body] = find(root, ".softmax-table", HTMLTableElement).tBodies;
    this.rows = Array.from({ length: 11 }, () => addRow(body, 4));
    this.rows.slice(0, 10).forEach(([name], label) => {
      name.textContent = String(label);
    });
    this.rows[10][0].parentElement?.classList.add("total");
  }

  /** Name what is done to the sums: some networks' are divided by a temperature first. @param {number} temperature */
  name(temperature) {
    const isTempered = temperature !== 1;
    const shown = temperature.toFixed(2);
    find(this.root, ".softmax-exp").textContent = isTempered ? `exp(z ÷ ${shown})` : "exp(z)";
    find(this.root, ".softmax-why").textContent = text(isTempered ? "softmax_tempered" : "softmax_why", {
      temperature: shown,
    });
  }

  /** @param {Trace} trace */
  show({ sums, powers, total, probabilities }) {
    const outputs = sums[sums.length - 1];
    const likeliest = probabilities.indexOf(Math.max(...probabilities));
    this.rows.slice(0, 10).forEach((cells, label) => {
      fillRow(cells.slice(1), [
        decimal(outputs[label], 2),
        large(powers[label]),
        shareText(probabilities[label], PLACES),
      ]);
      cells[0].parentElement?.classList.toggle("first", label === likeliest);
    });
    fillRow(this.rows[10], [text("softmax_sum"), "", large(total), percent(1)]);
  }
}
