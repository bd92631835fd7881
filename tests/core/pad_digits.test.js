// Strokes are put together to digits as Python does it.

import assert from "node:assert/strict";
import test from "node:test";
import { groupStrokes } from "../../digits/page/static/core/pad_digits.js";
import { prepareStrokes } from "../../digits/page/static/core/preparation.js";
import { readVectors } from "./vectors.js";

const { rules } = readVectors("preparation");
const { cases } = readVectors("grouping");

/** The same as _judge in tests/vectors/make.py: any number, so that all kinds of answers occur. */
function judge(strokes) {
  const part = (prepareStrokes(strokes, rules).image.reduce((sum, pixel) => sum + pixel, 0) % 997) / 997;
  return part < 0.4 ? 1 - part / 20 : part;
}

test("strokes are grouped as in Python", () => {
  const counts = new Set();
  for (const { strokes, groups } of cases) {
    const made = groupStrokes(strokes, judge);
    assert.deepEqual(
      made.map((group) => group.map((stroke) => strokes.indexOf(stroke))),
      groups,
      JSON.stringify(strokes),
    );
    counts.add(groups.length);
  }
  assert.ok(counts.size >= 4, "the cases have one to several digits");
});

test("no strokes are judged twice", () => {
  for (const { strokes } of cases) {
    const judged = [];
    groupStrokes(strokes, (part) => {
      judged.push(part.map((stroke) => strokes.indexOf(stroke)).join());
      return judge(part);
    });
    assert.equal(new Set(judged).size, judged.length, JSON.stringify(strokes));
  }
});
