// What a network says of many digits: how often it is right, and how often it says each digit.
//
//     for (const { tested, right, said } of survey(network, digits)) ...

import { createNetwork, createPass, forward, indexOfLargest } from "./network.js";
import { createRandom } from "./random.js";
import { DEFAULTS } from "./run.js";
import { drawWeights, pixelsOf } from "./training.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {{tested: number, right: number, said: Uint32Array}} Survey `said[digit]`: how often it said that */

const SLICE = 10; // digits between two looks at the clock: about 1 ms

/**
 * A network that has not learnt anything: 784-64-64-64-10 with random weights, the same for the same seed.
 * @param {number} seed
 * @returns {Network}
 */
export function freshNetwork(seed) {
  const { sizes, activation } = DEFAULTS;
  return createNetwork({ sizes, activation, weights: drawWeights(sizes, createRandom(seed)) });
}

/**
 * Read digits one after another: a generator, so that a page can stop in between.
 * @param {Network} network
 * @param {import("./training.js").Digits} digits
 * @returns {Generator<Survey, Survey, void>}
 */
export function* survey(network, digits) {
  const pass = createPass(network.sizes);
  const said = new Uint32Array(10);
  const tested = digits.labels.length;
  let right = 0;
  for (let number = 0; number < tested; number++) {
    const label = indexOfLargest(forward(network, pixelsOf(digits, number), pass).logProbabilities);
    said[label] += 1;
    if (label === digits.labels[number]) right += 1;
    if (number % SLICE === SLICE - 1) yield { tested: number + 1, right, said };
  }
  return { tested, right, said };
}
