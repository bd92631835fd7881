// A run in the browser is told as the server tells its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULTS } from "../../../digits/page/static/core/run.js";
import { BrowserRun } from "../../../digits/page/static/services/browser_run.js";

const marks = { step: 4, train: { accuracy: 0.9, loss: 0.4 }, test: { accuracy: 0.8, loss: 0.5 } };
const one = Float32Array.from({ length: 10 }, (_, digit) => (digit === 3 ? 0.91 : 0.01));
/** @param {object} more @returns {any} */
const report = (more) => ({
  kind: "report",
  isRunning: true,
  step: 4,
  epoch: 0,
  digits: 30,
  place: 0,
  learningRate: 0.001,
  batchSize: 15,
  activation: "relu",
  batch: { images: new Uint8Array(), labels: [], probabilities: new Float32Array(), size: 15, loss: 2 },
  watched: { images: new Uint8Array(784).fill(7), labels: [3], probabilities: one },
  drawing: one,
  firstLayer: new Float32Array(),
  marks,
  dead: [],
  losses: [
    [0, 2.3],
    [2, 1.1],
  ],
  kept: [marks],
  at: 0,
  ...more,
});

function begin() {
  /** @type {any[]} */
  const sent = [];
  /** @type {any[]} */
  const told = [];
  /** @type {any[]} */
  const finished = [];
  /** @type {(message: any) => void} */
  let hear = () => {};
  const run = new BrowserRun(
    "digits/learn",
    { tell: (one) => told.push(one), finish: (one) => finished.push(one) },
    (_, listen) => {
      hear = listen;
      return { send: (command) => sent.push(command), close() {} };
    },
  );
  run.start(DEFAULTS, 2, null);
  hear({ kind: "opened", source: "mnist", train: 30, test: 10 });
  return { run, sent, told, finished, hear };
}

test("reports become the messages that a run of the server sends", () => {
  const { sent, told, hear } = begin();
  assert.deepEqual(
    sent.map(({ kind }) => kind),
    ["begin", "watch", "run"],
  );
  assert.equal(sent[2].epochs, 2);
  assert.equal(told[0].state, "loading");
  hear(report({ epoch: 0, step: 0 }));
  hear(report({ epoch: 1, step: 2 }));
  const last = told.at(-1);
  assert.equal(last.state, "running");
  assert.equal(last.steps, 4);
  assert.deepEqual(last.guesses[0].label, 3);
  assert.deepEqual(
    last.past.map((/** @type {any} */ { step }) => step),
    [0, 2],
  );
  assert.equal(last.loss, 1.1);
  assert.equal(last.samples[0].label, 3);
  assert.equal(atob(last.samples[0].image.bytes).length, 784);
});

test("a run that is over hands its weights on, one that is stopped too", () => {
  for (const [isStopped, epoch, state] of [
    [false, 2, "done"],
    [true, 1, "stopped"],
  ]) {
    const { run, sent, told, finished, hear } = begin();
    if (isStopped) run.stop();
    hear(report({ isRunning: false, epoch }));
    assert.equal(told.at(-1).state, state);
    assert.equal(sent.at(-1).kind, "weights");
    hear({ kind: "weights", weights: new Float32Array(5) });
    assert.equal(finished[0].weights.length, 5);
  }
});

test("a worker that fails says so", () => {
  const { told, hear } = begin();
  hear({ kind: "failed", reason: "status 503" });
  assert.equal(told.at(-1).state, "problem");
});
