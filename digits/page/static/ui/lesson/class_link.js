// "Make a link for my class": which steps, which settings, which language; the link to copy grows as one chooses.

import { STEPS, writeClassLink } from "../../services/class_link.js";
import { around } from "../../services/drawing_link.js";
import { EPOCHS, RATES } from "../../services/limits.js";
import { state } from "../../services/state.js";
import { text } from "../../services/texts.js";
import { find, findAll, make, makeButton } from "../dom.js";

/** @typedef {import("../../services/class_link.js").ClassLink} ClassLink */

/**
 * @param {HTMLElement} root is filled
 * @param {{titles?: () => string[]}} [lesson] the steps' titles in the present language
 * @returns {{remove: () => void}}
 */
export function mount(root, { titles = () => [] } = {}) {
  const form = new ClassForm(root, titles);
  const stop = state.subscribe("language", () => form.build());
  return {
    remove() {
      stop();
      root.replaceChildren();
    },
  };
}

class ClassForm {
  /** @param {HTMLElement} root @param {() => string[]} titles */
  constructor(root, titles) {
    this.root = root;
    this.titles = titles;
    /** @type {ClassLink} */
    this.link = {
      step: 1,
      steps: Array.from({ length: STEPS }, (_, i) => i + 1),
      recipe: null,
      epochs: null,
      learningRate: null,
      language: null,
    };
  }

  build() {
    this.root.classList.add("class-form");
    this.root.replaceChildren(
      make("h4", text("class_title")),
      make("p", text("class_lead")),
      this.makeSteps(),
      this.makeSettings(),
      this.makeLink(),
    );
    this.show();
  }

  makeSteps() {
    const steps = make("fieldset", undefined, { className: "class-steps" });
    const titles = this.titles();
    steps.append(make("legend", text("class_steps")));
    for (let step = 1; step <= STEPS; step++) {
      const label = make("label");
      const box = make("input", undefined, { type: "checkbox", value: String(step) });
      box.checked = this.link.steps.includes(step);
      box.addEventListener("change", () => this.chooseSteps());
      label.append(box, make("b", step), make("span", titles[step - 1] ?? ""));
      steps.append(label);
    }
    const all = makeButton(text("class_all"), () => this.checkAll(true));
    const none = makeButton(text("class_none"), () => this.checkAll(false));
    const row = make("div", undefined, { className: "class-row" });
    row.append(all, none);
    steps.append(row);
    return steps;
  }

  makeSettings() {
    const settings = make("div", undefined, { className: "class-settings" });
    const recipes = ["tutorial", "fast", "overfit"].map((name) => [name, text(`train_preset_${name}`)]);
    const languages = [
      ["en", "English"],
      ["zh", "中文"],
    ];
    const asEver = ["", text("class_free")];
    settings.append(
      this.makeSelect("recipe", text("train_preset"), [asEver, ...recipes]),
      this.makeNumber("epochs", text("field_epochs"), EPOCHS, "1"),
      this.makeNumber("learningRate", text("field_learning_rate"), RATES, "any"),
      this.makeSelect("language", text("class_language"), [["", text("class_browser")], ...languages]),
    );
    return settings;
  }

  /** @param {"recipe" | "language"} name @param {string} words @param {string[][]} options value and words */
  makeSelect(name, words, options) {
    const label = make("label");
    const select = make("select", undefined, { name });
    select.append(
      ...options.map(([value, shown]) => new Option(shown, value, false, value === (this.link[name] ?? ""))),
    );
    select.addEventListener("change", () => {
      Object.assign(this.link, { [name]: select.value || null });
      this.show();
    });
    label.append(make("span", words), select);
    return label;
  }

  /** @param {"epochs" | "learningRate"} name @param {string} words @param {readonly [number, number]} limits @param {string} step */
  makeNumber(name, words, [low, high], step) {
    const label = make("label");
    const input = make("input", undefined, { type: "number", name, step, placeholder: text("class_free") });
    Object.assign(input, { min: String(low), max: String(high), value: String(this.link[name] ?? "") });
    input.addEventListener("input", () => {
      input.setAttribute("aria-invalid", String(!input.validity.valid));
      this.link[name] = input.validity.valid && input.value ? input.valueAsNumber : null;
      this.show();
    });
    label.append(make("span", words), input);
    return label;
  }

  makeLink() {
    const box = make("div", undefined, { className: "class-link" });
    const field = make("input", undefined, { type: "text", readOnly: true });
    field.setAttribute("aria-label", text("class_link"));
    field.addEventListener("focus", () => field.select());
    const copy = makeButton(text("copy"), () => this.copy(), { className: "class-copy" });
    const note = make("p", "", { className: "class-note" });
    note.setAttribute("role", "status");
    box.append(field, copy, note);
    return box;
  }

  // ---- choosing ------------------------------------------------------------------------------------

  chooseSteps() {
    const boxes = findAll(this.root, ".class-steps input", HTMLInputElement);
    this.link.steps = boxes.filter(({ checked }) => checked).map(({ value }) => Number(value));
    this.link.step = this.link.steps[0] ?? 1;
    this.show();
  }

  /** @param {boolean} isChecked */
  checkAll(isChecked) {
    for (const box of findAll(this.root, ".class-steps input", HTMLInputElement)) box.checked = isChecked;
    this.chooseSteps();
  }

  /** The page's own address with this lesson. */
  get address() {
    const address = new URL(around() ?? location.href);
    address.hash = writeClassLink(this.link);
    return address.href;
  }

  async copy() {
    const field = find(this.root, ".class-link input", HTMLInputElement);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      this.say(text("class_copied"));
    } catch {
      this.say(text("copy_selected")); // a page without https may not write there
    }
  }

  /** @param {string} words */
  say(words) {
    find(this.root, ".class-note").textContent = words;
  }

  show() {
    const isUsable = this.link.steps.length > 0;
    find(this.root, ".class-link input", HTMLInputElement).value = isUsable ? this.address : "";
    find(this.root, ".class-copy", HTMLButtonElement).disabled = !isUsable;
    const wrong = find(this.root, ".class-settings").querySelector('[aria-invalid="true"]');
    const [low, high] = wrong instanceof HTMLInputElement ? [wrong.min, wrong.max] : ["", ""];
    this.say(isUsable ? (wrong ? text("class_range", { low, high }) : "\u00a0") : text("class_no_step"));
  }
}
