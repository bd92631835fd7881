// What a reload must not lose. Browsers may refuse to keep anything: a private window, a full disk.

/** @typedef {import("./messages.js").SentDrawing} SentDrawing */
/** @typedef {import("./messages.js").Point} Point */
/** @typedef {import("./messages.js").Name} Name */
/** @typedef {import("./messages.js").ShownRun} ShownRun */
/** @typedef {import("./messages.js").Outcome} Outcome */

/**
 * A correction as the row under the answer keeps it: what was read when it was corrected, before it was learnt
 * and after.
 * @typedef {{strokes: Point[][], label: number, answered?: number | null, before?: number, after?: number}} Correction
 */

/**
 * A network of the visitor's own, as a file.
 * @typedef {{version: string, name: Name, file: ArrayBuffer, session: string, when: number}} KeptNetwork
 */

/**
 * A run that has ended, under the version of the network that it made. `session` is the tab's that made it.
 * @typedef {{version: string, run: ShownRun, outcome: Outcome | null, session: string, when: number}} KeptRun
 */

export const MOST_KEPT = 5; // networks; the server keeps as many of a session
const MOST_RUNS = 8; // with their curves and figures, 0.1 MB each
const RUNS = "runs";
const NETWORKS = "networks";
const CORRECTIONS = "lessons"; // the name that visitors' databases have
const CORRECTIONS_KEY = "corrections"; // of the drawings to learn from
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

/** The version of the own network that this tab had chosen; "" for none. */
export const storedChosen = () => load(session, "digits-network") ?? "";
/** @param {string} version */
export const storeChosen = (version) => save(session, "digits-network", version);

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

// ---- the database: pictures, networks, runs, drawings to learn from -----------------------------------

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("digits", 3);
    request.onupgradeneeded = () => {
      for (const name of [PICTURES, NETWORKS, RUNS, CORRECTIONS]) {
        if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
      }
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older database"));
  });
  return opening;
}

/**
 * Do something in one of the database's stores; null where nothing can be kept or found.
 * @template Result
 * @param {string} name
 * @param {"readonly" | "readwrite"} mode
 * @param {(store: IDBObjectStore) => IDBRequest<Result>} act
 * @returns {Promise<Result | null>}
 */
async function inStore(name, mode, act) {
  try {
    const request = act((await openDatabase()).transaction(name, mode).objectStore(name));
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result ?? null);
      request.onerror = () => reject(request.error);
    });
  } catch {
    opening = null; // asked for again the next time
    return null;
  }
}

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
  for (const { version } of (await keptRuns()).slice(0, -MOST_RUNS)) await dropRun(version);
}

/** @param {string} version */
export const dropRun = (version) => inStore(RUNS, "readwrite", (runs) => runs.delete(version));

/** @returns {Promise<Correction[]>} */
export async function storedCorrections() {
  const kept = await inStore(CORRECTIONS, "readonly", (store) => store.get(CORRECTIONS_KEY));
  return Array.isArray(kept) ? kept.filter((one) => Array.isArray(one?.strokes)) : [];
}

/** @param {Correction[]} corrections */
export function storeCorrections(corrections) {
  const kept = corrections.map(({ strokes, label, answered, before, after }) => {
    return { strokes, label, answered, before, after };
  });
  return inStore(CORRECTIONS, "readwrite", (store) => store.put(kept, CORRECTIONS_KEY));
}

/** Let go of all networks, runs, drawings and pictures that are kept, but for what is on this tab's pad. */
export async function forgetEverything() {
  const shown = loadJson("digits-drawing")?.picture ? storedSession() : null;
  await dropPictures((key) => key !== shown);
  await Promise.all([NETWORKS, RUNS, CORRECTIONS].map((name) => inStore(name, "readwrite", (store) => store.clear())));
  storeChosen("");
}
