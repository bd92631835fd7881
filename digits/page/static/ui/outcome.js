// What came of a run: confusion matrix, confident mistakes, first-layer weights, runs, downloads.
//
// The value is what the server made of it, with the table of this visitor's runs; it is shown from
// state.outcome, as a page that was opened again has it from services/server_session.js.

import { entryOf, factsOf, inWords, isOnlyHere, isOwn } from "../services/network_names.js";
import { allLines, loadRuns } from "../services/past_runs.js";
import { problemOf } from "../services/server_answers.js";
import { BUSY } from "../services/server_session.js";
import { credentials } from "../services/session_token.js";
import { state } from "../services/state.js";
import { duration, fill, number, percent, text } from "../services/texts.js";
import { colour } from "../services/theme.js";
import { fillWithGrey, sharpen, unpack } from "./canvas.js";
import { download, find, findAll, make, makeButton, whenWidthChanges } from "./dom.js";
import { takeHome } from "./single_file_download.js";

/** @typedef {import("../services/messages.js").Outcome} Outcome */
/** @typedef {import("../services/messages.js").FinishedRun} FinishedRun */
/** @typedef {import("../services/messages.js").NetworkEntry} NetworkEntry */
/** @typedef {import("../services/messages.js").GreyImage} GreyImage */

const TYPES = /** @type {Record<string, string>} */ ({
  pt: "application/octet-stream",
  onnx: "application/octet-stream",
  py: "text/x-python",
});
const ABREAST = 8; // pictures of nodes in a row
const FAINT = 0.03; // of the largest weight: less is not drawn
const HEADS = [
  "out_run",
  "out_network",
  "engine_column",
  "field_epochs",
  "field_batch_size",
  "field_learning_rate",
  "field_train_images",
  "out_accuracy_train",
  "out_accuracy",
  "out_time",
];
const ARE_LONG = ["out_network", "engine_column"]; // these cells of the table may be broken

/** @param {import("../hosts/gradio.js").Host<Outcome | null>} host */
export function mount(host) {
  const { element } = host;
  const root = find(element, ".outcome");

  function show() {
    const outcome = state.get("outcome");
    const taken = takenAway();
    root.hidden = !outcome && !taken;
    showDownloads(element, taken);
    for (const part of findAll(element, ".of-run")) part.hidden = !outcome;
    find(element, ".out-name").hidden = !outcome;
    if (outcome) showOutcome(host, root, outcome);
  }

  for (const button of findAll(element, "[data-kind]", HTMLButtonElement)) {
    button.addEventListener("click", () => fetchFile(host, button.dataset.kind ?? ""));
  }
  for (const fold of findAll(element, "details")) fold.addEventListener("toggle", show);
  find(element, ".print").addEventListener("click", () => print());
  printWhole(element, show);
  host.watch(() => state.set("outcome", host.value));
  state.subscribe("run", (stage) => root.classList.toggle("old", BUSY.includes(stage)));
  state.subscribe("language", () => {
    fill(element);
    show();
  });
  for (const name of /** @type {const} */ (["outcome", "own", "choice", "look"])) state.subscribe(name, show);
  whenWidthChanges(root, show);
  loadRuns().then(show);
}

/** @param {import("../hosts/gradio.js").Host} host @param {HTMLElement} root @param {Outcome} outcome */
function showOutcome(host, root, outcome) {
  const { element } = host;
  find(element, ".out-name").textContent = text("out_of", { network: inWords(outcome.network.name) });
  showRuns(find(element, ".runs", HTMLTableElement), allLines(outcome.runs));
  if (!root.offsetParent) return;
  // The server knows nothing of a network that this browser alone has.
  const open = (/** @type {number} */ label, /** @type {number} */ said) => openCell(host, label, said);
  showConfusion(element, outcome.confusion, isOnlyHere(outcome.network.id) ? null : open);
  showMistakes(find(element, ".mistakes"), outcome);
  find(element, ".nodes-lead").textContent = text("out_nodes_lead", {
    plus: text("out_plus"),
    minus: text("out_minus"),
  });
  showNodes(find(element, ".nodes-before", HTMLCanvasElement), outcome.nodes.before);
  showNodes(find(element, ".nodes-after", HTMLCanvasElement), outcome.nodes.after);
}

/** The network that can be downloaded: the chosen one if it is the visitor's own, else that of the last run. */
function takenAway() {
  const { network } = state.get("choice");
  return (isOwn(network) && entryOf(network)) || entryOf(state.get("outcome")?.network.id);
}

/** @param {HTMLElement} element @param {NetworkEntry | undefined} taken */
function showDownloads(element, taken) {
  find(element, ".out-downloads").hidden = !taken;
  if (!taken) return;
  find(element, ".out-downloads h4").textContent = text("out_download", { network: inWords(taken.name) });
  const isHere = isOnlyHere(taken.id);
  find(element, ".downloads").hidden = isHere;
  find(element, ".download-what").textContent = isHere ? text("engine_only_here") : factsOf(taken.card);
}

/** On paper nothing is folded. @param {HTMLElement} element @param {() => void} show */
function printWhole(element, show) {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = findAll(element, "details", HTMLDetailsElement).filter(({ open }) => !open);
    for (const fold of opened) fold.open = true;
    show();
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });
}

/** @param {HTMLElement[]} cells */
function makeLine(cells) {
  const line = make("tr");
  line.append(...cells);
  return line;
}

/** The digits of a cell, fetched when somebody wants to see them. @param {import("../hosts/gradio.js").Host} host @param {number} label @param {number} said */
async function openCell(host, label, said) {
  const cells = await import("./outcome_cells.js");
  cells.show(host, label, said);
}

/**
 * @param {HTMLElement} element @param {number[][]} counts row: what it is, column: what was read
 * @param {((label: number, said: number) => void) | null} open shows a cell's digits; null where nobody can
 */
function showConfusion(element, counts, open) {
  const note = find(element, ".cell-note");
  const most = Math.max(1, ...counts.flatMap((line, label) => line.filter((_, said) => said !== label)));
  const heads = counts.map((_, said) => make("th", said, { scope: "col" }));
  const head = makeLine([make("th", ""), ...heads, make("th", text("out_per_digit"), { className: "share" })]);
  const lines = counts.map((line, label) => {
    const all = line.reduce((sum, count) => sum + count, 0);
    const cells = line.map((count, said) => makeCell(count, { label, said, most, note, open }));
    const share = all ? percent(line[label] / all, 1) : "";
    return makeLine([make("th", label, { scope: "row" }), ...cells, make("td", share, { className: "share" })]);
  });
  find(element, ".confusion").replaceChildren(head, ...lines);
  note.textContent = open ? text("out_confusion_press") : "";
  find(element, ".cell-pictures").hidden = true;
}

/** @param {number} count @param {{label: number, said: number, most: number, note: HTMLElement, open: ((label: number, said: number) => void) | null}} place */
function makeCell(count, { label, said, most, note, open }) {
  const title = text("out_cell", { count: number(count), label, said });
  const cell = make("td", undefined, { title, className: said === label ? "diagonal" : "" });
  if (!count) return cell;
  if (said !== label) cell.style.setProperty("--share", String(0.12 + (0.88 * count) / most));
  const shown = open ? makeButton(String(count), () => open(label, said)) : String(count);
  if (shown instanceof Element) shown.setAttribute("aria-label", title);
  cell.append(shown);
  cell.addEventListener("pointerenter", () => {
    note.textContent = title;
  });
  return cell;
}

/** Only those that it was sure of are listed. @param {HTMLElement} list @param {Outcome} outcome */
function showMistakes(list, { mistakes, confusion }) {
  if (!mistakes.length) {
    const isAllRight = confusion.every((line, label) => line.every((count, said) => said === label || !count));
    const words = text(isAllRight ? "out_no_mistakes" : "out_no_sure_mistakes");
    list.replaceChildren(make("li", words, { className: "none" }));
    return;
  }
  list.replaceChildren(
    ...mistakes.map(({ label, said, probability }) => {
      const item = make("li");
      item.append(
        make("canvas"),
        make("span", text("out_mistake", { label, said })),
        make("small", percent(probability)),
      );
      return item;
    }),
  );
  findAll(list, "canvas", HTMLCanvasElement).forEach((canvas, i) => {
    fillWithGrey(canvas, mistakes[i].image);
  });
}

/** Weights for in warm, against in blue, 0 as the paper. @param {HTMLCanvasElement} canvas @param {GreyImage[]} pictures */
function showNodes(canvas, pictures) {
  canvas.style.aspectRatio = `${ABREAST} / ${Math.ceil(pictures.length / ABREAST)}`;
  const { pen, width } = sharpen(canvas);
  if (!width) return;
  const cell = width / ABREAST;
  pictures.forEach((picture, i) => {
    drawNode(pen, unpack(picture.bytes), (i % ABREAST) * cell, Math.floor(i / ABREAST) * cell, cell - 3);
  });
}

/** @param {CanvasRenderingContext2D} pen @param {Uint8Array} bytes @param {number} left @param {number} top @param {number} side */
function drawNode(pen, bytes, left, top, side) {
  const pixel = side / 28;
  pen.fillStyle = colour("sheet");
  pen.fillRect(left, top, side, side);
  bytes.forEach((byte, at) => {
    const weight = (byte - 128) / 127;
    if (Math.abs(weight) < FAINT) return;
    pen.globalAlpha = Math.min(1, Math.abs(weight));
    pen.fillStyle = colour(weight > 0 ? "plus" : "minus");
    pen.fillRect(left + (at % 28) * pixel, top + Math.floor(at / 28) * pixel, pixel + 0.2, pixel + 0.2);
  });
  pen.globalAlpha = 1;
}

/** @param {HTMLTableElement} table @param {FinishedRun[]} runs */
function showRuns(table, runs) {
  const best = Math.max(...runs.map(({ accuracy }) => accuracy));
  const head = makeLine(HEADS.map((key) => make("th", text(key), { scope: "col" })));
  const lines = runs.map((run) => {
    const cells = cellsOf(run).map((words, i) => {
      const cell = make("td", words, { className: ARE_LONG.includes(HEADS[i]) ? "" : "whole" });
      cell.dataset.head = text(HEADS[i]); // on a phone each cell says what it is
      return cell;
    });
    const line = makeLine(cells);
    line.className = run.accuracy === best && runs.length > 1 ? "best" : "";
    return line;
  });
  table.replaceChildren(head, ...lines);
}

/** @param {FinishedRun} run */
function cellsOf(run) {
  return [
    inWords(run.name),
    networkOf(run),
    text(run.engine === "browser" ? "engine_browser" : "engine_server"),
    number(run.epochs),
    number(run.batch_size),
    number(run.learning_rate),
    number(run.train_images),
    percent(run.train_accuracy, 1),
    percent(run.accuracy, 1),
    duration(run.seconds, 1),
  ];
}

/** @param {FinishedRun} run */
function networkOf({ sizes, activation, start }) {
  const from = start.name ? text("out_from", { network: inWords(start.name) }) : "";
  return [sizes.join(" → "), activation === "relu" ? "" : activation, from].filter(Boolean).join(text("list_join"));
}

/** @param {import("../hosts/gradio.js").Host} host @param {string} kind */
async function fetchFile(host, kind) {
  const note = find(host.element, ".download-note");
  note.textContent = "";
  try {
    const id = takenAway()?.id ?? "yours";
    if (kind === "html") {
      note.textContent = await takeHome(id);
      return;
    }
    const told = await host.call("download", { ...credentials(), kind, network: id });
    note.textContent = problemOf(told);
    if (note.textContent) return;
    download(told.name, new Uint8Array(unpack(told.content)), TYPES[kind]);
    note.textContent = text("out_downloaded", { file: told.name, network: inWords(told.network.name) });
  } catch {
    note.textContent = text("offline");
  }
}
