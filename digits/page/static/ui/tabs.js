// Which of the page's tabs is open is Gradio's matter; a room may ask for another one.

import { text } from "../services/texts.js";
import { findAll } from "./dom.js";

/**
 * What opens a tab: its button or, where the window is too narrow for all, its line in Gradio's menu of the others.
 * @param {"learn" | "train"} name
 * @returns {HTMLElement | null} null while Gradio is still making it
 */
export function openerOf(name) {
  const words = text(`tab_${name}`);
  const inMenu = findAll(document, ".overflow-dropdown button").find((line) => line.textContent?.trim() === words);
  return document.getElementById(`tab_${name}-button`) ?? inMenu ?? null;
}
