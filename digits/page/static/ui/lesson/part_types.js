// What the lesson's player and its live parts agree on. A part is a module of ui/lesson/ that exports `mount`.

/**
 * What a live part gets from the player.
 * @typedef {object} Lesson
 * @property {() => Promise<import("../../services/shared_digits.js").Stock>} digits training and test digits, fetched
 *   once for the whole page; rejects where there are none
 * @property {() => void} done the visitor has done the step's task; may be called again and again
 */

/**
 * A live part on the page. It follows services/state.js (language, look, answer, network) by itself.
 * @typedef {object} Part
 * @property {() => void} remove ends what it does and empties its element
 */

/** @typedef {{mount: (root: HTMLElement, lesson: Lesson) => Part}} PartModule */

export {};
