// Training finds the gradients that Python finds and takes the same steps; a step can be taken back.

import assert from "node:assert/strict";
import test from "node:test";
import { ACTIVATIONS } from "../../digits/page/static/core/activations.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import { learningRateAt } from "../../digits/page/static/core/schedules.js";
import { meanPixels } from "../../digits/page/static/core/standardization.js";
import {
  Trainer, drawWeights, evaluate, lossAlong, meanLoss, placeOfWeight, shuffledOrder,
} from "../../digits/page/static/core/training.js";
import { assertClose, drawImages, readVectors } from "./vectors.js";

const { kept, cases } = readVectors("training");
const every = (row) => row.filter((_, place) => place % kept === 0);
const numbers = (count, first = 0) => Array.from({ length: count }, (_, i) => first + i);

for (const { sizes, activation, seed, images, batch_size, learning_rate, ...expected } of cases) {
  test(`${activation}: gradients, losses and ten steps of Adam are Python's`, () => {
    const random = createRandom(seed);
    const weights = drawWeights(sizes, random);
    const digits = { images: drawImages(images, random), labels: numbers(images).map((n) => n % 10) };
    const trainer = new Trainer({ sizes, activation, learningRate: learning_rate, weights });
    for (const [step, loss] of expected.losses.entries()) {
      const found = trainer.step(digits, numbers(batch_size, step * batch_size));
      assertClose([found.loss], [loss], 1e-5, "loss");
      if (step === 0) assertClose(every(trainer.gradients), expected.gradients, 1e-7, "gradients");
    }
    assertClose(every(trainer.network.weights), expected.weights, 1e-5, "weights");
  });
}

/** A small network and digits that it can learn. */
function begin(settings = {}) {
  const random = createRandom(5);
  const digits = { images: drawImages(20, random), labels: numbers(20).map((n) => n % 10) };
  return { digits, trainer: new Trainer({ sizes: [784, 8, 6, 10], seed: 1, learningRate: 0.01, ...settings }) };
}

for (const activation of Object.keys(ACTIVATIONS)) {
  test(`${activation}: the loss falls`, () => {
    const { digits, trainer } = begin({ activation });
    const before = evaluate(trainer.network, digits);
    for (let i = 0; i < 60; i++) trainer.step(digits, numbers(20));
    assert.ok(evaluate(trainer.network, digits).loss < 0.7 * before.loss);
  });
}

test("a step tells what it found", () => {
  const { digits, trainer } = begin();
  const { loss, probabilities, errors, layerErrors, gradients } = trainer.step(digits, [3, 14]);
  assert.ok(loss > 0);
  for (const [image, label] of [3, 4].entries()) {
    const row = probabilities.subarray(image * 10, image * 10 + 10);
    assertClose([row.reduce((a, b) => a + b)], [1], 1e-6);
    assertClose([errors[image * 10 + label]], [row[label] - 1], 1e-7);
    assertClose([errors[image * 10 + 9]], [row[9]], 1e-7);
  }
  assert.deepEqual(layerErrors.map((one) => one.length), [16, 12, 20]);
  assert.deepEqual(gradients.map(({ weight }) => weight.length), [784 * 8, 48, 60]);
  // A bias's gradient is the mean of its node's errors.
  assertClose([gradients[0].bias[2]], [(layerErrors[0][2] + layerErrors[0][10]) / 2], 1e-7);
});

test("a step is undone to the last digit, and done again it is the same", () => {
  const { digits, trainer } = begin();
  trainer.step(digits, numbers(15));
  const before = trainer.snapshot();
  trainer.step(digits, numbers(5, 15));
  const after = trainer.snapshot();
  assert.notDeepEqual(after.weights, before.weights);
  trainer.restore(before);
  assert.deepEqual(trainer.snapshot(), before);
  trainer.step(digits, numbers(5, 15));
  assert.deepEqual(trainer.snapshot(), after);
});

test("on standardised pixels it learns, and a step is undone to the last digit, too", () => {
  const { digits } = begin();
  const { trainer } = begin({ mean: meanPixels(digits) });
  const first = evaluate(trainer.network, digits).loss;
  assertClose([first], [evaluate(begin().trainer.network, digits).loss], 1e-6); // the same network so far
  trainer.step(digits, numbers(20));
  const [before, weights] = [trainer.snapshot(), trainer.network.weights.slice()];
  for (let i = 0; i < 30; i++) trainer.step(digits, numbers(20));
  assert.ok(evaluate(trainer.network, digits).loss < 0.7 * first);
  trainer.restore(before);
  assert.deepEqual(trainer.snapshot(), before);
  assert.deepEqual(trainer.network.weights, weights);
});

test("one cycle rises for a quarter of the run and then falls to nothing", () => {
  const rates = numbers(99).map((step) => learningRateAt("one-cycle", 0.4, step, 99));
  assert.equal(rates.indexOf(Math.max(...rates)), 24);
  assertClose([rates[0], rates[24], rates[61], rates[98]], [0.016, 0.4, 0.4 * 0.38 / 0.75, 0.4 * 0.01 / 0.75], 1e-9);
  assert.equal(learningRateAt("constant", 0.4, 98, 99), 0.4);
});

test("rate, batch and activation may change in mid run", () => {
  const { digits, trainer } = begin();
  trainer.step(digits, numbers(15));
  trainer.learningRate = 0;
  const before = trainer.network.weights.slice();
  trainer.step(digits, numbers(4));
  assert.deepEqual(trainer.network.weights, before);
  trainer.activation = "tanh";
  trainer.learningRate = 0.001;
  assert.equal(trainer.step(digits, numbers(7)).errors.length, 70);
  assert.notDeepEqual(trainer.network.weights, before);
  assert.ok(trainer.network.weights.every(Number.isFinite));
});

test("given weights are copied, and a seed repeats its own", () => {
  const weights = drawWeights([784, 8, 6, 10], createRandom(1));
  const { digits, trainer } = begin({ weights });
  assert.deepEqual(trainer.network.weights, begin().trainer.network.weights);
  trainer.step(digits, numbers(15));
  assert.notDeepEqual(trainer.network.weights, weights);
  assert.deepEqual(weights, drawWeights([784, 8, 6, 10], createRandom(1)));
});

test("the loss along one weight goes through the loss as it is, and the weight stays", () => {
  const { digits, trainer } = begin({ activation: "gelu" });
  const { network } = trainer;
  const batch = numbers(15);
  for (const place of [placeOfWeight(network, 1, 3, 5), placeOfWeight(network, 2, 4), 0]) {
    const before = network.weights[place];
    const losses = lossAlong(network, digits, batch, place, [before - 1, before, before + 1]);
    assertClose([losses[1]], [meanLoss(network, digits, batch)], 0);
    if (place) assert.notEqual(losses[0], losses[2]);
    assert.equal(network.weights[place], before);
  }
});

test("a weight's place is where the layers' views have it", () => {
  const { network } = begin().trainer;
  const [, second, third] = network.layers;
  second.weight[3 * second.inputs + 5] = 7;
  assert.equal(network.weights[placeOfWeight(network, 1, 3, 5)], 7);
  third.bias[4] = 8;
  assert.equal(network.weights[placeOfWeight(network, 2, 4)], 8);
});

test("evaluation of parts adds up to the whole", () => {
  const { digits, trainer } = begin();
  const whole = evaluate(trainer.network, digits);
  const [low, high] = [evaluate(trainer.network, digits, 0, 5), evaluate(trainer.network, digits, 5, 20)];
  assertClose([(5 * low.loss + 15 * high.loss) / 20], [whole.loss], 1e-12);
  assertClose([(5 * low.accuracy + 15 * high.accuracy) / 20], [whole.accuracy], 1e-12);
});

test("a shuffled order holds every number once, evenly", () => {
  const random = createRandom(2);
  const firsts = new Array(10).fill(0);
  for (let i = 0; i < 2000; i++) firsts[shuffledOrder(10, random)[0]] += 1;
  assert.ok(Math.min(...firsts) > 140 && Math.max(...firsts) < 260, `${firsts}`);
  const order = shuffledOrder(100, random);
  assert.deepEqual([...order].sort((a, b) => a - b), numbers(100));
});
