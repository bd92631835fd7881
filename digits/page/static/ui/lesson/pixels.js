// Small pictures of 28 x 28 whose canvas pixels are the picture's: CSS makes them larger.

import { rgb } from "../../services/theme.js";
import { penOf, setPixel } from "../canvas.js";
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

/**
 * Ink on the paper of the present theme.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pixels (784,) 0 to 1
 */
export function paintInk(canvas, pixels) {
  const ink = rgb("ink");
  const image = new ImageData(28, 28);
  for (let i = 0; i < 784; i++) setPixel(image, i, ink, 255 * pixels[i]);
  penOf(canvas).putImageData(image, 0, 0);
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
  const image = new ImageData(28, 28);
  for (let i = 0; i < 784; i++)
    setPixel(image, i, values[i] > 0 ? warm : cold, 255 * Math.sqrt(Math.abs(values[i]) / most));
  penOf(canvas).putImageData(image, 0, 0);
}
