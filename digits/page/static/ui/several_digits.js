// Several digits at once: a button for each, and a frame around each. What is picked is what the rooms show.

import { surenessOf } from "../services/server_answers.js";
import { state } from "../services/state.js";
import { text } from "../services/texts.js";
import { findAll, make } from "./dom.js";

/** @typedef {import("../services/messages.js").OneOfSeveral} OneOfSeveral */
/** @typedef {import("../services/messages.js").Shown} Shown */

/** A digit, or that there is doubt. @param {OneOfSeveral} one */
const signOf = ({ guess }) => (guess.sure ? String(guess.label) : "?");

/**
 * All digits as a text, a line for each line that they stand in.
 * @param {OneOfSeveral[]} several
 */
export function digitsOf(several) {
  return several
    .map((one, at) => {
      const before = several[at - 1]?.box;
      const isNewLine = before && one.box && one.box[0] < before[0];
      return (isNewLine ? "\n" : "") + signOf(one);
    })
    .join("");
}

/** What a screen reader says of one of them, and what a button for it is called. @param {OneOfSeveral} one @param {number} at */
function nameOf({ guess }, at) {
  const values = { number: at + 1, label: guess.label, percent: surenessOf(guess) };
  return text(guess.sure ? "several_one" : "several_one_unsure", values);
}

/**
 * A button for each digit, or none where there is but one.
 * @param {HTMLElement} row
 * @param {Shown | null} shown
 * @param {number} serial of the drawing
 */
export function showRow(row, shown, serial) {
  showButtons(row, shown, serial, (button, one) => {
    button.textContent = signOf(one);
  });
}

/**
 * A frame around each digit on the pad. On a picture it can be clicked; on a drawing the pen goes through it.
 * @param {HTMLElement} layer over the pad
 */
export function showFrames(layer) {
  function show() {
    const answer = state.get("answer");
    layer.classList.toggle("picture", Boolean(answer?.drawing.picture));
    showButtons(layer, answer?.shown ?? null, answer?.serial ?? 0, (button, { box }) => {
      if (!box) return;
      const [left, top, right, bottom] = box.map((part) => `${100 * part}%`);
      Object.assign(button.style, { left, top, width: `calc(${right} - ${left})`, height: `calc(${bottom} - ${top})` });
    });
  }
  state.subscribe("answer", show);
  state.subscribe("language", show);
}

/**
 * @param {HTMLElement} holder
 * @param {Shown | null} shown
 * @param {number} serial
 * @param {(button: HTMLButtonElement, one: OneOfSeveral) => void} dress
 */
function showButtons(holder, shown, serial, dress) {
  const several = shown?.several ?? [];
  holder.hidden = !several.length;
  while (holder.childElementCount > several.length) holder.lastElementChild?.remove();
  while (holder.childElementCount < several.length) holder.append(make("button", "", { type: "button" }));
  for (const [at, button] of findAll(holder, "button", HTMLButtonElement).entries()) {
    const one = several[at];
    button.onclick = () => state.set("picked", { serial, at });
    button.classList.toggle("unsure", !one.guess.sure);
    button.setAttribute("aria-pressed", String(at === shown?.picked));
    button.setAttribute("aria-label", nameOf(one, at));
    dress(button, one);
  }
}
