// Rounding so that what is shown stays true: a sum's terms still add up, and "no more than" is no less than it was.

/**
 * A sum's terms, rounded up or down so that together they are the rounded sum: those that lose most are rounded up.
 * @param {readonly number[]} terms
 * @param {number} sum what they add up to, but for the last figures of a computer
 * @param {number} places decimals
 * @returns {number[]}
 */
export function roundTerms(terms, sum, places) {
  const unit = 10 ** places;
  const rounded = terms.map((term) => Math.floor(term * unit));
  const missing = Math.round(sum * unit) - rounded.reduce((total, term) => total + term, 0);
  const lost = terms.map((term, i) => term * unit - rounded[i]);
  const order = terms.map((_, i) => i).sort((a, b) => lost[b] - lost[a]);
  for (const i of order.slice(0, Math.max(0, missing))) rounded[i] += 1;
  return rounded.map((term) => term / unit);
}

const INEXACT = 1e-5; // of a value: the difference of two 32-bit numbers is no truer

/**
 * Rounded up; what is above a figure by a computer's last figures alone stays at it: a 32-bit 0.07 is 7 %, not 8 %.
 * @param {number} value at least 0
 * @param {number} places decimals
 */
export function roundUp(value, places) {
  const unit = 10 ** places;
  return Math.ceil(value * (1 - INEXACT) * unit) / unit;
}
