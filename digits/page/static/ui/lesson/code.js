// The script of the Code tab with the tutorial's settings: every line of it that does something leads to the step where
// it was seen working. Below it four test digits, read by the network that answers the pad.

import { forward, indexOfLargest } from "../../core/network.js";
import { writeScript } from "../../core/tutorial_script.js";
import { BATCH_SIZES, EPOCHS, RATES } from "../../services/limits.js";
import { state } from "../../services/state.js";
import { fill, number, text } from "../../services/texts.js";
import { download, find, make, makeButton } from "../dom.js";
import { openTab } from "../tabs.js";
import { follow, makeRow, makeStatus } from "./part_helpers.js";
import { makePixels, paintInk } from "./pixels.js";

/** @typedef {import("./part_types.js").Lesson} Lesson */

const SHOWN = 4; // test digits
const FIELDS = /** @type {const} */ ({
  epochs: { limits: EPOCHS, step: 1 },
  batch_size: { limits: BATCH_SIZES, step: 1 },
  learning_rate: { limits: RATES, step: "any" },
});

/** @param {HTMLElement} root @param {Lesson} lesson */
export function mount(root, lesson) {
  const part = new Code(root, lesson);
  return follow(root, part, { network: () => part.readFour(), look: () => part.readFour() });
}

class Code {
  /** @param {HTMLElement} root @param {Lesson} lesson */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    /** @type {Record<keyof typeof FIELDS, number>} */
    this.settings = { epochs: 2, batch_size: 15, learning_rate: 0.001 };
    this.isChanged = false;
  }

  build() {
    const list = make("ol", undefined, { className: "part-script", translate: false });
    const fields = make("div", undefined, { className: "part-fields" });
    for (const name of /** @type {(keyof typeof FIELDS)[]} */ (Object.keys(FIELDS)))
      fields.append(this.makeField(name));
    const take = makeButton(text("download"), () => this.take(), { className: "primary part-take" });
    const train = makeButton(text("part_code_train"), () => this.goToTrain());
    const four = make("div", undefined, { className: "part-four" });
    const problem = make("p", "", { className: "part-problem" });
    problem.setAttribute("role", "alert");
    this.root.replaceChildren(
      fields,
      problem,
      list,
      makeRow(take, train),
      makeStatus(),
      make("h4", text("part_code_four")),
      four,
    );
    fill(this.root);
    this.showScript();
    this.readFour();
  }

  /** What was changed here is what Train begins with. */
  goToTrain() {
    if (this.isChanged) state.set("scriptSettings", { ...this.settings });
    openTab("train");
  }

  /** @param {keyof typeof FIELDS} name */
  makeField(name) {
    const { limits, step } = FIELDS[name];
    const [least, most] = limits;
    const label = make("label", undefined, { className: "part-truth" });
    const input = make("input", "", { type: "number", name: `script_${name}` });
    Object.assign(input, {
      min: String(least),
      max: String(most),
      step: String(step),
      value: String(this.settings[name]),
    });
    input.addEventListener("input", () => {
      const isUsable = input.checkValidity() && input.value !== "";
      input.setAttribute("aria-invalid", String(!isUsable));
      this.showProblem();
      if (!isUsable) return;
      this.settings[name] = input.valueAsNumber;
      this.isChanged = true;
      this.showScript();
    });
    label.append(make("span", text(`field_${name}`)), input);
    return label;
  }

  /** Of the first field that the script cannot take. */
  showProblem() {
    const wrong = this.root.querySelector("[aria-invalid=true]");
    const name = /** @type {(keyof typeof FIELDS)[]} */ (Object.keys(FIELDS)).find(
      (field) => wrong?.getAttribute("name") === `script_${field}`,
    );
    find(this.root, ".part-problem").textContent = name ? this.limitsOf(name) : "";
  }

  /** @param {keyof typeof FIELDS} name */
  limitsOf(name) {
    const { limits, step } = FIELDS[name];
    const [least, most] = limits;
    return text(step === 1 ? "part_code_whole" : "part_code_limit", {
      setting: text(`field_${name}`),
      low: number(least),
      high: number(most),
      value: number(this.settings[name]),
    });
  }

  get script() {
    return writeScript(this.settings);
  }

  showScript() {
    find(this.root, ".part-script").replaceChildren(
      ...this.script.map(({ code, step }) => {
        const line = make("li");
        line.append(make("code", code || " "));
        if (step) line.append(make("a", text("part_code_step", { step }), { href: `#learn=${step}` }));
        return line;
      }),
    );
  }

  take() {
    const lines = this.script.map(({ code }) => code);
    download("network.py", `${lines.join("\n")}\n`, "text/x-python");
    find(this.root, ".part-status").textContent = text(this.isChanged ? "part_code_taken" : "part_code_change");
    if (this.isChanged) this.lesson.done();
  }

  /** The tutorial's last picture: four test digits, and what the network says of them. */
  async readFour() {
    const four = this.root.querySelector(".part-four");
    const loaded = state.get("network");
    if (!four || !loaded) return;
    try {
      const { images } = (await this.lesson.digits()).test;
      four.replaceChildren(
        ...Array.from({ length: SHOWN }, (_, number) => {
          const pixels = Float32Array.from(images.subarray(784 * number, 784 * (number + 1)), (ink) => ink / 255);
          const figure = make("figure");
          const canvas = makePixels();
          paintInk(canvas, pixels);
          const label = indexOfLargest(forward(loaded.network, pixels).logProbabilities);
          figure.append(canvas, make("figcaption", text("part_code_prediction", { label })));
          return figure;
        }),
      );
    } catch {
      four.textContent = text("part_code_no_digits");
    }
  }
}
