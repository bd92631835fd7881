// Sample digits that load with one click: real ones from MNIST's test images and hard ones.
//
// The value is digits/samples.json. On the pad, the keys 0 to 9 step through the samples of a digit.
const { real, hard } = props.value;
const rows = element.querySelectorAll(".sample-row");

const asDrawing = (sample) => (sample.pixels ? { pixels: sample.pixels } : { strokes: sample.strokes });

function drawThumb(canvas, sample) {
  const { pen, width: side } = digits.sharpen(canvas);
  if (sample.pixels) { digits.paint(pen, { bytes: sample.pixels, width: 28 }, 0, 0, side / 28); return; }
  pen.strokeStyle = digits.colour("ink");
  pen.lineCap = pen.lineJoin = "round";
  pen.lineWidth = 0.06 * side;
  for (const points of sample.strokes) {
    pen.beginPath();
    points.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x * side, y * side));
    pen.stroke();
  }
}

const thumbs = [];
function add(row, sample) {
  const button = document.createElement("button");
  const canvas = document.createElement("canvas");
  button.type = "button";
  button.append(canvas);
  button.addEventListener("click", () => digits.say("load", asDrawing(sample)));
  row.append(button);
  thumbs.push({ button, canvas, sample });
}
for (const sample of real) add(rows[0], sample);
for (const sample of hard) add(rows[1], sample);

function name() {
  digits.fill(element);
  for (const { button, sample } of thumbs) {
    const words = sample.name ? digits.text(`sample_${sample.name}`) : digits.text("sample_real", sample);
    button.setAttribute("aria-label", words);
    button.title = words;
  }
}
const draw = () => { for (const { canvas, sample } of thumbs) drawThumb(canvas, sample); };

const turn = {};   // digit -> how many of its samples were shown
digits.on("sample-wanted", (label) => {
  const fitting = [...real, ...hard].filter((sample) => sample.label === label);
  turn[label] = (turn[label] ?? -1) + 1;
  digits.say("load", asDrawing(fitting[turn[label] % fitting.length]));
});
digits.on("language", name);
digits.on("look", draw);
new ResizeObserver(draw).observe(rows[0]);
name();
