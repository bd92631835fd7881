// A run of training that can be looked at, changed in the middle and taken back: which batch lies on the
// table, how the network does on digits that it learns from and on digits that it never sees, and the way
// that led here.
//
//     const run = new Run({ ...DEFAULTS, seed: 1 }, digits);
//     run.step(20);           // 20 batches
//     run.goTo(0);            // as it was before them

import { ACTIVATIONS } from "./activations.js";
import { createPass, forward, indexOfLargest } from "./network.js";
import { createRandom } from "./random.js";
import { learningRateAt } from "./schedules.js";
import { meanPixels } from "./standardization.js";
import { meanLoss, pixelsOf, shuffledOrder, Trainer } from "./training.js";

/** @typedef {import("./activations.js").ActivationName} ActivationName */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./training.js").Digits} Digits */
/** @typedef {import("./training.js").Snapshot} Snapshot */

/**
 * The digits of a run, some to learn from and others to test with.
 * @typedef {{train: Digits, test: Digits}} Parts
 */

/**
 * @typedef {object} Settings
 * @property {readonly number[]} sizes
 * @property {ActivationName} activation
 * @property {number} learningRate
 * @property {number} batchSize
 * @property {number} seed for the first weights and for the order of the digits
 * @property {Float32Array} [weights] to go on from, instead of random ones
 * @property {boolean} [standardised] learn from pixels minus their mean: standardization.js
 * @property {import("./schedules.js").Schedule} [schedule] how the learning rate changes; constant by default
 * @property {number} [epochs] how long the run will be: a schedule needs to know
 */

/**
 * How a network does on some digits.
 * @typedef {{accuracy: number, loss: number}} Marks
 */

/**
 * One place on the way of a run.
 * @typedef {object} Checkpoint
 * @property {number} step how many batches were learnt
 * @property {number} epoch from 0: how often all the digits were gone through
 * @property {number} place in this epoch: where the next batch begins
 * @property {Marks} train on digits that it learns from
 * @property {Marks} test on digits that it never learns from
 * @property {number | null} recent mean loss of the latest batches, before the first one that on the test
 *   digits; null beyond all bounds
 * @property {Uint8Array[]} dead each hidden layer's nodes: 1 where no test digit moves the node
 */

/** @typedef {Checkpoint & {snapshot: Snapshot, activation: ActivationName}} Kept */

/** @type {Settings} */
export const DEFAULTS = {
  sizes: [784, 64, 64, 64, 10],
  activation: "relu",
  learningRate: 0.001,
  batchSize: 15,
  seed: 0,
};

/** Of the digits that a run learns from, how many are marked: as exact as a curve needs. */
export const MARKED = 500;
/** Snapshots that are kept; each takes 0.7 MB. */
export const MOST_KEPT = 48;
/** Batches whose mean loss is told, at least: a single one says little. */
export const FEWEST_BATCHES = 30;
/** Places where a run that has an end is marked on its way, beside the ends of its epochs. */
const PLACES = 24;
/** Points of the curve of losses. */
export const MOST_LOSSES = 240;
const DEAD = 1e-4; // a node no steeper than this learns nothing worth mentioning

/**
 * Whether a run stops for marks after so many steps: often at first, when most happens.
 * @param {number} step
 */
export function isCheckpoint(step) {
  if (step <= 20) return step % 5 === 0;
  if (step <= 200) return step % 20 === 0;
  return step % (step <= 1000 ? 100 : 250) === 0;
}

/**
 * The steps at which a run that has an end stops for marks: more of them at first, and each epoch's end.
 * @param {number} steps
 * @param {number} epochs
 * @returns {Set<number>}
 */
export function planMarks(steps, epochs) {
  const places = Array.from({ length: PLACES }, (_, i) => Math.ceil(steps * ((i + 1) / PLACES) ** 1.7));
  const ends = Array.from({ length: epochs }, (_, i) => (steps * (i + 1)) / epochs);
  return new Set([...places, ...ends]);
}

/** A network that learns, and the way that it came. */
export class Run {
  /**
   * @param {Settings} settings
   * @param {Parts} parts
   */
  constructor(settings, { train, test }) {
    const { sizes, activation, learningRate, batchSize, seed, weights, standardised } = settings;
    const mean = standardised ? meanPixels(train) : undefined;
    this.trainer = new Trainer({ sizes, activation, learningRate, seed, weights, mean });
    this.settings = settings;
    this.train = train;
    this.test = test;
    this.seed = seed;
    this.batchSize = batchSize;
    this.steps = 0;
    this.epoch = 0;
    this.place = 0;
    this.losses = new LossCurve();
    /** @type {Kept[]} the checkpoints, first one first */
    this.kept = [];
    this.order = this.shuffled();
    this.keep();
  }

  get network() {
    return this.trainer.network;
  }

  /** Which digits come next. */
  get batch() {
    return this.order.subarray(this.place, this.place + this.batchSize);
  }

  /** The order of the digits in this epoch: the same whenever a run comes by here again. */
  shuffled() {
    return shuffledOrder(this.train.labels.length, createRandom(this.seed + 7919 * (this.epoch + 1)));
  }

  /** Learn one batch; the next one is then on the table. */
  learn() {
    this.setRate();
    const { loss } = this.trainer.step(this.train, this.batch);
    this.losses.add(this.steps, loss);
    this.steps += 1;
    this.place += this.batchSize;
    if (this.place < this.order.length) return;
    this.epoch += 1;
    this.place = 0;
    this.order = this.shuffled();
  }

  /** How many batches `epochs` are. @param {number} epochs */
  stepsIn(epochs) {
    return epochs * Math.ceil(this.order.length / this.batchSize);
  }

  /** The learning rate as the schedule has it now; without a schedule it stays what it was set to. */
  setRate() {
    const { schedule = "constant", learningRate, epochs = 0 } = this.settings;
    if (schedule === "constant") return;
    this.trainer.learningRate = learningRateAt(schedule, learningRate, this.steps, this.stepsIn(epochs));
  }

  /**
   * Learn some batches and take marks.
   * @param {number} count
   */
  step(count) {
    for (let i = 0; i < count; i++) this.learn();
    return this.keep();
  }

  /** The mean loss of the batch that comes next. */
  batchLoss() {
    return meanLoss(this.network, this.train, this.batch, this.trainer.pass);
  }

  /** Keep a checkpoint here unless there is one. */
  keepOnce() {
    return this.kept.at(-1)?.step === this.steps ? this.kept[this.kept.length - 1] : this.keep();
  }

  /**
   * Take a checkpoint's marks anew: the activation was changed.
   * @param {number} number
   */
  remark(number) {
    const later = this.kept.splice(number + 1);
    this.keep();
    this.kept.push(...later);
  }

  /** Take marks and keep what is needed to come back here. */
  keep() {
    const { network, trainer } = this;
    const test = examine(network, this.test);
    const train = examine(network, this.train, Math.min(MARKED, this.train.labels.length));
    const kept = {
      step: this.steps,
      epoch: this.epoch,
      place: this.place,
      train: marksOf(train),
      test: marksOf(test),
      recent: this.steps ? this.losses.latest(FEWEST_BATCHES) : finite(test.loss),
      dead: test.dead,
      activation: trainer.activation,
      snapshot: trainer.snapshot(),
    };
    if (this.kept.at(-1)?.step === kept.step) this.kept.pop();
    this.kept.push(kept);
    if (this.kept.length > MOST_KEPT) this.thin();
    return kept;
  }

  /**
   * One checkpoint goes, that which leaves the smallest gap: so they stay spread over the whole run. The first stays and
   * the latest two, to go back from one to the other.
   */
  thin() {
    const { kept } = this;
    const gaps = kept.slice(2, -1).map(({ step }, i) => step - kept[i].step);
    kept.splice(gaps.indexOf(Math.min(...gaps)) + 1, 1);
  }

  /**
   * Be as the run was at one of its checkpoints. The later ones stay until something new is learnt.
   * @param {number} number of the checkpoint
   * @returns {Kept}
   */
  goTo(number) {
    const kept = this.kept[number];
    this.trainer.restore(kept.snapshot);
    this.trainer.activation = kept.activation;
    this.steps = kept.step;
    if (this.epoch !== kept.epoch) {
      this.epoch = kept.epoch;
      this.order = this.shuffled();
    }
    this.place = kept.place;
    return kept;
  }

  /** Forget what came after the present step: the run goes on from here. */
  forgetLater() {
    this.kept = this.kept.filter(({ step }) => step <= this.steps);
    this.losses.cut(this.steps);
  }
}

/** @param {number} loss */
const finite = (loss) => (Number.isFinite(loss) ? loss : null);

/** @param {{accuracy: number, loss: number}} marks @returns {Marks} */
const marksOf = ({ accuracy, loss }) => ({ accuracy, loss });

/** The losses of all steps as at most twice MOST_LOSSES points; a point is the mean of some steps. */
export class LossCurve {
  constructor() {
    /** Steps a point stands for. */
    this.width = 1;
    /** @type {{step: number, sum: number, count: number}[]} */
    this.points = [];
  }

  /**
   * @param {number} step
   * @param {number} loss
   */
  add(step, loss) {
    const start = step - (step % this.width);
    const last = this.points.at(-1);
    if (last?.step === start) {
      last.sum += loss;
      last.count += 1;
      return;
    }
    this.points.push({ step: start, sum: loss, count: 1 });
    if (this.points.length >= 2 * MOST_LOSSES) this.coarsen();
  }

  /** Points twice as wide, half as many. */
  coarsen() {
    this.width *= 2;
    /** @type {LossCurve["points"]} */
    const merged = [];
    for (const { step, sum, count } of this.points) {
      const start = step - (step % this.width);
      const last = merged.at(-1);
      if (last?.step === start) {
        last.sum += sum;
        last.count += count;
      } else merged.push({ step: start, sum, count });
    }
    this.points = merged;
  }

  /**
   * Forget the losses from a step on.
   * @param {number} step
   */
  cut(step) {
    this.points = this.points.filter((point) => point.step < step);
  }

  /**
   * The mean loss of the latest steps, at least so many if there are; null where that is no number.
   * @param {number} count
   * @returns {number | null}
   */
  latest(count) {
    let [sum, seen] = [0, 0];
    for (let i = this.points.length - 1; i >= 0 && seen < count; i--) {
      sum += this.points[i].sum;
      seen += this.points[i].count;
    }
    return finite(sum / seen);
  }

  /** @returns {[step: number, loss: number][]} */
  get means() {
    return this.points.map(({ step, sum, count }) => [step, sum / count]);
  }
}

/**
 * How a network does on the first `end` digits, and which of its nodes none of them moves: ReLU's that
 * are never on, sigmoid's that are always at one end.
 * @param {Network} network
 * @param {Digits} digits
 * @param {number} [end]
 * @returns {Marks & {dead: Uint8Array[]}}
 */
export function examine(network, digits, end = digits.labels.length) {
  const pass = createPass(network.sizes);
  const { slope } = ACTIVATIONS[network.activation];
  const dead = network.sizes.slice(1, -1).map((size) => new Uint8Array(size).fill(1));
  let [right, loss] = [0, 0];
  for (let number = 0; number < end; number++) {
    const { logProbabilities, sums, inputs } = forward(network, pixelsOf(digits, number), pass);
    const label = digits.labels[number];
    loss -= logProbabilities[label];
    if (indexOfLargest(logProbabilities) === label) right += 1;
    for (const [layer, nodes] of dead.entries()) {
      for (let node = 0; node < nodes.length; node++) {
        if (nodes[node] && Math.abs(slope(sums[layer][node], inputs[layer + 1][node])) > DEAD) nodes[node] = 0;
      }
    }
  }
  return { accuracy: right / end, loss: loss / end, dead };
}

/**
 * What a network says of some digits.
 * @param {Network} network
 * @param {Digits} digits
 * @param {ArrayLike<number>} numbers which of them
 * @returns {Float32Array} (n * 10) probabilities
 */
export function readAll(network, digits, numbers) {
  const classes = network.sizes.at(-1) ?? 0;
  const pass = createPass(network.sizes);
  const probabilities = new Float32Array(numbers.length * classes);
  for (let i = 0; i < numbers.length; i++) {
    const { logProbabilities } = forward(network, pixelsOf(digits, numbers[i]), pass);
    for (let digit = 0; digit < classes; digit++)
      probabilities[i * classes + digit] = Math.exp(logProbabilities[digit]);
  }
  return probabilities;
}

/**
 * The first of some digits.
 * @param {Digits} digits
 * @param {number} count
 * @returns {Digits}
 */
export function firstOf({ images, labels }, count) {
  const side = images.length / labels.length;
  return { images: images.subarray(0, count * side), labels: Array.from(labels).slice(0, count) };
}

/**
 * The same images with labels dealt out at random: nothing about them can be understood, only learnt by heart.
 * @param {Digits} digits
 * @param {number} seed
 * @returns {Digits}
 */
export function withShuffledLabels({ images, labels }, seed) {
  const order = shuffledOrder(labels.length, createRandom(seed));
  return { images, labels: Array.from(order, (number) => labels[number]) };
}
