// Why this answer: the pixels that spoke for it and against it, what would have changed it, and the training
// digits that are most like it. In the room Inside, and wherever the lesson wants it.

import { ACTIVATION_NAMES } from "../../core/activations.js";
import { unpack } from "../../core/base64.js";
import { explain, findChange, indexOfSecond, partsOf } from "../../core/explanation.js";
import { forward, indexOfLargest, toPixels } from "../../core/network.js";
import { roundTerms, roundUp } from "../../core/rounding.js";
import { findSubject } from "../../services/lesson_drawing.js";
import { state } from "../../services/state.js";
import { decimal, percent, text } from "../../services/texts.js";
import { inSlices } from "../../services/time_slices.js";
import { find, make, makeButton, whenWidthChanges } from "../dom.js";
import { fillWithTerms } from "./glossary.js";
import { makePixels, paintInk, paintSigned } from "./pixels.js";

/** @typedef {import("../../core/network.js").Network} Network */
/** @typedef {import("../../core/explanation.js").Change} Change */
/** What the lesson gives its parts, as far as this one needs it. @typedef {{done?: () => void, digits?: () => Promise<import("../../services/shared_digits.js").Stock>}} Lesson */

const REST = 120; // ms without another drawing before the slower parts follow
/** How much of the change the slider offers, in percent: half as much again as it takes. */
const MOST_OF_CHANGE = 150;

/**
 * @param {HTMLElement} root is filled
 * @param {Lesson} [lesson] `done` is called when the visitor saw an
 *   answer tip over
 * @returns {{remove: () => void}}
 */
export function mount(root, lesson = {}) {
  const why = new Why(root, lesson);
  whenWidthChanges(root, () => why.follow()); // it came into sight
  const stops = [
    state.subscribe("language", () => why.build()),
    ...["answer", "network"].map((name) =>
      state.subscribe(/** @type {"answer" | "network"} */ (name), () => why.follow()),
    ),
    state.subscribe("look", () => why.show()),
  ];
  return {
    remove() {
      for (const stop of stops) stop();
      why.end();
    },
  };
}

/** @param {number} value */
const signed = (value) => `${value < 0 ? "\u2212" : "+"}${decimal(Math.abs(value), 2)}`;
/** @param {number} value */
const plain = (value) => `${value < 0 ? "\u2212" : ""}${decimal(Math.abs(value), 2)}`;

/** @param {string} activation @param {boolean} isExact */
function howItAddsUp(activation, isExact) {
  if (activation === "identity") return "why_straight";
  return isExact ? "why_exact" : "why_not_exact";
}

class Why {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    /** Fetched apart, for few need it. @type {import("./why_similar.js").Similar | null} */
    this.similar = null;
    /** @type {Network | null} */
    this.network = null;
    /** @type {Float32Array | null} */
    this.pixels = null;
    this.wasSeen = false;
    this.how = ""; // what it says of how exact it is
    this.label = -1;
    /** What the visitor compares with: a digit, "second" for whichever is the runner-up, or "alone". @type {number | "second" | "alone"} */
    this.chosen = "second";
    /** @type {Change | null | undefined} undefined while it is sought */
    this.change = undefined;
    this.turn = 0; // goes up with each drawing; older work then ends
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soon = undefined;
  }

  end() {
    clearTimeout(this.soon);
    this.turn += 1;
    this.similar?.end();
    this.root.replaceChildren();
  }

  // ---- the elements --------------------------------------------------------------------------------

  build() {
    this.root.classList.add("why");
    this.how = "";
    this.root.replaceChildren(
      make("h3", text("why_title")),
      make("p", "", { className: "why-lead" }),
      this.makeChoice(),
      this.makeBalance(),
      make("p", "", { className: "why-how" }),
      this.makeTip(),
    );
    this.addSimilar();
    this.show();
  }

  async addSimilar() {
    const { Similar } = await import("./why_similar.js");
    this.similar ??= new Similar(this.lesson.digits);
    this.root.querySelector(".why-similar")?.remove();
    this.root.append(this.similar.build());
    this.similar.show();
    if (this.pixels) await this.similar.follow(state.get("network"), this.pixels);
  }

  makeChoice() {
    const choice = make("div", undefined, { className: "why-choice" });
    choice.setAttribute("role", "group");
    choice.setAttribute("aria-label", text("why_choose"));
    const digits = Array.from({ length: 10 }, (_, digit) => {
      const button = makeButton(String(digit), () => this.choose(digit));
      button.dataset.digit = String(digit);
      return button;
    });
    const alone = makeButton(text("why_alone"), () => this.choose("alone"));
    alone.dataset.digit = "alone";
    choice.append(make("span", "", { className: "why-than" }), ...digits, alone);
    return choice;
  }

  makeBalance() {
    const balance = make("div", undefined, { className: "why-balance" });
    const [picture, table] = [make("figure"), make("table")];
    const caption = make("figcaption", "", { className: "why-key" });
    picture.append(makePixels(text("why_picture")), caption);
    const body = table.createTBody();
    for (const key of ["plus", "minus", "rest", "sum"]) {
      const row = body.insertRow();
      row.className = key;
      row.append(make("th", "", { scope: "row" }), make("td", "", { className: "amount" }), make("td"));
      row.cells[2].append(make("i"));
      row.cells[2].className = "share";
    }
    balance.append(picture, table);
    return balance;
  }

  makeTip() {
    const tip = make("section", undefined, { className: "why-tip" });
    const figures = ["before", "change", "after"].map((name) => {
      const figure = make("figure");
      figure.className = name;
      figure.append(makePixels(text(`why_tip_${name}`)), make("figcaption"));
      return figure;
    });
    const row = make("div", undefined, { className: "why-tip-row" });
    row.append(figures[0], make("b", "+"), figures[1], make("b", "="), figures[2]);
    const label = make("label", undefined, { className: "why-amount" });
    const slider = make("input", undefined, { type: "range", min: "0", max: String(MOST_OF_CHANGE), value: "100" });
    slider.addEventListener("input", () => this.showAmount(true));
    label.append(make("span", text("why_amount")), slider, make("output"));
    const said = make("p", "", { className: "why-tip-said" });
    said.setAttribute("aria-live", "polite");
    tip.append(make("h4", ""), said, row, label);
    return tip;
  }

  // ---- what it is about ----------------------------------------------------------------------------

  /** Another drawing or network: the balance at once, the rest when the pen rests. */
  follow() {
    const before = [this.network, String(this.pixels), this.wasSeen];
    this.network = state.get("network")?.network ?? null;
    const subject = findSubject(new Map());
    const { shown } = state.get("answer") ?? {};
    const isDrawn = shown && !shown.blank;
    this.pixels = isDrawn ? toPixels(unpack(shown.image.bytes)) : (subject?.pixels ?? null);
    this.wasSeen = this.isSeen;
    // The server's word on the same drawing changes nothing here.
    if ([this.network, String(this.pixels), this.wasSeen].every((value, i) => value === before[i])) return;
    this.turn += 1;
    this.change = undefined;
    this.show();
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.seek(), REST);
  }

  /** @param {number | "alone"} chosen */
  choose(chosen) {
    this.chosen = chosen;
    this.turn += 1;
    this.change = undefined;
    this.show();
    this.seek();
  }

  /** @param {ArrayLike<number>} sums @returns {number} the digit that is compared with, if only for the change */
  rival(sums) {
    const isUsable = typeof this.chosen === "number" && this.chosen !== this.label;
    return isUsable ? Number(this.chosen) : indexOfSecond(sums);
  }

  /** The slower parts: the change that tips the answer, and what is similar. */
  async seek() {
    const { network, pixels, turn } = this;
    if (!network || !pixels || !this.isSeen) return;
    const { sums } = explain(network, pixels);
    const [label, wanted] = [indexOfLargest(sums), this.rival(sums)];
    const isWanted = () => turn === this.turn;
    const change = await inSlices(findChange(network, pixels, label, wanted), { isWanted });
    if (!isWanted()) return;
    this.change = change;
    this.showTip(label, wanted);
    await this.similar?.follow(state.get("network"), pixels);
  }

  get isSeen() {
    return Boolean(this.root.offsetParent);
  }

  // ---- showing -------------------------------------------------------------------------------------

  show() {
    const { network, pixels } = this;
    this.root.dataset.state = network && pixels ? "drawn" : "blank";
    if (!network || !pixels || !this.root.firstChild || !this.isSeen) return;
    const explanation = explain(network, pixels);
    const { sums } = explanation;
    this.label = indexOfLargest(sums);
    const rival = this.rival(sums);
    const against = this.chosen === "alone" ? null : rival;
    const parts = partsOf(explanation, pixels, this.label, against);
    this.showChoice(against, indexOfSecond(sums));
    this.showBalance(parts, against);
    const how = howItAddsUp(network.activation, explanation.isExact);
    const words = text(how, { activation: ACTIVATION_NAMES[network.activation] });
    if (words !== this.how) fillWithTerms(find(this.root, ".why-how"), words);
    this.how = words;
    this.showTip(this.label, rival);
    this.similar?.show();
  }

  /** @param {number | null} against @param {number} second */
  showChoice(against, second) {
    find(this.root, ".why-lead").textContent = text("why_lead", { label: this.label, second });
    find(this.root, ".why-than").textContent = text("why_than", { label: this.label });
    for (const button of this.root.querySelectorAll(".why-choice button")) {
      if (!(button instanceof HTMLButtonElement)) continue;
      const { digit } = button.dataset;
      button.hidden = digit === String(this.label);
      button.setAttribute("aria-pressed", String(digit === String(against ?? "alone")));
    }
  }

  /** @param {import("../../core/explanation.js").Parts} parts @param {number | null} against */
  showBalance({ parts, plus, minus, rest, sum }, against) {
    const values = { label: this.label, other: against };
    paintSigned(find(this.root, ".why-balance canvas", HTMLCanvasElement), parts);
    find(this.root, ".why-key").textContent = text(against === null ? "why_key_alone" : "why_key", values);
    const most = Math.max(plus, plus + minus, plus + minus + rest, sum, 0);
    const least = Math.min(0, plus + minus, plus + minus + rest, sum);
    const shown = roundTerms([plus, minus, rest], sum, 2);
    const rows = /** @type {const} */ ([
      ["plus", 0, plus],
      ["minus", plus, plus + minus],
      ["rest", plus + minus, plus + minus + rest],
      ["sum", 0, sum],
    ]);
    for (const [i, [key, from, to]] of rows.entries()) {
      const row = find(this.root, `.why-balance .${key}`, HTMLTableRowElement);
      const name = key === "sum" && against !== null ? "why_lead_of" : `why_${key}`;
      row.cells[0].textContent = text(name, values);
      row.cells[1].textContent = key === "sum" ? `= ${plain(sum)}` : signed(shown[i]);
      const place = (/** @type {number} */ value) => (value - least) / (most - least || 1);
      const bar = find(row, "i");
      bar.style.setProperty("--from", String(Math.min(place(from), place(to))));
      bar.style.setProperty("--to", String(Math.max(place(from), place(to))));
      bar.classList.toggle("against", to < from);
    }
  }

  /** @param {number} label @param {number} wanted */
  showTip(label, wanted) {
    const { change, pixels } = this;
    const tip = find(this.root, ".why-tip");
    find(tip, "h4").textContent = text("why_tip_title", { wanted });
    tip.dataset.state = change === undefined ? "seeking" : change ? "found" : "none";
    if (!change || !pixels) {
      find(tip, ".why-tip-said").textContent = text(change === null ? "why_tip_none" : "why_tip_seeking", {
        label,
        wanted,
      });
      return;
    }
    const values = { label, wanted, said: change.said, largest: percent(roundUp(change.largest, 2)) };
    find(tip, ".why-tip-said").textContent = text(change.said === wanted ? "why_tip_said" : "why_tip_other", values);
    paintInk(find(tip, ".before canvas", HTMLCanvasElement), pixels);
    find(tip, ".before figcaption").textContent = text("why_reads", { said: label });
    find(tip, ".change figcaption").textContent = text("why_tip_key");
    find(tip, "input", HTMLInputElement).value = "100";
    this.showAmount(false);
  }

  /** The picture with as much of the change as the slider says, read anew. @param {boolean} isMoved by the visitor */
  showAmount(isMoved) {
    const { change, pixels, network } = this;
    if (!change || !pixels || !network) return;
    const tip = find(this.root, ".why-tip");
    const share = find(tip, "input", HTMLInputElement).valueAsNumber / 100;
    const difference = change.pixels.map((value, i) => share * (value - pixels[i]));
    const changed = difference.map((value, i) => Math.min(1, Math.max(0, pixels[i] + value)));
    const said = indexOfLargest(forward(network, changed).logProbabilities);
    paintSigned(find(tip, ".change canvas", HTMLCanvasElement), difference);
    paintInk(find(tip, ".after canvas", HTMLCanvasElement), changed);
    find(tip, "output").textContent = percent(share);
    find(tip, "input").setAttribute("aria-valuetext", percent(share));
    find(tip, ".after figcaption").textContent = text("why_reads", { said });
    find(tip, ".after").classList.toggle("tipped", said !== this.label);
    if (isMoved && said !== this.label) this.lesson.done?.();
  }
}
