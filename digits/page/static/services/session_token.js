// Who asks: a secret that this tab makes for itself and keeps through a reload. The server keeps the
// visitor's own network under it.

import { storedSession, storeSession } from "./browser_storage.js";

/** @returns {string} */
function makeToken() {
  if (crypto.randomUUID) return crypto.randomUUID(); // not there on a page without https
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const session = storedSession() ?? makeToken();
storeSession(session);

/** What every question carries. */
export function credentials() {
  return { session };
}
