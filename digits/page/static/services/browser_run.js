// A training in this browser, told in the words of the server's own runs (digits/server/history.py), so that
// what shows a run need not know where it learns. Fetched when a run is first asked for here.

import { pack, unpack } from "../core/base64.js";
import { cutIntoLayers, toPixels } from "../core/network.js";
import { countEpochs, FEW_STEPS, HIGH_RATE, pictureWeights, SHOWN_NODES } from "../core/run_results.js";
import { writeWeightsFile } from "../core/weights_file.js";
import { GUESSING } from "../core/wording.js";
import { keepNetwork } from "./browser_storage.js";
import { heard, lost, unlessRenewed } from "./connection.js";
import { MOST_RUNS } from "./limits.js";
import { entryOf } from "./network_names.js";
import { hold, loadNetwork } from "./networks.js";
import { entryHere } from "./own_networks.js";
import { makeId } from "./random_id.js";
import { session } from "./session_token.js";
import { choose, state } from "./state.js";
import { createTraining } from "./trainer_client.js";

/** @typedef {import("./training.js").Message} Message */
/** @typedef {import("./training.js").Report} Report */
/** @typedef {import("./training.js").Read} Read */
/** @typedef {Extract<Message, {kind: "results"}>} Measured */
/** @typedef {import("./messages.js").Run} Run */
/** @typedef {import("./messages.js").Name} Name */
/** @typedef {import("./messages.js").Note} Note */
/** @typedef {import("./messages.js").Reading} Reading */
/** @typedef {import("./messages.js").GreyImage} GreyImage */
/** @typedef {import("./messages.js").Outcome} Outcome */
/** @typedef {import("./messages.js").FinishedRun} FinishedRun */
/** @typedef {import("./messages.js").TrainedHere} TrainedHere */

/**
 * What is asked for, as the form says it.
 * @typedef {object} Order
 * @property {number[]} sizes
 * @property {import("../core/activations.js").ActivationName} activation
 * @property {number} epochs
 * @property {number} batch_size
 * @property {number} learning_rate
 * @property {number} train_images
 * @property {number} seed
 * @property {string} [preset] the recipe's name
 * @property {import("../core/schedules.js").Schedule} [schedule] how its learning rate changes
 * @property {boolean} [standardised] whether it learns from pixels minus their mean
 * @property {string} [start] the network that it goes on from; "" for random weights
 * @property {Name | null} [startName] how that is called
 * @property {Note[]} [notes] what there is to say of it from the beginning
 */

/**
 * What a run came to.
 * @typedef {object} Ended
 * @property {string} id of this run and no other, whatever its order: the server keeps what comes twice once
 * @property {Order} order
 * @property {Run} run its last word
 * @property {Float32Array} began the first layer's weights before it
 * @property {Measured} measured
 */

const EVERY = 250; // ms between two messages
const PIXELS = 784;

/** A run in this browser's worker; it says what it does and knows neither page nor server. */
export class BrowserRun {
  /**
   * @param {string | URL} address of the digits
   * @param {object} hooks
   * @param {(run: Run) => void} hooks.tell how the run stands
   * @param {(ended: Ended) => void} hooks.end it is done or was stopped
   * @param {typeof createTraining} [create] makes the worker
   */
  constructor(address, hooks, create = createTraining) {
    this.hooks = hooks;
    this.training = create(address, (message) => this.hear(message));
    /** @type {Extract<Message, {kind: "opened"}> | null} */
    this.stock = null;
    /** @type {Order | null} */
    this.order = null;
    /** @type {Run} */
    this.last = { state: "loading", engine: "browser" };
    /** @type {NonNullable<Run["past"]>} */
    this.past = [];
    /** @type {Float32Array | null} */
    this.began = null;
    this.isBusy = false;
    this.isStopping = false;
    this.isBroken = false;
    this.since = 0; // when the first step was taken, ms
    /** @type {Uint8Array | null} */
    this.drawing = null;
  }

  /**
   * Learn.
   * @param {Order} order
   * @param {Uint8Array | null} [drawing] (784,) 0 to 255, read along
   * @param {Float32Array} [weights] to go on from, instead of random ones
   */
  start(order, drawing = null, weights = undefined) {
    const { sizes, activation, learning_rate: learningRate, batch_size: batchSize, seed, epochs } = order;
    const { schedule, standardised } = order;
    Object.assign(this, { order, drawing, past: [], began: null, isBusy: true, isStopping: false, since: 0 });
    this.tell({ state: "loading" });
    const settings = { sizes, activation, learningRate, batchSize, seed, epochs, schedule, standardised, weights };
    this.training.send({ kind: "begin", settings, images: order.train_images });
    this.training.send({ kind: "watch", pixels: drawing && toPixels(drawing) });
    this.training.send({ kind: "weights" });
    this.training.send({ kind: "run", wait: 0, every: EVERY, epochs });
  }

  /** End it after the present step; what was learnt so far is handed on. Before the first step nothing was. */
  stop() {
    if (!this.since) return this.abandon();
    this.isStopping = true;
    this.training.send({ kind: "pause" });
  }

  /** End it at once: a worker whose digits are still under way would hear of a stop only when it has them. */
  abandon() {
    this.order = null;
    this.fail();
    this.tell({ state: "idle" });
  }

  /** @param {Message} message */
  hear(message) {
    if (message.kind === "opened") this.stock = message;
    else if (message.kind === "failed") this.fail();
    else if (!this.order) return;
    else if (message.kind === "weights") this.began = firstLayerOf(this.order, message.weights);
    else if (message.kind === "report") this.report(message, this.order);
    else if (message.kind === "results") this.ended(message, this.order);
  }

  /** Nothing can be learnt: the digits did not come, or the worker broke. */
  fail() {
    this.isBroken = true;
    this.training.close();
    const code = this.stock ? "engine_failed" : "engine_no_digits";
    if (this.order) this.tell({ state: "problem", fault: { code, values: {} } });
  }

  /** @param {Run} run */
  tell(run) {
    this.last = { ...run, engine: "browser" };
    this.isBusy = run.state === "loading" || run.state === "running";
    this.hooks.tell(this.last);
  }

  /** @param {Report} report @param {Order} order */
  report(report, order) {
    if (report.step && !this.since) this.since = performance.now();
    if (report.step === 0)
      this.past = [epochOf(report)]; // told again once the drawing is read along
    else if (report.epoch === this.past.length) this.past = [...this.past, epochOf(report)];
    const measuring = !report.isRunning && (report.epoch >= order.epochs || this.isStopping);
    this.tell({ state: "running", measuring, ...this.fixed(report, order), ...this.progress(report, order) });
    if (measuring) this.training.send({ kind: "results" });
  }

  /** @param {Measured} measured @param {Order} order */
  ended(measured, order) {
    this.isBusy = false;
    const state = (this.last.step ?? 0) >= (this.last.steps ?? 0) ? "done" : "stopped";
    if (!measured.weights.every(Number.isFinite)) {
      return this.tell({ state: "problem", fault: { code: "engine_not_finite", values: {} } });
    }
    const began = this.began ?? new Float32Array();
    this.hooks.end({ id: makeId(), order, run: { ...this.last, state, measuring: false }, began, measured });
  }

  /** What stays so for the whole run. @param {Report} report @param {Order} order @returns {Partial<Run>} */
  fixed({ watched, digits }, order) {
    const { sizes, activation, batch_size, learning_rate, seed } = order;
    return {
      samples: watched.labels.map((label, i) => ({ image: imageOf(watched.images, i), label })),
      drawing: this.drawing && imageOf(this.drawing, 0),
      tested: this.stock?.test ?? 0,
      quick_tested: this.stock?.test ?? 0,
      trained: digits,
      available: this.stock?.train ?? digits,
      source: this.stock?.source ?? "",
      start: startOf(order),
      notes: order.notes ?? [],
      ...{ sizes, activation, batch_size, learning_rate, seed },
    };
  }

  /** @param {Report} report @param {Order} order @returns {Partial<Run>} */
  progress(report, { epochs, batch_size }) {
    const steps = epochs * Math.ceil(report.digits / batch_size);
    const seconds = this.since ? (performance.now() - this.since) / 1000 : 0;
    const { train, test } = report.marks;
    return {
      step: report.step,
      steps,
      epoch: report.epoch,
      epochs,
      seconds,
      left: report.left,
      loss: report.recent,
      accuracy: this.past.at(-1)?.accuracy ?? test.accuracy,
      quick_accuracy: test.accuracy,
      train_accuracy: train.accuracy,
      curve: report.kept.map((marks) => [marks.step, marks.recent, marks.test.accuracy, marks.train.accuracy]),
      past: this.past,
      guesses: report.watched.labels.map((_, i) =>
        readingOf(report.watched.probabilities.subarray(10 * i, 10 * i + 10)),
      ),
      reading: report.drawing && readingOf(report.drawing),
    };
  }
}

/** What it begins with, as a line of the table says it. @param {Order} order */
const startOf = ({ start, startName }) => ({ network: start || null, name: startName ?? null });

/** @param {Report} report */
const epochOf = ({ step, marks, drawing }) => ({
  step,
  accuracy: marks.test.accuracy,
  loss: marks.recent,
  drawing: drawing && readingOf(drawing),
});

/** The likeliest digit, never rounded up to certainty. @param {Float32Array} probabilities @returns {Reading} */
function readingOf(probabilities) {
  const probability = Math.max(...probabilities);
  return { label: probabilities.indexOf(probability), probability: Math.min(0.9999, probability) };
}

/** @param {Uint8Array} images @param {number} i @returns {GreyImage} */
const imageOf = (images, i) => ({
  height: 28,
  width: 28,
  bytes: pack(images.subarray(PIXELS * i, PIXELS * (i + 1))),
});

/** @param {Order} order @param {Float32Array} weights */
const firstLayerOf = ({ sizes }, weights) =>
  cutIntoLayers(sizes, weights)[0].weight.slice(0, PIXELS * Math.min(SHOWN_NODES, sizes[1]));

// ---- what came of it ------------------------------------------------------------------------------------

/** How often it went through the images. @param {Order} order @param {Partial<Run>} run */
const epochsDone = ({ epochs }, { step = 0, steps = 1 }) => countEpochs(step, steps, epochs);

/**
 * The file of the network, as the server would write it.
 * @param {Ended} ended
 * @param {string} version
 */
export function fileOf({ order, run, measured }, version) {
  const { sizes, activation, epochs, batch_size, learning_rate, seed, start } = order;
  const { schedule = "constant", standardised = false } = order;
  const recipe = { name: "yours", engine: "browser", epochs, batch_size, learning_rate, schedule, standardised, seed };
  const card = {
    config: { hidden: sizes.slice(1, -1), activation },
    recipe: { ...recipe, epochs_done: epochsDone(order, run), continued: Boolean(start) },
    data: { source: run.source, train_images: run.trained, test_images: run.tested },
    figures: { test_accuracy: measured.accuracy },
    calibration: measured.calibration,
  };
  return writeWeightsFile({ name: "yours", version, sizes, activation, card }, measured.weights);
}

/**
 * What the server gets: the file, and the first layer before the run. See digits/server/browser_runs.py.
 * @param {Ended} ended
 */
export function parcelOf(ended) {
  const file = fileOf(ended, "");
  const parcel = new Uint8Array(4 + file.byteLength + 4 * ended.began.length);
  const view = new DataView(parcel.buffer);
  view.setUint32(0, file.byteLength, true);
  parcel.set(new Uint8Array(file), 4);
  for (const [i, value] of ended.began.entries()) view.setFloat32(4 + file.byteLength + 4 * i, value, true);
  return parcel;
}

/**
 * What came of the run as this browser measured it.
 * @param {Ended} ended
 * @param {import("./messages.js").NetworkEntry} network
 * @param {FinishedRun[]} before the lines of earlier runs
 * @returns {Outcome}
 */
export function outcomeOf({ order, run, began, measured }, network, before) {
  const after = cutIntoLayers(order.sizes, measured.weights)[0].weight;
  const pictures = (/** @type {Float32Array} */ weight) => pictureWeights(weight).map((one) => imageOf(one, 0));
  const { sizes, activation, batch_size, learning_rate, seed } = order;
  const line = {
    network: network.id,
    name: network.name,
    engine: /** @type {const} */ ("browser"),
    ...{ sizes, activation, batch_size, learning_rate, seed },
    epochs: epochsDone(order, run),
    train_images: run.trained ?? 0,
    start: startOf(order),
    accuracy: measured.accuracy,
    train_accuracy: run.train_accuracy ?? 0,
    seconds: run.seconds ?? 0,
  };
  return {
    network,
    accuracy: measured.accuracy,
    confusion: measured.confusion,
    mistakes: measured.mistakes.map(({ label, said, probability }, i) => ({
      image: imageOf(measured.images[i], 0),
      ...{ label, said, probability },
    })),
    nodes: { before: pictures(began), after: pictures(after) },
    runs: [...before, line].slice(-MOST_RUNS),
  };
}

/** The note that a run learnt nothing, and why. @param {Ended} ended */
function notesOf({ order, run, measured }) {
  if (measured.accuracy >= GUESSING) return [];
  const { learning_rate } = order;
  const steps = run.step ?? 0;
  const reason = learning_rate > HIGH_RATE ? "learning_rate_high" : steps < FEW_STEPS ? "few_steps" : "unknown";
  return [{ code: "nothing_learnt", values: { accuracy: measured.accuracy, reason, learning_rate, steps } }];
}

/** @param {Ended} ended @returns {Promise<TrainedHere | null>} null: the server could not take it */
async function hand(ended) {
  const { sizes, activation, epochs, batch_size, learning_rate, seed, preset, start, startName } = ended.order;
  const { step, loss, seconds, trained } = ended.run;
  const told = {
    run: ended.id,
    ...{ preset, activation, epochs, batch_size, learning_rate, seed, step, loss, seconds },
    ...{ start: start ?? "", start_name: startName ?? null },
    hidden: sizes.slice(1, -1),
    train_images: trained,
  };
  try {
    const reply = await fetch(new URL("digits/trained", document.baseURI), {
      method: "PUT",
      headers: {
        "content-type": "application/octet-stream",
        "x-digits-session": session,
        "x-digits-run": encodeURIComponent(JSON.stringify(told)),
      },
      body: parcelOf(ended),
    });
    if (reply.status < 500) heard();
    return reply.ok ? await reply.json() : null;
  } catch {
    lost();
    return null;
  }
}

/** Keep the network in this browser alone, until the server can take it. @param {Ended} ended @returns {Promise<TrainedHere>} */
async function keepHere(ended) {
  const version = `here-${Math.random().toString(36).slice(2, 12)}`;
  const before = state.get("outcome")?.runs ?? [];
  const numbers = [...before, ...state.get("own")].map(({ name }) => Number(name.values.number) || 0);
  const name = { key: "network_run", values: { number: Math.max(0, ...numbers) + 1 } };
  const file = fileOf(ended, version);
  hold(file); // the database may refuse it
  await keepNetwork({ version, name, file, session, when: Date.now() });
  const network = entryHere({ version, name, file });
  return { network, outcome: outcomeOf(ended, network, before), notes: notesOf(ended) };
}

/** @param {Ended} ended */
async function finish(ended) {
  const told = await hand(ended);
  const { network, outcome, notes } = told ?? (await keepHere(ended));
  const tested = outcome.confusion.flat().reduce((sum, count) => sum + count, 0);
  const own = state.get("own").filter(({ id }) => id !== network.id);
  state.set("own", [...own, network]);
  state.set("outcome", outcome);
  const all = [...(ended.run.notes ?? []), ...notes];
  state.set("training", { ...ended.run, accuracy: outcome.accuracy, tested, network, notes: all });
  choose({ network: network.id, backend: told ? "auto" : "browser", device: "auto" });
}

// ---- the page's one run ---------------------------------------------------------------------------------

/** @type {BrowserRun | null} */
let run = null;

let turn = 0; // goes up with each order and each stop: weights that come later are not wanted any more

/** Train in this browser what state.order asks for; state.training tells of it. */
export async function startHere() {
  const mine = ++turn;
  const shown = state.get("answer")?.shown;
  const drawing = shown && !shown.blank ? unpack(shown.image.bytes) : null;
  const order = /** @type {Order} */ (state.get("order"));
  const base = order.start ? await loadNetwork(order.start).catch(() => null) : undefined;
  if (mine !== turn) return;
  if (base === null) return tell({ state: "problem", fault: { code: "engine_no_start", values: {} } });
  if (!run || run.isBroken) {
    run = new BrowserRun("digits/learn", { tell: explain, end: finish });
  }
  run.start(base ? goOnFrom(base.network, order) : order, drawing, base?.network.weights);
}

/** Say how the run stands; where its worker did not come, whether the page is too old for it. @param {Run} told */
async function explain(told) {
  const { fault } = told;
  if (fault?.code === "engine_no_digits") fault.code = await unlessRenewed(fault.code);
  state.set("training", told);
}

/** @param {Run} told */
const tell = (told) => state.set("training", { ...told, engine: "browser" });

/**
 * The order for a network that is there already: it keeps its shape, whatever was asked for.
 * @param {import("../core/network.js").Network} network
 * @param {Order & {hidden?: number[], asked?: string}} order with the shape and the activation of the form
 * @returns {Order}
 */
function goOnFrom({ sizes, activation }, order) {
  const name = entryOf(order.start)?.name ?? null;
  const asked = [784, ...(order.hidden ?? sizes.slice(1, -1)), 10];
  const wanted = order.asked ?? activation;
  const values = { asked, asked_activation: wanted, used: sizes, used_activation: activation, network: name };
  const isKept = asked.join() === sizes.join() && wanted === activation;
  const notes = isKept ? [] : [{ code: "shape_kept", values }];
  return { ...order, sizes: [...sizes], activation, startName: name, notes };
}

/** End the run; what it learnt is kept. */
export function stopHere() {
  turn += 1;
  if (state.get("training")?.state === "loading" && !run?.isBusy) return tell({ state: "idle" });
  run?.stop();
}
