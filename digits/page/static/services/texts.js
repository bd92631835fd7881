// The page's words in the visitor's language: locales/en.json and locales/zh.json. One of them is loaded at the start,
// the other once the page has nothing to do, so that the language can be switched where there is no network.

import { roundHalfEven } from "../core/geometry.js";
import { storedLanguage, storeLanguage } from "./browser_storage.js";
import { state } from "./state.js";
import { idle } from "./time_slices.js";

/** @typedef {import("./state.js").Language} Language */
/** @typedef {import("./messages.js").Fault} Fault */
/** @typedef {Record<string, string>} Table */

const SOONEST = 500; // ms before words that did not come are asked for again
const LATEST = 60_000; // ms between two questions at most

/** @type {Table} */
let texts = {};

/**
 * The page's language for a browser's tag, such as "zh-TW" or "en-GB".
 * @param {string | null | undefined} tag
 * @returns {Language}
 */
function languageOf(tag) {
  return /^zh/i.test(tag ?? "") ? "zh" : "en";
}

/** @type {Partial<Record<Language, Table>>} what need not be fetched, or not again */
let tables = {};

/**
 * Take these words, where there is no server to fetch them from.
 * @param {Record<Language, Table>} given
 */
export function provide(given) {
  tables = given;
}

/**
 * The words of a language; rejects where they do not come, or what comes is no such table.
 * @param {Language} language
 * @returns {Promise<Table>}
 */
async function fetchTable(language) {
  const reply = await fetch(new URL(`../locales/${language}.json`, import.meta.url));
  const table = reply.ok ? await reply.json() : null;
  const isWhole = ["title", ...Object.keys(texts)].every((key) => typeof table?.[key] === "string");
  if (!isWhole) throw new Error(`no words: status ${reply.status}`);
  return table;
}

/**
 * The same, however often it must be asked for: less and less often, and at once when the network is back.
 * @param {Language} language
 * @param {() => void} [failed] hears of each time that they did not come
 */
async function wordsOf(language, failed = () => {}) {
  for (let pause = SOONEST; ; pause = Math.min(LATEST, 2 * pause)) {
    try {
      tables[language] ??= await fetchTable(language);
      return tables[language];
    } catch {
      failed();
      await rest(pause);
    }
  }
}

/** @param {number} pause ms */
const rest = (pause) =>
  new Promise((done) => {
    setTimeout(done, pause);
    addEventListener("online", done, { once: true });
  });

/**
 * Take `table` for the words of `language`, and say so to the whole page.
 * @param {Language} language
 * @param {Table} table
 */
export function use(language, table) {
  texts = table;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  state.set("language", language);
}

/** The browser's language; Gradio's own components begin in it. */
export const browserLanguage = () => languageOf(navigator.language);

/** @type {Promise<void> | null} */
let loading = null;

/** Resolves when there are words to show: the language that was chosen before, else the browser's. */
export function textsReady() {
  loading ??= loadFirst(languageOf(storedLanguage() ?? navigator.language));
  return loading;
}

/** @param {Language} first */
async function loadFirst(first) {
  use(first, await wordsOf(first));
  idle().then(() => wordsOf(otherThan(first)));
}

/** @param {Language} language @returns {Language} */
export const otherThan = (language) => (language === "zh" ? "en" : "zh");

let turn = 0; // goes up with each switch: words that come later are not wanted any more

/**
 * Switch the page to another language as soon as its words are here, and remember that.
 * @param {Language} language
 * @param {() => void} [failed] hears of each time that they did not come
 * @returns {Promise<boolean>} whether it was still wanted
 */
export async function speak(language, failed) {
  const mine = ++turn;
  const table = await wordsOf(language, failed);
  if (mine !== turn) return false;
  use(language, table);
  storeLanguage(language);
  return true;
}

/** A text, and what fills it: numbers, words, or texts again. @typedef {{key: string, values: Values}} Phrase */
/** @typedef {{[name: string]: string | number | null | undefined | Phrase}} Values */

/**
 * The text `key`, with {names} filled in.
 * @param {string} key
 * @param {Values} [values]
 * @returns {string}
 */
export function text(key, values = {}) {
  const filled = (texts[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => put(values[name] ?? all));
  // English, for the digit that begins with a vowel; Chinese, where a word and not a number follows.
  return withUnits(filled.replaceAll(" a 8", " an 8").replaceAll("把握 超过", "把握超过"));
}

/** No line ends between a number and its unit: 99 %, 8 s. @param {string} words */
const withUnits = (words) => words.replace(/(\d) (?=%|(?:ms|s|min)\b)/g, "$1\u00a0");

/** @param {string | number | Phrase} value */
const put = (value) => (typeof value === "object" ? text(value.key, value.values) : String(value));

/**
 * What cannot be done, in a sentence.
 * @param {Fault} fault
 */
export function sentence({ code, values }) {
  const key = `error.${code}`;
  if (!(key in texts)) return text("error.unknown", { code });
  const named = Object.entries(values).map(([name, value]) => [name, valueInWords(name, value)]);
  return text(key, Object.fromEntries(named));
}

/** A fault's value as a sentence has it: the setting "batch_size" by its field's name. @param {string} name @param {unknown} value */
function valueInWords(name, value) {
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return value.join(" / ");
  return name === "setting" ? text(`field_${value}`) : String(value);
}

/** Sentences one after the other; Chinese has no space between them. @param {...string} said */
export const sentences = (...said) => said.join(text("sentence_join"));

/**
 * Fill in the elements that name their text: data-text="key", data-label="key" for aria-label and title.
 * @param {Element} root
 */
export function fill(root) {
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = text(dataOf(node, "text"));
  for (const node of root.querySelectorAll("[data-label]")) {
    const label = text(dataOf(node, "label"));
    node.setAttribute("aria-label", label);
    if (node instanceof HTMLElement && node.tagName !== "CANVAS") node.title = label;
  }
}

/** @param {Element} node @param {string} name */
const dataOf = (node, name) => node.getAttribute(`data-${name}`) ?? "";

/** @type {Map<string, Intl.NumberFormat>} to make one takes longer than to use it many times */
const formats = new Map();

/** How the language writes numbers with so many decimals. @param {number} fewest @param {number} most */
function formatOf(fewest, most) {
  const locale = state.get("language") === "zh" ? "zh-CN" : "en-GB";
  const name = `${locale} ${fewest} ${most}`;
  const format =
    formats.get(name) ?? new Intl.NumberFormat(locale, { minimumFractionDigits: fewest, maximumFractionDigits: most });
  formats.set(name, format);
  return format;
}

/** A true minus in place of the hyphen that computers write. @param {string} words */
export const withMinus = (words) => words.replace("-", "\u2212");

/**
 * A number as the language writes it: 59,210.
 * @param {number} value
 */
export function number(value) {
  return withMinus(formatOf(0, 6).format(value));
}

/**
 * A number with so many decimals: 0.134.
 * @param {number} value
 * @param {number} places
 */
export function decimal(value, places) {
  return withMinus(formatOf(places, places).format(value));
}

/**
 * The text `key`, or `key`_one or `key`_none where it is about one thing or none.
 * @param {string} key
 * @param {number} count
 */
export function counted(key, count) {
  const which = count === 1 ? `${key}_one` : count ? key : `${key}_none`;
  return text(which, { count: number(count) });
}

/**
 * A time as people say it: 8 s, 3 min.
 * @param {number} seconds
 * @param {number} [places] of the seconds
 */
export function duration(seconds, places = 0) {
  if (seconds < 90) return text("seconds", { number: decimal(seconds, places) });
  return text("minutes", { number: number(Math.round(seconds / 60)) });
}

/**
 * A share as people say it; what is not quite all is never rounded up to 100 %.
 * @param {number} share
 * @param {number} [places]
 */
export function percent(share, places = 0) {
  const unit = 10 ** places;
  const rounded = roundHalfEven(100 * share * unit) / unit;
  const shown = share < 1 ? Math.min(rounded, 100 - 1 / unit) : rounded;
  return text("percent", { number: decimal(shown, places) });
}

const MOST_PLACES = 8;

/**
 * How many decimals of a percentage show a probability's logarithm right: 50.0 %, 99.96 %, 0.077 %.
 * @param {number} share
 */
export function placesOf(share) {
  const figures = share < 0.5 ? 2 : 1; // of what tells it from 0 or from 1
  const rest = 100 * Math.min(share, 1 - share);
  return rest > 0 ? Math.min(MOST_PLACES, Math.max(1, figures - 1 - Math.floor(Math.log10(rest)))) : MOST_PLACES;
}

/** What is written of a number that a computer has none for, such as e to 710. */
export const TOO_LARGE = "> 10³⁰⁸";

const LEAST = 1e-10; // what eight decimals tell from 0 and from 1: no network is quite sure

/** A probability that somebody looks at closely, as percent. @param {number} share */
export function exactPercent(share) {
  if (isTooSmall(share)) return text("share_below", { share: percent(LEAST, MOST_PLACES) });
  const shown = Math.min(share, 1 - LEAST);
  return percent(shown, placesOf(shown));
}

/** Whether a share is too small to be written: its figures would all be 0. @param {number} share */
export const isTooSmall = (share) => share < LEAST;

/**
 * A probability in percent; no network is ever quite sure, so none is 0 % or 100 %: it is less than the last
 * figure can show, or more.
 * @param {number} share
 * @param {number} [places] decimals
 */
export function shareText(share, places = 0) {
  const least = 0.01 / 10 ** places; // that is told from 0
  if (share < least / 2) return text("share_below", { share: percent(least, places) });
  if (share > 1 - least / 2) return text("share_above", { share: percent(1 - least, places) });
  return percent(share, places);
}
