// Random numbers that a seed repeats on every device, for first weights and for shuffling.
//
// xoshiro128** by David Blackman and Sebastiano Vigna, seeded by splitmix32: both in the public domain
// (https://prng.di.unimi.it). Math.random() has no seed, so a run could never be shown again.

/**
 * @typedef {object} Random
 * @property {() => number} integer 0 to 2^32 - 1
 * @property {() => number} share 0 to 1, 1 excluded
 */

/**
 * @param {number} seed a whole number; its low 32 bits count
 * @returns {Random}
 */
export function createRandom(seed) {
  const [a, b, c, d] = spread(seed);
  const state = Uint32Array.of(a, b, c, d);
  const integer = () => next(state);
  return { integer, share: () => integer() / 2 ** 32 };
}

/**
 * One step of xoshiro128**.
 * @param {Uint32Array} state four numbers, not all 0; changed in place
 */
function next(state) {
  const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate(state[3], 11);
  return result;
}

/**
 * @param {number} value
 * @param {number} bits
 */
function rotate(value, bits) {
  return (value << bits) | (value >>> (32 - bits));
}

/**
 * Four numbers that have little in common, from one seed: splitmix32.
 * @param {number} seed
 */
function spread(seed) {
  return [1, 2, 3, 4].map((turn) => {
    let mixed = (seed + Math.imul(turn, 0x9e3779b9)) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  });
}
