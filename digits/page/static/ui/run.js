// A training as it goes: where one stands in line, then accuracy, loss, curves, and what came of it.
//
// The value is what the server tells, five times a second; where its connection broke, services/server_session.js
// asks. Everything is drawn anew from state.training.

import { MOST_HERE, stopHere, trainHere } from "../services/browser_run_loader.js";
import { storedRun, storeRun } from "../services/browser_storage.js";
import { lost } from "../services/connection.js";
import { entryOf, inWords, isOwn, nameOf, whereIs } from "../services/network_names.js";
import { forgetRuns, keepLast, loadRuns, pastRuns, showLast } from "../services/past_runs.js";
import { problemOf } from "../services/server_answers.js";
import { BUSY, ENDED, follow, isHere, wasTold } from "../services/server_session.js";
import { credentials } from "../services/session_token.js";
import { choose, state } from "../services/state.js";
import { counted, decimal, duration, fill, number, percent, sentences, text } from "../services/texts.js";
import { dotted, find, make, pressOnce, setWaiting, whenWidthChanges } from "./dom.js";
import { showPictures } from "./run_pictures.js";

/** @typedef {import("../services/messages.js").Run} Run */
/** @typedef {import("../services/messages.js").ShownRun} ShownRun */
/** @typedef {import("../services/messages.js").Note} Note */

/** @param {import("../hosts/gradio.js").Host<Run | null>} host */
export function mount(host) {
  new RunPanel(host).begin();
}

class RunPanel {
  /** @param {import("../hosts/gradio.js").Host<Run | null>} host */
  constructor(host) {
    this.host = host;
    this.element = host.element;
    this.root = find(host.element, ".run");
    this.stop = find(host.element, ".stop", HTMLButtonElement);
    this.switch = find(host.element, ".run-note button", HTMLButtonElement);
    this.overlay = find(host.element, ".overlay select", HTMLSelectElement);
    this.here = find(host.element, ".train-here", HTMLButtonElement);
    this.wasLost = ""; // where a training was under way when the page was left, and is no more
  }

  begin() {
    const wasRunning = storedRun();
    pressOnce(this.stop);
    this.stop.addEventListener("click", () => this.stopRun());
    this.here.addEventListener("click", () => this.takeOver());
    this.switch.addEventListener("click", () => this.switchNetwork());
    this.overlay.addEventListener("change", () => this.show());
    this.host.watch(() => {
      wasTold();
      if (!isHere()) state.set("training", this.host.value);
    });
    state.subscribe("training", (run) => this.told(run));
    state.subscribe("outcome", () => ENDED.includes(state.get("run")) && keepLast());
    state.subscribe("forgotten", (count) => count && this.forget());
    state.subscribe("run", (stage) => stage === "sent" && this.sent());
    for (const name of /** @type {const} */ (["choice", "look", "server", "own"])) {
      state.subscribe(name, () => this.show());
    }
    state.subscribe("language", () => {
      fill(this.element);
      this.show();
    });
    whenWidthChanges(this.root, () => this.show());
    printable(this.root);
    this.comeBack(wasRunning);
  }

  /** Show what the server kept of this visit. @param {string} wasRunning where, when the page was left */
  async comeBack(wasRunning) {
    await Promise.all([follow(), loadRuns()]);
    this.wasLost = isGone(wasRunning) ? wasRunning : "";
    if (this.wasLost) {
      storeRun(""); // said once
      state.set("training", null); // an earlier run of the server's is not the one that is missed
    } else showLast();
    this.show();
  }

  /** Everything of the visitor's was forgotten: so are the runs; one under way in this browser goes on. */
  forget() {
    forgetRuns();
    // First: what came of a run that is shown would be kept again.
    if (!BUSY.includes(state.get("run"))) state.set("training", null);
    state.set("outcome", null);
    this.show();
  }

  /** The order is on its way: bring the run into view. */
  sent() {
    this.wasLost = "";
    setWaiting(this.stop, false);
    state.set("training", { state: "sent" });
    this.remember("sent");
    this.bringIntoView();
  }

  /** Once when Train is pressed, once when there is something to see: only then it has its height. */
  bringIntoView() {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    requestAnimationFrame(() => this.root.scrollIntoView({ block: "start", behavior: isStill ? "auto" : "smooth" }));
  }

  /** @param {Run | null} run */
  told(run) {
    const stage = run?.state ?? "idle";
    if (stage === state.get("run") && stage === "sent") return this.show();
    const isNews = stage !== state.get("run");
    if (ENDED.includes(stage)) keepLast(BUSY.includes(state.get("run")));
    const isFocused = document.activeElement === this.stop;
    state.set("run", stage);
    if (isFocused && !BUSY.includes(stage)) focusOnTrain();
    askBeforeLeaving(isHere() && BUSY.includes(stage));
    if (ENDED.includes(stage) && isNews) this.ended(run);
    if (isNews) this.remember(stage);
    this.show();
  }

  /** What a reload shall say is gone: a run under way, or one that the server has lost. @param {string} stage */
  remember(stage) {
    const isBusy = BUSY.includes(stage);
    storeRun(isBusy && isHere() ? "browser" : isBusy || stage === "lost" || stage === "unsent" ? "server" : "");
  }

  /** What came of the run can be chosen now; the pad asks again. @param {Run | null} run */
  ended(run) {
    const made = run?.network;
    if (made && !entryOf(made.id)) state.set("own", [...state.get("own"), made]);
  }

  stopRun() {
    if (this.stop.ariaDisabled === "true") return;
    setWaiting(this.stop, true);
    if (isHere()) return stopHere();
    const again = () => setWaiting(this.stop, false);
    this.host.call("stop", credentials()).then(
      ({ stopped }) => stopped || again(), // the order may still be under way
      () => {
        again();
        lost();
      },
    );
  }

  /** Leave the line and train in this browser. */
  takeOver() {
    this.stop.focus({ preventScroll: true });
    trainHere();
    setWaiting(this.stop, false);
    this.host.call("stop", credentials()).catch(lost);
  }

  switchNetwork() {
    const isBack = isOwn(state.get("choice").network);
    const network = isBack ? state.get("shipped") : state.get("training")?.network?.id;
    if (network) choose({ network, backend: "auto", device: "auto" });
  }

  // ---- showing -------------------------------------------------------------------------------------

  show() {
    const run = state.get("training");
    const stage = run?.state ?? "idle";
    this.root.dataset.state = stage;
    const shown = isShown(run) ? run : null;
    const isFirst = Boolean(shown) && stage === "running" && !this.root.classList.contains("drawn");
    this.root.classList.toggle("drawn", Boolean(shown));
    if (isFirst) this.bringIntoView();
    this.showHeadline(run);
    this.showNotes(run);
    dotted(find(this.element, ".run-settings"), settingsOf(run));
    find(this.element, ".run-status").textContent = shown ? percent(accuracyOf(shown), 1) : "";
    this.offerOverlay(shown);
    if (!shown) return;
    showFigures(this.element, shown);
    if (this.root.offsetParent) showPictures(this.element, shown, this.otherRun());
  }

  /** Waiting is the headline while one waits. @param {Run | null} run */
  showHeadline(run) {
    const [head, more] = headlineOf(run);
    find(this.element, ".run-headline h3").textContent = head;
    find(this.element, ".run-headline p").textContent = more;
    find(this.element, ".run-headline").hidden = !head;
    this.here.hidden = run?.state !== "waiting" || !state.get("order");
  }

  /** @param {Run | null} run */
  showNotes(run) {
    const isEnded = Boolean(run && ENDED.includes(run.state));
    find(this.element, ".run-note span").textContent = this.noteOf(run);
    this.switch.hidden = !isEnded || !this.target(run);
    this.switch.textContent = this.target(run);
    const notes = (run?.notes ?? []).map((note) => make("li", wordNote(note)));
    find(this.element, ".run-notes").replaceChildren(...notes);
  }

  /** What the button beside the note does, in words; "" if there is nothing to do. @param {Run | null} run */
  target(run) {
    if (isOwn(state.get("choice").network)) return text("run_back", { network: nameOf(state.get("shipped")) });
    return run?.network && entryOf(run.network.id) ? text("run_use", { network: inWords(run.network.name) }) : "";
  }

  /** @param {Run | null} run */
  noteOf(run) {
    if (!run || run.state === "idle") {
      return this.wasLost ? text(this.wasLost === "browser" ? "engine_lost" : "run_lost") : "";
    }
    if (run.state === "unsent" && state.get("server") === "gone") return text("run_unsent");
    if (run.state === "unsent" || run.state === "lost") return text("run_lost");
    if (run.state === "problem") return isHere() ? text(run.fault?.code ?? "engine_failed") : problemOf(run);
    if (isHere() && run.state === "running") return text(run.measuring ? "engine_measures" : "engine_here");
    if (BUSY.includes(run.state)) {
      if (state.get("server") !== "gone") return "";
      return text(run.state === "sent" ? "run_unsent" : "run_unheard");
    }
    return endOf(run);
  }

  // ---- another run under this one ------------------------------------------------------------------

  /** @param {ShownRun | null} run */
  offerOverlay(run) {
    const others = pastRuns().filter(({ version }) => version !== run?.network?.version);
    find(this.element, ".overlay").hidden = !run || !others.length;
    const chosen = this.overlay.value;
    this.overlay.replaceChildren(new Option(text("run_overlay_none"), ""));
    for (const { version, run: other } of others) {
      this.overlay.append(new Option(inWords(other.network.name), version, false, version === chosen));
    }
  }

  otherRun() {
    return pastRuns().find(({ version }) => version === this.overlay.value)?.run;
  }
}

/** Whether the training that was under way when the page was left is no more. @param {string} wasRunning where that was */
function isGone(wasRunning) {
  const stage = state.get("run");
  if (wasRunning === "browser") return !BUSY.includes(stage); // whatever the server has is another
  return stage === "idle" && state.get("server") === "here";
}

/** Stop goes, and Train is there again. */
const focusOnTrain = () => find(document, "#train .go").focus({ preventScroll: true });

/** A run in this browser ends with the page: who leaves it is asked. @param {boolean} isAsked */
function askBeforeLeaving(isAsked) {
  if (isAsked) addEventListener("beforeunload", stay);
  else removeEventListener("beforeunload", stay); // browsers keep pages that ask for nothing ready to come back to
}

/** @param {BeforeUnloadEvent} event */
const stay = (event) => event.preventDefault();

/** @param {Run | null} run @returns {run is ShownRun} */
function isShown(run) {
  return Boolean(run?.curve);
}

/** @param {Run | null} run @returns {[string, string]} what stands large, and the line below */
function headlineOf(run) {
  if (run?.state === "sent") return [text("run_sent"), ""];
  if (run?.state === "loading") return [text("run_loading"), ""];
  if (run?.state !== "waiting") return ["", ""];
  const wait = run.wait ?? null;
  const about = wait === null ? text("run_wait_unknown") : text("run_wait", { time: duration(Math.max(1, wait)) });
  return [text("run_waiting", { place: run.place }), about];
}

/** What became of a run, and who answers the pad now. @param {Run} run */
function endOf(run) {
  if (!run.network) return text(`run_${run.state}`);
  return sentences(text(`run_${run.state}`), whereIs(run.network));
}

/** @param {Note} note */
function wordNote({ code, values }) {
  if (code === "nothing_learnt") {
    const said = {
      accuracy: percent(values.accuracy, 1),
      rate: number(values.learning_rate),
      steps: number(values.steps),
    };
    return sentences(text("note_nothing_learnt", said), text(`note_why_${values.reason}`, said));
  }
  if (code !== "shape_kept") return text(`note_${code}`);
  const shape = (/** @type {number[]} */ sizes) => sizes.join(" → ");
  const used = `${shape(values.used)}, ${values.used_activation}`;
  const asked = `${shape(values.asked)}, ${values.asked_activation}`;
  return text("note_shape_kept", { network: inWords(values.network), used, asked });
}

/** The accuracy now: between epochs that on the first of the test digits. @param {ShownRun} run */
function accuracyOf(run) {
  return isBetween(run) ? run.quick_accuracy : run.accuracy;
}

/** @param {ShownRun} run */
function isBetween({ state: stage, step, past }) {
  return stage === "running" && step !== past[past.length - 1]?.step;
}

/** @param {HTMLElement} element @param {ShownRun} run */
function showFigures(element, run) {
  const counts = { tested: number(run.tested), quick: number(run.quick_tested) };
  const isPart = isBetween(run) && run.quick_tested < run.tested;
  const words = text(isPart ? "run_right_now" : "run_right", counts);
  find(element, ".run-words").textContent = words;
  find(element, ".run-loss").textContent = lossInWords(run);
  find(element, ".run-when").textContent = [epochOf(run), timeOf(run)].filter(Boolean).join(" · ");
  find(element, ".run-done").style.width = `${run.steps ? (100 * run.step) / run.steps : 0}%`;
}

/** @param {ShownRun} run */
function lossInWords({ loss, step }) {
  if (loss === null || loss === undefined) return step ? "∞" : "–";
  return decimal(loss, loss < 1 ? 3 : 2);
}

/** @param {ShownRun} run */
function epochOf({ epoch, epochs, step, state: stage, start, network }) {
  if (!epoch && !step) return start.name ? text("run_begins", { network: inWords(start.name) }) : text("run_untrained");
  if (network && stage !== "done")
    return text("run_epochs_done", { done: number(network.card.epochs ?? epoch), epochs });
  return text("run_epoch", { epoch: Math.min(epochs, epoch + (stage === "done" ? 0 : 1)), epochs });
}

/** @param {ShownRun} run */
function timeOf({ state: stage, seconds, left }) {
  if (ENDED.includes(stage)) return text("run_took", { time: duration(seconds, 1) });
  return left === null ? "" : text("run_left", { time: duration(Math.max(1, left)) });
}

/** The settings of a run: as the server says them, before that as they were sent. @param {Run | null} run */
function settingsOf(run) {
  /** @type {Record<string, any> | null} */
  const order = isShown(run) ? run : state.get("order");
  if (!order) return [];
  const isBrowser = run?.engine === "browser";
  const images = order.trained ?? Math.min(order.train_images, isBrowser ? MOST_HERE : Number.POSITIVE_INFINITY);
  return [
    ...(run?.network ? [inWords(run.network.name)] : []),
    order.sizes.join(" → "),
    order.activation,
    counted("set_epochs", order.epochs),
    text("set_batch", { count: number(order.batch_size) }),
    text("set_rate", { rate: number(order.learning_rate) }),
    text("set_images", { count: number(images) }),
    text("set_seed", { seed: order.seed }),
    ...(run?.start?.name ? [text("out_from", { network: inWords(run.start.name) })] : []),
    text(isBrowser ? "engine_browser" : "engine_server"),
  ];
}

/** On paper all that is folded is unfolded, if there is a run to print. @param {HTMLElement} root */
function printable(root) {
  addEventListener("beforeprint", () => {
    const isRun = root.classList.contains("drawn") && Boolean(root.offsetParent);
    document.body.classList.toggle("prints-run", isRun);
  });
}
