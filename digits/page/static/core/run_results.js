// What came of a run, measured in the browser for a server that does not answer or has no PyTorch, as the server's
// digits/server/results.py and finished_runs.py measure it. The server calibrates on digits that the network has not
// learnt from and is not scored on; a browser has but the test digits for both.

import { calibrated, createPass, forward, indexOfLargest } from "./network.js";
import { pixelsOf } from "./training.js";
import { GUESSING } from "./wording.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Calibration} Calibration */
/** @typedef {import("./training.js").Digits} Digits */

/**
 * A digit that the network was sure of and wrong about; `number` is its place among the test digits.
 * @typedef {{number: number, label: number, said: number, probability: number}} Mistake
 */

/**
 * @typedef {object} Results
 * @property {number} accuracy
 * @property {number[][]} confusion 10 x 10: row, what it is; column, what is read
 * @property {Mistake[]} mistakes the surest first
 * @property {Calibration} calibration
 */

export const SHOWN_MISTAKES = 12;
export const SHOWN_NODES = 32; // of the first layer
export const HIGH_RATE = 0.02; // Adam learns nothing in networks of this kind at rates well above this
export const FEW_STEPS = 200;
export const NEVER_SURE = 2; // the threshold of a network that learnt nothing: above every probability
export const HARDLY_SURE = 0.5; // no answer below this probability is sure, whatever the digits say
export const TURNED_AWAY = 0.02; // share of real digits below the threshold
const [COLDEST, HOTTEST, PRECISION] = [Math.log(0.1), Math.log(10), 1e-5]; // of the temperature's logarithm

/**
 * The part of `epochs` that `step` of `steps` batches are, in hundredths: rounded down, as no run that was stopped did
 * it all, but never to nothing, as a batch was learnt from.
 * @param {number} step
 * @param {number} steps
 * @param {number} epochs
 */
export const countEpochs = (step, steps, epochs) =>
  Math.max(Math.floor((100 * step * epochs) / steps), Math.min(step, 1)) / 100;

/**
 * How a network does on test digits, with the calibration that it gets from them.
 * @param {Network} network
 * @param {Digits} digits
 * @returns {Results}
 */
export function measureResults(network, digits) {
  const pass = createPass(network.sizes);
  const labels = Array.from(digits.labels);
  const read = labels.map((_, i) => forward(network, pixelsOf(digits, i), pass).logProbabilities.slice());
  const confusion = Array.from({ length: 10 }, () => /** @type {number[]} */ (Array(10).fill(0)));
  let right = 0;
  for (const [i, label] of labels.entries()) {
    const said = indexOfLargest(read[i]);
    confusion[label][said] += 1;
    if (said === label) right += 1;
  }
  const accuracy = right / labels.length;
  const calibration = accuracy < GUESSING ? { temperature: 1, threshold: NEVER_SURE } : calibrate(read, labels);
  return { accuracy, confusion, mistakes: sureMistakes(read, labels, calibration), calibration };
}

/**
 * Temperature and threshold, as digits/evaluation/fit_calibration.py fits them (Guo et al., 2017).
 * @param {Float64Array[]} read log-probabilities
 * @param {number[]} labels
 * @returns {Calibration}
 */
export function calibrate(read, labels) {
  const round = (/** @type {number} */ value) => Math.round(value * 1e4) / 1e4;
  const temperature = fitTemperature(read, labels);
  const scores = read.map((row) => Math.max(...calibrated(row, temperature)));
  return {
    temperature: round(temperature),
    threshold: Math.max(HARDLY_SURE, round(quantile(scores, TURNED_AWAY))),
  };
}

/** @param {Float64Array[]} read @param {number[]} labels */
function fitTemperature(read, labels) {
  const ratio = (Math.sqrt(5) - 1) / 2;
  const lossAt = (/** @type {number} */ log) =>
    -read.reduce((sum, row, i) => sum + Math.log(Math.max(1e-300, calibrated(row, Math.exp(log))[labels[i]])), 0);
  let [low, high] = [COLDEST, HOTTEST];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [leftLoss, rightLoss] = [lossAt(left), lossAt(right)];
  while (high - low > PRECISION) {
    if (leftLoss < rightLoss) {
      [high, right, rightLoss] = [right, left, leftLoss];
      left = high - ratio * (high - low);
      leftLoss = lossAt(left);
    } else {
      [low, left, leftLoss] = [left, right, rightLoss];
      right = low + ratio * (high - low);
      rightLoss = lossAt(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/**
 * The number that a share of the numbers lies below, between two of them where need be.
 * @param {number[]} numbers
 * @param {number} share 0 to 1
 */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** @param {Float64Array[]} read @param {number[]} labels @param {Calibration} calibration @returns {Mistake[]} */
function sureMistakes(read, labels, { temperature, threshold }) {
  return read
    .map((row, number) => {
      const probabilities = calibrated(row, temperature);
      const said = indexOfLargest(probabilities);
      return { number, label: labels[number], said, probability: Math.min(0.9999, probabilities[said]) };
    })
    .filter(({ label, said, probability }) => said !== label && probability >= (threshold ?? 0))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, SHOWN_MISTAKES);
}

/**
 * The first layer's weights as pictures: 128 is 0, less is against, more is for. All nodes share one scale, set
 * by all but the largest hundredth, so that they can be compared.
 * @param {Float32Array} weight (nodes * 784)
 * @returns {Uint8Array[]} (784,) each
 */
export function pictureWeights(weight) {
  const shown = weight.subarray(0, SHOWN_NODES * 784);
  const scale = Math.max(1e-9, quantile(Array.from(shown, Math.abs), 0.99));
  const grey = Uint8Array.from(shown, (value) => Math.round(Math.min(255, Math.max(1, 128 + (127 * value) / scale))));
  return Array.from({ length: grey.length / 784 }, (_, node) => grey.slice(784 * node, 784 * (node + 1)));
}
