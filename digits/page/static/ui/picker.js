// Who answers: network, backend and device, and all backends side by side.
//
// The value is a Picker: the server sets it to offer another network, after a training, or to choose one, and
// reads the visitor's choice from it. "browser" is the backend that needs no server.

import { unpack } from "../core/base64.js";
import { measure } from "../services/browser_reader.js";
import { aboutNetwork, entryOf, inWords, isOnlyHere, isOwn, PACKAGES } from "../services/network_names.js";
import { forget, toldOwn } from "../services/own_networks.js";
import { digitOf, problemOf, surenessOf } from "../services/server_answers.js";
import { follow } from "../services/server_session.js";
import { credentials } from "../services/session_token.js";
import { choose, state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { find, make } from "./dom.js";
import { takeHome } from "./single_file_download.js";

/** @typedef {import("../services/messages.js").Picked} Picked */
/** @typedef {import("../services/messages.js").By} By */
/** @typedef {import("../services/messages.js").Guess} Guess */
/** @typedef {import("../services/messages.js").Comparison} Comparison */
/** @typedef {import("../hosts/gradio.js").Host<Picked>} Host */

const SURE = 4000; // ms in which a second click forgets
const BEST = { backend: "auto", device: "auto" };

/** @param {Host} host */
export function mount(host) {
  new Picker(host).begin();
}

class Picker {
  /** @param {Host} host */
  constructor(host) {
    const { element } = host;
    this.host = host;
    this.element = element;
    this.network = find(element, "select[name=network]", HTMLSelectElement);
    this.backend = find(element, "select[name=backend]", HTMLSelectElement);
    this.device = find(element, "select[name=device]", HTMLSelectElement);
    this.compare = find(element, ".compare", HTMLButtonElement);
    this.lines = find(element, ".compare-lines");
  }

  begin() {
    this.network.addEventListener("change", () => this.pickNetwork(this.network.value));
    this.backend.addEventListener("change", () => this.pick({ backend: this.backend.value, device: "auto" }));
    this.device.addEventListener("change", () => this.pick({ device: this.device.value }));
    this.compare.addEventListener("click", () => this.showComparison());
    find(this.element, ".take-home").addEventListener("click", async (event) => {
      event.preventDefault();
      const problem = await takeHome(this.host.value.network);
      if (problem) this.lines.replaceChildren(make("li", problem));
    });
    listenToForget(find(this.element, ".forget", HTMLButtonElement));
    this.tellChoice();
    this.host.watch(() => this.told());
    this.listenToState();
    follow();
  }

  listenToState() {
    state.subscribe("own", (own) => this.offerOwn(own));
    state.subscribe("choice", (choice) => {
      const { networks, network } = this.host.value;
      const isOffered = networks.some(({ id }) => id === choice.network);
      if (choice.network && choice.network !== network && isOffered) this.pick({ ...choice, network: choice.network });
    });
    state.subscribe("drawing", () => this.lines.replaceChildren()); // what was compared was another drawing
    state.subscribe("answer", (answer) => {
      const by = answer?.confirmed?.by ?? answer?.shown?.by;
      if (by && by.backend !== "browser" && state.get("choice").backend !== "browser") showDevices(this.device, by);
    });
    state.subscribe("language", () => {
      fill(this.element);
      this.lines.replaceChildren(); // worded before
      this.show();
    });
  }

  show() {
    const { networks, network: chosen, backends, backend: asked } = this.host.value;
    const names = Object.fromEntries(networks.map(({ id, name }) => [id, inWords(name)]));
    offer(this.network, Object.keys(names), chosen, (id) => names[id]);
    const isHere = isOnlyHere(chosen);
    const offered = [...(isHere ? [] : isOwn(chosen) ? ["torch"] : backends), "browser"];
    const answering = offered.includes(asked) ? asked : offered[0];
    offer(this.backend, offered, answering, nameOfBackend);
    if (answering === "browser") offer(this.device, ["here"], "here", () => text("device_here"));
    find(this.element, ".take-home").hidden = isHere;
    const entry = entryOf(chosen);
    find(this.element, ".picker-about").textContent = entry ? aboutNetwork(entry) : "";
  }

  // ---- choosing ------------------------------------------------------------------------------------

  /** @param {string} network */
  pickNetwork(network) {
    const isOther = isOwn(network) !== isOwn(this.host.value.network);
    this.pick({ network, ...(isOther && this.host.value.backend !== "browser" ? BEST : {}) });
  }

  /** @param {Partial<Picked>} change */
  pick(change) {
    this.host.value = { ...this.host.value, ...change, ...credentials() };
    this.show();
    this.tellChoice();
    this.host.emit("input");
  }

  tellChoice() {
    const { networks, network, backend, device } = this.host.value;
    this.lines.replaceChildren(); // what was compared was another network
    state.set("networks", networks);
    choose({ network, backend, device });
  }

  /** The server offers other networks. */
  told() {
    toldOwn(this.host.value.networks.filter(({ id }) => isOwn(id)));
    this.show();
    this.tellChoice();
    this.host.emit("input");
  }

  /** @param {import("../services/messages.js").NetworkEntry[]} own */
  offerOwn(own) {
    const { value } = this.host;
    const networks = [...value.networks.filter(({ id }) => !isOwn(id)), ...own];
    const chosen = networks.find(({ id }) => id === value.network) ?? networks[0];
    const isAnother = chosen.version !== value.networks.find(({ id }) => id === value.network)?.version;
    this.host.value = { ...value, networks, network: chosen.id };
    state.set("networks", networks);
    this.show();
    if (isAnother) this.host.emit("input");
  }

  // ---- comparing -----------------------------------------------------------------------------------

  async showComparison() {
    this.compare.disabled = true;
    const place = make("li"); // goes when the drawing, the network or the language changes
    this.lines.replaceChildren(place);
    const words = await this.compared();
    if (place.isConnected) this.lines.replaceChildren(...words.map((line) => make("li", line)));
    this.compare.disabled = false;
  }

  /** @returns {Promise<string[]>} */
  async compared() {
    const shown = state.get("answer")?.shown;
    if (!shown || shown.blank) return [text("compare_blank")];
    const loaded = state.get("network");
    const drawing = digitOf(state.get("answer"), state.get("drawing"));
    const measured = loaded && measure(loaded, unpack(shown.image.bytes), Boolean(drawing.picture));
    const here = measured ? [lineOf(nameOfBackend("browser"), measured)] : [];
    const choice = state.get("choice");
    if (isOnlyHere(choice.network)) return here;
    const question = { ...choice, ...BEST, ...credentials(), drawing, shrink: state.get("shrink") };
    try {
      const told = await this.host.call("compare", question);
      const problem = problemOf(told);
      return [...(problem ? [problem] : told.guesses.map(lineOfServer)), ...here];
    } catch {
      return [text("server_gone"), ...here];
    }
  }
}

/** The button that forgets what is the visitor's, once it is clicked twice. @param {HTMLButtonElement} button */
function listenToForget(button) {
  let isAsked = false;
  function show() {
    button.hidden = !state.get("own").length && !state.get("corrections");
    button.textContent = text(isAsked ? "forget_sure" : "forget");
  }
  function ask(isOpen = false) {
    isAsked = isOpen;
    show();
  }
  button.addEventListener("click", () => {
    if (isAsked) forget();
    else setTimeout(ask, SURE);
    ask(!isAsked);
  });
  for (const name of /** @type {const} */ (["own", "corrections", "language"])) state.subscribe(name, show);
}

/** @param {string} name */
const nameOfBackend = (name) => (name === "browser" ? text("backend_browser") : (PACKAGES[name] ?? name));

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

/** @param {Comparison["guesses"][number]} guess */
const lineOfServer = (guess) => lineOf(`${nameOfBackend(guess.backend)} (${guess.device})`, guess);

/** @param {string} backend @param {Guess} guess */
function lineOf(backend, guess) {
  const ms = guess.milliseconds.toFixed(3);
  return text("compare_line", { backend, label: guess.label, percent: surenessOf(guess), ms });
}
