// What of a browser the page's services ask for when they are loaded, for tests under node.

/** A storage that works, as in a window of one's own. */
function createStorage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  };
}

/** Put them where a browser has them; what comes back tells what was asked of it. */
export function pretendBrowser() {
  Object.assign(globalThis, {
    localStorage: createStorage(),
    sessionStorage: createStorage(),
    location: new URL("http://127.0.0.1/"),
    document: { baseURI: "http://127.0.0.1/under/a/path/", documentElement: {}, body: {}, querySelectorAll: () => [] },
    history: {
      state: null,
      replaceState: (/** @type {unknown} */ _, /** @type {string} */ __, /** @type {string} */ address) => {
        Object.assign(globalThis, { location: new URL(address) });
      },
    },
  });
}
