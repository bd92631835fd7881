// The page as one file, without a server: page/single_file.py puts everything it needs into it.

import { unpack } from "../core/base64.js";
import { readWeightsFile } from "../core/weights_file.js";
import { warmUp } from "../services/browser_reader.js";
import { state } from "../services/state.js";
import { provide, textsReady } from "../services/texts.js";
import { isDark, keepTheme } from "../services/theme.js";
import * as answer from "../ui/answer.js";
import { find, findAll } from "../ui/dom.js";
import * as header from "../ui/header.js";
import * as inside from "../ui/inside.js";
import * as pad from "../ui/pad.js";
import * as samples from "../ui/samples.js";
import * as whatItSees from "../ui/what_it_sees.js";

/** @typedef {import("./gradio.js").Host} Host */

const ROOMS = { header, samples, answer, what_it_sees: whatItSees, inside, pad };

/**
 * @param {string} id of the element
 * @param {any} value
 * @param {Record<string, any>} settings
 * @returns {Host}
 */
function createHost(id, value, settings) {
  return {
    element: find(document, `#${id}`),
    value,
    settings,
    emit: async () => false,
    call: async (name) => {
      throw new Error(`there is no server to ask for ${name}`);
    },
    watch: () => {},
  };
}

/** Light or dark as the system is, until the visitor chooses. */
function followSystem() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const isWanted = state.get("chosenTheme") ? state.get("chosenTheme") === "dark" : system.matches;
    if (isWanted !== isDark()) document.body.classList.toggle("dark", isWanted);
  };
  system.addEventListener("change", follow);
  follow();
}

/** Two tabs: a click or an arrow key shows the other one. */
function listenToTabs() {
  const tabs = findAll(document, '[role="tab"]');
  const panels = findAll(document, '[role="tabpanel"]');
  /** @param {number} chosen */
  function show(chosen) {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === chosen));
      tab.classList.toggle("selected", i === chosen);
      tab.tabIndex = i === chosen ? 0 : -1;
      panels[i].hidden = i !== chosen;
    });
    state.set("look", state.get("look") + 1); // what was hidden has a size now
  }
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => show(i));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      show(1 - i);
      tabs[1 - i].focus();
    });
  });
  show(0);
}

/**
 * What is in the file beside code, styles and HTML, packed.
 * @param {string} id of its element
 */
function unpacked(id) {
  const packed = unpack(find(document, `#${id}`, HTMLScriptElement).text);
  return new Response(new Blob([new Uint8Array(packed)]).stream().pipeThrough(new DecompressionStream("gzip")));
}

async function open() {
  const given = await unpacked("given").json();
  const network = readWeightsFile(await unpacked("network-file").arrayBuffer());
  warmUp(network);
  provide(given.texts);
  await textsReady();
  followSystem();
  keepTheme();
  state.set("isAlone", true);
  state.set("rules", given.rules);
  state.set("choice", { network: network.name, backend: "browser", device: "" });
  state.set("network", network);
  const values = /** @type {Record<string, unknown>} */ ({ samples: given.samples });
  for (const [name, room] of Object.entries(ROOMS)) {
    room.mount(createHost(name, values[name] ?? null, { rules: given.rules }));
  }
  listenToTabs();
}

open();
