// That the visitor had everything of theirs forgotten: every tab takes that in, and the server is told as soon as it
// can be reached, by another tab if this one is closed until then.

import { dropDebt, storeDebt, storedDebts, storedNews, storedTaken, storeNews, storeTaken } from "./browser_storage.js";
import { makeId } from "./random_id.js";
import { isNewTab, session } from "./session_token.js";

/** @type {Set<string>} sessions that the server must forget; the browser may not keep them */
const owed = new Set();

let taken = (isNewTab ? storedNews("digits-forgotten") : storedTaken()) ?? "";
storeTaken(taken);
takeIn(); // what was forgotten while this tab was put away

/** The last time that everything was forgotten, as far as this tab knows: it changes whenever that happens again. */
export const lastForgotten = () => taken;

/** Everything is forgotten: from now on that is owed to this session. */
export function forgetSession(time = makeId()) {
  taken = time;
  owed.add(session);
  storeDebt(session);
  storeTaken(time);
  storeNews("digits-forgotten", time); // heard by the other tabs if it is news
}

/** Whether another tab had everything forgotten since this was asked last; then it is owed to this session, too. */
export function takeIn() {
  const time = storedNews("digits-forgotten");
  if (!time || time === taken) return false;
  forgetSession(time);
  return true;
}

/** The sessions that the server still must forget. */
export const sessionsToForget = () => new Set([...owed, ...storedDebts()]);

/** The server has forgotten a session. @param {string} session */
export function wasForgotten(session) {
  owed.delete(session);
  dropDebt(session);
}
