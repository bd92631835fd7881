// The answer: the digit in large type, what to say about it, ten bars, and who answered.
//
// Every number has its place and keeps it: nothing moves when digits change.

import { describe, describeBlank, describeSeveral, wholePercent } from "../core/wording.js";
import { entryOf, nameOf, PACKAGES } from "../services/network_names.js";
import { state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { find, make, makeSpeaker } from "./dom.js";
import { digitsOf, showRow } from "./several_digits.js";

/** @typedef {import("../services/state.js").Answer} Answer */
/** @typedef {import("../services/messages.js").Shown} Shown */
/** @typedef {import("../services/state.js").Confirmation} Confirmation */

/** @param {import("../hosts/gradio.js").Host} host */
export function mount({ element }) {
  const root = find(element, ".answer");
  const [line, why] = [find(element, ".answer-line"), find(element, ".answer-why")];
  const by = find(element, ".answer-by");
  const bars = makeBars(find(element, ".bars"));
  const speak = makeSpeaker(find(element, ".spoken"));
  const showWords = wordsOf(line, why);

  /** @param {Answer | null} answer */
  function show(answer) {
    if (!answer) return;
    const { shown, serial } = answer;
    root.dataset.state = stateOf(answer);
    showDigits(find(element, ".answer-digit"), shown);
    showRow(find(element, ".several"), shown, serial);
    showWords(answer);
    showBars(bars, shown);
    showWho();
    root.dataset.serial = String(serial);
    speak(`${line.textContent} ${why.textContent}`);
  }

  function showWho() {
    by.textContent = whoOf(state.get("answer")) || "\u00a0";
    by.classList.toggle("differs", isDisputed(state.get("answer")));
  }

  for (const words of [line, why]) delete words.dataset.text; // from now on the answers fill these
  state.subscribe("language", () => {
    fill(root);
    show(state.get("answer"));
  });
  state.subscribe("answer", show);
  for (const name of /** @type {const} */ (["server", "networks", "own"])) state.subscribe(name, showWho);
}

/** The digit, or all of several. @param {HTMLElement} element @param {Shown | null} shown */
function showDigits(element, shown) {
  const digits = shown?.several ? digitsOf(shown.several) : String(shown?.guess?.label ?? "");
  element.textContent = digits;
  const longest = Math.max(...digits.split("\n").map((line) => line.length));
  element.style.setProperty("--count", String(longest));
  element.classList.toggle("of-several", Boolean(shown?.several));
}

/** @param {Answer} answer */
function stateOf({ shown, problem }) {
  if (problem) return "problem";
  if (!shown?.guess) return "blank";
  return shown.guess.sure || shown.several ? "sure" : "unsure";
}

/** @param {HTMLElement} line @param {HTMLElement} why */
function wordsOf(line, why) {
  return (/** @type {Answer} */ { shown, drawing, problem }) => {
    const said = wordsFor(shown, drawing);
    line.textContent = problem || text(said.line.key, said.line.values);
    why.textContent = problem || !said.why ? "" : text(said.why.key, said.why.values);
  };
}

/** @param {Shown | null} shown @param {import("../services/state.js").Drawing} drawing */
function wordsFor(shown, drawing) {
  if (shown?.several)
    return describeSeveral(
      shown.several.map(({ guess }) => guess),
      shown.picked ?? 0,
    );
  if (!shown?.guess) return describeBlank(Boolean(drawing.picture));
  const accuracy = entryOf(shown.by.network)?.card.test_accuracy;
  return describe(shown.guess, drawing.strokes ?? null, shown.hint, accuracy);
}

/** @param {HTMLElement} group */
function makeBars(group) {
  const bars = Array.from({ length: 10 }, (_, label) => {
    const bar = make("div", "", { className: "bar" });
    const track = make("span", "", { className: "bar-track" });
    track.append(make("span", "", { className: "bar-fill" }));
    bar.append(make("span", "", { className: "bar-number" }), track, make("span", label, { className: "bar-name" }));
    const meter = { role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 };
    for (const [name, value] of Object.entries(meter)) bar.setAttribute(name, String(value));
    return bar;
  });
  group.replaceChildren(...bars);
  return bars;
}

/** @param {HTMLElement[]} bars @param {Shown | null} shown */
function showBars(bars, shown) {
  bars.forEach((bar, label) => {
    const value = shown?.guess?.probabilities[label] ?? 0;
    bar.style.setProperty("--share", String(value));
    bar.classList.toggle("first", label === shown?.guess?.label);
    find(bar, ".bar-number").textContent = value >= 0.005 ? String(wholePercent(value)) : "";
    bar.setAttribute("aria-valuenow", String(wholePercent(value)));
  });
}

/** Whether the chosen backend reads another digit than this browser. @param {Answer | null} answer */
function isDisputed(answer) {
  const [here, there] = [answer?.shown?.guess, answer?.confirmed?.guess];
  return Boolean(here && there && here.label !== there.label);
}

/** Who answered, and who confirmed it: a line. @param {Answer | null} answer */
function whoOf(answer) {
  const isGone = state.get("server") === "gone" && !state.get("isAlone");
  const waits = isGone ? text("server_gone") : "";
  if (!answer?.shown?.guess) return answer?.problem ? "" : waits;
  const { by, guess } = answer.shown;
  const values = { network: nameOf(by.network), ms: milliseconds(guess) };
  if (by.backend !== "browser") return text("by", { ...values, ...namesOf(by) });
  const said = answer.confirmed ? confirmationOf(answer.confirmed, isDisputed(answer)) : waits;
  return [text("by_here", values), said].filter(Boolean).join(" · ");
}

/** What a clock that is too coarse to see it says took 0. @param {import("../services/messages.js").Guess} guess */
const milliseconds = (guess) => (guess.milliseconds ? guess.milliseconds.toFixed(2) : "< 1");

/** @param {import("../services/messages.js").By} by */
const namesOf = ({ backend, device }) => ({ backend: PACKAGES[backend] ?? backend, device });

/** @param {Confirmation} confirmation @param {boolean} isDisputed */
function confirmationOf({ by, guess, problem, way }, isDisputed) {
  if (!by || !guess) return problem;
  const values = { ms: milliseconds(guess), way: way.toFixed(0), label: guess.label };
  return text(isDisputed ? "by_differs" : "by_confirmed", { ...values, ...namesOf(by) });
}
