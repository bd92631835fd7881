// A digit as a tile: its picture, what the network says of it, and how much of its trust is in the truth.

import { indexOfLargest } from "../../core/network.js";
import { shareText, text } from "../../services/texts.js";
import { rgb } from "../../services/theme.js";
import { penOf, setPixel } from "../canvas.js";
import { make } from "../dom.js";

/** @typedef {{item: HTMLLIElement, canvas: HTMLCanvasElement, said: HTMLElement, bar: HTMLElement}} Tile */

/** @param {HTMLElement} list @param {number} count @returns {Tile[]} */
export function makeTiles(list, count) {
  return Array.from({ length: count }, () => {
    const item = make("li");
    const canvas = make("canvas", undefined, { width: 28, height: 28 });
    const [said, bar] = [make("span"), make("i")];
    canvas.setAttribute("aria-hidden", "true");
    item.append(canvas, said, bar);
    list.append(item);
    return { item, canvas, said, bar };
  });
}

/**
 * Ink on the paper of the present theme, a canvas pixel for each pixel: CSS makes it larger.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} bytes (784,) 0 to 255
 */
export function paintTile(canvas, bytes) {
  const ink = rgb("ink");
  const pixels = new ImageData(28, 28);
  for (let i = 0; i < 784; i++) setPixel(pixels, i, ink, bytes[i]);
  penOf(canvas).putImageData(pixels, 0, 0);
}

/**
 * What the network says of a tile's digit.
 * @param {Tile} tile
 * @param {ArrayLike<number>} probabilities (10,)
 * @param {number | null} label the truth, where it is known
 */
export function showSaid({ item, said, bar }, probabilities, label) {
  const says = indexOfLargest(probabilities);
  const truth = label === null ? probabilities[says] : probabilities[label];
  item.className = label === null ? "" : says === label ? "right" : "wrong";
  said.textContent = String(says);
  bar.style.setProperty("--share", String(truth));
  const values = { label: label ?? "", said: says, share: shareText(probabilities[says]) };
  item.setAttribute("aria-label", text(label === null ? "learn_tile_unknown" : "learn_tile", values));
}
