// What the server keeps of this visit, asked for when Gradio does not tell: after a reload in the middle of a
// run, when a connection broke, and about once a minute as a sign of life.
//
// A run belongs to the visit and not to a connection, so a page that comes back finds it going on.

import { askSession, lost, heard as serverHeard, welcomeBack } from "./connection.js";
import { toldOwn } from "./own_networks.js";
import { choose, state } from "./state.js";

/** @typedef {import("./messages.js").Run} Run */
/** @typedef {import("./messages.js").SessionState} SessionState */
/** @typedef {import("./messages.js").FineTuning} FineTuning */

export const BUSY = ["sent", "waiting", "loading", "running"];
const TRAINING = ["loading", "running"];
const TEACHING = ["sent", "waiting", "learning"];
export const ENDED = ["done", "stopped", "cut"];
const SILENT = 2500; // ms without a word of a run under way before the page asks by itself
const LOST = 10_000; // ms after which an order of which the server knows nothing did not arrive
const ASK_BUSY = 500; // ms between two questions then
const ASK_IDLE = 60_000; // ms between two signs of life
const TICK = 500;

/** Whether the visitor's drawings are being learnt, or about to be. */
export const isTeaching = () => TEACHING.includes(state.get("teaching")?.state ?? "");

/** Whether the run that is shown runs, or ran, in this browser: the server has no word in it. */
export const isHere = () => state.get("training")?.engine === "browser";

let seen = -1; // the serial that was told last
let heard = Number.NEGATIVE_INFINITY; // when Gradio, or this, told something
let asked = Number.NEGATIVE_INFINITY;

/** @type {Promise<void> | null} */
let begun = null;

/** Ask what there is, then listen for as long as the page is open. Resolves with the first answer. */
export function follow() {
  begun ??= begin();
  return begun;
}

function begin() {
  for (const name of /** @type {const} */ (["run", "teaching"])) {
    state.subscribe(name, () => {
      heard = performance.now();
    });
  }
  state.subscribe("server", (server) => {
    if (server === "here") ask(false);
  });
  const first = ask(true);
  setInterval(() => {
    if (state.get("server") === "gone") return; // services/connection.js asks until it is back
    const now = performance.now();
    const isBusy = (BUSY.includes(state.get("run")) && !isHere()) || isTeaching();
    const isDue = isBusy ? now - heard > SILENT && now - asked > ASK_BUSY : now - asked > ASK_IDLE;
    if (isDue) ask(false);
  }, TICK);
  return first;
}

/** Gradio told of the run or of the teaching: nothing is silent. */
export function wasTold() {
  heard = performance.now();
  serverHeard();
}

/** @param {boolean} isFirst the page was just opened */
async function ask(isFirst) {
  asked = performance.now();
  const session = await askSession(seen).catch(lost);
  if (!session) return;
  if (isOrderLost() && !BUSY.includes(session.run?.state ?? "")) state.set("training", { state: "lost" });
  else told(session, isFirst);
  serverHeard();
}

/** Whether an order was sent so long ago that it cannot be on its way any more. */
const isOrderLost = () => state.get("run") === "sent" && performance.now() - heard > LOST;

/** @param {SessionState} session @param {boolean} isFirst */
function told(session, isFirst) {
  toldTeaching(session, isFirst);
  if (!session.known) return unknown(isFirst);
  if (!session.networks) return; // nothing is new
  seen = session.serial;
  const [before, after] = [state.get("run"), session.run?.state ?? "idle"];
  if (after === "idle" && !isFirst && before === "sent") return; // it has not begun there yet
  toldOwn(session.networks);
  if (isHere()) return;
  if (session.outcome && session.outcome !== state.get("outcome")) state.set("outcome", session.outcome);
  if (after !== "idle") state.set("training", session.run ?? null);
  else if (TRAINING.includes(before))
    state.set("training", { state: "lost" }); // the session is a new one
  else if (BUSY.includes(before)) state.set("training", session.run ?? { state: "idle" }); // out of the line
  const made = session.run?.network?.id;
  if (made && ENDED.includes(after) && BUSY.includes(before))
    choose({ network: made, backend: "auto", device: "auto" });
}

/**
 * How the teaching stands: a page that comes back in the middle of it takes it up.
 * @param {SessionState} session @param {boolean} isFirst
 */
function toldTeaching({ known, networks, fine_tuning: told }, isFirst) {
  const before = state.get("teaching")?.state;
  if (isFirst ? !TEACHING.includes(told?.state ?? "") : !isTeaching()) return;
  if (known && !networks && before !== "sent") return; // nothing is new
  if (before === "sent" && performance.now() - heard < SILENT) return; // it may be on its way
  if (!told || told.state === "idle") return state.set("teaching", { state: "lost" });
  state.set("teaching", told);
  if (told.state === "done") choose({ network: told.network.id, backend: "auto", device: "auto" });
}

/** The server keeps nothing of this visit. @param {boolean} isFirst */
function unknown(isFirst) {
  const wasBusy = BUSY.includes(state.get("run")) && !isHere();
  if (isFirst || state.get("run") === "sent") return;
  const hadOwn = state.get("own").length > 0;
  if (wasBusy) state.set("training", { state: "lost" });
  if (hadOwn) welcomeBack(); // the browser still holds them, and hands them over
}
