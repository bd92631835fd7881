// The network reads what it reads in Python, whatever its size and activation.

import assert from "node:assert/strict";
import test from "node:test";
import { ACTIVATIONS, erf } from "../../digits/page/static/core/activations.js";
import { answerPicture, turn } from "../../digits/page/static/core/looks.js";
import {
  answer, countWeights, createNetwork, createPass, forPictures, forward, logSoftmax, parseWeights, toPixels,
} from "../../digits/page/static/core/network.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import { drawWeights } from "../../digits/page/static/core/training.js";
import { assertClose, drawImages, readVectors } from "./vectors.js";

const { calibration, for_pictures, looks, cases } = readVectors("network");

for (const { sizes, activation, seed, log_probabilities, sums, answers } of cases) {
  test(`${sizes.join("-")} ${activation}: log-probabilities, sums and answers are Python's`, () => {
    const random = createRandom(seed);
    const network = createNetwork({ sizes, activation, weights: drawWeights(sizes, random) });
    const images = drawImages(3, random);
    const pass = createPass(sizes);
    for (const [number, expected] of log_probabilities.entries()) {
      forward(network, toPixels(images.subarray(number * 784, (number + 1) * 784)), pass);
      assertClose(pass.logProbabilities, expected, 1e-6, "log-probabilities");
      if (number === 0) for (const [layer, sum] of sums.entries()) assertClose(pass.sums[layer], sum, 1e-6, "sums");
      const said = answer(pass.logProbabilities, calibration);
      assert.equal(said.label, answers[number].label);
      assert.equal(said.sure, answers[number].sure);
      assertClose(said.probabilities, answers[number].probabilities, 1e-6, "probabilities");
    }
  });
}

test("a picture's digit must be as much surer as in Python, and never where nothing is ever unsure", () => {
  assert.deepEqual(forPictures(calibration), for_pictures);
  assert.deepEqual(forPictures({ temperature: 1, threshold: null }), { temperature: 1, threshold: null });
});

test("a picture's digit is turned and looked at three times as in Python", () => {
  const random = createRandom(looks.seed);
  const network = createNetwork({ sizes: looks.sizes, activation: "relu", weights: drawWeights(looks.sizes, random) });
  const pixels = toPixels(drawImages(1, random));
  assertClose(turn(pixels, looks.degrees), looks.turned, 1e-6, "turned");
  const said = answerPicture(network, pixels, calibration, createPass(looks.sizes));
  assert.deepEqual([said.label, said.sure], [looks.answer.label, looks.answer.sure]);
  assertClose([said.score, ...said.probabilities], [looks.answer.score, ...looks.answer.probabilities], 1e-6, "three looks");
});

test("the generator gives the numbers that Python's gives", () => {
  for (const [seed, expected] of Object.entries(readVectors("random"))) {
    const random = createRandom(Number(seed));
    assert.deepEqual(expected.map(() => random.integer()), expected);
  }
});

test("erf is right to 15 digits", () => {
  // From Abramowitz and Stegun's table and, beyond it, from mpmath.
  const known = [[0, 0], [0.5, 0.5204998778130465], [1, 0.8427007929497149], [2, 0.9953222650189527],
    [3, 0.9999779095030014], [5, 0.9999999999984626], [7, 1]];
  for (const [x, expected] of known) assertClose([erf(x), erf(-x)], [expected, -expected], 1e-15);
});

for (const [name, { bend, slope }] of Object.entries(ACTIVATIONS)) {
  test(`${name}'s slope is how steep it is`, () => {
    for (let sum = -6.05; sum < 6; sum += 0.1) {
      const measured = (bend(sum + 1e-6) - bend(sum - 1e-6)) / 2e-6;
      assertClose([slope(sum, bend(sum))], [measured], 1e-8, `at ${sum}`);
    }
  });
}

test("softmax of huge sums stays finite", () => {
  assertClose(logSoftmax([1000, 0, -1000]), [0, -1000, -2000], 1e-9);
});

test("of equal probabilities the first digit is the answer, and no threshold means always sure", () => {
  const said = answer(new Float64Array(10).fill(Math.log(0.1)), { temperature: 1, threshold: null });
  assert.equal(said.label, 0);
  assert.equal(said.sure, true);
});

test("weights that do not fit are refused", () => {
  const sizes = [784, 5, 10];
  assert.equal(countWeights([784, 64, 64, 64, 10]), 59_210);
  assert.throws(() => createNetwork({ sizes, activation: "relu", weights: new Float32Array(7) }), RangeError);
  assert.throws(() => createNetwork({ sizes, activation: "softplus" }), RangeError);
  assert.throws(() => parseWeights(Float32Array.of(1, Number.NaN).buffer), RangeError);
  assert.throws(() => parseWeights(new Uint8Array(5)), RangeError);
});

test("weights come from base64 or bytes", () => {
  const row = Float32Array.of(1, 2, 3);
  assert.deepEqual(parseWeights(row.buffer), row);
  assert.deepEqual(parseWeights(Buffer.from(row.buffer).toString("base64")), row);
});
