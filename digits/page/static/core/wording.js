// What to say about an answer: how sure it is, and if it is not, why. Keys and values, no sentences.
//
// The same choice as Python's, from the same limits, which Python hands over as `rules`; the sentence for
// a key is the page's, in the reader's language.

import { bounds, distance, roundHalfEven } from "./geometry.js";

/** @typedef {import("./preparation.js").Strokes} Strokes */
/** @typedef {import("./network.js").Answer} Answer */

/**
 * A sentence's key and what goes into its {braces}: numbers, or phrases to be put in words first.
 * @typedef {{key: string, values: Record<string, number | {key: string, values: Record<string, number>}>}} Phrase
 */

/**
 * The line under the answer and, when it is unsure, the reason.
 * @typedef {{line: Phrase, why: Phrase | null}} Wording
 */

/**
 * Where one thing to say ends and the next begins, written down once, in Python.
 * @typedef {object} WordingRules
 * @property {number} close a second digit with this probability is worth naming: 0.2
 * @property {number} next a second digit below this is not worth naming at all: 0.005
 * @property {number} guess a likeliest digit below this is not worth naming as a guess: 0.3
 * @property {number} dot a stroke no longer than this part of the pad is a dot: 0.04
 * @property {number} gap shapes further apart than this part of the pad are two: 0.06
 * @property {number} clear a sure answer above this is believed though the strokes look odd: 0.9
 * @property {number} most a probability above this is "over 99 %", never 100 %: 0.99
 */

/**
 * What to say of an answer; the strokes, where there are any, help to say why it is unsure.
 * @param {Answer} answer
 * @param {Strokes | null} strokes
 * @param {WordingRules} rules
 * @returns {Wording}
 */
export function describe(answer, strokes, rules) {
  const { label, probabilities } = answer;
  const other = findSecond(probabilities, label);
  const [first, second] = [probabilities[label], probabilities[other]];
  const values = {
    label,
    other,
    percent: percent(first, rules),
    other_percent: percent(second, rules),
  };
  const trouble = findTrouble(strokes ?? [], rules);
  if (trouble && !(answer.sure && first > rules.clear)) return say("unsure", {}, trouble);
  if (second >= rules.close) return say("either", values, { key: "why_close", values });
  if (!answer.sure) {
    return say("unsure", {}, { key: first >= rules.guess ? "why_unlike" : "why_nothing", values });
  }
  return say(second >= rules.next ? "sure_next" : "sure", values, null);
}

/**
 * What to say of a blank pad.
 * @returns {Wording}
 */
export function describeBlank() {
  return say("blank", {}, { key: "blank_more", values: {} });
}

/**
 * A probability as people say it, never rounded up to 100 %.
 * @param {number} probability
 * @param {WordingRules} rules
 * @returns {{key: string, values: Record<string, number>}}
 */
export function percent(probability, rules) {
  if (probability > rules.most) return { key: "more_than_99", values: {} };
  return { key: "percent", values: { number: roundHalfEven(100 * probability) } };
}

/**
 * How many tall shapes stand side by side with a gap between them, as in a drawn "17".
 * @param {Strokes} strokes at least one point each
 * @param {WordingRules} rules
 * @returns {number}
 */
export function countShapes(strokes, rules) {
  const [, highest, , lowest] = bounds(strokes.flat());
  const tall = 0.5 * (lowest - highest);
  /** @type {[number, number, number, number][]} boxes of strokes that overlap from above */
  const groups = [];
  for (const box of strokes.map(bounds).sort((a, b) => a[0] - b[0])) {
    const last = groups[groups.length - 1];
    if (last && box[0] - last[2] <= rules.gap) {
      last[1] = Math.min(last[1], box[1]);
      last[2] = Math.max(last[2], box[2]);
      last[3] = Math.max(last[3], box[3]);
    } else groups.push(box);
  }
  return Math.max(1, groups.filter(([, top, , bottom]) => bottom - top >= tall).length);
}

/**
 * What is wrong with strokes as one digit: only dots, or several shapes apart; else null.
 * @param {Strokes} strokes
 * @param {WordingRules} rules
 * @returns {Phrase | null}
 */
function findTrouble(strokes, rules) {
  const drawn = strokes.filter((stroke) => stroke.length);
  if (!drawn.length) return null;
  if (drawn.every((stroke) => extent(stroke) <= rules.dot)) return { key: "why_dots", values: {} };
  const count = countShapes(drawn, rules);
  return count > 1 ? { key: "why_apart", values: { count } } : null;
}

/**
 * From corner to corner of the box around a stroke.
 * @param {Strokes[number]} stroke
 */
function extent(stroke) {
  const [left, top, right, bottom] = bounds(stroke);
  return distance(right - left, bottom - top);
}

/**
 * The likeliest digit beside `label`.
 * @param {ArrayLike<number>} probabilities
 * @param {number} label
 */
function findSecond(probabilities, label) {
  let best = label === 0 ? 1 : 0;
  for (let digit = best + 1; digit < probabilities.length; digit++) {
    if (digit !== label && probabilities[digit] > probabilities[best]) best = digit;
  }
  return best;
}

/**
 * @param {string} key
 * @param {Phrase["values"]} values
 * @param {Phrase | null} why
 * @returns {Wording}
 */
function say(key, values, why) {
  return { line: { key, values }, why };
}
