// Fresh networks are no better than chance; one weight comes down its valley, and too large a step overshoots.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { freshTrainer, joinDigits, lossOf, OneWeight, teach } from "../../digits/page/static/core/one_weight_descent.js";
import { freshNetwork, survey } from "../../digits/page/static/core/evaluation.js";
import { lossAlong, Trainer } from "../../digits/page/static/core/training.js";
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

const BATCH = Uint32Array.from(digits.labels, (_, i) => i);
const taught = endOf(teach(digits));
const make = () => new OneWeight(taught.network, digits, 7);

test("the curve and its slope are the network's own, and the bottom is the lowest place", () => {
  const weight = make();
  const places = [-2, -1, -0.1, 0.1, 1, 2].map((away) => weight.bottom + away * weight.reach);
  const losses = lossAlong(taught.network, digits, BATCH, weight.place, places);
  for (const [i, place] of places.entries()) {
    assert.ok(Math.abs(losses[i] - weight.lossAt(place)) < 1e-5);
    assert.ok(losses[i] > weight.lowest);
  }
  assert.ok(weight.highest > weight.lowest + 0.2);
  const trainer = new Trainer({ sizes: taught.network.sizes, weights: taught.network.weights });
  trainer.network.weights[weight.place] = weight.start;
  trainer.findGradients(digits, BATCH);
  assert.ok(Math.abs(weight.slope - trainer.gradients[weight.place]) < 1e-5);
});

test("of the slider's learning rates the smallest crawls, one arrives, and the largest overshoots", () => {
  assert.equal(make().step(0.01), "crawled");
  assert.equal(make().step(1), "arrived");
  assert.equal(make().step(100), "overshot");
});

test("a step of all weights lowers the loss of the ten samples", () => {
  const trainer = freshTrainer(3);
  const before = lossOf(trainer, digits);
  for (let i = 0; i < 20; i++) trainer.step(digits, Uint32Array.from(digits.labels, (_, n) => n));
  assert.ok(lossOf(trainer, digits) < 0.8 * before);
});
