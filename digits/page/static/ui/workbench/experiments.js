// Six experiments: first say what you expect, then see what comes out.

import { EXPERIMENTS } from "../../core/experiments.js";
import { number, sentences, text } from "../../services/texts.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { drawLegend, drawPicture } from "./chart.js";
import { lossText } from "./figures.js";

/** @typedef {import("../../core/experiments.js").ExperimentName} ExperimentName */
/** @typedef {import("../../core/experiments.js").Point} Point */
/** @typedef {import("../../core/experiments.js").End} End */

/**
 * An experiment as this visitor did it.
 * @typedef {{expected: string, points: Point[], ends: End[] | null, outcome: string}} Trial
 */

const NAMES = /** @type {ExperimentName[]} */ (Object.keys(EXPERIMENTS));

export class ExperimentsView {
  /**
   * @param {HTMLElement} root
   * @param {object} hooks
   * @param {(name: ExperimentName) => void} hooks.start
   * @param {() => void} hooks.stop
   */
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    /** @type {ExperimentName | null} */
    this.open = null;
    /** @type {ExperimentName | null} which one is under way */
    this.running = null;
    /** @type {Map<ExperimentName, Trial>} */
    this.trials = new Map();
    this.panel = find(root, ".learn-experiment");
    const cards = find(root, ".learn-cards");
    for (const name of NAMES) {
      const card = makeButton("", () => this.choose(name), { className: "learn-card" });
      card.dataset.experiment = name;
      card.append(make("b"), make("small"));
      cards.append(card);
    }
    find(root, "[data-do=again]").addEventListener("click", () => this.forget());
  }

  /** @param {ExperimentName} name */
  choose(name) {
    this.open = name;
    this.show();
    this.panel.scrollIntoView({ block: "nearest" });
  }

  /** Try the open one once more, with other random weights. */
  forget() {
    if (!this.open) return;
    this.trials.delete(this.open);
    this.show();
  }

  /** @param {string} expected */
  begin(expected) {
    if (!this.open || this.running === this.open) return;
    if (this.running) this.trials.delete(this.running);
    this.running = this.open;
    this.trials.set(this.open, { expected, points: [], ends: null, outcome: "" });
    this.hooks.start(this.open);
    this.show();
  }

  /** Something else was begun in the meantime. */
  interrupt() {
    if (!this.running) return;
    this.trials.delete(this.running);
    this.running = null;
    this.hooks.stop();
    this.show();
  }

  /** @param {ExperimentName} name @param {Point} point */
  add(name, point) {
    this.trials.get(name)?.points.push(point);
    if (name === this.open) this.drawRace(name);
  }

  /** @param {ExperimentName} name @param {End[]} ends @param {string} outcome */
  end(name, ends, outcome) {
    const trial = this.trials.get(name);
    if (!trial) return;
    Object.assign(trial, { ends, outcome });
    this.running = null;
    this.show();
  }

  show() {
    for (const card of findAll(this.root, ".learn-card")) {
      const name = /** @type {ExperimentName} */ (card.dataset.experiment);
      const trial = this.trials.get(name);
      card.setAttribute("aria-pressed", String(name === this.open));
      card.classList.toggle("done", Boolean(trial?.ends));
      find(card, "b").textContent = text(`learn_try_${name}`);
      find(card, "small").textContent = text(
        trial?.ends ? "learn_tried" : trial ? "learn_trying" : `learn_try_${name}_more`,
      );
    }
    this.panel.hidden = !this.open;
    if (this.open) this.showOpen(this.open);
  }

  /** @param {ExperimentName} name */
  showOpen(name) {
    const trial = this.trials.get(name);
    find(this.panel, ".learn-question").textContent = text(`learn_ask_${name}`);
    find(this.panel, ".learn-choices").replaceChildren(
      ...EXPERIMENTS[name].choices.map((choice) => {
        const button = makeButton(text(`learn_ask_${name}_${choice}`), () => this.begin(choice));
        button.dataset.choice = choice;
        button.setAttribute("aria-pressed", String(trial?.expected === choice));
        button.disabled = Boolean(trial);
        button.classList.toggle("true", Boolean(trial?.ends) && trial?.outcome === choice);
        return button;
      }),
    );
    find(this.panel, "figure").hidden = !trial;
    find(this.panel, "[data-do=again]").hidden = !trial?.ends;
    const outcome = find(this.panel, ".learn-outcome");
    outcome.dataset.state = trial?.ends ? "done" : trial ? "running" : "asked";
    outcome.textContent = trial?.ends
      ? this.sentence(name, trial, trial.ends)
      : text(trial ? "learn_trying" : "learn_expect");
    if (trial) this.drawRace(name);
  }

  /** What was seen, from the numbers of this very run. @param {ExperimentName} name @param {Trial} trial @param {End[]} ends */
  sentence(name, { expected, outcome }, ends) {
    const share = (/** @type {number} */ accuracy) => text("percent", { number: (100 * accuracy).toFixed(1) });
    const [one, two] = [ends[0], ends[ends.length - 1]];
    const values = {
      train: share(one.train.accuracy),
      test: share(one.test.accuracy),
      loss: lossText(one.test.loss),
      other_train: share(two.train.accuracy),
      other: share(two.test.accuracy),
      other_loss: lossText(two.test.loss),
      dead: two.dead,
      nodes: two.nodes,
      points: Math.abs(100 * (one.test.accuracy - two.test.accuracy)).toFixed(1),
    };
    const verdict = text(expected === outcome ? "learn_expected" : "learn_unexpected");
    return sentences(verdict, text(`learn_seen_${name}_${outcome}`, values));
  }

  /** @param {ExperimentName} name */
  drawRace(name) {
    const points = this.trials.get(name)?.points ?? [];
    const { lanes } = EXPERIMENTS[name];
    const most = Math.max(...lanes.map(({ steps, settings }) => steps * (settings.batchSize ?? 15)));
    const isDone = Boolean(this.trials.get(name)?.ends);
    // An epoch's last batch may be smaller: how many digits a run sees is known once it has ended.
    const end = isDone ? Math.max(...points.map(({ seen }) => seen)) : most;
    const alone = lanes.length === 1;
    const line = (/** @type {number} */ lane, /** @type {"train" | "test"} */ part) =>
      points
        .filter((point) => point.lane === lane)
        .map((point) => /** @type {[number, number]} */ ([point.seen, point[part].accuracy]));
    const svg = find(this.panel, ".learn-race", SVGSVGElement);
    drawPicture(svg, {
      size: [560, 200],
      across: [0, end],
      up: [0, 1],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      label: (tick) => text("percent", { number: 100 * tick }),
      below: [
        [0, "0", "start"],
        [end, text("learn_seen_digits", { count: number(end) }), "end"],
      ],
      lines: alone
        ? [
            { name: "train", points: line(0, "train") },
            { name: "test", points: line(0, "test") },
          ]
        : [
            { name: "train", points: line(0, "test") },
            { name: "test", points: line(1, "test") },
          ],
    });
    svg.setAttribute("aria-label", text("learn_accuracy"));
    drawLegend(
      find(this.panel, "[data-legend=experiment]"),
      alone
        ? [
            ["train", text("learn_line_train")],
            ["test", text("learn_line_test")],
          ]
        : [
            ["train", text(`learn_lane_${lanes[0].name}`)],
            ["test", text(`learn_lane_${lanes[1].name}`)],
          ],
    );
  }
}
