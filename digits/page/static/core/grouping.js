// Which pieces of ink make one digit: the same as digits/data/preparation/grouping.py, whose first lines say how.
// Golden vectors hold the two together.

import { bounds, distance } from "./geometry.js";

/** @typedef {import("./preparation.js").Strokes} Strokes */
/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

/**
 * How surely strokes, prepared and read, are a digit: 0 to 1.
 * @typedef {(strokes: Strokes) => number} Judge
 */

/** @typedef {{strokes: Strokes, box: Box, score: number}} Piece */
/** @typedef {{of: [Piece, Piece], whole: Piece}} Pair two pieces that may be one digit */

const NEAR = 0.35; // of the digits' size: pieces farther apart are never one digit
const HALF = 0.6; // of the digits' size: a smaller piece is no digit by itself
const [TALLEST, WIDEST] = [1.5, 1.4]; // of the digits' size: nothing larger is one digit
const TALLEST_OF_TWO = 2.2; // where two pieces may be the two halves of one
const CLOSE = 0.15; // of the digits' size: the gap between the two halves of an 8
const SURE = 0.8; // how sure the judge must be of a whole
const UNSURE = 0.5; // below this a piece is no digit by itself
const IN_LINE = 0.4; // of the lower one's height, that neighbours in a line share

/** @param {Strokes} strokes @returns {Piece} */
export const pieceOf = (strokes) => ({ strokes, box: bounds(strokes.flat()), score: 0 });

/** Pieces of digits joined to whole digits, the surest pair first. @param {Piece[]} pieces @param {Judge} judge */
export function joinPieces(pieces, judge) {
  const size = typicalSize(pieces);
  const tallest = (pieces.length <= 2 ? TALLEST_OF_TWO : TALLEST) * size;
  for (const piece of pieces) piece.score = longer(piece.box) < HALF * size ? 0 : judge(piece.strokes);
  const pairsWith = (/** @type {Piece} */ one, /** @type {Piece[]} */ others) =>
    others.filter((other) => mayJoin(one, other, size, tallest)).map((other) => pairOf(one, other, judge));
  // A pair is judged once, and stays while both are left. Each piece has those with later ones, in their order.
  const pairs = new Map(pieces.map((piece, place) => [piece, pairsWith(piece, pieces.slice(place + 1))]));
  for (;;) {
    const best = surest([...pairs.values()].flat());
    if (!best || best.whole.score < SURE) return [...pairs.keys()];
    for (const piece of best.of) pairs.delete(piece);
    for (const [piece, own] of pairs) {
      const left = own.filter(({ of }) => pairs.has(of[1]));
      pairs.set(piece, [...left, ...pairsWith(piece, [best.whole])]);
    }
    pairs.set(best.whole, []);
  }
}

/** @param {Piece} one @param {Piece} other @param {Judge} judge @returns {Pair} */
function pairOf(one, other, judge) {
  const whole = pieceOf([...one.strokes, ...other.strokes]);
  whole.score = judge(whole.strokes);
  return { of: [one, other], whole };
}

/** The surest pair, the first of equals. @param {Pair[]} pairs @returns {Pair | undefined} */
function surest(pairs) {
  let best = pairs[0];
  for (const pair of pairs) if (pair.whole.score > best.whole.score) best = pair;
  return best;
}

/** @param {Piece} one @param {Piece} other @param {number} size @param {number} tallest */
function mayJoin({ box: one, score }, { box: other, score: otherScore }, size, tallest) {
  const width = Math.max(one[2], other[2]) - Math.min(one[0], other[0]);
  const height = Math.max(one[3], other[3]) - Math.min(one[1], other[1]);
  if (gap(one, other) > NEAR * size || height > tallest || width > WIDEST * size) return false;
  return Math.min(score, otherScore) < UNSURE || isStacked(one, other, CLOSE * size);
}

/** Whether one box stands on the other, mostly above it and close. @param {Box} one @param {Box} other @param {number} close */
function isStacked(one, other, close) {
  const shared = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const narrower = Math.min(one[2] - one[0], other[2] - other[0]);
  const apart = Math.max(one[1], other[1]) - Math.min(one[3], other[3]);
  return shared >= 0.6 * narrower && -close <= apart && apart <= close;
}

/** The longer side that digits have here: the median of those that are not small. @param {Piece[]} pieces */
function typicalSize(pieces) {
  const sides = pieces.map(({ box }) => longer(box));
  const most = Math.max(...sides);
  const large = sides.filter((side) => side >= 0.5 * most).sort((a, b) => a - b);
  const middle = Math.floor(large.length / 2);
  return large.length % 2 ? large[middle] : (large[middle - 1] + large[middle]) / 2;
}

/** @param {readonly number[]} box */
export const longer = ([left, top, right, bottom]) => Math.max(right - left, bottom - top);

/** How far two boxes are apart; 0 where they share something. @param {Box} one @param {Box} other */
export function gap(one, other) {
  const across = Math.max(0, Math.max(one[0], other[0]) - Math.min(one[2], other[2]));
  const down = Math.max(0, Math.max(one[1], other[1]) - Math.min(one[3], other[3]));
  return distance(across, down);
}

/** Line by line, each line from left to right, even where lines slope a little. @param {Piece[]} pieces */
export function readingOrder(pieces) {
  /** @type {Piece[][]} */
  const lines = [];
  for (const piece of [...pieces].sort((a, b) => a.box[0] - b.box[0])) {
    const shares = lines.map((line) => sharedHeight(line[line.length - 1].box, piece.box));
    const most = Math.max(...shares);
    if (most >= IN_LINE) lines[shares.indexOf(most)].push(piece);
    else lines.push([piece]);
  }
  const height = (/** @type {Piece[]} */ line) =>
    line.reduce((sum, { box }) => sum + box[1] + box[3], 0) / line.length;
  return lines.sort((a, b) => height(a) - height(b)).flat();
}

/** How much of the lower one's height two boxes share. @param {Box} one @param {Box} other */
function sharedHeight(one, other) {
  const shared = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return shared / Math.max(Math.min(one[3] - one[1], other[3] - other[1]), 1e-9);
}
