// Why a network answered so: what every pixel did to a sum, and how little would have changed the answer.
//
// With ReLU a network is linear in pieces: as long as no node switches on or off, each of the ten sums is a
// weighted sum of the pixels plus a constant. The weights of the piece that a picture lies in are the sum's
// gradient, so gradient times pixel, added up over all pixels, plus the constant is the sum itself: exact for
// this picture, and for no other. A bent activation has a slope at every place, too; the pixels' parts are then those of the
// straight line that touches there, and the constant holds the rest as well (Ancona et al., "Towards better
// understanding of gradient-based attribution methods", 2018, on gradient x input).
//
//     const explanation = explain(network, pixels);
//     const { parts, rest, sum } = partsOf(explanation, pixels, 7, 1);   // the sum of 7 less that of 1
//     for (const _ of findChange(network, pixels, 7, 1)) ...             // the least that makes it a 1

import { ACTIVATIONS } from "./activations.js";
import { createPass, forward, indexOfLargest } from "./network.js";

/** @typedef {import("./network.js").Network} Network */

/**
 * The straight line through a picture: sum = gradient . pixels + rest, for each output.
 * @typedef {object} Explanation
 * @property {Float64Array} sums (10,) of the outputs, as the network computed them
 * @property {Float64Array[]} gradients one (784,) for each output: how it changes with each pixel
 * @property {Float64Array} rests (10,) what no pixel gave: the biases, as far as they came through
 * @property {boolean} isExact the activation is made of straight pieces, so no part of a bend is in the rest
 */

const STRAIGHT = ["relu", "identity"];

/**
 * @param {Network} network
 * @param {ArrayLike<number>} pixels (784,) 0 to 1
 * @returns {Explanation}
 */
export function explain(network, pixels) {
  const pass = forward(network, pixels);
  const { bend, slope } = ACTIVATIONS[network.activation];
  const outputs = network.sizes[network.sizes.length - 1];
  const rests = new Float64Array(outputs);
  const gradients = Array.from({ length: outputs }, (_, output) => one(outputs, output));
  for (let number = network.layers.length - 1; number >= 0; number--) {
    const layer = network.layers[number];
    for (let output = 0; output < outputs; output++) {
      rests[output] += dot(gradients[output], layer.bias);
      const before = back(layer, gradients[output]);
      if (number) {
        const [sums, values] = [pass.sums[number - 1], pass.inputs[number]];
        for (let node = 0; node < before.length; node++) {
          const steep = slope(sums[node], values[node]);
          rests[output] += before[node] * (bend(sums[node]) - steep * sums[node]);
          before[node] *= steep;
        }
      }
      gradients[output] = before;
    }
  }
  const sums = Float64Array.from(pass.sums[pass.sums.length - 1]);
  return { sums, gradients, rests, isExact: STRAIGHT.includes(network.activation) };
}

/** 0 everywhere but at one place, where it is 1. @param {number} length @param {number} place @returns {Float64Array} */
function one(length, place) {
  const row = new Float64Array(length);
  row[place] = 1;
  return row;
}

/**
 * How a sum depends on a layer's inputs, from how it depends on its outputs.
 * @param {import("./network.js").Layer} layer
 * @param {Float64Array} gradient (outputs,)
 * @returns {Float64Array} (inputs,)
 */
function back({ inputs, outputs, weight }, gradient) {
  const before = new Float64Array(inputs);
  for (let node = 0; node < outputs; node++) {
    const share = gradient[node];
    if (share === 0) continue; // a node that is off passes nothing back
    const row = node * inputs;
    for (let input = 0; input < inputs; input++) before[input] += share * weight[row + input];
  }
  return before;
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * What each pixel gave to a sum.
 * @typedef {object} Parts
 * @property {Float64Array} parts (784,)
 * @property {number} plus what the pixels gave that spoke for it
 * @property {number} minus what those gave that spoke against it, at most 0
 * @property {number} rest what no pixel gave
 * @property {number} sum the network's own: plus + minus + rest, but for rounding
 */

/**
 * What each pixel gave to an output's sum, or to its lead over another's: only leads decide an answer.
 * @param {Explanation} explanation
 * @param {ArrayLike<number>} pixels (784,)
 * @param {number} label
 * @param {number | null} [against] another output; null: none
 * @returns {Parts}
 */
export function partsOf({ sums, gradients, rests }, pixels, label, against = null) {
  const other = against === null ? null : gradients[against];
  const parts = Float64Array.from(gradients[label], (slope, i) => (slope - (other ? other[i] : 0)) * pixels[i]);
  let [plus, minus] = [0, 0];
  for (const part of parts) {
    if (part > 0) plus += part;
    else minus += part;
  }
  const less = (/** @type {Float64Array} */ values) => values[label] - (against === null ? 0 : values[against]);
  return { parts, plus, minus, rest: less(rests), sum: less(sums) };
}

/**
 * The second likeliest of ten.
 * @param {ArrayLike<number>} sums
 */
export function indexOfSecond(sums) {
  const best = indexOfLargest(sums);
  return indexOfLargest(Array.from(sums, (sum, i) => (i === best ? -Infinity : sum)));
}

/**
 * A changed picture, and what the network really says of it.
 * @typedef {object} Change
 * @property {Float32Array} pixels (784,) 0 to 1, the changed picture
 * @property {number} said what the network reads in it
 * @property {number} largest the largest change of a pixel's brightness, 0 to 1
 * @property {number} size of the whole change: the root of the sum of its squares
 */

const GROWTH = 1.15; // from one try to the next
const MOST_TRIES = 90; // 1.15^90: a change so large has long met black and white
const HALVINGS = 12;

/**
 * The smallest change along a line that takes the answer away from `label`: brightness is changed along the
 * difference of two outputs' gradients, the way in which `wanted` catches up quickest. Each try is read
 * by the network; the line is straight only nearby, so what is found need not be `wanted`.
 * @param {Network} network
 * @param {ArrayLike<number>} pixels (784,) 0 to 1
 * @param {number} label what it reads now
 * @param {number} wanted
 * @returns {Generator<null, Change | null, void>} a step for each try; null where no change along this line does it
 */
export function* findChange(network, pixels, label, wanted) {
  const { sums, gradients } = explain(network, pixels);
  const way = gradients[wanted].map((slope, i) => slope - gradients[label][i]);
  const steep = dot(way, way);
  if (!(steep > 0)) return null;
  const pass = createPass(network.sizes);
  const changed = new Float32Array(pixels.length);
  const read = (/** @type {number} */ far) => {
    for (let i = 0; i < changed.length; i++) changed[i] = Math.min(1, Math.max(0, pixels[i] + far * way[i]));
    return indexOfLargest(forward(network, changed, pass).logProbabilities);
  };
  let far = Math.max((sums[label] - sums[wanted]) / steep, 1e-9) / 8;
  let near = 0;
  let tries = 0;
  for (; read(far) === label; far *= GROWTH) {
    near = far;
    if (++tries > MOST_TRIES) return null;
    yield null;
  }
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (near + far) / 2;
    if (read(middle) === label) near = middle;
    else far = middle;
    yield null;
  }
  return { said: read(far), pixels: changed, ...sizeOf(changed, pixels) };
}

/** @param {Float32Array} changed @param {ArrayLike<number>} pixels */
function sizeOf(changed, pixels) {
  const differences = changed.map((value, i) => value - pixels[i]);
  const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { largest, size: Math.sqrt(dot(differences, differences)) };
}
