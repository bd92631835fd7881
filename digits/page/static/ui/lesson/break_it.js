// Break it, mend it: nodes off, biases away, noise, only the largest weights, pictures beside the middle. The answer
// to the drawing follows at once, the accuracy on the test digits while it is counted.

import { breakNetwork, isOnlyNodes, isSame, score, shiftPixels, WHOLE } from "../../core/broken_network.js";
import { calibrated, forward, indexOfLargest } from "../../core/network.js";
import { findSubject } from "../../services/lesson_drawing.js";
import { state } from "../../services/state.js";
import { decimal, number, percent, text } from "../../services/texts.js";
import { inSlices } from "../../services/time_slices.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { NodeGrids } from "./break_nodes.js";
import { fillWithTerms } from "./glossary.js";
import { describe, makePixels, paintInk } from "./pixels.js";

/** @typedef {import("../../core/broken_network.js").Damage} Damage */
/** @typedef {import("../../core/network.js").Network} Network */
/** What the lesson gives its parts, as far as this one needs it. @typedef {{done?: () => void, digits?: () => Promise<import("../../services/shared_digits.js").Stock>}} Lesson */

const KEPT = [1, 0.75, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01]; // places of the slider
const MOST_NOISE = 3; // times the weights' own spread
const MOST_SHIFT = 10; // pixels
const AT_RANDOM = 10; // nodes that one press switches off
const FEWEST = 100; // test digits: a share of fewer says little

/**
 * @param {HTMLElement} root is filled
 * @param {Lesson} lesson `done` when enough nodes were switched off for
 *   the drawing's answer to change
 * @returns {{remove: () => void}}
 */
export function mount(root, lesson) {
  const part = new BreakIt(root, lesson);
  const stops = [
    state.subscribe("language", () => part.build()),
    state.subscribe("network", () => part.useNetwork()),
    state.subscribe("answer", () => part.useDrawing()),
    state.subscribe("look", () => part.show()),
  ];
  return {
    remove() {
      for (const stop of stops) stop();
      part.end();
    },
  };
}

/** The digits that all parts share: fetched apart, so that there is one copy. */
const sharedDigits = async () => (await import("../../services/shared_digits.js")).digitStock();

class BreakIt {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    /** @type {import("../../core/weights_file.js").LoadedNetwork | null} */
    this.loaded = null;
    /** @type {Network | null} */
    this.broken = null;
    /** @type {Float32Array | null} */
    this.pixels = null;
    this.isSample = false; // they are a sample's
    this.isDrawn = false; // the pen is down: what half a digit is read as proves nothing
    /** @type {Damage} */
    this.damage = WHOLE;
    /** @type {Damage[]} what undo goes back to */
    this.past = [];
    this.isMoving = false; // a slider: one gesture is one step to undo
    /** Share of the test digits that are read right: by the whole network, by the broken one. @type {{whole: number | null, broken: number | null, tested: number, all: number}} */
    this.marks = { whole: null, broken: null, tested: 0, all: 0 };
    this.turn = 0; // goes up with each change; older counting then ends
    /** @type {number | null} fewest nodes off with which the answer changed */
    this.fewest = null;
    this.problem = "";
  }

  end() {
    this.turn += 1;
    this.root.replaceChildren();
  }

  // ---- the elements --------------------------------------------------------------------------------

  build() {
    this.root.classList.add("break");
    this.grids = new NodeGrids((node) => this.toggle(node));
    this.root.replaceChildren(this.makeResults(), this.makeNodes(), this.makeWays(), this.makeFoot());
    this.grids.build(this.loaded?.network.sizes ?? []);
    this.show();
  }

  makeResults() {
    const results = make("div", undefined, { className: "break-results" });
    const drawing = make("div", undefined, { className: "break-drawing" });
    const said = make("p", undefined, { className: "break-said" });
    said.append(make("b", ""), make("span", ""));
    drawing.append(makePixels(text("break_sees")), said);
    const marks = make("div", undefined, { className: "break-marks" });
    const meter = make("div", undefined, { className: "break-meter" });
    meter.append(make("i"), make("u"));
    meter.setAttribute("aria-hidden", "true");
    marks.append(make("b", "–"), make("span", ""), meter, make("small", ""));
    results.append(drawing, marks);
    return results;
  }

  makeNodes() {
    const nodes = make("section", undefined, { className: "break-nodes" });
    const row = make("div", undefined, { className: "break-buttons" });
    row.append(
      makeButton(text("break_strongest"), () => this.switchOffStrongest()),
      makeButton(text("break_random", { count: AT_RANDOM }), () => this.switchOffSome()),
    );
    const how = make("p");
    fillWithTerms(how, text("break_nodes_how"));
    nodes.append(make("h4", text("break_nodes")), how, this.grids?.root ?? "", row);
    return nodes;
  }

  makeWays() {
    const ways = make("div", undefined, { className: "break-ways" });
    const biases = make("label", undefined, { className: "break-switch" });
    const box = make("input", undefined, { type: "checkbox", name: "biases" });
    box.setAttribute("role", "switch");
    box.addEventListener("change", () => this.change({ withoutBiases: box.checked }));
    biases.append(box, make("span", text("break_biases")));
    ways.append(
      make("h4", text("break_weights")),
      this.makeSlider("keep", [0, KEPT.length - 1, 1], (at) => ({ keep: KEPT[at] })),
      this.makeSlider("noise", [0, MOST_NOISE, 0.1], (noise) => ({ noise })),
      biases,
      make("h4", text("break_shift")),
      this.makeSlider("right", [-MOST_SHIFT, MOST_SHIFT, 1], (x) => ({ shift: [x, this.damage.shift[1]] })),
      this.makeSlider("down", [-MOST_SHIFT, MOST_SHIFT, 1], (y) => ({ shift: [this.damage.shift[0], y] })),
    );
    return ways;
  }

  /** @param {string} name @param {[low: number, high: number, step: number]} range @param {(value: number) => Partial<Damage>} changes */
  makeSlider(name, [low, high, step], changes) {
    const label = make("label", undefined, { className: "break-slider" });
    const input = make("input", undefined, { type: "range", name });
    Object.assign(input, { min: String(low), max: String(high), step: String(step) });
    input.addEventListener("input", () => {
      this.change(changes(input.valueAsNumber), this.isMoving);
      this.isMoving = true;
    });
    input.addEventListener("change", () => {
      this.isMoving = false;
    });
    label.append(make("span", text(`break_${name}`)), input, make("output"));
    return label;
  }

  makeFoot() {
    const foot = make("div", undefined, { className: "break-foot" });
    const buttons = make("div", undefined, { className: "break-buttons" });
    buttons.append(
      makeButton(text("break_undo"), () => this.undo(), { className: "break-undo" }),
      makeButton(text("break_mend"), () => this.change(WHOLE), { className: "break-mend" }),
    );
    const status = make("p", "", { className: "break-status" });
    status.setAttribute("role", "status");
    foot.append(buttons, status);
    return foot;
  }

  // ---- what it is about ----------------------------------------------------------------------------

  useNetwork() {
    const loaded = state.get("network");
    if (!loaded || loaded === this.loaded) return;
    this.loaded = loaded;
    Object.assign(this, { damage: WHOLE, past: [], fewest: null });
    this.marks = { whole: null, broken: null, tested: 0, all: 0 };
    this.grids?.build(loaded.network.sizes);
    this.broken = loaded.network;
    this.show();
    this.count();
  }

  useDrawing() {
    const subject = findSubject(new Map());
    const pixels = subject?.pixels ?? null;
    const isMoving = Boolean(state.get("answer")?.isMoving);
    // Who answered may have changed, not the drawing.
    if (String(pixels) === String(this.pixels) && isMoving === this.isDrawn) return;
    Object.assign(this, { pixels, isDrawn: isMoving, fewest: null, isSample: Boolean(subject?.isSample) });
    this.judge();
    this.show();
  }

  // ---- breaking ------------------------------------------------------------------------------------

  /** @param {Partial<Damage>} changes @param {boolean} [goesOn] with the step before */
  change(changes, goesOn = false) {
    if (!goesOn) this.past.push(this.damage);
    this.damage = { ...this.damage, ...changes };
    this.apply();
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.damage = before;
    this.apply();
  }

  apply() {
    if (!this.loaded) return;
    this.broken = breakNetwork(this.loaded.network, this.damage);
    this.judge();
    this.show();
    this.count();
  }

  /** @param {import("../../core/broken_network.js").HiddenNode} node */
  toggle(node) {
    const { off } = this.damage;
    const isOff = off.some((one) => isSame(one, node));
    this.change({ off: isOff ? off.filter((one) => !isSame(one, node)) : [...off, node] });
  }

  /** The hidden nodes that still say something, and what they say of the drawing. */
  nodesOn() {
    const { broken, pixels, damage } = this;
    if (!broken || !pixels) return [];
    const { inputs } = forward(broken, shiftPixels(pixels, damage.shift));
    const all = inputs
      .slice(1)
      .flatMap((values, i) => Array.from(values, (value, node) => ({ layer: i + 1, node, value: Math.abs(value) })));
    return all.filter((node) => !damage.off.some((one) => isSame(one, node)));
  }

  switchOffStrongest() {
    const nodes = this.nodesOn();
    if (!nodes.length) return;
    const { layer, node } = nodes.reduce((best, one) => (one.value > best.value ? one : best));
    this.change({ off: [...this.damage.off, { layer, node }] });
  }

  switchOffSome() {
    const nodes = this.nodesOn();
    const chosen = Array.from({ length: Math.min(AT_RANDOM, nodes.length) }, () => {
      const [{ layer, node }] = nodes.splice(Math.floor(Math.random() * nodes.length), 1);
      return { layer, node };
    });
    if (chosen.length) this.change({ off: [...this.damage.off, ...chosen] });
  }

  // ---- what comes of it ----------------------------------------------------------------------------

  /** @param {Network} network @param {readonly [number, number]} shift */
  read(network, shift) {
    const pixels = shiftPixels(/** @type {Float32Array} */ (this.pixels), shift);
    const { logProbabilities } = forward(network, pixels);
    const probabilities = calibrated(logProbabilities, this.loaded?.calibration.temperature ?? 1);
    const label = indexOfLargest(probabilities);
    return { pixels, label, sureness: probabilities[label] };
  }

  /** Whether so many nodes were enough: the task. */
  judge() {
    const { loaded, broken, pixels, damage } = this;
    if (!loaded || !broken || !pixels || this.isDrawn || !isOnlyNodes(damage)) return;
    if (this.read(broken, damage.shift).label === this.read(loaded.network, WHOLE.shift).label) return;
    this.fewest = Math.min(this.fewest ?? Number.POSITIVE_INFINITY, damage.off.length);
    this.lesson.done?.();
  }

  /** Count what is read right, the whole network once and first. */
  async count() {
    const turn = ++this.turn;
    const isWanted = () => turn === this.turn;
    const { loaded, broken, damage, marks } = this;
    marks.tested = 0;
    this.showMarks();
    const test = await this.testDigits();
    if (!test || !loaded || !broken || !isWanted()) return;
    marks.all = test.labels.length;
    if (marks.whole === null) {
      const whole = await inSlices(score(loaded.network, test, WHOLE.shift), { isWanted });
      if (!whole) return;
      marks.whole = whole.right / whole.tested;
    }
    /** @param {{tested: number, right: number}} mark */
    const tell = ({ tested, right }) => {
      if (tested < FEWEST) return;
      Object.assign(marks, { broken: right / tested, tested });
      this.showMarks();
    };
    const end = await inSlices(score(broken, test, damage.shift), { isWanted, tell });
    if (!end) return;
    tell(end);
    this.showStatus();
  }

  async testDigits() {
    try {
      const { test } = await (this.lesson.digits ?? sharedDigits)();
      this.problem = "";
      return test;
    } catch {
      this.problem = text("break_no_digits");
      this.showMarks();
      return null;
    }
  }

  // ---- showing -------------------------------------------------------------------------------------

  show() {
    const { loaded, broken, pixels, damage } = this;
    if (!this.root.firstChild) return;
    this.root.dataset.state = loaded && pixels ? "ready" : "waiting";
    this.showSettings();
    this.showMarks();
    if (!loaded || !broken || !pixels) return;
    const whole = this.read(loaded.network, WHOLE.shift);
    const now = this.read(broken, damage.shift);
    const said = find(this.root, ".break-said");
    find(said, "b").textContent = String(now.label);
    const words = now.label === whole.label ? "break_still" : "break_wrong";
    find(said, "span").textContent = text(words, { was: whole.label, sureness: percent(now.sureness) });
    said.classList.toggle("wrong", now.label !== whole.label);
    const canvas = find(this.root, ".break-drawing canvas", HTMLCanvasElement);
    paintInk(canvas, now.pixels);
    describe(canvas, text("break_sees"));
    this.grids?.show(forward(broken, now.pixels).inputs.slice(1), damage.off);
    this.showStatus();
  }

  showSettings() {
    const { keep, noise, shift, withoutBiases } = this.damage;
    const { loaded } = this;
    const kept = keep === 1 ? percent(1) : text("break_kept", { share: percent(keep) });
    this.showSlider("keep", KEPT.indexOf(keep), kept);
    this.showSlider("noise", noise, noise ? text("break_times", { times: decimal(noise, 1) }) : "0");
    this.showSlider("right", shift[0], number(shift[0]));
    this.showSlider("down", shift[1], number(shift[1]));
    find(this.root, "[name=biases]", HTMLInputElement).checked = withoutBiases;
    find(this.root, ".break-undo", HTMLButtonElement).disabled = !this.past.length;
    const isWhole = JSON.stringify(this.damage) === JSON.stringify(WHOLE);
    find(this.root, ".break-mend", HTMLButtonElement).disabled = isWhole;
    for (const button of findAll(this.root, ".break-nodes .break-buttons button", HTMLButtonElement))
      button.disabled = !loaded;
  }

  /** @param {string} name @param {number} value @param {string} words */
  showSlider(name, value, words) {
    const input = find(this.root, `[name=${name}]`, HTMLInputElement);
    if (input.valueAsNumber !== value) input.value = String(value);
    input.setAttribute("aria-valuetext", words);
    const output = input.nextElementSibling;
    if (output) output.textContent = words;
  }

  showMarks() {
    const { whole, broken, tested, all } = this.marks;
    const box = find(this.root, ".break-marks");
    const isCounting = !all || tested < all;
    find(box, "b").textContent = broken === null ? "–" : percent(broken, 1);
    find(box, "span").textContent = all
      ? text("break_of", { count: number(all) })
      : this.problem || text("break_coming");
    find(box, "small").textContent = whole === null ? "\u00a0" : text("break_whole", { share: percent(whole, 1) });
    box.classList.toggle("counting", isCounting);
    box.style.setProperty("--broken", String(broken ?? 0));
    box.style.setProperty("--whole", String(whole ?? 0));
  }

  /** What became of the task; "it still copes" only where that was judged. */
  statusKey() {
    const { damage, fewest, isSample, isDrawn } = this;
    if (fewest !== null) return fewest === 1 ? "break_found_one" : "break_found";
    if (isOnlyNodes(damage) && !isDrawn) return "break_off";
    return isSample ? "break_task_sample" : "break_task";
  }

  showStatus() {
    const { damage, fewest } = this;
    const all = (this.loaded?.network.sizes ?? []).slice(1, -1).reduce((sum, size) => sum + size, 0);
    const values = { off: number(damage.off.length), all: number(all), fewest };
    const status = find(this.root, ".break-status");
    const words = text(this.statusKey(), values);
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("done", fewest !== null);
  }
}
