// The pad: strokes by mouse, touch, pen or keyboard, and the questions to the server while they grow.
//
// Runs once when the room appears, with `element`, `props`, `trigger`, `server` from gr.HTML. A drawing
// is never changed, only replaced, so undo is a list of drawings. One question is under way at a time
// and the newest drawing goes next: a slow server or network means fewer answers, never a queue of old
// ones. Next: digits/reading.py answers, digits/answer.js shows it.
const canvas = element.querySelector("canvas");
const hint = element.querySelector(".pad-hint");
const note = element.querySelector(".pad-note");
const button = (name) => element.querySelector(`[data-do="${name}"]`);

const BLANK = { strokes: [] };
const PEN = 0.038;        // thickness of the ink, part of the pad
const NEAR = 0.003;       // a point this close to the last one adds nothing
const SOONEST = 28;       // ms between two questions: 30 answers a second look smooth
const PATIENCE = 1000;    // ms before asking a silent server again
const STEP = 0.02;        // how far an arrow key moves the pen

let drawing = BLANK;      // {strokes}, {pixels} or {picture}; the last two may carry an `image` to show
let past = [], future = [];
let stroke = null;        // the one being drawn
let cursor = null;        // {x, y, down} while the keyboard draws
let serial = 0;           // counts changes, so that an answer can be told from the one before

const isBlank = () => !drawing.pixels && !drawing.picture && !drawing.strokes.length;
const round = (value) => Math.round(value * 1e4) / 1e4;

// ---- drawing ---------------------------------------------------------------------------------------

// Thick where the pen was slow, thin where it was fast, as ink is; smoothed so that it never jumps.
function drawInk(pen, points, side) {
  let width = PEN * 0.9;
  if (points.length === 1) {
    pen.beginPath();
    pen.arc(points[0][0] * side, points[0][1] * side, width * side * 0.55, 0, 7);
    pen.fill();
    return;
  }
  let from = points[0];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    const speed = Math.min(1, Math.hypot(b[0] - a[0], b[1] - a[1]) / 0.06);
    width += (PEN * (1.12 - 0.42 * speed) - width) * 0.35;
    const to = i === points.length - 1 ? b : [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    pen.lineWidth = width * side;
    pen.beginPath();
    pen.moveTo(from[0] * side, from[1] * side);
    pen.quadraticCurveTo(a[0] * side, a[1] * side, to[0] * side, to[1] * side);
    pen.stroke();
    from = to;
  }
}

function draw() {
  const { pen, width: side } = digits.sharpen(canvas);
  pen.strokeStyle = pen.fillStyle = digits.colour("ink");
  pen.lineCap = pen.lineJoin = "round";
  if (drawing.image) drawPicture(pen, side);
  if (drawing.pixels) digits.paint(pen, { bytes: drawing.pixels, width: 28 }, 0, 0, side / 28);
  for (const points of drawing.strokes || []) drawInk(pen, points, side);
  if (stroke) drawInk(pen, stroke, side);
  if (cursor) drawCursor(pen, side);
  hint.hidden = !isBlank() || Boolean(stroke);
  button("undo").disabled = !past.length;
  button("redo").disabled = !future.length;
  button("clear").disabled = isBlank();
}

function drawPicture(pen, side) {
  const { image } = drawing;
  const scale = side / Math.max(image.width, image.height);
  const [w, h] = [image.width * scale, image.height * scale];
  pen.drawImage(image, (side - w) / 2, (side - h) / 2, w, h);
}

function drawCursor(pen, side) {
  pen.save();
  pen.strokeStyle = digits.colour("accent");
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(cursor.x * side, cursor.y * side, cursor.down ? 5 : 9, 0, 7);
  pen.stroke();
  pen.restore();
}

let framed = false;
function drawSoon() {
  if (framed) return;
  framed = true;
  requestAnimationFrame(() => { framed = false; draw(); });
}

// ---- asking the server -----------------------------------------------------------------------------

let asking = false, again = false, lastAsked = 0, waiting = null;

const shown = () => (stroke ? { strokes: [...(drawing.strokes || []), stroke] } : drawing);
const sent = ({ strokes, pixels, picture }) => (picture ? { picture } : pixels ? { pixels } : { strokes });

// The quick road (digits/road.py), beside the page wherever that is; Gradio's own where it is not there.
const root = new URL(window.gradio_config?.root || location.href).pathname.replace(/\/$/, "");
let quick = true;

async function read(question) {
  if (quick) {
    const reply = await fetch(`${root}/digits/read`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(question),
    });
    if (reply.ok) return reply.json();
    if (reply.status !== 404 && reply.status !== 405) throw new Error(`status ${reply.status}`);
    quick = false;
  }
  return server.read(question);
}

function ask() {
  if (asking) { again = true; return; }
  clearTimeout(waiting);
  const wait = stroke ? lastAsked + SOONEST - performance.now() : 0;   // a finished drawing: at once
  if (wait > 0) waiting = setTimeout(askNow, wait);
  else askNow();
}

async function askNow() {
  asking = true;
  again = false;
  lastAsked = performance.now();
  const asked = serial, { network, backend, device } = digits.choice;
  const question = {
    drawing: sent(shown()), network, backend, device,
    language: digits.language, visit: digits.visit, shrink: digits.shrink,
  };
  try {
    const reading = await read(question);
    digits.say("reading", { ...reading, serial: asked, drawing: shown() });
  } catch {
    digits.say("reading", { problem: digits.text("offline"), serial: asked });
    await new Promise((done) => setTimeout(done, PATIENCE));
    again = true;
  }
  asking = false;
  if (again) ask();
}

// What other rooms and Python see of the drawing: the component's value, and a word to the rooms.
function change(next) {
  drawing = next;
  serial += 1;
  canvas.dataset.serial = serial;
  props.value = sent(drawing);
  remember();
  digits.say("drawing", drawing);
  digits.say("sent", sent(drawing));
  drawSoon();
  ask();
}

function replace(next) {
  past.push(drawing);
  future = [];
  change(next);
}

const undo = () => { if (past.length) { future.push(drawing); change(past.pop()); } };
const redo = () => { if (future.length) { past.push(drawing); change(future.pop()); } };
const clear = () => { if (!isBlank()) { stroke = null; replace(BLANK); } };

// A reload, or the phone that threw the tab away, must not lose the drawing.
function remember() {
  try { sessionStorage.setItem("digits-drawing", JSON.stringify(drawing.picture ? BLANK : sent(drawing))); } catch { /* full */ }
}

// ---- mouse, touch and pen --------------------------------------------------------------------------

function place(event) {
  const box = canvas.getBoundingClientRect();
  const part = (value, low, size) => round(Math.min(1, Math.max(0, (value - low) / size)));
  return [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
}

function extend(point) {
  const last = stroke[stroke.length - 1];
  if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
  stroke.push(point);
  serial += 1;
  canvas.dataset.serial = serial;
}

function finish() {
  if (!stroke) return;
  const strokes = [...(drawing.strokes || []), stroke];
  stroke = null;
  replace({ strokes });
}

canvas.addEventListener("pointerdown", (event) => {
  if (stroke || event.button !== 0) return;   // a second finger or another button draws nothing
  canvas.setPointerCapture(event.pointerId);
  cursor = null;
  stroke = [];
  stroke.pointer = event.pointerId;
  extend(place(event));
  drawSoon();
  ask();
});
canvas.addEventListener("pointermove", (event) => {
  if (!stroke || event.pointerId !== stroke.pointer) return;
  const events = event.getCoalescedEvents?.() ?? [];
  for (const one of events.length ? events : [event]) extend(place(one));
  drawSoon();
  ask();
});
canvas.addEventListener("pointerup", (event) => { if (stroke?.pointer === event.pointerId) finish(); });
canvas.addEventListener("pointercancel", finish);
canvas.addEventListener("contextmenu", (event) => event.preventDefault());

// ---- keyboard --------------------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function movePen([dx, dy], far) {
  cursor ||= { x: 0.5, y: 0.3, down: false };
  const step = STEP * (far ? 3 : 1);
  cursor.x = round(Math.min(1, Math.max(0, cursor.x + dx * step)));
  cursor.y = round(Math.min(1, Math.max(0, cursor.y + dy * step)));
  if (cursor.down) { extend([cursor.x, cursor.y]); ask(); }
  drawSoon();
}

function togglePen() {
  cursor ||= { x: 0.5, y: 0.3, down: false };
  cursor.down = !cursor.down;
  if (cursor.down) { stroke = []; extend([cursor.x, cursor.y]); ask(); } else finish();
  drawSoon();
}

canvas.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === "z") (event.shiftKey ? redo : undo)();
  else if (command && key === "y") redo();
  else if (command || event.altKey) return;
  else if (event.key in ARROWS) movePen(ARROWS[event.key], event.shiftKey);
  else if (event.key === " ") togglePen();
  else if (event.key === "Delete" || event.key === "Backspace") { cursor = null; clear(); }
  else if (/^[0-9]$/.test(event.key)) digits.say("sample-wanted", Number(event.key));
  else return;
  event.preventDefault();
});
canvas.addEventListener("blur", () => { if (cursor?.down) finish(); cursor = null; drawSoon(); });

// ---- pictures: chosen, taken, dropped or pasted -----------------------------------------------------

const LONGEST = 560;   // pixels sent of a picture; the server would average it down to this anyway

async function loadPicture(file) {
  let bitmap;
  try { bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch {
    return tell("picture_bad");
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const image = document.createElement("canvas");
  image.width = Math.max(1, Math.round(bitmap.width * scale));
  image.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = image.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, image.width, image.height);
  bitmap.close();
  const picture = file.type === "image/jpeg" ? image.toDataURL("image/jpeg", 0.92) : image.toDataURL("image/png");
  stroke = cursor = null;
  replace({ picture, image });
}

const firstPicture = (files) => [...(files || [])].find((file) => file.type.startsWith("image/") || file.name);

for (const input of element.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => { if (input.files[0]) loadPicture(input.files[0]); input.value = ""; });
}
const paper = element.querySelector(".paper");
const hover = (over) => () => paper.classList.toggle("dropping", over);
paper.addEventListener("dragover", (event) => { event.preventDefault(); hover(true)(); });
paper.addEventListener("dragleave", hover(false));
paper.addEventListener("drop", (event) => {
  event.preventDefault();
  hover(false)();
  const file = firstPicture(event.dataTransfer.files);
  if (file) loadPicture(file);
});
document.addEventListener("paste", (event) => {
  if (event.target.closest?.("input, textarea, [contenteditable]")) return;
  const file = [...(event.clipboardData?.files || [])].find((one) => one.type.startsWith("image/"));
  if (file) loadPicture(file);
});

// ---- a drawing as a link ---------------------------------------------------------------------------

// Six figures a point, three for x and three for y, in thousandths of the pad; "-" between strokes.
const figures = (value) => String(Math.min(999, Math.round(value * 999))).padStart(3, "0");
const encode = (strokes) => strokes.map((points) => thin(points).map(([x, y]) => figures(x) + figures(y)).join("")).join("-");

function decode(link) {
  if (link.length > 20000 || !/^(\d{6})+(-(\d{6})+)*$/.test(link)) return null;
  return link.split("-").map((points) =>
    points.match(/\d{6}/g).map((p) => [round(p.slice(0, 3) / 999), round(p.slice(3) / 999)]));
}

// The fewest points that keep a stroke within 1/300 of the pad (Douglas and Peucker, 1973).
function thin(points) {
  if (points.length < 3) return points;
  const [a, b] = [points[0], points[points.length - 1]];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  let [farthest, at] = [0, 0];
  points.forEach((p, i) => {
    const off = length
      ? Math.abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / length
      : Math.hypot(p[0] - a[0], p[1] - a[1]);
    if (off > farthest) [farthest, at] = [off, i];
  });
  if (farthest < 1 / 300) return [a, b];
  return [...thin(points.slice(0, at + 1)).slice(0, -1), ...thin(points.slice(at))];
}

async function share() {
  if (isBlank()) return tell("share_nothing");
  if (!drawing.strokes) return tell("share_only_strokes");
  history.replaceState(null, "", `#draw=${encode(drawing.strokes)}`);
  try { await navigator.clipboard.writeText(location.href); tell("share_copied"); } catch { tell("share_shown"); }
}

function fromLink() {
  const link = /^#draw=(.*)$/.exec(location.hash)?.[1];
  if (link === undefined) return null;
  const strokes = decode(link);
  if (!strokes) tell("share_broken");
  return { strokes: strokes || [] };
}

let telling = null;
function tell(key) {
  clearTimeout(telling);
  note.textContent = digits.text(key);
  telling = setTimeout(() => { note.textContent = ""; }, 6000);
}

// ---- buttons, and what other rooms want ------------------------------------------------------------

const pickFile = (name) => () => element.querySelector(`input[data-for="${name}"]`).click();
const deeds = { undo, redo, clear, share, picture: pickFile("picture"), camera: pickFile("camera") };
for (const [name, deed] of Object.entries(deeds)) button(name).addEventListener("click", deed);

digits.on("load", (next) => { stroke = cursor = null; replace(next); });
digits.on("choice", ask);
digits.on("language", () => { digits.fill(element); ask(); });
digits.on("look", drawSoon);
new ResizeObserver(drawSoon).observe(canvas);
watch("value", () => { stroke = null; replace(props.value || BLANK); });

function begin() {
  let kept = null;
  try { kept = JSON.parse(sessionStorage.getItem("digits-drawing")); } catch { /* nothing kept */ }
  digits.fill(element);
  change(fromLink() || (kept && (Array.isArray(kept.strokes) || kept.pixels) ? kept : BLANK));
}
window.addEventListener("hashchange", () => { const linked = fromLink(); if (linked) replace(linked); });
begin();
