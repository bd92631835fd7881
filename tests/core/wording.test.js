// What is said of an answer is what Python says, once its key is put in words.

import assert from "node:assert/strict";
import test from "node:test";
import { describe, describeBlank, percent } from "../../digits/page/static/core/wording.js";
import { readVectors } from "./vectors.js";

const { rules, texts, blank, cases, drawings } = readVectors("wording");

const put = ({ key, values }) => texts[key]
  .replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "object" ? put(values[name]) : values[name]))
  .replace(" a 8", " an 8");
const inWords = ({ line, why }) => ({ line: put(line), why: why ? put(why) : "" });

for (const { probabilities, sure, drawing, line, why } of cases) {
  test(`${Math.max(...probabilities)}, ${sure ? "sure" : "unsure"}, ${drawing}: ${line}`, () => {
    const label = probabilities.indexOf(Math.max(...probabilities));
    const answer = { label, probabilities, score: probabilities[label], sure };
    assert.deepEqual(inWords(describe(answer, drawings[drawing], rules)), { line, why });
  });
}

test("a blank pad has words of its own", () => {
  assert.deepEqual(inWords(describeBlank()), blank);
});

test("no probability is rounded up to 100 %", () => {
  assert.deepEqual(percent(0.99999, rules), { key: "more_than_99", values: {} });
  assert.deepEqual(percent(0.99, rules), { key: "percent", values: { number: 99 } });
});

test("of two digits that are equally likely, the other one is named", () => {
  const probabilities = [0.5, 0, 0, 0, 0, 0, 0, 0.5, 0, 0];
  const { line } = describe({ label: 0, probabilities, score: 0.5, sure: true }, null, rules);
  assert.equal(line.key, "either");
  assert.equal(line.values.other, 7);
});
