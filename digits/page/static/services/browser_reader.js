// Reading a drawing in this browser: prepared, read, put together as the server would answer. No DOM.

import { unpack } from "../core/base64.js";
import { answerPicture } from "../core/looks.js";
import { answer, createPass, forward, toPixels } from "../core/network.js";
import { groupStrokes } from "../core/pad_digits.js";
import { keepImage, prepareStrokes, shrinkStrokes } from "../core/preparation.js";

/** @typedef {import("../core/network.js").Pass} Pass */
/** @typedef {import("../core/preparation.js").Prepared} Prepared */
/** @typedef {import("../core/preparation.js").Rules} Rules */
/** @typedef {import("../core/preparation.js").Strokes} Strokes */
/** @typedef {import("../core/weights_file.js").LoadedNetwork} LoadedNetwork */
/** @typedef {import("./messages.js").SentDrawing} SentDrawing */
/** @typedef {import("./messages.js").Guess} Guess */
/** @typedef {import("./messages.js").Point} Point */
/** @typedef {import("./messages.js").Shown} Shown */
/** @typedef {import("./messages.js").OneOfSeveral} OneOfSeveral */

const FEWEST_SURE = 2; // digits of several: a drawing with fewer is read as one
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

/** @param {LoadedNetwork} loaded @param {Uint8Array} image (784,) @param {boolean} isPicture */
function read(loaded, image, isPicture) {
  const { network, calibration } = loaded;
  const [pixels, pass] = [toPixels(image), passOf(loaded)];
  if (isPicture) return answerPicture(network, pixels, calibration, pass);
  return answer(forward(network, pixels, pass).logProbabilities, calibration);
}

/**
 * What a network says of an image. The time is the mean of the latest answers, preparation not included.
 * @param {LoadedNetwork} loaded
 * @param {Uint8Array} image (784,)
 * @param {boolean} isPicture whether it came out of a picture: then it is looked at three times
 * @returns {Guess}
 */
export function guess(loaded, image, isPicture = false) {
  const start = performance.now();
  const { label, probabilities, sure } = read(loaded, image, isPicture);
  times = [...times.slice(1 - TIMED), performance.now() - start];
  const milliseconds = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { label, probabilities: [...probabilities], sure, milliseconds };
}

/**
 * A drawing read here, for the page to show; a picture needs the server first.
 * @param {SentDrawing} drawing
 * @param {LoadedNetwork} loaded
 * @param {Rules} rules
 * @param {{network: string, isShrunk: boolean, picked: number}} asked the network's id, whether strokes are merely
 *   shrunk, and which of several digits is looked at
 * @returns {Shown}
 */
export function readHere(drawing, loaded, rules, { network, isShrunk, picked }) {
  const by = { network, backend: "browser", device: "", version: loaded.version, devices: [] };
  const several = isShrunk ? [] : readSeveral(drawing.strokes ?? [], loaded, rules);
  if (several.length) return showOne(several, picked, by);
  const prepared = prepare(drawing, rules);
  const shrunk = isShrunk && drawing.strokes?.length ? shrinkStrokes(drawing.strokes, rules) : null;
  const image = shrunk ?? prepared.image;
  const blank = prepared.box === null;
  return {
    box: prepared.box,
    small: prepared.small,
    image: { width: rules.side, height: rules.side, bytes: image },
    by,
    blank,
    leftOut: prepared.leftOut,
    guess: blank ? null : guess(loaded, image),
    prepared: blank || !shrunk ? null : guess(loaded, prepared.image),
  };
}

/**
 * The digits of a drawing where it has several, each read by itself; none where it is one, or hardly digits.
 * @param {Point[][]} strokes
 * @param {LoadedNetwork} loaded
 * @param {Rules} rules
 * @returns {OneOfSeveral[]}
 */
function readSeveral(strokes, loaded, rules) {
  const written = strokes.filter((stroke) => stroke.length);
  if (written.length < 2) return [];
  const judge = (/** @type {Strokes} */ part) =>
    Math.max(...guess(loaded, prepareStrokes(part, rules).image).probabilities);
  const groups = /** @type {Point[][][]} */ (groupStrokes(written, judge));
  if (groups.length < 2) return [];
  const ones = groups.map((group) => {
    const { box, small, image, leftOut } = prepareStrokes(group, rules);
    const grey = { width: rules.side, height: rules.side, bytes: image };
    const kept = group.filter((_, place) => !leftOut.includes(place));
    return { box, small, image: grey, guess: guess(loaded, image), strokes: kept };
  });
  if (ones.filter((one) => one.guess.sure).length < FEWEST_SURE) return [];
  const kept = ones.flatMap((one) => one.strokes);
  const leftOut = [...written.keys()].filter((place) => !kept.includes(written[place]));
  return ones.map((one) => ({ ...one, leftOut }));
}

/**
 * What is shown while one of several digits is looked at.
 * @param {OneOfSeveral[]} several
 * @param {number} picked
 * @param {import("./messages.js").By} by
 * @returns {Shown}
 */
export function showOne(several, picked, by) {
  const at = several[picked] ? picked : 0;
  return { ...several[at], by, blank: false, prepared: null, several, picked: at };
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
 * @param {boolean} isPicture as for guess()
 * @returns {Guess}
 */
export function measure(loaded, image, isPicture) {
  const start = performance.now();
  for (let i = 0; i < COMPARED; i++) read(loaded, image, isPicture);
  const milliseconds = (performance.now() - start) / COMPARED;
  return { ...guess(loaded, image, isPicture), milliseconds };
}
