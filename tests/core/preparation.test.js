// Strokes become the pixels that Python makes of them.

import assert from "node:assert/strict";
import test from "node:test";
import { roundHalfEven } from "../../digits/page/static/core/geometry.js";
import { findFault, prepareStrokes, shrinkStrokes } from "../../digits/page/static/core/preparation.js";
import { assertClose, readVectors, unpack } from "./vectors.js";

const { rules, drawings } = readVectors("preparation");

for (const { name, strokes, box, left_out, small, image, shrunk } of drawings) {
  test(`${name}: the image is Python's`, () => {
    const prepared = prepareStrokes(strokes, rules);
    assert.deepEqual(prepared.image, unpack(image));
    assert.deepEqual(prepared.small, { ...small, bytes: unpack(small.bytes) });
    assert.deepEqual(prepared.leftOut, left_out);
    assert.deepEqual(shrinkStrokes(strokes, rules), unpack(shrunk));
    if (box) assertClose(prepared.box, box, 1e-8);
    else assert.equal(prepared.box, null);
  });
}

test("strokes are left as they were", () => {
  const strokes = [[[0.2, 0.2], [0.8, 0.8]], []];
  const before = structuredClone(strokes);
  prepareStrokes(strokes, rules);
  shrinkStrokes(strokes, rules);
  assert.deepEqual(strokes, before);
});

test("halves are rounded to the even number, as in numpy", () => {
  const rounded = [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 2.4, 2.6].map(roundHalfEven);
  assertClose(rounded, [0, 2, 2, 0, -2, 0, 2, 3], 0);
});

const refused = [
  ["7", "not_strokes", {}],
  [null, "not_strokes", {}],
  [[7], "not_points", { number: 1 }],
  [[[[0.1, 0.2]], [[0.1]]], "not_points", { number: 2 }],
  [[[[0.1, Number.NaN]]], "not_points", { number: 1 }],
  [[[["0.1", 0.2]]], "not_points", { number: 1 }],
  [[[[0.5, 0.5], [3, 0.5]]], "leaves_pad", { number: 1 }],
  [Array(1001).fill([[0.5, 0.5]]), "too_many_strokes", { most: 1000, count: 1001 }],
  [[Array(20_001).fill([0.5, 0.5])], "too_many_points", { most: 20_000, count: 20_001 }],
];

for (const [strokes, key, values] of refused) {
  test(`${JSON.stringify(strokes).slice(0, 40)} is refused: ${key}`, () => {
    assert.deepEqual(findFault(strokes, rules), { key, values });
  });
}

test("a drawing a little off the pad is fine", () => {
  for (const { strokes } of drawings) assert.equal(findFault(strokes, rules), null);
});
