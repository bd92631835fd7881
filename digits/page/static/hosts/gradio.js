// The only module that knows Gradio: hands each of the page's modules its element, its value, its
// settings and its functions of the server.

import { watchConnection } from "../services/connection.js";
import { followChoice } from "../services/networks.js";
import { bringBack } from "../services/own_networks.js";
import { textsReady } from "../services/texts.js";
import { keepTheme } from "../services/theme.js";

/**
 * What a module of the page gets.
 * @template [Value=any]
 * @typedef {object} Host
 * @property {HTMLElement} element that holds the HTML of components/NAME.html
 * @property {Value} value what the server sees of it and may change
 * @property {Record<string, any>} settings that the server gave it once
 * @property {(event: "input" | "submit") => void} emit tell the server that the value changed
 * @property {(name: string, question: unknown) => Promise<any>} call a function of the server
 * @property {(listen: () => void) => void} watch hear when the server changes the value
 */

/**
 * What gr.HTML gives its js_on_load.
 * @typedef {object} Gradio
 * @property {HTMLElement} element
 * @property {Record<string, any>} props
 * @property {(event: string) => void} trigger
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
    emit: trigger,
    call: (name, question) => server[name](question),
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
