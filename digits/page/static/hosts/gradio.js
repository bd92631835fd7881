// The only module that knows Gradio: hands each of the page's modules its element, its value, its
// settings and its functions of the server.

import { isThere, watchConnection } from "../services/connection.js";
import { followChoice } from "../services/networks.js";
import { bringBack } from "../services/own_networks.js";
import { state } from "../services/state.js";
import { textsReady } from "../services/texts.js";
import { keepTheme } from "../services/theme.js";

/**
 * What a module of the page gets.
 * @template [Value=any]
 * @typedef {object} Host
 * @property {HTMLElement} element that holds the HTML of components/NAME.html
 * @property {Value} value what the server sees of it and may change
 * @property {Record<string, any>} settings that the server gave it once
 * @property {(event: "input" | "submit") => Promise<boolean>} emit tell the server that the value changed, at once or,
 *   of a choice ("input"), as soon as it is back; resolves to whether it is there
 * @property {(name: string, question: unknown) => Promise<any>} call a function of the server; Error where
 *   it does not answer
 * @property {(listen: () => void) => void} watch hear when the server changes the value
 */

/**
 * What gr.HTML gives its js_on_load.
 * @typedef {object} Gradio
 * @property {HTMLElement} element
 * @property {Record<string, any>} props
 * @property {(event: string) => void} trigger to be asked by createEmitter alone
 * @property {(name: string, listen: () => void) => void} watch
 * @property {Record<string, (question: unknown) => Promise<any>>} server
 */

/** @type {Record<string, () => Promise<{mount: (host: Host) => void}>>} */
const MODULES = {
  answer: () => import("../ui/answer.js"),
  code: () => import("../ui/code.js"),
  short_answer: () => import("../ui/short_answer.js"),
  header: () => import("../ui/header.js"),
  inside: () => import("../ui/inside.js"),
  learn: () => import("../ui/learn.js"),
  lesson_offer: () => import("../ui/lesson_offer.js"),
  outcome: () => import("../ui/outcome.js"),
  pad: () => import("../ui/pad.js"),
  picker: () => import("../ui/picker.js"),
  run: () => import("../ui/run.js"),
  samples: () => import("../ui/samples.js"),
  what_it_sees: () => import("../ui/what_it_sees.js"),
  teach: () => import("../ui/teach.js"),
  train: () => import("../ui/train.js"),
};

/**
 * Tells Gradio of events, but of none while the server is away: Gradio would reload the page once it is back, and a
 * run in this browser would be lost. A choice is told then; an order is not, who gave it is told that nobody took it.
 * @param {Gradio["trigger"]} trigger
 * @returns {Host["emit"]}
 */
function createEmitter(trigger) {
  let isHeld = false;
  function release() {
    if (isHeld) trigger("input");
    isHeld = false;
  }
  state.subscribe("server", (server) => server === "here" && release());
  return async (event) => {
    if (event === "input") isHeld = true;
    if (!(await isThere())) return false;
    if (event === "input") release();
    else trigger(event);
    return true;
  };
}

/** @param {Gradio} gradio @returns {Host} */
function createHost({ element, props, trigger, watch, server }) {
  return {
    element,
    settings: props,
    get value() {
      return props.value;
    },
    set value(value) {
      props.value = value;
    },
    emit: createEmitter(trigger),
    call: async (name, question) => {
      const told = await server[name](question);
      // Where nobody answers, Gradio's client only warns of it.
      if (told === undefined) throw new Error(`the server did not answer ${name}`);
      return told;
    },
    watch: (listen) => watch("value", listen),
  };
}

let isFirst = true;

/**
 * Bring a component of the page to life.
 * @param {string} name
 * @param {Gradio} gradio
 */
export async function open(name, gradio) {
  if (isFirst) {
    keepTheme();
    watchConnection();
    followChoice();
    bringBack();
  }
  isFirst = false;
  const [module] = await Promise.all([MODULES[name](), textsReady()]);
  module.mount(createHost(gradio));
}
