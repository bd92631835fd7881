// The recipes and settings of a training, and the button Train. While a run goes the form is folded away.
//
// settings.limits, .presets, .activations and .torch come from Python. Train sets the component's value
// to the order and emits "submit"; the server checks it again. What comes of it is shown by ui/run.js.

import { countWeights } from "../core/network.js";
import { MOST_HERE, trainHere } from "../services/browser_run_loader.js";
import { storedOrder, storeOrder } from "../services/browser_storage.js";
import { inWords, isOnlyHere } from "../services/network_names.js";
import { digitOf, problemOf } from "../services/server_answers.js";
import { BUSY } from "../services/server_session.js";
import { credentials } from "../services/session_token.js";
import { state } from "../services/state.js";
import { counted, fill, number, text } from "../services/texts.js";
import { dotted, find, findAll, make, makeButton, pressOnce, whenWidthChanges } from "./dom.js";

/** @typedef {import("../services/messages.js").Fault} Fault */

/**
 * What digits there are to train on.
 * @typedef {{source?: string, trained?: number, tested?: number, problem?: string, fault?: Fault}} Stock
 */

const NUMBERS = ["epochs", "batch_size", "learning_rate", "train_images", "layers", "width", "seed"];
const ARE_FRACTIONS = ["learning_rate"];
const RECIPE = ["epochs", "batch_size", "learning_rate"]; // what a recipe is about
const BUNDLED = 4000; // digits to train on that come with the code: a server seldom has fewer
const LADDER = [1, 2, 5, 10]; // steps of a learning rate, times a power of ten

/** @param {import("../hosts/gradio.js").Host} host */
export function mount(host) {
  new TrainForm(host).begin();
}

class TrainForm {
  /** @param {import("../hosts/gradio.js").Host} host */
  constructor(host) {
    this.host = host;
    this.form = find(host.element, "form", HTMLFormElement);
    /** @type {Record<string, [number, number]>} */
    this.limits = host.settings.limits;
    /** @type {Record<string, Record<string, number | string | boolean>>} */
    this.presets = host.settings.presets;
    this.canTrain = Boolean(host.settings.torch);
    this.go = find(this.form, ".go", HTMLButtonElement);
    this.where = find(this.form, "[name=engine]", HTMLSelectElement);
    this.from = find(this.form, "[name=start]", HTMLSelectElement);
    this.preset = Object.keys(this.presets)[0];
    /** @type {Stock | null} */
    this.stock = null;
    this.wantedStart = ""; // a network to start from, which may not be here yet
    this.addPresets();
    this.addFields();
  }

  begin() {
    pressOnce(this.go);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.form.addEventListener("input", (event) => this.edited(event));
    this.usePreset(this.preset);
    this.takeUp(storedOrder());
    state.subscribe("classLink", (link) => {
      if (link) this.fillIn(link.recipe, { epochs: link.epochs, learning_rate: link.learningRate });
    });
    state.subscribe("scriptSettings", (settings) => settings && this.fillIn("tutorial", settings));
    state.subscribe("run", (run) => this.showRunning(BUSY.includes(run)));
    for (const name of /** @type {const} */ (["own", "networks"])) state.subscribe(name, () => this.offerStarts());
    this.from.addEventListener("change", () => {
      this.wantedStart = "";
      this.show();
    });
    this.where.addEventListener("change", () => this.offerStarts());
    state.subscribe("language", () => {
      fill(this.host.element);
      this.offerEngines();
      this.offerStarts();
      this.nameRecipes();
      this.show();
      this.showStock();
    });
    // Which digits there are is asked when the tab is first opened: reading them takes a few seconds.
    whenWidthChanges(this.form, () => this.form.offsetParent && this.prepare());
  }

  // ---- fields --------------------------------------------------------------------------------------

  /** @param {string} name */
  field(name) {
    return find(this.form, `[name="${name}"]`, HTMLInputElement);
  }

  get activation() {
    return find(this.form, "[name=activation]", HTMLSelectElement);
  }

  /** @param {string} name */
  valueOf(name) {
    return this.field(name).valueAsNumber;
  }

  /** A card for each recipe: its name, what it shows, what it sets. */
  addPresets() {
    const cards = Object.keys(this.presets).map((name) => {
      const card = makeButton("", () => this.usePreset(name), { className: "recipe" });
      const [title, about] = [make("b"), make("span")];
      title.dataset.text = `train_preset_${name}`;
      about.dataset.text = `about_preset_${name}`;
      card.append(title, about, make("small", "", { className: "recipe-facts" }));
      card.dataset.preset = name;
      return card;
    });
    find(this.form, ".recipes").append(...cards);
  }

  nameRecipes() {
    for (const card of findAll(this.form, ".recipe")) {
      const { epochs, batch_size: batch, train_images: images } = this.presets[card.dataset.preset ?? ""];
      const count = this.imagesOf(Number(images));
      dotted(find(card, ".recipe-facts"), [
        text(this.isThere(count) ? "set_images" : "set_images_most", { count: number(count) }),
        counted("set_epochs", Number(epochs)),
        text("set_batch", { count: number(Number(batch)) }),
      ]);
    }
  }

  /** Who can train: PyTorch on the server where it is installed, this browser always. */
  offerEngines() {
    const chosen = this.engine;
    const names = this.canTrain ? ["server", "browser"] : ["browser"];
    this.where.replaceChildren(
      ...names.map((name) => new Option(text(`engine_${name}`), name, false, name === chosen)),
    );
    find(this.form, ".engine").hidden = names.length < 2;
  }

  get engine() {
    return this.canTrain ? this.where.value || "server" : "browser";
  }

  /** What there is to say of a run in this browser. */
  showEngine() {
    const isHere = this.engine === "browser";
    const notes = [text("engine_about", { count: number(MOST_HERE) })];
    const note = find(this.form, ".engine-note");
    note.hidden = !isHere;
    find(this.form, ".data-note").hidden = isHere && this.canTrain; // that is about the server's digits
    this.nameRecipes();
    note.replaceChildren(...notes.map((words) => make("div", words)));
  }

  /** What a run can begin with: random weights, any of the visitor's own networks, or one that ships. */
  offerStarts() {
    const chosen = this.wantedStart || this.from.value;
    this.from.replaceChildren(new Option(text("train_afresh"), "afresh"));
    for (const { id, name } of this.bases) {
      this.from.append(new Option(text("train_from", { network: inWords(name) }), id, false, id === chosen));
    }
    this.show();
  }

  /** The networks that a run can go on from, the newest of the visitor's first. The server lacks some of them. */
  get bases() {
    const own = state.get("own").filter(({ id }) => this.engine === "browser" || !isOnlyHere(id));
    return [...own.toReversed(), ...state.get("networks").filter(({ kind }) => kind === "shipped")];
  }

  addFields() {
    const fields = find(this.form, ".fields");
    for (const name of NUMBERS) fields.append(makeField(name, this.makeNumber(name)));
    const select = make("select", "", { name: "activation", className: "setting", translate: false });
    /** @type {string[]} */
    const activations = this.host.settings.activations;
    select.append(...activations.map((name) => new Option(name, name)));
    fields.insertBefore(makeField("activation", select), fields.lastElementChild);
  }

  /** @param {string} name */
  makeNumber(name) {
    const [low, high] = this.limits[name];
    const isFraction = ARE_FRACTIONS.includes(name);
    const input = make("input", "", {
      type: "number",
      name,
      className: "setting",
      inputMode: isFraction ? "decimal" : "numeric",
    });
    Object.assign(input, { min: String(low), max: String(high), step: isFraction ? "any" : "1" });
    if (isFraction) input.addEventListener("keydown", (event) => this.climb(input, event));
    return input;
  }

  /** A learning rate is stepped through by factors: 0.01, 0.02, 0.05. @param {HTMLInputElement} input @param {KeyboardEvent} event */
  climb(input, event) {
    const isUp = event.key === "ArrowUp";
    if (!isUp && event.key !== "ArrowDown") return;
    event.preventDefault();
    const [low, high] = this.limits[input.name];
    const next = nextRung(input.valueAsNumber || low, isUp);
    input.value = String(Math.min(high, Math.max(low, next)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Fill in a recipe's settings. @param {string} name */
  usePreset(name) {
    const settings = this.presets[name];
    this.activation.value = String(settings.activation);
    for (const key of NUMBERS) this.field(key).value = String(Math.min(Number(settings[key]), this.limits[key][1]));
    this.preset = name;
    this.pressPreset(name);
    if (this.stock?.trained) this.limitImages(this.stock.trained);
    this.show();
  }

  /** Fill in what this tab trained with before it was loaded again. @param {any} order */
  takeUp(order) {
    if (!order) return;
    this.offerEngines();
    this.where.value = order.engine;
    this.wantedStart = order.start;
    this.fillIn(order.preset, order.numbers);
    this.activation.value = order.activation;
  }

  /**
   * Fill in what a teacher's link or the lesson's script asks for.
   * @param {string | null} recipe null: the one that is chosen
   * @param {Record<string, number | null>} settings null: as it is
   */
  fillIn(recipe, settings) {
    if (recipe && recipe in this.presets) this.usePreset(recipe);
    const asked = Object.entries(settings).filter(([, value]) => value !== null);
    for (const [name, value] of asked) this.field(name).value = String(value);
    const isOther = asked.some(([name, value]) => RECIPE.includes(name) && value !== this.presets[this.preset][name]);
    if (isOther) this.pressPreset(null);
    this.show();
  }

  /** @param {string | null} pressed */
  pressPreset(pressed) {
    for (const button of findAll(this.form, ".recipe")) {
      button.setAttribute("aria-pressed", String(button.dataset.preset === pressed));
    }
  }

  /** @param {Event} event */
  edited({ target }) {
    if (target instanceof HTMLInputElement && RECIPE.includes(target.name)) this.pressPreset(null);
    this.show();
  }

  /** What is wrong with a field, as a sentence; "" if nothing is. @param {string} name */
  faultOf(name) {
    const value = this.valueOf(name);
    const [low, high] = this.limits[name];
    const isFraction = ARE_FRACTIONS.includes(name);
    if (value >= low && value <= high && (isFraction || Number.isInteger(value))) return "";
    const values = { name: text(`field_${name}`), low: number(low), high: number(high) };
    return text(isFraction ? "train_range" : "train_range_whole", values);
  }

  // ---- what it comes to ----------------------------------------------------------------------------

  get sizes() {
    const layers = Math.max(0, Math.min(9, Math.round(this.valueOf("layers") || 0)));
    return [784, ...Array(layers).fill(this.valueOf("width")), 10];
  }

  show() {
    this.showEngine();
    for (const name of NUMBERS) this.field(name).setAttribute("aria-invalid", String(Boolean(this.faultOf(name))));
    const fault = NUMBERS.map((name) => this.faultOf(name)).find(Boolean);
    const shape = find(this.form, ".shape");
    shape.classList.toggle("wrong", Boolean(fault));
    if (fault) shape.textContent = fault;
    else shape.replaceChildren(make("b", this.shownSizes.join(" → ")), ` · ${this.counts()}`);
  }

  /** The network that a run goes on from keeps its shape, whatever the fields say. */
  get base() {
    return this.bases.find(({ id }) => id === this.from.value);
  }

  get shownSizes() {
    return this.base?.card.sizes ?? this.sizes;
  }

  /** As many digits as the one who trains can have. */
  get most() {
    return this.engine === "browser" ? MOST_HERE : Number.POSITIVE_INFINITY;
  }

  /** How many digits are learnt from where so many are asked for, as far as it is known. @param {number} asked */
  imagesOf(asked) {
    return Math.min(asked, this.stock?.trained ?? this.most, this.most);
  }

  /** Whether it is known that there are so many digits: the server says how many it has when it has looked. @param {number} images */
  isThere(images) {
    return Boolean(this.stock?.trained) || images <= BUNDLED;
  }

  counts() {
    const images = this.imagesOf(this.valueOf("train_images"));
    const steps = this.valueOf("epochs") * Math.ceil(images / this.valueOf("batch_size"));
    const weights = text("train_weights", { count: number(countWeights(this.shownSizes)) });
    return `${weights} · ${text(this.isThere(images) ? "train_steps" : "train_steps_most", { count: number(steps) })}`;
  }

  /** The order as the fields say it. */
  order() {
    const asked = Object.fromEntries(NUMBERS.map((name) => [name, this.valueOf(name)]));
    const { layers, width, ...rest } = asked;
    const { schedule, standardised } = this.presets[this.preset];
    return {
      ...rest,
      ...{ schedule, standardised },
      ...credentials(),
      preset: this.preset,
      hidden: this.sizes.slice(1, -1),
      activation: this.activation.value,
      start: this.base?.id ?? "",
      ...this.readAlong(),
    };
  }

  /** What is read along is the drawing on the pad; of several digits the one that is looked at. */
  readAlong() {
    const answer = state.get("answer");
    return answer?.shown?.several ? { drawing: digitOf(answer, state.get("drawing")) } : {};
  }

  async send() {
    if (this.go.disabled) return;
    const wrong = NUMBERS.find((name) => this.faultOf(name));
    if (wrong) return this.point(wrong);
    const order = this.order();
    const activation = this.base?.card.activation ?? order.activation;
    state.set("order", { ...order, sizes: this.shownSizes, activation, asked: order.activation });
    this.keep();
    const isFocused = this.form.contains(document.activeElement);
    state.set("run", "sent");
    if (isFocused) find(document, ".run .stop").focus({ preventScroll: true });
    if (this.engine === "browser") return trainHere();
    this.host.value = order;
    if (!(await this.host.emit("submit"))) state.set("training", { state: "unsent" });
  }

  /** A reload takes these settings up again: it ends a run in this browser. */
  keep() {
    const numbers = Object.fromEntries(NUMBERS.map((name) => [name, this.valueOf(name)]));
    const { engine, preset } = this;
    storeOrder({ engine, preset, numbers, activation: this.activation.value, start: this.from.value });
  }

  /** Show a field that must be changed first. @param {string} name */
  point(name) {
    find(this.form, "details", HTMLDetailsElement).open = true;
    this.field(name).focus();
    this.field(name).select();
  }

  /** @param {boolean} isRunning */
  showRunning(isRunning) {
    this.go.disabled = isRunning;
    this.form.hidden = isRunning;
  }

  // ---- the digits there are ------------------------------------------------------------------------

  async prepare() {
    if (this.stock || !this.canTrain) return;
    try {
      this.stock = await this.host.call("prepare", credentials());
    } catch {
      return; // asked again when the tab is seen again
    }
    if (this.stock?.trained) this.limitImages(this.stock.trained);
    this.nameRecipes();
    this.show();
    this.showStock();
  }

  /** @param {number} most */
  limitImages(most) {
    const field = this.field("train_images");
    field.value = String(Math.min(field.valueAsNumber || most, most));
  }

  showStock() {
    find(this.form, ".data-note").textContent = this.canTrain ? describeStock(this.stock) : text("train_no_torch");
  }
}

/** @param {Stock | null} stock */
function describeStock(stock) {
  const problem = problemOf(stock);
  if (problem || !stock?.trained || !stock.tested) return problem;
  const keys = /** @type {Record<string, string>} */ ({ mnist: "train_data_mnist", bundled: "train_data_bundled" });
  const values = { trained: number(stock.trained), tested: number(stock.tested) };
  return text(keys[stock.source ?? ""] ?? "train_data_own", values);
}

/** A field with its name above and a sentence below. @param {string} name @param {HTMLInputElement | HTMLSelectElement} input */
function makeField(name, input) {
  const field = make("div", "", { className: "field" });
  const label = make("label", "", { htmlFor: `train-${name}` });
  const about = make("small", "", { id: `train-${name}-about` });
  label.dataset.text = `field_${name}`;
  about.dataset.text = `about_field_${name}`;
  input.id = `train-${name}`;
  input.setAttribute("aria-describedby", about.id);
  field.append(label, input, about);
  return field;
}

/** The next of ..., 0.1, 0.2, 0.5, 1, ... above or below. @param {number} value @param {boolean} isUp */
function nextRung(value, isUp) {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const rungs = [0.5, ...LADDER].map((step) => Number((step * power).toPrecision(1)));
  const slack = value * 1e-6;
  const next = isUp ? rungs.find((rung) => rung > value + slack) : rungs.findLast((rung) => rung < value - slack);
  return next ?? value;
}
