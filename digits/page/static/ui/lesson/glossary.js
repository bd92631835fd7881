// The glossary: a term in a text is a button that opens what it means, in a line and a small picture.
//
//     fillWithTerms(paragraph, words);   // "Every [[weight]] moves a little"

import { splitTerms, TERMS } from "../../core/glossary_terms.js";
import { text } from "../../services/texts.js";
import { make, makeButton } from "../dom.js";
import { pictureOf } from "./glossary_pictures.js";

/** @typedef {import("../../core/glossary_terms.js").Term} Term */

const STOP = /^[,.:;!?，。：；、！？]/;

const GAP = 8; // px between a term and its entry, and to the window's edges

/**
 * Put a text into an element, its marked terms as buttons.
 * @param {Element} element
 * @param {string} words with [[weight]] or [[weight|shown words]]
 */
export function fillWithTerms(element, words) {
  const pieces = splitTerms(words);
  element.replaceChildren(
    ...pieces.map(({ words, term }, i) => {
      if (!term) return document.createTextNode(pieces[i - 1]?.term ? words.replace(STOP, "") : words);
      return withStop(makeTerm(term, words), STOP.exec(pieces[i + 1]?.words ?? "")?.[0]);
    }),
  );
}

/** A term and the stop that follows it: no line may begin with that. @param {HTMLElement} button @param {string} [stop] */
function withStop(button, stop) {
  if (!stop) return button;
  const both = make("span", undefined, { className: "term-stop" });
  both.append(button, stop);
  return both;
}

/**
 * All entries, as a list: the glossary to read through.
 * @returns {HTMLElement}
 */
export function makeGlossary() {
  const list = make("dl", undefined, { className: "glossary" });
  for (const term of TERMS) {
    const entry = make("div");
    entry.append(pictureOf(term), make("dt", nameOf(term)), make("dd", text(`term_${term}`)));
    list.append(entry);
  }
  return list;
}

/** @param {Term} term */
const nameOf = (term) => text(`term_name_${term}`);

/** @param {Term} term @param {string} words */
function makeTerm(term, words) {
  const button = makeButton(words, () => (entry.isOpenFor(button) ? entry.close() : entry.open(button, term)), {
    className: "term",
  });
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  return button;
}

/** The one entry that can be open. Escape and a press beside it close it, and the focus goes back to its term. */
class Entry {
  constructor() {
    /** @type {HTMLElement | null} */
    this.box = null;
    /** @type {HTMLButtonElement | null} */
    this.button = null;
  }

  /** @param {HTMLButtonElement} button */
  isOpenFor(button) {
    return this.button === button;
  }

  /** @param {HTMLButtonElement} button @param {Term} term */
  open(button, term) {
    this.close(false);
    this.box ??= this.make();
    this.button = button;
    const close = makeButton("×", () => this.close(), { className: "term-close" });
    close.setAttribute("aria-label", text("term_close"));
    const words = make("div");
    words.append(make("b", nameOf(term)), make("p", text(`term_${term}`)));
    this.box.replaceChildren(pictureOf(term), words, close);
    this.box.setAttribute("aria-label", nameOf(term));
    button.after(this.box); // in the order of the page for keys and screen readers
    button.setAttribute("aria-expanded", "true");
    this.box.hidden = false;
    this.box.showPopover?.();
    this.place();
    this.box.focus({ preventScroll: true });
    document.addEventListener("pointerdown", this.pressed, true);
    for (const event of ["scroll", "resize"]) addEventListener(event, this.place, true);
  }

  make() {
    const box = make("span", undefined, { className: "term-entry", tabIndex: -1, popover: "manual" });
    box.setAttribute("role", "dialog");
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    return box;
  }

  close(withFocus = true) {
    const { box, button } = this;
    if (!box || !button) return;
    this.button = null;
    button.setAttribute("aria-expanded", "false");
    box.hidePopover?.();
    box.remove();
    document.removeEventListener("pointerdown", this.pressed, true);
    for (const event of ["scroll", "resize"]) removeEventListener(event, this.place, true);
    if (withFocus) button.focus({ preventScroll: true });
  }

  /** @param {PointerEvent} event */
  pressed = (event) => {
    const target = /** @type {Node} */ (event.target);
    if (this.box?.contains(target) || this.button?.contains(target)) return;
    this.close(false);
  };

  /** Below its term, above it where there is no room; never beyond the window. */
  place = () => {
    const { box, button } = this;
    if (!box || !button) return;
    if (!button.isConnected) return this.close(false);
    const term = button.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    const isBelow = term.bottom + GAP + height < innerHeight || term.top < height + GAP;
    const left = Math.max(GAP, Math.min(term.left, document.documentElement.clientWidth - width - GAP));
    box.style.left = `${left}px`;
    box.style.top = `${isBelow ? term.bottom + GAP : term.top - height - GAP}px`;
  };
}

const entry = new Entry();
