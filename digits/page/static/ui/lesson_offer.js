// The lesson's door: a newcomer is offered it once, and an address like #learn=4 opens it.

import { storedOffer, storeOffer } from "../services/browser_storage.js";
import { tellFrame } from "../services/drawing_link.js";
import { stepInAddress, storedProgress } from "../services/lesson.js";
import { state } from "../services/state.js";
import { fill } from "../services/texts.js";
import { find } from "./dom.js";
import { openerOf } from "./tabs.js";

/** @param {import("../hosts/gradio.js").Host<null>} host */
export function mount({ element }) {
  const card = find(element, ".offer");
  state.subscribe("language", () => fill(element));
  /** @param {"started" | "declined"} answer */
  const close = (answer) => {
    storeOffer(answer);
    card.hidden = true;
  };
  find(card, '[data-do="start"]').addEventListener("click", () => {
    close("started");
    location.hash = "learn=1";
  });
  find(card, '[data-do="later"]').addEventListener("click", () => close("declined"));
  // Who comes by a link came for what it shows.
  const isKnown = Boolean(location.hash) || storedOffer() || storedProgress().at !== null;
  state.subscribe("isLessonOpen", (isOpen) => {
    card.hidden = isOpen || isKnown;
  });
  addEventListener("hashchange", () => {
    openFromAddress();
    tellFrame();
  });
  openFromAddress();
}

/** Open the tab where the address asks for a step; Gradio may still be making it. */
function openFromAddress() {
  if (!stepInAddress()) return;
  const tab = openerOf("learn");
  if (!tab) requestAnimationFrame(openFromAddress);
  else if (tab.getAttribute("aria-selected") !== "true") tab.click();
}
