// The script of the network shown: coloured a little, to copy or to download. Its value is the text.

import { nameOf } from "../services/network_names.js";
import { state } from "../services/state.js";
import { fill, text } from "../services/texts.js";
import { download, find, make } from "./dom.js";

const PARTS = /("""[\s\S]*?"""|"[^"\n]*")|(#[^\n]*)|\b(import|from|as|for|in|with|if|else|return|def)\b/g;
const TOLD = 3000; // ms that the button says what happened

/** @param {import("../hosts/gradio.js").Host<string>} host */
export function mount(host) {
  const { element } = host;
  const shown = find(element, "code");
  const copy = find(element, "[data-do=copy]", HTMLButtonElement);

  copy.addEventListener("click", async () => {
    copy.textContent = text((await copied(host.value)) ? "copied" : selected(shown));
    setTimeout(() => {
      copy.textContent = text("copy");
    }, TOLD);
  });
  find(element, "[data-do=download]").addEventListener("click", () =>
    download("network.py", host.value, "text/x-python"),
  );
  const name = () => {
    find(element, ".code-of").textContent = text("code_of", { network: nameOf(state.get("choice").network) });
  };
  host.watch(() => show(shown, host.value));
  state.subscribe("choice", name);
  state.subscribe("own", name);
  state.subscribe("language", () => {
    fill(element);
    name();
  });
  show(shown, host.value);
}

/** @param {string} script */
async function copied(script) {
  try {
    await navigator.clipboard.writeText(script);
    return true;
  } catch {
    return false;
  }
}

/** No clipboard over plain http: select the text, so that one key copies it. @param {HTMLElement} shown */
function selected(shown) {
  getSelection()?.selectAllChildren(shown);
  return "copy_selected";
}

/** @param {HTMLElement} shown @param {string | null} value */
function show(shown, value) {
  const script = value ?? "";
  const pieces = [];
  let at = 0;
  for (const match of script.matchAll(PARTS)) {
    if (match.index > at) pieces.push(make("span", script.slice(at, match.index)));
    pieces.push(make("span", match[0], { className: match[1] ? "string" : match[2] ? "comment" : "keyword" }));
    at = match.index + match[0].length;
  }
  shown.replaceChildren(...pieces, make("span", script.slice(at)));
}
