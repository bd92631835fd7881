// The way to a run in this browser; what runs it is fetched when it is first asked for.

import { unlessRenewed } from "./connection.js";
import { state } from "./state.js";

export const MOST_HERE = 10_000; // digits that a browser gets to train on: digits/server/browser_digits.py

const load = () => import("./browser_run.js");

/** Train here what state.order asks for. */
export async function trainHere() {
  state.set("training", { state: "loading", engine: "browser" });
  try {
    await (await load()).startHere();
  } catch {
    const fault = { code: await unlessRenewed("engine_no_digits"), values: {} };
    state.set("training", { state: "problem", engine: "browser", fault });
  }
}

/** End it; what was learnt is kept. */
export const stopHere = async () => (await load()).stopHere();
