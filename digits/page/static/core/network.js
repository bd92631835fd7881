// The network, read forwards: 784 pixels in, layers of nodes, ten log-probabilities out.
//
// Every node is a weighted sum of the layer before it plus a bias, then an activation; the last layer's
// ten sums become log-probabilities. The sums and outputs of every layer are kept: a page can show them,
// and training needs them. Buffers are made once and filled anew, because a page reads up to 60 times a
// second and must not stop to collect garbage.
//
//     const network = createNetwork({ sizes, activation: "relu", weights });
//     const { logProbabilities } = forward(network, toPixels(image));
//     const { label, sure } = answer(logProbabilities, calibration);

import { ACTIVATIONS } from "./activations.js";

/** @typedef {import("./activations.js").ActivationName} ActivationName */

/**
 * One layer's weights, row by row: weight[node * inputs + input], and a bias for every node.
 * @typedef {{inputs: number, outputs: number, weight: Float32Array, bias: Float32Array}} Layer
 */

/**
 * All weights lie in one long row, weight and bias, layer by layer; the layers are views into it.
 * @typedef {object} Network
 * @property {readonly number[]} sizes every layer's width, input and output included: [784, 64, 64, 64, 10]
 * @property {ActivationName} activation between the layers; the last one has none
 * @property {Float32Array} weights
 * @property {Layer[]} layers
 */

/**
 * What a network made of one image, overwritten by the next.
 * @typedef {object} Pass
 * @property {Float32Array[]} inputs what each layer was given: pixels, then the outputs of the layers before
 * @property {Float32Array[]} sums each layer's weighted sums; the last ones are the logits
 * @property {Lit[]} lit which numbers each layer was given that are not 0
 * @property {Float64Array} logProbabilities (10,)
 */

/**
 * The inputs of a layer that are not 0: 0 adds nothing to a sum, and most of an image is 0.
 * @typedef {{count: number, places: Uint16Array, values: Float64Array}} Lit
 */

/**
 * probabilities = softmax(logProbabilities / temperature); a score below the threshold means that the
 * drawing is hardly a digit (null: never say so).
 * @typedef {{temperature: number, threshold: number | null}} Calibration
 */

/**
 * What the network says of one drawing.
 * @typedef {object} Answer
 * @property {number} label
 * @property {Float64Array} probabilities (10,) calibrated, they sum to 1
 * @property {number} score how much like a digit it is: larger is more
 * @property {boolean} sure false: below the threshold, so perhaps no digit at all
 */

const DOUBT_LEFT = 0.4; // of the doubt that an answer about a drawing may leave, as in calibration.py

/**
 * A network of the given shape; without weights they are all 0.
 * @param {{sizes: readonly number[], activation: ActivationName, weights?: Float32Array}} parts
 * @returns {Network}
 */
export function createNetwork({ sizes, activation, weights = new Float32Array(countWeights(sizes)) }) {
  if (!Object.hasOwn(ACTIVATIONS, activation)) throw new RangeError(`there is no activation ${activation}`);
  if (weights.length !== countWeights(sizes)) {
    throw new RangeError(`${sizes.join("-")} has ${countWeights(sizes)} weights, not ${weights.length}`);
  }
  return { sizes, activation, weights, layers: cutIntoLayers(sizes, weights) };
}

/**
 * How many numbers a network of this shape learns: a weight for each connection and a bias for each node.
 * @param {readonly number[]} sizes
 * @returns {number}
 */
export function countWeights(sizes) {
  return sizes.slice(1).reduce((sum, outputs, i) => sum + (sizes[i] + 1) * outputs, 0);
}

/**
 * Views into one long row of numbers, a weight matrix and a bias for each layer.
 * @param {readonly number[]} sizes
 * @param {Float32Array} row
 * @returns {Layer[]}
 */
export function cutIntoLayers(sizes, row) {
  let start = 0;
  const cut = (/** @type {number} */ length) => row.subarray(start, (start += length));
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    return { inputs, outputs, weight: cut(inputs * outputs), bias: cut(outputs) };
  });
}

/**
 * Weights as they come from elsewhere, little-endian float32, as one long row: from base64 or bytes.
 * @param {string | ArrayBuffer | Uint8Array} packed
 * @returns {Float32Array} a copy
 */
export function parseWeights(packed) {
  const bytes = typeof packed === "string"
    ? Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
    : new Uint8Array(packed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const weights = new Float32Array(bytes.byteLength >> 2);
  for (let i = 0; i < weights.length; i++) weights[i] = view.getFloat32(4 * i, true);
  if (bytes.byteLength % 4 || !weights.every(Number.isFinite)) throw new RangeError("these are no weights");
  return weights;
}

/**
 * An image's bytes as the network's input: 0 to 1.
 * @param {ArrayLike<number>} image (784,) 0 to 255
 * @returns {Float32Array} (784,)
 */
export function toPixels(image) {
  return Float32Array.from(image, (ink) => ink / 255);
}

/**
 * The buffers that `forward` fills for networks of this shape.
 * @param {readonly number[]} sizes
 * @returns {Pass}
 */
export function createPass(sizes) {
  const given = sizes.slice(0, -1);
  return {
    inputs: given.map((size) => new Float32Array(size)),
    sums: sizes.slice(1).map((size) => new Float32Array(size)),
    lit: given.map((size) => ({ count: 0, places: new Uint16Array(size), values: new Float64Array(size) })),
    logProbabilities: new Float64Array(sizes[sizes.length - 1]),
  };
}

/**
 * Read one image, keeping every layer's inputs and sums.
 * @param {Network} network
 * @param {ArrayLike<number>} pixels (784,) 0 to 1
 * @param {Pass} [pass] buffers to fill; new ones by default
 * @returns {Pass} the same
 */
export function forward(network, pixels, pass = createPass(network.sizes)) {
  const { bend } = ACTIVATIONS[network.activation];
  pass.inputs[0].set(pixels);
  for (const [number, layer] of network.layers.entries()) {
    const inputs = pass.inputs[number];
    if (number) {
      const sums = pass.sums[number - 1];
      for (let node = 0; node < sums.length; node++) inputs[node] = bend(sums[node]);
    }
    findLit(inputs, pass.lit[number]);
    addUp(layer, pass.lit[number], pass.sums[number]);
  }
  logSoftmax(pass.sums[pass.sums.length - 1], pass.logProbabilities);
  return pass;
}

/**
 * @param {Float32Array} inputs
 * @param {Lit} lit is filled
 */
function findLit(inputs, lit) {
  let count = 0;
  for (let place = 0; place < inputs.length; place++) {
    if (inputs[place] !== 0) {
      lit.places[count] = place;
      lit.values[count] = inputs[place];
      count += 1;
    }
  }
  lit.count = count;
}

/**
 * A layer's weighted sums: each node's bias plus its weights times what is lit.
 *
 * Two nodes at a time: a sum must wait for the addition before it, and meanwhile the other goes on.
 * @param {Layer} layer
 * @param {Lit} lit
 * @param {Float32Array} sums is filled
 */
function addUp({ inputs, outputs, weight, bias }, { count, places, values }, sums) {
  let node = 0;
  for (; node + 1 < outputs; node += 2) {
    const row = node * inputs;
    const next = row + inputs;
    let sum = bias[node];
    let other = bias[node + 1];
    for (let k = 0; k < count; k++) {
      sum += weight[row + places[k]] * values[k];
      other += weight[next + places[k]] * values[k];
    }
    sums[node] = sum;
    sums[node + 1] = other;
  }
  if (node < outputs) {
    let sum = bias[node];
    for (let k = 0; k < count; k++) sum += weight[node * inputs + places[k]] * values[k];
    sums[node] = sum;
  }
}

/**
 * Log-probabilities of ten sums: how far each is below the logarithm of what all their powers add up to.
 * @param {ArrayLike<number>} sums
 * @param {Float64Array} [logProbabilities] is filled; a new one by default
 * @returns {Float64Array} the same
 */
export function logSoftmax(sums, logProbabilities = new Float64Array(sums.length)) {
  let most = -Infinity;
  for (let i = 0; i < sums.length; i++) most = Math.max(most, sums[i]);
  // Relative to the largest: exp() of a large sum would be infinite.
  let total = 0;
  for (let i = 0; i < sums.length; i++) total += Math.exp(sums[i] - most);
  const log = most + Math.log(total);
  for (let i = 0; i < sums.length; i++) logProbabilities[i] = sums[i] - log;
  return logProbabilities;
}

/**
 * Probabilities whose size can be believed: softmax(logProbabilities / temperature).
 *
 * Dividing log-probabilities or the sums by the temperature gives the same (Guo et al., "On Calibration of
 * Modern Neural Networks", 2017).
 * @param {ArrayLike<number>} logProbabilities
 * @param {number} temperature
 * @returns {Float64Array}
 */
export function calibrated(logProbabilities, temperature) {
  const scaled = Float64Array.from(logProbabilities, (value) => value / temperature);
  return logSoftmax(scaled).map(Math.exp);
}

/**
 * What ten log-probabilities say, with the weights' own calibration.
 * @param {ArrayLike<number>} logProbabilities
 * @param {Calibration} calibration
 * @returns {Answer}
 */
export function answer(logProbabilities, calibration) {
  return answerOf(calibrated(logProbabilities, calibration.temperature), calibration);
}

/**
 * What ten calibrated probabilities say.
 * @param {Float64Array} probabilities
 * @param {Calibration} calibration
 * @returns {Answer}
 */
export function answerOf(probabilities, { threshold }) {
  const label = indexOfLargest(probabilities);
  const score = probabilities[label];
  return { label, probabilities, score, sure: threshold === null || score >= threshold };
}

/**
 * The calibration with the threshold for a digit out of a picture, which is higher: it had to be found on paper
 * and brought to MNIST's thickness first, and a stroke may be lost on the way.
 * @param {Calibration} calibration
 * @returns {Calibration}
 */
export function forPictures({ temperature, threshold }) {
  return { temperature, threshold: threshold === null ? null : 1 - DOUBT_LEFT * (1 - threshold) };
}

/**
 * Where the largest number is; the first of equal ones.
 * @param {ArrayLike<number>} numbers
 * @returns {number}
 */
export function indexOfLargest(numbers) {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i] > numbers[best]) best = i;
  return best;
}
