// The test digits behind a cell of the confusion matrix: what they are and what the network read.

import { problemOf } from "../services/server_answers.js";
import { credentials } from "../services/session_token.js";
import { state } from "../services/state.js";
import { number, text } from "../services/texts.js";
import { fillWithGrey } from "./canvas.js";
import { find, findAll, make } from "./dom.js";

/** @typedef {import("../services/messages.js").CellPictures} CellPictures */

let asked = 0; // the latest question; an older answer comes too late

/** @param {import("../hosts/gradio.js").Host} host @param {number} label @param {number} said */
export async function show(host, label, said) {
  const mine = ++asked;
  const [list, note] = [find(host.element, ".cell-pictures"), find(host.element, ".cell-note")];
  note.textContent = text("why_cell_coming", { label, said });
  const told = await ask(host, label, said);
  if (mine !== asked) return;
  const problem = told ? problemOf(told) : text("offline");
  list.hidden = Boolean(problem);
  note.textContent = problem || text("why_cell", { label, said, count: number(told?.count ?? 0) });
  if (!told || problem) return;
  const name = text("out_cell", { count: 1, label, said });
  list.replaceChildren(...told.images.map(() => makeItem(name)));
  findAll(list, "canvas", HTMLCanvasElement).forEach((canvas, i) => {
    fillWithGrey(canvas, told.images[i]);
  });
  const rest = told.count - told.images.length;
  if (rest > 0) list.append(make("li", text("why_cell_more", { count: number(rest) }), { className: "rest" }));
}

/** @param {string} name */
function makeItem(name) {
  const item = make("li");
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  item.append(canvas);
  return item;
}

/**
 * @param {import("../hosts/gradio.js").Host} host @param {number} label @param {number} said
 * @returns {Promise<CellPictures | null>} null where nobody answered
 */
async function ask(host, label, said) {
  const network = state.get("outcome")?.network.id;
  try {
    return await host.call("cell", { ...credentials(), network, label, said });
  } catch {
    return null;
  }
}
