// A drawing as few points, and as a link.
//
//     location.hash = `#draw=${encodeToFit(strokes)}`;   // null: too much for a link
//     const strokes = decode(link);                       // null: no drawing

import { distance } from "./geometry.js";

/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {import("./preparation.js").Strokes} Strokes */

/** The longest link that is written or read, in characters: browsers and messengers cut longer ones. */
export const MAX_LINK = 20_000;
/** How far a point may lie off the thinned line, part of the pad: less than a pixel of a phone's pad. */
const TOLERANCE = 1 / 300;
/** Thinned more coarsely than this, a drawing is no longer the same. */
const COARSEST = 1 / 40;

/**
 * The fewest points that keep a stroke within `tolerance` of what it was (Douglas and Peucker, 1973).
 * @template {Point} P
 * @param {readonly P[]} points
 * @param {number} [tolerance]
 * @returns {P[]}
 */
export function thin(points, tolerance = TOLERANCE) {
  if (points.length < 3) return [...points];
  const kept = new Uint8Array(points.length);
  kept[0] = kept[points.length - 1] = 1;
  // A list of parts still to do, not recursion: a scribble of 20,000 points could be as many calls deep.
  const parts = [[0, points.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [first, last] = part;
    const at = findFarthest(points, first, last, tolerance);
    if (at < 0) continue;
    kept[at] = 1;
    parts.push([first, at], [at, last]);
  }
  return points.filter((_, i) => kept[i]);
}

/**
 * The point between two others that is farthest from the line between them; -1 if all are near enough.
 * @param {readonly Point[]} points
 * @param {number} first
 * @param {number} last
 * @param {number} tolerance
 */
function findFarthest(points, first, last, tolerance) {
  let [farthest, at] = [tolerance, -1];
  for (let i = first + 1; i < last; i++) {
    const off = distanceToLine(points[i], points[first], points[last]);
    if (off >= farthest && (off > farthest || at < 0)) [farthest, at] = [off, i];
  }
  return at;
}

/**
 * How far a point is from the line between two others. Its ends count: a pen that went on along the line
 * and came back is far from it.
 * @param {Point} point
 * @param {Point} start
 * @param {Point} end
 * @returns {number}
 */
function distanceToLine(point, start, end) {
  const [x, y] = [end[0] - start[0], end[1] - start[1]];
  const [dx, dy] = [point[0] - start[0], point[1] - start[1]];
  const square = x * x + y * y;
  const along = square ? Math.min(1, Math.max(0, (dx * x + dy * y) / square)) : 0;
  return distance(dx - along * x, dy - along * y);
}

/**
 * Strokes as a link's text: six figures a point, three for x and three for y, in thousandths of the pad;
 * "-" between strokes. It may be longer than MAX_LINK, which decode() refuses.
 * @param {Strokes} strokes
 * @param {number} [tolerance]
 * @returns {string}
 */
export function encode(strokes, tolerance = TOLERANCE) {
  return strokes
    .filter((stroke) => stroke.length)
    .map((stroke) => thin(stroke, tolerance).map((point) => figures(point[0]) + figures(point[1])).join(""))
    .join("-");
}

/**
 * Strokes as a link's text no longer than `limit`, thinned as coarsely as that takes; null where even the
 * coarsest is too long, or where there is nothing to encode.
 * @param {Strokes} strokes
 * @param {number} [limit]
 * @returns {string | null}
 */
export function encodeToFit(strokes, limit = MAX_LINK) {
  for (let tolerance = TOLERANCE; tolerance <= COARSEST; tolerance *= 1.5) {
    const link = encode(strokes, tolerance);
    if (link.length <= limit) return link || null;
  }
  return null;
}

/**
 * The strokes that a link's text holds; null if it holds none.
 * @param {string} link
 * @returns {[number, number][][] | null}
 */
export function decode(link) {
  if (link.length > MAX_LINK || !/^(\d{6})+(-(\d{6})+)*$/.test(link)) return null;
  return link.split("-").map((points) => {
    /** @type {[number, number][]} */
    const stroke = [];
    for (let at = 0; at < points.length; at += 6) {
      stroke.push([fromFigures(points.slice(at, at + 3)), fromFigures(points.slice(at + 3, at + 6))]);
    }
    return stroke;
  });
}

/**
 * @param {number} value
 */
function figures(value) {
  return String(Math.min(999, Math.max(0, Math.round(value * 999)))).padStart(3, "0");
}

/**
 * @param {string} three
 */
function fromFigures(three) {
  return Math.round(Number(three) / 999 * 1e4) / 1e4;
}
