// What is shown of a sum adds up, and what is rounded up is enough.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../digits/page/static/core/random.js";
import { roundTerms, roundUp } from "../../digits/page/static/core/rounding.js";

test("rounded terms add up to the rounded sum, and none is off by a whole unit", () => {
  assert.deepEqual(roundTerms([19.293, -22.6755, 14.579], 11.1965, 2), [19.29, -22.67, 14.58]);
  const random = createRandom(1);
  for (let i = 0; i < 200; i++) {
    const terms = Array.from({ length: 2 + (i % 7) }, () => 40 * (random.share() - 0.5));
    const sum = terms.reduce((total, term) => total + term, 0);
    const rounded = roundTerms(terms, sum, 2);
    assert.equal(rounded.reduce((total, term) => total + term, 0).toFixed(2), (Math.round(100 * sum) / 100).toFixed(2));
    rounded.forEach((term, n) => assert.ok(Math.abs(term - terms[n]) < 0.01));
  }
});

test("what is rounded up is enough, and the last figures of 32 bits raise nothing", () => {
  const shown = [0, 0.0000004, 0.004, 0.0101, 0.124, 0.994, 0.996, 1].map((value) => roundUp(value, 2));
  assert.deepEqual(shown, [0, 0.01, 0.01, 0.02, 0.13, 1, 1, 1]);
  for (let hundredths = 0; hundredths <= 100; hundredths++) {
    assert.equal(roundUp(hundredths / 100, 2), hundredths / 100);
    assert.equal(roundUp(Math.fround(hundredths / 100), 2), hundredths / 100);
    const difference = Math.abs(Math.fround(Math.fround(1 - hundredths / 100) - 1));
    assert.equal(roundUp(difference, 2), hundredths / 100);
  }
});
