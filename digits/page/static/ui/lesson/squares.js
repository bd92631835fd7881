// Five times five squares to click and paint: a small picture, or a node's weights.
//
// One stop for Tab; arrow keys go from square to square, space or Enter paints one. A press paints a square, and
// dragging on paints the others that it comes to in the same way.

import { SIDE, SQUARES } from "../../core/small_network.js";
import { findAll, make, makeButton } from "../dom.js";

const MOVES = /** @type {Record<string, [right: number, down: number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

export class Squares {
  /**
   * @param {object} settings
   * @param {(square: number) => number} [settings.next] what a press on a square makes of it; none: they only show
   * @param {(square: number, value: number) => void} [settings.paint]
   * @param {(square: number, value: number) => string} settings.nameOf for screen readers
   * @param {(square: number) => string} [settings.wordsOf] what stands in a square
   */
  constructor({ next, paint, nameOf, wordsOf = () => "" }) {
    this.nameOf = nameOf;
    this.wordsOf = wordsOf;
    this.next = next;
    this.paint = paint;
    /** @type {number | null} what the finger that is down paints */
    this.brush = null;
    /** @type {number | null} the square it painted last */
    this.last = null;
    this.root = make("div", undefined, { className: "squares" });
    this.root.setAttribute("role", "group");
    this.buttons = Array.from({ length: SQUARES }, (_, square) => this.makeSquare(square));
    this.root.append(...this.buttons);
    this.listen();
  }

  /** @param {number} square */
  makeSquare(square) {
    const button = makeButton("", (event) => event.detail === 0 && this.press(square), {
      tabIndex: square ? -1 : 0,
      disabled: !this.paint,
    });
    button.dataset.square = String(square);
    return button;
  }

  listen() {
    if (!this.paint) return;
    const { root } = this;
    root.addEventListener("pointerdown", (event) => this.begin(event));
    root.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]))
      root.addEventListener(end, () => {
        this.brush = null;
      });
    root.addEventListener("keydown", (event) => this.move(event));
  }

  // ---- fingers and keys ----------------------------------------------------------------------------

  /** @param {number} square */
  press(square) {
    const value = this.next?.(square) ?? 0;
    this.paint?.(square, value);
    return value;
  }

  /** @param {PointerEvent} event */
  begin(event) {
    const square = squareAt(event);
    if (square === null || event.button) return;
    this.root.setPointerCapture(event.pointerId);
    this.buttons[square].focus({ preventScroll: true });
    event.preventDefault();
    this.brush = this.press(square);
    this.last = square;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (this.brush === null) return;
    const square = squareAt(event);
    if (square === null || square === this.last || !this.buttons[square].isConnected) return;
    this.last = square;
    if (this.root.contains(document.elementFromPoint(event.clientX, event.clientY))) this.paint?.(square, this.brush);
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const [right, down] = MOVES[event.key] ?? [0, 0];
    const from = this.buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    if ((!right && !down) || from < 0) return;
    event.preventDefault();
    const column = Math.min(SIDE - 1, Math.max(0, (from % SIDE) + right));
    const row = Math.min(SIDE - 1, Math.max(0, Math.floor(from / SIDE) + down));
    this.buttons[row * SIDE + column].focus();
  }

  // ---- showing -------------------------------------------------------------------------------------

  /** @param {readonly number[]} values @param {number} [most] the value in full colour */
  show(values, most = 1) {
    for (const [square, button] of this.buttons.entries()) {
      const value = values[square];
      button.textContent = this.wordsOf(square);
      button.setAttribute("aria-label", this.nameOf(square, value));
      if (this.paint) button.setAttribute("aria-pressed", String(value !== 0));
      colourBy(button, value, most);
    }
    const current = this.buttons.find((button) => button === document.activeElement);
    if (current) for (const button of this.buttons) button.tabIndex = button === current ? 0 : -1;
  }
}

/** @param {PointerEvent} event @returns {number | null} */
function squareAt(event) {
  const hit = document.elementFromPoint(event.clientX, event.clientY);
  const square = hit?.closest("[data-square]");
  return square instanceof HTMLElement ? Number(square.dataset.square) : null;
}

/**
 * Let CSS colour an element by a number: warm above 0, cold below.
 * @param {HTMLElement} element @param {number} value @param {number} most
 */
export function colourBy(element, value, most) {
  element.classList.toggle("negative", value < 0);
  element.style.setProperty("--lit", String(Math.min(1, Math.abs(value) / most)));
}

/**
 * Weights as a small picture that nobody can press.
 * @param {readonly number[]} weights (25,)
 */
export function makeMap(weights) {
  const map = make("span", undefined, { className: "squares-map" });
  map.setAttribute("aria-hidden", "true");
  map.append(...weights.map(() => make("i")));
  showMap(map, weights);
  return map;
}

/** @param {HTMLElement} map @param {readonly number[]} weights */
export function showMap(map, weights) {
  const most = Math.max(1e-9, ...weights.map(Math.abs));
  for (const [i, square] of findAll(map, "i").entries()) colourBy(square, weights[i], most);
}

/** A number with its sign, as sums have it. @param {number} value */
export const signed = (value) => (value < 0 ? `\u2212${-value}` : `+${value}`);

/** A number with a true minus. @param {number} value */
export const plain = (value) => (value < 0 ? `\u2212${-value}` : String(value));
