// Ten outputs, ten probabilities: pull one of ten sums, and all ten shares answer.

import { forward } from "../../core/network.js";
import { softmax } from "../../core/small_network.js";
import { findSubject } from "../../services/lesson_drawing.js";
import { state } from "../../services/state.js";
import { decimal, exactPercent, percent, shareText, TOO_LARGE, text } from "../../services/texts.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { exact } from "../workbench/figures.js";

const FAR = 8; // from 0: where the sliders end, unless a drawing's sums lie beyond
const STEP = 0.1;
const EXAMPLE = [-1, 0.5, 1, 3.5, -2, 0, -1.5, 0.5, 2, 1];
const PAIR = [3, 8]; // to be made alike
const ALIKE = 0.005; // half a point
const PLACES = 2; // of a share, as in Inside

/** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson @returns {import("./part_types.js").Part} */
export function mount(root, lesson) {
  const part = new Outputs(root, lesson);
  const stops = [state.subscribe("language", () => part.build()), state.subscribe("answer", () => part.nameButton())];
  return {
    remove() {
      for (const stop of stops) stop();
      root.replaceChildren();
    },
  };
}

class Outputs {
  /** @param {HTMLElement} root @param {import("./part_types.js").Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    this.sums = [...EXAMPLE];
    this.temperature = 1; // of the network whose sums they are
    this.places = 1; // that are shown of each
    this.far = FAR;
  }

  build() {
    const table = make("div", undefined, { className: "outputs-table" });
    table.append(this.makeHead(), ...this.sums.map((_, digit) => this.makeRow(digit)), this.makeTotal());
    const buttons = make("div", undefined, { className: "lesson-buttons" });
    buttons.append(
      makeButton("", () => this.useDrawing(), { className: "outputs-of" }),
      makeButton(text("part_outputs_example"), () => this.use(EXAMPLE)),
    );
    const words = ["outputs-said", "outputs-why"].map((className) => make("p", "", { className }));
    this.root.replaceChildren(table, ...words, buttons);
    this.nameButton();
    this.show();
  }

  nameButton() {
    const key = findSubject(new Map())?.isSample ? "part_outputs_sample" : "part_outputs_drawing";
    find(this.root, ".outputs-of").textContent = text(key);
  }

  makeHead() {
    const head = make("div", undefined, { className: "outputs-row outputs-head" });
    const words = ["part_outputs_digit", "softmax_z", "", "part_outputs_share"];
    head.append(...words.map((key) => make("span", key && text(key))));
    return head;
  }

  /** @param {number} digit */
  makeRow(digit) {
    const row = make("label", undefined, { className: "outputs-row" });
    const slider = make("input", undefined, { type: "range", name: `sum-${digit}` });
    Object.assign(slider, { min: String(-this.far), max: String(this.far), step: String(STEP) });
    slider.setAttribute("aria-label", text("part_outputs_pull", { digit }));
    slider.addEventListener("input", () => this.pull(digit, slider.valueAsNumber));
    const share = make("span", undefined, { className: "outputs-share" });
    share.append(make("i"), make("b"));
    row.append(make("strong", digit), make("output"), slider, make("em"), share);
    return row;
  }

  makeTotal() {
    const total = make("div", undefined, { className: "outputs-row outputs-total" });
    total.append(make("span", text("part_outputs_total")), make("em"), make("b", percent(1)));
    return total;
  }

  // ---- pulling -------------------------------------------------------------------------------------

  /** @param {number} digit @param {number} sum */
  pull(digit, sum) {
    this.sums[digit] = sum;
    this.show();
    this.judge();
  }

  /** @param {readonly number[]} sums @param {{temperature: number, places: number}} [how] */
  use(sums, { temperature, places } = { temperature: 1, places: 1 }) {
    Object.assign(this, { sums: [...sums], temperature, places });
    this.far = Math.max(FAR, ...sums.map((sum) => Math.ceil(Math.abs(sum))));
    for (const slider of findAll(this.root, "label.outputs-row input", HTMLInputElement))
      Object.assign(slider, { min: String(-this.far), max: String(this.far) });
    this.show();
  }

  /** The page's own network's sums for what is on the pad, and what becomes of them: what Inside shows. */
  useDrawing() {
    const loaded = state.get("network");
    const subject = findSubject(new Map());
    if (!loaded || !subject) return;
    const sums = Array.from(forward(loaded.network, subject.pixels).sums.at(-1) ?? []);
    this.use(sums, { temperature: loaded.calibration.temperature, places: 2 });
  }

  judge() {
    const { shares } = softmax(this.sums, this.temperature);
    const [a, b] = PAIR.map((digit) => shares[digit]);
    const others = shares.filter((_, digit) => !PAIR.includes(digit));
    if (Math.abs(a - b) < ALIKE && Math.min(a, b) > Math.max(...others)) this.lesson.done();
  }

  show() {
    const { powers, total, shares } = softmax(this.sums, this.temperature);
    const best = shares.indexOf(Math.max(...shares));
    for (const [digit, row] of findAll(this.root, "label.outputs-row").entries()) {
      const sum = decimal(this.sums[digit], this.places);
      const slider = find(row, "input", HTMLInputElement);
      slider.value = String(this.sums[digit]);
      const share = shareText(shares[digit], PLACES);
      slider.setAttribute("aria-valuetext", text("part_outputs_value", { sum, share }));
      find(row, "output").textContent = sum;
      find(row, "em").textContent = powerText(powers[digit]);
      find(row, ".outputs-share b").textContent = share;
      row.style.setProperty("--share", String(shares[digit]));
      row.classList.toggle("best", digit === best);
    }
    find(this.root, ".outputs-total em").textContent = powerText(total);
    this.nameTemperature();
    const values = {
      digit: best,
      power: powerText(powers[best]),
      total: powerText(total),
      share: exactPercent(shares[best]),
    };
    find(this.root, ".outputs-said").textContent = text("part_outputs_said", values);
  }

  /** Some networks' sums are divided by a temperature first. */
  nameTemperature() {
    const isTempered = this.temperature !== 1;
    const values = { temperature: decimal(this.temperature, 2) };
    const exp = isTempered ? `exp(z ÷ ${values.temperature})` : "exp(z)";
    find(this.root, ".outputs-head span:nth-child(3)").textContent = exp;
    find(this.root, ".outputs-why").textContent = isTempered ? text("part_outputs_tempered", values) : "";
  }
}

/** @param {number} power */
function powerText(power) {
  if (power === Infinity) return TOO_LARGE;
  return power < 1e5 ? decimal(power, power < 1 ? 3 : 2) : exact(power);
}
