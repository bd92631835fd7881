// What the network sees: the drawing in its box, the box scaled to 20 x 20, that centred in 28 x 28.
//
// The switch "just shrink it" shows what most demos do instead.

import { surenessOf } from "../services/server_answers.js";
import { state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { colour } from "../services/theme.js";
import { paintGrey, paintLines, paintPicture, sharpen } from "./canvas.js";
import { find, makeSpeaker } from "./dom.js";
import { imageOf } from "./pictures.js";

/** @typedef {import("../services/state.js").Answer} Answer */
/** @typedef {import("../services/messages.js").Shown} Shown */

/** @param {import("../hosts/gradio.js").Host} host */
export function mount({ element }) {
  const canvas = (/** @type {string} */ place) => find(element, `${place} canvas`, HTMLCanvasElement);
  const [drawn, small, image] = [canvas(".see-drawn"), canvas(".see-small"), canvas(".see-image")];
  const shrink = find(element, "input", HTMLInputElement);
  const speak = makeSpeaker(find(element, ".spoken"));

  function show() {
    const answer = state.get("answer");
    if (!answer?.shown || !drawn.offsetParent) return; // a hidden tab costs nothing
    drawDrawing(drawn, answer, show);
    drawSmall(small, answer.shown);
    drawImage(image, answer.shown);
    const note = noteOf(answer);
    find(element, ".see-note").textContent = note;
    if (shrink.checked) speak(note);
  }

  function name() {
    find(element, ".see-image [data-text]").dataset.text = shrink.checked ? "see_shrunk" : "see_image";
    fill(element);
    show();
  }

  shrink.addEventListener("change", () => {
    find(element, ".see-small").classList.toggle("skipped", shrink.checked);
    name();
    state.set("shrink", shrink.checked);
  });
  state.subscribe("language", name);
  state.subscribe("answer", show);
  state.subscribe("look", show);
  new ResizeObserver(show).observe(drawn);
}

/** Whether the stroke at that place was a tap beside the drawing. @param {Shown | null} shown @param {number} place */
const isLeftOut = (shown, place) => Boolean(shown?.leftOut?.includes(place));

/** @param {HTMLCanvasElement} canvas @param {Answer} answer @param {() => void} again */
function drawDrawing(canvas, { drawing, shown }, again) {
  const { pen, width: side } = sharpen(canvas);
  const written = (drawing.strokes ?? []).filter((stroke) => stroke.length);
  const [taps, kept] = [true, false].map((isTap) => written.filter((_, i) => isLeftOut(shown, i) === isTap));
  const toPad = (/** @type {number[]} */ [x, y]) => /** @type {[number, number]} */ ([x * side, y * side]);
  paintLines(pen, kept, 0.03 * side, toPad);
  pen.globalAlpha = 0.25;
  paintLines(pen, taps, 0.03 * side, toPad);
  pen.globalAlpha = 1;
  if (drawing.pixels) paintGrey(pen, { bytes: drawing.pixels, width: 28 }, 0, 0, side / 28);
  const picture = drawing.picture && imageOf(drawing.picture, again);
  if (picture) paintPicture(pen, picture, side);
  pen.globalAlpha = 0.45;
  for (const one of shown?.several ?? []) if (one.box) drawFrame(pen, ...frameOf(one.box, side));
  pen.globalAlpha = 1;
  if (shown?.box) drawFrame(pen, ...frameOf(shown.box, side));
}

/** @param {readonly number[]} box @param {number} side @returns {[number, number, number, number]} */
function frameOf(box, side) {
  const [left, top, right, bottom] = box.map((part) => part * side);
  return [left, top, right - left, bottom - top];
}

/** @param {CanvasRenderingContext2D} pen @param {[number, number, number, number]} box */
function drawFrame(pen, ...box) {
  pen.strokeStyle = colour("accent");
  pen.lineWidth = 1.5;
  pen.strokeRect(...box);
}

/** @param {HTMLCanvasElement} canvas @param {Shown} shown */
function drawSmall(canvas, { box, small }) {
  const { pen, width: side } = sharpen(canvas);
  if (!box) return;
  const step = side / 28; // same scale as the 28 x 28 beside it
  const [left, top] = [((28 - small.width) / 2) * step, ((28 - small.height) / 2) * step];
  paintGrey(pen, small, left, top, step);
  drawFrame(pen, left, top, small.width * step, small.height * step);
}

/** @param {HTMLCanvasElement} canvas @param {Shown} shown */
function drawImage(canvas, { image }) {
  const { pen, width: side } = sharpen(canvas);
  const step = side / 28;
  paintGrey(pen, image, 0, 0, step);
  pen.fillStyle = colour("line");
  for (let i = 1; i < 28; i++) {
    pen.fillRect(i * step, 0, 0.5, side);
    pen.fillRect(0, i * step, side, 0.5);
  }
}

/** @param {Answer} answer */
function noteOf({ shown, drawing }) {
  const lead = drawing.picture ? "see_looks" : shown?.leftOut?.length ? "see_tap" : "see_lead";
  if (!state.get("shrink")) return text(lead);
  if (!shown?.prepared || !shown.guess) return text(drawing.strokes ? "see_lead" : "shrink_not_here");
  const { guess, prepared } = shown;
  const values = {
    label: guess.label,
    percent: surenessOf(guess),
    other: prepared.label,
    other_percent: surenessOf(prepared),
  };
  return text(prepared.label === guess.label ? "shrink_same" : "shrink_differs", values);
}
