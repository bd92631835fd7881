// Who answers: network, backend and device, and both backends side by side.
//
// The value is {names, network, backend, device}: Python sets it to offer another network ("yours",
// after a training) or to choose one, and reads the visitor's choice from it.
const [network, backend, device] = element.querySelectorAll("select");
const compare = element.querySelector("button");
const lines = element.querySelector(".compare-lines");
const PACKAGES = { onnx: "onnxruntime", torch: "torch" };

const nameOf = (name) => (name === "yours" ? digits.text("network_yours") : name);

function offer(select, names, chosen, label = (name) => name) {
  select.replaceChildren(...names.map((name) => new Option(label(name), name, false, name === chosen)));
  select.disabled = names.length < 2;
}

function show() {
  const { names, network: chosen, backends, backend: asked } = props.value;
  offer(network, names, chosen, nameOf);
  offer(backend, chosen === "yours" ? ["torch"] : backends, asked, (name) => PACKAGES[name]);
  if (chosen === "yours") backend.disabled = true;
  compare.hidden = backends.length < 2 || chosen === "yours";
}

function choose() {
  const { network: name, backend: engine, device: where } = props.value;
  digits.choice = { network: name, backend: engine, device: where };
  if (name !== "yours") digits.shipped = name;   // what "back to ..." goes back to
  digits.say("choice", digits.choice);
}

function pick(change) {
  props.value = { ...props.value, ...change };
  show();
  choose();
  trigger("input");
}

network.addEventListener("change", () => pick({ network: network.value }));
backend.addEventListener("change", () => pick({ backend: backend.value, device: "auto" }));
device.addEventListener("change", () => pick({ device: device.value }));
watch("value", () => { show(); choose(); });
digits.on("network-wanted", (name) => { if (props.value.names.includes(name)) pick({ network: name }); });

digits.on("reading", ({ by }) => {
  if (!by) return;
  const current = [...device.options].map((option) => option.value).join();
  if (current !== by.devices.join()) offer(device, by.devices, by.device);
  device.value = by.device;
});

compare.addEventListener("click", async () => {
  compare.disabled = true;
  const question = { ...digits.choice, language: digits.language, drawing: digits.last("sent") };
  let told;
  try { told = await server.compare(question); } catch { told = { problem: digits.text("offline") }; }
  lines.replaceChildren(...(told.lines || [told.problem]).map((words) => {
    const item = document.createElement("li");
    item.textContent = words;
    return item;
  }));
  compare.disabled = false;
});

digits.on("language", () => { digits.fill(element); show(); });
digits.fill(element);
show();
choose();
