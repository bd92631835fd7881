// What a reload must not lose. Browsers may refuse to keep anything: a private window, a full disk.

import { CORRECTIONS, inStore, NETWORKS, PICTURES, RUNS } from "./browser_database.js";
import { makeId } from "./random_id.js";

/** @typedef {import("./messages.js").SentDrawing} SentDrawing */
/** @typedef {import("./messages.js").Name} Name */
/** @typedef {import("./messages.js").ShownRun} ShownRun */
/** @typedef {import("./messages.js").Outcome} Outcome */

/**
 * A network of the visitor's own, as a file.
 * @typedef {{version: string, name: Name, file: ArrayBuffer, session: string, when: number}} KeptNetwork
 */

/**
 * A run that has ended, under the version of the network that it made. `session` is the tab's that made it.
 * @typedef {{version: string, run: ShownRun, outcome: Outcome | null, session: string, when: number}} KeptRun
 */

/** A drawing that was sent to be learnt: its key and the digit that it is. @typedef {{key: string, label: number}} Taught */

export const MOST_KEPT = 5; // networks; the server keeps as many of a session
const MOST_KEPT_RUNS = 8; // with their curves and figures, 0.1 MB each
const DAY = 86_400_000; // ms
const DEBT = "digits-to-forget "; // what keys begin with

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

/** @param {string} key @param {() => Storage} [storage] */
function loadJson(key, storage = session) {
  try {
    return JSON.parse(load(storage, key) ?? "null");
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

/** What is kept of the lesson: services/lesson.js. */
export const storedLesson = () => loadJson("digits-lesson", local);
/** @param {unknown} progress */
export const storeLesson = (progress) => save(local, "digits-lesson", JSON.stringify(progress));

/** Whether the visitor answered the offer of the lesson. */
export const storedOffer = () => load(local, "digits-lesson-offer") !== null;
/** @param {"started" | "declined"} answer */
export const storeOffer = (answer) => save(local, "digits-lesson-offer", answer);

export const storedSession = () => load(session, "digits-session");
/** @param {string} token */
export const storeSession = (token) => save(session, "digits-session", token);

/** Where a training was under way when the page was left; "" for nowhere. */
export const storedRun = () => load(session, "digits-run") ?? "";
/** @param {"server" | "browser" | ""} engine */
export const storeRun = (engine) => save(session, "digits-run", engine);

/** The settings that this tab last trained with: ui/train.js. */
export const storedOrder = () => loadJson("digits-order");
/** @param {unknown} order */
export const storeOrder = (order) => save(session, "digits-order", JSON.stringify(order));

/** The version of the own network that this tab had chosen; "" for none. */
export const storedChosen = () => load(session, "digits-network") ?? "";
/** @param {string} version */
export const storeChosen = (version) => save(session, "digits-network", version);

/** The drawings that this tab sent to be learnt, as they were numbered. @returns {Taught[]} */
export const storedTaught = () => loadJson("digits-taught") ?? [];
/** @param {Taught[]} taught */
export const storeTaught = (taught) => save(session, "digits-taught", JSON.stringify(taught));

/**
 * The drawing that was on the pad when the page was left; null if there was none.
 * @returns {Promise<SentDrawing | null>}
 */
export async function storedDrawing() {
  const kept = loadJson("digits-drawing");
  if (kept?.picture) return loadPicture(keyOf(kept));
  return kept && (Array.isArray(kept.strokes) || typeof kept.pixels === "string") ? kept : null;
}

/** @type {string | null} under which this page keeps its picture; a copy of this tab is a page of its own */
let pictureKey = null;

/**
 * Keep a drawing. A picture may be larger than what session storage takes, so it goes to the database.
 * @param {SentDrawing} drawing
 */
export function storeDrawing(drawing) {
  if (!drawing.picture) return save(session, "digits-drawing", JSON.stringify(drawing));
  pictureKey ??= makeId();
  savePicture(pictureKey, drawing.picture);
  save(session, "digits-drawing", JSON.stringify({ picture: pictureKey }));
}

/** Where the picture is that session storage tells of; `true` was of the tab, once. @param {{picture: string | true}} kept */
const keyOf = ({ picture }) => (picture === true ? (storedSession() ?? "") : picture);

// ---- what tabs have in common ----------------------------------------------------------------------------

/** That something has changed, for the other tabs. @typedef {"digits-corrections" | "digits-forgotten"} News */

/** @param {News} key */
export const storedNews = (key) => load(local, key);
/** @param {News} key @param {string} time any that was not there before */
export const storeNews = (key, time) => save(local, key, time);

/** Hear of what another tab stores. @param {News} key @param {() => void} hear */
export function whenStored(key, hear) {
  window.addEventListener("storage", (event) => event.key === key && hear());
}

/** The last forgetting that this tab took in. */
export const storedTaken = () => load(session, "digits-forgotten");
/** @param {string} time */
export const storeTaken = (time) => save(session, "digits-forgotten", time);

/** The sessions that the server has yet to forget; a key each, since several tabs write them. @returns {string[]} */
export function storedDebts() {
  try {
    return Object.keys(localStorage).flatMap((key) => (key.startsWith(DEBT) ? [key.slice(DEBT.length)] : []));
  } catch {
    return [];
  }
}
/** @param {string} session */
export const storeDebt = (session) => save(local, DEBT + session, "owed");
/** @param {string} session */
export function dropDebt(session) {
  try {
    localStorage.removeItem(DEBT + session);
  } catch {
    // nothing is kept here
  }
}

// ---- in the database: pictures, networks, runs ---------------------------------------------------------

/** @param {string} key @param {string} picture */
async function savePicture(key, picture) {
  await inStore(PICTURES, "readwrite", (pictures) => pictures.put({ picture, when: Date.now() }, key));
  await dropPictures((_, when) => Date.now() - when > DAY); // tabs that were closed leave theirs behind
}

/** Drop the pictures of all tabs for which `isOver` says so. @param {(key: IDBValidKey, when: number) => boolean} isOver */
function dropPictures(isOver) {
  return inStore(PICTURES, "readwrite", (pictures) => {
    const all = pictures.openCursor();
    all.onsuccess = () => {
      const cursor = all.result;
      if (!cursor) return;
      if (isOver(cursor.key, cursor.value.when)) cursor.delete();
      cursor.continue();
    };
    return pictures.count(); // one that is answered once; whoever reads next waits for the whole transaction
  });
}

/** @param {string} key @returns {Promise<SentDrawing | null>} */
async function loadPicture(key) {
  const found = await inStore(PICTURES, "readonly", (pictures) => pictures.get(key));
  return found ? { picture: found.picture } : null;
}

/** The networks that are kept, the oldest first. @returns {Promise<KeptNetwork[]>} */
export async function keptNetworks() {
  /** @type {KeptNetwork[]} */
  const kept = (await inStore(NETWORKS, "readonly", (networks) => networks.getAll())) ?? [];
  return kept.sort((a, b) => a.when - b.when);
}

/** @param {string} version @returns {Promise<KeptNetwork | null>} */
export const keptNetwork = (version) => inStore(NETWORKS, "readonly", (networks) => networks.get(version));

/** Keep a network; the oldest goes where there are too many. @param {KeptNetwork} network */
export async function keepNetwork(network) {
  const known = await keptNetwork(network.version);
  const kept = { ...network, when: known?.when ?? network.when };
  await inStore(NETWORKS, "readwrite", (networks) => networks.put(kept, network.version));
  for (const { version } of (await keptNetworks()).slice(0, -MOST_KEPT)) await dropNetwork(version);
}

/**
 * Keep a network under another version, too; none goes for that, as its old one will.
 * @param {KeptNetwork} network
 * @returns {Promise<boolean>} whether it could be kept
 */
export const keepAgain = async (network) =>
  (await inStore(NETWORKS, "readwrite", (networks) => networks.put(network, network.version))) !== null;

/** @param {string} version */
export const dropNetwork = (version) => inStore(NETWORKS, "readwrite", (networks) => networks.delete(version));

/** The runs that are kept, the oldest first. @returns {Promise<KeptRun[]>} */
export async function keptRuns() {
  /** @type {KeptRun[]} */
  const kept = (await inStore(RUNS, "readonly", (runs) => runs.getAll())) ?? [];
  return kept.sort((a, b) => a.when - b.when);
}

/** Keep a run; the oldest goes where there are too many. @param {KeptRun} run */
export async function keepRun(run) {
  await inStore(RUNS, "readwrite", (runs) => runs.put(run, run.version));
  for (const { version } of (await keptRuns()).slice(0, -MOST_KEPT_RUNS)) await dropRun(version);
}

/** @param {string} version */
export const dropRun = (version) => inStore(RUNS, "readwrite", (runs) => runs.delete(version));

/** Let go of all networks, runs, drawings and pictures that are kept, but for what is on this tab's pad. */
export async function forgetEverything() {
  const kept = loadJson("digits-drawing");
  const shown = kept?.picture ? keyOf(kept) : null;
  await dropPictures((key) => key !== shown);
  await Promise.all([NETWORKS, RUNS, CORRECTIONS].map((name) => inStore(name, "readwrite", (store) => store.clear())));
  storeChosen("");
}
