// A network with random weights reads the drawing; new weights at a press, until it is right by luck.

import { freshNetwork, survey } from "../../core/evaluation.js";
import { forward, indexOfLargest } from "../../core/network.js";
import { findSubject } from "../../services/lesson_drawing.js";
import { number, percent, text } from "../../services/texts.js";
import { inSlices } from "../../services/time_slices.js";
import { find, make, makeButton } from "../dom.js";
import { follow, makeBars, makeRow, makeStatus, showBars } from "./part_helpers.js";
import { makePixels, paintInk } from "./pixels.js";

/** @typedef {import("./part_types.js").Lesson} Lesson */

const MOST_MARKS = 40; // dots of earlier networks

/** @param {HTMLElement} root @param {Lesson} lesson */
export function mount(root, lesson) {
  const part = new Untrained(root, lesson);
  return follow(root, part, { answer: () => part.useDrawing(), look: () => part.show() });
}

class Untrained {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    this.seed = Math.floor(1e6 * Math.random());
    this.network = freshNetwork(this.seed);
    this.draws = 0; // how often new weights were drawn
    this.turn = 0;
    /** @type {number[]} accuracies of the networks so far */
    this.marks = [];
    /** @type {import("../../core/evaluation.js").Survey | null} */
    this.survey = null;
    this.problem = "";
    /** @type {Map<string, number>} what the visitor said drawings are */
    this.said = new Map();
    this.subject = findSubject(this.said);
    this.count();
  }

  end() {
    this.turn += 1;
  }

  build() {
    const top = make("div", undefined, { className: "part-reading" });
    const side = make("div", undefined, { className: "part-subject" });
    side.append(makePixels(text("part_drawing")), this.makeTruth());
    top.append(side, makeBars());
    const marks = make("div", undefined, { className: "part-luck" });
    const strip = make("div", undefined, { className: "part-strip" });
    strip.setAttribute("aria-hidden", "true");
    marks.append(make("b", ""), make("span", ""), strip, make("small", ""));
    const button = makeButton(text("part_new_weights"), () => this.draw(), { className: "primary" });
    this.root.replaceChildren(top, makeRow(button), makeStatus(), marks);
    this.show();
  }

  makeTruth() {
    const label = make("label", undefined, { className: "part-truth" });
    const select = make("select", undefined, { name: "truth" });
    select.append(make("option", "?", { value: "" }));
    for (let digit = 0; digit < 10; digit++) select.append(make("option", digit, { value: String(digit) }));
    select.addEventListener("change", () => {
      if (!this.subject || !select.value) return;
      this.said.set(this.subject.image, Number(select.value));
      this.useDrawing();
    });
    label.append(make("span", text("part_truth")), select);
    return label;
  }

  useDrawing() {
    this.subject = findSubject(this.said);
    this.show();
  }

  draw() {
    this.seed += 1;
    this.draws += 1;
    this.network = freshNetwork(this.seed);
    this.survey = null;
    this.show();
    this.count();
    if (this.isRight) this.lesson.done();
  }

  /** @returns {Float64Array | null} */
  get probabilities() {
    return this.subject && forward(this.network, this.subject.pixels).logProbabilities.map(Math.exp);
  }

  get isRight() {
    const { subject, probabilities } = this;
    return Boolean(probabilities) && indexOfLargest(probabilities ?? []) === subject?.label;
  }

  /** How it does on the test digits. */
  async count() {
    const turn = ++this.turn;
    try {
      const { test } = await this.lesson.digits();
      const end = await inSlices(survey(this.network, test), { isWanted: () => turn === this.turn });
      if (!end) return;
      this.survey = end;
      this.marks = [...this.marks, end.right / end.tested].slice(-MOST_MARKS);
    } catch {
      if (turn !== this.turn) return;
      this.problem = text("part_no_digits");
    }
    this.showMarks();
  }

  show() {
    const { subject, probabilities } = this;
    if (!this.root.firstChild || !subject || !probabilities) return;
    paintInk(find(this.root, "canvas", HTMLCanvasElement), subject.pixels);
    find(this.root, "[name=truth]", HTMLSelectElement).value = String(subject.label ?? "");
    showBars(find(this.root, ".part-bars"), probabilities, subject.label);
    const says = indexOfLargest(probabilities);
    const values = { says, sureness: percent(probabilities[says]), label: subject.label, draws: number(this.draws) };
    const key = subject.label === null ? "part_untrained_ask" : says === subject.label ? "right" : "wrong";
    const said = key === "right" ? "part_untrained_right" : key === "wrong" ? "part_untrained_wrong" : key;
    find(this.root, ".part-status").textContent = text(said, values);
    this.showMarks();
  }

  showMarks() {
    const box = find(this.root, ".part-luck");
    const { survey, marks } = this;
    const share = survey && survey.right / survey.tested;
    find(box, "b").textContent = share === null ? "–" : percent(share, 1);
    find(box, "span").textContent = survey
      ? text("part_of_test", { count: number(survey.tested) })
      : this.problem || text("part_coming");
    const dots = marks.map((mark, i) => {
      const dot = make("i", undefined, { className: i === marks.length - 1 && survey ? "now" : "" });
      dot.style.setProperty("--share", String(mark));
      return dot;
    });
    find(box, ".part-strip").replaceChildren(make("u"), ...dots);
    find(box, "small").textContent = survey ? this.commonest(survey) : "\u00a0";
  }

  /** @param {import("../../core/evaluation.js").Survey} survey */
  commonest({ said, tested }) {
    const digit = indexOfLargest(said);
    return text("part_says_mostly", { digit, count: number(said[digit]), all: number(tested) });
  }
}
