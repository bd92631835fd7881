// The pictures of a run: two charts, four test digits, the visitor's drawing read again and again.

import { inWords } from "../services/network_names.js";
import { number, percent, text } from "../services/texts.js";
import { fillWithGrey } from "./canvas.js";
import { drawChart } from "./chart.js";
import { find, findAll, make } from "./dom.js";

/** @typedef {import("../services/messages.js").ShownRun} ShownRun */
/** @typedef {import("../services/messages.js").Reading} Reading */
/** @typedef {import("../services/messages.js").GreyImage} GreyImage */

const MOST_ROWS = 5; // of the drawing's readings: the first and the latest

/** @param {HTMLElement} element @param {ShownRun} run @param {ShownRun | undefined} other a run to lay under it */
export function showPictures(element, run, other) {
  drawAccuracy(find(element, ".chart.accuracy", SVGSVGElement), run, other);
  drawLoss(find(element, ".chart.loss", SVGSVGElement), run, other);
  drawSamples(find(element, ".samples"), run);
  drawOwn(find(element, ".own"), run);
  for (const key of findAll(element, ".key.other")) {
    key.hidden = !other;
    key.textContent = other ? inWords(other.network.name) : "";
  }
}

/**
 * A curve's values over epochs, so that runs of other batch sizes can be compared.
 * @param {{curve: ShownRun["curve"], steps: number, epochs: number}} run
 * @param {1 | 2 | 3} column
 * @param {number} [missing] what stands for no number
 * @returns {[number, number][]}
 */
function pointsOf({ curve, steps, epochs }, column, missing = 0) {
  return curve.map((point) => [(epochs * point[0]) / Math.max(1, steps), point[column] ?? missing]);
}

/** @param {SVGSVGElement} svg @param {ShownRun} run @param {ShownRun | undefined} other */
function drawAccuracy(svg, run, other) {
  const marks = run.past.map(({ step, accuracy }) => [(run.epochs * step) / Math.max(1, run.steps), accuracy]);
  drawChart(svg, {
    lines: [
      ...(other ? [{ kind: "other", points: pointsOf(other, 2) }] : []),
      { kind: "train", points: pointsOf(run, 3) },
      { kind: "test", points: pointsOf(run, 2), marks: /** @type {[number, number][]} */ (marks) },
    ],
    ticks: [0, 0.25, 0.5, 0.75, 1],
    epochs: Math.max(run.epochs, other?.epochs ?? 0),
    label: (tick) => String(100 * tick),
  });
}

/** @param {SVGSVGElement} svg @param {ShownRun} run @param {ShownRun | undefined} other */
function drawLoss(svg, run, other) {
  const all = [...run.curve, ...(other?.curve ?? [])].map(([, loss]) => loss ?? 0);
  const most = Math.max(0.5, ...all);
  const top = most > 10 ? most : Math.ceil(most * 2) / 2;
  drawChart(svg, {
    // no number: it went beyond all bounds
    lines: [
      ...(other ? [{ kind: "other", points: pointsOf(other, 1, top) }] : []),
      { kind: "test", points: pointsOf(run, 1, top) },
    ],
    ticks: [0, top / 2, top],
    epochs: Math.max(run.epochs, other?.epochs ?? 0),
    label: (tick) => number(Number(tick.toPrecision(top > 10 ? 2 : 3))),
  });
}

/** @template {"li" | "div"} Tag @param {Tag} tag */
function makeTile(tag) {
  const tile = make(tag);
  tile.append(make("canvas"), make("span"), make("small"));
  return tile;
}

/** @param {HTMLElement} tile @param {GreyImage} image */
function paintTile(tile, image) {
  fillWithGrey(find(tile, "canvas", HTMLCanvasElement), image);
}

/** @param {HTMLElement} list @param {ShownRun} run */
function drawSamples(list, { samples, guesses }) {
  if (list.children.length !== samples.length) list.replaceChildren(...samples.map(() => makeTile("li")));
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
 * The visitor's drawing, then one line an epoch: how it was read before the training, after one, ...
 * @param {HTMLElement} own @param {ShownRun} run
 */
function drawOwn(own, run) {
  own.className = run.drawing ? "own" : "own small";
  if (!run.drawing) {
    own.textContent = text("run_draw_first");
    return;
  }
  const tile = makeTile("div");
  const list = make("ol");
  list.append(...readingsOf(run).map(([name, reading]) => makeRow(name, reading)));
  own.replaceChildren(tile, list);
  paintTile(tile, run.drawing);
}

/** @param {ShownRun} run @returns {[string, Reading][]} */
function readingsOf({ past, step, reading, start }) {
  const first = start.network ? "run_before_more" : "run_before";
  /** @type {[string, Reading | null][]} */
  const all = past.map(({ drawing }, epoch) => [text(epoch ? "run_at" : first, { epoch }), drawing]);
  if (step !== past[past.length - 1]?.step) all.push([text("run_now"), reading]);
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
