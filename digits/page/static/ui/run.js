// A training as it goes: accuracy, curves, four test digits, the visitor's drawing read again and again.
//
// The value is what digits/story.py tells, five times a second; everything is drawn anew from it. Says
// "training" with every change, so that the form (digits/train.js) knows. Next: digits/outcome.js.
const root = element.querySelector(".run");
const status = element.querySelector(".run-status");
const words = element.querySelector(".run-words");
const when = element.querySelector(".run-when");
const done = element.querySelector(".run-done");
const [note, back] = [element.querySelector(".run-note span"), element.querySelector(".run-note button")];
const samples = element.querySelector(".samples");
const own = element.querySelector(".own");
const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [320, 150];
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 8, 8, 20];   // margins of a chart
const ENDED = ["done", "stopped", "cut"];

const { number, percent } = digits;

// ---- curves ----------------------------------------------------------------------------------------

function shape(name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

// points: [step, value]; marks: the same for the ends of epochs, the value only where it is to be seen; ticks: values on the upright axis
function drawChart(svg, points, marks, ticks, steps, label) {
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (step) => LEFT + (WIDTH - LEFT - RIGHT) * (step / Math.max(1, steps));
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low));
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  const parts = [];
  for (const tick of ticks) {
    parts.push(shape("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }));
    parts.push(shape("text", { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, label(tick)));
  }
  marks.forEach(([step], epoch) => {
    const room = (WIDTH - LEFT - RIGHT) / Math.max(1, marks.length - 1);
    if (room > 14 || epoch % 5 === 0) parts.push(shape("text", { class: "tick", x: x(step), y: HEIGHT - 4, "text-anchor": "middle" }, epoch));
  });
  const path = points.map(([step, value], i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  parts.push(shape("path", { class: "curve", d: path || "M0 0" }));
  for (const [step, value] of marks.filter((mark) => mark.length > 1)) parts.push(shape("circle", { class: "mark", cx: x(step), cy: y(value), r: 3.5 }));
  svg.replaceChildren(...parts);
}

function drawCharts(run) {
  const { curve, past, steps } = run;
  const tested = past.map(({ step, accuracy }) => [step, accuracy]);
  drawChart(element.querySelector(".accuracy"), curve.map(([step, , accuracy]) => [step, accuracy]), tested,
    [0, 0.25, 0.5, 0.75, 1], steps, (tick) => `${Math.round(100 * tick)}`);
  const most = Math.max(0.5, ...curve.map(([, loss]) => (Number.isFinite(loss) ? loss : 0)));
  const top = most > 10 ? most : Math.ceil(most * 2) / 2;
  drawChart(element.querySelector(".loss"), curve.map(([step, loss]) => [step, loss ?? top]), past.map(({ step }) => [step]),
    [0, top / 2, top], steps, (tick) => (top > 10 ? tick.toPrecision(2) : tick.toFixed(2).replace(/0$/, "")));
}

// ---- digits ----------------------------------------------------------------------------------------

function tile(image) {
  const item = document.createElement("li");
  item.append(document.createElement("canvas"), document.createElement("span"), document.createElement("small"));
  item.image = image;
  return item;
}

function paint(item) {
  const { pen, width } = digits.sharpen(item.querySelector("canvas"));
  if (width) digits.paint(pen, item.image, 0, 0, width / 28);
}

// Right ones have a tick and a full frame, wrong ones a cross, a broken frame and what they are.
function showGuess(item, { label, probability }, truth) {
  const [reading, verdict] = [item.querySelector("span"), item.querySelector("small")];
  reading.textContent = `${label}`;
  const isRight = label === truth;
  item.className = isRight ? "right" : "wrong";
  verdict.textContent = `${isRight ? "✓" : "✗"} ${percent(probability, 0)}`;
  item.setAttribute("aria-label", `${label}, ${digits.text(isRight ? "run_right_mark" : "run_wrong_mark", { label: truth })}`);
}

function drawSamples(run) {
  if (samples.bytes !== run.samples[0]?.image.bytes || samples.children.length !== run.samples.length) {
    samples.replaceChildren(...run.samples.map(({ image }) => tile(image)));
    samples.bytes = run.samples[0]?.image.bytes;
  }
  [...samples.children].forEach((item, i) => {
    showGuess(item, run.guesses[i], run.samples[i].label);
    paint(item);
  });
}

// The visitor's drawing, then one line an epoch: how it was read before any training, after one, ...
function drawOwn(run) {
  if (!run.drawing) {
    own.textContent = digits.text("run_draw_first");
    own.className = "own small";
    return;
  }
  own.className = "own";
  const ink = tile(run.drawing);
  const rows = run.past.map(({ drawing }, epoch) => [digits.text(epoch ? "run_at" : "run_before", { epoch }), drawing]);
  if (run.step !== run.past[run.past.length - 1].step) rows.push([digits.text("run_now"), run.reading]);
  const kept = rows.length > 6 ? [rows[0], ...rows.slice(-5)] : rows;
  const list = document.createElement("ol");
  for (const [name, reading] of kept) {
    const row = document.createElement("li"), [at, digit, bar, share] = ["small", "b", "i", "span"].map((tag) => document.createElement(tag));
    at.textContent = name;
    digit.textContent = reading.label;
    bar.style.setProperty("--share", reading.probability);
    share.textContent = percent(reading.probability, 0);
    row.append(at, digit, bar, share);
    list.append(row);
  }
  own.replaceChildren(ink, list);
  paint(ink);
}

// ---- all of it -------------------------------------------------------------------------------------

const PLAIN = { waiting: "run_waiting", loading: "run_loading" };

function show() {
  const run = props.value || { state: "idle" };
  const { state } = run;
  root.dataset.state = state;
  root.classList.toggle("drawn", Boolean(run.curve));
  note.textContent = state === "problem" ? digits.text("run_problem", run) : PLAIN[state] ? digits.text(PLAIN[state], run) : "";
  back.hidden = true;
  if (!run.curve) {
    if (state !== "problem") { status.textContent = "–"; words.textContent = digits.text("run_idle"); when.textContent = ""; done.style.width = 0; }
    return;
  }
  const share = run.steps ? run.step / run.steps : 0;
  status.textContent = percent(run.accuracy, 1);
  words.textContent = digits.text("run_right", { tested: number(run.tested) });
  const epoch = run.epoch || run.step ? digits.text("run_epoch", { epoch: Math.min(run.epochs, run.epoch + (state === "done" ? 0 : 1)), epochs: run.epochs }) : digits.text("run_untrained");
  const time = ENDED.includes(state) ? digits.text("run_took", { seconds: run.seconds.toFixed(1) }) : run.left === null ? "" : digits.text("run_left", { seconds: Math.max(1, Math.round(run.left)) });
  when.textContent = [epoch, time].filter(Boolean).join(" · ");
  done.style.width = `${100 * share}%`;
  if (ENDED.includes(state)) {
    note.textContent = digits.text(`run_${state}`);
    back.hidden = false;
    back.textContent = digits.text("run_back", { network: shipped() });
  }
  if (root.offsetParent) { drawCharts(run); drawSamples(run); drawOwn(run); }
}

const shipped = () => digits.shipped || "";
back.addEventListener("click", () => digits.say("network-wanted", shipped()));
digits.on("choice", ({ network }) => { back.disabled = network !== "yours"; });

watch("value", () => {
  show();
  const { state } = props.value || {};
  digits.say("training", { state });
  if (ENDED.includes(state)) digits.say("own", true);
});
digits.on("training", ({ state }) => { if (state === "sent") { note.textContent = digits.text("run_loading"); back.hidden = true; root.dataset.state = "waiting"; } });
digits.on("language", () => { digits.fill(element); show(); });
digits.on("look", show);
let width = 0;   // only a new width needs a new drawing: drawing may change the height
new ResizeObserver(() => { if (root.offsetWidth !== width) { width = root.offsetWidth; show(); } }).observe(root);
digits.fill(element);
show();
