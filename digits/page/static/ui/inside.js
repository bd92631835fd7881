// Inside: every step from 784 pixels to ten probabilities, with the numbers of the drawing on the pad.
//
// The weights are those that read the drawing; the sums are done again for each drawing and kept, so that every
// number on the page is one that was really used. A hidden tab does nothing.

import { calibrated, createPass, forward, toPixels } from "../core/network.js";
import { state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { unpack } from "./canvas.js";
import { find, makeSpeaker } from "./dom.js";
import { NetPicture } from "./inside_net.js";
import { NodePanel } from "./inside_node.js";
import { SoftmaxTable } from "./inside_softmax.js";

/** @typedef {import("../core/network.js").Network} Network */
/** @typedef {import("../core/network.js").Pass} Pass */
/** @typedef {import("../services/messages.js").Shown} Shown */
/** @typedef {import("../core/weights_file.js").LoadedNetwork} LoadedNetwork */

/** A node: layer 0 is the pixels, the last one the ten outputs. @typedef {{layer: number, node: number}} Node */

/**
 * What went on in the network for one drawing.
 * @typedef {object} Trace
 * @property {Network} network
 * @property {import("../services/messages.js").GreyImage} image
 * @property {Float32Array[]} values of every layer's nodes, the pixels first
 * @property {Float32Array[]} sums before the activations; of layer 1 first
 * @property {number[]} powers exp of the ten outputs divided by the temperature
 * @property {number} total of these
 * @property {number[]} probabilities
 */

/** @param {import("../hosts/gradio.js").Host} host */
export function mount(host) {
  new Inside(host).listen();
}

class Inside {
  /** @param {import("../hosts/gradio.js").Host} host */
  constructor(host) {
    this.host = host;
    this.root = find(host.element, ".inside");
    this.picture = new NetPicture(find(this.root, "canvas.net", HTMLCanvasElement), (chosen) => this.choose(chosen));
    this.panel = new NodePanel(this.root);
    this.speak = makeSpeaker(find(this.root, ".spoken"));
    this.softmax = new SoftmaxTable(this.root);
    /** @type {LoadedNetwork | null} */
    this.loaded = null;
    /** @type {Pass | null} */
    this.pass = null;
    this.temperature = 1;
    /** @type {Node | null} whose sum is shown */
    this.chosen = null;
  }

  listen() {
    const again = () => this.show();
    state.subscribe("language", () => {
      fill(this.root);
      this.softmax.name(this.temperature);
      this.show();
    });
    for (const name of /** @type {const} */ (["answer", "look", "network"])) state.subscribe(name, again);
    new ResizeObserver(again).observe(this.picture.canvas);
    this.openWhy();
  }

  /** "Why this answer" is fetched when one gets there. */
  openWhy() {
    const root = find(this.root, ".inside-why");
    root.hidden = state.get("isAlone"); // the page as one file has no room for it
    if (root.hidden) return;
    const seen = new IntersectionObserver(async (entries) => {
      if (!entries.some((one) => one.isIntersecting)) return;
      seen.disconnect();
      const why = await import("./lesson/why.js");
      why.mount(root);
    });
    seen.observe(root);
  }

  /** @param {Node} node */
  choose(node) {
    this.chosen = node;
    this.show();
    this.speak(this.panel.words);
  }

  show() {
    const answer = state.get("answer");
    const loaded = state.get("network");
    if (!answer?.shown || !this.root.offsetParent) return;
    if (loaded) this.use(loaded);
    const drawn = answer.drawing.picture ? "inside_lead_picture" : "inside_lead";
    const lead = !loaded ? "inside_waits" : answer.shown.blank ? "inside_blank" : drawn;
    find(this.root, ".inside-lead").textContent = text(lead);
    this.root.dataset.state = !loaded || answer.shown.blank ? "blank" : "drawn";
    if (!loaded) return;
    if (!answer.shown.blank) this.draw(this.trace(loaded.network, answer.shown));
    this.root.dataset.serial = String(answer.serial);
  }

  /** All canvases first: they ask for sizes, which is slow once the text has changed. @param {Trace} trace */
  draw(trace) {
    const strongest = trace.values[1].indexOf(Math.max(...trace.values[1]));
    this.chosen ??= { layer: 1, node: strongest };
    const terms = termsOf(trace, this.chosen);
    this.picture.draw(trace, this.chosen, terms);
    this.panel.draw(trace, this.chosen);
    this.panel.show(trace, this.chosen, terms);
    this.softmax.show(trace);
  }

  /** @param {Network} network @param {Shown} shown @returns {Trace} */
  trace(network, { image }) {
    const pass = forward(network, toPixels(unpack(image.bytes)), this.pass ?? undefined);
    const { inputs, sums, logProbabilities } = pass;
    const outputs = sums[sums.length - 1];
    const powers = Array.from(outputs, (sum) => Math.exp(sum / this.temperature));
    const total = powers.reduce((a, b) => a + b);
    const probabilities = [...calibrated(logProbabilities, this.temperature)];
    return { network, image, values: [...inputs, outputs], sums, powers, total, probabilities };
  }

  /** Show another network from now on. @param {LoadedNetwork} loaded */
  use(loaded) {
    if (this.loaded === loaded) return;
    this.loaded = loaded;
    const { sizes } = loaded.network;
    this.pass = createPass(sizes);
    this.temperature = loaded.calibration.temperature;
    this.softmax.name(this.temperature);
    if (this.chosen && !(this.chosen.node < sizes[this.chosen.layer])) this.chosen = null;
  }
}

/** A term of a node's sum. @typedef {{input: number, x: number, w: number, part: number}} Term */

const MOST_TERMS = 14;

/**
 * The strongest terms w * x of a node's sum, the strongest first.
 * @param {Trace} trace
 * @param {Node} node
 * @returns {Term[]}
 */
function termsOf({ network, values }, { layer, node }) {
  const inputs = values[layer - 1];
  const { weight } = network.layers[layer - 1];
  const row = node * inputs.length;
  const terms = Array.from(inputs, (x, input) => ({ input, x, w: weight[row + input], part: x * weight[row + input] }));
  return terms.sort((a, b) => Math.abs(b.part) - Math.abs(a.part)).slice(0, MOST_TERMS);
}
