// The browser's core for Python's tests: a line of JSON in, a line of JSON out, until the input ends.
//
// Long arrays go through files (little-endian, as typed arrays lie in memory), everything else is JSON.

import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { groupStrokes } from "../../digits/page/static/core/pad_digits.js";
import { answer, createNetwork, createPass, forward, toPixels } from "../../digits/page/static/core/network.js";
import { prepareStrokes, shrinkStrokes } from "../../digits/page/static/core/preparation.js";
import { learningRateAt } from "../../digits/page/static/core/schedules.js";
import { meanPixels } from "../../digits/page/static/core/standardization.js";
import { Trainer, evaluate, meanLoss, pixelsOf } from "../../digits/page/static/core/training.js";

const readBytes = (path) => new Uint8Array(readFileSync(path));
const readFloats = (path) => new Float32Array(readBytes(path).buffer);
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

/** Drawings -> for each its box, small picture, image and shrunk image. */
function prepare({ drawings, rules }) {
  return drawings.map((strokes) => {
    const { box, small, image } = prepareStrokes(strokes, rules);
    return {
      box,
      small: { width: small.width, height: small.height, bytes: base64(small.bytes) },
      image: base64(image),
      shrunk: base64(shrinkStrokes(strokes, rules)),
    };
  });
}

/** Images in a file -> log-probabilities in another, and each image's label and whether it is sure. */
function read({ sizes, activation, weights, images, calibration, out }) {
  const network = createNetwork({ sizes, activation, weights: readFloats(weights) });
  const digits = readDigits(images);
  const pass = createPass(sizes);
  const all = new Float64Array(digits.labels.length * 10);
  const answers = Array.from(digits.labels, (_, number) => {
    const { logProbabilities } = forward(network, pixelsOf(digits, number), pass);
    all.set(logProbabilities, number * 10);
    const { label, sure } = answer(logProbabilities, calibration);
    return [label, sure];
  });
  writeFileSync(out, all);
  return answers;
}

/** Drawings -> for each the places of every digit's strokes, with a network to ask what a digit is. */
function group({ drawings, rules, sizes, activation, weights, calibration }) {
  const network = createNetwork({ sizes, activation, weights: readFloats(weights) });
  const pass = createPass(sizes);
  const judge = (strokes) =>
    answer(forward(network, toPixels(prepareStrokes(strokes, rules).image), pass).logProbabilities, calibration).score;
  return drawings.map((strokes) => groupStrokes(strokes, judge).map((one) => one.map((stroke) => strokes.indexOf(stroke))));
}

function readDigits(images, labels) {
  const bytes = readBytes(images);
  return { images: bytes, labels: labels ? readBytes(labels) : new Uint8Array(bytes.length / 784) };
}

/** Train in a given order; the weights go to `out`, each loss and the test accuracy come back. */
function train({ sizes, activation, recipe, weights, images, labels, order, batchSize, out, tests }) {
  const digits = readDigits(images, labels);
  const mean = recipe.standardised ? meanPixels(digits) : undefined;
  const trainer = new Trainer({ sizes, activation, weights: readFloats(weights), mean });
  const places = new Uint32Array(readBytes(order).buffer);
  const steps = Math.ceil(places.length / batchSize);
  const losses = [];
  for (let start = 0; start < places.length; start += batchSize) {
    trainer.learningRate = learningRateAt(recipe.schedule, recipe.learning_rate, start / batchSize, steps);
    losses.push(trainer.step(digits, places.subarray(start, start + batchSize)).loss);
  }
  writeFileSync(out, trainer.network.weights);
  const accuracy = tests && evaluate(trainer.network, readDigits(tests.images, tests.labels)).accuracy;
  return { losses, accuracy };
}

/** A batch's gradients and, for some weights, its loss when each is moved by `step` either way. */
function differ({ sizes, activation, weights, images, labels, places, step, out }) {
  const trainer = new Trainer({ sizes, activation, weights: readFloats(weights) });
  const digits = readDigits(images, labels);
  const batch = digits.labels.map((_, number) => number);
  const { loss } = trainer.findGradients(digits, batch);
  writeFileSync(out, trainer.gradients);
  const row = trainer.network.weights;
  const lossAt = (place, value) => {
    const before = row[place];
    row[place] = value;
    const moved = { value: row[place], loss: meanLoss(trainer.network, digits, batch) };
    row[place] = before;
    return moved;
  };
  const differences = places.map((place) => {
    const [low, high] = [lossAt(place, row[place] - step), lossAt(place, row[place] + step)];
    return (high.loss - low.loss) / (high.value - low.value);
  });
  return { loss, differences };
}

const commands = { prepare, read, group, train, differ };
for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...question } = JSON.parse(line);
  console.log(JSON.stringify(commands[command](question)));
}
