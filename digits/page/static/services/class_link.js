// A teacher's link: which steps of the lesson a class does, with which settings, in which language.
//
//     #learn=2&class=2-5,8&recipe=fast&epochs=3&rate=0.002&lang=zh
//
// `learn` is the step that it opens with, `class` the steps there are. What a link says of things that do not
// exist is left out: a mistyped link still opens a lesson.

import { EPOCHS, RATES } from "./limits.js";

export const STEPS = 12;
const RECIPES = ["tutorial", "fast", "overfit"];

/**
 * @typedef {object} ClassLink
 * @property {number} step 1 to 12, that it opens with: one of the steps
 * @property {number[]} steps that the class does, in order, at least one
 * @property {string | null} recipe that is chosen for a training; null: as ever
 * @property {number | null} epochs
 * @property {number | null} learningRate
 * @property {"en" | "zh" | null} language null: the browser's
 */

/**
 * What the address says of a class; null where it names none, as in a plain #learn=4.
 * @param {string} hash of the address, with or without its #
 * @returns {ClassLink | null}
 */
export function readClassLink(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const steps = readSteps(given.get("class") ?? "");
  if (!steps.length) return null;
  const step = Number(given.get("learn"));
  const language = given.get("lang");
  return {
    step: steps.includes(step) ? step : steps[0],
    steps,
    recipe: RECIPES.find((recipe) => recipe === given.get("recipe")) ?? null,
    epochs: readNumber(given.get("epochs"), EPOCHS, Number.isInteger),
    learningRate: readNumber(given.get("rate"), RATES, Number.isFinite),
    language: language === "en" || language === "zh" ? language : null,
  };
}

/**
 * The link as the address has it, "#" first.
 * @param {ClassLink} link
 */
export function writeClassLink({ step, steps, recipe, epochs, learningRate, language }) {
  const parts = [`learn=${step}`, `class=${writeSteps(steps)}`];
  if (recipe) parts.push(`recipe=${recipe}`);
  if (epochs) parts.push(`epochs=${epochs}`);
  if (learningRate) parts.push(`rate=${learningRate}`);
  if (language) parts.push(`lang=${language}`);
  return `#${parts.join("&")}`;
}

/**
 * @param {string | null} words
 * @param {readonly [number, number]} limits
 * @param {(value: number) => boolean} isKind
 */
function readNumber(words, [low, high], isKind) {
  const value = Number(words || Number.NaN);
  return isKind(value) && value >= low && value <= high ? value : null;
}

/** "2-5,8" as numbers. @param {string} words */
function readSteps(words) {
  const named = words.split(",").flatMap((part) => {
    const range = /^\s*(\d{1,2})(?:-(\d{1,2}))?\s*$/.exec(part);
    if (!range) return [];
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
  return Array.from({ length: STEPS }, (_, i) => i + 1).filter((step) => named.includes(step));
}

/** Numbers as "2-5,8". @param {number[]} steps in order */
function writeSteps(steps) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (const step of steps) {
    const last = ranges.at(-1);
    if (last?.[1] === step - 1) last[1] = step;
    else ranges.push([step, step]);
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(",");
}
