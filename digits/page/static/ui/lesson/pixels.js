// Small pictures of 28 x 28 whose canvas pixels are the picture's: CSS makes them larger.

import { rgb } from "../../services/theme.js";
import { penOf } from "../canvas.js";
import { make } from "../dom.js";

/**
 * A canvas of 28 x 28 that says what it shows; without words it is decoration.
 * @param {string} [words]
 */
export function makePixels(words) {
  const canvas = make("canvas", undefined, { width: 28, height: 28, className: "pixels" });
  describe(canvas, words);
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @param {string} [words] */
export function describe(canvas, words) {
  canvas.setAttribute("role", "img");
  if (words) canvas.setAttribute("aria-label", words);
  else canvas.setAttribute("aria-hidden", "true");
}

/** @param {HTMLCanvasElement} canvas @param {(pixel: number) => readonly number[]} colourOf red, green, blue, alpha */
function paint(canvas, colourOf) {
  const image = new ImageData(28, 28);
  for (let i = 0; i < 784; i++) image.data.set(colourOf(i), 4 * i);
  penOf(canvas).putImageData(image, 0, 0);
}

/**
 * Ink on the paper of the present theme.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pixels (784,) 0 to 1
 */
export function paintInk(canvas, pixels) {
  const [red, green, blue] = rgb("ink");
  paint(canvas, (i) => [red, green, blue, 255 * pixels[i]]);
}

/**
 * Warm above 0, blue below it, the largest in full colour.
 * @param {HTMLCanvasElement} canvas
 * @param {Float64Array | Float32Array} values (784,)
 */
export function paintSigned(canvas, values) {
  const [warm, cold] = [rgb("accent"), rgb("cold")];
  const most = Math.max(1e-9, ...Array.from(values, Math.abs));
  // A root, so that small parts are seen, too: the eye sees shape before amount.
  paint(canvas, (i) => [...(values[i] > 0 ? warm : cold), 255 * Math.sqrt(Math.abs(values[i]) / most)]);
}
