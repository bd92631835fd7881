// What a reload must not lose. Browsers may refuse to keep anything: a private window, a full disk.

/** @typedef {import("./messages.js").SentDrawing} SentDrawing */
/** @typedef {import("./messages.js").Point} Point */

/**
 * A correction as the row under the answer keeps it.
 * @typedef {{strokes: Point[][], label: number, answered?: number | null}} Correction
 */

const DAY = 86_400_000; // ms
const PICTURES = "pictures";

/** @param {() => Storage} storage @param {string} key */
function load(storage, key) {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/** @param {() => Storage} storage @param {string} key @param {string} value */
function save(storage, key, value) {
  try {
    storage().setItem(key, value);
  } catch {
    // nothing is kept here
  }
}

const local = () => localStorage;
const session = () => sessionStorage;

/** @param {string} key */
function loadJson(key) {
  try {
    return JSON.parse(load(session, key) ?? "null");
  } catch {
    return null;
  }
}

export const storedLanguage = () => load(local, "digits-language");
/** @param {string} language */
export const storeLanguage = (language) => save(local, "digits-language", language);

/** @returns {"light" | "dark" | null} */
export function storedTheme() {
  const theme = load(local, "digits-theme");
  return theme === "light" || theme === "dark" ? theme : null;
}
/** @param {"light" | "dark"} theme */
export const storeTheme = (theme) => save(local, "digits-theme", theme);

export const storedSession = () => load(session, "digits-session");
/** @param {string} token */
export const storeSession = (token) => save(session, "digits-session", token);

/** Whether a training was under way when the page was left. */
export const storedRun = () => load(session, "digits-run") === "running";
/** @param {boolean} isRunning */
export const storeRun = (isRunning) => save(session, "digits-run", isRunning ? "running" : "");

/** @returns {Correction[]} */
export function storedCorrections() {
  const kept = loadJson("digits-corrections");
  return Array.isArray(kept) ? kept.filter((one) => Array.isArray(one?.strokes)) : [];
}
/** @param {Correction[]} corrections */
export function storeCorrections(corrections) {
  const kept = corrections.map(({ strokes, label, answered }) => ({ strokes, label, answered }));
  save(session, "digits-corrections", JSON.stringify(kept));
}

/**
 * The drawing that was on the pad when the page was left; null if there was none.
 * @returns {Promise<SentDrawing | null>}
 */
export async function storedDrawing() {
  const kept = loadJson("digits-drawing");
  if (kept?.picture === true) return loadPicture(storedSession() ?? "");
  return kept && (Array.isArray(kept.strokes) || typeof kept.pixels === "string") ? kept : null;
}

/**
 * Keep a drawing. A picture may be larger than what session storage takes, so it goes to the database.
 * @param {SentDrawing} drawing
 */
export function storeDrawing(drawing) {
  if (drawing.picture) savePicture(storedSession() ?? "", drawing.picture);
  save(session, "digits-drawing", JSON.stringify(drawing.picture ? { picture: true } : drawing));
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("digits", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PICTURES);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {string} key @param {string} picture */
async function savePicture(key, picture) {
  try {
    const pictures = (await openDatabase()).transaction(PICTURES, "readwrite").objectStore(PICTURES);
    pictures.put({ picture, when: Date.now() }, key);
    const all = pictures.openCursor();
    all.onsuccess = () => {
      // tabs that were closed leave theirs behind
      const cursor = all.result;
      if (!cursor) return;
      if (Date.now() - cursor.value.when > DAY) cursor.delete();
      cursor.continue();
    };
  } catch {
    // nothing is kept here
  }
}

/** @param {string} key @returns {Promise<SentDrawing | null>} */
async function loadPicture(key) {
  try {
    const request = (await openDatabase()).transaction(PICTURES).objectStore(PICTURES).get(key);
    await new Promise((resolve, reject) => {
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    return request.result ? { picture: request.result.picture } : null;
  } catch {
    return null;
  }
}
