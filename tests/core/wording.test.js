// What is said of an answer, on either side of every limit, once its key is put in words.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { describe, describeBlank, describeTeaching, percent } from "../../digits/page/static/core/wording.js";

const { texts, blank, cases, drawings } = JSON.parse(readFileSync(new URL("wording_cases.json", import.meta.url), "utf8"));

const put = ({ key, values }) => texts[key]
  .replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "object" ? put(values[name]) : values[name]))
  .replace(" a 8", " an 8");
const inWords = ({ line, why }) => ({ line: put(line), why: why ? put(why) : "" });

for (const { probabilities, sure, drawing, line, why } of cases) {
  test(`${Math.max(...probabilities)}, ${sure ? "sure" : "unsure"}, ${drawing}: ${line}`, () => {
    const label = probabilities.indexOf(Math.max(...probabilities));
    const answer = { label, probabilities, score: probabilities[label], sure };
    assert.deepEqual(inWords(describe(answer, drawings[drawing])), { line, why });
  });
}

test("of a picture's digit that is likely, but not likely enough, the digit is said, and where to look", () => {
  const probabilities = [0, 0, 0, 0, 0.93, 0, 0, 0, 0, 0.07];
  const doubted = describe({ label: 4, probabilities, score: 0.93, sure: false }, null, "picture_doubt");
  assert.equal(doubted.line.key, "picture_perhaps");
  assert.deepEqual([doubted.line.values.label, doubted.line.values.percent.values.number], [4, 93]);
  assert.equal(doubted.why.key, "picture_perhaps_more");
  const sure = describe({ label: 4, probabilities, score: 0.93, sure: true }, null, "picture_doubt");
  assert.equal(sure.line.key, "sure_next");
});

test("a network that has learnt nothing does not blame the drawing, unless there is something wrong with it", () => {
  const probabilities = [0.11, 0.12, 0.1, 0.1, 0.11, 0.1, 0.1, 0.1, 0.08, 0.08];
  const answer = { label: 1, probabilities, score: 0.12, sure: false };
  const why = (strokes, accuracy) => describe(answer, strokes, null, accuracy).why.key;
  assert.equal(why(drawings.one, 0.103), "why_untaught");
  assert.equal(why(drawings.dots, 0.103), "why_dots");
  assert.equal(why(drawings.one, 0.2), "why_nothing");
  assert.equal(why(drawings.one, null), "why_nothing");
});

test("of what is wider than high and unlike a digit it is said that digits may touch", () => {
  const probabilities = [0.15, 0.35, 0.15, 0.1, 0.1, 0.05, 0.03, 0.03, 0.02, 0.02];
  const why = (strokes, sure = false) => describe({ label: 1, probabilities, score: 0.35, sure }, strokes).why.key;
  const ten = [[[0.2, 0.3], [0.2, 0.7]], [[0.2, 0.5], [0.5, 0.3], [0.75, 0.5], [0.5, 0.7], [0.2, 0.5]]];
  const tall = ten.map((stroke) => stroke.map(([x, y]) => [x / 2, y]));
  assert.equal(why(ten), "why_wide");
  assert.equal(why(tall), "why_unlike");
  assert.equal(why(null), "why_unlike");
});

test("a blank pad has words of its own", () => {
  assert.deepEqual(inWords(describeBlank()), blank);
});

test("no probability is rounded up to 100 %", () => {
  assert.deepEqual(percent(0.99999), { key: "more_than_99", values: {} });
  assert.deepEqual(percent(0.99), { key: "percent", values: { number: 99 } });
});

test("of two digits that are equally likely, the other one is named", () => {
  const probabilities = [0.5, 0, 0, 0, 0, 0, 0, 0.5, 0, 0];
  const { line } = describe({ label: 0, probabilities, score: 0.5, sure: true }, null);
  assert.equal(line.key, "either");
  assert.equal(line.values.other, 7);
});

test("what came of a teaching is said as it is", () => {
  const said = (before, after, count, mnist = 0.98) => describeTeaching({ before, after, count }, mnist);
  assert.equal(said(0, 3, 3), "teach_done");
  assert.equal(said(2, 3, 3), "teach_done");
  assert.equal(said(3, 3, 3), "teach_done_before");
  assert.equal(said(0, 1, 3), "teach_done_more");
  assert.equal(said(2, 2, 3), "teach_done_none");
  assert.equal(said(2, 1, 3), "teach_done_none");
  assert.equal(said(0, 0, 1), "teach_done_none");
  assert.equal(said(0, 1, 1, 0.1), "teach_done_untaught");
  assert.equal(said(0, 1, 1, 0.2), "teach_done");
});
