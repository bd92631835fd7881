// Whether the server answers. While it does not, it is asked again and again, less and less often. It may come back
// with other files than this page was made of: then what the page has not fetched yet is no longer to be had.

import { lastForgotten, sessionsToForget, wasForgotten } from "./forgetting.js";
import { credentials } from "./session_token.js";
import { state } from "./state.js";

/** @typedef {import("./messages.js").SessionState} SessionState */

const SOONEST = 1000; // ms before the server is asked again for the first time
const LATEST = 8000; // ms between two questions at most
const VERSION = /\/digits\/static\/(\w+)\//.exec(String(import.meta.url))?.[1]; // of the page's files: static_files.py

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
let pause = SOONEST;

/** @type {((session: SessionState) => Promise<void>) | null} what to do once it is back, before the page hears of it */
let welcome = null;

/**
 * Do this when the server is back; it hears what the server keeps of this session.
 * @param {(session: SessionState) => Promise<void>} whenBack
 */
export function whenBack(whenBack) {
  welcome = whenBack;
}

/**
 * Ask the server something beside the page, as JSON.
 * @param {string} path such as "digits/session"
 * @param {unknown} question
 * @returns {Promise<Response>} of any status; rejects when nobody answers
 */
export function post(path, question) {
  return fetch(new URL(path, document.baseURI), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
  });
}

/**
 * What the server keeps of this session, once it has forgotten what it must; rejects when it does not answer.
 * @param {number} [seen] the serial that is known already: then only what is new is told
 * @returns {Promise<SessionState>}
 */
export async function askSession(seen = -1) {
  const forgotten = lastForgotten();
  await forgetThere();
  const told = await ask({ ...credentials(), seen });
  return lastForgotten() === forgotten ? told : askSession(); // it told of what is forgotten meanwhile
}

/** @param {Record<string, unknown>} question @returns {Promise<SessionState>} */
async function ask(question) {
  const reply = await post("digits/session", question);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const served = reply.headers.get("x-digits-page");
  const isRenewed = Boolean(VERSION && served && served !== VERSION);
  if (isRenewed !== state.get("isRenewed")) state.set("isRenewed", isRenewed);
  return reply.json();
}

/** Have the server forget what it must; rejects when it does not answer. */
export async function forgetThere() {
  for (const session of sessionsToForget()) {
    const reply = await post("digits/forget", { session });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    wasForgotten(session);
  }
}

/**
 * Why a file of the page's own did not come, as the key of a text: the server has a newer page, or else `otherwise`.
 * @param {string} otherwise
 */
export async function unlessRenewed(otherwise) {
  await ask({}).catch(() => null); // whoever is away has renewed nothing
  return state.get("isRenewed") ? "page_renewed" : otherwise;
}

/** Whether the server answers now: it may be away before anybody noticed. */
export async function isThere() {
  if (state.get("server") === "gone") return false;
  const answer = await ask({}).catch(lost); // of no session: nothing is told
  return Boolean(answer);
}

/** The server did not answer. */
export function lost() {
  if (state.get("server") === "gone") return;
  state.set("server", "gone");
  pause = SOONEST;
  waitFor();
}

/** The server answered. */
export function heard() {
  clearTimeout(waiting);
  if (state.get("server") === "gone") state.set("server", "here");
}

function waitFor() {
  clearTimeout(waiting);
  waiting = setTimeout(knock, pause);
  pause = Math.min(LATEST, 1.5 * pause);
}

async function knock() {
  try {
    const session = await askSession();
    await welcome?.(session);
    heard();
  } catch {
    waitFor();
  }
}

/** Hand over what the server lacks, though it never was away. */
export async function welcomeBack() {
  try {
    await welcome?.(await askSession());
  } catch {
    lost();
  }
}

/** Ask now: the network is back, or the visitor looks at the page again. */
function knockNow() {
  if (state.get("server") !== "gone" || document.hidden) return;
  clearTimeout(waiting);
  knock();
}

/** Listen to what hints that the server may be back. */
export function watchConnection() {
  window.addEventListener("online", knockNow);
  document.addEventListener("visibilitychange", knockNow);
}
