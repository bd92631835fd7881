// Learn: the network learns in this browser, seen at work. One step on the visitor's own drawing, then
// batches, then experiments; one bar of buttons and two gauges for all of it.

import { DEFAULTS } from "../../core/run.js";
import { findSubject } from "../../services/lesson_drawing.js";
import { state } from "../../services/state.js";
import { fill, number, percent, text } from "../../services/texts.js";
import { createTraining } from "../../services/trainer_client.js";
import { find, findAll, onceAFrame, whenWidthChanges } from "../dom.js";
import { BatchesView } from "./batches.js";
import { DrawingView } from "./drawing.js";
import { ExperimentsView } from "./experiments.js";
import { lossText, wantsStillness } from "./figures.js";

/** @typedef {import("../../services/trainer_client.js").Message} Message */
/** @typedef {import("../../services/trainer_client.js").Training} Training */
/** @typedef {"drawing" | "batches" | "experiments"} ViewName */

const REST = 120; // ms without a new answer: the pen rests
const EVERY = 120; // ms between two reports of a run
const EVERY_STILL = 1000; // for those who asked their system for less motion
const SLOW = 900; // ms between two steps in slow motion

/** @param {import("../../hosts/gradio.js").Host<null>} host */
export function open(host) {
  new Learn(host).listen();
}

class Learn {
  /** @param {import("../../hosts/gradio.js").Host<null>} host */
  constructor(host) {
    this.root = find(host.element, ".learn");
    this.title = find(host.element, ".workbench-title");
    this.address = host.settings.digits;
    /** @type {Training | null} */
    this.training = null;
    /** @type {import("../../services/training.js").Report | null} */
    this.report = null;
    /** @type {{source: string, train: number, test: number} | null} */
    this.stock = null;
    this.problem = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soon = undefined;
    this.asked = 0; // which question about test digits was the last
    this.seed = 1 + Math.floor(Math.random() * 1e6);
    /** @type {ViewName} */
    this.view = "drawing";
    /** @type {BatchesView | null} */
    this.batchesOnceSeen = null;
    /** @type {ExperimentsView | null} */
    this.experimentsOnceSeen = null;
    this.drawing = new DrawingView(this.panel("drawing"), {
      changed: () => this.showBar(),
      mark: (view) => this.mark(view),
      onward: () => this.open("batches"),
    });
  }

  /** @param {ViewName} name */
  panel(name) {
    return find(this.root, `[data-panel=${name}]`);
  }

  /** The view of batches, which is built when it is first wanted. */
  get batches() {
    this.batchesOnceSeen ??= new BatchesView(this.panel("batches"), {
      change: (changes) => this.send({ kind: "change", changes }),
      goTo: (number) => this.sendInstead({ kind: "go_to", number }),
      fresh: () => this.begin(),
      pace: () => this.report?.isRunning && this.run(),
    });
    return this.batchesOnceSeen;
  }

  /** The view of experiments, which is built when it is first wanted. */
  get experiments() {
    this.experimentsOnceSeen ??= new ExperimentsView(this.panel("experiments"), {
      start: (name) => {
        if (this.problem && !this.stock) return this.experimentsOnceSeen?.interrupt(); // there are no digits
        this.seed += 1;
        this.send({ kind: "experiment", name, seed: this.seed });
      },
      stop: () => this.send({ kind: "stop" }),
    });
    return this.experimentsOnceSeen;
  }

  listen() {
    for (const button of findAll(this.root, ".learn-views button")) {
      button.addEventListener("click", () => this.open(/** @type {ViewName} */ (button.dataset.view)));
      button.addEventListener("keydown", (event) => this.pressed(event));
    }
    for (const button of findAll(this.root, ".learn-bar button", HTMLButtonElement)) {
      button.addEventListener("click", () => this.act(button.dataset.do ?? ""));
    }
    state.subscribe("language", () => this.name());
    state.subscribe("look", () => this.isSeen && this.showAll());
    state.subscribe("answer", () => this.watchSoon());
    // The lesson stands above: the workbench begins when the tab opens, not when one comes down to it.
    // At the next frame: what it shows makes the room higher, and an observer must not change what it observes.
    const beginSoon = onceAFrame(() => this.isSeen && this.begun());
    whenWidthChanges(this.root, beginSoon);
    this.drawing.listen();
  }

  get isSeen() {
    return Boolean(this.root.offsetParent);
  }

  // ---- the worker ----------------------------------------------------------------------------------

  /** The room is seen: get the digits, once. */
  begun() {
    if (!this.training) {
      this.training = createTraining(this.address, (message) => this.hear(message));
      this.begin();
      this.watch();
      this.mark(this.drawing);
      this.showSource();
    }
    this.showAll();
  }

  /** @param {import("../../services/trainer_client.js").Command} command */
  send(command) {
    this.training?.send(command);
  }

  /**
   * The worker does one thing at a time: an experiment that is under way ends, and its question is asked anew.
   * @param {import("../../services/trainer_client.js").Command} command
   */
  sendInstead(command) {
    this.experimentsOnceSeen?.interrupt();
    this.send(command);
  }

  /** A run from fresh random weights; what was set stays so. */
  begin() {
    this.seed += 1;
    const { learningRate, batchSize, activation } = this.report ?? DEFAULTS;
    const settings = { ...DEFAULTS, learningRate, batchSize, activation, seed: this.seed };
    this.sendInstead({ kind: "begin", settings });
  }

  run() {
    const wait = this.batches.slow.checked ? SLOW : 0;
    this.sendInstead({ kind: "run", wait, every: wantsStillness() ? EVERY_STILL : EVERY });
  }

  /** How the drawing's network does on test digits. @param {DrawingView} view */
  mark({ trainer }) {
    this.asked += 1;
    this.drawing.accuracy = null;
    const { sizes, activation, weights } = trainer.network;
    this.send({ kind: "mark", question: this.asked, sizes: [...sizes], activation, weights: weights.slice() });
  }

  watchSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.watch(), REST);
  }

  /** The run reads the drawing along. */
  watch() {
    const subject = findSubject(this.drawing.said);
    if (this.batchesOnceSeen) this.batchesOnceSeen.subject = subject;
    this.send({ kind: "watch", pixels: subject?.pixels ?? null });
  }

  /** @param {Message} message */
  hear(message) {
    switch (message.kind) {
      case "opened":
        this.stock = message;
        return this.showSource();
      case "failed":
        this.problem = message.reason;
        this.experimentsOnceSeen?.interrupt();
        return this.showSource();
      case "report":
        this.report = message;
        if (this.view === "batches") this.batches.show(message);
        return this.showBar();
      case "marked":
        if (message.question !== this.asked) return;
        this.drawing.accuracy = message.accuracy;
        return this.showBar();
      case "point":
        return this.experiments.add(message.name, message.point);
      case "ended":
        return this.experiments.end(message.name, message.ends, message.outcome);
    }
  }

  // ---- the bar -------------------------------------------------------------------------------------

  /** @param {string} what */
  act(what) {
    if (what === "run") {
      this.open("batches");
      return this.run();
    }
    if (what === "pause") return this.send({ kind: "pause" });
    const count = what === "step_ten" ? 10 : 1;
    if (this.view === "drawing") return what === "undo" ? this.drawing.undo() : this.drawing.step(count);
    if (what === "undo") return this.sendInstead({ kind: "go_to", number: Math.max(0, (this.report?.at ?? 0) - 1) });
    this.sendInstead({ kind: "step", count });
  }

  showBar() {
    const { report, drawing } = this;
    const isRunning = Boolean(report?.isRunning);
    const back = report && report.at > 0 ? report.step - report.kept[report.at - 1].step : 1;
    const onDrawing = this.view === "drawing";
    const can = {
      step: onDrawing ? drawing.canStep : Boolean(report),
      step_ten: onDrawing ? drawing.canStep : Boolean(report),
      undo: onDrawing ? drawing.canUndo : Boolean(report && report.at > 0),
      run: Boolean(report) && !isRunning,
      pause: isRunning,
    };
    for (const [name, isUsable] of Object.entries(can))
      find(this.root, `.learn-bar [data-do=${name}]`, HTMLButtonElement).disabled = !isUsable;
    find(this.root, ".learn-bar [data-do=undo]").textContent =
      onDrawing || back === 1 ? text("learn_undo") : text("learn_undo_many", { count: number(back) });
    const loss = onDrawing ? (drawing.canStep ? drawing.loss : null) : report?.batch.loss;
    const accuracy = onDrawing ? drawing.accuracy : report?.marks.test.accuracy;
    find(this.root, "#step-loss").textContent = loss === null || loss === undefined ? "–" : lossText(loss);
    find(this.root, "#step-test-accuracy").textContent =
      accuracy === null || accuracy === undefined ? "–" : percent(accuracy, 1);
    find(this.root, ".learn-loss-of").textContent = text(onDrawing ? "learn_loss_drawing" : "learn_loss_batch", {
      count: report?.batch.size,
    });
    find(this.root, ".learn-test-of").textContent = this.stock
      ? text("learn_test_of", { count: number(this.stock.test) })
      : "";
    const said = find(this.root, ".learn-said");
    said.setAttribute("aria-live", isRunning ? "off" : "polite"); // a run has something to say at every step
    said.textContent = onDrawing ? this.saidOfDrawing() : this.saidOfRun();
  }

  saidOfDrawing() {
    const { subject, status } = this.drawing;
    if (!subject) return text("learn_draw_first");
    if (subject.label === null) return text("learn_say_first");
    return status || this.drawing.standing;
  }

  saidOfRun() {
    const { report } = this;
    if (!report) return text(this.problem ? "learn_no_digits" : "learn_loading");
    if (report.at < report.kept.length - 1) return text("learn_looking_back", { step: number(report.step) });
    const values = {
      step: number(report.step),
      epoch: report.epoch + 1,
      seen: number(report.epoch * report.digits + report.place),
    };
    return text(report.step ? "learn_run_said" : "learn_begin_batches", values);
  }

  showSource() {
    const { stock } = this;
    const values = { train: number(stock?.train ?? 0), test: number(stock?.test ?? 0) };
    const words =
      this.problem && !stock
        ? text("learn_no_digits")
        : stock
          ? text(`learn_source_${stock.source}`, values)
          : text("learn_loading");
    find(this.root, ".learn-source").textContent = words;
    this.showBar();
  }

  // ---- the three views -----------------------------------------------------------------------------

  /** @param {ViewName} view */
  open(view) {
    this.view = view;
    this.root.dataset.view = view;
    for (const button of findAll(this.root, ".learn-views button")) {
      const isOpen = button.dataset.view === view;
      button.setAttribute("aria-selected", String(isOpen));
      button.tabIndex = isOpen ? 0 : -1;
    }
    for (const panel of findAll(this.root, ".learn-view")) panel.hidden = panel.dataset.panel !== view;
    this.showAll();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const names = /** @type {ViewName[]} */ (["drawing", "batches", "experiments"]);
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = names[(names.indexOf(this.view) + by + names.length) % names.length];
    this.open(next);
    find(this.root, `.learn-views [data-view=${next}]`).focus();
  }

  showAll() {
    if (!this.training || !this.isSeen) return;
    if (this.view === "drawing") {
      this.drawing.repaint();
      this.drawing.show();
    } else if (this.view === "batches") this.showBatches();
    else this.experiments.show();
    this.showBar();
  }

  /** The view of batches as the last report has it, and the drawing that it reads along. */
  showBatches() {
    const { batches } = this;
    batches.subject = findSubject(this.drawing.said);
    batches.report = this.report;
    batches.again();
  }

  name() {
    fill(this.title);
    fill(this.root);
    this.drawing.name();
    if (!this.training) return; // before that, begun() shows all at once
    this.showSource();
    this.showAll();
  }
}
