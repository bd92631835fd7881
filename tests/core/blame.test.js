// The largest shares of blame are those that sorting all of them would give.

import assert from "node:assert/strict";
import test from "node:test";
import { FLOWS, findFlows } from "../../digits/page/static/core/blame.js";
import { createNetwork } from "../../digits/page/static/core/network.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import { drawWeights } from "../../digits/page/static/core/training.js";

const SIZES = [784, 20, 10];

/** Every share there is, the largest first, and of equals the one that comes first. */
function sortAll({ inputs, outputs, weight }, number, errors, pixels) {
  const all = [];
  for (let from = 0; from < outputs; from++) {
    for (let to = 0; to < inputs; to++) {
      const size = errors[number][from] * (number ? weight[from * inputs + to] : pixels[to]);
      if (size) all.push({ layer: number + 1, from, to, size });
    }
  }
  return all.sort((one, other) => Math.abs(other.size) - Math.abs(one.size)).slice(0, FLOWS);
}

for (const seed of [1, 2, 3]) {
  test(`the largest shares, seed ${seed}`, () => {
    const random = createRandom(seed);
    const some = (count) => Float32Array.from({ length: count }, () => 2 * random.share() - 1);
    const network = createNetwork({ sizes: SIZES, activation: "relu", weights: drawWeights(SIZES, random) });
    const errors = [some(20), some(10)];
    const pixels = some(784).map((ink) => (ink > 0.5 ? 1 : 0)); // most are paper, and many are alike
    const expected = network.layers.flatMap((layer, number) => sortAll(layer, number, errors, pixels));
    assert.equal(expected.length, 2 * FLOWS);
    assert.deepEqual(findFlows(network, errors, pixels), expected);
  });
}

test("where nobody is to blame nothing flows, and a few shares are all of them", () => {
  const network = createNetwork({ sizes: SIZES, activation: "relu" });
  const errors = [new Float32Array(20), new Float32Array(10)];
  const pixels = new Float32Array(784);
  assert.deepEqual(findFlows(network, errors, pixels), []);
  errors[0][4] = -0.5;
  pixels[300] = 1;
  assert.deepEqual(findFlows(network, errors, pixels), [{ layer: 1, from: 4, to: 300, size: -0.5 }]);
});
