// Training, step by step: the loss of a batch, who is to blame for it, and a small move against that.
//
// The same formulas as in Python, so that from the same weights and in the same order the same network
// comes out. Everything a step found (probabilities, errors, gradients) stays to be looked at, a step can
// be taken back, and learning rate, batch and activation may change at any time.
//
//     const trainer = new Trainer({ sizes, activation: "relu", seed: 0, learningRate: 0.001 });
//     const order = shuffledOrder(images, trainer.random);
//     for (let at = 0; at < images; at += 15) trainer.step(digits, order.subarray(at, at + 15));
//     evaluate(trainer.network, tests).accuracy;

import { ACTIVATIONS } from "./activations.js";
import { createNetwork, createPass, cutIntoLayers, forward, indexOfLargest } from "./network.js";
import { createRandom } from "./random.js";
import { StandardPixels } from "./standardization.js";

/** @typedef {import("./activations.js").ActivationName} ActivationName */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Layer} Layer */
/** @typedef {import("./network.js").Pass} Pass */
/** @typedef {import("./network.js").Lit} Lit */
/** @typedef {import("./random.js").Random} Random */

/**
 * Images and what they show.
 * @typedef {object} Digits
 * @property {Uint8Array | Float32Array} images (N * 784), one after another: bytes 0 to 255, or 0 to 1
 * @property {ArrayLike<number>} labels (N,) 0 to 9
 */

/**
 * What a step found, in buffers that the next step fills anew: copy what must stay.
 * @typedef {object} Step
 * @property {number} loss mean over the batch, before the weights moved
 * @property {Float32Array} probabilities (n * 10) what the network thought of each image
 * @property {Float32Array} errors (n * 10) p - y: how far each probability is from what it should be
 * @property {Float32Array[]} layerErrors each layer's (n * outputs): the gradient of an image's own loss by
 *   the layer's sums; the last one is `errors`
 * @property {Layer[]} gradients of the batch's mean loss by every weight and bias, as layers
 */

/**
 * All that a run goes on from: the weights that Adam moves, and what it knows of them.
 * @typedef {{weights: Float32Array, means: Float32Array, squares: Float32Array, steps: number}} Snapshot
 */

const BETA_1 = 0.9;    // share of the running mean gradient that stays
const BETA_2 = 0.999;  // share of the running mean square that stays
const EPSILON = 1e-8;
// Smaller ones count as 0. A weight that no image reaches any more would go on shrinking its mean into
// numbers so small that processors take a hundred times as long for them.
const NEGLIGIBLE = 1e-30;

/** A network, its gradients and its optimiser. */
export class Trainer {
  /**
   * @param {object} settings
   * @param {readonly number[]} settings.sizes
   * @param {ActivationName} [settings.activation]
   * @param {number} [settings.learningRate]
   * @param {number} [settings.seed] for the first weights and for `random`
   * @param {Float32Array} [settings.weights] to go on from instead of random ones; copied
   * @param {Float32Array} [settings.mean] (784,) of every pixel, to learn from standardised pixels
   */
  constructor({ sizes, activation = "relu", learningRate = 0.001, seed = 0, weights, mean }) {
    this.random = createRandom(seed);
    this.network = createNetwork({ sizes, activation, weights: weights?.slice() ?? drawWeights(sizes, this.random) });
    this.standard = mean ? new StandardPixels(this.network, mean) : null;
    this.learningRate = learningRate;
    /** All gradients in one row, in the order of network.weights. */
    this.gradients = new Float32Array(this.network.weights.length);
    this.gradientLayers = cutIntoLayers(sizes, this.gradients);
    this.adam = new Adam(this.standard?.weights ?? this.network.weights, this.gradients);
    this.pass = createPass(sizes);
    /** @type {Float32Array[]} */
    this.layerErrors = [];
    this.probabilities = new Float32Array(0);
  }

  /** The activation between the layers; another one may be set in mid run. */
  get activation() {
    return this.network.activation;
  }

  set activation(name) {
    this.network.activation = name;
  }

  /**
   * Find a batch's loss and gradients, and move the weights a little against them.
   * @param {Digits} digits
   * @param {ArrayLike<number>} batch which of the digits
   * @returns {Step}
   */
  step(digits, batch) {
    const found = this.findGradients(digits, batch);
    this.standard?.turn(this.gradientLayers[0]);
    this.adam.step(this.learningRate);
    this.standard?.handOut(this.network);
    return found;
  }

  /**
   * What step() does before the weights move.
   * @param {Digits} digits
   * @param {ArrayLike<number>} batch
   * @returns {Step}
   */
  findGradients(digits, batch) {
    const { network, pass } = this;
    this.makeRoom(batch.length);
    this.gradients.fill(0);
    let loss = 0;
    for (let i = 0; i < batch.length; i++) {
      const label = digits.labels[batch[i]];
      forward(network, pixelsOf(digits, batch[i]), pass);
      loss -= pass.logProbabilities[label];
      this.blameOutputs(i, label);
      this.goBack(i, 1 / batch.length);
    }
    const { probabilities, layerErrors, gradientLayers } = this;
    const errors = layerErrors[layerErrors.length - 1];
    return { loss: loss / batch.length, probabilities, errors, layerErrors, gradients: gradientLayers };
  }

  /**
   * Buffers for a batch of `count` images.
   * @param {number} count
   */
  makeRoom(count) {
    const { sizes } = this.network;
    const classes = sizes[sizes.length - 1];
    if (this.probabilities.length === count * classes) return;
    this.probabilities = new Float32Array(count * classes);
    this.layerErrors = sizes.slice(1).map((size) => new Float32Array(count * size));
  }

  /**
   * For log-softmax and its loss together, the gradient is how far each probability is from its target.
   * @param {number} image number in the batch
   * @param {number} label
   */
  blameOutputs(image, label) {
    const { logProbabilities } = this.pass;
    const errors = this.layerErrors[this.layerErrors.length - 1];
    const start = image * logProbabilities.length;
    for (let digit = 0; digit < logProbabilities.length; digit++) {
      const probability = Math.exp(logProbabilities[digit]);
      this.probabilities[start + digit] = probability;
      errors[start + digit] = probability - (digit === label ? 1 : 0);
    }
  }

  /**
   * Carry one image's errors back through the layers, adding its share to every gradient.
   * @param {number} image number in the batch
   * @param {number} share of the batch's mean loss
   */
  goBack(image, share) {
    const { network, pass, layerErrors, gradientLayers } = this;
    const { slope } = ACTIVATIONS[network.activation];
    for (let number = network.layers.length - 1; number >= 0; number--) {
      const errors = rowOf(layerErrors[number], image, network.layers[number].outputs);
      blameWeights(gradientLayers[number], errors, pass.lit[number], share);
      if (number === 0) return;
      const before = rowOf(layerErrors[number - 1], image, network.layers[number].inputs);
      shareBlame(network.layers[number], errors, before);
      const [sums, outputs] = [pass.sums[number - 1], pass.inputs[number]];
      for (let node = 0; node < before.length; node++) before[node] *= slope(sums[node], outputs[node]);
    }
  }

  /**
   * All that is needed to come back here: a copy.
   * @returns {Snapshot}
   */
  snapshot() {
    const { weights, means, squares, steps } = this.adam;
    return { weights: weights.slice(), means: means.slice(), squares: squares.slice(), steps };
  }

  /**
   * Go back to a snapshot: the steps since then are undone.
   * @param {Snapshot} snapshot
   */
  restore({ weights, means, squares, steps }) {
    this.adam.weights.set(weights);
    this.adam.means.set(means);
    this.adam.squares.set(squares);
    this.adam.steps = steps;
    this.standard?.handOut(this.network);
  }
}

/** Adam (Kingma and Ba, 2014): each weight's step is its mean gradient over its usual size. */
export class Adam {
  /**
   * @param {Float32Array} weights moved in place
   * @param {Float32Array} gradients
   */
  constructor(weights, gradients) {
    this.weights = weights;
    this.gradients = gradients;
    this.means = new Float32Array(weights.length);
    this.squares = new Float32Array(weights.length);
    this.steps = 0;
  }

  /**
   * Move the weights a little against their gradients.
   * @param {number} learningRate
   */
  step(learningRate) {
    const { weights, gradients, means, squares } = this;
    this.steps += 1;
    // Both means start at 0 and are too small at first; these make up for it.
    const size = learningRate / (1 - BETA_1 ** this.steps);
    const root = Math.sqrt(1 - BETA_2 ** this.steps);
    for (let i = 0; i < weights.length; i++) {
      const gradient = gradients[i];
      if (gradient === 0 && means[i] === 0) {
        squares[i] = keep(squares[i] * BETA_2);
        continue;
      }
      const mean = keep(means[i] + (gradient - means[i]) * (1 - BETA_1));
      const square = keep(squares[i] * BETA_2 + gradient * gradient * (1 - BETA_2));
      means[i] = mean;
      squares[i] = square;
      weights[i] -= size * mean / (Math.sqrt(square) / root + EPSILON);
    }
  }
}

/**
 * @param {number} value
 */
function keep(value) {
  return Math.abs(value) < NEGLIGIBLE ? 0 : value;
}

/**
 * A weight is to blame as far as its input was on while the sum it feeds was wrong.
 * @param {Layer} gradient is added to
 * @param {Float32Array} errors (outputs,)
 * @param {Lit} lit what the layer was given
 * @param {number} share of the batch
 */
function blameWeights({ inputs, outputs, weight, bias }, errors, { count, places, values }, share) {
  for (let node = 0; node < outputs; node++) {
    const error = errors[node] * share;
    if (error === 0) continue;
    const row = node * inputs;
    bias[node] += error;
    for (let k = 0; k < count; k++) weight[row + places[k]] += error * values[k];
  }
}

/**
 * Each node of the layer before takes its share of the blame, through its weights.
 * @param {Layer} layer
 * @param {Float32Array} errors (outputs,)
 * @param {Float32Array} before (inputs,) is filled
 */
function shareBlame({ inputs, outputs, weight }, errors, before) {
  before.fill(0);
  for (let node = 0; node < outputs; node++) {
    const error = errors[node];
    if (error === 0) continue;
    const row = node * inputs;
    for (let k = 0; k < inputs; k++) before[k] += error * weight[row + k];
  }
}

/**
 * @param {Float32Array} table
 * @param {number} row
 * @param {number} width
 */
function rowOf(table, row, width) {
  return table.subarray(row * width, (row + 1) * width);
}

// Dividing 784 bytes by 255 for every image of every step would take as long as a small layer.
const SHADES = Float32Array.from({ length: 256 }, (_, ink) => ink / 255);

/**
 * The pixels of one of the digits, 0 to 1.
 * @param {Digits} digits
 * @param {number} number
 * @returns {Float32Array}
 */
export function pixelsOf({ images, labels }, number) {
  const side = images.length / labels.length;
  const image = images.subarray(number * side, (number + 1) * side);
  if (image instanceof Float32Array) return image;
  const pixels = new Float32Array(side);
  for (let i = 0; i < side; i++) pixels[i] = SHADES[image[i]];
  return pixels;
}

/**
 * First weights, evenly spread within 1/sqrt(inputs), as in torch: large enough to tell images apart,
 * small enough that no sum runs away.
 * @param {readonly number[]} sizes
 * @param {Random} random
 * @returns {Float32Array} one row, as a network's
 */
export function drawWeights(sizes, random) {
  const { weights, layers } = createNetwork({ sizes, activation: "relu" });
  for (const { inputs, weight, bias } of layers) {
    const bound = 1 / Math.sqrt(inputs);
    for (const part of [weight, bias]) {
      for (let i = 0; i < part.length; i++) part[i] = (2 * random.share() - 1) * bound;
    }
  }
  return weights;
}

/**
 * The numbers 0 to count - 1 in a random order (Fisher and Yates).
 * @param {number} count
 * @param {Random} random
 * @returns {Uint32Array}
 */
export function shuffledOrder(count, random) {
  const order = Uint32Array.from({ length: count }, (_, number) => number);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.share() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/**
 * How a network does on images [first, end): share read right, and mean loss. A worker that must answer
 * in between asks for a part at a time.
 * @param {Network} network
 * @param {Digits} digits
 * @param {number} [first]
 * @param {number} [end]
 * @returns {{count: number, accuracy: number, loss: number}}
 */
export function evaluate(network, digits, first = 0, end = digits.labels.length) {
  const pass = createPass(network.sizes);
  let [right, loss] = [0, 0];
  for (let number = first; number < end; number++) {
    const { logProbabilities } = forward(network, pixelsOf(digits, number), pass);
    const label = digits.labels[number];
    loss -= logProbabilities[label];
    if (indexOfLargest(logProbabilities) === label) right += 1;
  }
  const count = end - first;
  return { count, accuracy: right / count, loss: loss / count };
}

/**
 * Where a weight lies in network.weights; without `input`, where the node's bias does.
 * @param {Network} network
 * @param {number} layer from 0
 * @param {number} node
 * @param {number} [input]
 * @returns {number}
 */
export function placeOfWeight({ sizes }, layer, node, input) {
  const start = sizes.slice(1, layer + 1).reduce((sum, outputs, i) => sum + (sizes[i] + 1) * outputs, 0);
  const [inputs, outputs] = [sizes[layer], sizes[layer + 1]];
  return start + (input === undefined ? inputs * outputs + node : node * inputs + input);
}

/**
 * A batch's mean loss as one weight alone takes each of some values; the weight stays as it was.
 * @param {Network} network
 * @param {Digits} digits
 * @param {ArrayLike<number>} batch
 * @param {number} place of the weight in network.weights
 * @param {ArrayLike<number>} values
 * @returns {Float64Array} a loss for each value
 */
export function lossAlong(network, digits, batch, place, values) {
  const pass = createPass(network.sizes);
  const before = network.weights[place];
  try {
    return Float64Array.from(values, (value) => {
      network.weights[place] = value;
      return meanLoss(network, digits, batch, pass);
    });
  } finally {
    network.weights[place] = before;
  }
}

/**
 * @param {Network} network
 * @param {Digits} digits
 * @param {ArrayLike<number>} batch
 * @param {Pass} [pass]
 * @returns {number}
 */
export function meanLoss(network, digits, batch, pass = createPass(network.sizes)) {
  let loss = 0;
  for (let i = 0; i < batch.length; i++) {
    forward(network, pixelsOf(digits, batch[i]), pass);
    loss -= pass.logProbabilities[digits.labels[batch[i]]];
  }
  return loss / batch.length;
}
