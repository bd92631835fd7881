// Downhill: one weight on its loss curve with slope and step, then all 59,210 at once.

import { unpack } from "../../core/base64.js";
import { freshTrainer, joinDigits, lossOf, OneWeight, teach } from "../../core/one_weight_descent.js";
import { realSamples } from "../../services/samples.js";
import { decimal, number, text } from "../../services/texts.js";
import { inSlices } from "../../services/time_slices.js";
import { shape } from "../chart.js";
import { find, make, makeButton } from "../dom.js";
import { drawPicture, tangentAt } from "../workbench/chart.js";
import { exact, ladder, lossText, signed } from "../workbench/figures.js";
import { follow, makeRow, makeSlider, makeStatus, showSlider } from "./part_helpers.js";

/** @typedef {import("./part_types.js").Lesson} Lesson */

const DIGIT = 7; // whose output the weight leads to
const POINTS = 81;
const SIDE = 1.7; // how far the curve goes to either side, in ways from the start to the bottom
const FIRST_RATE = 0.01;
const SEED = 3;

/** @param {HTMLElement} root @param {Lesson} lesson */
export function mount(root, lesson) {
  return follow(root, new Gradient(root, lesson));
}

class Gradient {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    const samples = realSamples();
    const images = samples.map(({ pixels }) => unpack(pixels ?? ""));
    this.numbers = samples.map((_, i) => i);
    this.digits = joinDigits({ images, labels: samples.map(({ label }) => label ?? 0) });
    /** @type {OneWeight | null} */
    this.weight = null;
    /** @type {[number, number][]} */
    this.curve = [];
    this.rates = ladder(-2, 2);
    this.rate = FIRST_RATE;
    this.happened = "";
    this.hasOvershot = false;
    this.isWanted = true;
    this.trainer = freshTrainer(SEED);
    this.losses = [lossOf(this.trainer, this.digits)];
    this.prepare();
  }

  end() {
    this.isWanted = false;
  }

  async prepare() {
    const taught = await inSlices(teach(this.digits, SEED), { isWanted: () => this.isWanted });
    if (!taught) return;
    this.weight = new OneWeight(taught.network, this.digits, DIGIT);
    this.curve = this.makeCurve(this.weight);
    this.show();
  }

  /** All weights again as they were drawn. */
  beginAll() {
    this.trainer = freshTrainer(SEED);
    this.losses = [lossOf(this.trainer, this.digits)];
  }

  /** @param {OneWeight} weight @returns {[number, number][]} */
  makeCurve(weight) {
    const span = SIDE * weight.reach;
    const places = Array.from({ length: POINTS }, (_, i) => weight.bottom + span * ((2 * i) / (POINTS - 1) - 1));
    return places.map((place) => [place, weight.lossAt(place)]);
  }

  build() {
    const one = make("section", undefined, { className: "part-half" });
    const chart = shape("svg", { class: "chart part-chart", role: "img" });
    const rate = makeSlider("rate", text("part_rate"), [0, this.rates.length - 1, 1], (at) => {
      this.rate = this.rates[at];
      this.show();
    });
    const row = makeRow(
      makeButton(text("part_step"), () => this.step(), { className: "primary" }),
      makeButton(text("part_restart"), () => this.restart()),
    );
    one.append(make("h4", text("part_one_weight")), chart, this.makeNumbers(), rate, row, makeStatus());
    const all = make("section", undefined, { className: "part-half part-all" });
    const trace = shape("svg", { class: "chart part-chart", role: "img" });
    const again = makeRow(
      makeButton(text("part_step_all"), () => this.stepAll()),
      makeButton(text("part_restart"), () => {
        this.beginAll();
        this.showAll();
      }),
    );
    all.append(make("h4", text("part_all_weights", { count: number(this.count) })), trace, again, makeStatus());
    const halves = make("div", undefined, { className: "part-halves" });
    halves.append(one, all);
    this.root.replaceChildren(halves);
    this.show();
    this.showAll();
  }

  get count() {
    return this.trainer.network.weights.length;
  }

  makeNumbers() {
    const line = make("p", undefined, { className: "part-sum" });
    line.setAttribute("aria-live", "off");
    return line;
  }

  step() {
    if (!this.weight) return;
    this.happened = this.weight.step(this.rate);
    if (this.happened === "overshot") this.hasOvershot = true;
    else if (this.happened === "arrived" && this.hasOvershot) this.lesson.done();
    this.show();
  }

  restart() {
    this.weight?.restart();
    this.happened = "";
    this.show();
  }

  stepAll() {
    this.trainer.step(this.digits, this.numbers);
    this.losses.push(lossOf(this.trainer, this.digits));
    this.showAll();
  }

  show() {
    const { weight, rate } = this;
    showSlider(this.root, "rate", this.rates.indexOf(rate), exact(rate));
    find(this.root, ".part-status").textContent = text("part_gradient_coming");
    if (!weight) return;
    const { at, slope } = weight;
    const loss = weight.lossAt(at);
    this.drawCurve(weight, slope, loss);
    const next = at - rate * slope;
    const parts = [exact(at), "−", exact(rate), "×", slope < 0 ? `(${exact(slope)})` : exact(slope), "=", exact(next)];
    const names = ["part_weight", "", "part_rate", "", "part_slope", "", "part_next"];
    find(this.root, ".part-sum").replaceChildren(
      ...parts.map((part, i) => {
        if (!names[i]) return make("span", part);
        const factor = make("span", undefined, { className: "part-factor" });
        factor.append(make("b", part), make("small", text(names[i])));
        return factor;
      }),
    );
    const words = this.happened ? `part_gradient_${this.happened}` : "part_gradient_begin";
    const values = { loss: lossText(loss), bottom: lossText(weight.lowest), slope: signed(slope) };
    find(this.root, ".part-status").textContent = text(words, values);
  }

  /** @param {OneWeight} weight @param {number} slope @param {number} loss */
  drawCurve(weight, slope, loss) {
    const svg = find(this.root, "svg", SVGSVGElement);
    const { curve } = this;
    const { at } = weight;
    const [low, high] = [curve[0][0], curve[curve.length - 1][0]];
    const losses = curve.map(([, value]) => value);
    const [least, most] = [Math.min(...losses), Math.max(...losses)];
    const reach = 0.35 * weight.reach;
    const past = weight.way.slice(-9, -1);
    const across = /** @type {[number, number]} */ ([low, high]);
    const up = /** @type {[number, number]} */ ([least - 0.12 * (most - least), most]);
    drawPicture(svg, {
      size: [340, 200],
      across,
      up,
      ticks: [least, (least + most) / 2, most],
      label: lossText,
      below: [[weight.bottom, text("part_this_weight")]],
      lines: [
        { name: "along", points: curve },
        { name: "tangent", points: tangentAt([at, loss], slope, reach, { across, up }) },
        { name: "way", points: weight.way.slice(-9).map((place) => [place, weight.lossAt(place)]) },
      ],
      dots: [
        ...past.map((place) => ({ x: place, y: weight.lossAt(place), name: "past" })),
        { x: at, y: loss, name: "now" },
      ],
    });
    const values = { weight: exact(at), loss: lossText(loss), slope: signed(slope) };
    svg.setAttribute("aria-label", text("part_gradient_curve", values));
  }

  showAll() {
    const all = find(this.root, ".part-all");
    const svg = find(all, "svg", SVGSVGElement);
    const { losses } = this;
    const steps = Math.max(20, losses.length - 1);
    drawPicture(svg, {
      size: [340, 200],
      across: [0, steps],
      up: [0, 2.5],
      ticks: [0, 1, 2],
      label: (tick) => String(tick),
      below: [
        [0, "0", "start"],
        [steps, text("part_steps", { count: number(steps) }), "end"],
      ],
      lines: [{ name: "along", points: losses.map((loss, i) => [i, loss]) }],
      dots: [{ x: losses.length - 1, y: losses[losses.length - 1], name: "now" }],
    });
    const last = losses[losses.length - 1];
    const values = { loss: lossText(last), before: lossText(losses[losses.length - 2] ?? last) };
    const words = losses.length > 1 ? "part_all_moved" : "part_all_begin";
    find(all, ".part-status").textContent = text(words, { ...values, right: decimal(100 * Math.exp(-last), 0) });
    svg.setAttribute("aria-label", text("part_all_curve", { loss: lossText(last), steps: losses.length - 1 }));
  }
}
