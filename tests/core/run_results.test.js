// What came of a run is measured in the browser as in Python.

import assert from "node:assert/strict";
import test from "node:test";
import { createNetwork } from "../../digits/page/static/core/network.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import * as results from "../../digits/page/static/core/run_results.js";
import { drawWeights } from "../../digits/page/static/core/training.js";
import { GUESSING } from "../../digits/page/static/core/wording.js";
import { assertClose, drawImages, readVectors, unpack } from "./vectors.js";

const { seed, sizes, last_layer, labels, accuracy, confusion, calibration, mistakes, pictures, epochs, limits } =
  readVectors("results");
const random = createRandom(seed);
const weights = drawWeights(sizes, random);
const [inputs, outputs] = sizes.slice(-2);
const last = weights.length - (inputs + 1) * outputs;
for (let at = last; at < last + inputs * outputs; at++) weights[at] *= last_layer;
const digits = { images: drawImages(labels.length, random), labels: Uint8Array.from(labels) };

test("accuracy, confusion, calibration and sure mistakes are Python's", () => {
  const found = results.measureResults(createNetwork({ sizes, activation: "relu", weights }), digits);
  assert.equal(found.accuracy, accuracy);
  assert.deepEqual(found.confusion, confusion);
  assertClose(
    [found.calibration.temperature, found.calibration.threshold],
    [calibration.temperature, calibration.threshold],
    2e-4,
    "calibration",
  );
  assert.deepEqual(
    found.mistakes.map(({ label, said }) => [label, said]),
    mistakes.map(({ label, said }) => [label, said]),
  );
  const shares = (list) => list.map(({ probability }) => probability);
  assertClose(shares(found.mistakes), shares(mistakes), 2e-4, "mistakes");
});

test("the first layer's pictures are Python's", () => {
  const drawn = results.pictureWeights(weights.subarray(0, sizes[0] * sizes[1])).filter((_, node) => node % 10 === 0);
  for (const [place, expected] of pictures.entries()) assertClose(drawn[place], unpack(expected.bytes), 1, "picture");
});

test("the limits are Python's", () => {
  const { HIGH_RATE, FEW_STEPS, SHOWN_MISTAKES, SHOWN_NODES, NEVER_SURE, HARDLY_SURE, TURNED_AWAY } = results;
  const sure = { NEVER_SURE, HARDLY_SURE, TURNED_AWAY };
  assert.deepEqual({ GUESSING, HIGH_RATE, FEW_STEPS, SHOWN_MISTAKES, SHOWN_NODES, ...sure }, limits);
});

test("how often a run went through the digits is counted as Python does", () => {
  for (const [step, steps, of, counted] of epochs) assert.equal(results.countEpochs(step, steps, of), counted);
});
