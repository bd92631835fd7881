// What is no file of weights is said in one way, whatever is wrong with it.

import assert from "node:assert/strict";
import test from "node:test";
import { readHeader, readWeightsFile, writeWeightsFile } from "../../digits/page/static/core/weights_file.js";

const WEIGHTS = new Float32Array(3 * 2 + 2);
const CARD = { calibration: { temperature: 1, threshold: null } };
const HEADER = { name: "tiny", version: "0", sizes: [3, 2], activation: "relu", card: CARD };

test("a network is read as it was written", () => {
  const read = readWeightsFile(writeWeightsFile(HEADER, WEIGHTS));
  assert.deepEqual(read.network.sizes, [3, 2]);
  assert.deepEqual(read.calibration, CARD.calibration);
});

for (const header of [null, 7, "text", [], {}, { ...HEADER, sizes: 3 }, { ...HEADER, sizes: null }, { ...HEADER, card: null }]) {
  test(`a header of ${JSON.stringify(header)} is a RangeError`, () => {
    const file = writeWeightsFile(/** @type {any} */ (header), WEIGHTS);
    assert.throws(() => readWeightsFile(file), RangeError);
    assert.throws(() => readHeader(file), RangeError);
  });
}

test("so are a file of nothing, one that is cut and one of too few weights", () => {
  const whole = writeWeightsFile(HEADER, WEIGHTS);
  for (const file of [new ArrayBuffer(0), whole.slice(0, 20), whole.slice(0, -4), whole.slice(0, -3)]) {
    assert.throws(() => readWeightsFile(file), RangeError);
  }
});
