// A training in this browser, told in the words of the server's own runs (server/history.py), so that what
// shows a run need not know where it learns.

import { createTraining } from "./trainer.js";

/** @typedef {import("./training.js").Message} Message */
/** @typedef {import("./training.js").Report} Report */
/** @typedef {import("./training.js").Read} Read */
/** @typedef {import("./messages.js").Run} Run */
/** @typedef {import("./messages.js").Reading} Reading */
/** @typedef {import("../core/run.js").Settings} Settings */

/**
 * @typedef {object} Finished
 * @property {Settings} settings
 * @property {Float32Array} weights in the order of core/network.js
 */

const EVERY = 250; // ms between two messages
const PIXELS = 784;

export class BrowserRun {
  /**
   * @param {string | URL} address of the digits
   * @param {object} hooks
   * @param {(run: Partial<Run>) => void} hooks.tell how the run stands
   * @param {(finished: Finished) => void} hooks.finish it is done or was stopped
   * @param {typeof createTraining} [create] makes the worker
   */
  constructor(address, { tell, finish }, create = createTraining) {
    this.hooks = { tell, finish };
    this.training = create(address, (message) => this.hear(message));
    /** @type {{source: string, train: number, test: number} | null} */
    this.stock = null;
    /** @type {{settings: Settings, epochs: number} | null} */
    this.order = null;
    this.began = 0;
    this.isStopping = false;
    /** @type {Run["past"]} */
    this.past = [];
  }

  /**
   * Learn for so many epochs, from fresh weights.
   * @param {Settings} settings
   * @param {number} epochs
   * @param {Float32Array | null} drawing (784,) read along
   */
  start(settings, epochs, drawing = null) {
    this.order = { settings, epochs };
    this.past = [];
    this.isStopping = false;
    this.hooks.tell({ state: "loading" });
    this.training.send({ kind: "begin", settings });
    this.training.send({ kind: "watch", pixels: drawing });
    this.training.send({ kind: "run", wait: 0, every: EVERY, epochs });
  }

  /** End it after the present step; what was learnt so far is handed on. */
  stop() {
    this.isStopping = true;
    this.training.send({ kind: "pause" });
  }

  /** @param {Message} message */
  hear(message) {
    if (message.kind === "opened") this.stock = message;
    else if (message.kind === "failed") this.hooks.tell({ state: "problem", problem: message.reason });
    else if (message.kind === "weights" && this.order) {
      this.hooks.finish({ settings: this.order.settings, weights: message.weights });
    } else if (message.kind === "report" && this.order) this.report(message, this.order);
  }

  /** @param {Report} report @param {{epochs: number}} order */
  report(report, { epochs }) {
    if (report.step && !this.began) this.began = performance.now();
    if (report.epoch === this.past.length) this.past.push(epochOf(report));
    const isOver = !report.isRunning && (report.epoch >= epochs || this.isStopping);
    const state = !isOver ? "running" : report.epoch >= epochs ? "done" : "stopped";
    this.hooks.tell({ ...this.fixed(report), ...this.progress(report, epochs), state });
    if (isOver) this.training.send({ kind: "weights" });
  }

  /** What stays so for the whole run. @param {Report} report */
  fixed({ watched, digits }) {
    const samples = watched.labels.map((label, i) => ({ image: imageOf(watched, i), label }));
    return { samples, tested: this.stock?.test ?? 0, trained: digits };
  }

  /** @param {Report} report @param {number} epochs */
  progress(report, epochs) {
    const steps = epochs * Math.ceil(report.digits / report.batchSize);
    const seconds = this.began ? (performance.now() - this.began) / 1000 : 0;
    const left = report.step && seconds >= 1 ? (seconds / report.step) * (steps - report.step) : null;
    return {
      step: report.step,
      steps,
      epoch: report.epoch,
      epochs,
      seconds,
      left,
      loss: report.losses.at(-1)?.[1] ?? report.batch.loss,
      accuracy: report.marks.test.accuracy,
      train_accuracy: report.marks.train.accuracy,
      curve: report.kept.map(
        ({ step, train, test }) => /** @type {[number, number | null, number]} */ ([step, train.loss, test.accuracy]),
      ),
      past: this.past,
      guesses: report.watched.labels.map((_, i) =>
        readingOf(report.watched.probabilities.subarray(10 * i, 10 * i + 10)),
      ),
      reading: report.drawing && readingOf(report.drawing),
    };
  }
}

/** @param {Report} report */
const epochOf = ({ step, marks, drawing }) => ({
  step,
  accuracy: marks.test.accuracy,
  loss: marks.train.loss,
  drawing: drawing && readingOf(drawing),
});

/** The likeliest digit. @param {Float32Array} probabilities @returns {Reading} */
function readingOf(probabilities) {
  const probability = Math.max(...probabilities);
  return { label: probabilities.indexOf(probability), probability };
}

/** @param {Read} read @param {number} i */
function imageOf({ images }, i) {
  const bytes = String.fromCharCode(...images.subarray(PIXELS * i, PIXELS * i + PIXELS));
  return { height: 28, width: 28, bytes: btoa(bytes) };
}
