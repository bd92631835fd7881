// The page's title, the language switch and the light-or-dark switch, and what there is to say of the page as a whole.

import { unlessRenewed } from "../services/connection.js";
import { state } from "../services/state.js";
import { browserLanguage, fill, otherThan, speak, text } from "../services/texts.js";
import { switchTheme } from "../services/theme.js";
import { find, findAll } from "./dom.js";

const LOW = 0.6; // of the window: tabs further down leave no room to see what they open

/** @param {import("../hosts/gradio.js").Host} host */
export function mount(host) {
  const { element } = host;
  const language = find(element, ".language", HTMLButtonElement);
  const isChinese = () => state.get("language") === "zh";
  const notice = find(element, ".notice span");
  const reload = find(element, ".notice button", HTMLButtonElement);
  let isWaiting = false; // for the words of the language that was asked for

  function show() {
    fill(element);
    language.textContent = isChinese() ? "English" : "中文";
    language.lang = isChinese() ? "en" : "zh-CN";
    document.title = text("title");
    nameGradiosParts();
    host.value = state.get("language");
    isWaiting = false;
    showNotice();
  }

  function showNotice() {
    const isRenewed = state.get("isRenewed");
    const key = isRenewed ? "page_renewed" : isWaiting ? "server_gone" : "";
    notice.textContent = key && text(key);
    reload.hidden = !isRenewed;
  }

  async function wait() {
    const before = state.get("language");
    await unlessRenewed("");
    if (state.get("language") !== before) return; // they came meanwhile
    isWaiting = true;
    showNotice();
  }

  language.addEventListener("click", async () => {
    if (await speak(otherThan(state.get("language")), wait)) host.emit("input");
  });
  reload.addEventListener("click", () => location.reload());
  state.subscribe("isRenewed", showNotice);
  find(element, ".theme").addEventListener("click", switchTheme);
  state.subscribe("language", show);
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest('#tabs [role="tab"]')) requestAnimationFrame(showRoom);
  });
  // Gradio's own components open in the browser's language: a visitor who chose another gets it now.
  if (state.get("language") !== browserLanguage()) host.emit("input");
  const stop = state.subscribe("answer", (answer) => {
    if (!answer) return;
    nameGradiosParts(); // by now they are there
    queueMicrotask(() => stop());
  });
}

/** Where the pad stays in sight beside it, a room that is opened low down comes up to be seen. */
function showRoom() {
  const [tabs, left] = [document.querySelector("#tabs"), document.querySelector("#left")];
  if (!(tabs instanceof HTMLElement) || !left || getComputedStyle(left).display === "contents") return;
  if (tabs.getBoundingClientRect().top <= LOW * innerHeight) return;
  tabs.style.minHeight = "100vh"; // what the room shows comes a moment later
  tabs.scrollIntoView({ block: "start" });
}

/** Gradio takes a new label for everything but its tabs and its foot, so these are renamed here. */
function nameGradiosParts() {
  for (const foot of findAll(document, "#foot")) fill(foot);
  for (const tab of findAll(document, '#tabs [role="tab"][id^="tab_"]'))
    rename(tab, text(tab.id.replace("-button", "")));
  for (const link of findAll(document, "footer .show-api")) rename(link, text("use_via_api"));
}

/** Change an element's own words and leave what else is in it. @param {HTMLElement} element @param {string} name */
function rename(element, name) {
  const words = [...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim());
  if (words) words.nodeValue = name;
}
