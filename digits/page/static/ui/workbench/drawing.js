// One step on one drawing: ten probabilities beside ten targets, the loss, the blame that is sent back, and
// a step against it for all weights at once.
//
// The step is plain gradient descent, weight - learning rate x gradient, so that what is written beside a
// weight is what happens to it.

import { findFlows } from "../../core/blame.js";
import { forward, indexOfLargest, toPixels } from "../../core/network.js";
import { DEFAULTS } from "../../core/run.js";
import { Trainer } from "../../core/training.js";
import { findSubject } from "../../services/lesson_drawing.js";
import { realSamples } from "../../services/samples.js";
import { state } from "../../services/state.js";
import { exactPercent, number, shareText, text } from "../../services/texts.js";
import { unpack } from "../canvas.js";
import { find, findAll, make, makeButton, makeSpeaker, whenWidthChanges } from "../dom.js";
import { drawPicture } from "./chart.js";
import { blameText, ladder, lossText } from "./figures.js";
import { BlamePicture } from "./net.js";
import { makeTiles, paintTile, showSaid } from "./tiles.js";
import { WeightPanel } from "./weight.js";

/** @typedef {import("../../services/lesson_drawing.js").Subject} Subject */
/** @typedef {import("../inside.js").Node} Node */
/** @typedef {import("./net.js").Scene} Scene */
/** @typedef {import("./tiles.js").Tile} Tile */

const RATES = ladder(-3, 0); // with 1 the loss of the next drawing jumps; beyond, numbers grow without end
const VALLEY_RATES = ladder(-3, 4); // for one weight alone, whose valley may be far away
const RATE = 0.1; // ten steps of it and the drawing is known
const MOST_UNDONE = 60; // steps that can be taken back; each holds 0.24 MB
const ENOUGH = 5; // steps after which other digits are offered
const TRAIL = 30; // losses of earlier steps that stay on the curve
const REST = 120; // ms without a new answer: the pen rests
const HELPS = ["more", "larger", "many"];

export class DrawingView {
  /**
   * @param {HTMLElement} root
   * @param {object} hooks
   * @param {() => void} hooks.changed the gauges should look again
   * @param {(view: DrawingView) => void} hooks.mark how does this network do on test digits?
   * @param {() => void} hooks.onward to the batches
   */
  constructor(root, { changed, mark, onward }) {
    this.root = root;
    this.hooks = { changed, mark, onward };
    this.seed = 1 + Math.floor(Math.random() * 1e6);
    this.rate = RATE;
    this.isInValley = false; // one weight with a valley is looked at
    this.mode = /** @type {"says" | "blame"} */ ("blame");
    /** @type {Node | null} */
    this.chosen = null;
    /** @type {Map<string, number>} */
    this.said = new Map();
    /** @type {Subject | null} */
    this.subject = null;
    /** @type {Set<number>} which of the ten others were asked for */
    this.asked = new Set();
    this.status = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soon = undefined;
    /** @type {number | null} */
    this.accuracy = null;
    this.picture = new BlamePicture(find(root, ".learn-net", HTMLCanvasElement), (node) => this.choose(node));
    this.panel = new WeightPanel(find(root, ".learn-weight"), () => this.chosenAnew());
    this.speak = makeSpeaker(find(root, ".learn-net + .spoken"));
    this.loss = 0;
    this.probability = 0;
    /** @type {import("../inside.js").Trace | null} */
    this.trace = null;
    this.trainer = new Trainer({ ...DEFAULTS, seed: this.seed });
    /** @type {Float32Array[]} */
    this.past = [];
    /** @type {[number, number][]} earlier places on the curve of -ln p */
    this.trail = [];
    this.steps = 0;
    this.addDigits();
    this.addRows();
    this.addControls();
    /** @type {Tile[]} */
    this.tiles = [];
  }

  listen() {
    state.subscribe("answer", () => this.showSoon());
    whenWidthChanges(this.picture.canvas, () => this.scale());
  }

  /** The canvas is wider or narrower than it was painted; the first time it is the room that shows all. */
  scale() {
    const { width, canvas, isSeen } = this.picture;
    if (isSeen && width && width !== canvas.offsetWidth) this.show();
  }

  /** When the pen rests: while it moves there is an answer each frame, and all of this takes longer. */
  showSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.picture.isSeen && this.show(), REST);
  }

  // ---- the network ---------------------------------------------------------------------------------

  /** Fresh random weights. */
  begin() {
    this.trainer = new Trainer({ ...DEFAULTS, seed: this.seed });
    this.past = [];
    this.trail = [];
    this.steps = 0;
    this.accuracy = null;
  }

  get canStep() {
    return this.subject !== null && this.subject.label !== null;
  }

  get canUndo() {
    return this.past.length > 0;
  }

  /** The drawing as digits to learn from: it alone. @param {Subject} subject */
  digitsOf({ pixels, label }) {
    return { images: pixels, labels: [label ?? 0] };
  }

  /** @param {number} count */
  step(count) {
    const { subject } = this;
    if (!subject || subject.label === null) return;
    this.leaveValley();
    const before = this.scene();
    const first = this.loss;
    for (let i = 0; i < count; i++) this.stepOnce(subject);
    this.show();
    if (before) this.picture.play(before);
    this.tell(first, count);
    this.hooks.mark(this);
    this.hooks.changed();
  }

  /** @param {Subject} subject */
  stepOnce(subject) {
    const { weights } = this.trainer.network;
    this.remember();
    const { gradients } = this.trainer;
    const { loss, probabilities } = this.trainer.findGradients(this.digitsOf(subject), [0]);
    this.trail = [...this.trail, /** @type {[number, number]} */ ([probabilities[subject.label ?? 0], loss])].slice(
      -TRAIL,
    );
    for (let i = 0; i < weights.length; i++) weights[i] -= this.rate * gradients[i];
    this.steps += 1;
  }

  /** Keep the weights, to be taken back to. */
  remember() {
    this.past.push(this.trainer.network.weights.slice());
    if (this.past.length > MOST_UNDONE) this.past.shift();
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.trainer.network.weights.set(before);
    this.trail.pop();
    this.steps -= 1;
    this.status = text("learn_undone", { step: this.steps });
    this.show();
    this.hooks.mark(this);
    this.hooks.changed();
  }

  /** Move the one weight that is shown, and no other. */
  stepOne() {
    const found = this.panel.found;
    if (!found || !this.canStep) return;
    this.remember();
    this.trail.push([this.probability, this.loss]);
    this.trainer.network.weights[found.place] = found.after;
    this.steps += 1;
    const first = this.loss;
    this.show();
    this.tell(first, 1);
    this.hooks.mark(this);
    this.hooks.changed();
  }

  /** Another drawing, or another target: what was told of the steps so far is not about it. */
  forgetStory() {
    this.leaveValley();
    this.trail = [];
    this.status = "";
  }

  get rates() {
    return this.isInValley ? VALLEY_RATES : RATES;
  }

  /** All weights are moved again, or another one is looked at: no more giant steps. */
  leaveValley() {
    if (!this.isInValley) return;
    this.isInValley = false;
    this.rate = Math.min(this.rate, RATES[RATES.length - 1]);
    this.showRate();
  }

  /** How it stands where there is no step to tell of. */
  get standing() {
    if (!this.steps || !this.trace) return text("learn_begin_drawing");
    const says = indexOfLargest(this.trace.probabilities);
    const share = shareText(this.trace.probabilities[says]);
    return text("learn_stands", { step: this.steps, says, share });
  }

  /** What happened, in a sentence. @param {number} before the loss @param {number} count steps */
  tell(before, count) {
    const says = indexOfLargest(this.trace?.probabilities ?? []);
    const values = {
      before: lossText(before),
      after: lossText(this.loss),
      says,
      label: this.subject?.label,
      share: shareText(this.trace?.probabilities[says] ?? 0),
      step: this.steps,
      count,
    };
    const key = !(this.loss <= before)
      ? "learn_said_worse"
      : says === this.subject?.label
        ? "learn_said_right"
        : "learn_said_better";
    this.status = text(key, values);
  }

  // ---- what is shown -------------------------------------------------------------------------------

  /** @returns {Scene | null} */
  scene() {
    const { subject } = this;
    if (!subject || subject.label === null) return null;
    const { network, pass } = this.trainer;
    const { errors, layerErrors, loss } = this.trainer.findGradients(this.digitsOf(subject), [0]);
    const probabilities = Array.from(pass.logProbabilities, Math.exp);
    const outputs = pass.sums[pass.sums.length - 1].slice();
    this.loss = loss;
    this.probability = probabilities[subject.label];
    this.chosen ??= { layer: network.layers.length, node: subject.label };
    const copies = layerErrors.map((layer) => layer.slice());
    copies[copies.length - 1] = errors.slice();
    const values = [...pass.inputs.map((layer) => layer.slice()), outputs];
    const image = { bytes: subject.image, width: 28, height: 28 };
    const trace = {
      network,
      image,
      values,
      sums: pass.sums.map((layer) => layer.slice()),
      powers: [],
      total: 0,
      probabilities,
    };
    this.trace = trace;
    return {
      trace,
      errors: copies,
      flows: findFlows(network, copies, subject.pixels),
      chosen: this.chosen,
      mode: this.mode,
    };
  }

  /** @param {Node} node */
  choose(node) {
    this.chosen = node;
    this.chosenAnew();
  }

  /** Another node or weight is looked at. */
  chosenAnew() {
    this.leaveValley();
    this.show();
    this.speak(this.panel.words);
  }

  /** The drawing, the language or the colours may have changed. */
  show() {
    const before = this.subject?.image;
    this.subject = findSubject(this.said);
    if (before !== this.subject?.image) this.forgetStory();
    this.showAsk();
    const scene = this.scene();
    this.root.dataset.ready = String(Boolean(scene));
    if (!scene || !this.subject) return this.hooks.changed();
    this.showRows(scene);
    this.showLog();
    this.picture.show(scene);
    this.panel.show({
      network: this.trainer.network,
      values: scene.trace.values,
      errors: scene.errors,
      digits: this.digitsOf(this.subject),
      chosen: scene.chosen,
      rate: this.rate,
    });
    this.showOthers();
    this.hooks.changed();
  }

  addDigits() {
    const row = find(this.root, ".learn-digits");
    for (let digit = 0; digit < 10; digit++) {
      row.append(makeButton(String(digit), () => this.say(digit)));
    }
  }

  /** @param {number} digit */
  say(digit) {
    if (!this.subject) return;
    this.said.set(this.subject.image, digit);
    this.chosen = null;
    this.forgetStory();
    this.show();
  }

  showAsk() {
    const { subject } = this;
    for (const [digit, button] of findAll(this.root, ".learn-digits button", HTMLButtonElement).entries()) {
      button.setAttribute("aria-pressed", String(subject?.label === digit));
    }
    find(this.root, ".learn-ask-note").textContent = subject ? text(`learn_by_${subject.by}`) : "";
  }

  addRows() {
    const body = find(this.root, ".learn-outputs tbody");
    for (let digit = 0; digit < 10; digit++) {
      const row = make("tr");
      const says = make("td", undefined, { className: "learn-says" });
      const track = make("span", undefined, { className: "learn-track" });
      track.append(make("i"), make("em"));
      says.append(track, make("span"));
      const blame = make("td", undefined, { className: "learn-blame" });
      blame.append(make("span"), make("i"));
      row.append(make("th", digit), says, make("td"), blame);
      row.querySelector("th")?.setAttribute("scope", "row");
      body.append(row);
    }
  }

  /** @param {Scene} scene */
  showRows({ trace: { probabilities }, errors }) {
    const says = indexOfLargest(probabilities);
    const blame = errors[errors.length - 1];
    for (const [digit, row] of findAll(this.root, ".learn-outputs tbody tr", HTMLTableRowElement).entries()) {
      const target = digit === this.subject?.label ? 1 : 0;
      row.className = `${target ? "target" : ""} ${digit === says ? "says" : ""}`;
      row.style.setProperty("--share", String(probabilities[digit]));
      row.style.setProperty("--blame", String(Math.abs(blame[digit])));
      row.cells[1].lastElementChild?.replaceChildren(shareText(probabilities[digit]));
      row.cells[2].textContent = text("percent", { number: 100 * target });
      row.cells[3].firstElementChild?.replaceChildren(blameText(blame[digit]));
      row.cells[3].classList.toggle("cold", blame[digit] < 0);
    }
  }

  /** The loss as a dot on the curve of -ln p. */
  showLog() {
    const svg = find(this.root, ".learn-log", SVGSVGElement);
    const curve = Array.from(
      { length: 100 },
      (_, i) => /** @type {[number, number]} */ ([(i + 0.5) / 100, -Math.log((i + 0.5) / 100)]),
    );
    drawPicture(svg, {
      size: [280, 236],
      across: [0, 1],
      up: [0, 5],
      ticks: [0, 1, 2, 3, 4, 5],
      label: String,
      below: [
        [0, "p = 0", "start"],
        [0.5, text("learn_p_axis", { label: this.subject?.label })],
        [1, "1", "end"],
      ],
      lines: [
        { name: "along", points: curve },
        { name: "step", points: [...this.trail, [this.probability, this.loss]] },
      ],
      dots: [
        ...this.trail.map(([x, y]) => ({ x, y, name: "past" })),
        { x: this.probability, y: this.loss, name: "before" },
      ],
    });
    const words = text("learn_log_said", {
      label: this.subject?.label,
      share: exactPercent(this.probability),
      loss: lossText(this.loss),
    });
    svg.setAttribute("aria-label", words);
    find(this.root, ".learn-log-said").textContent = words;
  }

  // ---- other digits --------------------------------------------------------------------------------

  showOthers() {
    const others = find(this.root, ".learn-others");
    const samples = realSamples();
    others.hidden = this.steps < ENOUGH || samples.length < 10;
    if (others.hidden) return;
    if (!this.tiles.length) this.addTiles(samples.map(({ pixels }) => unpack(pixels ?? "")));
    for (const [digit, tile] of this.tiles.entries()) {
      tile.item.dataset.asked = String(this.asked.has(digit));
      if (!this.asked.has(digit)) continue;
      showSaid(tile, this.read(unpack(samples[digit].pixels ?? "")), digit);
    }
    this.showQuiz();
  }

  /** What the network says of an image. @param {Uint8Array} image */
  read(image) {
    return forward(this.trainer.network, toPixels(image)).logProbabilities.map(Math.exp);
  }

  /** @param {Uint8Array[]} images */
  addTiles(images) {
    this.tiles = makeTiles(find(this.root, ".learn-tiles.ten"), 10);
    for (const [digit, { item, canvas, said, bar }] of this.tiles.entries()) {
      paintTile(canvas, images[digit]);
      const button = makeButton("", () => {
        this.asked.add(digit);
        this.showOthers();
      });
      button.setAttribute("aria-label", text("learn_ask_tile", { label: digit }));
      button.append(canvas);
      said.setAttribute("aria-live", "polite");
      item.replaceChildren(button, said, bar);
    }
  }

  repaint() {
    const samples = realSamples();
    for (const [digit, { canvas }] of this.tiles.entries()) paintTile(canvas, unpack(samples[digit].pixels ?? ""));
  }

  /** Once three others were asked for: what would help? */
  showQuiz() {
    const quiz = find(this.root, ".learn-quiz");
    quiz.hidden = this.asked.size < 3;
    const saying = this.tiles.filter((_, digit) => this.asked.has(digit)).map(({ said }) => said.textContent);
    const same = saying.filter((said) => said === String(this.subject?.label)).length;
    find(quiz, ".learn-quiz-ask").textContent = text(same === saying.length ? "learn_quiz_same" : "learn_quiz_some", {
      label: this.subject?.label,
      same,
      count: saying.length,
    });
    const choices = find(quiz, ".learn-choices");
    if (choices.childElementCount) return;
    choices.append(
      ...HELPS.map((help) => makeButton(text(`learn_help_${help}`), (event) => this.answerQuiz(help, event))),
    );
  }

  /** @param {string} help @param {MouseEvent} event */
  answerQuiz(help, event) {
    for (const button of findAll(this.root, ".learn-quiz .learn-choices button")) {
      button.setAttribute("aria-pressed", String(button === event.currentTarget));
    }
    const said = find(this.root, ".learn-quiz-said");
    said.textContent = `${text(`learn_help_${help}_said`)} `;
    if (help === "many") said.append(makeButton(text("learn_onward"), this.hooks.onward, { className: "primary" }));
  }

  // ---- controls ------------------------------------------------------------------------------------

  addControls() {
    const slider = find(this.root, "#learn-rate", HTMLInputElement);
    slider.addEventListener("input", () => {
      this.rate = this.rates[Number(slider.value)];
      this.showRate();
      this.show();
    });
    find(this.root, "[data-do=fresh]").addEventListener("click", () => {
      this.seed += 1;
      this.leaveValley();
      this.begin();
      this.asked.clear();
      this.status = text("learn_fresh_said");
      this.show();
      this.hooks.mark(this);
    });
    find(this.root, "[data-do=one]").addEventListener("click", () => this.stepOne());
    find(this.root, "[data-do=valley]").addEventListener("click", () => {
      const node = this.panel.findValley();
      this.status = text(node ? "learn_valley_said" : "learn_valley_none");
      if (node) {
        this.chosen = node;
        this.isInValley = true;
        this.showRate();
      }
      this.show();
    });
    for (const button of findAll(this.root, "[data-mode]")) {
      button.addEventListener("click", () => {
        this.mode = button.dataset.mode === "says" ? "says" : "blame";
        for (const other of findAll(this.root, "[data-mode]"))
          other.setAttribute("aria-pressed", String(other === button));
        this.show();
      });
    }
    this.showRate();
  }

  showRate() {
    const slider = find(this.root, "#learn-rate", HTMLInputElement);
    slider.max = String(this.rates.length - 1);
    slider.value = String(this.rates.indexOf(this.rate));
    find(this.root, ".learn-rate output", HTMLOutputElement).value = number(this.rate);
    slider.setAttribute("aria-valuetext", number(this.rate));
  }

  /** The language changed. */
  name() {
    this.status = "";
    find(this.root, ".learn-quiz .learn-choices").replaceChildren();
    find(this.root, ".learn-quiz-said").replaceChildren();
    for (const [digit, { item }] of this.tiles.entries()) {
      item.firstElementChild?.setAttribute("aria-label", text("learn_ask_tile", { label: digit }));
    }
  }
}
