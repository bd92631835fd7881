// Which of the page's tabs is open is Gradio's matter; a room may ask for another one.

import { text } from "../services/texts.js";
import { findAll } from "./dom.js";

/**
 * What opens a tab: its button or, where the window is too narrow for all, its line in Gradio's menu of the others.
 * @param {"learn" | "train"} name
 * @returns {HTMLElement | null} null while Gradio is still making it
 */
function openerOf(name) {
  const words = text(`tab_${name}`);
  const inMenu = findAll(document, ".overflow-dropdown button").find((line) => line.textContent?.trim() === words);
  return document.getElementById(`tab_${name}-button`) ?? inMenu ?? null;
}

/**
 * Open a tab, as soon as Gradio has made it.
 * @param {"learn" | "train"} name
 */
export function openTab(name) {
  const tab = openerOf(name);
  if (!tab) requestAnimationFrame(() => openTab(name));
  else if (tab.getAttribute("aria-selected") !== "true") tab.click();
}
