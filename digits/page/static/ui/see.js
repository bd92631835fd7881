// What the network sees: the drawing in its box, the box scaled to 20 x 20, that centred in 28 x 28.
//
// Listens to the pad's readings; the switch "just shrink it" shows what most demos do instead.
const [drawn, small, image] = element.querySelectorAll("canvas");
const note = element.querySelector(".see-note");
const shrink = element.querySelector("input");
const smallStep = element.querySelector(".see-small");
const imageName = element.querySelector(".see-image [data-text]");

function drawDrawing({ drawing, box }) {
  const { pen, width: side } = digits.sharpen(drawn);
  pen.strokeStyle = digits.colour("ink");
  pen.lineCap = pen.lineJoin = "round";
  pen.lineWidth = 0.03 * side;
  for (const points of drawing?.strokes || []) {
    pen.beginPath();
    points.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x * side, y * side));
    if (points.length === 1) pen.lineTo(points[0][0] * side + 0.1, points[0][1] * side);
    pen.stroke();
  }
  if (drawing?.pixels) digits.paint(pen, { bytes: drawing.pixels, width: 28 }, 0, 0, side / 28);
  if (drawing?.image) {
    const scale = side / Math.max(drawing.image.width, drawing.image.height);
    const [w, h] = [drawing.image.width * scale, drawing.image.height * scale];
    pen.drawImage(drawing.image, (side - w) / 2, (side - h) / 2, w, h);
  }
  if (!box) return;
  const [left, top, right, bottom] = box.map((part) => part * side);
  pen.strokeStyle = digits.colour("accent");
  pen.lineWidth = 1.5;
  pen.strokeRect(left, top, right - left, bottom - top);
}

function drawSmall(reading) {
  const { pen, width: side } = digits.sharpen(small);
  if (!reading.box) return;
  const step = side / 28, { width, height } = reading.small;   // same scale as the 28 x 28 beside it
  const left = (28 - width) / 2 * step, top = (28 - height) / 2 * step;
  digits.paint(pen, reading.small, left, top, step);
  pen.strokeStyle = digits.colour("accent");
  pen.lineWidth = 1.5;
  pen.strokeRect(left, top, width * step, height * step);
}

function drawImage(reading) {
  const { pen, width: side } = digits.sharpen(image);
  const step = side / 28;
  digits.paint(pen, reading.image, 0, 0, step);
  pen.fillStyle = digits.colour("line");
  for (let i = 1; i < 28; i++) {
    pen.fillRect(i * step, 0, 0.5, side);
    pen.fillRect(0, i * step, side, 0.5);
  }
}

function showNote({ prepared, label, percent, drawing }) {
  if (!digits.shrink) return digits.text("see_lead");
  if (!prepared) return digits.text(drawing?.pixels || drawing?.picture ? "shrink_not_here" : "see_lead");
  const names = { label, percent, other: prepared.label, other_percent: prepared.percent };
  return digits.text(prepared.label === label ? "shrink_same" : "shrink_differs", names);
}

function show(reading) {
  if (!reading || reading.problem || !drawn.offsetParent) return;   // a hidden tab costs nothing
  drawDrawing(reading);
  drawSmall(reading);
  drawImage(reading);
  note.textContent = showNote(reading);
}

shrink.addEventListener("change", () => {
  digits.shrink = shrink.checked;
  smallStep.classList.toggle("skipped", shrink.checked);
  imageName.dataset.text = shrink.checked ? "see_shrunk" : "see_image";
  digits.fill(element);
  digits.say("choice", digits.choice);
});
digits.on("reading", show);
digits.on("look", () => show(digits.last("reading")));
digits.on("language", () => { digits.fill(element); show(digits.last("reading")); });
new ResizeObserver(() => show(digits.last("reading"))).observe(drawn);
digits.fill(element);
