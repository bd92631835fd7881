// The runs that have ended, on the server and in this browser: their curves can be laid under another run's, and a
// reload shows the last one again with what came of it.
//
// A run is known by the version of the network that it made: ids begin anew where a server forgot this visitor.

import { dropRun, keepRun, keptRuns } from "./browser_storage.js";
import { MOST_RUNS } from "./limits.js";
import { entryOf } from "./network_names.js";
import { session } from "./session_token.js";
import { state } from "./state.js";

/** @typedef {import("./browser_storage.js").KeptRun} KeptRun */
/** @typedef {import("./messages.js").FinishedRun} FinishedRun */
/** @typedef {import("./messages.js").Run} Run */
/** @typedef {import("./messages.js").ShownRun} ShownRun */
/** @typedef {import("./messages.js").NetworkEntry} NetworkEntry */

/** @type {KeptRun[]} oldest first */
let runs = [];

/** Those of them that are here by now, oldest first. */
export const pastRuns = () => runs;

/** @type {Promise<void> | null} */
let loading = null;
let areLoaded = false;

/** Read what was kept, once. */
export function loadRuns() {
  loading ??= readRuns();
  return loading;
}

async function readRuns() {
  const kept = await keptRuns();
  const known = new Set(runs.map(({ version }) => version));
  runs = [...kept.filter(({ version }) => !known.has(version)), ...runs];
  areLoaded = true;
  keepLast();
}

/**
 * Keep the run that has ended, and what came of it as soon as that is known. One that the server tells of before those
 * that were kept are here waits for them: it may be an old one.
 * @param {boolean} [isNew] it has ended just now: the same settings may have made the same network before
 */
export function keepLast(isNew = false) {
  const run = state.get("training");
  const version = run?.network?.version;
  if (!version || !run?.curve || !(areLoaded || isNew)) return;
  const outcome = state.get("outcome");
  const known = runs.find((one) => one.version === version);
  const kept = {
    version,
    run: /** @type {ShownRun} */ (run),
    outcome: outcome?.network.version === version ? outcome : (known?.outcome ?? null),
    session,
    when: isNew ? Date.now() : (known?.when ?? Date.now()),
  };
  if (known && known.run === kept.run && known.outcome === kept.outcome) return;
  runs = [...runs.filter((one) => one !== known), kept].sort((a, b) => a.when - b.when);
  keepRun(kept);
}

/** Show this tab's last run again, unless the server told of a later one. */
export function showLast() {
  const mine = runs.filter((one) => one.session === session);
  const last = mine.at(-1);
  const shown = state.get("training")?.network?.version;
  const isOlder = !shown ? state.get("run") === "idle" : mine.some(({ version }) => version === shown);
  if (!last || last.version === shown || !isOlder) return;
  const network = presentEntry(last.run.network);
  if (last.outcome) state.set("outcome", { ...last.outcome, network });
  state.set("training", { ...last.run, network });
}

/**
 * The lines of the table of runs: what the server told of, and this tab's runs that it does not know. Those ended while
 * it was away, or it was started anew since.
 * @param {FinishedRun[]} told
 */
export function allLines(told) {
  const known = new Set(told.map(contentOf));
  const kept = runs.flatMap((one) => (one.session === session && one.outcome?.runs.slice(-1)) || []);
  const lines = [...kept.filter((line) => !known.has(contentOf(line))), ...told];
  return lines.sort((a, b) => Number(a.name.values.number) - Number(b.name.values.number)).slice(-MOST_RUNS);
}

/** All that a line says but for the network's id, which may be another by now. @param {FinishedRun} line */
const contentOf = (line) => JSON.stringify({ ...line, network: "" });

/**
 * The network under the id that it has now.
 * @param {NetworkEntry} network
 * @returns {NetworkEntry}
 */
function presentEntry(network) {
  const id = `yours-${network.version}`; // nobody has it: another network may have the old one by now
  return state.get("own").find(({ version }) => version === network.version) ?? { ...network, id };
}

/**
 * A network that only this browser had is the server's, too, under another version: the run that made it follows.
 * @param {string} before its version until now
 * @param {NetworkEntry} network
 */
export async function renameRun(before, network) {
  await loadRuns();
  const kept = runs.find(({ version }) => version === before);
  if (!kept) return;
  const outcome = kept.outcome && { ...kept.outcome, network };
  const renamed = { ...kept, version: network.version, run: { ...kept.run, network }, outcome };
  runs = runs.map((one) => (one === kept ? renamed : one));
  await keepRun(renamed);
  await dropRun(before);
}

/**
 * Networks have other ids now, and those that only this browser had may have other versions: what is shown follows.
 * @param {Map<string, string>} renames versions, old to new
 */
export function renameShown(renames) {
  for (const name of /** @type {const} */ (["training", "outcome"])) {
    const shown = state.get(name);
    if (!shown?.network || entryOf(shown.network.id)?.version === shown.network.version) continue;
    const version = renames.get(shown.network.version) ?? shown.network.version;
    const network = presentEntry({ ...shown.network, version });
    if (network.id !== shown.network.id) state.set(name, /** @type {any} */ ({ ...shown, network }));
  }
}

/** The visitor had everything of theirs forgotten. */
export function forgetRuns() {
  runs = [];
}
