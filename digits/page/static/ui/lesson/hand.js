// The drawing merely shrunk and the drawing prepared as MNIST's digits were, each read by the same network.

import { toPixels } from "../../core/network.js";
import { prepareStrokes, shrinkStrokes } from "../../core/preparation.js";
import { guess } from "../../services/browser_reader.js";
import { hardSamples, show } from "../../services/samples.js";
import { surenessOf } from "../../services/server_answers.js";
import { state } from "../../services/state.js";
import { text } from "../../services/texts.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { follow, makeRow, makeStatus } from "./part_helpers.js";
import { makePixels, paintInk } from "./pixels.js";

/** @typedef {import("./part_types.js").Lesson} Lesson */
/** @typedef {import("../../services/messages.js").Guess} Guess */
/** @typedef {import("../../services/messages.js").Point} Point */

/** A seven, small and in a corner. @type {Point[][]} */
const IN_THE_CORNER = [
  [
    [0.72, 0.06],
    [0.88, 0.06],
    [0.77, 0.29],
  ],
];

/** @param {HTMLElement} root @param {Lesson} lesson */
export function mount(root, lesson) {
  const part = new Hand(root, lesson);
  return follow(root, part, { answer: () => part.show(), network: () => part.show(), look: () => part.show() });
}

/** What the preparation did. @param {Guess} shrunk @param {Guess} prepared */
function keyOf(shrunk, prepared) {
  if (shrunk.label === prepared.label && shrunk.sure === prepared.sure) return "part_hand_same";
  return prepared.sure ? "part_hand_saved" : "part_hand_doubt";
}

class Hand {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
  }

  build() {
    const pair = make("div", undefined, { className: "part-halves" });
    for (const way of ["shrunk", "prepared"]) {
      const half = make("figure", undefined, { className: "part-half part-way" });
      half.dataset.way = way;
      half.append(makePixels(text(`part_hand_${way}`)), make("figcaption", text(`part_hand_${way}`)), make("b", ""));
      pair.append(half);
    }
    const tries = [{ label: 7, strokes: IN_THE_CORNER, words: text("part_hand_corner") }, ...this.samples()];
    const row = makeRow(...tries.map(({ strokes, words }) => makeButton(words, () => show({ label: null, strokes }))));
    this.root.replaceChildren(pair, makeStatus(), make("h4", text("part_hand_try")), row);
    this.show();
  }

  /** Hard samples by name. */
  samples() {
    return hardSamples().map((sample) => ({ ...sample, words: text(`sample_${sample.name}`) }));
  }

  show() {
    if (!this.root.firstChild) return;
    const [loaded, rules, answer] = [state.get("network"), state.get("rules"), state.get("answer")];
    const strokes = answer?.drawing.strokes?.filter((stroke) => stroke.length) ?? [];
    const canRead = Boolean(loaded && rules && strokes.length);
    for (const half of findAll(this.root, ".part-way")) half.hidden = !canRead;
    const status = find(this.root, ".part-status");
    if (!loaded || !rules || !strokes.length) {
      status.textContent = text(answer?.drawing.strokes ? "part_hand_draw" : "part_hand_strokes");
      return;
    }
    const images = [shrinkStrokes(strokes, rules), prepareStrokes(strokes, rules).image];
    const [shrunk, prepared] = images.map((image, i) => {
      const half = findAll(this.root, ".part-way")[i];
      const said = guess(loaded, image);
      paintInk(find(half, "canvas", HTMLCanvasElement), toPixels(image));
      const words = text(said.sure ? "part_hand_says" : "part_hand_unsure", {
        label: said.label,
        percent: surenessOf(said),
      });
      find(half, "b").textContent = words;
      return said;
    });
    status.textContent = text(keyOf(shrunk, prepared));
    if (prepared.sure && shrunk.label !== prepared.label) this.lesson.done();
  }
}
