// What the tests of the core share: the golden vectors, and numbers that are alike.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** One of tests/vectors/*.json, which Python writes. */
export const readVectors = (name) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

/** base64 as bytes. */
export const unpack = (packed) => new Uint8Array(Buffer.from(packed, "base64"));

/** Fails unless two rows of numbers agree within `tolerance`. */
export function assertClose(actual, expected, tolerance, what = "") {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < actual.length; i++) {
    const off = Math.abs(actual[i] - expected[i]);
    assert.ok(off <= tolerance, `${what} [${i}]: ${actual[i]} is not ${expected[i]}`);
  }
}

/** Images as bytes, a fifth of the pixels lit: the same as draw_images in tests/vectors/make.py. */
export function drawImages(count, random) {
  const drawn = Array.from({ length: count * 784 }, () => random.integer());
  return Uint8Array.from(drawn, (pixel) => (pixel % 5 === 0 ? (pixel >>> 8) & 255 : 0));
}
