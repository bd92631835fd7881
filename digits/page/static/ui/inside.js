// Inside: every step from 784 pixels to ten probabilities, with the numbers of the drawing on the pad.
//
// The weights of the network that answers are fetched once (digits/reading.py, look_inside); the sums are
// done here again for each drawing, in the same order as in the network, so that every number on the
// page is one that was really used. Listens to the pad's readings; a hidden tab does nothing.
const root = element.querySelector(".inside");
const picture = element.querySelector(".net");
const part = (name) => element.querySelector(`.${name}`);

const STRONGEST = 5;      // terms of a sum that are written out
const LINKS = 14;         // connections drawn to the node that was clicked

let network = null;       // {sizes, activation, temperature, layers: [{weight, bias}]} as numbers
let fetched = "";         // which network those weights are
let run = null;           // {values: [pixels, layer 1, ...], sums: [null, sums 1, ...], probabilities}
let chosen = null;        // {layer, node} whose sum is shown
let places = [];          // where the nodes of each layer are drawn

// ---- the network itself ----------------------------------------------------------------------------

const ACTIVATIONS = {
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
};
const NAMES = { relu: "ReLU", tanh: "tanh", sigmoid: "sigmoid", gelu: "GELU" };

// Abramowitz and Stegun 7.1.26, right to 1.5e-7.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}

function floats(packed) {
  return new Float32Array(digits.unpack(packed).buffer);
}

function feed(pixels) {
  const act = ACTIVATIONS[network.activation];
  const values = [pixels], sums = [null];
  network.layers.forEach(({ weight, bias }, i) => {
    const inputs = values[i], sum = new Float32Array(bias.length);
    for (let node = 0; node < bias.length; node++) {
      let total = bias[node];
      const row = node * inputs.length;
      for (let k = 0; k < inputs.length; k++) total += weight[row + k] * inputs[k];
      sum[node] = total;
    }
    sums.push(sum);
    values.push(i < network.layers.length - 1 ? sum.map(act) : sum);
  });
  const last = sums[sums.length - 1];
  const powers = Array.from(last, (z) => Math.exp(z / network.temperature));
  const total = powers.reduce((a, b) => a + b);
  return { values, sums, powers, total, probabilities: powers.map((power) => power / total) };
}

async function fetchNetwork({ by }) {
  const wanted = `${by.network}/${by.version}`;
  if (fetched === wanted) return;
  fetched = wanted;
  const told = await server.look_inside({ ...digits.choice, visit: digits.visit }).catch(() => ({ problem: digits.text("offline") }));
  if (told.problem) { fetched = ""; network = null; part("inside-lead").textContent = told.problem; return; }
  const layers = told.layers.map(({ weight, bias }) => ({ weight: floats(weight), bias: floats(bias) }));
  network = { ...told, layers };
  if (chosen && !(chosen.node < network.sizes[chosen.layer])) chosen = null;
  part("inside-lead").textContent = digits.text("inside_lead");
  makeTables();
}

// ---- numbers as text -------------------------------------------------------------------------------

const minus = (words) => words.replace("-", "\u2212");
const number = (value) => minus(Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(2));
const large = (value) => (value >= 1e7 || (value && value < 0.001)) ? minus(value.toExponential(1))
  : value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(3);
const share = (value) => `${(100 * value).toFixed(2)} %`;

// ---- the picture of the network --------------------------------------------------------------------

// How to pack `count` nodes into a box: the columns that make them largest.
function pack(count, width, height) {
  let best = { cell: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns++) {
    const cell = Math.min(width / columns, height / Math.ceil(count / columns), 24);
    if (cell > best.cell + 1e-6) best = { cell, columns };
  }
  return best;
}

function lay(width, height) {
  const small = width < 480, top = 22, tall = height - top - 6;
  const image = small ? 58 : Math.min(130, width * 0.19);
  const strip = { left: image + (small ? 12 : 26), width: small ? 8 : 12, top, height: tall };
  const outputs = small ? 44 : 92;
  const hidden = network.sizes.slice(1, -1);
  const start = strip.left + strip.width, end = width - outputs;
  const gap = small ? 12 : 30;
  const room = (end - start - gap * (hidden.length + 1)) / hidden.length;
  places = [null];
  hidden.forEach((count, i) => {
    const { cell, columns } = pack(count, room, tall);
    const rows = Math.ceil(count / columns);
    const left = start + gap + i * (room + gap) + (room - cell * columns) / 2;
    places.push({ left, top: top + (tall - cell * rows) / 2, cell, columns, rows, count });
  });
  const cell = tall / 10;
  places.push({ left: end, top, cell, columns: 1, rows: 10, count: 10, radius: Math.min(12, cell * 0.36) });
  return { image, strip, tall, top, small };
}

function centre(layer, node, shape) {
  if (layer === 0) return [shape.strip.left + shape.strip.width, shape.strip.top + ((node + 0.5) / 784) * shape.strip.height];
  const place = places[layer];
  if (layer === places.length - 1) return [place.left + (place.radius ?? 8), place.top + (node + 0.5) * place.cell];
  return [place.left + ((node % place.columns) + 0.5) * place.cell, place.top + (Math.floor(node / place.columns) + 0.5) * place.cell];
}

function drawNet() {
  const { pen, width, height } = digits.sharpen(picture);
  if (width < 200) return;   // a tab that is just opening has no width yet
  const shape = lay(width, height);
  const colours = { ink: digits.colour("ink"), line: digits.colour("line"), muted: digits.colour("muted"),
    accent: digits.colour("accent"), cold: digits.colour("cold"), sheet: digits.colour("sheet") };
  drawInput(pen, shape, colours);
  if (chosen) drawLinks(pen, shape, colours);
  for (let layer = 1; layer < places.length - 1; layer++) drawLayer(pen, layer, shape, colours);
  drawOutputs(pen, shape, colours);
  drawCaptions(pen, shape, colours, width);
}

function drawInput(pen, { image, strip, top, tall }, colours) {
  const side = image / 28, middle = top + tall / 2 - image / 2;
  pen.fillStyle = colours.sheet;
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1;
  pen.fillRect(0.5, middle, image, image);
  pen.strokeRect(0.5, middle, image, image);
  digits.paint(pen, run.image, 0.5, middle, side);
  pen.beginPath();
  pen.moveTo(image, middle); pen.lineTo(strip.left, strip.top);
  pen.moveTo(image, middle + image); pen.lineTo(strip.left, strip.top + strip.height);
  pen.stroke();
  pen.fillStyle = colours.sheet;
  pen.fillRect(strip.left, strip.top, strip.width, strip.height);
  const ink = digits.rgb("ink");
  digits.stamp(pen, 1, 784, (i) => [...ink, 255 * run.values[0][i]], strip.left, strip.top, strip.width, strip.height / 784);
  pen.strokeRect(strip.left, strip.top, strip.width, strip.height);
}

function drawLayer(pen, layer, shape, colours) {
  const values = run.values[layer], { cell, count } = places[layer];
  let most = 1e-6;
  for (const value of values) most = Math.max(most, Math.abs(value));
  const radius = Math.max(1, cell * 0.4);
  for (let node = 0; node < count; node++) {
    const [x, y] = centre(layer, node, shape);
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fillStyle = colours.line;
    pen.fill();
    pen.globalAlpha = Math.abs(values[node]) / most;
    pen.fillStyle = values[node] >= 0 ? colours.accent : colours.cold;
    pen.fill();
    pen.globalAlpha = 1;
    if (chosen?.layer === layer && chosen.node === node) ring(pen, x, y, radius + 2, colours);
  }
}

function ring(pen, x, y, radius, colours) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 2;
  pen.stroke();
}

function drawOutputs(pen, shape, colours) {
  const layer = places.length - 1, { radius } = places[layer];
  const likeliest = run.probabilities.indexOf(Math.max(...run.probabilities));
  pen.textBaseline = "middle";
  for (let node = 0; node < 10; node++) {
    const [x, y] = centre(layer, node, shape), probability = run.probabilities[node];
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fillStyle = colours.line;
    pen.fill();
    pen.globalAlpha = probability;
    pen.fillStyle = colours.accent;
    pen.fill();
    pen.globalAlpha = 1;
    if (chosen?.layer === layer && chosen.node === node) ring(pen, x, y, radius + 2, colours);
    pen.fillStyle = node === likeliest ? colours.accent : colours.ink;
    pen.font = `${node === likeliest ? 650 : 400} 14px ${font()}`;
    pen.fillText(String(node), x + radius + 6, y);
    if (shape.small) continue;
    pen.fillStyle = colours.muted;
    pen.font = `400 12px ${font()}`;
    pen.fillText(`${Math.min(99, Math.round(100 * probability))} %`, x + radius + 22, y);
  }
}

let family = "";
const font = () => (family ||= getComputedStyle(picture).fontFamily);

function drawCaptions(pen, { image, small }, colours, width) {
  pen.font = `400 ${small ? 11 : 12}px ${font()}`;
  pen.fillStyle = colours.muted;
  pen.textBaseline = "alphabetic";
  if (!small) pen.fillText("28 × 28", 0, 12);
  pen.fillText("784", image + (small ? 4 : 22), 12);
  for (let layer = 1; layer < places.length; layer++) {
    const { left, cell, columns, count } = places[layer];
    const words = String(count);
    const middle = left + (cell * columns) / 2;
    pen.fillText(words, layer === places.length - 1 ? left : middle - pen.measureText(words).width / 2, 12);
  }
}

// The strongest terms w * x of a node's sum, and what all the others add up to.
function terms({ layer, node }) {
  const inputs = run.values[layer - 1], { weight } = network.layers[layer - 1];
  const row = node * inputs.length;
  const sizes = inputs.map((x, i) => Math.abs(weight[row + i] * x));
  const least = Float32Array.from(sizes).sort()[Math.max(0, sizes.length - LINKS)];
  const strongest = [];
  sizes.forEach((size, i) => {
    if (size >= least) strongest.push({ i, x: inputs[i], w: weight[row + i], part: weight[row + i] * inputs[i] });
  });
  strongest.sort((a, b) => Math.abs(b.part) - Math.abs(a.part));
  return { strongest: strongest.slice(0, LINKS), count: inputs.length };
}

function drawLinks(pen, shape, colours) {
  const [x, y] = centre(chosen.layer, chosen.node, shape);
  const strongest = run.terms.strongest.filter(({ part: size }) => size);
  const most = Math.abs(strongest[0]?.part || 1);
  for (const { i, part: size } of strongest) {
    const [fromX, fromY] = centre(chosen.layer - 1, i, shape);
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.bezierCurveTo((fromX + x) / 2, fromY, (fromX + x) / 2, y, x, y);
    pen.globalAlpha = 0.15 + 0.7 * Math.abs(size) / most;
    pen.strokeStyle = size > 0 ? colours.accent : colours.cold;
    pen.lineWidth = 1.4;
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

// ---- one node: its sum, its weights, its activation ------------------------------------------------

const nodeRows = [], softmaxRows = [];

function row(table, cells, kind = "td") {
  const line = table.insertRow();
  return cells.map(() => line.appendChild(document.createElement(kind)));
}

function makeTables() {
  const sum = part("node-sum").tBodies[0], softmax = part("softmax-table");
  sum.replaceChildren();
  nodeRows.length = softmaxRows.length = 0;
  for (let i = 0; i < STRONGEST + 4; i++) nodeRows.push(row(sum, [0, 0, 0]));
  nodeRows[STRONGEST + 2][0].parentNode.className = nodeRows[STRONGEST + 3][0].parentNode.className = "total";
  softmax.tBodies[0].replaceChildren();
  for (let i = 0; i < 11; i++) softmaxRows.push(row(softmax.tBodies[0], [0, 0, 0, 0]));
  softmaxRows[10][0].parentNode.className = "total";
  softmaxRows.slice(0, 10).forEach(([name], i) => { name.textContent = i; });
  nameHeads();
}

function nameHeads() {
  const hot = network && network.temperature !== 1;
  part("softmax-exp").textContent = hot ? `exp(z ÷ ${network.temperature.toFixed(2)})` : "exp(z)";
  part("softmax-why").textContent = digits.text(hot ? "softmax_tempered" : "softmax_why", { temperature: network?.temperature.toFixed(2) });
}

function showNode() {
  const { layer, node } = chosen, last = layer === network.layers.length;
  const values = { layer, node: last ? node : node + 1 };
  part("node-name").textContent = digits.text(last ? "node_output" : "node_hidden", values);
  const strong = run.terms.strongest.slice(0, STRONGEST);
  const bias = network.layers[layer - 1].bias[node], sum = run.sums[layer][node];
  const rest = sum - bias - strong.reduce((total, { part: size }) => total + size, 0);
  strong.forEach(({ i, x, w, part: size }, at) => {
    const from = digits.text(layer === 1 ? "node_pixel" : "node_from", { node: i + 1, row: Math.floor(i / 28) + 1, column: (i % 28) + 1 });
    fill(nodeRows[at], [from, `${number(w)} × ${number(x)}`, number(size)]);
  });
  fill(nodeRows[STRONGEST], [digits.text("node_rest", { count: run.terms.count - STRONGEST }), "", number(rest)]);
  fill(nodeRows[STRONGEST + 1], [digits.text("node_bias"), "", number(bias)]);
  fill(nodeRows[STRONGEST + 2], [digits.text("node_sum"), "", number(sum)]);
  const act = ACTIVATIONS[network.activation];
  fill(nodeRows[STRONGEST + 3], last
    ? [digits.text("node_to_softmax"), "", number(sum)]
    : [NAMES[network.activation], network.activation === "relu" ? `max(0, ${number(sum)})` : `${network.activation}(${number(sum)})`, number(act(sum))]);
  part("node-said").textContent = digits.text(last ? "said_output" : network.activation !== "relu" ? "said_other" : sum > 0 ? "said_on" : "said_off", { activation: NAMES[network.activation] });
}

function fill(cells, words) {
  cells.forEach((cell, i) => { if (cell.textContent !== words[i]) cell.textContent = words[i]; });
}

// The first layer looks at pixels, so its weights are a picture: warm where ink counts for the node.
function showWeights(layer, node) {
  const figures = part("node-pictures");
  figures.classList.toggle("later", layer !== 1);
  if (layer !== 1) return;
  const weights = network.layers[0].weight.subarray(node * 784, node * 784 + 784);
  drawSigned(part("node-weights"), weights);
  drawSigned(part("node-product"), weights.map((w, i) => w * run.values[0][i]));
}

function drawSigned(canvas, values) {
  const { pen, width: side } = digits.sharpen(canvas);
  const warm = digits.rgb("accent"), cold = digits.rgb("cold");
  let most = 1e-6;
  for (const value of values) most = Math.max(most, Math.abs(value));
  const colourOf = (i) => [...(values[i] > 0 ? warm : cold), 255 * Math.abs(values[i]) / most];
  digits.stamp(pen, 28, 28, colourOf, 0, 0, side / 28, side / 28);
}

// ---- activation functions --------------------------------------------------------------------------

const LEVELLING = [ACTIVATIONS.tanh, ACTIVATIONS.sigmoid];   // far out there is nothing more to see

function drawCurve(canvas, act, at) {
  const { pen, width, height } = digits.sharpen(canvas);
  let far = 4;   // the curve is drawn from -far to far, far enough for the sum
  while (Math.abs(at) > 0.9 * far && !LEVELLING.includes(act)) far *= 2;
  const [low, high, bottom, top] = [-far, far, Math.min(-1.5, -0.2 * far), far];
  const x = (value) => ((value - low) / (high - low)) * width;
  const y = (value) => height - ((value - bottom) / (top - bottom)) * height;
  pen.strokeStyle = digits.colour("line");
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(0, y(0)); pen.lineTo(width, y(0));
  pen.moveTo(x(0), 0); pen.lineTo(x(0), height);
  pen.stroke();
  pen.strokeStyle = digits.colour("ink");
  pen.lineWidth = 2;
  pen.beginPath();
  for (let step = 0; step <= 80; step++) {
    const value = low + (step / 80) * (high - low);
    pen[step ? "lineTo" : "moveTo"](x(value), y(act(value)));
  }
  pen.stroke();
  const inside = Math.min(high, Math.max(low, at));
  pen.beginPath();
  pen.arc(x(inside), Math.min(height - 4, Math.max(4, y(act(inside)))), 5, 0, 7);
  pen.fillStyle = digits.colour("accent");
  pen.fill();
}

function drawCurves() {
  const { layer, node } = chosen, sum = run.sums[layer][node];
  drawCurve(part("node-curve"), layer === network.layers.length ? (x) => x : ACTIVATIONS[network.activation], sum);
  for (const canvas of element.querySelectorAll("[data-curve]")) drawCurve(canvas, ACTIVATIONS[canvas.dataset.curve], sum);
}

// ---- softmax ---------------------------------------------------------------------------------------

function showSoftmax() {
  const z = run.sums[run.sums.length - 1];
  const likeliest = run.probabilities.indexOf(Math.max(...run.probabilities));
  for (let i = 0; i < 10; i++) {
    fill(softmaxRows[i].slice(1), [number(z[i]), large(run.powers[i]), share(run.probabilities[i])]);
    softmaxRows[i][0].parentNode.classList.toggle("first", i === likeliest);
  }
  fill(softmaxRows[10], [digits.text("softmax_sum"), "", large(run.total), share(1)]);
}

// ---- when things happen ----------------------------------------------------------------------------

async function show(reading) {
  if (!reading?.image || !picture.offsetParent) return;
  await fetchNetwork(reading);
  reading = digits.last("reading");   // fetching takes a while, and the pen may have moved on
  if (!network || !reading.image) return;
  run = { ...feed(Float32Array.from(digits.unpack(reading.image.bytes), (byte) => byte / 255)), image: reading.image };
  chosen ||= { layer: 1, node: run.values[1].indexOf(Math.max(...run.values[1])) };
  run.terms = terms(chosen);
  drawNet();        // all canvases first: they ask for sizes, which is slow once the text has changed
  showWeights(chosen.layer, chosen.node);
  drawCurves();
  showNode();
  showSoftmax();
  root.dataset.serial = reading.serial;
}
const again = () => show(digits.last("reading"));

function choose(layer, node) {
  chosen = { layer, node };
  again();
}

picture.addEventListener("click", (event) => {
  if (!run) return;
  const box = picture.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const shape = lay(box.width, box.height);
  let nearest = { away: 28 };
  for (let layer = 1; layer < places.length; layer++) {
    for (let node = 0; node < places[layer].count; node++) {
      const [left, top] = centre(layer, node, shape);
      const away = Math.hypot(left - x, top - y);
      if (away < nearest.away) nearest = { layer, node, away };
    }
  }
  if (nearest.layer) choose(nearest.layer, nearest.node);
});

picture.addEventListener("keydown", (event) => {
  if (!run || !chosen) return;
  const { columns, count } = places[chosen.layer];
  const moves = { ArrowDown: columns, ArrowUp: -columns };
  let { layer, node } = chosen;
  if (event.key in moves) node += moves[event.key];
  else if (event.key === "ArrowRight") { if ((node + 1) % columns && node + 1 < count) node += 1; else layer += 1; }
  else if (event.key === "ArrowLeft") { if (node % columns) node -= 1; else layer -= 1; }
  else return;
  event.preventDefault();
  layer = Math.min(places.length - 1, Math.max(1, layer));
  choose(layer, Math.min(places[layer].count - 1, Math.max(0, node)));
});

digits.on("reading", show);
digits.on("look", again);
digits.on("language", () => { digits.fill(element); if (network) nameHeads(); again(); });
new ResizeObserver(again).observe(picture);
digits.fill(element);
