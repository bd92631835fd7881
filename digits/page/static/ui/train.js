// The settings of a training and the buttons Train and Stop.
//
// `props.limits`, `props.presets`, `props.torch` come from Python (digits/train_layout.py). Train sets the
// component's value to the order and triggers "submit"; the server checks it again. What comes of it
// is shown by digits/run.js, which says "training" when one begins and ends.
const form = element.querySelector("form");
const field = (name) => form.elements[name];
const [go, stop] = [form.querySelector(".go"), form.querySelector(".stop")];
const start = form.querySelector(".start");
const shape = form.querySelector(".shape");
const note = form.querySelector(".data-note");
const NUMBERS = ["epochs", "batch_size", "learning_rate", "layers", "width", "train_images", "seed"];

let running = false;
let stock = null;   // what digits there are to train on

const { number } = digits;
const hidden = () => Array(Math.max(0, Math.min(9, Math.round(field("layers").value)))).fill(Number(field("width").value));

function setPreset(name) {
  const preset = props.presets[name];
  for (const [key, value] of Object.entries(preset)) field(key).value = value;
  for (const button of form.querySelectorAll("[data-preset]")) button.setAttribute("aria-pressed", button.dataset.preset === name);
  form.dataset.preset = name;
  show();
}

const isOutside = (name) => {
  const value = field(name).valueAsNumber, [low, high] = props.limits[name];
  return !(value >= low && value <= high);
};

// The order as the fields say it; a field that holds no number is sent as it is, for the server to name.
function order() {
  const asked = { preset: form.dataset.preset, hidden: hidden(), activation: field("activation").value };
  for (const name of NUMBERS) asked[name] = Number.isNaN(field(name).valueAsNumber) ? field(name).value : field(name).valueAsNumber;
  delete asked.layers;
  delete asked.width;
  asked.go_on = !start.hidden && field("start").value === "go_on";
  return asked;
}

function show() {
  const sizes = [784, ...hidden(), 10];
  let weights = 0;
  for (let i = 1; i < sizes.length; i++) weights += (sizes[i - 1] + 1) * sizes[i];
  const outside = NUMBERS.find(isOutside);
  for (const name of NUMBERS) field(name).setAttribute("aria-invalid", isOutside(name));
  shape.classList.toggle("wrong", Boolean(outside));
  if (outside) {
    const [low, high] = props.limits[outside];
    shape.textContent = digits.text("train_range", { name: digits.text(`train_${outside === "train_images" ? "images" : outside}`), low: number(low), high: number(high) });
    return;
  }
  const images = Math.min(field("train_images").valueAsNumber, stock?.trained ?? Infinity);
  const steps = field("epochs").valueAsNumber * Math.ceil(images / field("batch_size").valueAsNumber);
  const arrows = document.createElement("b");
  arrows.textContent = sizes.join(" → ");
  shape.replaceChildren(arrows, " · ", digits.text("train_weights", { count: number(weights) }), " · ", digits.text("train_steps", { count: number(steps) }));
}

function showStock() {
  note.textContent = "";
  if (!props.torch) note.textContent = digits.text("train_no_torch");
  else if (stock?.problem) note.textContent = stock.problem;
  else if (stock) {
    const key = { mnist: "train_data_mnist", bundled: "train_data_bundled" }[stock.source] || "train_data_own";
    note.textContent = digits.text(key, { trained: number(stock.trained), tested: number(stock.tested) });
  }
}

function setRunning(now) {
  running = now;
  go.disabled = running || !props.torch;
  stop.disabled = !running;
  form.classList.toggle("running", running);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running || !props.torch) return;
  setRunning(true);
  digits.say("training", { state: "sent" });
  props.value = order();
  trigger("submit");
});
stop.addEventListener("click", () => {
  stop.disabled = true;
  server.stop({ visit: digits.visit });
});
form.addEventListener("input", (event) => {
  if (["epochs", "batch_size", "learning_rate"].includes(event.target.name)) {
    for (const button of form.querySelectorAll("[data-preset]")) button.setAttribute("aria-pressed", "false");
  }
  show();
});
for (const button of form.querySelectorAll("[data-preset]")) button.addEventListener("click", () => setPreset(button.dataset.preset));

digits.on("training", ({ state }) => setRunning(["sent", "waiting", "loading", "running"].includes(state)));
digits.on("own", (has) => { start.hidden = !has; });
digits.on("language", () => { digits.fill(element); show(); showStock(); });

// Which digits there are is asked when the tab is first seen: reading them takes a few seconds.
async function prepare() {
  if (stock || !props.torch) return;
  try { stock = await server.prepare({}); } catch { return; }
  if (stock.trained) field("train_images").value = Math.min(field("train_images").valueAsNumber || stock.trained, stock.trained);
  show();
  showStock();
}
new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) prepare(); }).observe(form);

digits.fill(element);
setPreset("tutorial");
showStock();
setRunning(false);
