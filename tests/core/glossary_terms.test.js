import assert from "node:assert/strict";
import { test } from "node:test";

import { splitTerms, TERMS } from "../../digits/page/static/core/glossary_terms.js";

test("a text is cut at its marks, and nothing of it is lost", () => {
  const pieces = splitTerms("Each [[weight]] of a [[layer|layer of nodes]] moves by the [[learning rate]].");
  assert.deepEqual(pieces, [
    { words: "Each ", term: null },
    { words: "weight", term: "weight" },
    { words: " of a ", term: null },
    { words: "layer of nodes", term: "layer" },
    { words: " moves by the ", term: null },
    { words: "learning rate", term: "learning_rate" },
    { words: ".", term: null },
  ]);
});

test("what marks no term stays as plain words", () => {
  assert.deepEqual(splitTerms("no mark"), [{ words: "no mark", term: null }]);
  assert.deepEqual(splitTerms("[[teacup|tea]]"), [{ words: "tea", term: null }]);
  assert.deepEqual(splitTerms("an array[[0]]"), [{ words: "an array[[0]]", term: null }]);
  assert.deepEqual(splitTerms(""), []);
});

test("every term of the outline is there", () => assert.equal(TERMS.length, 13));
