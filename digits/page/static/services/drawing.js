// The drawing on the pad and how it came about. A drawing is never changed, only replaced, so undo is a
// list of drawings.

import { state } from "./state.js";

/** @typedef {import("./state.js").Drawing} Drawing */
/** @typedef {import("./messages.js").Point} Point */

/** @type {Drawing} */
export const BLANK = { strokes: [] };

/** @type {Drawing[]} */
let past = [];
/** @type {Drawing[]} */
let future = [];

/** @param {Drawing} drawing */
export const isBlank = ({ strokes, pixels, picture }) => !pixels && !picture && !strokes?.length;

export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;

/** @param {Drawing} drawing */
function show(drawing) {
  state.set("isTaught", false);
  state.set("drawing", drawing);
}

/**
 * Begin with a drawing that was kept or came with a link: there is nothing to undo.
 * @param {Drawing} drawing
 */
export function begin(drawing) {
  past = [];
  future = [];
  show(drawing);
}

/**
 * Put another drawing in place of this one; undo brings this one back.
 * @param {Drawing} drawing
 */
export function replace(drawing) {
  past.push(state.get("drawing"));
  future = [];
  show(drawing);
}

export function undo() {
  const before = past.pop();
  if (!before) return;
  future.push(state.get("drawing"));
  show(before);
}

export function redo() {
  const after = future.pop();
  if (!after) return;
  past.push(state.get("drawing"));
  show(after);
}

export function clear() {
  if (!isBlank(state.get("drawing"))) replace(BLANK);
}

/**
 * Whether a stroke goes on with the drawing or begins another: on a picture, on a sample's pixels and on
 * what was just taught there is nothing to go on with.
 */
export function beginsAnother() {
  const { strokes } = state.get("drawing");
  return !strokes || state.get("isTaught");
}

/**
 * The drawing with more strokes.
 * @param {Point[][]} strokes
 * @returns {Drawing}
 */
export function withStrokes(strokes) {
  const drawn = beginsAnother() ? [] : (state.get("drawing").strokes ?? []);
  return { strokes: [...drawn, ...strokes] };
}
