// Breaking a network on purpose: nodes off, no biases, noise on the weights, only the largest weights kept,
// and pictures that lie beside the middle. The network itself stays whole; a broken copy is made of it.
//
//     const broken = breakNetwork(network, { ...WHOLE, keep: 0.1 });
//     for (const { tested, right } of score(broken, digits, WHOLE.shift)) ...

import { createNetwork, createPass, forward, indexOfLargest } from "./network.js";
import { createRandom } from "./random.js";
import { pixelsOf } from "./training.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./training.js").Digits} Digits */

/** A hidden node: layer 1 is the first behind the pixels. @typedef {{layer: number, node: number}} HiddenNode */

/**
 * What is broken.
 * @typedef {object} Damage
 * @property {readonly HiddenNode[]} off nodes that pass on 0, whatever comes in
 * @property {boolean} withoutBiases every bias is 0
 * @property {number} noise added to each weight: normal, this many times the spread of its layer's weights
 * @property {number} keep share of each layer's weights that stay, the largest ones; the others are 0
 * @property {readonly [right: number, down: number]} shift of the pictures, in pixels
 */

/** @type {Damage} */
export const WHOLE = { off: [], withoutBiases: false, noise: 0, keep: 1, shift: [0, 0] };

/** @param {HiddenNode} a @param {HiddenNode} b */
export const isSame = (a, b) => a.layer === b.layer && a.node === b.node;

/**
 * Whether nothing but nodes is broken.
 * @param {Damage} damage
 */
export function isOnlyNodes({ off, withoutBiases, noise, keep, shift }) {
  return off.length > 0 && !withoutBiases && noise === 0 && keep === 1 && !shift[0] && !shift[1];
}

/**
 * A network's broken copy.
 * @param {Network} network
 * @param {Damage} damage
 * @param {number} [seed] of the noise: the same seed gives the same noise, however strong
 * @returns {Network}
 */
export function breakNetwork(network, damage, seed = 1) {
  const { sizes, activation } = network;
  const broken = createNetwork({ sizes, activation, weights: network.weights.slice() });
  for (const { weight, bias } of broken.layers) {
    if (damage.noise) addNoise(weight, damage.noise * spreadOf(weight), seed);
    if (damage.keep < 1) keepLargest(weight, damage.keep);
    if (damage.withoutBiases) bias.fill(0);
  }
  for (const { layer, node } of damage.off) cutOff(broken, layer, node);
  return broken;
}

/** How far weights lie from 0, as the root of their mean square. @param {Float32Array} weight */
function spreadOf(weight) {
  return Math.sqrt(weight.reduce((sum, w) => sum + w * w, 0) / weight.length);
}

/** @param {Float32Array} weight @param {number} size @param {number} seed */
function addNoise(weight, size, seed) {
  const noise = normals(weight.length, seed);
  for (let i = 0; i < weight.length; i++) weight[i] += size * noise[i];
}

/** @type {Map<string, Float32Array>} the latest ones: while a slider moves, the same are wanted over and over */
const kept = new Map();
const MOST_KEPT = 6; // layers of the largest network on the page

/** Normal random numbers, the same ones for the same seed. @param {number} count @param {number} seed @returns {Float32Array} */
function normals(count, seed) {
  const key = `${count} ${seed}`;
  const known = kept.get(key);
  if (known) return known;
  const random = createRandom(seed + 7919 * count);
  const made = Float32Array.from({ length: count }, () => {
    // Two even numbers become a normal one (Box and Muller, 1958); 1 - share is never 0.
    const far = Math.sqrt(-2 * Math.log(1 - random.share()));
    return far * Math.cos(2 * Math.PI * random.share());
  });
  for (const old of kept.keys()) if (kept.size >= MOST_KEPT) kept.delete(old);
  kept.set(key, made);
  return made;
}

/** Magnitude pruning: all but the largest become 0. @param {Float32Array} weight @param {number} share */
function keepLargest(weight, share) {
  const sizes = weight.map(Math.abs).sort();
  const kept = Math.round(share * weight.length);
  const least = kept ? sizes[weight.length - kept] : Infinity;
  for (let i = 0; i < weight.length; i++) if (Math.abs(weight[i]) < least) weight[i] = 0;
}

/** Nobody listens to the node any more: the next layer's weights for it are 0. @param {Network} network @param {number} layer @param {number} node */
function cutOff({ layers }, layer, node) {
  const { inputs, outputs, weight } = layers[layer];
  for (let next = 0; next < outputs; next++) weight[next * inputs + node] = 0;
}

/**
 * A picture moved by whole pixels; what leaves it is lost, what comes in is paper.
 * @param {Float32Array} pixels (784,)
 * @param {readonly [right: number, down: number]} shift
 * @returns {Float32Array} the same one where nothing moves
 */
export function shiftPixels(pixels, [right, down]) {
  if (!right && !down) return pixels;
  const moved = new Float32Array(784);
  for (let y = Math.max(0, down); y < Math.min(28, 28 + down); y++)
    for (let x = Math.max(0, right); x < Math.min(28, 28 + right); x++)
      moved[y * 28 + x] = pixels[(y - down) * 28 + x - right];
  return moved;
}

const SLICE = 10; // digits between two looks at the clock: about 1 ms

/**
 * Read digits one after another: a generator, so that a page can stop in between.
 * @param {Network} network
 * @param {Digits} digits
 * @param {readonly [right: number, down: number]} shift
 * @returns {Generator<{tested: number, right: number}, {tested: number, right: number}, void>}
 */
export function* score(network, digits, shift) {
  const pass = createPass(network.sizes);
  const tested = digits.labels.length;
  let right = 0;
  for (let number = 0; number < tested; number++) {
    const { logProbabilities } = forward(network, shiftPixels(pixelsOf(digits, number), shift), pass);
    if (indexOfLargest(logProbabilities) === digits.labels[number]) right += 1;
    if (number % SLICE === SLICE - 1) yield { tested: number + 1, right };
  }
  return { tested, right };
}
