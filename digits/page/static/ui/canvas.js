// Drawing on canvases that are as sharp as the screen: ink, grey images, pictures.

import { unpack } from "../core/base64.js";
import { colour, rgb } from "../services/theme.js";

/** @typedef {import("../services/messages.js").Point} Point */
/** @typedef {import("../services/messages.js").GreyImage} GreyImage */

const INK = 0.038; // thickness of the pen's ink, part of the pad
const FAST = 0.06; // part of the pad from one point to the next: a fast pen leaves thin ink

const stamp = document.createElement("canvas"); // where small images are made before they are scaled

/**
 * The canvas's pen in CSS pixels, on a canvas sized to its box and wiped.
 * @param {HTMLCanvasElement} canvas
 */
export function sharpen(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = penOf(canvas);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** @param {HTMLCanvasElement} canvas */
export function penOf(canvas) {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas to draw on");
  return pen;
}

export { unpack };

/**
 * Set one pixel. An array made for each of them would take longer than all the rest of a picture.
 * @param {ImageData} image
 * @param {number} pixel its number, row by row
 * @param {readonly number[]} colour red, green and blue, 0 to 255
 * @param {number} alpha 0 to 255
 */
export function setPixel({ data }, pixel, colour, alpha) {
  const at = 4 * pixel;
  data[at] = colour[0];
  data[at + 1] = colour[1];
  data[at + 2] = colour[2];
  data[at + 3] = alpha;
}

/**
 * Draw width x height pixels, each of the colour [r, g, b, alpha] that `colourOf` gives for it.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} width
 * @param {number} height
 * @param {(pixel: number) => number[]} colourOf
 * @param {{left: number, top: number, sideX: number, sideY: number}} place where, and a pixel's sides
 */
export function paintPixels(pen, width, height, colourOf, { left, top, sideX, sideY }) {
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) pixels.data.set(colourOf(i), 4 * i);
  stampPixels(pen, pixels, left, top, width * sideX, height * sideY);
}

/**
 * Draw an image of pixels into a box, every pixel a sharp square.
 * @param {CanvasRenderingContext2D} pen
 * @param {ImageData} pixels
 * @param {[left: number, top: number, width: number, height: number]} box
 */
function stampPixels(pen, pixels, ...box) {
  Object.assign(stamp, { width: pixels.width, height: pixels.height });
  penOf(stamp).putImageData(pixels, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(stamp, ...box);
}

/**
 * Draw a grey image, ink on the paper of the current theme, every pixel a sharp square of `side`.
 * @param {CanvasRenderingContext2D} pen
 * @param {{bytes: string | Uint8Array, width: number}} image
 * @param {number} left
 * @param {number} top
 * @param {number} side
 */
export function paintGrey(pen, image, left, top, side) {
  const bytes = unpack(image.bytes);
  const ink = rgb("ink");
  const pixels = new ImageData(image.width, bytes.length / image.width);
  for (let i = 0; i < bytes.length; i++) setPixel(pixels, i, ink, bytes[i]);
  stampPixels(pen, pixels, left, top, pixels.width * side, pixels.height * side);
}

/**
 * Draw a grey image over a canvas's whole width.
 * @param {HTMLCanvasElement} canvas
 * @param {{bytes: string | Uint8Array, width: number}} image
 */
export function fillWithGrey(canvas, image) {
  const { pen, width } = sharpen(canvas);
  if (width) paintGrey(pen, image, 0, 0, width / image.width);
}

const BEHIND = "#9c9c9c"; // what a picture's transparent parts show: black ink can be seen on it, and white ink

/**
 * Draw a picture as large as a square of `side` takes it, in its middle.
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLImageElement} picture
 * @param {number} side
 */
export function paintPicture(pen, picture, side) {
  const scale = side / Math.max(picture.naturalWidth, picture.naturalHeight, 1);
  const [width, height] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
  /** @type {[number, number, number, number]} */
  const place = [(side - width) / 2, (side - height) / 2, width, height];
  pen.fillStyle = BEHIND;
  pen.fillRect(...place);
  pen.drawImage(picture, ...place);
}

/**
 * Draw strokes as plain lines.
 * @param {CanvasRenderingContext2D} pen
 * @param {Point[][]} strokes
 * @param {number} thickness
 * @param {(point: Point) => Point} place where a point lies on the canvas
 */
export function paintLines(pen, strokes, thickness, place) {
  Object.assign(pen, { strokeStyle: colour("ink"), lineCap: "round", lineJoin: "round", lineWidth: thickness });
  for (const points of strokes) {
    pen.beginPath();
    points.forEach((point, i) => {
      pen[i ? "lineTo" : "moveTo"](...place(point));
    });
    const [x, y] = place(points[0]);
    if (points.length === 1) pen.lineTo(x + 0.1, y); // a dot
    pen.stroke();
  }
}

/**
 * Draw one stroke as ink: thick where the pen was slow, thin where it was fast, and never a jump.
 * @param {CanvasRenderingContext2D} pen
 * @param {Point[]} points
 * @param {number} side of the pad, in CSS pixels
 */
export function paintInk(pen, points, side) {
  Object.assign(pen, { strokeStyle: colour("ink"), fillStyle: colour("ink"), lineCap: "round", lineJoin: "round" });
  let width = INK * 0.9;
  if (points.length === 1) return paintDot(pen, points[0], width * side * 0.55, side);
  let from = points[0];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    const speed = Math.min(1, Math.hypot(b[0] - a[0], b[1] - a[1]) / FAST);
    width += (INK * (1.12 - 0.42 * speed) - width) * 0.35;
    /** @type {Point} */
    const to = i === points.length - 1 ? b : [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    pen.lineWidth = width * side;
    pen.beginPath();
    pen.moveTo(from[0] * side, from[1] * side);
    pen.quadraticCurveTo(a[0] * side, a[1] * side, to[0] * side, to[1] * side);
    pen.stroke();
    from = to;
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Point} point @param {number} radius @param {number} side */
function paintDot(pen, [x, y], radius, side) {
  pen.beginPath();
  pen.arc(x * side, y * side, radius, 0, 7);
  pen.fill();
}
