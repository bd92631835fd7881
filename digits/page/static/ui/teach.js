// "Wrong? It is 0 ... 9": the visitor says what a drawing is, collects such drawings, lets it learn them.
//
// The drawings live here, in the page, and go to the server with the lesson: {drawings: [{strokes,
// label}], network}. What comes back (digits/teach_room.py) says how each was read before and after.
// Next: digits/teach.py, which does the learning.
const root = element.querySelector(".lesson");
const ask = element.querySelector(".ask");
const buttons = [...element.querySelectorAll("[data-digit]")];
const more = element.querySelector(".lesson-more");
const strip = element.querySelector(".strip");
const learn = element.querySelector(".learn");
const learnWords = element.querySelector(".learn-words");
const learnShare = element.querySelector(".learn-share");
const note = element.querySelector(".lesson-note");
const file = element.querySelector("input[type=file]");
const MOST = 60;
const KEY = "digits-corrections";

let drawings = [];     // {strokes, label, answered, before, after}
let serial = null;     // of the drawing that was corrected last: another click on it changes its mind
let learning = false;

const { percent } = digits;
const say = (text) => { note.textContent = text || digits.text(drawings.length ? "teach_more" : "teach_hint"); };

// ---- the strip -------------------------------------------------------------------------------------

function drawThumb(canvas, strokes) {
  const { pen, width: side } = digits.sharpen(canvas);
  if (!side) return;
  const points = strokes.flat(), [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = side * 0.68 / Math.max(wide, high, 0.05);
  const place = ([x, y]) => [(x - left - wide / 2) * scale + side / 2, (y - top - high / 2) * scale + side / 2];
  pen.strokeStyle = digits.colour("ink");
  pen.lineCap = pen.lineJoin = "round";
  pen.lineWidth = Math.max(2, side * 0.07);
  for (const stroke of strokes) {
    pen.beginPath();
    stroke.forEach((point, i) => pen[i ? "lineTo" : "moveTo"](...place(point)));
    if (stroke.length === 1) pen.lineTo(place(stroke[0])[0] + 0.1, place(stroke[0])[1]);
    pen.stroke();
  }
}

function thumb(drawing, i) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  const [label, verdict, remove] = ["b", "small", "button"].map((tag) => document.createElement(tag));
  label.textContent = drawing.label;
  verdict.textContent = verdictOf(drawing);
  item.className = drawing.after === undefined ? "" : drawing.after === drawing.label ? "right" : "wrong";
  item.style.setProperty("--i", i);
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", digits.text("teach_remove", { label: drawing.label }));
  remove.disabled = learning;
  remove.addEventListener("click", () => { drawings.splice(i, 1); serial = null; keep(); show(); say(""); });
  item.append(canvas, label, verdict, remove);
  return item;
}

// "1 → 7": what was read before the lesson and after it; before any, what was read when corrected.
function verdictOf({ label, answered, before, after }) {
  if (after !== undefined) return `${before} → ${after} ${after === label ? "✓" : "✗"}`;
  return answered === undefined || answered === null ? "" : `${answered} ${answered === label ? "✓" : "✗"}`;
}

function show() {
  more.hidden = !drawings.length;
  strip.replaceChildren(...drawings.map(thumb));
  drawings.forEach(({ strokes }, i) => drawThumb(strip.children[i].querySelector("canvas"), strokes));
  learn.disabled = learning || !props.torch;
  if (!learning) learnWords.textContent = drawings.length === 1 ? digits.text("teach_learn_one") : digits.text("teach_learn", { count: drawings.length });
  root.classList.toggle("learning", learning);
  showAsk();
}

function showAsk() {
  const sent = digits.last("sent");
  const can = Boolean(sent?.strokes?.length) && !learning;
  for (const button of buttons) button.disabled = !can;
  const now = drawings[drawings.length - 1];
  const chosen = can && serial !== null && serial === digits.last("reading")?.serial ? now?.label : null;
  buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
}

function keep() {
  const kept = drawings.map(({ strokes, label, answered }) => ({ strokes, label, answered }));
  try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* full, or a private window */ }
}

// ---- saying what it is -----------------------------------------------------------------------------

function correct(label) {
  const reading = digits.last("reading"), { strokes } = digits.last("sent");
  const answered = reading && !reading.problem && !reading.blank ? reading.label : null;
  const again = serial !== null && reading?.serial === serial && drawings.length;
  if (!again && drawings.length >= MOST) { say(digits.text("teach_full", { count: MOST })); return; }
  const drawing = { strokes, label, answered: again ? drawings[drawings.length - 1].answered : answered };
  if (again) drawings[drawings.length - 1] = drawing;
  else drawings.push(drawing);
  serial = reading ? reading.serial : null;
  if (props.torch && drawings.length === 1) server.prepare({}).catch(() => {});   // while the next is drawn
  keep();
  show();
  strip.lastElementChild.classList.add("new");
  strip.lastElementChild.scrollIntoView({ block: "nearest", inline: "end" });
  say(digits.text(props.torch ? (answered === label ? "teach_right" : "teach_noted") : "teach_no_torch", { label }));
}
for (const button of buttons) button.addEventListener("click", () => correct(Number(button.dataset.digit)));

// ---- learning --------------------------------------------------------------------------------------

learn.addEventListener("click", () => {
  learning = true;
  for (const drawing of drawings) delete drawing.after;
  show();
  learnWords.textContent = digits.text("teach_learning");
  say("");
  props.value = {
    drawings: drawings.map(({ strokes, label }) => ({ strokes, label })),
    network: digits.choice.network, backend: digits.choice.backend, device: digits.choice.device,
  };
  trigger("submit");
});

function told(lesson) {
  if (!lesson || !lesson.state) return;
  root.dataset.state = lesson.state;
  if (lesson.state === "waiting") learnWords.textContent = digits.text("teach_waiting", lesson);
  if (lesson.state === "learning") {
    learnWords.textContent = digits.text("teach_learning");
    learnShare.style.width = `${100 * lesson.share}%`;
  }
  if (lesson.state === "problem" || lesson.state === "done") {
    learning = false;
    learnShare.style.width = 0;
  }
  if (lesson.state === "problem") { say(digits.text("teach_problem", lesson)); show(); }
  if (lesson.state === "done") celebrate(lesson);
}

function celebrate(lesson) {
  lesson.drawings.forEach(({ before, after }, i) => Object.assign(drawings[i] || {}, { before, after }));
  show();
  const right = (when) => drawings.filter((drawing) => drawing[when] === drawing.label).length;
  const bold = document.createElement("b");
  bold.textContent = digits.text("teach_done");
  const facts = [
    digits.text("teach_yours", { before: right("before"), after: right("after"), count: drawings.length }),
    digits.text("teach_mnist", { before: percent(lesson.mnist[0], 1), after: percent(lesson.mnist[1], 1) }),
    digits.text("teach_took", { seconds: lesson.seconds.toFixed(1) }),
  ];
  const back = document.createElement("button");
  back.type = "button";
  back.className = "plain";
  back.textContent = digits.text("run_back", { network: digits.shipped || "" });
  back.addEventListener("click", () => { digits.say("network-wanted", digits.shipped); back.disabled = true; });
  const now = document.createElement("span");
  now.textContent = `${digits.text("teach_now")} ${digits.text("teach_try")} `;
  note.replaceChildren(bold, ` ${facts.join(" · ")}`, document.createElement("br"), now, back);
  digits.say("own", true);
}
watch("value", () => told(props.value));

// ---- saving and loading ----------------------------------------------------------------------------

async function save(kind) {
  const asked = { kind, drawings: drawings.map(({ strokes, label }) => ({ strokes, label })) };
  let file;
  try { file = await server.save(asked); } catch { file = { problem: digits.text("offline") }; }
  if (file.problem) say(digits.text("teach_problem", file));
  else digits.download(file.name, file.text, "text/plain");
}
for (const button of element.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(button.dataset.save));

file.addEventListener("change", async () => {
  if (!file.files.length) return;
  const text = await file.files[0].slice(0, 4_000_000).text();
  file.value = "";
  let read;
  try { read = await server.load({ text }); } catch { read = { problem: digits.text("offline") }; }
  if (read.problem) { say(digits.text("teach_bad_file", read)); return; }
  drawings = [...drawings, ...read.drawings].slice(0, MOST);
  serial = null;
  keep();
  show();
  say(digits.text("teach_loaded", { count: read.drawings.length }));
});

digits.on("sent", showAsk);
digits.on("reading", showAsk);
digits.on("look", show);
digits.on("language", () => { digits.fill(element); say(""); show(); });
try { drawings = JSON.parse(sessionStorage.getItem(KEY)) || []; } catch { drawings = []; }
digits.fill(element);
show();
say("");
