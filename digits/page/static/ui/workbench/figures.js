// How the Learn room writes numbers, and the ladder of learning rates.

import { decimal, number, withMinus } from "../../services/texts.js";

const LARGE = 1e5; // from here on a number is written as a power of ten
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A large number in short: 1.5 × 10¹⁴. @param {number} value */
function short(value) {
  const [figures, exponent] = value.toExponential(1).split("e+");
  return `${withMinus(figures)} × 10${Array.from(exponent, (figure) => RAISED[Number(figure)]).join("")}`;
}

/**
 * A number with two figures that count, small ones never as a power of ten: -0.000031.
 * @param {number} value
 */
export function exact(value) {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? "0" : "∞";
  if (Math.abs(value) >= LARGE) return short(value);
  const decimals = Math.min(9, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value)))));
  return decimal(value, decimals);
}

/** A number with its sign, the plus too. @param {number} value */
export const signed = (value) => (value > 0 ? `+${exact(value)}` : exact(value));

/** A weight. @param {number} value */
export const weightText = (value) => (Math.abs(value) >= 100 ? largeText(value) : decimal(value, 4));

/** A number whose decimals do not count. @param {number} value */
const largeText = (value) => (Math.abs(value) >= LARGE ? short(value) : number(Math.round(value)));

/** A loss. @param {number} loss */
export function lossText(loss) {
  if (!Number.isFinite(loss)) return "∞";
  if (loss >= 100) return largeText(loss);
  return decimal(loss, loss < 0.1 ? 3 : 2);
}

/** A difference of probabilities. @param {number} value */
export const blameText = (value) => `${value > 0 ? "+" : ""}${decimal(value, 2)}`;

/**
 * 1, 2, 5, 10, 20, 50 ... from one power of ten to another.
 * @param {number} first exponent
 * @param {number} last exponent
 */
export function ladder(first, last) {
  const rungs = [];
  for (let exponent = first; exponent < last; exponent++) {
    for (const figure of [1, 2, 5]) rungs.push(Number(`${figure}e${exponent}`));
  }
  return [...rungs, Number(`1e${last}`)];
}

/** Whether the visitor's system asks for less motion. */
export const wantsStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
