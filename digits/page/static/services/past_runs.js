// The curves of the runs that have ended, so that another run can be laid over them. A reload keeps them.

/** @typedef {import("./messages.js").Run} Run */
/** @typedef {import("./messages.js").NetworkEntry} NetworkEntry */
/** @typedef {{network: string, name: NetworkEntry["name"], curve: NonNullable<Run["curve"]>, steps: number, epochs: number}} PastRun */

const KEY = "digits-curves";
const MOST = 8;

/** @returns {PastRun[]} */
function load() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

let runs = load();

/** The runs that have ended, oldest first. */
export const pastRuns = () => runs;

/** Keep a run that has ended. @param {Run} run */
export function keepRun({ network, curve, steps = 0, epochs = 0 }) {
  if (!network || !curve) return;
  const others = runs.filter((one) => one.network !== network.id);
  runs = [...others, { network: network.id, name: network.name, curve, steps, epochs }].slice(-MOST);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(runs));
  } catch {
    // kept until the page is left
  }
}

/** The server has forgotten this visitor: its runs' names begin anew. */
export function forgetRuns() {
  runs = [];
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}
