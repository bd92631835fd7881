// The loss of one digit at a time: the truth beside the guess, and the dot on the curve -ln p.

import { calibrated, forward, indexOfLargest } from "../../core/network.js";
import { createRandom } from "../../core/random.js";
import { pixelsOf, shuffledOrder } from "../../core/training.js";
import { findSubject } from "../../services/lesson_drawing.js";
import { state } from "../../services/state.js";
import { decimal, exactPercent, isTooSmall, percent, placesOf, text } from "../../services/texts.js";
import { shape } from "../chart.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { drawPicture } from "../workbench/chart.js";
import { follow, makeStatus } from "./part_helpers.js";
import { makePixels, paintInk } from "./pixels.js";

/** @typedef {import("./part_types.js").Lesson} Lesson */
/** One of the digits on the table. @typedef {{pixels: Float32Array, label: number, from: "yours" | "sample" | "test"}} Item */
/** What the network says of it. @typedef {{says: number, truth: number, sureness: number, loss: number}} Judged */

const SHOWN = 11; // test digits beside the drawing
const WRONG = 3; // of them as many misread ones as there are, at most
const MIXED = 1; // seed of the order in which digits lie there
const MOST_LOSS = 6; // of the curve; what is higher stays at its upper edge

/** @param {HTMLElement} root @param {Lesson} lesson */
export function mount(root, lesson) {
  const part = new Loss(root, lesson);
  return follow(root, part, {
    answer: () => part.useDrawing(),
    network: () => part.useNetwork(),
    look: () => part.show(),
  });
}

class Loss {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    /** @type {import("../../core/training.js").Digits | null} */
    this.test = null;
    /** @type {Item[]} */
    this.digits = [];
    /** @type {Item | null} */
    this.drawing = null;
    this.chosen = 0;
    /** @type {Map<string, number>} */
    this.said = new Map();
    this.problem = "";
    this.fetch();
  }

  async fetch() {
    try {
      this.test = (await this.lesson.digits()).test;
    } catch {
      this.problem = text("part_no_digits");
    }
    this.useNetwork();
  }

  build() {
    const table = make("div", undefined, { className: "part-table" });
    table.setAttribute("role", "group");
    table.setAttribute("aria-label", text("part_loss_table"));
    const bottom = make("div", undefined, { className: "part-loss" });
    const facts = make("dl", undefined, { className: "part-facts" });
    const chart = /** @type {SVGSVGElement} */ (shape("svg", { class: "chart part-chart", role: "img" }));
    bottom.append(facts, chart);
    this.root.replaceChildren(table, bottom, makeStatus());
    this.show();
  }

  get items() {
    return [...(this.drawing ? [this.drawing] : []), ...this.digits];
  }

  useDrawing() {
    const subject = findSubject(this.said);
    const isSame = String(subject?.pixels) === String(this.drawing?.pixels);
    if (isSame && subject?.label === this.drawing?.label) return;
    const from = subject?.isSample ? "sample" : "yours";
    this.drawing = subject && subject.label !== null ? { pixels: subject.pixels, label: subject.label, from } : null;
    this.chosen = 0;
    this.show();
  }

  useNetwork() {
    const network = state.get("network")?.network;
    if (!network || !this.test) return this.show();
    const { hard, rest } = pick(network, this.test);
    // Misread ones come anywhere among the others, so that one has to look for them.
    const shown = [...rest.slice(0, SHOWN - hard.length), ...hard];
    this.digits = Array.from(shuffledOrder(shown.length, createRandom(MIXED)), (place) => shown[place]);
    this.show();
  }

  /** @param {Item} item @returns {Judged | null} */
  judge({ pixels, label }) {
    const loaded = state.get("network");
    if (!loaded) return null;
    const { logProbabilities } = forward(loaded.network, pixels);
    const shares = calibrated(logProbabilities, loaded.calibration.temperature);
    const says = indexOfLargest(shares);
    return { says, truth: shares[label], sureness: shares[says], loss: -Math.log(shares[label]) };
  }

  /** @param {number} at */
  choose(at) {
    this.chosen = at;
    this.show();
    const losses = this.items.map((item) => this.judge(item)?.loss ?? 0);
    if (this.digits.length && at === indexOfLargest(losses)) this.lesson.done();
  }

  show() {
    if (!this.root.firstChild) return;
    const { items } = this;
    this.showTable(items);
    const item = items[this.chosen];
    const judged = item && this.judge(item);
    find(this.root, ".part-status").textContent = judged
      ? this.sentence(items, judged)
      : this.problem || text("part_coming");
    if (item && judged) this.showChosen(item, judged);
  }

  /** @param {Item[]} items */
  showTable(items) {
    const table = find(this.root, ".part-table");
    const had = findAll(table, "button").indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const buttons = items.map((item, i) => {
      const button = makeButton("", () => this.choose(i));
      const canvas = makePixels();
      paintInk(canvas, item.pixels);
      button.append(canvas, make("span", item.from === "test" ? item.label : text(`part_${item.from}`)));
      button.setAttribute("aria-pressed", String(i === this.chosen));
      button.setAttribute("aria-label", text(`part_loss_of_${item.from}`, { label: item.label }));
      return button;
    });
    table.replaceChildren(...buttons);
    buttons[had]?.focus();
  }

  /** @param {Item} item @param {Judged} judged */
  showChosen({ label }, { says, truth, sureness, loss }) {
    const places = placesOf(truth) + 2;
    const lossWords = decimal(loss, loss < 0.01 ? places : 2);
    const facts = [
      [text("part_loss_truth"), String(label), ""],
      [text("part_loss_guess"), `${says} · ${exactPercent(sureness)}`, says === label ? "" : "wrong"],
      [text("part_loss_share", { label }), exactPercent(truth), ""],
      [text("part_loss_loss"), `−ln ${isTooSmall(truth) ? "p" : decimal(truth, places)} = ${lossWords}`, "large"],
    ];
    find(this.root, ".part-facts").replaceChildren(
      ...facts.map(([name, value, className]) => {
        const row = make("div", undefined, { className });
        row.append(make("dt", name), make("dd", value));
        return row;
      }),
    );
    this.drawCurve(truth, loss, lossWords);
  }

  /** @param {number} truth @param {number} loss @param {string} lossWords */
  drawCurve(truth, loss, lossWords) {
    const svg = find(this.root, "svg", SVGSVGElement);
    const points = Array.from({ length: 101 }, (_, i) => (i ? i / 100 : Math.exp(-MOST_LOSS)));
    drawPicture(svg, {
      size: [340, 190],
      across: [0, 1],
      up: [0, MOST_LOSS],
      ticks: [0, 2, 4, 6],
      label: (tick) => String(tick),
      below: [
        [0, "p = 0", "start"],
        [0.5, percent(0.5)],
        [1, percent(1), "end"],
      ],
      lines: [{ name: "along", points: points.map((p) => /** @type {[number, number]} */ ([p, -Math.log(p)])) }],
      dots: [{ x: truth, y: loss, name: "now" }],
    });
    svg.setAttribute("aria-label", text("part_loss_curve", { share: exactPercent(truth), loss: lossWords }));
  }

  /** @param {Item[]} items @param {Judged} judged */
  sentence(items, { says, loss }) {
    if (!this.digits.length) return this.problem || text("part_coming");
    const all = items.map((item) => this.judge(item));
    const larger = all.filter((other) => (other?.loss ?? 0) > loss).length;
    if (larger) return text(larger === 1 ? "part_loss_larger_one" : "part_loss_larger", { larger });
    if (says !== items[this.chosen].label) return text("part_loss_largest_wrong", { says });
    const isAllRight = all.every((other, i) => other?.says === items[i].label);
    return text(isAllRight ? "part_loss_largest_right" : "part_loss_largest");
  }
}

/**
 * Misread digits, as many as are wanted if there are so many at all, and the first that are read right.
 * @param {import("../../core/network.js").Network} network
 * @param {import("../../core/training.js").Digits} test
 */
function pick(network, test) {
  /** @type {Item[][]} */
  const [hard, rest] = [[], []];
  for (let i = 0; i < test.labels.length && (hard.length < WRONG || rest.length < SHOWN); i++) {
    /** @type {Item} */
    const item = { pixels: pixelsOf(test, i), label: test.labels[i], from: "test" };
    const says = indexOfLargest(forward(network, item.pixels).logProbabilities);
    if (says === item.label) {
      if (rest.length < SHOWN) rest.push(item);
    } else if (hard.length < WRONG) hard.push(item);
  }
  return { hard, rest };
}
