// The Learn room's figures and charts, as far as they need no page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { pretendBrowser } from "./browser.js";

pretendBrowser();
const { exactPercent, shareText, use } = await import("../../../digits/page/static/services/texts.js");
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

test("a probability is never written as 0 % or as 100 %, and exactly where its logarithm stands beside it", () => {
  use("en", JSON.parse(readFileSync(new URL("../../../digits/page/static/locales/en.json", import.meta.url), "utf-8")));
  const whole = [1, 0.9996, 0.5, 0].map((share) => shareText(share));
  assert.deepEqual(whole, ["> 99\u00a0%", "> 99\u00a0%", "50\u00a0%", "< 1\u00a0%"]);
  const closer = [1, 0.99996, 0.9999, 0.99951, 0.0005, 0.00004, 0].map((share) => shareText(share, 2));
  assert.deepEqual(closer, [
    "> 99.99\u00a0%",
    "> 99.99\u00a0%",
    "99.99\u00a0%",
    "99.95\u00a0%",
    "0.05\u00a0%",
    "< 0.01\u00a0%",
    "< 0.01\u00a0%",
  ]);
  assert.deepEqual([1, 0.9996, 0.5, 0.0511, 0.00077, 1e-30, 0].map(exactPercent), [
    "99.99999999\u00a0%",
    "99.96\u00a0%",
    "50.0\u00a0%",
    "5.1\u00a0%",
    "0.077\u00a0%",
    "< 0.00000001\u00a0%",
    "< 0.00000001\u00a0%",
  ]);
  for (let share = 1e-6; share < 1; share = Math.min(1.3 * share, share + 0.02)) {
    const shown = Number(exactPercent(share).slice(0, -2)) / 100;
    assert.ok(shown > 0 && shown < 1);
    assert.ok(Math.abs(Math.log(shown) - Math.log(share)) < 0.05, `${share} as ${shown}`);
  }
});
