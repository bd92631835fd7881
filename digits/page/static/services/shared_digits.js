// The digits that this browser has, 10,000 to learn from and 1,000 to test with: fetched when they are first
// needed, then one copy for all rooms.

import { loadDigits } from "./digits_download.js";

const ADDRESS = "digits/learn"; // where the server leads to them: server/browser_digits.py

/** @typedef {import("./digits_download.js").Source} Source */
/** @typedef {import("../core/run.js").Parts & {source: Source}} Stock */

/** @type {Promise<Stock> | null} */
let loading = null;

/**
 * The digits; rejects where they did not come, and is tried again when next asked.
 * @returns {Promise<Stock>}
 */
export function digitStock() {
  loading ??= loadDigits(new URL(ADDRESS, document.baseURI)).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}
