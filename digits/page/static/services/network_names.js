// What networks are called, and what there is to say of each.

import { state } from "./state.js";
import { counted, number, percent, sentences, text } from "./texts.js";

/** @typedef {import("./messages.js").Name} Name */
/** @typedef {import("./messages.js").NetworkEntry} NetworkEntry */

const EXPLAINED = ["sketch", "tutorial"];

/** What the backends' packages are called. */
export const PACKAGES = /** @type {Record<string, string>} */ ({ onnx: "onnxruntime", torch: "torch" });

/**
 * A network's name in the visitor's language.
 * @param {Name} name
 * @returns {string}
 */
export const inWords = ({ key, values }) =>
  text(key === "network_taught" && values.drawings === 1 ? "network_taught_one" : key, values);

/**
 * Whether an id is one of the visitor's own networks.
 * @param {string | null | undefined} id
 */
export const isOwn = (id) => id === "yours" || Boolean(id?.startsWith("yours-"));

/**
 * Whether an id is a network that this browser alone has: the server could not take it yet.
 * @param {string | null | undefined} id
 */
export const isOnlyHere = (id) => Boolean(id?.startsWith("yours-here-"));

/**
 * The network with this id; "yours" is the newest of the visitor's own.
 * @param {string | null | undefined} id
 * @returns {NetworkEntry | undefined}
 */
export function entryOf(id) {
  const own = state.get("own");
  if (id === "yours") return own[own.length - 1];
  return [...state.get("networks"), ...own].find((one) => one.id === id);
}

/** @type {Map<string, Name>} by id: an answer may be of a network that has another id by now */
const named = new Map();

/**
 * How the network with this id is called, or was.
 * @param {string | null | undefined} id
 */
export function nameOf(id) {
  const name = entryOf(id)?.name ?? named.get(id ?? "");
  if (!id || !name) return id ?? "";
  named.set(id, name);
  return inWords(name);
}

/**
 * Where a network of the visitor's own is: it reads the pad, it can be chosen, or it is no longer kept.
 * @param {NetworkEntry} network
 */
export function whereIs({ id, name }) {
  const isUsed = state.get("choice").network === id;
  return text(isUsed ? "run_in_use" : entryOf(id) ? "run_kept" : "run_not_kept", { network: inWords(name) });
}

/**
 * One line that explains a network: where it comes from, its shape, how much it reads right.
 * @param {NetworkEntry} entry
 */
export function aboutNetwork({ id, kind, card }) {
  if (kind === "shipped") return EXPLAINED.includes(id) ? text(`about_${id}`) : factsOf(card);
  const values = {
    images: number(card.train_images ?? 0),
    epochs: counted("set_epochs", card.epochs ?? 0),
    drawings: counted("drawings", card.drawings),
  };
  return sentences(text(`about_${kind}`, values), factsOf(card));
}

/**
 * A network's shape and accuracy.
 * @param {NetworkEntry["card"]} card
 */
export function factsOf({ sizes, test_accuracy: accuracy, test_images: images }) {
  const shape = sizes.join(" → ");
  if (accuracy === null) return shape;
  const values = { accuracy: percent(accuracy, 1), tested: number(images ?? 0) };
  return `${shape}${text("facts_join")}${text("facts_accuracy", values)}`;
}
