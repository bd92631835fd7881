// Which strokes on the pad make one digit: the same as digits/data/preparation/pad_digits.py, whose first lines say
// how. Golden vectors hold the two together.

import { bounds } from "./geometry.js";
import { gap, joinPieces, longer, pieceOf, readingOrder } from "./grouping.js";
import { spacedPoints } from "./preparation.js";

/** @typedef {import("./preparation.js").Strokes} Strokes */
/** @typedef {import("./grouping.js").Judge} Judge */
/** @typedef {import("./grouping.js").Piece} Piece */
/** @typedef {{digits: Piece[], score: number}} Cut digits written one after the other; the least sure one's score */

const TOUCHING = 0.06; // of the digits' size: strokes nearer than this are one piece
const WHOLE = 0.9; // a drawing that is read more surely than this as it stands is one digit
const DOT = 0.12; // of the digits' size: no digit has a dot
const LEAST_SIZE = 0.05; // of the pad: digits are not smaller
const MOST_STROKES = 100; // no pad of digits has more: such a drawing is read as one
const POINTS = 64; // along a stroke, to see what it touches
const CUT_SURE = 0.98; // how sure the judge must be of each part of a cut: a B is no 13
const MOST_OF_ONE = 4; // strokes: no digit has more
const AS_LARGE = 0.75; // of its neighbour's longer side: a smaller part is a piece of it
const OVERLAP = 0.4; // of the larger neighbour's longer side, as which they share at most from left to right

/**
 * The strokes of each digit of a drawing, in reading order; stray dots are left out.
 * @param {Strokes} strokes none of them empty
 * @param {Judge} judge
 * @returns {Strokes[]}
 */
export function groupStrokes(strokes, judge) {
  if (strokes.length > MOST_STROKES) return [strokes];
  return groupFew(strokes, askOnce(judge, strokes));
}

/** A judge that remembers what it said of parts of `strokes`. @param {Judge} judge @param {Strokes} strokes @returns {Judge} */
function askOnce(judge, strokes) {
  const places = new Map(strokes.map((stroke, place) => [stroke, place]));
  /** @type {Map<string, number>} */
  const said = new Map();
  return (part) => {
    const key = part.map((stroke) => places.get(stroke)).join();
    const score = said.get(key) ?? judge(part);
    said.set(key, score);
    return score;
  };
}

/** @param {Strokes} strokes @param {Judge} judge @returns {Strokes[]} */
function groupFew(strokes, judge) {
  let pieces = touching(strokes).map(pieceOf);
  if (pieces.length > 1) {
    const size = Math.max(...pieces.map(({ box }) => longer(box)));
    pieces = joinPieces(
      pieces.filter(({ box }) => longer(box) >= DOT * size),
      judge,
    );
  }
  if (pieces.length > 1 && judge(strokes) > WHOLE) pieces = [pieceOf(strokes)];
  return readingOrder(pieces.flatMap((piece) => cutApart(piece, judge))).map((piece) => piece.strokes);
}

/** Strokes in sets that touch each other. @param {Strokes} strokes @returns {Strokes[]} */
function touching(strokes) {
  const boxes = strokes.map((stroke) => bounds(stroke));
  const near = TOUCHING * Math.max(LEAST_SIZE, ...boxes.map(longer));
  const lines = strokes.map((stroke) => spacedPoints(stroke, POINTS));
  /** @type {number[][]} */
  let sets = [];
  for (const [place, line] of lines.entries()) {
    const touches = (/** @type {number} */ k) =>
      gap(boxes[place], boxes[k]) <= near && leastDistance(line, lines[k]) < near;
    const touched = sets.filter((one) => one.some(touches));
    sets = sets.filter((one) => !touched.includes(one));
    sets.push([...touched.flat(), place]);
  }
  return sets.map((one) => one.sort((a, b) => a - b).map((k) => strokes[k]));
}

/** @param {[number, number][]} one @param {[number, number][]} other */
function leastDistance(one, other) {
  let least = Infinity;
  for (const [x, y] of one)
    for (const [u, v] of other) {
      const square = (x - u) * (x - u) + (y - v) * (y - v);
      if (square < least) least = square;
    }
  return Math.sqrt(least);
}

/** The digits of a piece in the order of their strokes; the piece itself where it is one. @param {Piece} piece @param {Judge} judge */
function cutApart(piece, judge) {
  const { strokes, box } = piece;
  const isWide = box[2] - box[0] >= box[3] - box[1];
  if (strokes.length < 2 || (!isWide && judge(strokes) > WHOLE)) return [piece];
  // The best cut of all strokes from each on, the last first; of no strokes it is no digits.
  /** @type {(Cut | null)[]} */
  const cuts = [...strokes.map(() => null), { digits: [], score: 1 }];
  for (let start = strokes.length - 1; start >= 0; start--)
    for (let end = start + 1; end <= Math.min(strokes.length, start + MOST_OF_ONE); end++) {
      const cut = putBefore(pieceOf(strokes.slice(start, end)), cuts[end], judge);
      if (cut && cut.score > (cuts[start]?.score ?? 0)) cuts[start] = cut;
    }
  return cuts[0]?.digits ?? [piece];
}

/**
 * A cut with a digit before its first; null where that is surely none, or none beside it.
 * @param {Piece} piece
 * @param {Cut | null} cut
 * @param {Judge} judge
 * @returns {Cut | null}
 */
function putBefore(piece, cut, judge) {
  if (!cut || (cut.digits.length && !areNeighbours(piece.box, cut.digits[0].box))) return null;
  const score = judge(piece.strokes);
  return score < CUT_SURE ? null : { digits: [piece, ...cut.digits], score: Math.min(score, cut.score) };
}

/**
 * Whether two boxes are about as large and side by side.
 * @param {import("./grouping.js").Box} one
 * @param {import("./grouping.js").Box} other
 */
function areNeighbours(one, other) {
  const [small, large] = [longer(one), longer(other)].sort((a, b) => a - b);
  const shared = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  return small >= AS_LARGE * large && shared <= OVERLAP * large;
}
