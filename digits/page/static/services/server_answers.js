// The server's answers as the page shows them, and the way to ask for them.
//
// One question is under way at a time and the newest drawing goes next: a slow server or network means
// fewer answers, never a queue of old ones.

import { pack } from "../core/base64.js";
import { percent, sentence, text } from "./texts.js";

/** @typedef {import("./messages.js").Question} Question */
/** @typedef {import("./messages.js").Shown} Shown */
/** @typedef {import("./messages.js").Guess} Guess */
/** @typedef {import("./messages.js").Fault} Fault */
/** @typedef {import("./messages.js").SentDrawing} SentDrawing */

export const SOONEST = 28; // ms between two questions: 30 answers a second look smooth
export const PATIENCE = 1000; // ms before a silent server is asked again

/**
 * What is wrong, as a sentence in the visitor's language; "" when nothing is.
 * @param {{fault?: Fault, problem?: string} | null | undefined} reply `problem` is what the page found by itself
 * @returns {string}
 */
export function problemOf(reply) {
  if (reply?.fault) return sentence(reply.fault);
  return reply?.problem ?? "";
}

/**
 * The server's answer as the page shows it.
 * @param {any} raw
 * @returns {{shown: Shown | null, problem: string}}
 */
export function readAnswer(raw) {
  const problem = problemOf(raw);
  if (problem) return { shown: null, problem: text("failed", { problem }) };
  const { box, small, image, by, blank = false, hint = null } = raw;
  const prepared = raw.prepared ? readGuess(raw.prepared) : null;
  /** @type {import("./messages.js").OneOfSeveral[]} */
  const several = raw.several?.map((/** @type {any} */ one) => ({ ...one, guess: readGuess(one.guess) })) ?? [];
  const shown = { box, small, image, by, blank, hint, ...(several.length ? { several } : {}) };
  return { shown: { ...shown, guess: blank ? null : readGuess(raw), prepared }, problem: "" };
}

/**
 * The drawing that an answer is about: of several digits the one that was picked.
 * @param {import("./state.js").Answer | null} answer
 * @param {SentDrawing} drawing on the pad
 * @returns {SentDrawing}
 */
export function drawingOf(answer, drawing) {
  const strokes = answer?.shown?.several?.[answer.shown.picked ?? 0]?.strokes;
  return strokes ? { strokes } : drawing;
}

/**
 * The one digit that an answer is about, as the server can read it by itself: of several in a picture the
 * pixels of the one that was picked.
 * @param {import("./state.js").Answer | null} answer
 * @param {SentDrawing} drawing on the pad
 * @returns {SentDrawing}
 */
export function digitOf(answer, drawing) {
  const one = answer?.shown?.several?.[answer.shown.picked ?? 0];
  return one && !one.strokes ? { pixels: pack(one.image.bytes) } : drawingOf(answer, drawing);
}

/** @param {any} raw @returns {Guess} */
function readGuess({ label, probabilities, sure, milliseconds }) {
  return { label, probabilities, sure, milliseconds };
}

/**
 * How sure of its digit a guess is, in words that never round up to 100 %.
 * @param {Guess} guess
 */
export function surenessOf({ probabilities }) {
  const most = Math.max(...probabilities);
  return most > 0.99 ? text("more_than_99") : percent(most);
}

/**
 * Ask by the quick route beside the page; by `slow`, Gradio's own way, where that is not there.
 * @param {(question: Question) => Promise<unknown>} slow
 * @returns {(question: Question) => Promise<unknown>}
 */
export function createRoute(slow) {
  let isQuick = true;
  return async (question) => {
    if (!isQuick) return slow(question);
    const reply = await fetch(new URL("digits/read", document.baseURI), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question),
    });
    if (reply.ok) return reply.json();
    if (reply.status !== 404 && reply.status !== 405) throw new Error(`status ${reply.status}`);
    isQuick = false;
    return slow(question);
  };
}

/**
 * Calls `ask` whenever there is something new, one call after another; `again` asks for the newest.
 * `ask` says whether it was answered; if not, it is tried again after a while.
 * @param {() => Promise<boolean>} ask
 * @param {{soonest?: number, patience?: number}} [pace] in ms
 */
export function createAsker(ask, { soonest = SOONEST, patience = PATIENCE } = {}) {
  let isAsking = false;
  let isWanted = false;
  let last = Number.NEGATIVE_INFINITY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  async function askNow() {
    isAsking = true;
    isWanted = false;
    last = performance.now();
    if (!(await ask())) {
      await new Promise((done) => setTimeout(done, patience));
      isWanted = true;
    }
    isAsking = false;
    if (isWanted) again(false);
  }

  /** @param {boolean} isMoving the pen is down: more is to come, so questions keep their distance */
  function again(isMoving) {
    isWanted = true;
    if (isAsking) return;
    clearTimeout(waiting);
    const wait = isMoving ? last + soonest - performance.now() : 0;
    if (wait > 0) waiting = setTimeout(askNow, wait);
    else askNow();
  }

  return again;
}
