// The bends between two layers: what each does to a sum, and how steep it is there.
//
// One table for reading a drawing, for training and for the curves on the page.

/**
 * @typedef {object} Activation
 * @property {(sum: number) => number} bend what a node makes of its sum
 * @property {(sum: number, output: number) => number} slope how steep that is, from the sum that went in
 *   and the output that came out
 */

/** @typedef {"relu" | "tanh" | "sigmoid" | "gelu" | "identity"} ActivationName */

/** @type {Readonly<Record<ActivationName, Activation>>} */
export const ACTIVATIONS = {
  relu: {
    bend: (sum) => (sum > 0 ? sum : 0),
    slope: (sum, output) => (output > 0 ? 1 : 0),   // 1 where the sum passed, 0 where it was cut off
  },
  tanh: {
    bend: Math.tanh,
    slope: (sum, output) => 1 - output * output,
  },
  sigmoid: {
    bend: (sum) => 1 / (1 + Math.exp(-sum)),
    slope: (sum, output) => output * (1 - output),
  },
  gelu: {
    // sum * P(sum), where P is the share of a normal distribution below the sum and p its density.
    bend: (sum) => sum * shareBelow(sum),
    slope: (sum) => shareBelow(sum) + sum * Math.exp(-sum * sum / 2) / Math.sqrt(2 * Math.PI),
  },
  identity: {   // none at all, to see what is lost without one: any number of layers is then worth one
    bend: (sum) => sum,
    slope: () => 1,
  },
};

/** What each is called, in every language alike. @type {Readonly<Record<ActivationName, string>>} */
export const ACTIVATION_NAMES = { relu: "ReLU", tanh: "tanh", sigmoid: "sigmoid", gelu: "GELU", identity: "–" };

/**
 * The share of a normal distribution below `place`.
 * @param {number} place
 */
function shareBelow(place) {
  return (1 + erf(place / Math.SQRT2)) / 2;
}

/**
 * The error function, right to 15 digits.
 *
 * Its power series in a form whose terms are all positive, so that nothing cancels (Abramowitz and Stegun,
 * 7.1.6). Above 6 the function is 1 to the last digit of a double.
 * @param {number} x
 * @returns {number}
 */
export function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  const square = 2 * x * x;
  let [sum, term] = [1, 1];
  for (let odd = 3; term > 1e-17 * sum; odd += 2) {
    term *= square / odd;
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * x * Math.exp(-x * x) * sum;
}
