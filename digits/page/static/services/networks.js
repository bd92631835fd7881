// The weights of the network that was chosen: from memory, from this browser's database, or from the server.
//
// state.network is what reads drawings here; null while its weights are under way, and then the server reads.

import { readWeightsFile } from "../core/weights_file.js";
import { warmUp } from "./browser_reader.js";
import { keepNetwork, keptNetwork } from "./browser_storage.js";
import { heard, lost, post } from "./connection.js";
import { lastForgotten } from "./forgetting.js";
import { entryOf, isOwn } from "./network_names.js";
import { credentials, session } from "./session_token.js";
import { state } from "./state.js";

/** @typedef {import("../core/weights_file.js").LoadedNetwork} LoadedNetwork */
/** @typedef {import("./messages.js").NetworkEntry} NetworkEntry */

/** @type {Map<string, LoadedNetwork>} by version: what was chosen on this page */
const loaded = new Map();

/** @type {Map<string, Promise<ArrayBuffer>>} by id and version: what is under way */
const underWay = new Map();

/** @type {string | null} the id whose weights are wanted now */
let wanted = null;

/** Load the weights of whatever is chosen, from now on. */
export function followChoice() {
  state.subscribe("choice", load);
  state.subscribe("networks", load);
  state.subscribe("server", (server) => {
    if (server === "here" && !state.get("network")) load();
  });
}

async function load() {
  const id = state.get("choice").network;
  const entry = state.get("networks").find((one) => one.id === id);
  wanted = entry?.id ?? null;
  if (!entry) return use(null);
  const known = loaded.get(entry.version);
  if (known) return use(known);
  use(null);
  const forgotten = lastForgotten();
  try {
    const file = await fetchOnce(entry);
    const network = loaded.get(entry.version) ?? hold(file);
    if (isOwn(entry.id) && forgotten === lastForgotten())
      keepNetwork({ version: network.version, name: entry.name, file, session, when: Date.now() });
    if (wanted === entry.id) use(network);
  } catch {
    // until it is there the server reads
  }
}

/**
 * Have a network at hand as long as this page lives.
 * @param {ArrayBuffer} file
 * @returns {LoadedNetwork}
 */
export function hold(file) {
  const network = readWeightsFile(file);
  loaded.set(network.version, network);
  warmUp(network);
  return network;
}

/**
 * This browser keeps the network no longer: should the server make it again, it is fetched and kept again.
 * @param {string} version
 */
export const unload = (version) => loaded.delete(version);

/**
 * The network with this id, to go on from; rejects where its weights cannot be had.
 * @param {string} id
 * @returns {Promise<LoadedNetwork>}
 */
export async function loadNetwork(id) {
  const entry = entryOf(id);
  if (!entry) throw new Error(`no network ${id}`);
  return loaded.get(entry.version) ?? readWeightsFile(await fetchOnce(entry));
}

/** @param {LoadedNetwork | null} network */
function use(network) {
  if (state.get("network") !== network) state.set("network", network);
}

/** @param {NetworkEntry} entry @returns {Promise<ArrayBuffer>} */
function fetchOnce(entry) {
  const key = `${entry.id} ${entry.version}`;
  const fetching = underWay.get(key) ?? fetchFile(entry).finally(() => underWay.delete(key));
  underWay.set(key, fetching);
  return fetching;
}

/** @param {NetworkEntry} entry @returns {Promise<ArrayBuffer>} */
async function fetchFile({ id, version }) {
  const kept = isOwn(id) ? await keptNetwork(version) : null;
  if (kept) return kept.file;
  /** @type {Response} */
  let reply;
  try {
    reply = await (isOwn(id) || !version
      ? post("digits/weights", { ...credentials(), network: id })
      : fetch(new URL(`digits/weights/${version}`, document.baseURI)));
    if (reply.status >= 500) throw new Error(`status ${reply.status}`);
  } catch (error) {
    lost();
    throw error;
  }
  heard();
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply.arrayBuffer();
}
