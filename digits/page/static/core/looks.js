// A digit out of a picture is looked at three times: as it is, and turned a little to either side.
//
// Paper seldom lies straight, and what reads differently when it is turned by a few degrees was not clear. The
// mean of three looks is right more often than one. A drawing on the pad is looked at once.

import { answerOf, calibrated, forPictures, forward } from "./network.js";

const SIDE = 28;
const TURN = 7; // degrees, to either side, as in looks.py

/** @typedef {import("./network.js").Network} Network */

/**
 * What a network says of a digit out of a picture: the mean of three looks.
 * @param {Network} network
 * @param {ArrayLike<number>} pixels (784,) 0 to 1
 * @param {import("./network.js").Calibration} calibration
 * @param {import("./network.js").Pass} pass buffers to fill; it ends with the picture as it is
 * @returns {import("./network.js").Answer}
 */
export function answerPicture(network, pixels, calibration, pass) {
  const mean = new Float64Array(10);
  for (const degrees of [TURN, -TURN, 0]) {
    const { logProbabilities } = forward(network, degrees ? turn(pixels, degrees) : pixels, pass);
    calibrated(logProbabilities, calibration.temperature).forEach((value, label) => {
      mean[label] += value / 3;
    });
  }
  return answerOf(mean, forPictures(calibration));
}

/**
 * An image turned clockwise about its middle, interpolated linearly; what comes in is 0.
 * @param {ArrayLike<number>} pixels (784,)
 * @param {number} degrees
 * @returns {Float32Array} (784,)
 */
export function turn(pixels, degrees) {
  const middle = (SIDE - 1) / 2;
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return Float32Array.from({ length: SIDE * SIDE }, (_, place) => {
    const [x, y] = [(place % SIDE) - middle, Math.floor(place / SIDE) - middle];
    return between(pixels, middle - sin * x + cos * y, middle + cos * x + sin * y);
  });
}

/** What lies between four pixels. @param {ArrayLike<number>} pixels @param {number} row @param {number} column */
function between(pixels, row, column) {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  let sum = 0;
  for (const r of [top, top + 1]) {
    for (const c of [left, left + 1]) {
      const isInside = r >= 0 && r < SIDE && c >= 0 && c < SIDE;
      if (isInside) sum += (1 - Math.abs(row - r)) * (1 - Math.abs(column - c)) * pixels[r * SIDE + c];
    }
  }
  return sum;
}
