// The terms of the field that the glossary explains, and how a text marks where one is used.
//
//     splitTerms("Every [[weight]] counts, and so does its [[layer|layer of nodes]].")

export const TERMS = /** @type {const} */ ([
  "weight",
  "bias",
  "node",
  "layer",
  "activation",
  "softmax",
  "loss",
  "gradient",
  "learning_rate",
  "batch",
  "epoch",
  "accuracy",
  "overfitting",
]);

/** @typedef {(typeof TERMS)[number]} Term */

/** A piece of a text; `term` null where it is plain words. @typedef {{words: string, term: Term | null}} Piece */

const MARK = /\[\[([a-z_ ]+)(?:\|([^\]]+))?\]\]/;

/**
 * A text cut at its marks: [[weight]] or [[weight|shown words]]. A mark of no known term is plain words.
 * @param {string} words
 * @returns {Piece[]}
 */
export function splitTerms(words) {
  const parts = words.split(new RegExp(MARK, "g"));
  /** @type {Piece[]} */
  const pieces = [];
  for (let i = 0; i < parts.length; i += 3) {
    if (parts[i]) pieces.push({ words: parts[i], term: null });
    if (i + 1 < parts.length) pieces.push(pieceOf(parts[i + 1], parts[i + 2]));
  }
  return pieces;
}

/** @param {string} name @param {string | undefined} shown @returns {Piece} */
function pieceOf(name, shown) {
  const key = name.trim().replaceAll(" ", "_");
  const term = TERMS.find((one) => one === key) ?? null;
  return { words: shown ?? name, term };
}
