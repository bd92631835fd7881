// Two rows of sample digits that load with one click. The value is samples.json.

import * as samples from "../services/samples.js";
import { state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { fillWithGrey, paintLines, sharpen } from "./canvas.js";
import { findAll, make, makeButton } from "./dom.js";

/** @typedef {import("../services/samples.js").Sample} Sample */
/** @typedef {{button: HTMLButtonElement, canvas: HTMLCanvasElement, sample: Sample}} Thumb */

/** @param {import("../hosts/gradio.js").Host<{real: Sample[], hard: Sample[]}>} host */
export function mount({ element, value: { real, hard } }) {
  const rows = findAll(element, ".sample-row");
  const thumbs = [real, hard].flatMap((row, i) => row.map((sample) => addThumb(rows[i], sample)));
  const draw = () => thumbs.forEach(drawThumb);
  samples.offer([...real, ...hard]);
  state.subscribe("language", () => {
    fill(element);
    for (const { button, sample } of thumbs) {
      const name = sample.name ? text(`sample_${sample.name}`) : text("sample_real", { label: sample.label });
      button.setAttribute("aria-label", name);
      button.title = name;
    }
  });
  state.subscribe("look", draw);
  new ResizeObserver(draw).observe(rows[0]);
}

/** @param {HTMLElement} row @param {Sample} sample @returns {Thumb} */
function addThumb(row, sample) {
  const button = makeButton("", () => samples.show(sample));
  const canvas = make("canvas");
  button.append(canvas);
  row.append(button);
  return { button, canvas, sample };
}

/** @param {Thumb} thumb */
function drawThumb({ canvas, sample }) {
  if (sample.pixels) return fillWithGrey(canvas, { bytes: sample.pixels, width: 28 });
  const { pen, width: side } = sharpen(canvas);
  paintLines(pen, sample.strokes ?? [], 0.06 * side, ([x, y]) => [x * side, y * side]);
}
