// The page's services under node: state, history of a drawing, links, questions, strokes, words.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { pretendBrowser } from "./browser.js";

pretendBrowser();
const { createStore } = await import("../../../digits/page/static/services/observable.js");
const { PointerStrokes } = await import("../../../digits/page/static/services/pointer_strokes.js");
const drawings = await import("../../../digits/page/static/services/drawing.js");
const link = await import("../../../digits/page/static/services/drawing_link.js");
const answers = await import("../../../digits/page/static/services/server_answers.js");
const texts = await import("../../../digits/page/static/services/texts.js");
const { state, choose } = await import("../../../digits/page/static/services/state.js");
const { session } = await import("../../../digits/page/static/services/session_token.js");
const wording = await import("../../../digits/page/static/core/wording.js");
const keep = await import("../../../digits/page/static/services/browser_storage.js");
const { Answering } = await import("../../../digits/page/static/services/answering.js");
const { heard } = await import("../../../digits/page/static/services/connection.js");
const { createNetwork } = await import("../../../digits/page/static/core/network.js");

/** @typedef {import("../../../digits/page/static/services/messages.js").Point} Point */

const SEVEN = /** @type {Point[][]} */ ([
  [
    [0.3, 0.25],
    [0.7, 0.24],
    [0.45, 0.8],
  ],
]);
const ONE = /** @type {Point[][]} */ ([
  [
    [0.5, 0.2],
    [0.5, 0.8],
  ],
]);

/** What the preparation goes by, of the golden vectors. */
const { rules } = JSON.parse(readFileSync(new URL("../../vectors/preparation.json", import.meta.url), "utf-8"));
const NETWORK = {
  name: "sketch",
  version: "1",
  network: createNetwork({ sizes: [784, 4, 10], activation: "relu" }),
  calibration: { temperature: 1, threshold: null },
};

/** A server that answers each question when the test says so. */
function createServer() {
  /** @type {{answer: (raw: unknown) => void, fail: (error: Error) => void}[]} */
  const asked = [];
  const ask = () => new Promise((answer, fail) => asked.push({ answer, fail }));
  return { asked, ask };
}

/** What waits for its turn has had it. */
const settled = () => new Promise((done) => setImmediate(done));

/** @param {"en" | "zh"} language */
function useTexts(language) {
  const file = new URL(`../../../digits/page/static/locales/${language}.json`, import.meta.url);
  texts.use(language, JSON.parse(readFileSync(file, "utf-8")));
}

beforeEach(() => {
  useTexts("en");
  drawings.begin(drawings.BLANK);
});

test("a store tells who listens now and at every change, until they have heard enough", () => {
  const store = createStore({ digit: 1, name: "one" });
  /** @type {number[]} */
  const heard = [];
  const stop = store.subscribe("digit", (digit) => heard.push(digit));
  store.set("digit", 2);
  store.set("name", "two");
  stop();
  store.set("digit", 3);
  assert.deepEqual(heard, [1, 2]);
  assert.equal(store.get("digit"), 3);
});

test("undo and redo go through all drawings, and a new one ends what could be redone", () => {
  drawings.replace({ strokes: SEVEN });
  drawings.replace({ pixels: "AAAA" });
  drawings.undo();
  assert.deepEqual(state.get("drawing"), { strokes: SEVEN });
  drawings.redo();
  assert.deepEqual(state.get("drawing"), { pixels: "AAAA" });
  drawings.undo();
  drawings.replace({ strokes: ONE });
  assert.equal(drawings.canRedo(), false);
  drawings.undo();
  drawings.undo();
  drawings.undo();
  assert.deepEqual(state.get("drawing"), drawings.BLANK);
});

test("a stroke goes on with strokes, and begins another drawing on anything else", () => {
  drawings.replace({ strokes: SEVEN });
  assert.equal(drawings.withStrokes(ONE).strokes?.length, 2);
  state.set("isTaught", true);
  assert.deepEqual(drawings.withStrokes(ONE), { strokes: ONE });
  drawings.replace({ picture: "data:image/png;base64,AAAA" });
  assert.deepEqual(drawings.withStrokes(ONE), { strokes: ONE });
});

test("a drawing in the address comes back, until it is forgotten", () => {
  const address = link.addressOf(SEVEN);
  assert.ok(address);
  link.keepInAddress(address);
  const back = link.fromAddress();
  assert.ok(Array.isArray(back));
  back[0].forEach(([x, y], i) => {
    assert.ok(Math.abs(x - SEVEN[0][i][0]) < 0.001 && Math.abs(y - SEVEN[0][i][1]) < 0.001);
  });
  link.forgetAddress();
  assert.equal(link.fromAddress(), null);
  link.keepInAddress("http://127.0.0.1/#draw=12345");
  assert.equal(link.fromAddress(), "broken");
  link.forgetAddress();
});

test("the pen takes back a palm that rested first, and no palm draws while it is near", () => {
  const underWay = new PointerStrokes();
  assert.equal(underWay.begin(1, "touch", [0.9, 0.9], 0), true);
  assert.equal(underWay.begin(2, "pen", [0.5, 0.2], 100), true);
  assert.deepEqual(underWay.strokes, [[[0.5, 0.2]]]);
  assert.equal(underWay.begin(3, "touch", [0.9, 0.9], 200), false);
  assert.equal(underWay.cancel(1), false);
  assert.equal(underWay.extend(2, [0.5, 0.4]), true);
  assert.deepEqual(underWay.finish(2), [
    [0.5, 0.2],
    [0.5, 0.4],
  ]);
  assert.equal(underWay.begin(3, "touch", [0.9, 0.9], 2000), true);
});

test("the server's answer, a blank one and a fault come out as the page shows them", () => {
  const raw = { box: [0, 0, 1, 1], small: {}, image: {}, by: {}, label: 7, probabilities: [0, 1], sure: true };
  const { shown } = answers.readAnswer({ ...raw, milliseconds: 0.25 });
  assert.deepEqual(shown?.guess, { label: 7, probabilities: [0, 1], sure: true, milliseconds: 0.25 });
  assert.equal(answers.readAnswer({ ...raw, blank: true }).shown?.guess, null);
  assert.equal(answers.problemOf({ problem: "no" }), "no");
  assert.match(answers.problemOf({ fault: { code: "never_heard_of", values: {} } }), /never_heard_of/);
});

test("one question at a time, and the newest next", async () => {
  let asked = 0;
  /** @type {(answered: boolean) => void} */
  let finish = () => {};
  const ask = () => {
    asked += 1;
    return /** @type {Promise<boolean>} */ (
      new Promise((done) => {
        finish = done;
      })
    );
  };
  const again = answers.createAsker(ask, { soonest: 0, patience: 0 });
  for (let i = 0; i < 5; i++) again(false);
  assert.equal(asked, 1);
  finish(true);
  await new Promise((done) => setImmediate(done));
  assert.equal(asked, 2);
  finish(true);
  await new Promise((done) => setImmediate(done));
  assert.equal(asked, 2);
});

test("questions go to the quick route beside the page, whatever its path, else Gradio's own way", async () => {
  /** @type {string[]} */
  const asked = [];
  let status = 200;
  globalThis.fetch = /** @type {typeof fetch} */ (
    async (address) => {
      asked.push(String(address));
      return new Response("{}", { status });
    }
  );
  const route = answers.createRoute(async () => ({ slow: true }));
  const question = /** @type {any} */ ({});
  assert.deepEqual(await route(question), {});
  assert.deepEqual(asked, ["http://127.0.0.1/under/a/path/digits/read"]);
  status = 503;
  await assert.rejects(route(question));
  status = 404;
  assert.deepEqual(await route(question), { slow: true });
  assert.deepEqual(await route(question), { slow: true });
  assert.equal(asked.length, 3);
});

for (const isLost of [false, true]) {
  test(`a late ${isLost ? "failure" : "answer"} leaves a newer drawing's answer as it is`, async (context) => {
    context.after(heard); // else the server is asked for ever
    state.set("rules", rules);
    state.set("network", NETWORK);
    state.set("isAlone", true); // nothing is confirmed
    const { asked, ask } = createServer();
    const answering = new Answering(ask, (act) => act);
    answering.changed(1, { picture: "data:image/png;base64,AAAA" }, false);
    answering.changed(2, { strokes: SEVEN }, false);
    if (isLost) asked[0].fail(new Error("away"));
    else asked[0].answer({ label: 3, probabilities: [], image: {}, small: {}, by: {}, box: null });
    await settled();
    assert.equal(state.get("answer")?.serial, 2);
    assert.equal(state.get("answer")?.problem, "");
    assert.equal(state.get("server"), isLost ? "gone" : "here");
  });
}

test("a drawing that was not read here yet is read before it is confirmed, once", async () => {
  state.set("rules", rules);
  state.set("network", NETWORK);
  state.set("isAlone", false);
  const { asked, ask } = createServer();
  const answering = new Answering(ask, () => () => {}); // no frame comes, as in a tab that is not looked at
  answering.changed(3, { strokes: SEVEN }, true);
  answering.confirm();
  asked[0].answer({ label: 0, probabilities: [1], image: {}, small: {}, by: { network: "sketch" }, box: null });
  await settled();
  clearTimeout(answering.resting);
  assert.equal(state.get("answer")?.serial, 3);
  assert.equal(state.get("answer")?.confirmed?.by?.network, "sketch");
});

test("a confirmation of what was asked before is none of what is asked now", async () => {
  state.set("rules", rules);
  state.set("network", NETWORK);
  state.set("isAlone", false);
  const { asked, ask } = createServer();
  const answering = new Answering(ask, (act) => act);
  answering.changed(4, { strokes: SEVEN }, false);
  answering.confirm();
  state.set("shrink", true);
  answering.again();
  asked[0].answer({ label: 0, probabilities: [1], image: {}, small: {}, by: { network: "sketch" }, box: null });
  await settled();
  assert.equal(state.get("answer")?.confirmed, null);
  answering.confirm(); // what rests is asked about again
  asked[1].answer({ label: 1, probabilities: [1], image: {}, small: {}, by: { network: "sketch" }, box: null });
  await settled();
  clearTimeout(answering.resting);
  state.set("shrink", false);
  assert.equal(state.get("answer")?.confirmed?.guess?.label, 1);
});

test("a picture is prepared by the server and read by the network that this browser alone has", async (context) => {
  context.after(() => choose({ network: "sketch", backend: "auto", device: "auto" }));
  const own = "yours-here-1";
  choose({ network: "sketch", backend: "auto", device: "auto" });
  choose({ network: own, backend: "auto", device: "auto" });
  state.set("network", { ...NETWORK, name: own });
  /** @type {import("../../../digits/page/static/services/messages.js").Question[]} */
  const questions = [];
  const image = { height: 28, width: 28, bytes: Buffer.alloc(784).toString("base64") };
  const by = { network: "sketch", backend: "onnx", device: "cpu", version: "1", devices: ["cpu"] };
  const answering = new Answering(
    async (question) => {
      questions.push(question);
      return { label: 3, probabilities: [1], sure: true, milliseconds: 1, image, small: image, by, box: null };
    },
    (act) => act,
  );
  answering.changed(5, { picture: "data:image/png;base64,AAAA" }, false);
  await settled();
  assert.deepEqual(
    questions.map(({ network }) => network),
    ["sketch"],
  );
  const shown = state.get("answer")?.shown;
  assert.equal(shown?.by.network, own);
  assert.equal(shown?.by.backend, "browser");
});

test("texts are filled in by the language's own rules", () => {
  assert.equal(texts.text("either", { label: 4, other: 9 }), "That could be a 4 or a 9");
  assert.equal(texts.text("sure", { label: 8, percent: "97 %" }), "It’s an 8, 97\u00a0% sure"); // no line ends there
  assert.equal(texts.number(59210), "59,210");
  assert.equal(texts.number(0.00001), "0.00001");
  assert.equal(texts.percent(0.99996, 1), "99.9\u00a0%");
  assert.equal(texts.text("either", { label: 8, other: 8 }), "That could be an 8 or an 8");
  useTexts("zh");
  assert.equal(texts.percent(0.5), "50%");
  assert.equal(texts.text("sure", { label: 7, percent: texts.text("more_than_99") }), "这是 7，把握超过 99%");
});

test("the sentence, the bars and all other shares round alike", () => {
  for (const share of [0.005, 0.015, 0.845, 0.855, 0.985, 0.994]) {
    const { key, values } = wording.percent(share);
    if (key === "percent") assert.equal(texts.percent(share), texts.text(key, values));
    assert.equal(texts.percent(share), texts.text("percent", { number: wording.wholePercent(share) }));
  }
  assert.equal(texts.percent(0.845), "84\u00a0%");
});

test("a tab keeps its secret, and what it drew", async () => {
  assert.match(session, /^[0-9a-f-]{32,}$/);
  assert.equal(keep.storedSession(), session);
  keep.storeDrawing({ strokes: SEVEN });
  assert.deepEqual(await keep.storedDrawing(), { strokes: SEVEN });
});

test("going back goes to the shipped network that was chosen last", () => {
  choose({ network: "tutorial", backend: "auto", device: "auto" });
  choose({ network: "yours", backend: "torch", device: "cpu" });
  assert.equal(state.get("shipped"), "tutorial");
});
