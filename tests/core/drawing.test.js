// A drawing fits into a link and comes out of it as it was.

import assert from "node:assert/strict";
import test from "node:test";
import { MAX_LINK, decode, encode, encodeToFit, thin } from "../../digits/page/static/core/drawing.js";
import { createRandom } from "../../digits/page/static/core/random.js";
import { assertClose, readVectors } from "./vectors.js";

const { cases, refused } = readVectors("drawing");

for (const { name, strokes, link, decoded } of cases) {
  test(`${name}: the link is Python's, there and back`, () => {
    assert.equal(encode(strokes), link);
    assert.deepEqual(decode(link), decoded);
    assert.equal(encodeToFit(strokes), link || null);
  });
}

for (const link of refused) {
  test(`${link.slice(0, 20) || "nothing"} is no drawing`, () => assert.equal(decode(link), null));
}

/** A scribble of random points: nothing of it can be thinned away finely. */
function scribble(points, strokes = 1) {
  const random = createRandom(3);
  return Array.from({ length: strokes }, () => Array.from({ length: points }, () => [random.share(), random.share()]));
}

test("what is too long for a link is thinned until it fits", () => {
  const random = createRandom(3);
  const shaky = Array.from({ length: 40 }, (_, row) =>
    Array.from({ length: 130 }, (_, i) => [i / 130, row / 40 + random.share() / 50]));
  assert.ok(encode(shaky).length > MAX_LINK);
  const link = encodeToFit(shaky);
  assert.ok(link && link.length <= MAX_LINK);
  assert.ok(decode(link));
});

test("what no thinning shortens is refused", () => {
  assert.ok(encode(scribble(4000)).length > MAX_LINK);
  assert.equal(encodeToFit(scribble(4000)), null);
  assert.equal(encodeToFit(scribble(1, 3000)), null);
});

test("what a link of any length encodes, decodes or is refused, but never breaks", () => {
  for (const points of [1, 2, 3, 50, 1000, 3333, 3334]) {
    const link = encode(scribble(points));
    assert.equal(decode(link) === null, link.length > MAX_LINK);
  }
});

test("points off the pad land on its edge", () => {
  assert.deepEqual(decode(encode([[[-0.3, 0.5], [1.4, 0.5]]])), [[[0, 0.5005], [1, 0.5005]]]);
});

test("thinning keeps every point within the tolerance, and the ends", () => {
  const curve = Array.from({ length: 300 }, (_, i) => [i / 300, 0.5 + 0.3 * Math.sin(i / 30)]);
  const thinned = thin(curve);
  assert.ok(thinned.length < 60);
  assertClose([...thinned[0], ...thinned.at(-1)], [...curve[0], ...curve.at(-1)], 0);
  for (const point of curve) assert.ok(distanceToPath(point, thinned) <= 1 / 300);
});

function distanceToPath([x, y], path) {
  return Math.min(...path.slice(1).map(([bx, by], i) => {
    const [ax, ay] = path[i];
    const along = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
    return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
  }));
}

test("a pen that went on and came back along its own line keeps its way", () => {
  const there = [[0, 0.5], [0.9, 0.5], [0.4, 0.5]];
  assert.deepEqual(thin(there), there);
});

test("a scribble of 20,000 points is no problem", () => {
  assert.ok(thin(scribble(20_000)[0]).length > 10_000);
});
