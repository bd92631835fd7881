// What is shown of a sum adds up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../digits/page/static/core/random.js";
import { roundTerms } from "../../digits/page/static/core/rounding.js";

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
