// Six experiments in training, each with a question that can be answered before and is answered by the run.
//
// What came out is found from the numbers of this very run, not from what usually comes out: a run that
// surprises says so.

import { DEFAULTS, examine, firstOf, MARKED, Run, withShuffledLabels } from "./run.js";

/** @typedef {import("./run.js").Parts} Parts */
/** @typedef {import("./run.js").Settings} Settings */
/** @typedef {import("./run.js").Marks} Marks */
/** @typedef {"heart" | "shuffled" | "rate" | "linear" | "eight" | "batch"} ExperimentName */

/**
 * One network that learns in an experiment.
 * @typedef {object} Lane
 * @property {string} name
 * @property {Partial<Settings>} settings
 * @property {number} steps
 * @property {(parts: Parts, seed: number) => Parts} [choose] the digits that it gets, if not all
 */

/**
 * A place on a lane's curve.
 * @typedef {{lane: number, seen: number, step: number, train: Marks, test: Marks}} Point
 */

/**
 * How a lane ended.
 * @typedef {{train: Marks, test: Marks, dead: number, nodes: number}} End
 */

/**
 * @typedef {object} Experiment
 * @property {Lane[]} lanes one or two that are compared
 * @property {string[]} choices what one may expect
 * @property {(ends: End[]) => string} judge which of the choices came true
 */

const WITH_100 = 100;
const WITH_SHUFFLED = 200;

/** @type {Readonly<Record<ExperimentName, Experiment>>} */
export const EXPERIMENTS = {
  heart: {
    lanes: [
      {
        name: "hundred",
        settings: {},
        steps: 300,
        choose: ({ train, test }) => ({ train: firstOf(train, WITH_100), test }),
      },
    ],
    choices: ["both", "gap", "neither"],
    judge: ([{ train, test }]) => {
      if (train.accuracy < 0.95) return "neither";
      return train.accuracy - test.accuracy > 0.1 ? "gap" : "both";
    },
  },
  shuffled: {
    lanes: [
      {
        name: "shuffled",
        settings: {},
        steps: 700,
        choose: ({ train, test }, seed) => ({ train: withShuffledLabels(firstOf(train, WITH_SHUFFLED), seed), test }),
      },
    ],
    choices: ["neither", "gap", "both"],
    judge: ([{ train, test }]) => {
      if (train.accuracy < 0.9) return "neither";
      return test.accuracy < 0.3 ? "gap" : "both";
    },
  },
  rate: {
    lanes: [
      { name: "rate_usual", settings: {}, steps: 200 },
      { name: "rate_one", settings: { learningRate: 1 }, steps: 200 },
    ],
    choices: ["faster", "same", "nothing"],
    judge: ([usual, large]) => {
      if (large.test.accuracy < 0.3) return "nothing";
      return large.test.accuracy > usual.test.accuracy + 0.02 ? "faster" : "same";
    },
  },
  linear: {
    lanes: [
      { name: "with_relu", settings: {}, steps: 2000 },
      { name: "without", settings: { activation: "identity" }, steps: 2000 },
    ],
    choices: ["nothing", "behind", "same"],
    judge: ([bent, straight]) => judgeBehind(straight, bent),
  },
  eight: {
    lanes: [
      { name: "three_layers", settings: {}, steps: 800 },
      { name: "one_layer", settings: { sizes: [784, 8, 10] }, steps: 800 },
    ],
    choices: ["nothing", "behind", "same"],
    judge: ([large, small]) => judgeBehind(small, large),
  },
  batch: {
    lanes: [
      { name: "batch_1", settings: { batchSize: 1 }, steps: 3000 },
      { name: "batch_200", settings: { batchSize: 200 }, steps: 15 },
    ],
    choices: ["one", "many", "same"],
    judge: ([one, many]) => {
      const lead = one.test.accuracy - many.test.accuracy;
      if (Math.abs(lead) <= 0.02) return "same";
      return lead > 0 ? "one" : "many";
    },
  },
};

/**
 * @param {End} weaker
 * @param {End} stronger
 */
function judgeBehind(weaker, stronger) {
  if (weaker.test.accuracy < 0.3) return "nothing";
  return weaker.test.accuracy < stronger.test.accuracy - 0.01 ? "behind" : "same";
}

/** Places on a curve; more of them at its start, where most happens. */
const PLACES = 16;
const QUICK = 400; // digits that a place in the middle is marked on
const SLICE = 8; // ms of work before others may have a turn

/**
 * Do an experiment. What it yields: a place of a curve, or null when others may have a turn.
 * @param {ExperimentName} name
 * @param {Parts} parts
 * @param {number} seed
 * @returns {Generator<Point | null, {ends: End[], outcome: string}>}
 */
export function* runExperiment(name, parts, seed) {
  const { lanes, judge } = EXPERIMENTS[name];
  const runs = lanes.map(
    ({ settings, choose }) => new Run({ ...DEFAULTS, ...settings, seed }, choose ? choose(parts, seed) : parts),
  );
  for (let lane = 0; lane < lanes.length; lane++) yield markPoint(runs[lane], lane, false);
  for (let place = 1; place <= PLACES; place++) {
    for (let lane = 0; lane < lanes.length; lane++) {
      yield* learnUntil(runs[lane], Math.ceil(lanes[lane].steps * (place / PLACES) ** 2));
      yield markPoint(runs[lane], lane, place === PLACES);
    }
  }
  const ends = runs.map(endOf);
  return { ends, outcome: judge(ends) };
}

/**
 * @param {Run} run
 * @param {number} steps
 */
function* learnUntil(run, steps) {
  let began = performance.now();
  while (run.steps < steps) {
    run.learn();
    if (performance.now() - began < SLICE) continue;
    yield null;
    began = performance.now();
  }
}

/**
 * @param {Run} run
 * @param {number} lane
 * @param {boolean} isLast marked on all the test digits, as the sentence is
 * @returns {Point}
 */
function markPoint(run, lane, isLast) {
  const { network, train, test, steps } = run;
  const most = isLast ? test.labels.length : Math.min(QUICK, test.labels.length);
  const [learnt, unseen] = [examine(network, train, markedOf(train)), examine(network, test, most)];
  return {
    lane,
    step: steps,
    seen: run.epoch * train.labels.length + run.place,
    train: { accuracy: learnt.accuracy, loss: learnt.loss },
    test: { accuracy: unseen.accuracy, loss: unseen.loss },
  };
}

/** @param {import("./run.js").Digits} digits */
const markedOf = ({ labels }) => Math.min(MARKED, labels.length);

/** @param {Run} run @returns {End} */
function endOf({ network, train, test }) {
  const [learnt, unseen] = [examine(network, train, markedOf(train)), examine(network, test)];
  const nodes = unseen.dead.reduce((sum, { length }) => sum + length, 0);
  const dead = unseen.dead.reduce((sum, layer) => sum + layer.reduce((one, other) => one + other, 0), 0);
  return {
    train: { accuracy: learnt.accuracy, loss: learnt.loss },
    test: { accuracy: unseen.accuracy, loss: unseen.loss },
    dead,
    nodes,
  };
}
