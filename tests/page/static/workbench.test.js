// The Learn room's figures and charts, as far as they need no page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pretendBrowser } from "./browser.js";

pretendBrowser();
const { tangentAt } = await import("../../../digits/page/static/ui/workbench/chart.js");
const { exact, lossText, weightText } = await import("../../../digits/page/static/ui/workbench/figures.js");

/** @typedef {import("../../../digits/page/static/ui/workbench/chart.js").Picture} Picture */

test("a tangent keeps its slope and goes through its point, and ends at the picture's border", () => {
  const frame = /** @type {Picture} */ ({ across: [-4, 4], up: [0, 5] });
  assert.deepEqual(tangentAt([1, 1], 0.5, 2, frame), [
    [-1, 0],
    [3, 2],
  ]);
  assert.deepEqual(tangentAt([1, 1], -2, 9, frame), [
    [-1, 5],
    [1.5, 0],
  ]);
  assert.deepEqual(tangentAt([1, 1], 0, 9, frame), [
    [-4, 1],
    [4, 1],
  ]);
});

test("large numbers are short, others have as many figures as count, and a minus is a minus", () => {
  assert.equal(lossText(1.5e14), "1.5 × 10¹⁴");
  assert.equal(lossText(12_345.6), "12,346");
  assert.equal(lossText(0.0123), "0.012");
  assert.equal(exact(-152_054_463_987_712), "\u22121.5 × 10¹⁴");
  assert.equal(exact(-0.000031), "\u22120.000031");
  assert.equal(weightText(-1.5e7), "\u22121.5 × 10⁷");
});
