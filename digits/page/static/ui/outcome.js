// What came of a run: confusion matrix, confident mistakes, first-layer weights, runs, downloads.
//
// The value is what digits/outcome.py made, with the table of this visit's runs.
const root = element.querySelector(".outcome");
const confusion = element.querySelector(".confusion");
const cellNote = element.querySelector(".cell-note");
const mistakes = element.querySelector(".mistakes");
const runs = element.querySelector(".runs");
const note = element.querySelector(".download-note");
const SHIPPED_TYPES = { pt: "application/octet-stream", onnx: "application/octet-stream", py: "text/x-python" };

const { number, percent } = digits;
function make(tag, text, settings = {}) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  return Object.assign(node, settings);
}
function row(cells) {
  const line = make("tr");
  line.append(...cells);
  return line;
}

function showConfusion(counts) {
  const most = Math.max(1, ...counts.flatMap((line, i) => line.filter((_, j) => j !== i)));
  const head = row([make("th", ""), ...counts.map((_, j) => make("th", j, { scope: "col" })), make("th", digits.text("out_per_digit"), { className: "share" })]);
  const lines = counts.map((line, label) => {
    const all = line.reduce((sum, count) => sum + count, 0);
    const cells = line.map((count, said) => {
      const cell = make("td", count || "");
      cell.className = said === label ? "diagonal" : "";
      if (count && said !== label) cell.style.setProperty("--share", 0.12 + 0.88 * count / most);
      const words = digits.text("out_cell", { count: number(count), label, said });
      cell.title = words;
      cell.addEventListener("pointerenter", () => { cellNote.textContent = words; });
      cell.addEventListener("click", () => { cellNote.textContent = words; });
      return cell;
    });
    return row([make("th", label, { scope: "row" }), ...cells, make("td", all ? percent(line[label] / all, 1) : "", { className: "share" })]);
  });
  confusion.replaceChildren(head, ...lines);
  cellNote.textContent = "\u00a0";
}

function showMistakes(list) {
  if (!list.length) { mistakes.replaceChildren(make("li", digits.text("out_no_mistakes"), { className: "none" })); return; }
  mistakes.replaceChildren(...list.map(({ label, said, probability }) => {
    const item = make("li");
    item.append(make("canvas"), make("span", digits.text("out_mistake", { label, said })), make("small", percent(probability, 0)));
    return item;
  }));
  list.forEach(({ image }, i) => {
    const { pen, width } = digits.sharpen(mistakes.children[i].querySelector("canvas"));
    if (width) digits.paint(pen, image, 0, 0, width / 28);
  });
}

// Weights for in warm, against in blue, 0 as the paper: 8 pictures a row.
function showNodes(canvas, pictures) {
  const rows = Math.ceil(pictures.length / 8);
  canvas.style.aspectRatio = `8 / ${rows}`;
  const { pen, width } = digits.sharpen(canvas);
  if (!width) return;
  const cell = width / 8, side = (cell - 3) / 28;
  const [plus, minus] = [digits.colour("plus"), digits.colour("minus")];
  pictures.forEach((picture, i) => {
    const bytes = digits.unpack(picture.bytes), left = (i % 8) * cell, top = Math.floor(i / 8) * cell;
    pen.fillStyle = digits.colour("sheet");
    pen.globalAlpha = 1;
    pen.fillRect(left, top, cell - 3, cell - 3);
    for (let at = 0; at < bytes.length; at++) {
      const weight = (bytes[at] - 128) / 127;
      if (Math.abs(weight) < 0.03) continue;
      pen.globalAlpha = Math.min(1, Math.abs(weight));
      pen.fillStyle = weight > 0 ? plus : minus;
      pen.fillRect(left + (at % 28) * side, top + Math.floor(at / 28) * side, side + 0.2, side + 0.2);
    }
  });
  pen.globalAlpha = 1;
}

function showRuns(list) {
  const heads = ["", "out_network", "train_epochs", "train_batch_size", "train_learning_rate", "train_images", "out_accuracy", "out_seconds"];
  const best = Math.max(...list.map(({ accuracy }) => accuracy));
  runs.replaceChildren(
    row(heads.map((key) => make("th", key && digits.text(key), { scope: "col" }))),
    ...list.map((run, i) => {
      const more = run.go_on ? digits.text("out_continued") : "";
      const network = [run.sizes.join(" · "), run.activation === "relu" ? "" : run.activation, more].filter(Boolean).join(", ");
      const line = row([i + 1, network, run.epochs, run.batch_size, run.learning_rate, number(run.train_images), percent(run.accuracy, 1), run.seconds.toFixed(1)].map((value) => make("td", value)));
      line.className = run.accuracy === best && list.length > 1 ? "best" : "";
      return line;
    }),
  );
}

function show() {
  const outcome = props.value;
  root.hidden = !outcome;
  if (!outcome) return;
  showRuns(outcome.runs);
  if (!root.offsetParent) return;
  showConfusion(outcome.confusion);
  showMistakes(outcome.mistakes);
  const [plus, minus] = [digits.text("out_plus"), digits.text("out_minus")];
  element.querySelector(".nodes-lead").textContent = digits.text("out_nodes_lead", { plus, minus });
  showNodes(element.querySelector(".nodes-before"), outcome.nodes.before);
  showNodes(element.querySelector(".nodes-after"), outcome.nodes.after);
}

async function download(kind) {
  let told;
  note.textContent = "";
  try { told = await server.download({ visit: digits.visit, kind, language: digits.language }); } catch { told = { problem: digits.text("offline") }; }
  if (told.problem) { note.textContent = told.problem; return; }
  digits.download(told.name, digits.unpack(told.content), SHIPPED_TYPES[kind]);
}
for (const button of element.querySelectorAll("[data-kind]")) button.addEventListener("click", () => download(button.dataset.kind));

let width = 0;   // only a new width needs new pictures: drawing them changes the height
new ResizeObserver(() => { if (root.offsetWidth !== width) { width = root.offsetWidth; show(); } }).observe(root);
watch("value", show);
digits.on("training", ({ state }) => { root.classList.toggle("old", ["sent", "waiting", "loading", "running"].includes(state)); });
digits.on("language", () => { digits.fill(element); show(); });
digits.on("look", show);
digits.fill(element);
show();
