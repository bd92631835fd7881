// Who asks: a secret that this tab makes for itself and keeps through a reload. The server keeps the
// visitor's own network under it.

import { storedSession, storeSession } from "./browser_storage.js";
import { makeId } from "./random_id.js";

const stored = storedSession();

export const isNewTab = !stored;
export const session = stored ?? makeId();
storeSession(session);

/** What every question carries. */
export function credentials() {
  return { session };
}
