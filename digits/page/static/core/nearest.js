// Which of many digits are most like a picture: by their pixels, or by what the last hidden layer makes of them.
//
// Both are work for many frames, so they are generators: each `next()` is a slice of a few milliseconds at most.

import { createPass, forward } from "./network.js";
import { pixelsOf } from "./training.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./training.js").Digits} Digits */

/** A digit and how far it is. @typedef {{number: number, distance: number}} Neighbour */

const SLICE = 20; // digits that a network reads in one go: 2 ms

/**
 * What the last hidden layer makes of each digit.
 * @param {Network} network
 * @param {Digits} digits
 * @returns {Generator<number, Float32Array, void>} (n * width); yields the share that is done
 */
export function* readLastLayer(network, digits) {
  const count = digits.labels.length;
  const pass = createPass(network.sizes);
  const width = network.sizes[network.sizes.length - 2];
  const rows = new Float32Array(count * width);
  for (let number = 0; number < count; number++) {
    rows.set(lastLayerOf(network, pixelsOf(digits, number), pass), number * width);
    if (number % SLICE === SLICE - 1) yield number / count;
  }
  return rows;
}

/**
 * What the last hidden layer makes of one picture, (width,): for a network without hidden layers the picture.
 * @param {Network} network
 * @param {ArrayLike<number>} pixels (784,) 0 to 1
 * @param {import("./network.js").Pass} [pass]
 */
export function lastLayerOf(network, pixels, pass) {
  const { inputs } = forward(network, pixels, pass);
  return inputs[inputs.length - 1];
}

/**
 * The nearest rows by Euclidean distance, the nearest first.
 * @param {ArrayLike<number>} rows (n * width)
 * @param {ArrayLike<number>} target (width,) in the same unit
 * @param {number} wanted how many
 * @returns {Generator<number, Neighbour[], void>} yields the share that is done
 */
export function* findNearest(rows, target, wanted) {
  const width = target.length;
  const count = rows.length / width;
  const slice = Math.max(1, Math.floor(400_000 / width)); // about a millisecond
  /** @type {Neighbour[]} */
  const found = [];
  for (let number = 0; number < count; number++) {
    const most = found.length < wanted ? Infinity : found[found.length - 1].distance;
    const distance = distanceOf(rows, number * width, target, most);
    if (distance < most) {
      if (found.length === wanted) found.pop();
      found.push({ number, distance });
      found.sort((a, b) => a.distance - b.distance);
    }
    if (number % slice === slice - 1) yield number / count;
  }
  return found.map(({ number, distance }) => ({ number, distance: Math.sqrt(distance) }));
}

const BLOCK = 56; // terms between two looks whether it is too far already

/** The square of a distance; Infinity where it is at least `most`. @param {ArrayLike<number>} rows @param {number} start @param {ArrayLike<number>} target @param {number} most */
function distanceOf(rows, start, target, most) {
  let sum = 0;
  for (let i = 0; i < target.length; ) {
    for (const end = Math.min(i + BLOCK, target.length); i < end; i++) {
      const off = rows[start + i] - target[i];
      sum += off * off;
    }
    if (sum >= most) return Infinity;
  }
  return sum;
}
