// Where the blame for an answer goes: from each layer, the largest shares that it hands to the one before. No DOM.

/** @typedef {import("./network.js").Network} Network */

/** Blame on its way from a node to one of the layer before. @typedef {{layer: number, from: number, to: number, size: number}} Flow */

export const FLOWS = 12; // from each layer to the one before

/**
 * The largest shares of blame that each layer hands to the one before.
 * @param {Network} network
 * @param {Float32Array[]} errors
 * @param {Float32Array} pixels
 * @returns {Flow[]}
 */
export function findFlows(network, errors, pixels) {
  return network.layers.flatMap(({ inputs, outputs, weight }, number) => {
    /** @type {Flow[]} the largest so far: fifty thousand are looked at, and sorting those takes longer than a frame */
    const flows = [];
    let least = 0;
    for (let from = 0; from < outputs; from++) {
      for (let to = 0; to < inputs; to++) {
        const share = number ? weight[from * inputs + to] : pixels[to]; // pixels get no blame, their weights do
        const size = errors[number][from] * share;
        if (!(Math.abs(size) > least)) continue;
        flows.push({ layer: number + 1, from, to, size });
        flows.sort((one, other) => Math.abs(other.size) - Math.abs(one.size));
        if (flows.length > FLOWS) flows.pop();
        if (flows.length === FLOWS) least = Math.abs(flows[FLOWS - 1].size);
      }
    }
    return flows;
  });
}
