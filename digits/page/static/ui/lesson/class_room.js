// What a teacher's link does to the page: its language, its settings, and the rest of the page out of the way.

import { readClassLink } from "../../services/class_link.js";
import { state } from "../../services/state.js";
import { speak, text } from "../../services/texts.js";
import { make, makeButton } from "../dom.js";

/** @typedef {import("../../services/class_link.js").ClassLink} ClassLink */

/**
 * Honour the link in the address, if it is one for a class.
 * @param {HTMLElement} root where a line says so, with a way out
 * @param {string} [hash] of the address
 * @returns {ClassLink | null} null where there is none, or somebody left the class
 */
export function enterClass(root, hash = location.hash) {
  const link = readClassLink(hash);
  if (!link) return null;
  if (link.language && link.language !== state.get("language")) speak(link.language);
  state.set("classLink", link);
  document.body.dataset.class = "in"; // css/lesson/class_link.css hides the rest
  const line = make("p", undefined, { className: "class-line" });
  const words = make("span");
  const leave = makeButton("", () => {
    stop();
    line.remove();
    leaveClass();
  });
  line.append(words, " ", leave);
  root.prepend(line);
  const stop = state.subscribe("language", () => {
    words.textContent = text("class_line");
    leave.textContent = text("class_leave");
  });
  return link;
}

/** All of the page again; the settings stay as they are. */
function leaveClass() {
  delete document.body.dataset.class;
  state.set("classLink", null);
}
