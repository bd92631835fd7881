// What the whole page knows: one store, and the types of what is in it.

import { storedTheme } from "./browser_storage.js";
import { createStore } from "./observable.js";

/** @typedef {import("./messages.js").Choice} Choice */
/** @typedef {import("./messages.js").Shown} Shown */
/** @typedef {import("./messages.js").RunState} RunState */
/** @typedef {import("./messages.js").NetworkEntry} NetworkEntry */
/** @typedef {import("./messages.js").By} By */
/** @typedef {import("./messages.js").Guess} Guess */
/** @typedef {import("../core/preparation.js").Rules} Rules */
/** @typedef {import("../core/weights_file.js").LoadedNetwork} LoadedNetwork */
/** @typedef {import("./messages.js").Run} Run */
/** @typedef {import("./messages.js").Outcome} Outcome */
/** @typedef {import("./messages.js").FineTuning} FineTuning */
/** @typedef {"en" | "zh"} Language */

/**
 * The drawing on the pad: strokes, the 28 x 28 pixels of a sample, or a picture.
 * @typedef {import("./messages.js").SentDrawing} Drawing
 */

/**
 * What the server said when the pen rested; `way` is how long it took, there and back, in ms.
 * @typedef {{by: By | null, guess: Guess | null, problem: string, way: number}} Confirmation
 */

/**
 * What came back for a drawing: an answer, or the sentence that says why there is none.
 * @typedef {object} Answer
 * @property {number} serial of the drawing
 * @property {Drawing} drawing
 * @property {boolean} [isMoving] the pen is down: a part of a drawing
 * @property {Shown | null} shown
 * @property {string} problem
 * @property {Confirmation | null} [confirmed] where this browser answered first
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
 * @property {{serial: number, at: number}} picked which digit of several is looked at, of the drawing so numbered
 * @property {boolean} shrink "just shrink it" is on
 * @property {NetworkEntry[]} networks that can be chosen
 * @property {NetworkEntry[]} own those of them that are the visitor's own
 * @property {LoadedNetwork | null} network the chosen one's weights; null: only the server can read now
 * @property {Rules | null} rules of the preparation
 * @property {boolean} isAlone there never is a server: the page is one file
 * @property {"here" | "gone"} server whether it answers
 * @property {boolean} isRenewed the server's page is another than this one
 * @property {number} corrections how many drawings to learn from there are
 * @property {number} forgotten counts how often the visitor had everything of theirs forgotten
 * @property {RunState} run how the training stands
 * @property {Run | null} training the server's last word of it
 * @property {Record<string, any> | null} order the settings that the training was asked for with
 * @property {Pick<FineTuning, "state"> | FineTuning | null} teaching the last word of it
 * @property {Outcome | null} outcome of the last run that ended
 * @property {import("./class_link.js").ClassLink | null} classLink what a teacher's link opened, while it is honoured
 * @property {Record<"epochs" | "batch_size" | "learning_rate", number> | null} scriptSettings of the lesson's script, for Train
 * @property {boolean} isLessonOpen the Learn tab was opened on this page
 */

/** @type {import("./observable.js").Store<State>} */
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
    picked: { serial: 0, at: 0 },
    shrink: false,
    networks: [],
    own: [],
    network: null,
    rules: null,
    isAlone: false,
    server: "here",
    isRenewed: false,
    corrections: 0,
    forgotten: 0,
    run: "idle",
    training: null,
    order: null,
    teaching: null,
    outcome: null,
    classLink: null,
    scriptSettings: null,
    isLessonOpen: false,
  }),
);

/**
 * Which network answers; a shipped one is remembered as the one to go back to.
 * @param {Choice} choice
 */
export function choose(choice) {
  if (choice.network && !/^yours(-|$)/.test(choice.network)) state.set("shipped", choice.network);
  state.set("choice", choice);
}
