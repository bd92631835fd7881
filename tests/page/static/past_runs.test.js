// Runs that have ended: which of them a reload shows again, and by what name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pretendBrowser } from "./browser.js";

pretendBrowser(); // without a database: what is kept lasts as long as the page
const { state } = await import("../../../digits/page/static/services/state.js");
const { keepLast, pastRuns, loadRuns, renameRun, renameShown, showLast, forgetRuns } = await import(
  "../../../digits/page/static/services/past_runs.js"
);

/** @typedef {import("../../../digits/page/static/services/messages.js").NetworkEntry} NetworkEntry */
/** @typedef {import("../../../digits/page/static/services/messages.js").Run} Run */
/** @typedef {import("../../../digits/page/static/services/messages.js").Outcome} Outcome */

/** @param {number} number @param {string} version */
const entry = (number, version) =>
  /** @type {NetworkEntry} */ (
    /** @type {unknown} */ ({
      id: `yours-${number}`,
      name: { key: "network_run", values: { number } },
      version,
    })
  );

/** A run ends, and the page hears of it. @param {NetworkEntry} network @param {"browser"} [engine] */
function end(network, engine) {
  state.set("own", [...state.get("own").filter(({ id }) => id !== network.id), network]);
  state.set("outcome", /** @type {Outcome} */ (/** @type {unknown} */ ({ network, accuracy: 0.9 })));
  state.set("training", /** @type {Run} */ ({ state: "done", engine, curve: [[0, 2.3, 0.1, 0.1]], network }));
  keepLast(true);
}

/** As after a reload: the server tells nothing of a run. */
function leave() {
  state.set("training", null);
  state.set("outcome", null);
  state.set("run", "idle");
}

test("a run that the server tells of is not kept as a new one before those that were kept are read", async () => {
  state.set("training", /** @type {Run} */ ({ state: "done", curve: [[0, 2.3, 0.1, 0.1]], network: entry(1, "aaa") }));
  keepLast();
  assert.equal(pastRuns().length, 0);
  await loadRuns();
  assert.equal(pastRuns().length, 1);
  forgetRuns();
});

test("a reload shows the last run with what came of it, under its network's present id", () => {
  end(entry(1, "aaa"));
  end(entry(2, "bbb"), "browser");
  leave();
  state.set("own", [entry(1, "bbb"), entry(2, "aaa")]); // handed over in another order
  showLast();
  assert.deepEqual([state.get("training")?.network?.id, state.get("training")?.engine], ["yours-1", "browser"]);
  assert.deepEqual([state.get("outcome")?.network.id, state.get("outcome")?.accuracy], ["yours-1", 0.9]);
});

test("where its network is gone, no other one is taken for it", () => {
  leave();
  state.set("own", [entry(2, "ccc")]);
  showLast();
  assert.equal(state.get("training")?.network?.id, "yours-bbb");
});

test("what the server tells of a later run stays", () => {
  leave();
  state.set("run", "done");
  state.set("training", /** @type {Run} */ ({ state: "done", network: entry(3, "ddd") }));
  showLast();
  assert.equal(state.get("training")?.network?.version, "ddd");
  state.set("training", /** @type {Run} */ ({ state: "done", network: entry(1, "aaa") })); // an earlier one
  showLast();
  assert.equal(state.get("training")?.network?.version, "bbb");
});

test("the same settings make the same network: then it is the last one again", () => {
  end(entry(4, "aaa"));
  leave();
  showLast();
  assert.equal(state.get("training")?.network?.version, "aaa");
  assert.equal(pastRuns().length, 2);
});

test("a network that the server takes later brings its run along", async () => {
  end(entry(5, "here-1"), "browser");
  state.set("own", [entry(6, "eee")]);
  await renameRun("here-1", entry(6, "eee"));
  renameShown(new Map([["here-1", "eee"]]));
  assert.equal(state.get("training")?.network?.id, "yours-6");
  assert.equal(state.get("outcome")?.network.id, "yours-6");
  assert.deepEqual(
    pastRuns().map(({ version }) => version),
    ["bbb", "aaa", "eee"],
  );
  forgetRuns();
  assert.equal(pastRuns().length, 0);
});
