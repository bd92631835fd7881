// Gradient descent on one weight: a weight of the last layer, whose loss curve is one valley.
//
// The loss as a function of one weight of the last layer is a mean of log-sum-exp's minus straight lines, and so
// convex: there is one bottom, and a step too far lands on the other side.

import { createPass, forward, logSoftmax } from "./network.js";
import { DEFAULTS } from "./run.js";
import { meanLoss, pixelsOf, placeOfWeight, Trainer } from "./training.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./training.js").Digits} Digits */

const FIRST_STEPS = 30; // until the hidden nodes tell the digits apart
const FAST = 0.003; // learning rate of those
const NEAR = 0.02; // part of the way down that may be missing at the bottom
const SEARCHED = 64; // how far to either side the bottom is looked for

/**
 * A trainer whose hidden nodes tell the digits apart: a generator, so that a page can stop in between.
 * @param {Digits} digits
 * @param {number} [seed]
 * @returns {Generator<number, Trainer, void>}
 */
export function* teach(digits, seed = 3) {
  const trainer = new Trainer({ ...DEFAULTS, learningRate: FAST, seed });
  const batch = Uint32Array.from(digits.labels, (_, i) => i);
  for (let step = 0; step < FIRST_STEPS; step++) {
    trainer.step(digits, batch);
    yield step;
  }
  return trainer;
}

/** What the last layer makes of one digit. @typedef {{lit: Float32Array, sums: Float32Array, label: number}} Reading */

/** One weight of a network's last layer, on its way downhill. */
export class OneWeight {
  /**
   * @param {Network} network taught a little; stays as it is
   * @param {Digits} digits all of which the loss is the mean over
   * @param {number} digit whose output the weight leads to
   */
  constructor(network, digits, digit) {
    this.digit = digit;
    const pass = createPass(network.sizes);
    /** Only the last layer's sums change with the weight: the rest is found once. @type {Reading[]} */
    this.readings = Array.from(digits.labels, (label, i) => {
      const { inputs, sums } = forward(network, pixelsOf(digits, i), pass);
      return { lit: inputs[inputs.length - 1].slice(), sums: sums[sums.length - 1].slice(), label };
    });
    this.node = this.chooseNode();
    this.place = placeOfWeight(network, network.layers.length - 1, digit, this.node);
    this.was = network.weights[this.place];
    this.bottom = this.findBottom();
    this.lowest = this.lossAt(this.bottom);
    this.start = this.findStart();
    this.highest = this.lossAt(this.start);
    /** @type {number[]} where the weight has been, the present place last */
    this.way = [this.start];
  }

  /** The hidden node that the digit and another one light most. */
  chooseNode() {
    const most = (/** @type {number} */ node, /** @type {boolean} */ own) =>
      Math.max(...this.readings.filter(({ label }) => (label === this.digit) === own).map(({ lit }) => lit[node]));
    // Both must be lit: with the digit alone the weight could grow for ever.
    const lights = Array.from(this.readings[0].lit, (_, node) => Math.min(most(node, true), most(node, false)));
    return lights.indexOf(Math.max(...lights));
  }

  /** The log-probabilities of one digit with the weight at `value`. @param {Reading} reading @param {number} value */
  readWith({ lit, sums }, value) {
    const changed = Float64Array.from(sums);
    changed[this.digit] += (value - this.was) * lit[this.node];
    return logSoftmax(changed);
  }

  /** @param {number} value @returns {number} the mean loss with the weight there */
  lossAt(value) {
    const losses = this.readings.map((reading) => -this.readWith(reading, value)[reading.label]);
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  /** The bottom of the valley, by ever smaller thirds: the loss has one. */
  findBottom() {
    let [low, high] = [-SEARCHED, SEARCHED];
    for (let i = 0; i < 60; i++) {
      const third = (high - low) / 3;
      if (this.lossAt(low + third) < this.lossAt(high - third)) high -= third;
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
    this.way = [this.start];
  }

  get at() {
    return this.way[this.way.length - 1];
  }

  /** The slope here, the weight's gradient: the error of its output times what came in, on average. */
  get slope() {
    const parts = this.readings.map((reading) => {
      const error = Math.exp(this.readWith(reading, this.at)[this.digit]) - (reading.label === this.digit ? 1 : 0);
      return error * reading.lit[this.node];
    });
    return parts.reduce((sum, part) => sum + part, 0) / parts.length;
  }

  /**
   * One step of plain gradient descent.
   * @param {number} learningRate
   * @returns {"crawled" | "walked" | "arrived" | "overshot"}
   */
  step(learningRate) {
    const before = this.lossAt(this.at);
    this.way.push(this.at - learningRate * this.slope);
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
  const all = Uint32Array.from(digits.labels, (_, i) => i);
  return meanLoss(trainer.network, digits, all, trainer.pass);
}
