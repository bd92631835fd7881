// How long the browser's part takes under node; prints a line each, checks nothing.
//
//     node tests/core/timing.mjs
//
// The fastest of many rounds: the machine may be busy with other things.

import { readFileSync } from "node:fs";
import { createNetwork, createPass, forward, toPixels } from "../../digits/page/static/core/network.js";
import { prepareStrokes } from "../../digits/page/static/core/preparation.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import { Trainer, drawWeights, evaluate } from "../../digits/page/static/core/training.js";

const { rules } = JSON.parse(readFileSync(new URL("../vectors/preparation.json", import.meta.url), "utf8"));
const SIZES = [784, 64, 64, 64, 10];

/** Fastest time of `rounds`, in ms a call of `times` calls. */
function fastest(rounds, times, work) {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    for (let i = 0; i < times; i++) work(i);
    best = Math.min(best, (performance.now() - began) / times);
  }
  return best;
}

function spiral(points) {
  return [Array.from({ length: points }, (_, i) => {
    const turn = (12 * i) / (points - 1);
    return [0.5 + (0.4 * Math.cos(turn) * turn) / 12, 0.5 + (0.4 * Math.sin(turn) * turn) / 12];
  })];
}

/** Drawn digits' worth of ink: spirals of different lengths, prepared as a drawing is. */
function makeDigits(count) {
  const images = new Uint8Array(count * 784);
  for (let i = 0; i < count; i++) {
    images.set(prepareStrokes(spiral(40 + (i % 100)).map((s) => s.slice(i % 20)), rules).image, i * 784);
  }
  return { images, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) };
}

const drawing = spiral(200);
console.log(`preparation of 200 points: ${fastest(20, 100, () => prepareStrokes(drawing, rules)).toFixed(3)} ms`);

const digits = makeDigits(600);
const batch = Array.from({ length: 15 }, (_, i) => i);
for (const activation of ["relu", "tanh", "sigmoid", "gelu"]) {
  const network = createNetwork({ sizes: SIZES, activation, weights: drawWeights(SIZES, createRandom(1)) });
  const pass = createPass(SIZES);
  const image = toPixels(digits.images.subarray(0, 784));
  const full = Float32Array.from({ length: 784 }, (_, i) => (i + 1) / 784);
  const trainer = new Trainer({ sizes: SIZES, activation });
  const step = fastest(20, 30, (i) => trainer.step(digits, batch.map((n) => (n + 15 * i) % 600)));
  console.log([
    activation.padEnd(7),
    `forward ${fastest(20, 200, () => forward(network, image, pass)).toFixed(4)} ms`,
    `every pixel lit ${fastest(20, 200, () => forward(network, full, pass)).toFixed(4)} ms`,
    `step of 15 ${step.toFixed(3)} ms (${Math.round(1000 / step)} a second)`,
    `evaluation ${fastest(5, 1, () => evaluate(network, digits)).toFixed(1)} ms per 600`,
  ].join("   "));
}
