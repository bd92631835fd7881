// The picture of the network in the Learn room: the nodes that Inside shows, lit by what they give or by
// the blame that is sent back through them.

import { colour } from "../../services/theme.js";
import { sharpen } from "../canvas.js";
import {
  centre,
  drawCaptions,
  drawInput,
  drawLayer,
  drawOutputs,
  drawSpot,
  fontOf,
  makePlan,
  NetPicture,
  radiusOf,
  ring,
} from "../inside_net.js";
import { blameText, wantsStillness } from "./figures.js";

/** @typedef {import("../inside.js").Node} Node */
/** @typedef {import("../inside.js").Trace} Trace */
/** @typedef {import("../inside_net.js").Plan} Plan */

/** @typedef {import("../../core/blame.js").Flow} Flow */

/**
 * @typedef {object} Scene
 * @property {Trace} trace
 * @property {Float32Array[]} errors each layer's blame, the first hidden one first
 * @property {Flow[]} flows
 * @property {Node} chosen
 * @property {"says" | "blame"} mode
 */

const WAVE = 900; // ms that blame takes from the outputs to the pixels
const FORWARD = 450; // ms that the new answer takes the other way

export class BlamePicture extends NetPicture {
  /** @param {HTMLCanvasElement} canvas @param {(node: Node) => void} choose */
  constructor(canvas, choose) {
    super(canvas, choose);
    /** @type {Scene | null} */
    this.scene = null;
    this.playing = 0;
    this.width = 0; // in CSS pixels, when it was last painted
  }

  get isSeen() {
    return Boolean(this.canvas.offsetParent);
  }

  /** Show a scene at rest. @param {Scene} scene */
  show(scene) {
    this.scene = scene;
    if (!this.playing) this.paint(scene, () => 1);
  }

  /**
   * Blame runs back through `before`, then what is said now runs forward through the scene.
   * @param {Scene} before
   */
  play(before) {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    if (wantsStillness() || !this.isSeen) return;
    const began = performance.now();
    const frame = (/** @type {number} */ now) => {
      const passed = now - began;
      const layers = before.trace.values.length;
      if (passed > WAVE + FORWARD || !this.scene) {
        this.playing = 0;
        if (this.scene) this.paint(this.scene, () => 1);
        return;
      }
      if (passed < WAVE) {
        const front = layers * (1 - passed / WAVE);
        this.paint({ ...before, mode: "blame" }, (layer) => within(layer - front + 0.5), front);
      } else {
        const front = layers * ((passed - WAVE) / FORWARD);
        const { probabilities } = (front < layers - 1 ? before : this.scene).trace; // the old answer until the new one is there
        const trace = { ...this.scene.trace, probabilities };
        this.paint({ ...this.scene, trace, mode: "says" }, (layer) => within(front - layer + 0.5));
      }
      this.playing = requestAnimationFrame(frame);
    };
    this.playing = requestAnimationFrame(frame);
  }

  /**
   * @param {Scene} scene
   * @param {(layer: number) => number} reveal how far a layer is lit, 0 to 1
   * @param {number} [front] where a wave of blame is just now
   */
  paint({ trace, errors, flows, chosen, mode }, reveal, front) {
    const { pen, width, height } = sharpen(this.canvas);
    if (width < 200) return; // a tab that is just opening has no width yet
    this.width = Math.round(width);
    const plan = makePlan(trace.network.sizes, width, height);
    const font = fontOf(this.canvas);
    this.plan = plan;
    this.chosen = chosen;
    drawInput(pen, plan, trace);
    const last = plan.places.length - 1;
    // The less there is to blame, the dimmer: what is shown of a layer is relative to its largest.
    const rest = Math.sqrt(Math.min(1, largest(errors[last - 1])));
    if (mode === "blame") drawFlows(pen, plan, flows, (layer) => rest * reveal(layer), front);
    for (let layer = 1; layer < last; layer++) {
      const values = mode === "blame" ? errors[layer - 1] : trace.values[layer];
      const lit = reveal(layer) * (mode === "blame" ? rest : 1);
      drawLayer(
        pen,
        plan,
        layer,
        values.map((value) => value * lit),
        largest(values),
      );
    }
    if (mode === "says") drawOutputs(pen, plan, trace.probabilities, font);
    else drawBlame(pen, plan, errors[last - 1], font, reveal(last));
    ring(pen, plan, chosen);
    drawCaptions(pen, plan, font);
  }
}

/** @param {number} share */
const within = (share) => Math.min(1, Math.max(0, share));

/** @param {Float32Array} values */
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);

/**
 * @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {Flow[]} flows
 * @param {(layer: number) => number} reveal @param {number} [front]
 */
function drawFlows(pen, plan, flows, reveal, front) {
  const most = plan.places.map((_, layer) =>
    Math.max(1e-12, ...flows.filter((flow) => flow.layer === layer).map(({ size }) => Math.abs(size))),
  );
  for (const { layer, from, to, size } of flows) {
    const [x, y] = centre(plan, layer, from);
    const [toX, toY] = centre(plan, layer - 1, to);
    const glow =
      front === undefined ? 0.4 * reveal(layer) : within(1 - Math.abs(front - layer + 0.5)) + 0.15 * reveal(layer - 1);
    pen.globalAlpha = within(glow * (0.25 + (0.75 * Math.abs(size)) / most[layer]));
    pen.strokeStyle = colour(size > 0 ? "accent" : "cold");
    pen.lineWidth = front === undefined ? 1.2 : 1.8;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.bezierCurveTo((x + toX) / 2, y, (x + toX) / 2, toY, toX, toY);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} pen @param {Plan} plan @param {Float32Array} errors @param {string} font @param {number} share */
function drawBlame(pen, plan, errors, font, share) {
  const layer = plan.places.length - 1;
  pen.textBaseline = "middle";
  errors.forEach((error, label) => {
    const [x, y] = centre(plan, layer, label);
    drawSpot(pen, [x, y], radiusOf(plan, layer), colour(error > 0 ? "accent" : "cold"), Math.abs(error) * share);
    pen.fillStyle = colour("ink");
    pen.font = `400 14px ${font}`;
    pen.fillText(String(label), x + plan.radius + 6, y);
    if (plan.isSmall) return;
    pen.fillStyle = colour("muted");
    pen.font = `400 12px ${font}`;
    pen.fillText(blameText(error), x + plan.radius + 22, y);
  });
}
