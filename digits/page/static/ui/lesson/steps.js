// The lesson's steps, as data. A step's texts are lesson_ID_title, _say, _ask, _options, _answer, _task and _done in
// locales/; what is live in it is a module of this folder, as part_types.js says.

/** @typedef {{id: number, part: () => Promise<import("./part_types.js").PartModule>}} Step */

/** @type {readonly Step[]} */
export const STEPS = [
  { id: 1, part: () => import("./picture.js") },
  { id: 2, part: () => import("./node.js") },
  { id: 3, part: () => import("./bend.js") },
  { id: 4, part: () => import("./outputs.js") },
  { id: 5, part: () => import("./untrained.js") },
  { id: 6, part: () => import("./loss.js") },
  { id: 7, part: () => import("./gradient.js") },
  { id: 8, part: () => import("./batches.js") },
  { id: 9, part: () => import("./honest_marks.js") },
  { id: 10, part: () => import("./hand.js") },
  { id: 11, part: () => import("./break_it.js") },
  { id: 12, part: () => import("./code.js") },
];
