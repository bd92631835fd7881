// A run can be taken back and goes on as before; what is looked at is what was there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIVATIONS } from "../../digits/page/static/core/activations.js";
import { createNetwork, forward } from "../../digits/page/static/core/network.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import {
  DEFAULTS,
  examine,
  firstOf,
  LossCurve,
  MOST_KEPT,
  MOST_LOSSES,
  planMarks,
  readAll,
  Run,
  withShuffledLabels,
} from "../../digits/page/static/core/run.js";
import { learningRateAt } from "../../digits/page/static/core/schedules.js";
import { drawWeights } from "../../digits/page/static/core/training.js";

/** Ten kinds of blots, each a block of ink at a place of its own, with noise. */
function makeDigits(count, seed) {
  const random = createRandom(seed);
  const images = new Uint8Array(count * 784);
  const labels = Uint8Array.from({ length: count }, () => random.integer() % 10);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < 784; i++) {
      const isInk = Math.floor(i / 78.4) === labels[n];
      images[n * 784 + i] = isInk ? 200 + random.share() * 55 : random.share() < 0.1 ? 90 : 0;
    }
  }
  return { images, labels };
}

const parts = { train: makeDigits(60, 1), test: makeDigits(40, 2) };
const makeRun = (settings = {}) => new Run({ ...DEFAULTS, sizes: [784, 12, 8, 10], seed: 3, ...settings }, parts);
const look = (run) => ({
  weights: [...run.network.weights],
  batch: [...run.batch],
  said: [...readAll(run.network, run.train, run.batch)],
});

test("a run that is taken back is as it was at that step", () => {
  const run = makeRun();
  run.step(3);
  const then = look(run);
  const number = run.kept.length - 1;
  run.step(9);   // over the end of an epoch
  assert.notDeepEqual(look(run), then);
  run.goTo(number);
  assert.deepEqual(look(run), then);
});

test("it goes on from the weights it is given, which stay as they are", () => {
  const weights = drawWeights([784, 12, 8, 10], createRandom(9));
  const before = weights.slice();
  const run = makeRun({ weights });
  assert.deepEqual(run.network.weights, weights);
  assert.equal(run.kept[0].recent, run.kept[0].test.loss); // there was no batch yet
  run.step(2);
  assert.notDeepEqual(run.network.weights, weights);
  assert.deepEqual(weights, before);
});

test("a recipe's schedule goes over the whole run, and back with it", () => {
  const cycle = { schedule: "one-cycle", standardised: true, epochs: 2, learningRate: 0.012, batchSize: 7 };
  const run = makeRun(cycle);
  const rates = [];
  for (let step = 0; step < 18; step++) {
    run.learn();
    rates.push(run.trainer.learningRate);
    if (step === 5) run.keep();
  }
  assert.deepEqual(
    rates,
    rates.map((_, step) => learningRateAt("one-cycle", 0.012, step, 18)),
  );
  assert.equal(run.epoch, 2);
  const end = look(run);
  run.goTo(1);
  for (let step = 6; step < 18; step++) run.learn();
  assert.deepEqual(look(run), end);
});

test("a run with an end is marked more often at first, at each epoch's end, and not too often", () => {
  for (const [steps, epochs] of [[1334, 2], [64, 2], [200, 20], [13_340, 20], [1, 1]]) {
    const plan = planMarks(steps, epochs);
    for (let epoch = 1; epoch <= epochs; epoch++) assert.ok(plan.has((steps * epoch) / epochs));
    assert.ok([...plan].every((step) => Number.isInteger(step) && step > 0 && step <= steps));
    assert.ok(plan.size < MOST_KEPT, `${plan.size} marks of ${steps} steps`);
    const first = [...plan].filter((step) => step <= steps / 4).length;
    if (epochs < 20 && steps > 20) assert.ok(first > 0.3 * plan.size);
  }
});

test("the latest loss is the mean of thirty batches, or of all there are", () => {
  const losses = new LossCurve();
  assert.equal(losses.latest(30), null);
  for (let step = 0; step < 20; step++) losses.add(step, step);
  assert.equal(losses.latest(30), 9.5);
  for (let step = 20; step < 60; step++) losses.add(step, 1);
  assert.equal(losses.latest(30), 1);
  losses.add(60, Number.POSITIVE_INFINITY);
  assert.equal(losses.latest(30), null);
});

test("from there it goes on as it went the first time", () => {
  const run = makeRun();
  run.step(2);
  run.step(10);
  const first = look(run);
  run.goTo(1);
  run.forgetLater();
  assert.equal(run.kept.at(-1).step, 2);
  run.step(10);
  assert.deepEqual(look(run), first);
});

test("the same seed gives the same run, another seed another one", () => {
  const [one, same, other] = [makeRun(), makeRun(), makeRun({ seed: 4 })];
  for (const run of [one, same, other]) run.step(8);
  assert.deepEqual(look(one), look(same));
  assert.notDeepEqual(look(one), look(other));
});

test("an epoch shows every digit once", () => {
  const run = makeRun({ batchSize: 7 });
  const seen = [];
  while (run.epoch === 0) {
    seen.push(...run.batch);
    run.learn();
  }
  assert.deepEqual(seen.sort((a, b) => a - b), [...Array(60).keys()]);
});

test("learning rate, batch size and activation change in the middle of a run", () => {
  const run = makeRun();
  run.step(2);
  run.batchSize = 4;
  run.trainer.activation = "tanh";
  run.trainer.learningRate = 0;
  const before = [...run.network.weights];
  run.step(1);
  assert.equal(run.batch.length, 4);
  assert.deepEqual([...run.network.weights], before);
  run.goTo(0);
  assert.equal(run.trainer.activation, "relu");
});

test("however long it runs, first and last checkpoints stay and few are kept", () => {
  const run = makeRun();
  for (let i = 0; i < 3 * MOST_KEPT; i++) run.step(1);
  assert.ok(run.kept.length <= MOST_KEPT);
  assert.equal(run.kept[0].step, 0);
  assert.equal(run.kept.at(-1).step, 3 * MOST_KEPT);
});

test("what is kept of a long run is spread over all of it", () => {
  const run = makeRun({ sizes: [784, 2, 10] });
  for (let i = 1; i <= 400; i++) {
    run.step(1);
    const gaps = run.kept.slice(1).map(({ step }, n) => step - run.kept[n].step);
    assert.ok(Math.max(...gaps) <= Math.ceil((2.5 * i) / MOST_KEPT), `after ${i} steps: ${gaps}`);
    assert.deepEqual(run.kept.slice(-2).map(({ step }) => step), [i - 1, i]);
  }
});

test("a long curve of losses keeps their mean", () => {
  const curve = new LossCurve();
  const losses = Array.from({ length: 5000 }, (_, i) => Math.sin(i) + 2);
  losses.forEach((loss, step) => curve.add(step, loss));
  assert.ok(curve.means.length <= 2 * MOST_LOSSES);
  const mean = curve.points.reduce((sum, point) => sum + point.sum, 0) / 5000;
  assert.ok(Math.abs(mean - losses.reduce((a, b) => a + b) / 5000) < 1e-9);
});

test("a node with a bias far below 0 is dead, the others are not", () => {
  const network = createNetwork({ sizes: [784, 4, 10], activation: "relu", weights: drawWeights([784, 4, 10], createRandom(5)) });
  network.layers[0].bias.set([-1e6, 1, 1, 1]);
  assert.deepEqual([...examine(network, parts.test).dead[0]], [1, 0, 0, 0]);
});

test("without an activation the layers are worth one: the answer to a mean is the mean of the answers", () => {
  const sizes = [784, 9, 7, 10];
  const network = createNetwork({ sizes, activation: "identity", weights: drawWeights(sizes, createRandom(6)) });
  const sums = (pixels) => [...forward(network, pixels).sums[2]];
  const [a, b] = [0, 1].map((n) => Float32Array.from(parts.train.images.subarray(784 * n, 784 * n + 784), (ink) => ink / 255));
  const middle = sums(a.map((value, i) => (value + b[i]) / 2));
  const [ofA, ofB] = [sums(a), sums(b)];
  middle.forEach((value, i) => assert.ok(Math.abs(value - (ofA[i] + ofB[i]) / 2) < 1e-5));
  assert.equal(ACTIVATIONS.identity.slope(-3, -3), 1);
});

test("shuffled labels are the same labels in another order, the images stay", () => {
  const few = firstOf(parts.train, 50);
  const shuffled = withShuffledLabels(few, 1);
  const sorted = (labels) => Array.from(labels).sort();
  assert.deepEqual(sorted(shuffled.labels), sorted(few.labels));
  assert.notDeepEqual(Array.from(shuffled.labels), Array.from(few.labels));
  assert.equal(shuffled.images, few.images);
});
