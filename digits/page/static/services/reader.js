// Reading a drawing in this browser: prepared, read, put together as the server would answer. No DOM.

import { unpack } from "../core/base64.js";
import { answer, createPass, forward, toPixels } from "../core/network.js";
import { keepImage, prepareStrokes, shrinkStrokes } from "../core/preparation.js";

/** @typedef {import("../core/network.js").Pass} Pass */
/** @typedef {import("../core/preparation.js").Prepared} Prepared */
/** @typedef {import("../core/preparation.js").Rules} Rules */
/** @typedef {import("../core/weights_file.js").LoadedNetwork} LoadedNetwork */
/** @typedef {import("./messages.js").SentDrawing} SentDrawing */
/** @typedef {import("./messages.js").Guess} Guess */
/** @typedef {import("./messages.js").Shown} Shown */

const TIMED = 32; // answers that the time shown is the mean of: browsers' clocks are coarse
const WARMING = 50; // times
const COMPARED = 200; // times a drawing is read for a comparison

/** @type {WeakMap<LoadedNetwork, Pass>} */
const passes = new WeakMap();
/** @type {number[]} ms of the latest answers */
let times = [];

/** @param {LoadedNetwork} loaded */
function passOf(loaded) {
  const pass = passes.get(loaded) ?? createPass(loaded.network.sizes);
  passes.set(loaded, pass);
  return pass;
}

/**
 * What a network says of an image. The time is the mean of the latest answers, preparation not included.
 * @param {LoadedNetwork} loaded
 * @param {Uint8Array} image (784,)
 * @returns {Guess}
 */
export function guess(loaded, image) {
  const start = performance.now();
  const { logProbabilities } = forward(loaded.network, toPixels(image), passOf(loaded));
  const { label, probabilities, sure } = answer(logProbabilities, loaded.calibration);
  times = [...times.slice(1 - TIMED), performance.now() - start];
  const milliseconds = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { label, probabilities: [...probabilities], sure, milliseconds };
}

/**
 * A drawing read here, for the page to show; a picture needs the server first.
 * @param {SentDrawing} drawing
 * @param {LoadedNetwork} loaded
 * @param {Rules} rules
 * @param {{network: string, isShrunk: boolean}} asked the network's id, and whether strokes are merely shrunk
 * @returns {Shown}
 */
export function readHere(drawing, loaded, rules, { network, isShrunk }) {
  const prepared = prepare(drawing, rules);
  const shrunk = isShrunk && drawing.strokes?.length ? shrinkStrokes(drawing.strokes, rules) : null;
  const image = shrunk ?? prepared.image;
  const blank = prepared.box === null;
  return {
    box: prepared.box,
    small: prepared.small,
    image: { width: rules.side, height: rules.side, bytes: image },
    by: { network, backend: "browser", device: "", version: loaded.version, devices: [] },
    blank,
    leftOut: prepared.leftOut,
    guess: blank ? null : guess(loaded, image),
    prepared: blank || !shrunk ? null : guess(loaded, prepared.image),
  };
}

/** @param {SentDrawing} drawing @param {Rules} rules @returns {Prepared} */
function prepare({ strokes, pixels }, rules) {
  if (!pixels) return prepareStrokes(strokes ?? [], rules);
  return keepImage(unpack(pixels), rules);
}

/**
 * Read often for nothing: a browser makes code fast once it was used, and the first stroke shall not wait.
 * @param {LoadedNetwork} loaded
 */
export function warmUp(loaded) {
  const image = Uint8Array.from({ length: 784 }, (_, at) => (at % 5 ? 0 : 200));
  for (let i = 0; i < WARMING; i++) guess(loaded, image);
  times = [];
}

/**
 * How this browser does in a comparison: read often, for its clock is coarse.
 * @param {LoadedNetwork} loaded
 * @param {Uint8Array} image (784,)
 * @returns {Guess}
 */
export function measure(loaded, image) {
  const pixels = toPixels(image);
  const pass = passOf(loaded);
  const start = performance.now();
  for (let i = 0; i < COMPARED; i++) forward(loaded.network, pixels, pass);
  const milliseconds = (performance.now() - start) / COMPARED;
  return { ...guess(loaded, image), milliseconds };
}
