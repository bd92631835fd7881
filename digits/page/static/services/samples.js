// Sample digits that load with one click or one key: real ones of MNIST's test images and hard ones.

import { replace } from "./drawing.js";

/** @typedef {import("./messages.js").Point} Point */

/**
 * @typedef {object} Sample
 * @property {number | null} label
 * @property {string} [name] of a hard one; its text is sample_NAME
 * @property {string} [pixels]
 * @property {Point[][]} [strokes]
 */

/** @type {Sample[]} */
let samples = [];
/** @type {Record<number, number>} which sample of a digit is next */
const turn = {};

/** @param {Sample[]} offered */
export function offer(offered) {
  samples = offered;
}

/** @param {Sample} sample */
export function show({ pixels, strokes }) {
  replace(pixels ? { pixels } : { strokes });
}

/**
 * Load a sample of this digit, another one each time.
 * @param {number} label
 */
export function loadSample(label) {
  const fitting = samples.filter((sample) => sample.label === label);
  if (!fitting.length) return;
  turn[label] = ((turn[label] ?? -1) + 1) % fitting.length;
  show(fitting[turn[label]]);
}

/** The samples that are hard to read, each with its strokes. */
export function hardSamples() {
  return samples.filter((one) => one.strokes);
}

/** A real sample of each digit. */
export function realSamples() {
  return Array.from({ length: 10 }, (_, label) =>
    samples.filter((one) => one.pixels && one.label === label).slice(0, 1),
  ).flat();
}
