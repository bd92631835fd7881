// The training digits that are most like the drawing: by pixels, or by what the last hidden layer makes of them.

import { findNearest, lastLayerOf, readLastLayer } from "../../core/nearest.js";
import { number, percent, text } from "../../services/texts.js";
import { inSlices } from "../../services/time_slices.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { makePixels, paintInk } from "./pixels.js";

/** @typedef {import("../../core/weights_file.js").LoadedNetwork} LoadedNetwork */
/** @typedef {import("../../core/nearest.js").Neighbour} Neighbour */
/** @typedef {import("../../services/shared_digits.js").Stock} Stock */
/** @typedef {"pixels" | "layer"} By */

const SHOWN = 10;

/** The digits that all parts share: fetched apart, so that there is one copy. */
const sharedDigits = async () => (await import("../../services/shared_digits.js")).digitStock();

export class Similar {
  /** @param {() => Promise<Stock>} [digits] */
  constructor(digits = sharedDigits) {
    this.digits = digits;
    /** @type {Stock | null} */
    this.stock = null;
    /** @type {By} */
    this.by = "pixels";
    this.isAsked = false;
    this.problem = "";
    this.turn = 0;
    /** What the last hidden layer made of all digits. @type {{version: string, rows: Float32Array} | null} */
    this.read = null;
    /** @type {Neighbour[]} */
    this.found = [];
    /** @type {LoadedNetwork | null} */
    this.loaded = null;
    /** @type {Float32Array | null} */
    this.pixels = null;
  }

  end() {
    this.turn += 1;
  }

  build() {
    const root = make("section", undefined, { className: "why-similar" });
    const kinds = make("div", undefined, { className: "why-choice why-by" });
    kinds.setAttribute("role", "group");
    kinds.setAttribute("aria-label", text("why_similar_by"));
    for (const by of /** @type {const} */ (["pixels", "layer"])) {
      const button = makeButton(text(`why_by_${by}`), () => this.ask(by));
      button.dataset.by = by;
      kinds.append(button);
    }
    const said = make("p", "", { className: "why-similar-said" });
    said.setAttribute("aria-live", "polite");
    const list = make("ul", undefined, { className: "why-tiles" });
    root.append(make("h4", text("why_similar_title")), kinds, said, list);
    this.root = root;
    return root;
  }

  /** @param {By} by */
  async ask(by) {
    Object.assign(this, { by, isAsked: true, found: [], problem: "" });
    this.show();
    await this.seek();
  }

  /** Another drawing or network. @param {LoadedNetwork | null} loaded @param {Float32Array} pixels */
  async follow(loaded, pixels) {
    Object.assign(this, { loaded, pixels });
    if (this.isAsked) await this.seek();
  }

  async seek() {
    const { loaded, pixels, by } = this;
    if (!loaded || !pixels) return;
    const turn = ++this.turn;
    const isWanted = () => turn === this.turn;
    try {
      this.stock ??= await this.digits();
    } catch {
      this.problem = text("why_no_digits");
      this.isAsked = false;
      return this.show();
    }
    if (!isWanted()) return;
    const target = by === "pixels" ? pixels.map((value) => 255 * value) : lastLayerOf(loaded.network, pixels).slice();
    const rows = by === "pixels" ? this.stock.train.images : await this.readAll(loaded, isWanted);
    const found = rows && (await inSlices(findNearest(rows, target, SHOWN), { isWanted }));
    if (!found) return;
    this.found = found;
    this.show();
  }

  /** @param {LoadedNetwork} loaded @param {() => boolean} isWanted */
  async readAll(loaded, isWanted) {
    if (this.read?.version === loaded.version) return this.read.rows;
    const tell = (/** @type {number} */ share) => this.say(text("why_similar_reading", { share: percent(share) }));
    const work = readLastLayer(loaded.network, /** @type {Stock} */ (this.stock).train);
    const rows = await inSlices(work, { isWanted, tell });
    if (rows) this.read = { version: loaded.version, rows };
    return rows;
  }

  /** @param {string} words */
  say(words) {
    if (this.root) find(this.root, ".why-similar-said").textContent = words;
  }

  show() {
    const { root, found, stock } = this;
    if (!root) return;
    for (const button of findAll(root, ".why-by button"))
      button.setAttribute("aria-pressed", String(this.isAsked && button.dataset.by === this.by));
    const labels = found.map(({ number: at }) => stock?.train.labels[at] ?? 0);
    this.say(this.problem || this.summary(labels));
    find(root, "ul").replaceChildren(
      ...found.map(({ number: at }, i) => {
        const item = make("li");
        const canvas = makePixels();
        const bytes = stock?.train.images.subarray(784 * at, 784 * at + 784) ?? [];
        paintInk(
          canvas,
          Float32Array.from(bytes, (ink) => ink / 255),
        );
        item.append(canvas, make("span", labels[i]));
        return item;
      }),
    );
  }

  /** @param {number[]} labels of those that are shown */
  summary(labels) {
    if (!this.isAsked) return text("why_similar_ask");
    if (!labels.length) return text("why_similar_loading");
    const counts = [...new Set(labels)].map((label) => ({
      label,
      count: labels.filter((one) => one === label).length,
    }));
    const most = counts.sort((a, b) => b.count - a.count)[0];
    const count = number(this.stock?.train.labels.length ?? 0);
    return text(`why_similar_${this.by}`, { all: count, shown: labels.length, most: most.count, label: most.label });
  }
}
