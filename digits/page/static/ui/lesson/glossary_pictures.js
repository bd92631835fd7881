// The glossary's small pictures: a few lines each, drawn as SVG in the page's colours.

/** @typedef {import("../../core/glossary_terms.js").Term} Term */
/** @typedef {[name: string, look: string, settings: Record<string, string | number>]} Shape */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} d @param {string} [look] @returns {Shape} */
const line = (d, look = "soft") => ["path", look, { d }];
/** @param {number} cx @param {number} cy @param {number} r @param {string} [look] @returns {Shape} */
const dot = (cx, cy, r, look = "full") => ["circle", look, { cx, cy, r }];
/** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} look @returns {Shape} */
const box = (x, y, width, height, look) => ["rect", look, { x, y, width, height, rx: 1.5 }];

/** @param {(column: number, row: number) => string} look of each of 10 x 5 digits */
const digits = (look) =>
  Array.from({ length: 50 }, (_, i) => {
    const [column, row] = [i % 10, Math.floor(i / 10)];
    return box(22 + 8 * column, 13 + 8 * row, 6, 6, look(column, row));
  });

const VALLEY = "M14 8C30 74 90 74 106 8";
const COLUMNS = [24, 60, 96];
const ROWS = [12, 32, 52];
const LINES = [0, 1].flatMap((column) =>
  ROWS.flatMap((from) => ROWS.map((to) => line(`M${COLUMNS[column]} ${from}L${COLUMNS[column + 1]} ${to}`, "thin"))),
);

/** @type {Record<Term, Shape[]>} each 120 x 64 */
const PICTURES = {
  weight: [
    line("M24 16L88 32", "warm thick"),
    line("M24 48L88 32", "cold"),
    dot(22, 16, 8),
    dot(22, 48, 8),
    dot(96, 32, 10),
  ],
  bias: [
    line("M10 44H110"),
    line("M60 40V20", "warm"),
    line("M54 26L60 19L66 26", "warm"),
    dot(60, 44, 5),
    dot(60, 14, 6, "hot"),
  ],
  node: [
    line("M16 12L52 30"),
    line("M16 32H52"),
    line("M16 52L52 34"),
    line("M68 32H106", "warm"),
    line("M99 26L106 32L99 38", "warm"),
    dot(60, 32, 17),
    line("M66 25H54L61 32L54 39H66", "ink"),
  ],
  layer: [
    ...LINES,
    ["rect", "warm", { x: 49, y: 2, width: 22, height: 60, rx: 11 }],
    ...COLUMNS.flatMap((x) => ROWS.map((y) => dot(x, y, 6, x === 60 ? "hot" : "full"))),
  ],
  activation: [line("M10 48H110"), line("M60 6V58"), line("M14 48H60L98 10", "warm thick")],
  softmax: [
    line("M8 44H46"),
    box(12, 20, 8, 24, "hot"),
    box(24, 34, 8, 10, "mute"),
    box(36, 44, 8, 10, "mute"),
    line("M55 32H69", "ink"),
    line("M64 27L70 32L64 37", "ink"),
    box(82, 6, 24, 40, "hot"),
    box(82, 47, 24, 9, "mute"),
    box(82, 57, 24, 3, "mute"),
  ],
  loss: [line("M16 6V56H110"), line("M20 6C24 46 44 54 106 55", "warm thick"), dot(32, 40.5, 5, "ball")],
  gradient: [
    line(VALLEY),
    line("M18 16L40 60", "thin"),
    line("M28 34L37 53", "warm"),
    line("M30 47L37 54L39 44", "warm"),
    dot(26.5, 33, 5, "ball"),
  ],
  learning_rate: [
    line(VALLEY),
    line("M20 24L100 22L32 44", "cold dashed"),
    dot(20, 24, 3.5, "cool"),
    dot(100, 22, 3.5, "cool"),
    dot(32, 44, 3.5, "cool"),
    dot(42, 53, 3, "hot"),
    dot(49, 56, 3, "hot"),
    dot(56, 57.5, 3, "hot"),
  ],
  batch: digits((column, row) => (row === 1 && column > 1 && column < 7 ? "hot" : "mute")),
  epoch: [...digits(() => "hot"), line("M16 14V50", "ink"), line("M11 44L16 51L21 44", "ink")],
  accuracy: Array.from({ length: 10 }, (_, i) => {
    const [x, y] = [24 + 18 * (i % 5), 20 + 24 * Math.floor(i / 5)];
    return i === 8
      ? line(`M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}`, "warm")
      : line(`M${x - 6} ${y}L${x - 1} ${y + 5}L${x + 6} ${y - 5}`, "ink");
  }),
  overfitting: [
    line("M14 6V56H110"),
    line("M16 54C34 16 60 10 108 9", "cold"),
    line("M16 55C36 24 56 20 68 24S96 40 108 44", "warm thick"),
  ],
};

/** @param {string} name @param {Record<string, string | number>} settings */
function element(name, settings) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(settings)) made.setAttribute(key, String(value));
  return made;
}

/**
 * A term's picture. It only repeats what the words say, so screen readers pass it over.
 * @param {Term} term
 */
export function pictureOf(term) {
  const picture = element("svg", { viewBox: "0 0 120 64", class: "term-picture", "aria-hidden": "true" });
  picture.append(...PICTURES[term].map(([name, look, settings]) => element(name, { class: look, ...settings })));
  return picture;
}
