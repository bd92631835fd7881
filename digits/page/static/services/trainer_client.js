// A worker that trains, as the rest of the page talks to it.

/** @typedef {import("./training.js").Command} Command */
/** @typedef {import("./training.js").Message} Message */
/** @typedef {import("./training.js").Report} Report */
/** @typedef {import("./training.js").Read} Read */
/** @typedef {import("./training.js").Changes} Changes */

/**
 * @typedef {object} Training
 * @property {(command: Command) => void} send
 * @property {() => void} close end the worker and what it does
 */

/**
 * Start a worker; the digits are fetched by it.
 * @param {string | URL} address of the digits
 * @param {(message: Message) => void} listen
 * @returns {Training}
 */
export function createTraining(address, listen) {
  const worker = new Worker(new URL("../workers/trainer.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => listen(data));
  worker.addEventListener("error", (event) => listen({ kind: "failed", reason: event.message ?? "" }));
  const send = (/** @type {Command} */ command) => worker.postMessage(command);
  send({ kind: "open", address: new URL(address, document.baseURI).href });
  return { send, close: () => worker.terminate() };
}
