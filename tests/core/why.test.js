// Explanations add up, damage does what it says, neighbours are the nearest; all on real digits or real nets' shapes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  breakNetwork,
  isOnlyNodes,
  score,
  shiftPixels,
  WHOLE,
} from "../../digits/page/static/core/broken_network.js";
import { explain, findChange, indexOfSecond, partsOf } from "../../digits/page/static/core/explanation.js";
import { findNearest, lastLayerOf, readLastLayer } from "../../digits/page/static/core/nearest.js";
import { createNetwork, forward, indexOfLargest, toPixels } from "../../digits/page/static/core/network.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import { drawWeights, Trainer } from "../../digits/page/static/core/training.js";
import { unpack } from "./vectors.js";

const SAMPLES = new URL("../../digits/page/static/samples.json", import.meta.url);
/** The page's ten real digits. */
const { real } = JSON.parse(readFileSync(SAMPLES, "utf8"));
const images = new Uint8Array(real.length * 784);
for (const [i, { pixels }] of real.entries()) images.set(unpack(pixels), i * 784);
const digits = { images, labels: Uint8Array.from(real, ({ label }) => label) };
const pixelsAt = (i) => toPixels(images.subarray(i * 784, i * 784 + 784));

function taught(activation = "relu", sizes = [784, 32, 24, 10]) {
  const trainer = new Trainer({ sizes, activation, learningRate: 0.003, seed: 4 });
  const order = Uint32Array.from(real, (_, i) => i);
  for (let step = 0; step < 60; step++) trainer.step(digits, order);
  return trainer.network;
}

const network = taught();

test("pixels' parts and the rest add up to the network's own sums, whatever the activation", () => {
  for (const activation of ["relu", "tanh", "sigmoid", "gelu", "identity"]) {
    const net = taught(activation);
    const explanation = explain(net, pixelsAt(3));
    assert.equal(explanation.isExact, ["relu", "identity"].includes(activation));
    for (let label = 0; label < 10; label++) {
      for (const against of [null, (label + 1) % 10]) {
        const { parts, plus, minus, rest, sum } = partsOf(explanation, pixelsAt(3), label, against);
        assert.ok(Math.abs(plus + minus + rest - sum) < 1e-4, `${activation} ${label}: ${plus + minus + rest} ${sum}`);
        assert.ok(Math.abs(parts.reduce((a, b) => a + b, 0) - plus - minus) < 1e-9);
      }
    }
  }
});

test("the gradients are how the sums change when a pixel changes a little", () => {
  const net = taught("tanh");
  const pixels = pixelsAt(5);
  const { gradients, sums } = explain(net, pixels);
  const lit = pixels.findIndex((value) => value > 0.4);
  const moved = pixels.slice();
  moved[lit] += 1e-3;
  const after = explain(net, moved).sums;
  for (let label = 0; label < 10; label++)
    assert.ok(Math.abs((after[label] - sums[label]) / 1e-3 - gradients[label][lit]) < 5e-3);
});

test("with ReLU the pieces are straight: half the picture's way to a close one is half the change", () => {
  const { gradients, rests } = explain(network, pixelsAt(7));
  const dimmed = pixelsAt(7).map((value) => value * 0.9999);
  const now = explain(network, dimmed);
  assert.ok(now.gradients[7].every((slope, i) => Math.abs(slope - gradients[7][i]) < 1e-9));
  assert.ok(Math.abs(now.rests[7] - rests[7]) < 1e-9);
});

test("the change that is found is read as something else, and nine tenths of it are not", () => {
  for (let i = 0; i < real.length; i++) {
    const pixels = pixelsAt(i);
    const { sums } = explain(network, pixels);
    const [label, second] = [indexOfLargest(sums), indexOfSecond(sums)];
    const change = finish(findChange(network, pixels, label, second));
    assert.ok(change, `digit ${i}`);
    const read = (image) => indexOfLargest(forward(network, image).logProbabilities);
    assert.equal(read(change.pixels), change.said);
    assert.notEqual(change.said, label);
    assert.equal(read(change.pixels.map((value, at) => pixels[at] + 0.9 * (value - pixels[at]))), label);
    assert.ok(change.pixels.every((value) => value >= 0 && value <= 1));
    assert.ok(change.largest > 0 && change.largest <= change.size);
  }
});

test("a network that is nothing but zeros has no way to change its answer", () => {
  const empty = createNetwork({ sizes: [784, 8, 10], activation: "relu" });
  assert.equal(finish(findChange(empty, pixelsAt(0), 0, 1)), null);
});

/** How many weights, biases left out, are not 0. */
const countLeft = ({ layers }) =>
  layers.reduce((sum, { weight }) => sum + weight.filter((w) => w !== 0).length, 0);

/** Run a generator to its end. */
function finish(work) {
  let next = work.next();
  while (!next.done) next = work.next();
  return next.value;
}

test("the nearest are those that sorting all by their distance gives", () => {
  const random = createRandom(8);
  const rows = Float32Array.from({ length: 500 * 64 }, () => random.share());
  const target = rows.subarray(64 * 17, 64 * 18);
  const distances = Array.from({ length: 500 }, (_, n) =>
    Math.hypot(...Array.from(target, (value, i) => rows[64 * n + i] - value)),
  );
  const expected = distances.map((_, n) => n).sort((a, b) => distances[a] - distances[b]).slice(0, 6);
  const found = finish(findNearest(rows, target, 6));
  assert.deepEqual(found.map(({ number }) => number), expected);
  assert.equal(found[0].distance, 0);
  for (const { number, distance } of found) assert.ok(Math.abs(distance - distances[number]) < 1e-5);
  assert.equal(finish(findNearest(images, images.subarray(784 * 4, 784 * 5), 1))[0].number, 4);
});

test("the last hidden layer of all digits is what it is for each", () => {
  const rows = finish(readLastLayer(network, digits));
  assert.equal(rows.length, 10 * 24);
  assert.deepEqual([...rows.subarray(24 * 9)], [...lastLayerOf(network, pixelsAt(9))]);
});

test("a network that is whole stays what it is", () => {
  assert.deepEqual(breakNetwork(network, WHOLE).weights, network.weights);
  assert.ok(!isOnlyNodes(WHOLE));
});

test("a node that is off says nothing to anybody, and the others go on as before", () => {
  const off = [{ layer: 1, node: 3 }, { layer: 2, node: 5 }];
  const broken = breakNetwork(network, { ...WHOLE, off });
  const [before, after] = [forward(network, pixelsAt(2)), forward(broken, pixelsAt(2))];
  assert.deepEqual(after.sums[0], before.sums[0]);
  const without = before.inputs[1].slice();
  without[3] = 0;
  const { weight, bias } = network.layers[1];
  const sum = without.reduce((total, value, i) => total + value * weight[i], bias[0]);
  assert.ok(Math.abs(sum - after.sums[1][0]) < 1e-5);
  assert.ok(isOnlyNodes({ ...WHOLE, off }) && !isOnlyNodes({ ...WHOLE, off, keep: 0.5 }));
});

test("the largest tenth of the weights is a tenth, and the largest", () => {
  const broken = breakNetwork(network, { ...WHOLE, keep: 0.1 });
  const all = network.layers.reduce((sum, { weight }) => sum + weight.length, 0);
  assert.ok(Math.abs(countLeft(broken) / all - 0.1) < 0.001);
  for (const [i, { weight }] of broken.layers.entries()) {
    const kept = weight.filter((w) => w !== 0).reduce((least, w) => Math.min(least, Math.abs(w)), Infinity);
    const lost = network.layers[i].weight.filter((_, k) => weight[k] === 0);
    assert.ok(lost.every((w) => Math.abs(w) <= kept));
  }
  assert.equal(countLeft(breakNetwork(network, { ...WHOLE, keep: 0 })), 0);
  assert.deepEqual(breakNetwork(network, { ...WHOLE, keep: 0.1 }).layers[0].bias, network.layers[0].bias);
});

test("noise is as strong as it says, twice as much of the same where it is doubled; biases go alone", () => {
  const noisy = breakNetwork(network, { ...WHOLE, noise: 0.5 }, 3);
  const double = breakNetwork(network, { ...WHOLE, noise: 1 }, 3);
  const weight = network.layers[0].weight;
  const added = noisy.layers[0].weight.map((w, i) => w - weight[i]);
  const spread = (values) => Math.sqrt(values.reduce((sum, w) => sum + w * w, 0) / values.length);
  assert.ok(Math.abs(spread(added) / spread(weight) - 0.5) < 0.02);
  double.layers[0].weight.forEach((w, i) => assert.ok(Math.abs(w - weight[i] - 2 * added[i]) < 1e-5));
  const bare = breakNetwork(network, { ...WHOLE, withoutBiases: true });
  assert.ok(bare.layers.every(({ bias }) => bias.every((b) => b === 0)));
  assert.deepEqual(bare.layers[0].weight, weight);
});

test("a shifted picture is the same picture elsewhere, and paper where it was", () => {
  const pixels = pixelsAt(8);
  const moved = shiftPixels(pixels, [3, -2]);
  assert.equal(moved[10 * 28 + 14], pixels[12 * 28 + 11]);
  assert.ok(moved.subarray(26 * 28).every((value) => value === 0));
  assert.equal(shiftPixels(pixels, [0, 0]), pixels);
  assert.ok(shiftPixels(pixels, [28, 0]).every((value) => value === 0));
});

test("the score counts what is read right", () => {
  assert.deepEqual(finish(score(network, digits, [0, 0])), { tested: 10, right: 10 });
  const blind = createNetwork({ sizes: [784, 10], activation: "relu" });
  assert.deepEqual(finish(score(blind, digits, [0, 0])), { tested: 10, right: 1 });
  const random = createNetwork({ sizes: network.sizes, activation: "relu", weights: drawWeights(network.sizes, createRandom(2)) });
  assert.ok(finish(score(random, digits, [0, 0])).right < 10);
});
