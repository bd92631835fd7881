// The Learn tab's door: what is behind it is fetched when the tab is first opened, not when the page opens. The
// lesson comes first; the workbench below it waits until the step is there.

import { state } from "../services/state.js";
import { find, whenWidthChanges } from "./dom.js";

/** @param {import("../hosts/gradio.js").Host<null>} host */
export function mount(host) {
  let isOpen = false;
  whenWidthChanges(host.element, async () => {
    if (isOpen || !host.element.offsetParent) return;
    isOpen = true;
    state.set("isLessonOpen", true);
    await openLesson(find(host.element, ".lesson-room")).catch(console.error); // the workbench can do without it
    await idle();
    const room = await import("./workbench/workbench.js");
    find(host.element, ".working.learn").hidden = false;
    room.open(host);
  });
}

/** @param {HTMLElement} place */
async function openLesson(place) {
  const lesson = await import("./lesson/lesson.js");
  await lesson.open(place);
}

/** The workbench takes a quarter of a second to build: the step is on the screen before. Safari has no idle callback. */
const idle = () =>
  new Promise((go) => ("requestIdleCallback" in window ? requestIdleCallback(go) : setTimeout(go, 50)));
