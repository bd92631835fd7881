// The visitor's own networks: this browser keeps them, and hands them to the server again when it lost them.

import { readHeader, withVersion } from "../core/weights_file.js";
import {
  dropNetwork,
  forgetEverything,
  keepAgain,
  keptNetworks,
  MOST_KEPT,
  storeChosen,
  storedChosen,
  whenStored,
} from "./browser_storage.js";
import { askSession, forgetThere, heard, lost, welcomeBack, whenBack } from "./connection.js";
import { forgetSession, lastForgotten, takeIn } from "./forgetting.js";
import { isOnlyHere, isOwn } from "./network_names.js";
import { unload } from "./networks.js";
import { renameRun, renameShown } from "./past_runs.js";
import { session } from "./session_token.js";
import { choose, state } from "./state.js";

/** @typedef {import("./browser_storage.js").KeptNetwork} KeptNetwork */
/** @typedef {import("./messages.js").NetworkEntry} NetworkEntry */
/** @typedef {import("./messages.js").FineTuning} FineTuning */

/** @type {Map<string, string>} from the version that this browser made up to the server's */
const renames = new Map();

/** Bring back what was kept, now and whenever the server comes back. */
export async function bringBack() {
  whenBack(handOver);
  whenStored("digits-forgotten", () => takeIn() && letGo());
  state.subscribe("teaching", (message) => toldTeaching(/** @type {FineTuning | null} */ (message)));
  const chosen = storedChosen();
  state.subscribe("choice", ({ network }) => {
    const entry = state.get("networks").find(({ id }) => id === network);
    if (entry) storeChosen(isOwn(network) ? entry.version : "");
  });
  try {
    await handOver(await askSession());
    heard();
    const present = renames.get(chosen) ?? chosen;
    const again = state.get("own").find(({ version }) => version === present);
    if (again) choose({ network: again.id, backend: "auto", device: "auto" });
  } catch {
    lost();
  }
}

/**
 * Hand over what the server lacks. Rejects when it does not answer.
 * @param {{networks?: NetworkEntry[]}} told what it keeps of this session
 */
async function handOver({ networks = [] }) {
  const forgotten = lastForgotten();
  const kept = await keptNetworks();
  const own = [...networks];
  for (const network of kept) {
    if (own.some(({ version }) => version === network.version)) continue;
    const entry = await hand(network);
    if (lastForgotten() !== forgotten) return forgetAgain();
    if (entry) own.push(await rekeyed(network, entry));
    else if (isOnlyHere(`yours-${network.version}`)) own.push(entryHere(network));
  }
  if (!own.length && !state.get("own").length) return;
  renamed(state.get("own"), own);
}

/** Something was handed over while everything was forgotten: the server may have it now, and has to let go of it. */
async function forgetAgain() {
  forgetSession(lastForgotten());
  await handOver(await askSession());
}

/**
 * A network that was trained here has the server's version from now on: it is kept under that.
 * @param {KeptNetwork} network
 * @param {NetworkEntry} entry
 */
async function rekeyed(network, entry) {
  const { version } = entry;
  if (version === network.version) return entry;
  const isKept = await keepAgain({ ...network, version, file: withVersion(network.file, version) });
  renames.set(network.version, version);
  await renameRun(network.version, entry);
  if (isKept) await dropNetwork(network.version); // last: a page that is left before hands it over again
  return entry;
}

/**
 * The entry of a network that this browser alone has.
 * @param {Pick<KeptNetwork, "version" | "name" | "file">} network
 * @returns {NetworkEntry}
 */
export function entryHere({ version, name, file }) {
  const { header } = readHeader(file);
  const { recipe, data, figures } = header.card;
  const card = {
    sizes: header.sizes,
    activation: header.activation,
    test_accuracy: figures.test_accuracy ?? null,
    test_images: data.test_images ?? null,
    train_images: data.train_images ?? null,
    epochs: recipe.epochs_done ?? null,
    drawings: 0,
  };
  return { id: `yours-${version}`, name, kind: "trained", version, card };
}

/** @param {KeptNetwork} network @returns {Promise<NetworkEntry | null>} null: it would not have it */
async function hand({ name, file }) {
  const reply = await fetch(new URL("digits/weights", document.baseURI), {
    method: "PUT",
    headers: {
      "content-type": "application/octet-stream",
      "x-digits-session": session,
      "x-digits-name": encodeURIComponent(JSON.stringify(name)),
    },
    body: file,
  });
  if (reply.status >= 500) throw new Error(`status ${reply.status}`);
  return reply.ok ? (await reply.json()).network : null;
}

/**
 * The same networks may have other ids now: what was chosen stays chosen.
 * @param {NetworkEntry[]} before
 * @param {NetworkEntry[]} own
 */
function renamed(before, own) {
  const chosen = before.find(({ id }) => id === state.get("choice").network);
  state.set("own", own);
  const version = renames.get(chosen?.version ?? "") ?? chosen?.version;
  const again = own.find((one) => one.version === version);
  if (again && again.id !== chosen?.id) choose({ ...state.get("choice"), network: again.id });
  renameShown(renames);
}

/**
 * The version that a teaching took the place of; null for none. The same drawings make the same network again.
 * @param {FineTuning | null} message
 */
const replacedBy = (message) =>
  message?.state === "done" && message.replaced !== message.network.version ? message.replaced : null;

/** A network that was taught again is another now, and is kept no longer. @param {FineTuning | null} message */
function toldTeaching(message) {
  const replaced = replacedBy(message);
  if (!replaced) return;
  unload(replaced);
  dropNetwork(replaced);
}

/**
 * The server told which networks are this session's now: any that is missing, and was not taught again, was lost there.
 * @param {NetworkEntry[]} told
 */
export function toldOwn(told) {
  const own = [...told, ...state.get("own").filter(({ id }) => isOnlyHere(id))];
  const there = [
    ...own.map(({ version }) => version),
    replacedBy(/** @type {FineTuning | null} */ (state.get("teaching"))),
  ];
  const isLost = state.get("own").some(({ version }) => !there.includes(version));
  state.set("own", own);
  if (own.length < MOST_KEPT && isLost) welcomeBack();
}

/** Let go of all networks, runs and drawings, here and on the server. */
export async function forget() {
  await forgetEverything();
  forgetSession();
  await letGo();
}

/** Everything of the visitor's was forgotten: this page lets go of it, and the server as soon as it can be reached. */
async function letGo() {
  state.set("own", []);
  state.set("forgotten", state.get("forgotten") + 1);
  choose({ network: state.get("shipped"), backend: "auto", device: "auto" });
  await forgetThere().then(heard, lost);
}
