// When to work, so that the page stays smooth: what takes longer than a frame in slices, what can wait when idle.

const SLICE = 8; // ms: half a frame

/** Resolves after what the page has to do first. A timer would wait 4 ms each time. */
function breathe() {
  return new Promise((/** @type {(value?: unknown) => void} */ done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
}

/** Resolves when the page has nothing else to do. Safari has no idle callback. */
export const idle = () =>
  new Promise((go) => ("requestIdleCallback" in window ? requestIdleCallback(go) : setTimeout(go, 50)));

/**
 * Run a generator to its end in slices of a few milliseconds.
 * @template Step, Result
 * @param {Generator<Step, Result, void>} work
 * @param {{isWanted?: () => boolean, tell?: (step: Step) => void}} [settings] `isWanted` is asked between two slices;
 *   `tell` hears the last step of each
 * @returns {Promise<Result | null>} null where it was no longer wanted
 */
export async function inSlices(work, { isWanted = () => true, tell = () => {} } = {}) {
  while (isWanted()) {
    const end = performance.now() + SLICE;
    let next = work.next();
    while (!next.done && performance.now() < end) next = work.next();
    if (next.done) return next.value;
    tell(next.value);
    await breathe();
  }
  return null;
}
