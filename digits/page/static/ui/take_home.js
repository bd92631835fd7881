// A network as a page of its own, to take home: one file that needs no server.

import { heard, lost, post } from "../services/connection.js";
import { problemOf } from "../services/server_answers.js";
import { credentials } from "../services/session.js";
import { text } from "../services/texts.js";
import { download } from "./dom.js";

/**
 * Hand the visitor the page for a network; what is wrong, as a sentence, or "".
 * @param {string} network its id
 * @returns {Promise<string>}
 */
export async function takeHome(network) {
  try {
    const reply = await post("digits/page", { ...credentials(), network });
    heard();
    if (!reply.ok) return problemOf(await reply.json()) || text("server_gone");
    download(`digits-${network}.html`, await reply.text(), "text/html");
    return "";
  } catch {
    lost();
    return text("server_gone");
  }
}
