// What networks are called.

import { text } from "./texts.js";

/** @typedef {import("./messages.js").Name} Name */

/**
 * A network's name in the visitor's language.
 * @param {Name} name
 * @returns {string}
 */
export const inWords = ({ key, values }) => text(key, values);

/**
 * Whether an id is one of the visitor's own networks.
 * @param {string | null | undefined} id
 */
export const isOwn = (id) => id === "yours" || Boolean(id?.startsWith("yours-"));
