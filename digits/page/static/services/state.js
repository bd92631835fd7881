// What the whole page knows: one store, and the types of what is in it.

import { storedTheme } from "./keep.js";
import { createStore } from "./store.js";

/** @typedef {import("./messages.js").Choice} Choice */
/** @typedef {import("./messages.js").Shown} Shown */
/** @typedef {import("./messages.js").RunState} RunState */
/** @typedef {"en" | "zh"} Language */

/**
 * The drawing on the pad: strokes, the 28 x 28 pixels of a sample, or a picture.
 * @typedef {import("./messages.js").SentDrawing} Drawing
 */

/**
 * What came back for a drawing: an answer, or the sentence that says why there is none.
 * @typedef {{serial: number, drawing: Drawing, shown: Shown | null, problem: string}} Answer
 */

/**
 * @typedef {object} State
 * @property {Language} language
 * @property {"light" | "dark" | null} chosenTheme what the visitor chose; null: the system's
 * @property {number} look counts how often colours changed
 * @property {Choice} choice
 * @property {string} shipped the shipped network that was chosen last: what "back to ..." goes back to
 * @property {Drawing} drawing on the pad, finished strokes only
 * @property {boolean} isTaught the drawing was told to be a digit: the next stroke begins another
 * @property {Answer | null} answer to what is on the pad, or was a moment ago
 * @property {boolean} shrink "just shrink it" is on
 * @property {RunState} run how the training stands
 * @property {number} ownNetworks how many networks were made for this visitor: each answers differently
 */

/** @type {import("./store.js").Store<State>} */
export const state = createStore(
  /** @type {State} */ ({
    language: "en",
    chosenTheme: storedTheme(),
    look: 0,
    choice: { network: null, backend: "auto", device: "auto" },
    shipped: "",
    drawing: { strokes: [] },
    isTaught: false,
    answer: null,
    shrink: false,
    run: "idle",
    ownNetworks: 0,
  }),
);

/**
 * Which network answers; a shipped one is remembered as the one to go back to.
 * @param {Choice} choice
 */
export function choose(choice) {
  if (choice.network && choice.network !== "yours") state.set("shipped", choice.network);
  state.set("choice", choice);
}
