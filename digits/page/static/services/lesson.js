// Where a visitor is in the lesson: the step in the address, and what is kept of it in this browser.

import { storedLesson, storeLesson } from "./browser_storage.js";

/**
 * @typedef {object} Progress
 * @property {number | null} at the step that was open last; null: the lesson was never opened
 * @property {number[]} done steps whose task was done
 * @property {Record<string, number>} guesses which option was chosen, by step
 */

/**
 * The step that the address names, as #learn=4 does; null where it names none.
 * @param {string} [hash]
 */
export function stepInAddress(hash = location.hash) {
  return Number(/^#learn=(\d{1,2})(?:&|$)/.exec(hash)?.[1] ?? 0) || null;
}

/** @returns {Progress} */
export function storedProgress() {
  const kept = storedLesson();
  const done = Array.isArray(kept?.done) ? kept.done.filter(Number.isInteger) : [];
  const guesses = kept?.guesses && typeof kept.guesses === "object" ? kept.guesses : {};
  return { at: Number.isInteger(kept?.at) ? kept.at : null, done, guesses };
}

/** @param {Progress} progress */
export const storeProgress = (progress) => storeLesson(progress);
