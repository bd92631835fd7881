// Fresh networks are no better than chance; one weight comes down its valley, and too large a step overshoots.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { freshTrainer, joinDigits, lossOf, OneWeight } from "../../digits/page/static/core/one_weight.js";
import { freshNetwork, survey } from "../../digits/page/static/core/survey.js";
import { unpack } from "./vectors.js";

const SAMPLES = new URL("../../digits/page/static/samples.json", import.meta.url);
/** The page's ten real digits. */
const { real } = JSON.parse(readFileSync(SAMPLES, "utf8"));
const digits = joinDigits({ images: real.map(({ pixels }) => unpack(pixels)), labels: real.map(({ label }) => label) });

/** The last thing that a generator says. */
function endOf(work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

test("a survey counts every digit once, and fresh networks are right about one time in ten", () => {
  let right = 0;
  for (let seed = 0; seed < 100; seed++) {
    const end = endOf(survey(freshNetwork(seed), digits));
    assert.equal(end.tested, 10);
    assert.equal(
      end.said.reduce((sum, count) => sum + count, 0),
      10,
    );
    right += end.right;
  }
  assert.ok(right > 60 && right < 140, `${right} of 1000`);
});

test("the bottom is the lowest place of the curve, and the slope is the curve's", () => {
  const weight = new OneWeight(digits, 7);
  const around = weight.lossesAt([-2, -1, -0.1, 0.1, 1, 2].map((away) => weight.bottom + away * weight.reach));
  assert.ok(Math.min(...around) > weight.lowest);
  assert.ok(weight.highest > weight.lowest + 0.2);
  const [left, right] = weight.lossesAt([weight.start - 0.01, weight.start + 0.01]);
  assert.ok(Math.abs(weight.slope - (right - left) / 0.02) < 1e-3);
});

test("of the slider's learning rates the smallest crawls, one arrives, and the largest overshoots", () => {
  const first = (rate) => {
    const weight = new OneWeight(digits, 7);
    return weight.step(rate);
  };
  assert.equal(first(0.1), "crawled");
  assert.equal(first(1000), "overshot");
  const weight = new OneWeight(digits, 7);
  const rates = [1, 2, 5, 10, 20, 50, 100];
  const arrives = rates.filter((rate) => {
    weight.restart();
    for (let i = 0; i < 10; i++) if (weight.step(rate) === "arrived") return true;
    return false;
  });
  assert.ok(arrives.length > 0);
});

test("a step of all weights lowers the loss of the ten samples", () => {
  const trainer = freshTrainer(3);
  const before = lossOf(trainer, digits);
  for (let i = 0; i < 20; i++) trainer.step(digits, Uint32Array.from(digits.labels, (_, n) => n));
  assert.ok(lossOf(trainer, digits) < 0.8 * before);
});
