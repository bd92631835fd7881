// Standardised pixels: a network learns in fewer steps from numbers that lie around 0, so each pixel's mean is
// taken away and the rest divided by one spread (LeCun et al., "Efficient BackProp", 1998).
//
// Only training sees such pixels: digits/training/standardization.py says why. There the images are changed. Here
// they stay as they are, for most pixels of a digit are 0 and cost nothing: what learns is a second set of
// weights, the one that gives the same answers to standardised pixels, and only its gradients are worked out.

import { cutIntoLayers } from "./network.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Layer} Layer */
/** @typedef {import("./training.js").Digits} Digits */

const SAMPLE = 1000; // images that the mean is taken of
const SPREAD = 0.3; // what pixels are divided by: MNIST's, in 0..1, spread by 0.308

/**
 * The mean of every pixel over the first SAMPLE images.
 * @param {Digits} digits images as bytes
 * @returns {Float32Array} (784,) 0 to 1
 */
export function meanPixels({ images, labels }) {
  const side = images.length / labels.length;
  const count = Math.min(SAMPLE, labels.length);
  const sums = new Float64Array(side);
  for (let at = 0; at < count * side; at++) sums[at % side] += images[at];
  return Float32Array.from(sums, (sum) => sum / count / 255);
}

/** The weights that learn from standardised pixels, beside a network for plain ones. */
export class StandardPixels {
  /**
   * @param {Network} network
   * @param {Float32Array} mean (784,) of every pixel
   */
  constructor({ sizes, weights }, mean) {
    this.mean = mean;
    /** All that learns, in the order of network.weights; the first layer is another one. */
    this.weights = weights.slice();
    const [{ inputs, outputs, weight, bias }] = cutIntoLayers(sizes, this.weights);
    for (let node = 0; node < outputs; node++) {
      const row = weight.subarray(node * inputs, (node + 1) * inputs);
      bias[node] += weigh(row, mean);
      for (let k = 0; k < inputs; k++) row[k] *= SPREAD;
    }
  }

  /**
   * The first layer's gradient by plain pixels becomes that by standardised ones. The bias's stays.
   * @param {Layer} gradient is changed
   */
  turn({ inputs, outputs, weight, bias }) {
    for (let node = 0; node < outputs; node++) {
      const row = node * inputs;
      for (let k = 0; k < inputs; k++) weight[row + k] = (weight[row + k] - bias[node] * this.mean[k]) / SPREAD;
    }
  }

  /**
   * Bring the network for plain pixels up to what was learnt.
   * @param {Network} network is changed
   */
  handOut({ weights, layers: [{ inputs, outputs, weight, bias }] }) {
    weights.set(this.weights);
    for (let node = 0; node < outputs; node++) {
      const row = weight.subarray(node * inputs, (node + 1) * inputs);
      for (let k = 0; k < inputs; k++) row[k] /= SPREAD;
      bias[node] -= weigh(row, this.mean);
    }
  }
}

/**
 * @param {Float32Array} row
 * @param {Float32Array} mean
 */
function weigh(row, mean) {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k] * mean[k];
  return sum;
}
