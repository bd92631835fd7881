// The answer in short, under the pad: on a desk it stays in sight while results are read further down.

import { state } from "../services/state.js";
import { find, onceAFrame, say } from "./dom.js";

/** @param {import("../hosts/gradio.js").Host} host */
export function mount({ element }) {
  const root = find(element, ".glance");

  /** What the answer says now, once it has been written. */
  const show = onceAFrame(() => {
    if (root.hidden) return;
    say(find(root, "b"), document.querySelector("#answer .answer-digit")?.textContent ?? "");
    say(find(root, "span"), document.querySelector("#answer .answer-line")?.textContent ?? "");
  });

  const seen = new IntersectionObserver(([answer]) => {
    root.hidden = answer.isIntersecting;
    show();
  });
  const stop = state.subscribe("answer", (answer) => {
    const room = document.querySelector("#answer");
    if (!answer || !room) return;
    seen.observe(room); // by now it is there
    queueMicrotask(() => stop());
  });
  state.subscribe("answer", show);
}
