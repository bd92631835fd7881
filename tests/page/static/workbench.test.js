// The Learn room's figures and charts, as far as they need no page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pretendBrowser } from "./browser.js";

pretendBrowser();
const { tangentAt } = await import("../../../digits/page/static/ui/workbench/chart.js");

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
