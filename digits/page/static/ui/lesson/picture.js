// A picture is numbers: a seven of 5 x 5 squares as a row of 25, and the drawing as a row of 784.

import { isOne, SEVEN, SIDE } from "../../core/small_network.js";
import { findSubject, nameOf } from "../../services/lesson_drawing.js";
import { state } from "../../services/state.js";
import { decimal, number, text } from "../../services/texts.js";
import { rgb } from "../../services/theme.js";
import { penOf, setPixel } from "../canvas.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { describe, makePixels, paintInk } from "./pixels.js";
import { Squares } from "./squares.js";

const WIDE = 28;
const FIRST = 376; // a pixel near the middle

/** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson @returns {import("./part_types.js").Part} */
export function mount(root, lesson) {
  const part = new Picture(root, lesson);
  const stops = [
    state.subscribe("language", () => part.build()),
    state.subscribe("answer", () => part.useDrawing()),
    state.subscribe("look", () => part.showDrawing()),
  ];
  return {
    remove() {
      for (const stop of stops) stop();
      root.replaceChildren();
    },
  };
}

class Picture {
  /** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    this.values = [...SEVEN];
    this.at = FIRST;
    /** @type {ArrayLike<number>} */
    this.pixels = new Float32Array(WIDE * WIDE);
    /** @type {import("../../services/lesson_drawing.js").Subject | null} */
    this.subject = null;
  }

  build() {
    this.squares = new Squares({
      next: (square) => 1 - this.values[square],
      paint: (square, value) => this.set(square, value),
      nameOf: (square, value) => text("part_square", { square, value }),
      wordsOf: (square) => String(square),
    });
    this.squares.root.setAttribute("aria-label", text("part_squares"));
    const small = make("div", undefined, { className: "picture-small" });
    const side = make("div", undefined, { className: "picture-side" });
    const reset = makeButton(text("part_seven_again"), () => this.reset(), { className: "quiet" });
    const count = make("p", text("part_picture_count"), { className: "picture-count" });
    side.append(make("p", text("part_picture_how")), count, reset);
    small.append(this.squares.root, side);
    this.root.replaceChildren(small, this.makeRow(), this.makeFull());
    this.show();
    this.useDrawing();
  }

  makeRow() {
    const box = make("div", undefined, { className: "picture-row" });
    const row = make("ol");
    row.setAttribute("aria-label", text("part_row"));
    row.append(
      ...this.values.map((_, square) => {
        const cell = make("li");
        cell.append(make("small", square), make("b"));
        if (square % SIDE === 0) cell.className = "begins";
        return cell;
      }),
    );
    box.append(make("h4", text("part_row")), row);
    return box;
  }

  makeFull() {
    const full = make("div", undefined, { className: "picture-full" });
    const canvas = makePixels("");
    const row = make("canvas", undefined, { width: WIDE * WIDE, height: 1, className: "picture-strip" });
    row.setAttribute("aria-hidden", "true");
    const slider = make("input", undefined, { type: "range", name: "pixel" });
    Object.assign(slider, { min: "0", max: String(WIDE * WIDE - 1), step: "1", value: String(this.at) });
    slider.setAttribute("aria-label", text("part_pixel_choose"));
    slider.addEventListener("input", () => this.point(slider.valueAsNumber));
    const frame = make("div", undefined, { className: "picture-frame" });
    frame.append(canvas, make("i"));
    frame.addEventListener("pointermove", (event) => this.pointAt(event));
    frame.addEventListener("pointerdown", (event) => this.pointAt(event));
    const words = make("div");
    words.append(make("p", text("part_full")), make("p", "", { className: "picture-said" }));
    const strip = make("div", undefined, { className: "picture-line" });
    strip.append(row, make("i"));
    full.append(make("h4", text("part_full_title")), frame, words, strip, slider);
    return full;
  }

  // ---- 25 squares ----------------------------------------------------------------------------------

  /** @param {number} square @param {number} value */
  set(square, value) {
    this.values[square] = value;
    this.show();
    if (isOne(this.values)) this.lesson.done();
  }

  reset() {
    this.values = [...SEVEN];
    this.show();
  }

  show() {
    this.squares?.show(this.values);
    for (const [square, cell] of findAll(this.root, ".picture-row li").entries()) {
      find(cell, "b").textContent = String(this.values[square]);
      cell.classList.toggle("on", this.values[square] === 1);
    }
  }

  // ---- 784 pixels ----------------------------------------------------------------------------------

  useDrawing() {
    this.subject = findSubject(new Map());
    if (this.subject) this.pixels = this.subject.pixels;
    this.showDrawing();
  }

  /** @param {PointerEvent} event */
  pointAt(event) {
    const box = find(this.root, ".picture-frame").getBoundingClientRect();
    const place = (/** @type {number} */ part) => Math.min(WIDE - 1, Math.max(0, Math.floor(part * WIDE)));
    const [column, row] = [
      place((event.clientX - box.left) / box.width),
      place((event.clientY - box.top) / box.height),
    ];
    this.point(row * WIDE + column);
  }

  /** @param {number} pixel */
  point(pixel) {
    this.at = pixel;
    this.showPoint();
  }

  showDrawing() {
    if (!this.root.firstChild) return;
    paintInk(find(this.root, ".picture-frame canvas", HTMLCanvasElement), this.pixels);
    describe(find(this.root, ".picture-frame canvas", HTMLCanvasElement), nameOf(this.subject));
    const ink = rgb("ink");
    const line = new ImageData(WIDE * WIDE, 1);
    for (let i = 0; i < WIDE * WIDE; i++) setPixel(line, i, ink, 255 * this.pixels[i]);
    penOf(find(this.root, ".picture-strip", HTMLCanvasElement)).putImageData(line, 0, 0);
    this.showPoint();
  }

  showPoint() {
    const [row, column] = [Math.floor(this.at / WIDE), this.at % WIDE];
    const values = {
      pixel: number(this.at),
      row: row + 1,
      column: column + 1,
      value: decimal(this.pixels[this.at], 2),
    };
    find(this.root, ".picture-said").textContent = text("part_pixel", values);
    const slider = find(this.root, "[name=pixel]", HTMLInputElement);
    slider.value = String(this.at);
    slider.setAttribute("aria-valuetext", text("part_pixel", values));
    find(this.root, ".picture-frame i").style.translate = `${column * 100}% ${row * 100}%`;
    find(this.root, ".picture-line i").style.left = `${(100 * (this.at + 0.5)) / (WIDE * WIDE)}%`;
  }
}
