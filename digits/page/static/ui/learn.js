// The Learn tab's door: what is behind it is fetched when the tab is first opened, not when the page opens. The
// lesson comes first; the workbench below it waits until the step is there. Where the network is away it says so,
// and opens as soon as the server is back or the tab is opened again.

import { lost, unlessRenewed } from "../services/connection.js";
import { state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { idle } from "../services/time_slices.js";
import { find, make, whenWidthChanges } from "./dom.js";

/** @param {import("../hosts/gradio.js").Host<null>} host */
export function mount(host) {
  const room = find(host.element, ".lesson-room");
  const door = { isOpen: false, tries: 0 };

  async function open() {
    if (door.isOpen || !host.element.offsetParent) return;
    door.isOpen = true;
    state.set("isLessonOpen", true);
    try {
      await openLesson(room);
    } catch (error) {
      console.warn(error);
      door.isOpen = false;
      const why = await unlessRenewed("learn_away");
      say(room, why);
      if (why === "learn_away") door.tries += 1;
      if (door.tries === 1) lost(); // the server is asked until it is back: then it opens
      return;
    }
    await idle(); // the workbench takes a quarter of a second to build: the step is on the screen before
    const { open: openWorkbench } = await import("./workbench/workbench.js");
    find(host.element, ".working.learn").hidden = false;
    openWorkbench(host);
  }

  whenWidthChanges(host.element, open);
  state.subscribe("server", (server) => {
    if (server === "here") open();
  });
  state.subscribe("language", () => fill(host.element));
}

/** @param {HTMLElement} place */
async function openLesson(place) {
  const lesson = await import("./lesson/lesson.js");
  place.replaceChildren();
  await lesson.open(place);
}

/** @param {HTMLElement} place @param {string} key */
function say(place, key) {
  const words = make("p", text(key), { className: "working" });
  words.dataset.text = key;
  place.replaceChildren(words);
}
