// The lesson's steps, as data. A step's texts are lesson_ID_title, _say, _ask, _options, _answer, _task and _done in
// locales/; what is live in it is a module of this folder, as part.js says.

/** @typedef {{id: number, part: () => Promise<import("./part.js").PartModule>}} Step */

/** @type {readonly Step[]} */
export const STEPS = [
  { id: 1, part: () => import("./picture.js") },
  { id: 2, part: () => import("./node.js") },
  { id: 3, part: () => import("./bend.js") },
  { id: 4, part: () => import("./outputs.js") },
  { id: 11, part: () => import("./break_it.js") },
];
