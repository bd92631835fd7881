// What came of a run: confusion matrix, confident mistakes, first-layer weights, runs, downloads.
//
// The value is what the server made of it, with the table of this visitor's runs.

import { problemOf } from "../services/answers.js";
import { credentials } from "../services/session.js";
import { state } from "../services/state.js";
import { fill, number, percent, text } from "../services/texts.js";
import { colour } from "../services/theme.js";
import { fillWithGrey, sharpen, unpack } from "./canvas.js";
import { download, find, findAll, make, whenWidthChanges } from "./dom.js";

/** @typedef {import("../services/messages.js").Outcome} Outcome */
/** @typedef {import("../services/messages.js").FinishedRun} FinishedRun */
/** @typedef {import("../services/messages.js").GreyImage} GreyImage */

const TYPES = /** @type {Record<string, string>} */ ({
  pt: "application/octet-stream",
  onnx: "application/octet-stream",
  py: "text/x-python",
});
const BUSY = ["sent", "waiting", "loading", "running"];
const ABREAST = 8; // pictures of nodes in a row
const FAINT = 0.03; // of the largest weight: less is not drawn
const HEADS = [
  "",
  "out_network",
  "field_epochs",
  "field_batch_size",
  "field_learning_rate",
  "field_train_images",
  "out_accuracy",
  "out_seconds",
];

/** @param {import("../hosts/gradio.js").Host<Outcome | null>} host */
export function mount(host) {
  const { element } = host;
  const root = find(element, ".outcome");

  function show() {
    const outcome = host.value;
    root.hidden = !outcome;
    if (!outcome) return;
    showRuns(find(element, ".runs", HTMLTableElement), outcome.runs);
    if (!root.offsetParent) return;
    showConfusion(element, outcome.confusion);
    showMistakes(find(element, ".mistakes"), outcome.mistakes);
    find(element, ".nodes-lead").textContent = text("out_nodes_lead", {
      plus: text("out_plus"),
      minus: text("out_minus"),
    });
    showNodes(find(element, ".nodes-before", HTMLCanvasElement), outcome.nodes.before);
    showNodes(find(element, ".nodes-after", HTMLCanvasElement), outcome.nodes.after);
  }

  for (const button of findAll(element, "[data-kind]", HTMLButtonElement)) {
    button.addEventListener("click", () => fetchFile(host, button.dataset.kind ?? ""));
  }
  host.watch(show);
  state.subscribe("run", (stage) => root.classList.toggle("old", BUSY.includes(stage)));
  state.subscribe("language", () => {
    fill(element);
    show();
  });
  state.subscribe("look", show);
  whenWidthChanges(root, show);
}

/** @param {HTMLElement[]} cells */
function makeLine(cells) {
  const line = make("tr");
  line.append(...cells);
  return line;
}

/** @param {HTMLElement} element @param {number[][]} counts row: what it is, column: what was read */
function showConfusion(element, counts) {
  const note = find(element, ".cell-note");
  const most = Math.max(1, ...counts.flatMap((line, label) => line.filter((_, said) => said !== label)));
  const heads = counts.map((_, said) => make("th", said, { scope: "col" }));
  const head = makeLine([make("th", ""), ...heads, make("th", text("out_per_digit"), { className: "share" })]);
  const lines = counts.map((line, label) => {
    const all = line.reduce((sum, count) => sum + count, 0);
    const cells = line.map((count, said) => makeCell(count, { label, said, most, note }));
    const share = all ? percent(line[label] / all, 1) : "";
    return makeLine([make("th", label, { scope: "row" }), ...cells, make("td", share, { className: "share" })]);
  });
  find(element, ".confusion").replaceChildren(head, ...lines);
  note.textContent = "\u00a0";
}

/** @param {number} count @param {{label: number, said: number, most: number, note: HTMLElement}} place */
function makeCell(count, { label, said, most, note }) {
  const title = text("out_cell", { count: number(count), label, said });
  const cell = make("td", count || "", { title, className: said === label ? "diagonal" : "" });
  if (count && said !== label) cell.style.setProperty("--share", String(0.12 + (0.88 * count) / most));
  for (const event of ["pointerenter", "click"]) {
    cell.addEventListener(event, () => {
      note.textContent = title;
    });
  }
  return cell;
}

/** @param {HTMLElement} list @param {Outcome["mistakes"]} mistakes */
function showMistakes(list, mistakes) {
  if (!mistakes.length) {
    list.replaceChildren(make("li", text("out_no_mistakes"), { className: "none" }));
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
  const head = makeLine(HEADS.map((key) => make("th", key && text(key), { scope: "col" })));
  const lines = runs.map((run, i) => {
    const { epochs, batch_size: batch, learning_rate: rate, train_images: images, accuracy, seconds } = run;
    const cells = [
      i + 1,
      networkOf(run),
      epochs,
      batch,
      rate,
      number(images),
      percent(accuracy, 1),
      seconds.toFixed(1),
    ];
    const line = makeLine(cells.map((words) => make("td", words)));
    line.className = accuracy === best && runs.length > 1 ? "best" : "";
    return line;
  });
  table.replaceChildren(head, ...lines);
}

/** @param {FinishedRun} run */
function networkOf({ sizes, activation, go_on: isContinued }) {
  const parts = [sizes.join(" · "), activation === "relu" ? "" : activation, isContinued ? text("out_continued") : ""];
  return parts.filter(Boolean).join(", ");
}

/** @param {import("../hosts/gradio.js").Host} host @param {string} kind */
async function fetchFile(host, kind) {
  const note = find(host.element, ".download-note");
  note.textContent = "";
  try {
    const told = await host.call("download", { ...credentials(), kind, language: state.get("language") });
    note.textContent = problemOf(told);
    if (!note.textContent) download(told.name, new Uint8Array(unpack(told.content)), TYPES[kind]);
  } catch {
    note.textContent = text("offline");
  }
}
