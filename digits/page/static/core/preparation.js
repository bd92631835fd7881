// A drawing becomes 28x28 pixels, prepared the way MNIST's own images were.
//
// The same steps as Python's preparation, one for one, so that a network reads here what it read there:
// the tightest box, the longer side scaled to 20 pixels, a round pen of MNIST's thickness, and the centre
// of mass in the middle of 28x28. The numbers come from Python as `rules`; nothing is written twice.
//
//     const { image } = prepareStrokes(strokes, rules);   // Uint8Array(784), ink 255 on 0

import { bounds, distance, roundHalfEven } from "./geometry.js";

/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {readonly (readonly Point[])[]} Strokes every stroke a list of points */

/**
 * What the preparation goes by, written down once, in Python.
 * @typedef {object} Rules
 * @property {number} side pixels of an image, each way: 28
 * @property {number} digit pixels of the digit's longer side: 20
 * @property {number} centre the centre of mass lands in (centre - 1, centre]: 15
 * @property {number} pen thickness of MNIST's strokes, in pixels: 2.9
 * @property {number} smallest a drawing smaller than this part of the pad counts as this big: 1 / 28
 * @property {number} demoPen pixels of pen left when a usual canvas is merely shrunk: 2
 * @property {number} tap a stroke at most this part of the longest one's size is a tap of the pen: 1 / 12
 * @property {number} step pixels between the discs that make up a line: 0.5
 * @property {number} maxDiscs a longer line is sampled more coarsely: 4096
 * @property {number} maxStrokes strokes a drawing may have: 1000
 * @property {number} maxPoints points a drawing may have: 20000
 * @property {number} slack how far a finger may leave the pad, part of its side: 0.5
 */

/**
 * A grey image, row by row, ink 255 on background 0.
 * @typedef {{width: number, height: number, bytes: Uint8Array}} Picture
 */

/**
 * What each step made, for the network and for showing it.
 * @typedef {object} Prepared
 * @property {[number, number, number, number] | null} box left, top, right, bottom, 0 to 1 of the pad
 * @property {Picture} small the digit alone, its longer side 20 pixels
 * @property {Uint8Array} image (784,) ready for the network
 * @property {number[]} leftOut places of strokes that were taps beside the drawing, the first non-empty one is 0
 */

// Where scaled points are snapped to, parts of a pixel: where a drawing sat on the pad then leaves no
// rounding noise.
const GRID = 1024;
// A centre of mass exactly between two places must not fall to either side by rounding noise.
const NOISE = 1e-6;

/**
 * Draw strokes as MNIST looks; a blank drawing gives a blank image.
 * @param {Strokes} strokes
 * @param {Rules} rules
 * @param {number} [pen] thickness in pixels
 * @returns {Prepared}
 */
export function prepareStrokes(strokes, rules, pen = rules.pen) {
  const written = strokes.filter((stroke) => stroke.length);
  if (!written.length) return blank(rules);
  const leftOut = findStrayTaps(written, rules);
  const drawn = written.filter((_, place) => !leftOut.includes(place));
  const [left, top, right, bottom] = bounds(drawn.flat());
  const scale = (rules.digit - pen) / Math.max(right - left, bottom - top, rules.smallest);
  const width = pixelsFor((right - left) * scale + pen);
  const height = pixelsFor((bottom - top) * scale + pen);
  const scaled = drawn.map((stroke) => stroke.map((point) => [
    roundHalfEven((point[0] - left) * scale * GRID) / GRID + pen / 2,
    roundHalfEven((point[1] - top) * scale * GRID) / GRID + pen / 2,
  ]));
  const small = { width, height, bytes: drawInk(scaled, width, height, pen, rules) };
  const [boxLeft, boxTop] = [left - pen / 2 / scale, top - pen / 2 / scale];
  return {
    box: [boxLeft, boxTop, boxLeft + width / scale, boxTop + height / scale],
    small,
    image: paste(small, rules),
    leftOut,
  };
}

/**
 * An image that is MNIST-like already, with the box and the cut-out that its ink has.
 * @param {Uint8Array} image (784,)
 * @param {Rules} rules
 * @returns {Prepared}
 */
export function keepImage(image, rules) {
  const { side } = rules;
  const lit = [...image.keys()].filter((at) => image[at]);
  if (!lit.length) return { ...blank(rules), image };
  const [left, top, right, bottom] = bounds(lit.map((at) => [at % side, Math.floor(at / side)]));
  const [width, height] = [right - left + 1, bottom - top + 1];
  const bytes = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * side + left;
    bytes.set(image.subarray(start, start + width), row * width);
  }
  const box = /** @type {[number, number, number, number]} */ (
    [left, top, right + 1, bottom + 1].map((place) => place / side)
  );
  return { box, small: { width, height, bytes }, image, leftOut: [] };
}

/**
 * Places of the strokes that are no more than a tap and lie outside the box of all others.
 *
 * No digit has a dot beside it, but a palm or a slip of the pen leaves one, and it would make the box larger
 * and the digit smaller. A dot inside, as in a dotted zero, moves nothing and stays.
 * @param {Strokes} strokes none of them empty
 * @param {Rules} rules
 * @returns {number[]}
 */
function findStrayTaps(strokes, { tap }) {
  const boxes = strokes.map((stroke) => bounds(stroke));
  const sizes = boxes.map(([left, top, right, bottom]) => Math.max(right - left, bottom - top));
  const most = tap * sizes.reduce((largest, size) => Math.max(largest, size), 0);
  const others = strokes.filter((_, place) => sizes[place] > most);
  if (!others.length || others.length === strokes.length) return [];
  const [left, top, right, bottom] = bounds(others.flat());
  return [...strokes.keys()].filter((place) => {
    const box = boxes[place];
    return sizes[place] <= most && (box[0] < left || box[1] < top || box[2] > right || box[3] > bottom);
  });
}

/**
 * Merely shrink the whole pad to 28x28, as many demos do, to show what that costs.
 * @param {Strokes} strokes
 * @param {Rules} rules
 * @returns {Uint8Array} (784,)
 */
export function shrinkStrokes(strokes, rules) {
  const { side, demoPen } = rules;
  const scaled = strokes
    .filter((stroke) => stroke.length)
    .map((stroke) => stroke.map((point) => [point[0] * side, point[1] * side]));
  if (!scaled.length) return new Uint8Array(side * side);
  return drawInk(scaled, side, side, demoPen, rules);
}

/**
 * What makes strokes that were kept unusable, as a key and values for a sentence; null if they are fine.
 * @param {unknown} strokes
 * @param {Rules} rules
 * @returns {{key: string, values: Record<string, number>} | null}
 */
export function findFault(strokes, rules) {
  if (!Array.isArray(strokes)) return { key: "not_strokes", values: {} };
  if (strokes.length > rules.maxStrokes) {
    return { key: "too_many_strokes", values: { most: rules.maxStrokes, count: strokes.length } };
  }
  let points = 0;
  for (const [index, stroke] of strokes.entries()) {
    if (!Array.isArray(stroke)) return { key: "not_points", values: { number: index + 1 } };
    points += stroke.length;
    if (points > rules.maxPoints) {
      return { key: "too_many_points", values: { most: rules.maxPoints, count: points } };
    }
    const key = findBadPoint(stroke, rules.slack);
    if (key) return { key, values: { number: index + 1 } };
  }
  return null;
}

/**
 * @param {unknown[]} stroke
 * @param {number} slack
 * @returns {"not_points" | "leaves_pad" | ""}
 */
function findBadPoint(stroke, slack) {
  for (const point of stroke) {
    if (!Array.isArray(point) || point.length !== 2 || !point.every(Number.isFinite)) return "not_points";
    if (point.some((place) => place < -slack || place > 1 + slack)) return "leaves_pad";
  }
  return "";
}

/**
 * Whole pixels that hold a length; a hair too much from rounding is no further pixel.
 * @param {number} length
 */
function pixelsFor(length) {
  return Math.ceil(roundHalfEven(length * 1e6) / 1e6);
}

/**
 * How much of each pixel a round pen covers, 0 to 255, row by row.
 *
 * A line is a row of discs; a pixel is as dark as its centre is deep inside the nearest one, which is what
 * averaging over the pixel's area gives for an edge.
 * @param {Strokes} strokes in pixels
 * @param {number} width
 * @param {number} height
 * @param {number} pen
 * @param {Rules} rules
 * @returns {Uint8Array}
 */
function drawInk(strokes, width, height, pen, rules) {
  const reach = pen / 2 + 0.5;
  const nearest = new Float64Array(width * height).fill(Infinity);
  for (const [x, y] of discsAlong(strokes, rules)) {
    lower(nearest, width, x, y, pixelsWithin(x, reach, width), pixelsWithin(y, reach, height));
  }
  return Uint8Array.from(nearest, (square) =>
    roundHalfEven(Math.min(1, Math.max(0, reach - Math.sqrt(square))) * 255));
}

/**
 * The pixels [first, end) whose centres a disc at `place` can reach: further ones stay blank whatever the
 * disc does, and leaving them out makes this fast.
 * @param {number} place
 * @param {number} reach
 * @param {number} side
 * @returns {[number, number]}
 */
function pixelsWithin(place, reach, side) {
  return [Math.max(0, Math.floor(place - reach - 0.5)), Math.min(side, Math.ceil(place + reach + 0.5))];
}

/**
 * Lower the squared distances of some pixels to that of a disc at (x, y), where it is nearer.
 * @param {Float64Array} nearest
 * @param {number} width
 * @param {number} x
 * @param {number} y
 * @param {[number, number]} columns
 * @param {[number, number]} rows
 */
function lower(nearest, width, x, y, columns, rows) {
  for (let row = rows[0]; row < rows[1]; row++) {
    const down = y - (row + 0.5);
    for (let column = columns[0]; column < columns[1]; column++) {
      const across = x - (column + 0.5);
      const square = down * down + across * across;
      if (square < nearest[row * width + column]) nearest[row * width + column] = square;
    }
  }
}

/**
 * Centres of the discs: points one step apart along every stroke, its two ends included.
 * @param {Strokes} strokes
 * @param {Rules} rules
 * @returns {[number, number][]}
 */
function discsAlong(strokes, rules) {
  const travelled = strokes.map(measure);
  const whole = travelled.reduce((sum, way) => sum + way[way.length - 1], 0);
  const step = Math.max(rules.step, whole / rules.maxDiscs);
  /** @type {[number, number][]} */
  const discs = [];
  for (const [index, stroke] of strokes.entries()) {
    const way = travelled[index];
    spaceOut(stroke, way, Math.ceil(way[way.length - 1] / step) + 1, discs);
  }
  return discs;
}

/**
 * The way along a stroke from its first point to each of its points.
 * @param {readonly Point[]} stroke
 * @returns {Float64Array}
 */
function measure(stroke) {
  const way = new Float64Array(stroke.length);
  for (let i = 1; i < stroke.length; i++) {
    way[i] = way[i - 1] + distance(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1]);
  }
  return way;
}

/**
 * Add `count` points, evenly spaced along a stroke, to `discs`; a dot is one point.
 * @param {readonly Point[]} stroke
 * @param {Float64Array} way from measure()
 * @param {number} count
 * @param {[number, number][]} discs
 */
function spaceOut(stroke, way, count, discs) {
  const end = way.length - 1;
  if (way[end] === 0) {
    discs.push([stroke[0][0], stroke[0][1]]);
    return;
  }
  const gap = way[end] / (count - 1);
  let from = 0;
  for (let i = 0; i < count - 1; i++) {
    const place = i * gap;
    while (from < end - 1 && way[from + 1] <= place) from += 1;
    discs.push([between(stroke, way, from, 0, place), between(stroke, way, from, 1, place)]);
  }
  discs.push([stroke[end][0], stroke[end][1]]);
}

/**
 * `count` points, evenly spaced along a stroke; a dot is one point.
 * @param {readonly Point[]} stroke
 * @param {number} count
 * @returns {[number, number][]}
 */
export function spacedPoints(stroke, count) {
  /** @type {[number, number][]} */
  const points = [];
  spaceOut(stroke, measure(stroke), count, points);
  return points;
}

/**
 * One coordinate of the point `place` along the way, which lies between points `from` and `from + 1`.
 * @param {readonly Point[]} stroke
 * @param {Float64Array} way
 * @param {number} from
 * @param {0 | 1} axis
 * @param {number} place
 */
function between(stroke, way, from, axis, place) {
  const start = stroke[from][axis];
  const slope = (stroke[from + 1][axis] - start) / (way[from + 1] - way[from]);
  return slope * (place - way[from]) + start;
}

/**
 * Lay a digit into 28x28, by whole pixels, so that its centre of mass is where MNIST's is.
 * @param {Picture} small
 * @param {Rules} rules
 * @returns {Uint8Array} (784,)
 */
function paste(small, { side, centre }) {
  const [column, row] = centreOfMass(small);
  const top = clamp(Math.trunc(centre - row + NOISE), side - small.height);
  const left = clamp(Math.trunc(centre - column + NOISE), side - small.width);
  const image = new Uint8Array(side * side);
  for (let y = 0; y < small.height; y++) {
    const line = small.bytes.subarray(y * small.width, (y + 1) * small.width);
    image.set(line, (top + y) * side + left);
  }
  return image;
}

/**
 * @param {number} place
 * @param {number} most
 */
function clamp(place, most) {
  return Math.min(Math.max(place, 0), most);
}

/**
 * Where the ink's weight lies: [column, row], a pixel's centre at + 0.5.
 * @param {Picture} picture
 * @returns {[number, number]}
 */
function centreOfMass({ width, height, bytes }) {
  let [total, across, down] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = bytes[y * width + x];
      total += ink;
      across += ink * (x + 0.5);
      down += ink * (y + 0.5);
    }
  }
  return [across / total, down / total];
}

/**
 * A blank drawing: no box, nothing to show, an empty image.
 * @param {Rules} rules
 * @returns {Prepared}
 */
function blank({ side }) {
  return {
    box: null,
    small: { width: 1, height: 1, bytes: new Uint8Array(1) },
    image: new Uint8Array(side * side),
    leftOut: [],
  };
}
