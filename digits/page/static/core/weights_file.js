// A network as one binary file, as Python's network/weights_file.py writes it: a header, then the weights.
//
//     4 bytes   how long the header is, little-endian
//     header    JSON: name, version, sizes, activation, card; spaces make its end a multiple of 4
//     weights   little-endian float32, layer by layer, weight and bias

import { createNetwork, parseWeights } from "./network.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Calibration} Calibration */

/**
 * A network with what belongs to it.
 * @typedef {object} LoadedNetwork
 * @property {string} name as its server calls it
 * @property {string} version other weights have another
 * @property {Network} network
 * @property {Calibration} calibration
 */

/**
 * The network in a file; RangeError where it is none.
 * @param {ArrayBuffer} file
 * @returns {LoadedNetwork}
 */
export function readWeightsFile(file) {
  const { header, end } = readHeader(file);
  const { name, version, sizes, activation, card } = header;
  const network = createNetwork({ sizes, activation, weights: parseWeights(new Uint8Array(file, end)) });
  return { name, version, network, calibration: card.calibration };
}

/** @param {ArrayBuffer} file */
function readHeader(file) {
  try {
    const end = 4 + new DataView(file).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, end - 4)));
    return { header, end };
  } catch {
    throw new RangeError("this is no file of weights");
  }
}
