// Fifteen digits at a time: a run in the worker that trains, to be run, paused and taken back.

import { indexOfLargest } from "../../core/network.js";
import { DEFAULTS } from "../../core/run.js";
import { decimal, number, percent, text } from "../../services/texts.js";
import { createTraining } from "../../services/trainer_client.js";
import { shape } from "../chart.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { drawLegend, drawPicture } from "../workbench/chart.js";
import { wantsStillness } from "../workbench/figures.js";
import { follow, makeRow, makeSlider, makeStatus, showSlider } from "./part_helpers.js";
import { makePixels, paintInk } from "./pixels.js";

/** @typedef {import("./part_types.js").Lesson} Lesson */
/** @typedef {import("../../services/training.js").Report} Report */

const ADDRESS = "digits/learn";
const SHOWN = 15;
const SLOW = 40; // ms between two batches: fast enough to wait for, slow enough to see digits come and go
const EVERY = 120; // ms between two reports
const GOAL = 0.9;

/** @param {HTMLElement} root @param {Lesson} lesson */
export function mount(root, lesson) {
  const part = new Batches(root, lesson);
  return follow(root, part, { look: () => part.show() });
}

class Batches {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    /** @type {Report | null} */
    this.report = null;
    this.isFailed = false;
    this.training = createTraining(ADDRESS, (message) => {
      if (message.kind === "report") this.hear(message);
      else if (message.kind === "failed") this.fail();
    });
    this.begin();
  }

  end() {
    this.training.close();
  }

  begin() {
    this.training.send({ kind: "begin", settings: { ...DEFAULTS, seed: Math.floor(1e6 * Math.random()) } });
  }

  fail() {
    this.isFailed = true;
    this.show();
  }

  /** @param {Report} report */
  hear(report) {
    this.report = report;
    this.show();
    if (report.marks.test.accuracy >= GOAL) this.lesson.done();
  }

  build() {
    const table = make("div", undefined, { className: "part-batch" });
    table.setAttribute("role", "group");
    for (let i = 0; i < SHOWN; i++) {
      const one = make("span");
      one.append(makePixels(), make("b", ""));
      table.append(one);
    }
    const buttons = makeRow(
      makeButton(text("part_one_batch"), () => this.training.send({ kind: "step", count: 1 })),
      makeButton(text("part_run"), () => this.toggle(), { className: "primary part-run" }),
      makeButton(text("part_anew"), () => this.begin()),
    );
    const speed = make("label", undefined, { className: "part-switch" });
    const box = make("input", undefined, { type: "checkbox", name: "fast", checked: wantsStillness() });
    box.setAttribute("role", "switch");
    box.addEventListener("change", () => this.report?.isRunning && this.run());
    speed.append(box, make("span", text("part_fast")));
    buttons.append(speed);
    const chart = shape("svg", { class: "chart part-chart wide", role: "img" });
    const legend = make("p", undefined, { className: "part-legend" });
    const back = makeSlider("back", text("part_back"), [0, 0, 1], (at) =>
      this.training.send({ kind: "go_to", number: at }),
    );
    const marks = make("div", undefined, { className: "part-marks" });
    marks.append(make("b", "–"), make("span", text("part_of_test", { count: number(1000) })), make("small", ""));
    this.root.replaceChildren(table, buttons, marks, chart, legend, back, makeStatus());
    drawLegend(legend, [
      ["train", text("part_line_train")],
      ["test", text("part_line_test")],
    ]);
    this.show();
  }

  toggle() {
    if (this.report?.isRunning) this.training.send({ kind: "pause" });
    else this.run();
  }

  run() {
    const isFast = find(this.root, "[name=fast]", HTMLInputElement).checked;
    this.training.send({ kind: "run", wait: isFast ? 0 : SLOW, every: EVERY });
  }

  show() {
    const { report, root } = this;
    if (!root.firstChild) return;
    for (const button of findAll(root, ".part-buttons button", HTMLButtonElement)) button.disabled = !report;
    find(root, "[name=back]", HTMLInputElement).disabled = !report;
    const status = find(root, ".part-status");
    if (!report) {
      status.textContent = text(this.isFailed ? "part_no_digits" : "part_coming");
      return;
    }
    this.showBatch(report);
    this.showMarks(report);
    find(root, ".part-run").textContent = text(report.isRunning ? "part_pause" : "part_run");
    const isBack = report.at < report.kept.length - 1;
    if (report.isRunning) status.textContent = "";
    else status.textContent = text(isBack ? "part_batches_back" : this.keyOf(report));
  }

  /** @param {Report} report */
  keyOf({ step, marks }) {
    if (!step) return "part_batches_begin";
    return marks.test.accuracy >= GOAL ? "part_batches_done" : "part_batches_paused";
  }

  /** @param {Report} report */
  showBatch({ batch }) {
    const all = batch.labels.map((label, i) => {
      const says = indexOfLargest(batch.probabilities.subarray(10 * i, 10 * i + 10));
      return { label, says };
    });
    const table = find(this.root, ".part-batch");
    for (const [i, one] of findAll(table, "span").entries()) {
      one.hidden = i >= all.length;
      if (one.hidden) continue;
      const pixels = Float32Array.from(batch.images.subarray(784 * i, 784 * i + 784), (ink) => ink / 255);
      paintInk(find(one, "canvas", HTMLCanvasElement), pixels);
      find(one, "b").textContent = String(all[i].says);
      one.classList.toggle("wrong", all[i].says !== all[i].label);
    }
    const right = all.filter(({ label, says }) => label === says).length;
    table.setAttribute("aria-label", text("part_batch", { right, all: all.length, loss: decimal(batch.loss, 2) }));
  }

  /** @param {Report} report */
  showMarks({ marks, step, epoch, place, digits, kept, at }) {
    const box = find(this.root, ".part-marks");
    find(box, "b").textContent = percent(marks.test.accuracy, 1);
    const seen = { step: number(step), epoch: number(epoch + 1), place: number(place), all: number(digits) };
    find(box, "small").textContent = text("part_batches_at", seen);
    showSlider(this.root, "back", this.setRange(kept.length - 1, at), number(kept[at]?.step ?? step));
    const end = Math.max(200, kept[kept.length - 1].step);
    const line = (/** @type {"train" | "test"} */ name) =>
      kept.map((mark) => /** @type {[number, number]} */ ([mark.step, mark[name].accuracy]));
    const svg = find(this.root, "svg", SVGSVGElement);
    drawPicture(svg, {
      size: [560, 190],
      across: [0, end],
      up: [0, 1],
      ticks: [0, 0.5, GOAL, 1],
      label: (tick) => percent(tick),
      below: [
        [0, "0", "start"],
        [end, text("part_steps", { count: number(end) }), "end"],
      ],
      lines: [
        { name: "train", points: line("train") },
        { name: "test", points: line("test") },
      ],
      marker: at < kept.length - 1 ? kept[at].step : undefined,
    });
    svg.setAttribute("aria-label", text("part_batches_curve", { share: percent(marks.test.accuracy, 1), ...seen }));
  }

  /** @param {number} last @param {number} at */
  setRange(last, at) {
    find(this.root, "[name=back]", HTMLInputElement).max = String(last);
    return Math.min(at, last);
  }
}
