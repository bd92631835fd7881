// What to say about an answer: how sure it is, and if it is not, why. Keys and values, no sentences.
//
// The limits between one thing to say and the next are here and nowhere else; the sentence for a key is the
// page's, in the reader's language.

import { bounds, distance, roundHalfEven } from "./geometry.js";

/** @typedef {import("./preparation.js").Strokes} Strokes */
/** What a network says. @typedef {{label: number, probabilities: ArrayLike<number>, sure: boolean}} Answer */

/**
 * A sentence's key and what goes into its {braces}: numbers, or phrases to be put in words first.
 * @typedef {{key: string, values: Record<string, number | {key: string, values: Record<string, number>}>}} Phrase
 */

/**
 * The line under the answer and, when it is unsure, the reason.
 * @typedef {{line: Phrase, why: Phrase | null}} Wording
 */

const CLOSE = 0.2;     // a second digit with this probability is worth naming as "could be a 4 or a 9"
const NEXT = 0.005;    // a second digit below this is not worth naming at all
const GUESS = 0.3;     // a likeliest digit below this is not worth naming as a guess
const DOT = 0.04;      // a stroke no longer than this part of the pad is a dot
const GAP = 0.06;      // shapes further apart than this part of the pad, side by side, are two
const CLEAR = 0.9;     // a sure answer above this is believed though the strokes look odd
const MOST = 0.99;     // a probability above this is "over 99 %", never 100 %

/** A network with an accuracy below this does hardly better than guessing, which has 0.1. */
export const GUESSING = 0.2;

/**
 * What to say of an answer; the strokes, where there are any, help to say why it is unsure.
 * @param {Answer} answer
 * @param {Strokes | null} strokes
 * @param {string | null} hint what is said of a picture: "turned", "among_letters", "picture_doubt" or nothing
 * @param {number | null} accuracy the network's on test digits, where it is known
 * @returns {Wording}
 */
export function describe(answer, strokes, hint = null, accuracy = null) {
  const { label, probabilities } = answer;
  const other = findSecond(probabilities, label);
  const [first, second] = [probabilities[label], probabilities[other]];
  const values = {
    label,
    other,
    percent: percent(first),
    other_percent: percent(second),
  };
  const trouble = findTrouble(strokes ?? []);
  if (!answer.sure && !trouble && accuracy !== null && accuracy < GUESSING) {
    return say("unsure", {}, { key: "why_untaught", values: {} });
  }
  if (hint === "picture_doubt" && !answer.sure) {
    return say("picture_perhaps", values, { key: "picture_perhaps_more", values: {} });
  }
  if (hint && !answer.sure) {
    const key = hint === "turned" ? "picture_turned" : "picture_among";
    return say("unsure", {}, { key, values: {} });
  }
  if (trouble && !(answer.sure && first > CLEAR)) return say("unsure", {}, trouble);
  if (second >= CLOSE) return say("either", values, { key: "why_close", values });
  if (!answer.sure) {
    const key = isWide(strokes ?? []) ? "why_wide" : first >= GUESS ? "why_unlike" : "why_nothing";
    return say("unsure", {}, { key, values });
  }
  return say(second >= NEXT ? "sure_next" : "sure", values, null);
}

/**
 * What to say of a blank pad, or of a picture in which nothing looks like a digit.
 * @param {boolean} isPicture
 * @returns {Wording}
 */
export function describeBlank(isPicture = false) {
  if (isPicture) return say("picture_nothing", {}, { key: "picture_nothing_more", values: {} });
  return say("blank", {}, { key: "blank_more", values: {} });
}

/**
 * What to say of several digits, of which one is looked at.
 * @param {Answer[]} answers
 * @param {number} picked
 * @returns {Wording}
 */
export function describeSeveral(answers, picked) {
  const { label, probabilities, sure } = answers[picked];
  const values = { number: picked + 1, label, percent: percent(probabilities[label]) };
  return say("several_read", { count: answers.length }, { key: sure ? "several_one" : "several_one_unsure", values });
}

/**
 * What to say of a teaching, by how many of the drawings were read right before it and after it.
 * @param {{before: number, after: number, count: number}} right
 * @param {number} accuracy of the network that came of it, on test digits
 * @returns {string} a text's key
 */
export function describeTeaching({ before, after, count }, accuracy) {
  if (accuracy < GUESSING) return "teach_done_untaught";
  if (before === count && after === count) return "teach_done_before";
  if (after === count) return "teach_done";
  return after > before ? "teach_done_more" : "teach_done_none";
}

/**
 * A probability as people say it, never rounded up to 100 %.
 * @param {number} probability
 * @returns {{key: string, values: Record<string, number>}}
 */
export function percent(probability) {
  if (probability > MOST) return { key: "more_than_99", values: {} };
  return { key: "percent", values: { number: wholePercent(probability) } };
}

/**
 * A probability in whole per cent, as in the sentence and on the bars; nothing is rounded up to "certain".
 * @param {number} probability
 */
export function wholePercent(probability) {
  return Math.min(99, roundHalfEven(100 * probability));
}

/**
 * How many tall shapes stand side by side with a gap between them, as in a drawn "17".
 * @param {Strokes} strokes at least one point each
 * @returns {number}
 */
function countShapes(strokes) {
  const [, highest, , lowest] = bounds(strokes.flat());
  const tall = 0.5 * (lowest - highest);
  /** @type {[number, number, number, number][]} boxes of strokes that overlap from above */
  const groups = [];
  for (const box of strokes.map(bounds).sort((a, b) => a[0] - b[0])) {
    const last = groups[groups.length - 1];
    if (last && box[0] - last[2] <= GAP) {
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
 * @returns {Phrase | null}
 */
function findTrouble(strokes) {
  const drawn = strokes.filter((stroke) => stroke.length);
  if (!drawn.length) return null;
  if (drawn.every((stroke) => extent(stroke) <= DOT)) return { key: "why_dots", values: {} };
  const count = countShapes(drawn);
  return count > 1 ? { key: "why_apart", values: { count } } : null;
}

/**
 * Whether strokes are wider together than high, as two digits that touch mostly are, and one seldom.
 * @param {Strokes} strokes
 */
function isWide(strokes) {
  const points = strokes.flat();
  if (!points.length) return false;
  const [left, top, right, bottom] = bounds(points);
  return right - left > bottom - top;
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
