// Strokes that are being drawn: one for each finger, pen, mouse, or the keyboard's pen.
//
// The pen wins over touch: while it draws and for a moment after, a touch is a palm. A stroke that the
// browser cancels is taken back. No DOM here.

/** @typedef {import("./messages.js").Point} Point */
/** @typedef {"mouse" | "pen" | "touch" | "keyboard" | string} Kind */

const NEAR = 0.003; // part of the pad: a point this close to the last one adds nothing
const PALM = 700; // ms after a pen was seen in which a touch is the palm that holds it

export class PointerStrokes {
  constructor() {
    /** @type {Map<number, {kind: Kind, points: Point[]}>} */
    this.byPointer = new Map();
    this.penSeen = Number.NEGATIVE_INFINITY;
  }

  /** @returns {Point[][]} */
  get strokes() {
    return [...this.byPointer.values()].map(({ points }) => points);
  }

  get isEmpty() {
    return this.byPointer.size === 0;
  }

  /**
   * A pointer touches the pad; false: it is a palm.
   * @param {number} pointer
   * @param {Kind} kind
   * @param {Point} point
   * @param {number} time in ms
   */
  begin(pointer, kind, point, time) {
    if (kind === "pen") {
      this.notePen(kind, time);
      this.drop((other) => other === "touch");
    }
    if (kind === "touch" && time - this.penSeen < PALM) return false;
    this.byPointer.set(pointer, { kind, points: [point] });
    return true;
  }

  /**
   * A pen is near the pad, drawing or hovering.
   * @param {Kind} kind
   * @param {number} time in ms
   */
  notePen(kind, time) {
    if (kind === "pen") this.penSeen = time;
  }

  /**
   * A pointer moved; whether it drew something.
   * @param {number} pointer
   * @param {Point} point
   */
  extend(pointer, point) {
    const points = this.byPointer.get(pointer)?.points;
    if (!points) return false;
    const [x, y] = points[points.length - 1];
    if (Math.hypot(point[0] - x, point[1] - y) < NEAR) return false;
    points.push(point);
    return true;
  }

  /**
   * A pointer left the pad: its stroke, finished; null if it drew none.
   * @param {number} pointer
   */
  finish(pointer) {
    const stroke = this.byPointer.get(pointer)?.points ?? null;
    this.byPointer.delete(pointer);
    return stroke;
  }

  /**
   * The browser took a pointer away; whether it had drawn something, which is gone with it.
   * @param {number} pointer
   */
  cancel(pointer) {
    return this.byPointer.delete(pointer);
  }

  /**
   * Take back the strokes of some kinds, or all.
   * @param {(kind: Kind) => boolean} [isMeant]
   */
  drop(isMeant = () => true) {
    for (const [pointer, { kind }] of this.byPointer) {
      if (isMeant(kind)) this.byPointer.delete(pointer);
    }
  }
}
