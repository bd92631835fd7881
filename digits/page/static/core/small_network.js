// A network small enough to see whole: pictures of 5 x 5 squares, four nodes, two outputs.
//
// It does what the large one does (core/network.js), with numbers that can be added up in one's head.

import { calibrated } from "./network.js";

export const SIDE = 5;
export const SQUARES = SIDE * SIDE;

/**
 * A picture of 25 numbers, row by row, from "#" (1) and "." (0).
 * @param {string} rows
 * @returns {number[]} (25,) 0 or 1
 */
const picture = (rows) => [...rows.replace(/\s/g, "")].map((sign) => Number(sign === "#"));

export const SEVEN = picture("##### ....# ...#. ..#.. ..#..");
export const ONE = picture("..#.. .##.. ..#.. ..#.. .###.");

/**
 * A node: a weight for each of its inputs, and a bias.
 * @typedef {{weights: readonly number[], bias: number}} Node
 */

/** Weights from a drawing: "+" is 1, "-" is -1, "." is 0. @param {string} rows @param {number} bias @returns {Node} */
function node(rows, bias) {
  const values = /** @type {Record<string, number>} */ ({ "+": 1, "-": -1, ".": 0 });
  return { weights: [...rows.replace(/\s/g, "")].map((sign) => values[sign]), bias };
}

/** Four nodes that look for parts of a seven and of a one: a bar, a slope, an upright, a foot. @type {readonly Node[]} */
export const FOUR = [
  node("+++++ ..... ..... ..... .....", -3),
  node("..... .--.+ ...+. ..+.. ..+..", -2),
  node("..+.- ..+.- ..+.. ..+.. ..+..", -2),
  node("..... ..... ..... ..... .+++.", -2),
];
/** Two outputs that listen to the four: one speaks for a seven, one for a one. @type {readonly Node[]} */
export const TWO = [
  { weights: [1, 1, -1, -1], bias: 0 },
  { weights: [-1, -1, 1, 1], bias: 0 },
];

/**
 * What each input adds to a node's sum.
 * @param {Node} node
 * @param {readonly number[]} inputs as many as the node has weights
 * @returns {number[]}
 */
export const productsOf = ({ weights }, inputs) => weights.map((weight, i) => weight * inputs[i]);

/**
 * A node's sum: weights times inputs, plus the bias.
 * @param {Node} node
 * @param {readonly number[]} inputs
 */
export const sumOf = (node, inputs) => productsOf(node, inputs).reduce((sum, part) => sum + part, node.bias);

/** @param {number} sum */
export const relu = (sum) => Math.max(0, sum);

/**
 * What two layers make of a picture.
 * @param {readonly Node[]} first
 * @param {readonly Node[]} second with as many weights as the first has nodes
 * @param {readonly number[]} inputs
 * @param {(sum: number) => number} bend f between the two
 * @returns {{sums: number[], passed: number[], outputs: number[]}}
 */
export function readTwoLayers(first, second, inputs, bend) {
  const sums = first.map((node) => sumOf(node, inputs));
  const passed = sums.map(bend);
  return { sums, passed, outputs: second.map((node) => sumOf(node, passed)) };
}

/**
 * One layer that does what two do without f between them: W = W2 W1, b = W2 b1 + b2.
 * @param {readonly Node[]} first
 * @param {readonly Node[]} second
 * @returns {Node[]} as many as the second layer has
 */
export function multiplyOut(first, second) {
  return second.map(({ weights, bias }) => ({
    weights: first[0].weights.map((_, i) => weights.reduce((sum, weight, j) => sum + weight * first[j].weights[i], 0)),
    bias: weights.reduce((sum, weight, j) => sum + weight * first[j].bias, bias),
  }));
}

/**
 * Whether a picture could be a one: an upright of four squares or more, perhaps with a short flag at its top left
 * and a foot under it, and nothing else.
 * @param {readonly number[]} picture (25,)
 */
export function isOne(picture) {
  return Array.from({ length: SIDE }, (_, column) => column).some((column) => hasUpright(picture, column));
}

/** @param {readonly number[]} picture @param {number} column */
function hasUpright(picture, column) {
  const rows = Array.from({ length: SIDE }, (_, row) => row).filter((row) => picture[row * SIDE + column]);
  if (rows.length < SIDE - 1 || rows[rows.length - 1] - rows[0] >= rows.length) return false;
  const rest = picture.flatMap((ink, i) => (ink && i % SIDE !== column ? [i] : []));
  const flag = rest.filter((i) => i < 3 * SIDE && i % SIDE < column && i % SIDE >= column - 2);
  const foot = rest.filter((i) => i >= SQUARES - SIDE && Math.abs((i % SIDE) - column) <= 2);
  return flag.length <= 2 && flag.length + foot.length === rest.length;
}

/**
 * Softmax, with all that it takes on the way.
 * @param {readonly number[]} sums
 * @param {number} [temperature] that they are divided by first
 * @returns {{powers: number[], total: number, shares: number[]}} e to each sum divided by it, what they add up to,
 *   each part of that: these are right where the others are too large for a computer, and so Infinity, too
 */
export function softmax(sums, temperature = 1) {
  const powers = sums.map((sum) => Math.exp(sum / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return { powers, total, shares: [...calibrated(sums, temperature)] };
}
