import assert from "node:assert/strict";
import { test } from "node:test";

import { readClassLink, writeClassLink } from "../../../digits/page/static/services/class_link.js";

test("a link says again what it was made of", () => {
  const link = {
    step: 3,
    steps: [2, 3, 4, 8, 11, 12],
    recipe: "fast",
    epochs: 3,
    learningRate: 0.002,
    language: /** @type {const} */ ("zh"),
  };
  const hash = writeClassLink(link);
  assert.equal(hash, "#learn=3&class=2-4,8,11-12&recipe=fast&epochs=3&rate=0.002&lang=zh");
  assert.deepEqual(readClassLink(hash), link);
});

test("a link of steps alone leaves the rest as it is", () => {
  const rest = { recipe: null, epochs: null, learningRate: null, language: null };
  assert.deepEqual(readClassLink("#learn=1&class=1"), { step: 1, steps: [1], ...rest });
  assert.equal(writeClassLink({ step: 1, steps: [1], ...rest }), "#learn=1&class=1");
});

test("an address without a class is none", () => {
  for (const hash of ["", "#learn=4", "#draw=123456", "#learn=4&class=", "#class=0,13,-4,x"])
    assert.equal(readClassLink(hash), null, hash);
});

test("what does not exist is left out", () => {
  const link = readClassLink("#learn=9&class=5-2,4,4,3%2C6,99&recipe=sketch&epochs=2.5&rate=7&lang=de");
  assert.deepEqual(link, { step: 3, steps: [3, 4, 6], recipe: null, epochs: null, learningRate: null, language: null });
  assert.equal(readClassLink("#class=1&epochs=21")?.epochs, null);
  assert.equal(readClassLink("#class=1&epochs=1e1")?.epochs, 10);
  assert.equal(readClassLink("#class=1&rate=Infinity")?.learningRate, null);
});
