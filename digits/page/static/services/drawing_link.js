// A drawing in the page's address: what a link opens with, until something else is drawn.

import { decode, encodeToFit } from "../core/drawing.js";

/** @typedef {import("./messages.js").Point} Point */

/**
 * The strokes in the address: null where it names none, "broken" where it names what is none.
 * @returns {Point[][] | "broken" | null}
 */
export function fromAddress() {
  const link = /^#draw=(.*)$/.exec(location.hash)?.[1];
  if (link === undefined) return null;
  return decode(link) ?? "broken";
}

/**
 * The address that opens with these strokes; null if they are too many for one.
 * @param {Point[][]} strokes
 */
export function addressOf(strokes) {
  const link = encodeToFit(strokes);
  if (!link) return null;
  // In the Hub's frame others need the Hub's address; the frame's own may hold this visitor's token.
  const address = new URL(around() ?? location.href);
  address.hash = `draw=${link}`;
  return address.href;
}

/** The Hub's page around this one, where there is one. @returns {string | undefined} */
export const around = () => document.querySelectorAll("link[rel=canonical]")[0]?.getAttribute("href") ?? undefined;

/**
 * Let the page's own address be `address`; a reload then opens with that drawing.
 * @param {string} address
 */
export function keepInAddress(address) {
  try {
    history.replaceState(history.state, "", address);
  } catch {
    // a page from a disk may have no history of its own, and one in a frame not the address of what is around it
    location.hash = new URL(address).hash;
  }
  tellFrame();
}

/** The Hub puts this into the address of its own page, so that a reload there opens with the drawing or step, too. */
export function tellFrame() {
  if (around() && parent !== window) parent.postMessage({ hash: location.hash }, "https://huggingface.co");
}

/** What was drawn after a link was opened is what a reload shall show. */
export function forgetAddress() {
  if (!location.hash.startsWith("#draw=")) return;
  const address = new URL(location.href);
  address.hash = "";
  history.replaceState(history.state, "", address.href.replace(/#$/, ""));
  tellFrame();
}
