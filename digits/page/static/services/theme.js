// Light or dark: the system's, unless the visitor chose. Colours live in css/colours.css; canvases ask for
// them by name.

import { storeTheme } from "./browser_storage.js";
import { state } from "./state.js";

/** @type {Record<string, string>} asking the browser each time is slow */
let colours = {};

/**
 * A colour of the current theme, as CSS takes it.
 * @param {string} name
 */
export function colour(name) {
  colours[name] ||= getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();
  return colours[name];
}

/**
 * The same as red, green and blue, 0 to 255.
 * @param {string} name
 * @returns {[number, number, number]}
 */
export function rgb(name) {
  const hex = colour(name).replace("#", "");
  const part = (/** @type {number} */ at) => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

export const isDark = () => document.body.classList.contains("dark");

/** Dark if it was light, light if it was dark, and so from now on. */
export function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  storeTheme(theme);
  state.set("chosenTheme", theme);
  document.body.classList.toggle("dark", theme === "dark");
  changed();
}

function changed() {
  colours = {};
  state.set("look", state.get("look") + 1);
}

let isOnPaper = false; // while the page is printed

/** On paper everything is light: the style sheet sees to that, but what was painted must be painted again. */
function lightenForPaper() {
  let wasDark = false;
  addEventListener("beforeprint", () => {
    wasDark ||= isDark();
    isOnPaper = true;
    document.body.classList.remove("dark");
    changed();
  });
  addEventListener("afterprint", () => {
    isOnPaper = false;
    if (wasDark) document.body.classList.add("dark");
    wasDark = false;
    changed();
  });
  matchMedia("print").addEventListener("change", changed); // some browsers say "afterprint" before it is over
}

/** Keep the visitor's choice: Gradio sets the class while it starts, from the system's. */
export function keepTheme() {
  lightenForPaper();
  const keep = () => {
    if (isOnPaper) return;
    const chosen = state.get("chosenTheme");
    if (chosen && isDark() !== (chosen === "dark")) document.body.classList.toggle("dark", chosen === "dark");
    changed();
  };
  new MutationObserver(keep).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  // The colours are the style sheet's, which may come later than this.
  for (const link of document.querySelectorAll('link[rel="stylesheet"]')) link.addEventListener("load", changed);
  keep();
}
