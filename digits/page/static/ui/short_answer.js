// The answer in short, under the pad: on a desk it stays in sight while results are read further down.

import { state } from "../services/state.js";
import { find } from "./dom.js";

/** @param {import("../hosts/gradio.js").Host} host */
export function mount({ element }) {
  const root = find(element, ".short-answer");

  /** What the answer says now, once it has been written. */
  function show() {
    requestAnimationFrame(() => {
      find(root, "b").textContent = document.querySelector("#answer .answer-digit")?.textContent ?? "";
      root.dataset.state = document.querySelector("#answer .answer")?.getAttribute("data-state") ?? "";
      find(root, "span").textContent = document.querySelector("#answer .answer-line")?.textContent ?? "";
    });
  }

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
