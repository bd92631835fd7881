// Who answers: network, backend and device, and both backends side by side.
//
// The value is {names, network, backend, device}: the server sets it to offer another network ("yours",
// after a training) or to choose one, and reads the visitor's choice from it.

import { problemOf } from "../services/answers.js";
import { follow } from "../services/follow.js";
import { aboutNetwork, entryOf, inWords, isOwn } from "../services/names.js";
import { credentials } from "../services/session.js";
import { choose, state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { find, make } from "./dom.js";

/** @typedef {import("../services/messages.js").Picked} Picked */
/** @typedef {import("../services/messages.js").By} By */

const PACKAGES = /** @type {Record<string, string>} */ ({ onnx: "onnxruntime", torch: "torch" });

/** @param {import("../hosts/gradio.js").Host<Picked>} host */
export function mount(host) {
  const { element } = host;
  const select = (/** @type {string} */ name) => find(element, `select[name=${name}]`, HTMLSelectElement);
  const [network, backend, device] = [select("network"), select("backend"), select("device")];
  const compare = find(element, "button", HTMLButtonElement);
  const lines = find(element, ".compare-lines");

  function show() {
    const { network: chosen, backends, backend: asked } = host.value;
    const hasTorchAlone = isOwn(chosen);
    offerNetworks(network, chosen);
    const name = (/** @type {string} */ backend) => PACKAGES[backend] ?? backend;
    offer(backend, hasTorchAlone ? ["torch"] : backends, hasTorchAlone ? "torch" : asked, name);
    compare.hidden = backends.length < 2 || hasTorchAlone;
    const entry = entryOf(chosen);
    find(element, ".picker-about").textContent = entry ? aboutNetwork(entry) : "";
  }

  function tellChoice() {
    const { network: name, backend: engine, device: where } = host.value;
    lines.replaceChildren(); // what was compared was another network
    choose({ network: name, backend: engine, device: where });
  }

  /** @param {Partial<Picked>} change */
  function pick(change) {
    host.value = { ...host.value, ...change, ...credentials() };
    show();
    tellChoice();
    host.emit("input");
  }

  network.addEventListener("change", () => pick({ network: network.value }));
  backend.addEventListener("change", () => pick({ backend: backend.value, device: "auto" }));
  device.addEventListener("change", () => pick({ device: device.value }));
  function tellNetworks() {
    const { networks } = host.value;
    state.set(
      "networks",
      networks.filter(({ kind }) => kind === "shipped"),
    );
    const own = networks.filter(({ kind }) => kind !== "shipped");
    if (own.length) state.set("own", own);
  }

  host.watch(() => {
    tellNetworks();
    show();
    tellChoice();
  });
  state.subscribe("choice", ({ network: wanted }) => {
    if (wanted && wanted !== host.value.network && entryOf(wanted)) pick({ network: wanted });
  });
  state.subscribe("own", () => {
    // the server has forgotten the network that was chosen
    if (isOwn(host.value.network) && !entryOf(host.value.network)) pick({ network: state.get("shipped") });
    show();
  });
  state.subscribe("answer", (answer) => {
    if (answer?.shown) showDevices(device, answer.shown.by);
  });
  compare.addEventListener("click", async () => {
    compare.disabled = true;
    lines.replaceChildren(...(await compared(host)).map((words) => make("li", words)));
    compare.disabled = false;
  });
  state.subscribe("language", () => {
    fill(element);
    show();
  });
  tellNetworks();
  show();
  tellChoice();
  follow();
}

/** The shipped networks, then the visitor's own, each by its name. @param {HTMLSelectElement} select @param {string} chosen */
function offerNetworks(select, chosen) {
  const all = [...state.get("networks"), ...state.get("own")];
  select.replaceChildren(...all.map(({ id, name }) => new Option(inWords(name), id, false, id === chosen)));
  select.disabled = all.length < 2;
}

/**
 * @param {HTMLSelectElement} select
 * @param {string[]} names
 * @param {string} chosen
 * @param {(name: string) => string} label
 */
function offer(select, names, chosen, label) {
  select.replaceChildren(...names.map((name) => new Option(label(name), name, false, name === chosen)));
  select.disabled = names.length < 2;
}

/** @param {HTMLSelectElement} device @param {By} by */
function showDevices(device, by) {
  const offered = [...device.options].map((option) => option.value).join();
  if (offered !== by.devices.join()) offer(device, by.devices, by.device, (name) => name);
  device.value = by.device;
}

/** @param {import("../hosts/gradio.js").Host<Picked>} host @returns {Promise<string[]>} */
async function compared(host) {
  const question = {
    ...state.get("choice"),
    ...credentials(),
    language: state.get("language"),
    drawing: state.get("drawing"),
  };
  try {
    const told = await host.call("compare", question);
    const problem = problemOf(told);
    return problem ? [problem] : told.lines.map(lineOf);
  } catch {
    return [text("offline")];
  }
}

/**
 * A line of the comparison; an older server sends the sentence itself.
 * @param {string | {key?: string, values: Record<string, string | number>}} line
 */
function lineOf(line) {
  return typeof line === "string" ? line : text(line.key ?? "compare_line", line.values);
}
