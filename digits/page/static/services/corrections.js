// The drawings to learn from, as this browser keeps them for all of its tabs: a row each, so that no tab writes over
// what another one added.

import { CORRECTIONS, inStore } from "./browser_database.js";
import { storeNews } from "./browser_storage.js";
import { makeId } from "./random_id.js";

/** @typedef {import("./messages.js").Point} Point */

/**
 * A correction as the row under the answer keeps it: what was read when it was corrected, before it was learnt
 * and after.
 * @typedef {object} Correction
 * @property {string} key they are read in the order of their keys
 * @property {Point[][]} strokes
 * @property {number} label
 * @property {number | null} [answered]
 * @property {number} [before]
 * @property {number} [after]
 */

const OLD_KEY = "corrections"; // all of them were one row, once

let latest = 0; // ms

/** A key for one more correction, behind all others. */
export function nextKey() {
  latest = Math.max(Date.now(), latest + 1);
  return `${latest}-${makeId()}`;
}

/** What is kept; null where nothing can be. @returns {Promise<Correction[] | null>} */
export async function storedCorrections() {
  await inStore(CORRECTIONS, "readwrite", splitOld);
  const kept = await inStore(CORRECTIONS, "readonly", (store) => store.getAll());
  return kept?.filter((one) => Array.isArray(one?.strokes)) ?? null;
}

/** Give each drawing of the old row one of its own. @param {IDBObjectStore} store */
function splitOld(store) {
  const old = store.get(OLD_KEY);
  old.addEventListener("success", () => {
    if (!Array.isArray(old.result)) return;
    for (const [i, one] of old.result.entries()) {
      const key = `0-${String(i).padStart(2, "0")}`; // a tab that still writes the row adds none twice
      store.put({ ...one, key }, key);
    }
    store.delete(OLD_KEY);
  });
  return old;
}

/** Keep these, new ones or changed ones; the other tabs hear of it. @param {Correction[]} corrections */
export async function keepCorrections(corrections) {
  await inStore(CORRECTIONS, "readwrite", (store) => {
    for (const { key, strokes, label, answered, before, after } of corrections)
      store.put({ key, strokes, label, answered, before, after }, key);
    return store.count();
  });
  storeNews("digits-corrections", makeId());
}

/** @param {string} key */
export async function dropCorrection(key) {
  await inStore(CORRECTIONS, "readwrite", (store) => store.delete(key));
  storeNews("digits-corrections", makeId());
}
