// What the live parts on learning share: following the page, ten bars, a button that waits for an answer.

import { indexOfLargest } from "../../core/network.js";
import { state } from "../../services/state.js";
import { percent, text } from "../../services/texts.js";
import { find, findAll, make } from "../dom.js";

/** @typedef {{build: () => void, end?: () => void}} Live */
/** @typedef {"answer" | "look" | "network"} Followed */

/**
 * Build a part now and whenever the language changes, and tell it what else it asks to hear of.
 * @param {HTMLElement} root
 * @param {Live} part
 * @param {Partial<Record<Followed, () => void>>} [hear]
 * @returns {{remove: () => void}}
 */
export function follow(root, part, hear = {}) {
  root.classList.add("part");
  const names = /** @type {Followed[]} */ (Object.keys(hear));
  const stops = [
    state.subscribe("language", () => part.build()),
    ...names.map((name) => state.subscribe(name, () => hear[name]?.())),
  ];
  return {
    remove() {
      for (const stop of stops) stop();
      part.end?.();
      root.replaceChildren();
    },
  };
}

/** Ten upright bars, for the digits 0 to 9. */
export function makeBars() {
  const bars = make("div", undefined, { className: "part-bars" });
  bars.setAttribute("role", "img");
  for (let digit = 0; digit < 10; digit++) {
    const bar = make("span");
    bar.append(make("small", ""), make("i"), make("b", digit));
    bars.append(bar);
  }
  return bars;
}

/**
 * @param {HTMLElement} bars
 * @param {ArrayLike<number>} probabilities (10,)
 * @param {number | null} truth
 */
export function showBars(bars, probabilities, truth) {
  const best = indexOfLargest(probabilities);
  for (const [digit, bar] of findAll(bars, "span").entries()) {
    const share = probabilities[digit];
    find(bar, "small").textContent = percent(share);
    find(bar, "i").style.setProperty("--share", String(share));
    bar.classList.toggle("best", digit === best);
    bar.classList.toggle("truth", digit === truth);
  }
  const words = Array.from(probabilities, (share, digit) => `${digit}: ${percent(share)}`);
  bars.setAttribute("aria-label", text("part_bars", { bars: words.join(", ") }));
}

/** A paragraph whose changes are read aloud. */
export function makeStatus() {
  const status = make("p", "", { className: "part-status" });
  status.setAttribute("role", "status");
  return status;
}

/**
 * A slider with its name and its value in words.
 * @param {string} name
 * @param {string} words
 * @param {readonly [low: number, high: number, step: number]} range
 * @param {(value: number) => void} act
 */
export function makeSlider(name, words, [low, high, step], act) {
  const label = make("label", undefined, { className: "part-slider" });
  const input = make("input", undefined, { type: "range", name });
  Object.assign(input, { min: String(low), max: String(high), step: String(step) });
  input.addEventListener("input", () => act(input.valueAsNumber));
  label.append(make("span", words), input, make("output"));
  return label;
}

/** @param {ParentNode} root @param {string} name @param {number} value @param {string} words */
export function showSlider(root, name, value, words) {
  const input = find(root, `[name=${name}]`, HTMLInputElement);
  if (input.valueAsNumber !== value) input.value = String(value);
  input.setAttribute("aria-valuetext", words);
  if (input.nextElementSibling) input.nextElementSibling.textContent = words;
}

/** A row of buttons. @param {...HTMLElement} buttons */
export function makeRow(...buttons) {
  const row = make("div", undefined, { className: "part-buttons" });
  row.append(...buttons);
  return row;
}
