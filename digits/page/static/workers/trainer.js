// Trains beside the page, so that the page stays smooth: a run that can be looked at, or an experiment.
//
// Work is done in slices of a few milliseconds; between two of them commands are heard.

import { runExperiment } from "../core/experiments.js";
import { createNetwork } from "../core/network.js";
import { examine, FEWEST_BATCHES, firstOf, isCheckpoint, planMarks, Run, readAll } from "../core/run.js";
import { measureResults } from "../core/run_results.js";
import { loadDigits } from "../services/digits_download.js";

/** @typedef {import("../core/run.js").Parts} Parts */
/** @typedef {import("../services/training.js").Command} Command */
/** @typedef {import("../services/training.js").Message} Message */
/** @typedef {import("../services/training.js").Read} Read */

const SLICE = 12; // ms of work between two looks for commands
const LATELY = 40; // slices
const SOONEST = 500; // ms of learning before anybody can say how long it takes
const SHOWN = 15; // digits of a batch that are shown
const WATCHED = [0, 1, 2, 3]; // test digits that are shown

/** @type {Parts | null} */
let parts = null;
/** @type {Run | null} */
let run = null;
/** @type {Float32Array | null} */
let drawing = null;
/** Which checkpoint the run was taken back to. */
let at = 0;
let isRunning = false;
/** Seconds that the run still takes, about; null where nobody can say. @type {number | null} */
let left = null;
/** Goes up with each new order to work; an older piece of work then ends. */
let turn = 0;
/** @type {Promise<void>} */
let opened = Promise.resolve();

/** @param {Message} message @param {Transferable[]} [transfer] */
function tell(message, transfer = []) {
  postMessage(message, { transfer });
}

// A message to oneself: timers wait at least 4 ms, which would be a third of the time.
const channel = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();
/** @param {number} [wait] ms */
const breathe = (wait = 0) =>
  new Promise((/** @type {(value?: unknown) => void} */ done) => {
    if (wait) return setTimeout(done, wait);
    waiting.push(done);
    channel.port2.postMessage(null);
  });

/** @param {string} address */
async function open(address) {
  try {
    const { source, ...digits } = await loadDigits(address);
    parts = digits;
    tell({ kind: "opened", source, train: parts.train.labels.length, test: parts.test.labels.length });
  } catch (error) {
    tell({ kind: "failed", reason: String(error) });
  }
}

/** The present checkpoint is the last one; say how the run stands. */
function reportLast() {
  at = (run?.kept.length ?? 1) - 1;
  report();
}

/**
 * @param {import("../core/run.js").Digits} digits
 * @param {ArrayLike<number>} numbers
 * @returns {Read}
 */
function read(digits, numbers) {
  const images = new Uint8Array(numbers.length * 784);
  const all = /** @type {Uint8Array} */ (digits.images);
  for (let i = 0; i < numbers.length; i++) images.set(all.subarray(numbers[i] * 784, (numbers[i] + 1) * 784), i * 784);
  const labels = Array.from(numbers, (number) => digits.labels[number]);
  return { images, labels, probabilities: readAll(/** @type {Run} */ (run).network, digits, numbers) };
}

/** @param {Run} run */
function readBatch(run) {
  const { batch, train } = run;
  const shown = read(train, batch.subarray(0, SHOWN));
  return { ...shown, size: batch.length, loss: run.batchLoss() };
}

/** @param {import("../core/run.js").Kept} kept */
const shortOf = ({ step, train, test, recent }) => ({ step, train, test, recent });

function report() {
  if (!run) return;
  const kept = run.kept[at];
  const own = drawing && { images: drawing, labels: [0] };
  const firstLayer = run.network.layers[0].weight.slice();
  tell(
    {
      kind: "report",
      isRunning,
      step: run.steps,
      epoch: run.epoch,
      digits: run.order.length,
      place: run.place,
      learningRate: run.trainer.learningRate,
      batchSize: run.batchSize,
      activation: run.trainer.activation,
      batch: readBatch(run),
      watched: read(run.test, WATCHED),
      drawing: own && readAll(run.network, own, [0]),
      firstLayer,
      marks: shortOf(kept),
      dead: kept.dead,
      losses: run.losses.means,
      recent: run.steps ? run.losses.latest(FEWEST_BATCHES) : kept.recent,
      kept: run.kept.map(shortOf),
      left,
      at,
    },
    [firstLayer.buffer],
  );
}

/**
 * Learn until somebody says otherwise.
 * @param {number} wait ms between two steps
 * @param {number} every ms between two reports
 * @param {number} [epochs] to stop after
 */
async function goOn(wait, every, epochs = Infinity) {
  const mine = ++turn;
  isRunning = true;
  run?.forgetLater();
  const clock = new Clock(run, epochs);
  let told = Number.NEGATIVE_INFINITY;
  let epoch = run?.epoch ?? 0;
  while (mine === turn && run) {
    if (wait) run.step(1);
    else if (clock.learnForASlice(run)) clock.mark(run);
    left = clock.left(run);
    if (run.epoch >= epochs) return pause();
    const isEnd = run.epoch > epoch && epochs < Infinity; // each epoch of a run that has an end is told
    epoch = run.epoch;
    if (isEnd || performance.now() - told >= every) {
      reportLast();
      told = performance.now();
    }
    await breathe(wait);
  }
}

/** How long learning and marking take, and so how long a run that has an end still does. */
class Clock {
  /** @param {Run | null} run @param {number} epochs */
  constructor(run, epochs) {
    this.steps = epochs < Infinity && run ? run.stepsIn(epochs) : Infinity;
    this.plan = this.steps < Infinity ? planMarks(this.steps, epochs) : null;
    this.learning = 0; // ms so far
    this.perStep = 0; // ms, as it was lately: a browser makes code fast once it was used
    this.perMark = 0; // ms
  }

  /** @param {Run} run @returns {boolean} whether it came to a checkpoint */
  learnForASlice(run) {
    const [began, first] = [performance.now(), run.steps];
    let isThere = false;
    while (!isThere && performance.now() - began < SLICE) {
      run.learn();
      isThere = this.plan ? this.plan.has(run.steps) : isCheckpoint(run.steps);
    }
    const taken = performance.now() - began;
    this.learning += taken;
    this.perStep = blend(this.perStep, taken / (run.steps - first), LATELY);
    return isThere;
  }

  /** @param {Run} run */
  mark(run) {
    const began = performance.now();
    run.keepOnce();
    this.perMark = blend(this.perMark, performance.now() - began, 2);
  }

  /** About how many seconds the run still takes; null where nobody can say. @param {Run} run */
  left({ steps }) {
    if (!this.plan || this.learning < SOONEST) return null;
    const marks = [...this.plan].filter((place) => place > steps).length;
    return (this.perStep * (this.steps - steps) + this.perMark * marks) / 1000;
  }
}

/** A mean that follows: the new number counts as one of so many. @param {number} mean 0: there is none yet @param {number} value @param {number} count */
const blend = (mean, value, count) => (mean ? mean + (value - mean) / count : value);

function pause() {
  turn += 1;
  if (!isRunning) return;
  isRunning = false;
  run?.keep();
  reportLast();
}

/** @param {import("../core/experiments.js").ExperimentName} name @param {number} seed */
async function experiment(name, seed) {
  if (!parts) return;
  pause();
  const mine = ++turn;
  const work = runExperiment(name, parts, seed);
  for (let next = work.next(); ; next = work.next()) {
    if (mine !== turn) return;
    if (next.done) return tell({ kind: "ended", name, ...next.value });
    if (next.value) tell({ kind: "point", name, point: next.value });
    await breathe();
  }
}

/** The digits with the first training ones alone. @param {Parts} parts @param {number} [images] @returns {Parts} */
function limited({ train, test }, images = train.labels.length) {
  return { train: images < train.labels.length ? firstOf(train, images) : train, test };
}

/** What came of the run, and the digits that it is wrong about. */
function tellResults() {
  if (!run) return;
  const results = measureResults(run.network, run.test);
  const all = /** @type {Uint8Array} */ (run.test.images);
  const images = results.mistakes.map(({ number }) => all.slice(number * 784, (number + 1) * 784));
  tell({ kind: "results", weights: run.network.weights.slice(), images, ...results });
}

/** @param {import("../services/training.js").Changes} changes */
function change({ learningRate, batchSize, activation }) {
  if (!run) return;
  if (learningRate) run.trainer.learningRate = learningRate;
  if (batchSize) run.batchSize = batchSize;
  if (activation) run.trainer.activation = activation;
  if (isRunning) return;
  if (activation) run.remark(at); // the same weights with another bend say something else
  report();
}

/** @param {Command} command */
function obey(command) {
  switch (command.kind) {
    case "begin":
      turn += 1;
      isRunning = false;
      left = null;
      run = new Run(command.settings, limited(/** @type {Parts} */ (parts), command.images));
      return reportLast();
    case "step":
      pause();
      run?.forgetLater();
      run?.step(command.count);
      return reportLast();
    case "run":
      return void goOn(command.wait, command.every, command.epochs);
    case "weights":
      return run ? tell({ kind: "weights", weights: run.network.weights.slice() }) : undefined;
    case "results":
      return tellResults();
    case "pause":
      return pause();
    case "change":
      return change(command.changes);
    case "watch":
      drawing = command.pixels;
      return isRunning ? undefined : report();
    case "go_to":
      pause();
      at = Math.min(command.number, (run?.kept.length ?? 1) - 1);
      run?.goTo(at);
      return report();
    case "mark": {
      if (!parts) return;
      const { sizes, activation, weights, question } = command;
      const { accuracy } = examine(createNetwork({ sizes, activation, weights }), parts.test);
      return tell({ kind: "marked", question, accuracy });
    }
    case "experiment":
      return void experiment(command.name, command.seed);
    case "stop":
      turn += 1;
  }
}

// Work goes on after its command was heard, and nobody waits for it: the page is told where it fails, as it is of
// what fails at once.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  tell({ kind: "failed", reason: String(event.reason) });
});

addEventListener("message", async ({ data }) => {
  const command = /** @type {Command} */ (data);
  if (command.kind === "open") {
    opened = open(command.address);
    return;
  }
  await opened; // what is asked before the digits are there waits for them
  if (parts) obey(command);
});
