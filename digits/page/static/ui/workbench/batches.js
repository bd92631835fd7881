// Batches: what lies on the table, the curves, digits that are watched, the weights of the first layer, and
// a slider back through the run. All of it is what one report of the worker says.

import { nameOf } from "../../services/lesson_drawing.js";
import { number, text } from "../../services/texts.js";
import { colour, rgb } from "../../services/theme.js";
import { penOf, setPixel, sharpen } from "../canvas.js";
import { find, findAll, make } from "../dom.js";
import { drawLegend, drawPicture } from "./chart.js";
import { ladder, lossText } from "./figures.js";
import { makeTiles, paintTile, showSaid } from "./tiles.js";

/** @typedef {import("../../services/training.js").Report} Report */
/** @typedef {import("../../services/training.js").Read} Read */
/** @typedef {import("../../services/training.js").Changes} Changes */
/** @typedef {import("../../services/lesson_drawing.js").Subject} Subject */

const RATES = ladder(-5, 0);
const SIZES = [1, 5, 15, 50, 200];
const BENDS = ["relu", "tanh", "sigmoid", "gelu", "identity"];
const TABLE = 15;
const ACROSS = 16; // first-layer nodes in a row of their picture
const CELL = 29; // of each, in canvas pixels: 28 and a line
const MOST_LOSS = 2.5; // of the chart: just above a loss by chance, 2.30

export class BatchesView {
  /**
   * @param {HTMLElement} root
   * @param {object} hooks
   * @param {(changes: Changes) => void} hooks.change settings of the run
   * @param {(number: number) => void} hooks.goTo a checkpoint
   * @param {() => void} hooks.fresh begin with other random weights
   * @param {() => void} hooks.pace slow motion was switched
   */
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    /** @type {Report | null} */
    this.report = null;
    /** @type {Subject | null} */
    this.subject = null;
    this.table = makeTiles(find(root, ".learn-tiles.table"), TABLE);
    this.watched = makeTiles(find(root, ".learn-tiles.four"), 4);
    this.own = makeTiles(find(root, ".learn-tiles.mine"), 1)[0];
    this.slider = find(root, "#learn-back", HTMLInputElement);
    this.slow = find(root, "[name=slow]", HTMLInputElement);
    this.addSettings();
  }

  addSettings() {
    const fields = { learningRate: RATES, batchSize: SIZES, activation: BENDS };
    for (const [name, values] of Object.entries(fields)) {
      const select = find(this.root, `[name=${name}]`, HTMLSelectElement);
      select.append(...values.map((value) => make("option", value, { value: String(value) })));
      select.addEventListener("change", () => {
        this.hooks.change({ [name]: name === "activation" ? select.value : Number(select.value) });
      });
    }
    this.slider.addEventListener("input", () => this.hooks.goTo(Number(this.slider.value)));
    this.slow.addEventListener("change", () => this.hooks.pace());
    find(this.root, "[data-do=fresh]").addEventListener("click", () => this.hooks.fresh());
    new ResizeObserver(() => this.report && this.drawDead(this.report)).observe(find(this.root, ".learn-dead"));
  }

  get isSeen() {
    return Boolean(this.root.offsetParent);
  }

  /** @param {Report} report */
  show(report) {
    this.report = report;
    if (!this.isSeen) return;
    this.showSettings(report);
    this.showTable(report);
    this.showWatched(report);
    this.showCurves(report);
    this.showSlider(report);
    this.drawFirst(report.firstLayer, report.dead[0]);
    this.drawDead(report);
  }

  /** Colours or words are others now. */
  again() {
    for (const option of findAll(this.root, "[name=activation] option", HTMLOptionElement)) {
      option.textContent = text(`learn_bend_${option.value}`);
    }
    if (this.report) this.show(this.report);
  }

  /** @param {Report} report */
  showSettings(report) {
    for (const name of /** @type {const} */ (["learningRate", "batchSize", "activation"])) {
      const select = find(this.root, `[name=${name}]`, HTMLSelectElement);
      if (document.activeElement !== select) select.value = String(report[name]);
    }
  }

  /** @param {Report} report */
  showTable({ batch }) {
    const right = countRight(batch);
    const shown = batch.labels.length;
    const key = batch.size > shown ? "learn_table_more" : "learn_table";
    find(this.root, ".learn-table-head").textContent = text(key, {
      count: batch.size,
      shown,
      right,
      loss: lossText(batch.loss),
    });
    for (const [i, tile] of this.table.entries()) {
      tile.item.hidden = i >= shown;
      if (i < shown) showRead(tile, batch, i);
    }
  }

  /** @param {Report} report */
  showWatched({ watched, drawing }) {
    for (const [i, tile] of this.watched.entries()) showRead(tile, watched, i);
    find(this.root, ".learn-whose").textContent = nameOf(this.subject);
    this.own.item.hidden = !drawing || !this.subject;
    if (!drawing || !this.subject) return;
    paintTile(
      this.own.canvas,
      this.subject.pixels.map((ink) => 255 * ink),
    );
    showSaid(this.own, drawing, this.subject.label);
  }

  /** @param {Report} report */
  showCurves({ step, losses, kept, at }) {
    const end = Math.max(20, kept[kept.length - 1].step, losses.at(-1)?.[0] ?? 0);
    const size = /** @type {[number, number]} */ ([330, 168]);
    /** @type {[number, string, string?][]} */
    const below = [
      [0, "0", "start"],
      [end, text("learn_steps", { count: number(end) }), "end"],
    ];
    const marker = at < kept.length - 1 ? step : undefined;
    const along = (/** @type {(one: typeof kept[0]) => number} */ value) =>
      kept.map((one) => /** @type {[number, number]} */ ([one.step, value(one)]));
    drawPicture(find(this.root, ".learn-loss", SVGSVGElement), {
      size,
      across: [0, end],
      up: [0, MOST_LOSS],
      ticks: [0, 0.5, 1, 1.5, 2, 2.5],
      label: (tick) => tick.toFixed(1),
      below,
      marker,
      lines: [
        { name: "batch", points: losses },
        { name: "train", points: along(({ train }) => train.loss) },
        { name: "test", points: along(({ test }) => test.loss) },
      ],
    });
    drawPicture(find(this.root, ".learn-accuracy", SVGSVGElement), {
      size,
      across: [0, end],
      up: [0, 1],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      label: (tick) => text("percent", { number: 100 * tick }),
      below,
      marker,
      lines: [
        { name: "train", points: along(({ train }) => train.accuracy) },
        { name: "test", points: along(({ test }) => test.accuracy) },
      ],
    });
    this.showLegends(kept[at]);
  }

  /** @param {Report["kept"][0]} marks */
  showLegends({ train, test }) {
    const words = (/** @type {string} */ key, /** @type {string} */ value) => `${text(key)} ${value}`;
    const share = (/** @type {number} */ accuracy) => text("percent", { number: (100 * accuracy).toFixed(1) });
    drawLegend(find(this.root, "[data-legend=loss]"), [
      ["batch", text("learn_line_batch")],
      ["train", words("learn_line_train", lossText(train.loss))],
      ["test", words("learn_line_test", lossText(test.loss))],
    ]);
    drawLegend(find(this.root, "[data-legend=accuracy]"), [
      ["train", words("learn_line_train", share(train.accuracy))],
      ["test", words("learn_line_test", share(test.accuracy))],
    ]);
    find(this.root, ".learn-loss", SVGSVGElement).setAttribute(
      "aria-label",
      text("learn_loss_label", { train: lossText(train.loss), test: lossText(test.loss) }),
    );
    find(this.root, ".learn-accuracy", SVGSVGElement).setAttribute(
      "aria-label",
      text("learn_accuracy_label", { train: share(train.accuracy), test: share(test.accuracy) }),
    );
  }

  /** @param {Report} report */
  showSlider({ kept, at, step, epoch, place, digits }) {
    this.slider.max = String(kept.length - 1);
    this.slider.value = String(at);
    this.slider.disabled = kept.length < 2;
    const values = {
      step: number(step),
      last: number(kept[kept.length - 1].step),
      epoch: epoch + 1,
      place: number(place),
      digits: number(digits),
    };
    const words = text(at < kept.length - 1 ? "learn_back_then" : "learn_back_now", values);
    find(this.root, ".learn-back output", HTMLOutputElement).value = words;
    this.slider.setAttribute("aria-valuetext", words);
  }

  /**
   * What each node of the first layer looks for: warm where ink counts for it, cold where against it.
   * @param {Float32Array} weights (nodes * 784) @param {Uint8Array} dead
   */
  drawFirst(weights, dead) {
    const canvas = find(this.root, ".learn-first", HTMLCanvasElement);
    const nodes = dead.length;
    const [width, height] = [ACROSS * CELL, Math.ceil(nodes / ACROSS) * CELL];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pixels = new ImageData(width, height);
    const [warm, cold] = [rgb("accent"), rgb("cold")];
    for (let node = 0; node < nodes; node++) {
      const row = weights.subarray(node * 784, node * 784 + 784);
      const most = row.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 1e-9);
      const strength = (dead[node] ? 70 : 255) / most;
      const start = Math.floor(node / ACROSS) * CELL * width + (node % ACROSS) * CELL;
      for (let i = 0; i < 784; i++) {
        const place = start + Math.floor(i / 28) * width + (i % 28);
        setPixel(pixels, place, row[i] > 0 ? warm : cold, Math.abs(row[i]) * strength);
      }
    }
    penOf(canvas).putImageData(pixels, 0, 0);
    crossOut(canvas, dead);
  }

  /** A spot for every node: full where it is on for some digit, an empty ring where for none. @param {Report} report */
  drawDead({ dead }) {
    const counts = dead.map((layer) => layer.reduce((sum, one) => sum + one, 0));
    const [gone, all] = [counts.reduce((a, b) => a + b, 0), dead.reduce((sum, { length }) => sum + length, 0)];
    find(this.root, ".learn-dead-head").textContent = text("learn_dead", { gone, all, layers: counts.join(" · ") });
    const canvas = find(this.root, ".learn-dead", HTMLCanvasElement);
    canvas.style.aspectRatio = `64 / ${dead.length * 1.7}`;
    const { pen, width, height } = sharpen(canvas);
    if (!width) return;
    const cell = width / Math.max(...dead.map(({ length }) => length));
    for (const [layer, nodes] of dead.entries()) {
      const y = ((layer + 0.5) * height) / dead.length;
      for (const [node, isDead] of nodes.entries()) drawSpot(pen, (node + 0.5) * cell, y, 0.34 * cell, Boolean(isDead));
    }
  }
}

/** @param {HTMLCanvasElement} canvas @param {Uint8Array} dead */
function crossOut(canvas, dead) {
  const pen = penOf(canvas);
  pen.strokeStyle = colour("muted");
  pen.lineWidth = 1.5;
  for (const [node, isDead] of dead.entries()) {
    if (!isDead) continue;
    const [left, top] = [(node % ACROSS) * CELL, Math.floor(node / ACROSS) * CELL];
    pen.beginPath();
    pen.moveTo(left + 4, top + 24);
    pen.lineTo(left + 24, top + 4);
    pen.stroke();
  }
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius @param {boolean} isDead */
function drawSpot(pen, x, y, radius, isDead) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fillStyle = colour("muted");
  pen.strokeStyle = colour("muted");
  pen.lineWidth = 1.2;
  if (isDead) pen.stroke();
  else pen.fill();
}

/** @param {Read} read */
function countRight({ labels, probabilities }) {
  return labels.filter((label, i) => {
    const row = probabilities.subarray(10 * i, 10 * i + 10);
    return row.every((share) => share <= row[label]);
  }).length;
}

/** @param {import("./tiles.js").Tile} tile @param {Read} read @param {number} i */
function showRead(tile, { images, labels, probabilities }, i) {
  paintTile(tile.canvas, images.subarray(784 * i, 784 * i + 784));
  showSaid(tile, probabilities.subarray(10 * i, 10 * i + 10), labels[i]);
}
