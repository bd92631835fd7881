// "Wrong? It is 0 ... 9": the visitor says what a drawing is, collects such drawings, lets it learn them.
//
// The drawings live here, in the page, and go to the server together: {drawings: [{strokes,
// label}], network}. What comes back says how each was read before and after.

import { describeTeaching } from "../core/wording.js";
import { storedTaught, storeTaught, whenStored } from "../services/browser_storage.js";
import { dropCorrection, keepCorrections, nextKey, storedCorrections } from "../services/corrections.js";
import { entryOf, inWords, nameOf, whereIs } from "../services/network_names.js";
import { drawingOf, problemOf } from "../services/server_answers.js";
import { isTeaching, wasTold } from "../services/server_session.js";
import { credentials } from "../services/session_token.js";
import { choose, state } from "../services/state.js";
import { counted, duration, fill, percent, sentences, text } from "../services/texts.js";
import { paintLines, sharpen } from "./canvas.js";
import { download, find, findAll, make, makeButton, setWaiting } from "./dom.js";

/** @typedef {import("../services/messages.js").FineTuning} FineTuning */
/** @typedef {import("../services/messages.js").Point} Point */
/** @typedef {import("../services/corrections.js").Correction} Drawing */

const MOST = 60;
const LONGEST_FILE = 4_000_000; // bytes

/** @param {import("../hosts/gradio.js").Host<any>} host */
export function mount(host) {
  new Teaching(host).begin();
}

class Teaching {
  /** @param {import("../hosts/gradio.js").Host<any>} host */
  constructor(host) {
    this.host = host;
    this.root = find(host.element, ".teach");
    this.strip = find(this.root, ".strip");
    this.learn = find(this.root, ".learn", HTMLButtonElement);
    this.note = find(this.root, ".teach-note");
    this.canLearn = Boolean(host.settings.torch);
    /** @type {Drawing[]} */
    this.drawings = [];
    this.sent = storedTaught(); // to be learnt, in this order; after a reload those that were sent before it
    /** @type {Map<string, string>} where in the strip each corrected digit is, by whichOf: another click changes its mind */
    this.corrected = new Map();
    /** @type {import("../services/messages.js").NetworkEntry | null} */
    this.taught = null; // the network that the last teaching made
    this.isHinting = true; // the note says what to do, and follows the drawing
    this.sayAgain = () => this.hint(); // what the note says, in the language that is chosen by then
    /** @type {{key: string, values?: Record<string, number | undefined>}} */
    this.onButton = { key: "teach_learn" }; // what it says
    this.buttons = this.addDigits();
  }

  async begin() {
    whenStored("digits-corrections", () => this.takeIn());
    this.drawings = (await storedCorrections()) ?? [];
    state.set("corrections", this.drawings.length);
    let forgotten = state.get("forgotten");
    state.subscribe("forgotten", (count) => {
      if (count === forgotten) return;
      forgotten = count;
      this.drawings = [];
      this.changed();
      this.hint();
    });
    this.learn.addEventListener("click", () => this.send());
    this.host.watch(() => {
      if (!this.host.value?.state) return; // what was sent
      wasTold();
      state.set("teaching", this.host.value);
    });
    state.subscribe("server", (server) => server === "here" && this.cameBack());
    state.subscribe("teaching", (message) => this.told(/** @type {FineTuning | null} */ (message)));
    for (const button of findAll(this.root, "[data-save]")) {
      button.addEventListener("click", () => this.save(button.dataset.save ?? ""));
    }
    const file = find(this.root, "input[type=file]", HTMLInputElement);
    file.addEventListener("change", () => this.load(file));
    state.subscribe("drawing", () => {
      this.showAsk();
      if (this.isHinting) this.hint();
    });
    state.subscribe("answer", () => this.showAsk());
    state.subscribe("look", () => this.show());
    for (const name of /** @type {const} */ (["choice", "networks", "own"])) {
      state.subscribe(name, () => this.showWho());
    }
    state.subscribe("language", () => {
      fill(this.host.element);
      this.sayAgain();
      this.sayOnButton(this.onButton.key, this.onButton.values);
      this.show();
    });
  }

  /** @param {() => string} word */
  say(word) {
    this.isHinting = false;
    this.sayAgain = () => this.say(word);
    this.root.classList.remove("hinting");
    this.note.textContent = word();
  }

  hint() {
    this.isHinting = true;
    this.sayAgain = () => this.hint();
    const canTeach = Boolean(state.get("drawing").strokes);
    const key = !canTeach ? "teach_only_strokes" : this.drawings.length ? "teach_more" : "teach_hint";
    this.note.textContent = text(key);
    this.root.classList.toggle("hinting", key === "teach_hint"); // a phone does without
  }

  // ---- the digits and the strip --------------------------------------------------------------------

  addDigits() {
    const buttons = Array.from({ length: 10 }, (_, label) => makeButton(String(label), () => this.correct(label)));
    buttons.forEach((button, label) => {
      button.dataset.digit = String(label);
    });
    find(this.root, ".ask").append(...buttons);
    return buttons;
  }

  show() {
    find(this.root, ".teach-more").hidden = !this.drawings.length;
    this.strip.replaceChildren(...this.drawings.map((drawing, i) => this.makeThumb(drawing, i)));
    findAll(this.strip, "canvas", HTMLCanvasElement).forEach((canvas, i) => {
      drawThumb(canvas, this.drawings[i].strokes);
    });
    this.learn.disabled = !this.canLearn;
    setWaiting(this.learn, this.isLearning);
    const count = this.drawings.length;
    if (!this.isLearning) this.sayOnButton(count === 1 ? "teach_learn_one" : "teach_learn", { count });
    this.root.classList.toggle("learning", this.isLearning);
    this.showAsk();
  }

  showAsk() {
    const canTeach = Boolean(state.get("drawing").strokes?.length) && !this.isLearning;
    const chosen = canTeach ? this.onPad?.label : null;
    this.buttons.forEach((button, label) => {
      button.disabled = !canTeach;
      button.setAttribute("aria-pressed", String(label === chosen));
    });
  }

  /** @param {string} key @param {Record<string, number | undefined>} [values] */
  sayOnButton(key, values) {
    this.onButton = { key, values };
    find(this.learn, ".learn-words").textContent = text(key, values);
  }

  /** @param {Drawing} drawing @param {number} i */
  makeThumb(drawing, i) {
    const { label, after } = drawing;
    const item = make("li", "", { className: after === undefined ? "" : after === label ? "right" : "wrong" });
    item.style.setProperty("--i", String(i));
    const remove = makeButton("×", () => this.remove(drawing.key), { disabled: this.isLearning });
    remove.setAttribute("aria-label", text("teach_remove", { label }));
    const canvas = make("canvas", "", { role: "img", ariaLabel: thumbInWords(drawing) });
    const seen = [make("b", label), make("small", verdictOf(drawing))];
    for (const part of seen) part.setAttribute("aria-hidden", "true"); // "1 → 7 ✓": the canvas says it in words
    item.append(canvas, ...seen, remove);
    return item;
  }

  /** @param {string} key */
  remove(key) {
    this.drawings = this.drawings.filter((one) => one.key !== key);
    dropCorrection(key);
    this.changed();
    this.hint();
  }

  /** @param {Drawing[]} drawings */
  add(drawings) {
    this.drawings = [...this.drawings, ...drawings];
    keepCorrections(drawings);
    this.changed();
  }

  /** Another tab changed the drawings. */
  async takeIn() {
    const stored = await storedCorrections();
    if (!stored) return; // nothing can be kept: each tab has its own
    this.drawings = stored;
    this.changed();
    if (this.isHinting) this.hint();
  }

  /** The drawings are others now. */
  changed() {
    state.set("corrections", this.drawings.length);
    this.show();
  }

  // ---- saying what it is ---------------------------------------------------------------------------

  /** @param {number} label */
  correct(label) {
    const answer = state.get("answer");
    const { strokes } = drawingOf(answer, state.get("drawing"));
    if (!strokes?.length) return;
    const again = this.onPad;
    if (!again && this.drawings.length >= MOST) return this.say(() => text("teach_full", { count: MOST }));
    const answered = again ? again.answered : (answer?.shown?.guess?.label ?? null);
    const key = again?.key ?? nextKey();
    this.corrected.set(whichOf(answer), key);
    this.drawings = this.drawings.filter((one) => one !== again);
    this.add([{ key, strokes, label, answered }]);
    state.set("isTaught", true);
    if (this.canLearn && this.drawings.length === 1) this.host.call("prepare", credentials()).catch(() => {});
    this.greet();
    const said = answered === label ? "teach_right" : "teach_noted";
    this.say(() => text(this.canLearn ? said : "teach_no_torch", { label }));
  }

  /** The drawing in the strip that is the one on the pad. */
  get onPad() {
    const key = this.corrected.get(whichOf(state.get("answer")));
    return this.drawings.find((one) => one.key === key);
  }

  /** The newest in the strip arrives. */
  greet() {
    this.strip.lastElementChild?.classList.add("new");
    this.strip.lastElementChild?.scrollIntoView({ block: "nearest", inline: "end" });
  }

  // ---- learning ------------------------------------------------------------------------------------

  get corrections() {
    return this.drawings.map(({ strokes, label }) => ({ strokes, label }));
  }

  get isLearning() {
    return isTeaching();
  }

  async send() {
    if (this.isLearning) return;
    this.hint();
    state.set("teaching", { state: "sent" });
    const sent = this.drawings;
    this.sent = sent.map(({ key, label }) => ({ key, label }));
    storeTaught(this.sent);
    this.host.value = { ...state.get("choice"), ...credentials(), drawings: this.corrections };
    if (!(await this.host.emit("submit"))) return state.set("teaching", { state: "unsent" });
    for (const drawing of sent) delete drawing.after;
  }

  /** The server is there again: what could not be sent can be. */
  cameBack() {
    if (state.get("teaching")?.state !== "unsent") return;
    state.set("teaching", { state: "idle" });
    this.hint();
  }

  /** @param {FineTuning | null} message */
  told(message) {
    if (!message) return;
    const { state: stage, wait } = message;
    this.root.dataset.state = stage;
    if (stage === "waiting") this.sayOnButton("teach_waiting", { place: message.place });
    if (stage === "waiting" && wait) this.say(() => text("run_wait", { time: duration(wait) }));
    if (stage === "sent" || stage === "learning") this.sayOnButton("teach_learning");
    find(this.learn, ".learn-share").style.width = stage === "learning" ? `${100 * (message.share ?? 0)}%` : "0";
    if (stage === "problem") this.say(() => problemOf(message));
    if (stage === "lost") this.say(() => text("teach_lost"));
    if (stage === "unsent") this.say(() => text("offline"));
    if (this.isLearning !== this.root.classList.contains("learning")) this.show();
    if (stage === "done") this.celebrate(message);
  }

  /** @param {FineTuning} message */
  celebrate(message) {
    const learnt = this.takeReadings(message);
    const right = (/** @type {"before" | "after"} */ when) => learnt.filter((one) => one[when] === one.label).length;
    const yours = { before: right("before"), after: right("after"), count: learnt.length };
    this.show();
    this.taught = message.network;
    state.set("isTaught", true);
    if (!entryOf(message.network.id)) state.set("own", [...state.get("own"), message.network]);
    this.sayOutcome(yours, message);
  }

  /** @param {{before: number, after: number, count: number}} yours @param {FineTuning} message */
  sayOutcome(yours, message) {
    this.say(() => "");
    this.sayAgain = () => this.sayOutcome(yours, message);
    const headline = make("b", text(describeTeaching(yours, message.mnist[1])));
    const button = makeButton("", () => this.switchNetwork(), { className: "plain" });
    this.note.append(headline, text("sentence_join"), factsOf(yours, message), make("br"), make("span", ""), button);
    this.showWho();
  }

  /**
   * The drawings that were sent, with how each was read; those that are still here keep that.
   * @param {FineTuning} message
   */
  takeReadings({ drawings: readings }) {
    const learnt = this.sent.slice(0, readings.length).map((one, i) => ({ ...one, ...readings[i] }));
    const read = new Map(learnt.map((one) => [one.key, one]));
    this.drawings = this.drawings.map((one) => {
      const { before, after } = read.get(one.key) ?? one;
      return { ...one, before, after };
    });
    keepCorrections(this.drawings.filter(({ key }) => read.has(key)));
    return learnt;
  }

  get isTaughtUsed() {
    return state.get("choice").network === this.taught?.id;
  }

  switchNetwork() {
    const network = this.isTaughtUsed ? state.get("shipped") : this.taught?.id;
    if (network) choose({ network, backend: "auto", device: "auto" });
  }

  /** Who reads the pad now, while the note tells of the teaching: another may be chosen meanwhile. */
  showWho() {
    const [words, button] = findAll(this.note, "span, button");
    if (!this.taught || !button) return;
    const said = whereIs(this.taught);
    words.textContent = `${this.isTaughtUsed ? sentences(said, text("teach_try")) : said} `;
    button.textContent = this.isTaughtUsed
      ? text("run_back", { network: nameOf(state.get("shipped")) })
      : text("run_use", { network: inWords(this.taught.name) });
    button.hidden = !entryOf(this.taught.id);
  }

  // ---- saving and loading --------------------------------------------------------------------------

  /** @param {string} kind */
  async save(kind) {
    const file = await this.ask("save", { kind, drawings: this.corrections });
    if (problemOf(file)) this.say(() => problemOf(file));
    else download(file.name, file.text, "text/plain");
  }

  /** @param {HTMLInputElement} file */
  async load(file) {
    if (!file.files?.length) return;
    const read = await this.read(file.files[0]);
    file.value = "";
    if (problemOf(read)) return this.say(() => text("teach_bad_file", { problem: problemOf(read) }));
    const count = read.found;
    const taken = read.drawings.slice(0, Math.max(0, MOST - this.drawings.length));
    this.add(taken.map((/** @type {Omit<Drawing, "key">} */ one) => ({ ...one, key: nextKey() })));
    const part = { taken: taken.length, count, most: MOST };
    this.say(() => (taken.length < count ? text("teach_loaded_part", part) : counted("teach_loaded", count)));
  }

  /** What is in a file: of one that is too long nothing, for a part would be counted as if it were all. @param {File} file */
  async read(file) {
    if (file.size <= LONGEST_FILE) return this.ask("load", { text: await file.text() });
    return { fault: { code: "corrections_file_long", values: { limit: LONGEST_FILE } } };
  }

  /** @param {string} name @param {Record<string, unknown>} question */
  async ask(name, question) {
    try {
      return await this.host.call(name, { ...question, ...credentials() });
    } catch {
      return { problem: text("offline") };
    }
  }
}

/** Which drawing, and which digit of it, an answer is about. @param {import("../services/state.js").Answer | null} answer */
const whichOf = (answer) => (answer ? `${answer.serial} ${answer.shown?.picked ?? 0}` : "");

/** A correction, as large as the thumb takes it. @param {HTMLCanvasElement} canvas @param {Point[][]} strokes */
function drawThumb(canvas, strokes) {
  const { pen, width: side } = sharpen(canvas);
  if (!side) return;
  const points = strokes.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = (side * 0.68) / Math.max(wide, high, 0.05);
  const place = (/** @type {Point} */ [x, y]) =>
    /** @type {Point} */ ([(x - left - wide / 2) * scale + side / 2, (y - top - high / 2) * scale + side / 2]);
  paintLines(pen, strokes, Math.max(2, side * 0.07), place);
}

/** @param {{before: number, after: number, count: number}} yours @param {FineTuning} message */
function factsOf(yours, { mnist: [before, after], seconds }) {
  const facts = [
    text("teach_yours", yours),
    text("teach_mnist", { before: percent(before, 1), after: percent(after, 1) }),
    text("teach_took", { time: duration(seconds, 1) }),
  ];
  return facts.join(" · ");
}

/** @param {Drawing} drawing */
function thumbInWords({ label, answered, before, after }) {
  if (after !== undefined) return text("teach_thumb_learnt", { label, before, after });
  return answered === undefined || answered === null ? String(label) : text("out_mistake", { label, said: answered });
}

/** "1 → 7 ✓": what was read before learning and after it; before any, what was read when corrected. @param {Drawing} drawing */
function verdictOf({ label, answered, before, after }) {
  const mark = (/** @type {number} */ said) => (said === label ? "✓" : "✗");
  if (after !== undefined) return `${before} → ${after} ${mark(after)}`;
  return answered === undefined || answered === null ? "" : `${answered} ${mark(answered)}`;
}
