// The lesson's player: the row of steps, and the step now open with its words, its question, its live part and its
// task. The address names the step, so that back and forth are the browser's own, too.

import { writeClassLink } from "../../services/class_link.js";
import { unlessRenewed } from "../../services/connection.js";
import { stepInAddress, storedProgress, storeProgress } from "../../services/lesson.js";
import { digitStock } from "../../services/shared_digits.js";
import { state } from "../../services/state.js";
import { text } from "../../services/texts.js";
import { find, findAll, make, makeButton } from "../dom.js";
import { enterClass } from "./class_room.js";
import { fillWithTerms, makeGlossary } from "./glossary.js";
import { STEPS } from "./steps.js";

/** @typedef {import("./steps.js").Step} Step */

/**
 * @param {HTMLElement} root is filled
 * @returns {Promise<void>} when the first step is there
 */
export async function open(root) {
  const lesson = new Lesson(root);
  await lesson.open();
}

class Lesson {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.progress = storedProgress();
    /** @type {Step} */
    this.step = STEPS[0];
    /** @type {import("./part_types.js").Part | null} */
    this.part = null;
    this.turn = 0; // goes up with each step that is opened: a part that comes late is not wanted any more
    this.nav = make("nav", undefined, { className: "lesson-steps" });
    this.body = make("article", undefined, { id: "lesson", className: "lesson-step", tabIndex: -1 });
    this.foot = make("div", undefined, { className: "lesson-extras" });
  }

  open() {
    const line = make("div");
    this.root.append(line, this.nav, this.body, this.foot);
    this.body.append(...makeFrame());
    this.foot.append(...makeExtras());
    for (const [name, move] of /** @type {const} */ ([
      ["back", -1],
      ["next", 1],
    ]))
      find(this.body, `[data-go=${name}]`).addEventListener("click", () => this.go(move));
    state.subscribe("language", () => this.name());
    state.subscribe("classLink", () => this.nameSteps());
    enterClass(line);
    addEventListener("hashchange", () => {
      if (!stepInAddress()) return;
      if (!state.get("classLink")) enterClass(line);
      this.show(this.wanted());
    });
    return this.show(this.wanted(), Boolean(stepInAddress()));
  }

  // ---- which steps there are, and which is open ----------------------------------------------------

  /** @returns {readonly Step[]} all, or those of the class */
  get steps() {
    const chosen = state.get("classLink")?.steps;
    const steps = STEPS.filter(({ id }) => !chosen || chosen.includes(id));
    return steps.length ? steps : STEPS;
  }

  /** The step of the address, else the one that was open last. @returns {Step} */
  wanted() {
    const number = stepInAddress() ?? state.get("classLink")?.step ?? this.progress.at ?? 1;
    return this.steps.find(({ id }) => id === number) ?? this.steps.find(({ id }) => id > number) ?? this.steps[0];
  }

  /** @param {number} id @returns {string} the address that opens this step, "#" first */
  addressOf(id) {
    const link = state.get("classLink");
    return link ? writeClassLink({ ...link, step: id }) : `#learn=${id}`;
  }

  /** @param {number} move 1: the next step */
  go(move) {
    const next = this.steps[this.steps.indexOf(this.step) + move];
    if (next) location.hash = this.addressOf(next.id);
  }

  /**
   * @param {Step} step
   * @param {boolean} [isMoving] bring its beginning into view, and the focus for who listens
   */
  async show(step, isMoving = true) {
    const turn = ++this.turn;
    this.step = step;
    this.progress.at = step.id;
    storeProgress(this.progress);
    this.part?.remove();
    this.part = null;
    this.name();
    const holder = make("div", undefined, { className: "lesson-part" });
    find(this.body, ".lesson-part").replaceWith(holder);
    if (isMoving) this.bringIntoView();
    await this.load(step, holder, turn);
  }

  /** @param {Step} step @param {HTMLElement} holder @param {number} turn */
  async load(step, holder, turn) {
    try {
      const { mount } = await step.part();
      if (turn === this.turn) this.part = mount(holder, { digits: digitStock, done: () => this.done(step) });
    } catch (error) {
      console.error(error);
      const why = await unlessRenewed("lesson_problem");
      if (turn !== this.turn) return;
      const again = makeButton(text("lesson_again"), () => this.show(step, false));
      holder.replaceChildren(make("p", text(why)), again);
    }
  }

  bringIntoView() {
    this.nav.scrollIntoView({ block: "start" });
    this.body.focus({ preventScroll: true });
  }

  // ---- guessing and doing --------------------------------------------------------------------------

  /** @param {number} option */
  guess(option) {
    this.progress.guesses[this.step.id] = option;
    storeProgress(this.progress);
    this.nameQuestion();
  }

  /** @param {Step} step */
  done(step) {
    if (step !== this.step || this.isDone) return;
    this.progress.done.push(step.id);
    storeProgress(this.progress);
    this.nameSteps();
    this.nameQuestion();
    this.nameTask();
  }

  get isDone() {
    return this.progress.done.includes(this.step.id);
  }

  // ---- words ---------------------------------------------------------------------------------------

  /** All words in the present language. The live part sees to its own. */
  name() {
    const { id } = this.step;
    this.body.dataset.step = String(id);
    this.nameSteps();
    find(this.body, "h3").textContent = text(`lesson_${id}_title`);
    fillWithTerms(find(this.body, ".lesson-say"), text(`lesson_${id}_say`));
    this.nameQuestion();
    this.nameTask();
  }

  nameSteps() {
    const list = make("ol");
    list.append(
      ...this.steps.map((step) => {
        const { id } = step;
        const isDone = this.progress.done.includes(id);
        const link = make("a", undefined, { href: this.addressOf(id), className: isDone ? "done" : "" });
        const title = text(`lesson_${id}_title`);
        link.setAttribute("aria-label", text(isDone ? "lesson_link_done" : "lesson_link", { number: id, title }));
        link.title = title;
        if (step === this.step) link.setAttribute("aria-current", "step");
        link.append(make("span", id), make("i"));
        const item = make("li");
        item.append(link);
        return item;
      }),
    );
    this.nav.setAttribute("aria-label", text("lesson_steps"));
    this.nav.replaceChildren(list);
    const at = this.steps.indexOf(this.step);
    const [first, last] = [at <= 0, at === this.steps.length - 1];
    const count = { step: this.step.id, number: at + 1, all: this.steps.length };
    const isPart = count.all < STEPS.length; // a class's steps keep their numbers
    find(this.body, ".lesson-count").textContent = text(isPart ? "lesson_count_class" : "lesson_count", count);
    find(this.body, "[data-go=back]", HTMLButtonElement).disabled = first;
    find(this.body, "[data-go=next]", HTMLButtonElement).disabled = last;
  }

  nameQuestion() {
    const { id } = this.step;
    const chosen = this.progress.guesses[id];
    const isGuessed = chosen !== undefined;
    this.body.dataset.guessed = String(isGuessed || this.isDone); // css/lesson/steps.css hides what would give it away
    find(this.body, ".lesson-question").textContent = text(`lesson_${id}_ask`);
    const options = text(`lesson_${id}_options`).split(" | ");
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    const at = findAll(this.body, ".lesson-options button").indexOf(focused);
    const buttons = options.map((words, i) => {
      const button = makeButton(words, () => this.guess(i));
      button.setAttribute("aria-pressed", String(i === chosen));
      return button;
    });
    find(this.body, ".lesson-options").replaceChildren(...buttons);
    if (at >= 0) buttons[at]?.focus();
    const answer = isGuessed ? text(`lesson_${id}_answer`) : text("lesson_guess_first");
    fillWithTerms(find(this.body, ".lesson-answer"), answer);
  }

  nameTask() {
    const { id } = this.step;
    const task = find(this.body, ".lesson-task");
    task.classList.toggle("done", this.isDone);
    find(task, "b").textContent = text(this.isDone ? "lesson_done" : "lesson_task");
    fillWithTerms(find(task, "span"), text(`lesson_${id}_task`));
    find(this.body, ".lesson-well").textContent = this.isDone ? text(`lesson_${id}_done`) : "";
    for (const [name, key] of [
      ["back", "lesson_back"],
      ["next", "lesson_next"],
    ])
      find(this.body, `[data-go=${name}]`).textContent = text(key);
    find(this.body, "[data-go=next]").classList.toggle("primary", this.isDone);
  }
}

/** The glossary and, for teachers, the link for a class: folded away until somebody wants them, at whatever step. */
function makeExtras() {
  return [
    makeFold("lesson_glossary", (box) => {
      state.subscribe("language", () => box.replaceChildren(makeGlossary()));
    }),
    makeFold("class_title", async (box) => {
      const form = await import("./class_link.js");
      const titles = () => Array.from({ length: 12 }, (_, i) => text(`lesson_${i + 1}_title`));
      form.mount(box, { titles });
    }),
  ];
}

/** The elements of a step, without words. */
function makeFrame() {
  const ask = make("section", undefined, { className: "lesson-ask" });
  const answer = make("p", "", { className: "lesson-answer" });
  answer.setAttribute("role", "status");
  ask.append(
    make("p", "", { className: "lesson-question" }),
    make("div", undefined, { className: "lesson-options" }),
    answer,
  );
  const task = make("p", undefined, { className: "lesson-task" });
  task.append(make("i"), make("b", ""), make("span", ""));
  const foot = make("div", undefined, { className: "lesson-foot" });
  const well = make("p", "", { className: "lesson-well" });
  well.setAttribute("role", "status");
  const buttons = ["back", "next"].map((name) => {
    const button = make("button", "", { type: "button" });
    button.dataset.go = name;
    return button;
  });
  foot.append(buttons[0], well, buttons[1]);
  return [
    make("p", "", { className: "lesson-count" }),
    make("h3", ""),
    make("p", "", { className: "lesson-say" }),
    ask,
    task,
    make("div", undefined, { className: "lesson-part" }),
    foot,
  ];
}

/** @param {string} title a text's key @param {(box: HTMLElement) => void} fill when it is first unfolded */
function makeFold(title, fill) {
  const fold = make("details");
  const [summary, box] = [make("summary", ""), make("div")];
  state.subscribe("language", () => {
    summary.textContent = text(title);
  });
  fold.append(summary, box);
  fold.addEventListener("toggle", () => fold.open && fill(box), { once: true });
  return fold;
}
