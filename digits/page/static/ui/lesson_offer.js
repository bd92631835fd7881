// The lesson's door: a newcomer is offered it once, and an address like #learn=4 opens it. Whoever was in the middle of a
// training finds that again.

import { storedOffer, storedRun, storeOffer } from "../services/browser_storage.js";
import { tellFrame } from "../services/drawing_link.js";
import { stepInAddress, storedProgress } from "../services/lesson.js";
import { state } from "../services/state.js";
import { fill } from "../services/texts.js";
import { find } from "./dom.js";
import { openTab } from "./tabs.js";

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
  // A training that was under way when the page was left comes first: Gradio reloads a page that was cut off.
  if (storedRun()) openTab("train");
  else openFromAddress();
}

/** Open the tab where the address asks for a step. */
function openFromAddress() {
  if (stepInAddress()) openTab("learn");
}
