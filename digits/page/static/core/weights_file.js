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

/**
 * A network as such a file.
 * @param {Record<string, any>} header
 * @param {Float32Array} weights
 * @returns {ArrayBuffer}
 */
export function writeWeightsFile(header, weights) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const end = 4 + text.length + (-text.length & 3);
  const file = new ArrayBuffer(end + 4 * weights.length);
  const view = new DataView(file);
  view.setUint32(0, end - 4, true);
  new Uint8Array(file).fill(32, 4, end).set(text, 4);
  for (const [i, value] of weights.entries()) view.setFloat32(end + 4 * i, value, true);
  return file;
}

/**
 * The same network under the version that its server calls it by.
 * @param {ArrayBuffer} file
 * @param {string} version
 */
export function withVersion(file, version) {
  const { header, end } = readHeader(file);
  return writeWeightsFile({ ...header, version }, parseWeights(new Uint8Array(file, end)));
}

/** The header and where it ends; RangeError where there is none. @param {ArrayBuffer} file */
export function readHeader(file) {
  try {
    const end = 4 + new DataView(file).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 4, end - 4)));
    if (Array.isArray(header?.sizes) && header.card?.calibration) return { header, end };
  } catch {
    // It is no JSON, or cut short.
  }
  throw new RangeError("this is no file of weights");
}
