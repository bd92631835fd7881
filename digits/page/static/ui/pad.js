// The pad: strokes by mouse, touch, pen or keyboard, pictures and links. services/answering.js has them read.

import { findFault } from "../core/preparation.js";
import { Answering } from "../services/answering.js";
import { storeDrawing, storedDrawing } from "../services/browser_storage.js";
import * as drawings from "../services/drawing.js";
import { addressOf, forgetAddress, fromAddress, keepInAddress } from "../services/drawing_link.js";
import { PointerStrokes } from "../services/pointer_strokes.js";
import { loadSample } from "../services/samples.js";
import { createRoute } from "../services/server_answers.js";
import { state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { colour } from "../services/theme.js";
import { paintGrey, paintInk, paintPicture, sharpen } from "./canvas.js";
import { find, findAll, onceAFrame } from "./dom.js";
import { firstPicture, imageOf, PictureError, preparePicture, turnPicture } from "./pictures.js";
import { showFrames } from "./several_digits.js";

/** @typedef {import("../hosts/gradio.js").Host} Host */
/** @typedef {import("../services/messages.js").Point} Point */
/** @typedef {import("../services/state.js").Drawing} Drawing */

const STEP = 0.02; // how far an arrow key moves the pen, part of the pad
const KEYBOARD = -1; // the keyboard's pen among the pointers, whose numbers browsers give are 0 or more
const READ_OUT = 6000; // ms that a note stays
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const round = (/** @type {number} */ value) => Math.round(value * 1e4) / 1e4;
const within = (/** @type {number} */ value) => round(Math.min(1, Math.max(0, value)));

/** @param {Host} host */
export function mount(host) {
  new Pad(host).begin();
}

class Pad {
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.element = host.element;
    state.set("rules", host.settings.rules);
    this.canvas = find(this.element, "canvas", HTMLCanvasElement);
    this.note = find(this.element, ".pad-note");
    this.linkRow = find(this.element, ".pad-link");
    this.underWay = new PointerStrokes();
    /** @type {{x: number, y: number, isDown: boolean} | null} the keyboard's pen */
    this.cursor = null;
    /** @type {Drawing | null} the drawing that the page's address holds */
    this.addressed = null;
    this.serial = 0; // counts changes, so that an answer can be told from the one before
    this.answering = new Answering(
      createRoute((question) => host.call("read", question)),
      onceAFrame,
    );
    this.drawSoon = onceAFrame(() => this.draw());
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.telling = undefined;
    this.turned = Promise.resolve(); // when the quarters asked for so far are done
  }

  /** Listen to everything, and show what was on the pad before. */
  async begin() {
    this.listenToPointers();
    this.listenToKeys();
    this.listenToButtons();
    if (state.get("isAlone")) this.hidePictures();
    else this.listenToFiles();
    window.addEventListener("hashchange", () => this.openAddress(drawings.replace));
    const kept = await storedDrawing();
    const isSound = kept && !(kept.strokes && findFault(kept.strokes, this.host.settings.rules));
    if (!this.openAddress(drawings.begin)) drawings.begin(isSound ? kept : drawings.BLANK);
    this.listenToState();
    this.answering.listen();
  }

  listenToState() {
    state.subscribe("drawing", (drawing) => this.show(drawing));
    state.subscribe("language", () => fill(this.element));
    state.subscribe("look", this.drawSoon);
    addEventListener("beforeprint", () => this.draw()); // the next frame would be too late for the paper
    showFrames(find(this.element, ".frames"));
    new ResizeObserver(this.drawSoon).observe(this.canvas);
    this.host.watch(() => {
      this.dropUnderWay();
      drawings.replace(this.host.value ?? drawings.BLANK);
    });
  }

  // ---- showing -------------------------------------------------------------------------------------

  /** What is on the pad, strokes under way included. @returns {Drawing} */
  get shown() {
    return this.underWay.isEmpty ? state.get("drawing") : drawings.withStrokes(this.underWay.strokes);
  }

  /** Show another drawing, keep it, and have it read. @param {Drawing} drawing */
  show(drawing) {
    this.host.value = drawing;
    storeDrawing(drawing);
    if (drawing !== this.addressed) forgetAddress();
    this.linkRow.hidden = true;
    this.changed(false);
  }

  /** Something new is on the pad. @param {boolean} isMoving the pen is down, more is to come */
  changed(isMoving) {
    this.serial += 1;
    this.canvas.dataset.serial = String(this.serial);
    this.drawSoon();
    this.answering.changed(this.serial, this.shown, isMoving);
  }

  draw() {
    const { pen, width: side } = sharpen(this.canvas);
    const { strokes, pixels, picture } = this.shown;
    const image = picture && imageOf(picture, this.drawSoon);
    if (image) paintPicture(pen, image, side);
    if (pixels) paintGrey(pen, { bytes: pixels, width: 28 }, 0, 0, side / 28);
    for (const points of strokes ?? []) paintInk(pen, points, side);
    if (this.cursor) this.drawCursor(pen, side);
    const blank = drawings.isBlank(this.shown);
    find(this.element, ".pad-hint").hidden = !blank;
    this.button("undo").disabled = !drawings.canUndo() && this.underWay.isEmpty;
    this.button("redo").disabled = !drawings.canRedo();
    this.button("clear").disabled = blank;
    this.button("turn").hidden = !picture;
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} side */
  drawCursor(pen, side) {
    const { x, y, isDown } = this.cursor ?? { x: 0, y: 0, isDown: false };
    pen.save();
    pen.strokeStyle = colour("accent");
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x * side, y * side, isDown ? 5 : 9, 0, 7);
    pen.stroke();
    pen.restore();
  }

  /** Say something under the pad for a while. @param {string} key */
  tell(key) {
    clearTimeout(this.telling);
    this.note.textContent = text(key);
    this.telling = setTimeout(() => this.hush(), READ_OUT);
  }

  hush() {
    this.note.textContent = "";
  }

  // ---- strokes -------------------------------------------------------------------------------------

  /** A stroke begins. @param {number} pointer @param {string} kind @param {Point} point @param {number} time */
  start(pointer, kind, point, time) {
    const isFirst = this.underWay.isEmpty;
    if (!this.underWay.begin(pointer, kind, point, time)) return false;
    if (isFirst && drawings.beginsAnother()) this.tell(state.get("isTaught") ? "fresh_taught" : "fresh_picture");
    this.changed(true);
    return true;
  }

  /** @param {number} pointer */
  finish(pointer) {
    const stroke = this.underWay.finish(pointer);
    if (stroke) drawings.replace(drawings.withStrokes([stroke]));
  }

  /** Take back what is under way: undo and clear begin with that. */
  dropUnderWay() {
    this.underWay.drop();
    if (this.cursor) this.cursor.isDown = false;
  }

  listenToPointers() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.pointerDown(event));
    canvas.addEventListener("pointermove", (event) => this.pointerMove(event));
    canvas.addEventListener("pointerup", (event) => this.finish(event.pointerId));
    for (const kind of /** @type {const} */ (["pointercancel", "lostpointercapture"])) {
      canvas.addEventListener(kind, (event) => {
        if (this.underWay.cancel(event.pointerId)) this.changed(false);
      });
    }
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** @param {PointerEvent} event */
  pointerDown(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (!this.start(event.pointerId, event.pointerType, this.place(event), event.timeStamp)) return;
    if (this.cursor) this.leaveKeyboard();
    canvasCapture(this.canvas, event.pointerId);
  }

  /** @param {PointerEvent} event */
  pointerMove(event) {
    this.underWay.notePen(event.pointerType, event.timeStamp);
    const events = event.getCoalescedEvents?.() ?? [];
    const drew = (events.length ? events : [event]).map((one) =>
      this.underWay.extend(event.pointerId, this.place(one)),
    );
    if (drew.includes(true)) this.changed(true);
  }

  /** @param {PointerEvent} event @returns {Point} */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  }

  // ---- keyboard ------------------------------------------------------------------------------------

  listenToKeys() {
    this.canvas.addEventListener("keydown", (event) => {
      if (this.pressed(event)) event.preventDefault();
    });
    this.canvas.addEventListener("blur", () => this.leaveKeyboard());
  }

  /** Do what a key asks for; whether it asks for anything. @param {KeyboardEvent} event */
  pressed(event) {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === "z") this.act(event.shiftKey ? drawings.redo : drawings.undo);
      else if (key === "y") this.act(drawings.redo);
      return key === "z" || key === "y";
    }
    if (event.altKey) return false;
    if (event.key in ARROWS) this.movePen(ARROWS[event.key], event.shiftKey ? 3 * STEP : STEP);
    else if (key === " ") {
      if (!event.repeat) this.togglePen(event.timeStamp); // held down, it would leave dots
    } else if (key === "delete" || key === "backspace") this.act(drawings.clear);
    else if (/^[0-9]$/.test(key)) this.act(() => loadSample(Number(key)));
    else return false;
    return true;
  }

  /** The keyboard's pen, which comes when it is first wanted. */
  takeCursor() {
    this.cursor ??= { x: 0.5, y: 0.3, isDown: false };
    return this.cursor;
  }

  /** @param {Point} direction @param {number} step */
  movePen([dx, dy], step) {
    const cursor = this.takeCursor();
    cursor.x = within(cursor.x + dx * step);
    cursor.y = within(cursor.y + dy * step);
    if (this.underWay.extend(KEYBOARD, [cursor.x, cursor.y])) this.changed(true);
    this.drawSoon();
  }

  /** @param {number} time */
  togglePen(time) {
    const cursor = this.takeCursor();
    cursor.isDown = !cursor.isDown;
    if (cursor.isDown) this.start(KEYBOARD, "keyboard", [cursor.x, cursor.y], time);
    else this.finish(KEYBOARD);
    this.drawSoon();
  }

  /** The keyboard's pen is lifted and put away. */
  leaveKeyboard() {
    this.cursor = null;
    this.finish(KEYBOARD);
    this.drawSoon();
  }

  // ---- buttons and links ---------------------------------------------------------------------------

  /** @param {string} name */
  button(name) {
    return find(this.element, `[data-do="${name}"]`, HTMLButtonElement);
  }

  /** Do something with the drawing as a whole; what is under way is taken back first. @param {() => void} deed */
  act(deed) {
    const isBlank = this.underWay.isEmpty;
    this.dropUnderWay();
    this.cursor = null;
    deed();
    if (!isBlank) this.changed(false);
    this.drawSoon();
  }

  listenToButtons() {
    const choose = (/** @type {string} */ name) => () => find(this.element, `input[data-for="${name}"]`).click();
    /** @type {Record<string, () => void>} */
    const deeds = {
      undo: () => this.act(drawings.undo),
      redo: () => this.act(drawings.redo),
      clear: () => this.act(drawings.clear),
      picture: choose("picture"),
      camera: choose("camera"),
      share: () => this.share(),
      turn: () => this.turn(),
    };
    for (const [name, deed] of Object.entries(deeds)) this.button(name).addEventListener("click", deed);
  }

  async share() {
    const { strokes } = state.get("drawing");
    if (drawings.isBlank(state.get("drawing"))) return this.tell("share_nothing");
    if (!strokes) return this.tell("share_only_strokes");
    const address = addressOf(strokes);
    if (!address) return this.tell("share_too_long");
    this.addressed = state.get("drawing");
    keepInAddress(address);
    try {
      await navigator.clipboard.writeText(address);
      this.tell("share_copied");
    } catch {
      // no clipboard over plain http or in another page's frame
      this.offerLink(address);
    }
  }

  /** @param {string} address */
  offerLink(address) {
    const field = find(this.linkRow, "input", HTMLInputElement);
    field.value = address;
    this.linkRow.hidden = false;
    field.focus();
    field.select();
    this.tell("share_shown");
  }

  /** Show the drawing in the page's address; whether there was any. @param {(drawing: Drawing) => void} use */
  openAddress(use) {
    const strokes = fromAddress();
    if (!strokes) return false;
    if (strokes === "broken") this.tell("share_broken");
    this.addressed = { strokes: strokes === "broken" ? [] : strokes };
    use(this.addressed);
    return true;
  }

  /** Pictures are prepared by the server. */
  hidePictures() {
    for (const name of ["picture", "camera"]) this.button(name).remove();
  }

  // ---- pictures ------------------------------------------------------------------------------------

  listenToFiles() {
    for (const input of findAll(this.element, "input[type=file]", HTMLInputElement)) {
      input.addEventListener("change", () => {
        if (input.files?.[0]) this.usePicture(input.files[0]);
        input.value = "";
      });
    }
    document.addEventListener("paste", (event) => {
      if (isField(event.target)) return;
      const file = firstPicture(event.clipboardData?.files);
      if (file) this.usePicture(file);
    });
    this.listenToDrops();
  }

  /** A file dropped anywhere would replace the page by itself: it is the pad's, wherever it falls. */
  listenToDrops() {
    const paper = find(this.element, ".paper");
    document.addEventListener("dragover", (event) => {
      if (isField(event.target) || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      paper.classList.add("dropping");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) paper.classList.remove("dropping");
    });
    document.addEventListener("drop", (event) => {
      paper.classList.remove("dropping");
      const files = event.dataTransfer?.files;
      if (isField(event.target) || !files?.length) return;
      event.preventDefault();
      this.usePicture(firstPicture(files) ?? files[0]);
    });
  }

  /** @param {File} file */
  usePicture(file) {
    return this.showPicture(() => preparePicture(file));
  }

  /** Turn the picture by a quarter; two quick presses are a half. */
  turn() {
    this.turned = this.turned.then(async () => {
      const { picture } = state.get("drawing");
      if (picture) await this.showPicture(() => turnPicture(picture), picture);
    });
  }

  /**
   * Show a picture as soon as it is made, unless another than `before` has come meanwhile.
   * @param {() => Promise<string>} prepare
   * @param {string} [before]
   */
  async showPicture(prepare, before) {
    try {
      const picture = await prepare();
      if (before && state.get("drawing").picture !== before) return;
      this.act(() => drawings.replace({ picture }));
      this.hush(); // what was said of the file before
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      this.tell(error.message);
    }
  }
}

/** @param {HTMLCanvasElement} canvas @param {number} pointer */
function canvasCapture(canvas, pointer) {
  try {
    canvas.setPointerCapture(pointer);
  } catch {
    // the pointer has gone again already
  }
}

/** Whether files and text that arrive there are meant for it. @param {EventTarget | null} target */
function isField(target) {
  return target instanceof Element && Boolean(target.closest("input, textarea, [contenteditable]"));
}
