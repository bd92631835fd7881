// A run in the browser without a browser: the worker's reports in the words of the server, and what came of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pretendBrowser } from "./browser.js";

pretendBrowser();
const { BrowserRun, fileOf, outcomeOf, parcelOf } = await import("../../../digits/page/static/services/browser_run.js");
const { MOST_RUNS } = await import("../../../digits/page/static/services/limits.js");
const { entryHere } = await import("../../../digits/page/static/services/own_networks.js");
const { readHeader, readWeightsFile, withVersion } = await import("../../../digits/page/static/core/weights_file.js");
const { calibrate, measureResults, pictureWeights, quantile } = await import(
  "../../../digits/page/static/core/run_results.js"
);
const { createNetwork } = await import("../../../digits/page/static/core/network.js");

/** @typedef {import("../../../digits/page/static/services/training.js").Message} Message */
/** @typedef {import("../../../digits/page/static/services/messages.js").Run} Run */
/** @typedef {import("../../../digits/page/static/services/browser_run.js").Ended} Ended */

const SIZES = [784, 4, 10];
const WEIGHTS = 785 * 4 + 5 * 10;
const ORDER = {
  sizes: SIZES,
  activation: /** @type {const} */ ("relu"),
  epochs: 2,
  batch_size: 50,
  learning_rate: 0.001,
  train_images: 100,
  seed: 1,
};

/** @param {number} step @param {number} epoch @param {boolean} isRunning @returns {Message} */
function report(step, epoch, isRunning) {
  const test = { accuracy: 0.2 * epoch + 0.1, loss: 0.6 };
  const marks = { step, train: { accuracy: 0.8, loss: 0.5 }, test, recent: step ? 1.5 : null };
  const read = { images: new Uint8Array(4 * 784), labels: [7, 2, 1, 0], probabilities: new Float32Array(40).fill(0.1) };
  return {
    kind: "report",
    ...{ isRunning, step, epoch, digits: 100, place: 0, learningRate: 0.001, batchSize: 50, activation: "relu" },
    batch: { ...read, size: 50, loss: 0.5 },
    watched: read,
    drawing: Float32Array.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0]),
    firstLayer: new Float32Array(784 * 4),
    marks,
    dead: [],
    losses: step
      ? [
          [0, 2],
          [step - 1, 1.5],
        ]
      : [],
    kept: [marks],
    recent: marks.recent,
    at: 0,
    left: 3,
  };
}

/** A run whose worker is the test; `closed` has a line for each time that it was ended. */
function begin() {
  /** @type {true[]} */
  const closed = [];
  /** @type {import("../../../digits/page/static/services/training.js").Command[]} */
  const sent = [];
  /** @type {Run[]} */
  const told = [];
  /** @type {Ended[]} */
  const ended = [];
  const run = new BrowserRun("digits/learn", { tell: (one) => told.push(one), end: (one) => ended.push(one) }, () => ({
    send: (command) => sent.push(command),
    close: () => closed.push(true),
  }));
  run.start(ORDER, new Uint8Array(784));
  run.hear({ kind: "opened", source: "mnist", train: 1000, test: 200 });
  return { run, sent, told, ended, closed };
}

/** @param {number} [value] @returns {Message} */
const results = (value = 0.01) => ({
  kind: "results",
  weights: new Float32Array(WEIGHTS).fill(value),
  images: [new Uint8Array(784)],
  accuracy: 0.5,
  confusion: Array.from({ length: 10 }, () => Array(10).fill(2)),
  mistakes: [{ number: 3, label: 1, said: 2, probability: 0.9 }],
  calibration: { temperature: 1.5, threshold: 0.6 },
});

test("a run is ordered, told and ended in the server's words", () => {
  const { run, sent, told, ended } = begin();
  assert.deepEqual(
    sent.map(({ kind }) => kind),
    ["begin", "watch", "weights", "run"],
  );
  run.hear({ kind: "weights", weights: new Float32Array(WEIGHTS).fill(0.5) });
  run.hear(report(0, 0, false));
  run.hear(report(2, 1, true));
  run.hear(report(3, 1, true));
  assert.equal(ended.length, 0);
  run.hear(report(4, 2, false));
  assert.equal(sent.at(-1)?.kind, "results");
  run.hear(results());
  const last = told.at(-1);
  assert.equal(last?.engine, "browser");
  assert.deepEqual([last?.steps, last?.epoch, last?.tested, last?.trained, last?.loss], [4, 2, 200, 100, 1.5]);
  assert.deepEqual(
    last?.past?.map(({ step }) => step),
    [0, 2, 4],
  );
  assert.deepEqual(last?.curve, [[4, 1.5, 0.5, 0.8]]);
  assert.deepEqual(last?.reading, { label: 7, probability: 0.9999 });
  assert.equal(ended[0].run.state, "done");
  assert.equal(ended[0].began.length, 4 * 784);
});

test("the same settings again are another run", () => {
  const { run, ended } = begin();
  for (let i = 0; i < 2; i++) {
    run.start(ORDER);
    run.hear(report(4, 2, false));
    run.hear(results());
  }
  assert.equal(new Set(ended.map(({ id }) => id)).size, 2);
});

test("a stop before the first step ends the worker and leaves nothing", () => {
  const { run, told, ended, closed } = begin();
  run.stop();
  assert.deepEqual([told.at(-1)?.state, run.isBusy, run.isBroken, closed.length], ["idle", false, true, 1]);
  run.hear(report(3, 0, true)); // was under way
  run.hear(report(3, 0, false));
  assert.equal(told.at(-1)?.state, "idle");
  assert.equal(ended.length, 0);
});

test("a later stop keeps what was learnt, and then it is busy no more", () => {
  const { run, sent, ended } = begin();
  run.hear(report(1, 0, true));
  run.stop();
  assert.equal(sent.at(-1)?.kind, "pause");
  run.hear(report(1, 0, false));
  run.hear(results());
  assert.equal(ended[0].run.state, "stopped");
  assert.equal(run.isBusy, false);
});

test("it goes on from a network by a recipe, and its file, its line and its last word say so", () => {
  const { run, sent, ended } = begin();
  const name = { key: "network_shipped", values: { name: "sketch" } };
  const recipe = { preset: "fast", schedule: /** @type {const} */ ("one-cycle"), standardised: true };
  const notes = [{ code: "shape_kept", values: { network: name } }];
  const weights = new Float32Array(WEIGHTS).fill(0.25);
  run.start({ ...ORDER, ...recipe, start: "sketch", startName: name, notes }, null, weights);
  const begun = sent.findLast((command) => command.kind === "begin");
  const { weights: given, schedule, standardised, epochs } = begun?.settings ?? {};
  assert.deepEqual([given, schedule, standardised, epochs], [weights, "one-cycle", true, 2]);
  run.hear(report(4, 2, false));
  run.hear(results());
  assert.deepEqual(ended[0].run.start, { network: "sketch", name });
  assert.deepEqual(ended[0].run.notes, notes);
  const file = fileOf(ended[0], "here-1");
  const { continued, ...kept } = readHeader(file).header.card.recipe;
  assert.deepEqual([continued, kept.schedule, kept.standardised], [true, "one-cycle", true]);
  const entry = entryHere({ version: "here-1", name, file });
  assert.deepEqual(outcomeOf(ended[0], entry, []).runs[0].start, { network: "sketch", name });
});

test("what cannot be learnt ends in a sentence", () => {
  const { run, told } = begin();
  run.hear(results(Number.NaN));
  assert.equal(told.at(-1)?.fault?.code, "engine_not_finite");
  run.hear({ kind: "failed", reason: "status 503" });
  assert.equal(told.at(-1)?.fault?.code, "engine_failed");
  const other = new BrowserRun("x", { tell: (one) => told.push(one), end: () => {} }, () => ({
    send: () => {},
    close: () => {},
  }));
  other.start(ORDER);
  other.hear({ kind: "failed", reason: "status 503" });
  assert.equal(told.at(-1)?.fault?.code, "engine_no_digits");
});

test("the file, the parcel, the entry and the outcome hold the run", () => {
  const { run, ended } = begin();
  run.hear({ kind: "weights", weights: new Float32Array(WEIGHTS).fill(0.5) });
  run.hear(report(3, 1, true));
  run.hear(results());
  const file = fileOf(ended[0], "here-1");
  const loaded = readWeightsFile(withVersion(file, "0123"));
  assert.equal(loaded.version, "0123");
  assert.deepEqual(loaded.network.weights, new Float32Array(WEIGHTS).fill(0.01));
  assert.deepEqual(loaded.calibration, { temperature: 1.5, threshold: 0.6 });
  const name = { key: "network_run", values: { number: 2 } };
  const entry = entryHere({ version: "here-1", name, file });
  assert.deepEqual([entry.id, entry.card.sizes, entry.card.test_accuracy], ["yours-here-1", SIZES, 0.5]);
  assert.equal(entry.card.epochs, 1.5);
  const parcel = parcelOf(ended[0]);
  const length = new DataView(parcel.buffer).getUint32(0, true);
  assert.equal(parcel.length, 4 + length + 4 * 4 * 784);
  const outcome = outcomeOf(ended[0], entry, []);
  let { runs } = outcome;
  for (let i = 0; i < 20; i++) runs = outcomeOf(ended[0], entry, runs).runs;
  assert.equal(runs.length, MOST_RUNS);
  assert.deepEqual([outcome.nodes.before.length, outcome.mistakes[0].said, outcome.runs[0].epochs], [4, 2, 1.5]);
});

test("results are those of the network, its threshold what few digits fall below", () => {
  const network = createNetwork({ sizes: [784, 10], activation: "relu" });
  network.layers[0].bias.set([0, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  const labels = [1, 1, 1, 2];
  const { accuracy, confusion, mistakes } = measureResults(network, { images: new Uint8Array(4 * 784), labels });
  assert.equal(accuracy, 0.75);
  assert.deepEqual([confusion[1][1], confusion[2][1]], [3, 1]);
  assert.deepEqual(
    mistakes.map(({ number, label, said }) => [number, label, said]),
    [[3, 2, 1]],
  );
  assert.equal(quantile([3, 1, 2], 0.25), 1.5);
});

test("a network that is right half the time and always sure gets warmer", () => {
  const sure = Float64Array.from({ length: 10 }, (_, i) => (i ? -9 : -0.0011));
  const { temperature, threshold } = calibrate([sure, sure], [0, 1]);
  assert.ok(temperature > 3, String(temperature));
  assert.equal(threshold, 0.5);
});

test("weights are pictures on one scale", () => {
  const weight = new Float32Array(2 * 784).fill(0.1);
  weight.fill(-0.1, 784);
  const [more, less] = pictureWeights(weight);
  assert.deepEqual([more[0], less[783]], [255, 1]);
});
