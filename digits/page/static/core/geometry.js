// Small sums about points and strokes that several modules of the core need.

/**
 * A point of the pad: x to the right, y down, 0 to 1 from edge to edge.
 * @typedef {ArrayLike<number>} Point
 */

const TINY = 1e-140;   // the square of less than this has no digits left

/**
 * The length of the line from (0, 0) to (x, y), as exact as C's `hypot`.
 *
 * Python measures strokes with it, and Math.hypot is now and then off in the last digit: enough for a
 * line of exactly 30 steps to get 31 of them. This is Borges' corrected square root ("An Improved
 * Algorithm for hypot(a,b)", 2019), which is what the C library has.
 * @param {number} x
 * @param {number} y
 * @returns {number}
 */
export function distance(x, y) {
  const long = Math.max(Math.abs(x), Math.abs(y));
  const short = Math.min(Math.abs(x), Math.abs(y));
  if (short < TINY) return Math.hypot(x, y);
  const rough = Math.sqrt(long * long + short * short);
  return rough - excess(rough, long, short) / (2 * rough);
}

/**
 * rough² - long² - short², taken apart so that rounding does not eat it.
 * @param {number} rough
 * @param {number} long
 * @param {number} short
 */
function excess(rough, long, short) {
  if (rough <= 2 * short) {
    const rest = rough - short;
    return long * (2 * rest - long) + (rest - 2 * (long - short)) * rest;
  }
  const rest = rough - long;
  return 2 * rest * (long - 2 * short) + ((4 * rest - short) * short + rest * rest);
}

/**
 * The smallest box around points: [left, top, right, bottom].
 * @param {readonly Point[]} points at least one
 * @returns {[number, number, number, number]}
 */
export function bounds(points) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const point of points) {
    if (point[0] < left) left = point[0];
    if (point[0] > right) right = point[0];
    if (point[1] < top) top = point[1];
    if (point[1] > bottom) bottom = point[1];
  }
  return [left, top, right, bottom];
}

/**
 * Round to a whole number, halves to the even one, as numpy and Python do: 0.5 to 0, 1.5 to 2.
 * @param {number} value
 * @returns {number}
 */
export function roundHalfEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
