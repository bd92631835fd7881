// A network as a page of its own, to take home: one file that needs no server.

import { heard, lost, post } from "../services/connection.js";
import { nameOf } from "../services/network_names.js";
import { problemOf } from "../services/server_answers.js";
import { credentials } from "../services/session_token.js";
import { text } from "../services/texts.js";
import { download } from "./dom.js";

/**
 * Hand the visitor the page for a network; what the file holds, or what is wrong, as a sentence.
 * @param {string} network its id
 * @returns {Promise<string>}
 */
export async function takeHome(network) {
  try {
    const reply = await post("digits/page", { ...credentials(), network });
    heard();
    if (!reply.ok) return problemOf(await reply.json()) || text("server_gone");
    const file = `digits-${network}.html`;
    download(file, await reply.text(), "text/html");
    return text("out_downloaded", { file, network: nameOf(network) });
  } catch {
    lost();
    return text("server_gone");
  }
}
