// The browser's database, for what is too large for its storage. Browsers may refuse it: a private window, a full disk.

export const PICTURES = "pictures";
export const NETWORKS = "networks";
export const RUNS = "runs";
export const CORRECTIONS = "lessons"; // the name that visitors' databases have

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
export async function inStore(name, mode, act) {
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
