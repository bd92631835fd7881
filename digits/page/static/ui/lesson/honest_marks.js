// Honest marks: say where the test will end, then see a run on few digits or on wrong labels.

import { EXPERIMENTS } from "../../core/experiments.js";
import { number, percent, sentences, text } from "../../services/texts.js";
import { createTraining } from "../../services/trainer_client.js";
import { shape } from "../chart.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { drawLegend, drawPicture } from "../workbench/chart.js";
import { follow, makeRow, makeSlider, makeStatus, showSlider } from "./part_helpers.js";

/** @typedef {import("./part_types.js").Lesson} Lesson */
/** @typedef {"heart" | "shuffled"} Name */
/** @typedef {{points: import("../../core/experiments.js").Point[], end: import("../../core/experiments.js").End | null}} Trial */

const ADDRESS = "digits/learn";
const NAMES = /** @type {const} */ (["heart", "shuffled"]);
const CLOSE = 0.05; // a good guess

/** @param {HTMLElement} root @param {Lesson} lesson */
export function mount(root, lesson) {
  return follow(root, new HonestMarks(root, lesson));
}

class HonestMarks {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    /** @type {Name} */
    this.name = "heart";
    this.guess = 0.5;
    this.hasGuessed = false; // the slider was moved
    this.isRunning = false;
    this.isFailed = false;
    /** @type {Trial} */
    this.trial = { points: [], end: null };
    this.training = createTraining(ADDRESS, (message) => this.hear(message));
  }

  end() {
    this.training.close();
  }

  /** @param {import("../../services/training.js").Message} message */
  hear(message) {
    if (message.kind === "failed") {
      this.isFailed = true;
      this.isRunning = false;
    } else if (!this.isRunning) return;
    else if (message.kind === "point" && message.name === this.name) this.trial.points.push(message.point);
    else if (message.kind === "ended" && message.name === this.name) {
      this.isRunning = false;
      this.trial.end = message.ends[0];
      this.lesson.done();
    }
    this.show();
  }

  build() {
    const choice = makeRow(
      ...NAMES.map((name) => {
        const button = makeButton(text(`part_marks_${name}`), () => this.choose(name));
        button.dataset.name = name;
        return button;
      }),
    );
    choice.classList.add("part-choice");
    const chart = shape("svg", { class: "chart part-chart wide", role: "img" });
    const legend = make("p", undefined, { className: "part-legend" });
    const guess = makeSlider("guess", text("part_marks_guess"), [0, 100, 1], (value) => {
      this.guess = value / 100;
      this.hasGuessed = true;
      this.show();
    });
    const row = makeRow(
      makeButton(text("part_marks_go"), () => this.go(), { className: "primary part-go" }),
      makeButton(text("part_marks_again"), () => this.choose(this.name), { className: "part-again" }),
    );
    this.root.replaceChildren(choice, guess, row, chart, legend, makeStatus());
    drawLegend(legend, [
      ["train", text("part_line_train")],
      ["test", text("part_line_test")],
      ["guess", text("part_line_guess")],
    ]);
    this.show();
  }

  /** @param {Name} name */
  choose(name) {
    if (this.isRunning) this.training.send({ kind: "stop" });
    this.name = name;
    this.isRunning = false;
    this.hasGuessed = false;
    this.trial = { points: [], end: null };
    this.show();
  }

  go() {
    this.isRunning = true;
    this.trial = { points: [], end: null };
    this.training.send({ kind: "experiment", name: this.name, seed: Math.floor(1e6 * Math.random()) });
    this.show();
  }

  show() {
    const { root, trial, isRunning } = this;
    if (!root.firstChild) return;
    for (const button of findAll(root, ".part-choice button"))
      button.setAttribute("aria-pressed", String(button.dataset.name === this.name));
    showSlider(root, "guess", Math.round(100 * this.guess), percent(this.guess));
    find(root, "[name=guess]", HTMLInputElement).disabled = isRunning || Boolean(trial.end);
    find(root, ".part-go", HTMLButtonElement).disabled = !this.hasGuessed || isRunning || Boolean(trial.end);
    find(root, ".part-again", HTMLButtonElement).disabled = !trial.end;
    find(root, ".part-status").textContent = this.sentence();
    this.drawChart();
  }

  sentence() {
    const { trial, guess, name } = this;
    if (this.isFailed) return text("part_no_digits");
    if (this.isRunning) return text("part_marks_running");
    if (!trial.end) return text(this.hasGuessed ? "part_marks_ready" : `part_marks_ask_${name}`);
    const [train, test] = [trial.end.train.accuracy, trial.end.test.accuracy];
    const values = {
      train: percent(train),
      test: percent(test, 1),
      guess: percent(guess),
      off: number(Math.round(Math.abs(100 * (test - guess)))),
    };
    const gap = train - test > 0.1 ? "gap" : "even";
    const verdict = text(Math.abs(test - guess) <= CLOSE ? "part_marks_close" : "part_marks_off", values);
    return sentences(verdict, text(`part_marks_${gap}`, values));
  }

  drawChart() {
    const { points } = this.trial;
    const end = EXPERIMENTS[this.name].lanes[0].steps;
    const line = (/** @type {"train" | "test"} */ part) =>
      points.map((point) => /** @type {[number, number]} */ ([point.step, point[part].accuracy]));
    const svg = find(this.root, "svg", SVGSVGElement);
    const last = points[points.length - 1];
    drawPicture(svg, {
      size: [560, 200],
      across: [0, end],
      up: [0, 1],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      label: (tick) => percent(tick),
      below: [
        [0, "0", "start"],
        [end, text("part_steps", { count: number(end) }), "end"],
      ],
      lines: [
        {
          name: "guess",
          points: [
            [0, this.guess],
            [end, this.guess],
          ],
        },
        { name: "train", points: line("train") },
        { name: "test", points: line("test") },
      ],
      dots: last ? [{ x: last.step, y: last.test.accuracy, name: "now" }] : [],
    });
    const values = { guess: percent(this.guess), test: last ? percent(last.test.accuracy, 1) : "–" };
    svg.setAttribute("aria-label", text("part_marks_curve", values));
  }
}
