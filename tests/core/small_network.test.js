// The 5 x 5 network of the lesson: sums, two layers as one, what counts as a one, shares.

import assert from "node:assert/strict";
import { test } from "node:test";
import { logSoftmax } from "../../digits/page/static/core/network.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import {
  FOUR,
  isOne,
  multiplyOut,
  ONE,
  productsOf,
  readTwoLayers,
  relu,
  SEVEN,
  softmax,
  sumOf,
  TWO,
} from "../../digits/page/static/core/small_network.js";

const same = (/** @type {number} */ sum) => sum;
const draw = (/** @type {string} */ rows) => [...rows.replace(/\s/g, "")].map((sign) => Number(sign === "#"));

test("a sum is the products and the bias", () => {
  const node = { weights: [2, -1, 0.5], bias: -3 };
  assert.deepEqual(productsOf(node, [1, 1, 4]), [2, -1, 2]);
  assert.equal(sumOf(node, [1, 1, 4]), 0);
});

test("the four nodes tell a seven from a one, and some sums lie below 0", () => {
  const seven = readTwoLayers(FOUR, TWO, SEVEN, relu);
  const one = readTwoLayers(FOUR, TWO, ONE, relu);
  assert.deepEqual(seven.sums, [2, 2, -1, -1]);
  assert.deepEqual(one.sums, [-2, -2, 3, 1]);
  assert.ok(seven.outputs[0] > seven.outputs[1] && one.outputs[0] < one.outputs[1]);
});

test("two layers without f are one, for any picture and any weights; with f they are not", () => {
  const { share: random } = createRandom(5);
  const layer = (/** @type {number} */ nodes, /** @type {number} */ inputs) =>
    Array.from({ length: nodes }, () => ({ weights: Array.from({ length: inputs }, () => random() - 0.5), bias: random() }));
  for (const [first, second] of [[FOUR, TWO], [layer(4, 25), layer(2, 4)]]) {
    const product = multiplyOut(first, second);
    const pictures = [SEVEN, ONE, Array.from({ length: 25 }, () => Math.round(random()))];
    for (const picture of pictures) {
      const { outputs } = readTwoLayers(first, second, picture, same);
      product.forEach((node, i) => assert.ok(Math.abs(sumOf(node, picture) - outputs[i]) < 1e-12));
    }
  }
  const [seven] = multiplyOut(FOUR, TWO);
  assert.notEqual(sumOf(seven, SEVEN), readTwoLayers(FOUR, TWO, SEVEN, relu).outputs[0]);
});

test("ones are ones wherever they stand; sevens, rings and blanks are not", () => {
  const ones = [ONE, "#.... #.... #.... #.... #....", "....# ...## ....# ....# ....#", "..... ..#.. ..#.. ..#.. ..#..",
    "..#.. .##.. #.#.. ..#.. #####"];
  const others = [SEVEN, "..... ..... ..... ..... .....", "##### ##### ##### ##### #####", ".###. #...# #...# #...# .###.",
    "#.#.. #.#.. #.#.. #.#.. #.#..", "#.... .#... ..#.. ...#. ....#"];
  for (const one of ones) assert.ok(isOne(typeof one === "string" ? draw(one) : one), String(one));
  for (const other of others)
    assert.ok(!isOne(typeof other === "string" ? draw(other) : other), String(other));
});

test("shares of sums whose powers are too large for a computer are right", () => {
  const { powers, total, shares } = softmax([1500, 1498.6, 0, -900], 2);
  assert.deepEqual([powers[0], powers[2], total], [Infinity, 1, Infinity]);
  const expected = [1 / (1 + Math.exp(-0.7)), 1 / (1 + Math.exp(0.7)), 0, 0];
  shares.forEach((share, i) => assert.ok(Math.abs(share - expected[i]) < 1e-12));
});

test("softmax is the large network's own", () => {
  const sums = [4, 2.5, -1, 0, 1, 0.5, -2, 3, 1.5, 0.2];
  const { powers, total, shares } = softmax(sums);
  const expected = logSoftmax(sums).map(Math.exp);
  shares.forEach((share, i) => assert.ok(Math.abs(share - expected[i]) < 1e-12));
  const halved = softmax(sums, 2).shares;
  logSoftmax(sums.map((sum) => sum / 2)).forEach((log, i) => assert.ok(Math.abs(halved[i] - Math.exp(log)) < 1e-12));
  assert.ok(Math.abs(powers[3] - 1) < 1e-12 && Math.abs(powers.reduce((a, b) => a + b) - total) < 1e-9);
});
