// Gradient descent on one weight: a weight of the last layer, whose loss curve is one valley.
//
// The loss as a function of one weight of the last layer is a mean of log-sum-exp's minus straight lines, and so
// convex: there is one bottom, and a step too far lands on the other side.

import { createPass, forward } from "./network.js";
import { DEFAULTS } from "./run.js";
import { lossAlong, placeOfWeight, Trainer } from "./training.js";

/** @typedef {import("./training.js").Digits} Digits */

const FIRST_STEPS = 30; // until the hidden nodes tell the digits apart
const FAST = 0.003; // learning rate of those
const NEAR = 0.02; // part of the way down that may be missing at the bottom
const SEARCHED = 64; // how far to either side the bottom is looked for

/** One weight of a network, on its way downhill. */
export class OneWeight {
  /**
   * @param {Digits} digits all of which the loss is the mean over
   * @param {number} digit whose output the weight leads to
   * @param {number} [seed]
   */
  constructor(digits, digit, seed = 3) {
    this.digits = digits;
    this.batch = Uint32Array.from(digits.labels, (_, i) => i);
    this.trainer = new Trainer({ ...DEFAULTS, learningRate: FAST, seed });
    for (let i = 0; i < FIRST_STEPS; i++) this.trainer.step(digits, this.batch);
    const last = this.network.layers.length - 1;
    this.node = this.chooseNode(digit);
    this.place = placeOfWeight(this.network, last, digit, this.node);
    this.bottom = this.findBottom();
    this.lowest = this.lossAt(this.bottom);
    this.start = this.findStart();
    this.highest = this.lossAt(this.start);
    /** @type {number[]} where the weight has been, the present place last */
    this.way = [];
    this.restart();
  }

  get network() {
    return this.trainer.network;
  }

  /** The hidden node that this digit lights most, compared with the others. @param {number} digit */
  chooseNode(digit) {
    const pass = createPass(this.network.sizes);
    const outputs = Array.from(this.batch, (i) => {
      const pixels = Float32Array.from(this.digits.images.subarray(784 * i, 784 * i + 784), (ink) => ink / 255);
      return forward(this.network, pixels, pass).inputs.at(-1)?.slice() ?? new Float32Array();
    });
    const isIt = (/** @type {number} */ i) => this.digits.labels[i] === digit;
    const lights = Array.from(outputs[0], (_, node) => {
      const others = outputs.filter((_, i) => !isIt(i)).map((output) => output[node]);
      const own = outputs.filter((_, i) => isIt(i)).map((output) => output[node]);
      // Both must be lit: with the digit alone the weight could grow for ever.
      return Math.min(Math.max(...own), Math.max(...others));
    });
    return lights.indexOf(Math.max(...lights));
  }

  /** @param {ArrayLike<number>} values @returns {Float64Array} the loss at each */
  lossesAt(values) {
    return lossAlong(this.network, this.digits, this.batch, this.place, values);
  }

  /** @param {number} value */
  lossAt(value) {
    return this.lossesAt([value])[0];
  }

  /** The bottom of the valley, by ever smaller thirds: the loss has one. */
  findBottom() {
    let [low, high] = [-SEARCHED, SEARCHED];
    for (let i = 0; i < 60; i++) {
      const third = (high - low) / 3;
      const [left, right] = this.lossesAt([low + third, high - third]);
      if (left < right) high -= third;
      else low += third;
    }
    return (low + high) / 2;
  }

  /** A place to the left from which there is something to gain: half again the loss of the bottom, or more. */
  findStart() {
    let away = 0.25;
    while (away < SEARCHED && this.lossAt(this.bottom - away) < 1.5 * this.lowest + 0.2) away *= 1.25;
    return this.bottom - away;
  }

  /** How far the start is from the bottom. */
  get reach() {
    return this.bottom - this.start;
  }

  restart() {
    this.network.weights[this.place] = this.start;
    this.way = [this.start];
  }

  get at() {
    return this.way[this.way.length - 1];
  }

  /** The slope here: the weight's gradient, found by back-propagation. */
  get slope() {
    this.network.weights[this.place] = this.at;
    this.trainer.findGradients(this.digits, this.batch);
    return this.trainer.gradients[this.place];
  }

  /**
   * One step of plain gradient descent.
   * @param {number} learningRate
   * @returns {"crawled" | "walked" | "arrived" | "overshot"}
   */
  step(learningRate) {
    const before = this.lossAt(this.at);
    this.way.push(this.at - learningRate * this.slope);
    this.network.weights[this.place] = this.at;
    return this.judge(before, this.lossAt(this.at));
  }

  /** @param {number} before @param {number} after the step */
  judge(before, after) {
    if (after > before + 1e-9) return "overshot";
    if (after - this.lowest <= NEAR * (this.highest - this.lowest)) return "arrived";
    return before - after < 0.05 * (before - this.lowest) ? "crawled" : "walked";
  }
}

/**
 * A trainer with fresh weights, to move all of them at once, as the tutorial does.
 * @param {number} seed
 */
export function freshTrainer(seed) {
  return new Trainer({ ...DEFAULTS, seed });
}

/** Samples as digits to train on. @param {{images: Uint8Array[], labels: number[]}} samples @returns {Digits} */
export function joinDigits({ images, labels }) {
  const joined = new Uint8Array(784 * images.length);
  for (const [i, image] of images.entries()) joined.set(image, 784 * i);
  return { images: joined, labels };
}

/** The mean loss of a network on digits it is given as a whole. @param {Trainer} trainer @param {Digits} digits */
export function lossOf(trainer, digits) {
  return trainer.findGradients(digits, Uint32Array.from(digits.labels, (_, i) => i)).loss;
}
