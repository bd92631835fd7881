// A training as it goes: accuracy, curves, four test digits, the visitor's drawing read again and again.
//
// The value is what the server tells, five times a second; everything is drawn anew from it.

import { problemOf } from "../services/answers.js";
import { storedRun, storeRun } from "../services/keep.js";
import { isOwn } from "../services/names.js";
import { choose, state } from "../services/state.js";
import { fill, number, percent, text } from "../services/texts.js";
import { fillWithGrey } from "./canvas.js";
import { drawChart } from "./chart.js";
import { find, findAll, make, whenWidthChanges } from "./dom.js";

/** @typedef {import("../services/messages.js").Run} Run */
/** @typedef {import("../services/messages.js").Reading} Reading */
/** @typedef {import("../services/messages.js").GreyImage} GreyImage */
/** @typedef {import("../services/messages.js").RunState} RunState */

const ENDED = ["done", "stopped", "cut"];
const MOST_ROWS = 6; // of the drawing's readings: the first and the latest

/** @param {import("../hosts/gradio.js").Host<Run | null>} host */
export function mount(host) {
  const { element } = host;
  const root = find(element, ".run");
  const note = find(element, ".run-note span");
  const back = find(element, ".run-note button", HTMLButtonElement);

  function show() {
    const run = host.value;
    const stage = run?.state ?? "idle";
    root.dataset.state = stage;
    root.classList.toggle("drawn", Boolean(run?.curve));
    note.textContent = noteOf(run);
    back.hidden = !ENDED.includes(stage);
    back.textContent = text("run_back", { network: state.get("shipped") });
    if (run?.curve) showFigures(element, run);
    else if (stage !== "problem") showNothing(element);
    if (run?.curve && root.offsetParent) showPictures(element, run);
  }

  function told() {
    show();
    const stage = host.value?.state ?? "idle";
    state.set("run", stage);
    if (ENDED.includes(stage)) state.set("ownNetworks", state.get("ownNetworks") + 1);
    storeRun(!ENDED.includes(stage) && stage !== "problem" && stage !== "idle");
  }

  back.addEventListener("click", () =>
    choose({ ...state.get("choice"), network: state.get("shipped"), backend: "auto", device: "auto" }),
  );
  host.watch(told);
  state.subscribe("choice", ({ network }) => {
    back.disabled = !isOwn(network);
  });
  state.subscribe("run", (stage) => {
    if (stage !== "sent") return;
    note.textContent = text("run_loading");
    back.hidden = true;
    root.dataset.state = "waiting";
  });
  state.subscribe("language", () => {
    fill(element);
    show();
  });
  state.subscribe("look", show);
  whenWidthChanges(root, show);
  if (storedRun()) note.textContent = text("run_lost");
  storeRun(false);
}

/** @param {Run | null} run */
function noteOf(run) {
  if (!run) return "";
  if (run.state === "problem") return text("run_problem", { problem: problemOf(run) });
  const said = ["waiting", "loading", ...ENDED];
  return said.includes(run.state) ? text(`run_${run.state}`, { place: run.place }) : "";
}

/** @param {HTMLElement} element */
function showNothing(element) {
  find(element, ".run-status").textContent = "";
  find(element, ".run-words").textContent = text("run_idle");
  find(element, ".run-when").textContent = "";
  find(element, ".run-done").style.width = "0";
}

/** @param {HTMLElement} element @param {Run} run */
function showFigures(element, run) {
  find(element, ".run-status").textContent = percent(run.accuracy, 1);
  find(element, ".run-words").textContent = text("run_right", { tested: number(run.tested) });
  find(element, ".run-when").textContent = [epochOf(run), timeOf(run)].filter(Boolean).join(" · ");
  find(element, ".run-done").style.width = `${run.steps ? (100 * run.step) / run.steps : 0}%`;
}

/** @param {Run} run */
function epochOf({ epoch, epochs, step, state: stage }) {
  if (!epoch && !step) return text("run_untrained");
  return text("run_epoch", { epoch: Math.min(epochs, epoch + (stage === "done" ? 0 : 1)), epochs });
}

/** @param {Run} run */
function timeOf({ state: stage, seconds, left }) {
  if (ENDED.includes(stage)) return text("run_took", { seconds: seconds.toFixed(1) });
  return left === null ? "" : text("run_left", { seconds: Math.max(1, Math.round(left)) });
}

/** @param {HTMLElement} element @param {Run} run */
function showPictures(element, run) {
  drawAccuracy(find(element, ".chart.accuracy", SVGSVGElement), run);
  drawLoss(find(element, ".chart.loss", SVGSVGElement), run);
  drawSamples(find(element, ".samples"), run);
  drawOwn(find(element, ".own"), run);
}

/** @param {SVGSVGElement} svg @param {Run} run */
function drawAccuracy(svg, { curve = [], past, steps }) {
  drawChart(svg, {
    points: curve.map(([step, , accuracy]) => [step, accuracy]),
    epochs: past.map(({ step, accuracy }) => [step, accuracy]),
    ticks: [0, 0.25, 0.5, 0.75, 1],
    steps,
    label: (tick) => `${Math.round(100 * tick)}`,
  });
}

/** @param {SVGSVGElement} svg @param {Run} run */
function drawLoss(svg, { curve = [], past, steps }) {
  const most = Math.max(0.5, ...curve.map(([, loss]) => (Number.isFinite(loss) ? Number(loss) : 0)));
  const top = most > 10 ? most : Math.ceil(most * 2) / 2;
  drawChart(svg, {
    points: curve.map(([step, loss]) => [step, loss ?? top]), // no number: it went beyond all bounds
    epochs: past.map(({ step }) => [step]),
    ticks: [0, top / 2, top],
    steps,
    label: (tick) => (top > 10 ? tick.toPrecision(2) : tick.toFixed(2).replace(/0$/, "")),
  });
}

/** @returns {HTMLLIElement} */
function makeTile() {
  const tile = make("li");
  tile.append(make("canvas"), make("span"), make("small"));
  return tile;
}

/** @param {HTMLElement} tile @param {GreyImage} image */
function paintTile(tile, image) {
  fillWithGrey(find(tile, "canvas", HTMLCanvasElement), image);
}

/** @param {HTMLElement} list @param {Run} run */
function drawSamples(list, { samples, guesses }) {
  if (list.children.length !== samples.length) list.replaceChildren(...samples.map(makeTile));
  findAll(list, "li").forEach((tile, i) => {
    showGuess(tile, guesses[i], samples[i].label);
    paintTile(tile, samples[i].image);
  });
}

/**
 * Right ones have a tick and a full frame, wrong ones a cross, a broken frame and what they are.
 * @param {HTMLElement} tile @param {Reading} reading @param {number} truth
 */
function showGuess(tile, { label, probability }, truth) {
  const isRight = label === truth;
  tile.className = isRight ? "right" : "wrong";
  find(tile, "span").textContent = String(label);
  find(tile, "small").textContent = `${isRight ? "✓" : "✗"} ${percent(probability)}`;
  tile.setAttribute("aria-label", `${label}, ${text(isRight ? "run_right_mark" : "run_wrong_mark", { label: truth })}`);
}

/**
 * The visitor's drawing, then one line an epoch: how it was read before any training, after one, ...
 * @param {HTMLElement} own @param {Run} run
 */
function drawOwn(own, run) {
  own.className = run.drawing ? "own" : "own small";
  if (!run.drawing) {
    own.textContent = text("run_draw_first");
    return;
  }
  const tile = makeTile();
  const list = make("ol");
  list.append(...readingsOf(run).map(([name, reading]) => makeRow(name, reading)));
  own.replaceChildren(tile, list);
  paintTile(tile, run.drawing);
}

/** @param {Run} run @returns {[string, Reading][]} */
function readingsOf({ past, step, reading }) {
  /** @type {[string, Reading | null][]} */
  const all = past.map(({ drawing }, epoch) => [text(epoch ? "run_at" : "run_before", { epoch }), drawing]);
  if (step !== past[past.length - 1].step) all.push([text("run_now"), reading]);
  const shown = all.length > MOST_ROWS ? [all[0], ...all.slice(1 - MOST_ROWS)] : all;
  return shown.flatMap(([name, read]) => (read ? [[name, read]] : []));
}

/** @param {string} name @param {Reading} reading */
function makeRow(name, { label, probability }) {
  const row = make("li");
  const bar = make("i");
  bar.style.setProperty("--share", String(probability));
  row.append(make("small", name), make("b", label), bar, make("span", percent(probability)));
  return row;
}
