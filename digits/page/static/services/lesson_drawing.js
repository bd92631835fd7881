// What the Learn room's lesson is about: the drawing on the pad as the network sees it, or a sample until
// there is one, and what digit it is.

import { pack, unpack } from "../core/base64.js";
import { toPixels } from "../core/network.js";
import { realSamples } from "./samples.js";
import { state } from "./state.js";
import { text } from "./texts.js";

/**
 * @typedef {object} Subject
 * @property {string} image base64 of 28 x 28 bytes
 * @property {Float32Array} pixels (784,) 0 to 1
 * @property {number | null} label what it is
 * @property {"said" | "guessed" | "sample" | "unknown"} by how that is known
 * @property {boolean} isSample it is a sample, not what the visitor drew
 */

const FIRST = 7; // the sample that is shown before anything is drawn

/**
 * The present subject; null while there is neither a drawing nor a sample.
 * @param {Map<string, number>} said what the visitor said of images before
 * @returns {Subject | null}
 */
export function findSubject(said) {
  const { drawing } = state.get("answer") ?? { drawing: null };
  const shown = state.get("answer")?.shown;
  const samples = realSamples();
  if (!drawing || !shown || shown.blank) {
    const sample = samples[FIRST];
    return sample?.pixels ? subjectOf(sample.pixels, FIRST, "sample", said) : null;
  }
  const image = pack(shown.image.bytes);
  const known = samples.find(({ pixels }) => pixels === drawing.pixels);
  if (drawing.pixels && known) return subjectOf(image, known.label, "sample", said);
  if (shown.guess?.sure) return subjectOf(image, shown.guess.label, "guessed", said);
  return subjectOf(image, null, "unknown", said);
}

/** What a subject is called: the visitor's drawing, or the sample. @param {Subject | null} subject */
export const nameOf = (subject) => text(subject?.isSample ? "lesson_part_sample" : "lesson_part_drawing");

/**
 * @param {string} image @param {number | null} label @param {Subject["by"]} by @param {Map<string, number>} said
 * @returns {Subject}
 */
function subjectOf(image, label, by, said) {
  const told = said.get(image);
  const subject = { image, pixels: toPixels(unpack(image)), label, by, isSample: by === "sample" };
  return told === undefined ? subject : { ...subject, label: told, by: "said" };
}
