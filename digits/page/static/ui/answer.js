// The answer: the digit in large type, what to say about it, ten bars, and who answered.
//
// Listens to the pad's readings (digits/pad.js). Every number has its place and keeps it: nothing
// moves when digits change.
const digit = element.querySelector(".answer-digit");
const line = element.querySelector(".answer-line");
const why = element.querySelector(".answer-why");
const by = element.querySelector(".answer-by");
const spoken = element.querySelector(".spoken");
const bars = [...element.querySelectorAll(".bar")];
const root = element.querySelector(".answer");

// As in the sentence above the bars: nothing is rounded up to "certain".
const wholePercent = (value) => Math.min(99, Math.round(100 * value));

function showBars(probabilities, label) {
  bars.forEach((bar, i) => {
    const value = probabilities ? probabilities[i] : 0;
    bar.style.setProperty("--share", value);
    bar.classList.toggle("first", i === label);
    bar.querySelector(".bar-number").textContent = value >= 0.005 ? wholePercent(value) : "";
    bar.setAttribute("aria-valuenow", wholePercent(value));
  });
}

function showBy({ network, backend, device }, ms) {
  const names = { onnx: "onnxruntime", torch: "torch" };
  const name = network === "yours" ? digits.text("network_yours") : network;
  by.textContent = digits.text("by", { network: name, backend: names[backend] || backend, device, ms });
}

let speaking = null;
function speak(words) {   // a screen reader hears the answer when the pen rests, not 30 times a second
  clearTimeout(speaking);
  speaking = setTimeout(() => { if (spoken.textContent !== words) spoken.textContent = words; }, 700);
}

digits.on("reading", (reading) => {
  root.dataset.state = reading.problem ? "problem" : reading.blank ? "blank" : reading.sure ? "sure" : "unsure";
  digit.textContent = reading.problem || reading.blank ? "" : reading.label;
  line.textContent = reading.problem || reading.line;
  why.textContent = reading.problem ? "" : reading.why;
  showBars(reading.probabilities, reading.label);
  if (reading.ms) showBy(reading.by, reading.ms);
  else by.textContent = "\u00a0";
  root.dataset.serial = reading.serial;
  speak(`${line.textContent} ${why.textContent}`);
});
digits.on("language", () => digits.fill(element.querySelector(".answer")));
digits.fill(element);
for (const words of [line, why]) delete words.dataset.text;   // from now on the readings fill these
