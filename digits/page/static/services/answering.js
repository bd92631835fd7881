// Who answers when: this browser while the pen moves, the chosen backend once when it rests.
//
// Where this browser cannot read, for its weights are under way or the drawing is a picture, the server answers
// as the pen moves.

import { unpack } from "../core/base64.js";
import { guess, readHere, showOne } from "./browser_reader.js";
import { heard, lost, welcomeBack } from "./connection.js";
import { BLANK } from "./drawing.js";
import { isOnlyHere } from "./network_names.js";
import { createAsker, drawingOf, readAnswer } from "./server_answers.js";
import { credentials } from "./session_token.js";
import { state } from "./state.js";
import { text } from "./texts.js";

/** @typedef {import("./state.js").Drawing} Drawing */
/** @typedef {import("./messages.js").Shown} Shown */
/** @typedef {import("./messages.js").Question} Question */

const REST = 180; // ms without a change before the chosen backend is asked

export class Answering {
  /**
   * @param {(question: Question) => Promise<any>} ask the server; rejects where it does not answer
   * @param {(act: () => void) => () => void} onceAFrame makes a function that acts at the next frame
   */
  constructor(ask, onceAFrame) {
    this.ask = ask;
    this.serial = 0;
    /** @type {Drawing} */
    this.drawing = BLANK;
    this.readSoon = onceAFrame(() => this.readNow());
    this.askSoon = createAsker(() => this.askServer());
    this.isMoving = false; // the pen is down
    this.isConfirming = false;
    this.hasHanded = false; // what the server lacked; once is enough
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
  }

  /** Answer anew whenever something else than the drawing changes the answer, or the words of a fault. */
  listen() {
    for (const name of /** @type {const} */ (["choice", "shrink", "network", "language"])) {
      state.subscribe(name, () => this.again());
    }
    state.subscribe("server", (server) => {
      if (server === "here") this.confirmAtRest();
    });
    state.subscribe("picked", () => this.pick());
  }

  /**
   * Something else is on the pad.
   * @param {number} serial
   * @param {Drawing} drawing
   * @param {boolean} isMoving the pen is down, more is to come
   */
  changed(serial, drawing, isMoving) {
    Object.assign(this, { serial, drawing });
    this.again(isMoving);
  }

  again(isMoving = false) {
    this.isMoving = isMoving;
    clearTimeout(this.resting);
    if (!this.canReadHere) return this.askSoon(isMoving);
    if (isMoving) this.readSoon();
    else this.readNow();
    this.confirmAtRest();
  }

  /** Another digit of several is looked at: it was read with the others. */
  pick() {
    const answer = state.get("answer");
    const { several, by } = answer?.shown ?? {};
    if (!answer || !several || !by) return;
    state.set("answer", { ...answer, shown: showOne(several, this.picked, by), confirmed: null });
    this.confirmAtRest();
  }

  get picked() {
    const { serial, at } = state.get("picked");
    return serial === this.serial ? at : 0;
  }

  get canReadHere() {
    return Boolean(state.get("network") && state.get("rules") && !this.drawing.picture);
  }

  get isAlone() {
    const { backend, network } = state.get("choice");
    return state.get("isAlone") || backend === "browser" || isOnlyHere(network);
  }

  readNow() {
    const [loaded, rules] = [state.get("network"), state.get("rules")];
    if (!loaded || !rules || this.drawing.picture) return;
    const asked = {
      network: state.get("choice").network ?? loaded.name,
      isShrunk: state.get("shrink"),
      picked: this.picked,
    };
    const { serial, drawing, isMoving } = this;
    const shown = readHere(drawing, loaded, rules, asked);
    state.set("answer", { serial, drawing, isMoving, shown, problem: "", confirmed: null });
  }

  // ---- the server ----------------------------------------------------------------------------------

  /** @returns {Question} */
  get question() {
    const choice = state.get("choice");
    const backend = this.isAlone ? { backend: "auto", device: "auto" } : {};
    // The server prepares a picture whoever reads it: readPicture().
    const other = this.drawing.picture && isOnlyHere(choice.network) ? { network: state.get("shipped") } : {};
    const answer = state.get("answer");
    const drawing = answer?.serial === this.serial ? drawingOf(answer, this.drawing) : this.drawing;
    const rest = { drawing, language: state.get("language"), shrink: state.get("shrink") };
    return { ...choice, ...backend, ...other, ...credentials(), ...rest };
  }

  /** Have the server answer; whether that is done with. What is on the pad by then may have been read here. */
  async askServer() {
    const { serial, drawing } = this;
    try {
      const answer = readAnswer(await this.ask(this.question));
      heard();
      if (this.canReadHere) return true;
      state.set("answer", { serial, drawing, ...answer, shown: answer.shown && this.readPicture(answer.shown) });
      return true;
    } catch {
      if (!this.canReadHere) state.set("answer", { serial, drawing, shown: null, problem: text("offline") });
      lost();
      return this.canReadHere;
    }
  }

  /** A picture that the server prepared, read here where this browser shall answer alone. @param {Shown} shown */
  readPicture(shown) {
    const loaded = state.get("network");
    if (!this.isAlone || !loaded || !shown.guess) {
      return shown.several ? showOne(shown.several, this.picked, shown.by) : shown;
    }
    const network = state.get("choice").network ?? shown.by.network;
    const by = { ...shown.by, network, backend: "browser", device: "", version: loaded.version };
    const readOne = (/** @type {Shown["image"]} */ image) => guess(loaded, unpack(image.bytes), true);
    const several = shown.several?.map((one) => {
      const said = readOne(one.image);
      return { ...one, guess: { ...said, sure: said.sure && !one.hint } };
    });
    if (several) return showOne(several, this.picked, by);
    const alone = readOne(shown.image);
    const ofPaper = shown.hint === "among_letters" || shown.hint === "turned" ? shown.hint : null;
    const hint = ofPaper ?? (guess(loaded, unpack(shown.image.bytes)).sure ? "picture_doubt" : null);
    return { ...shown, by, hint, guess: { ...alone, sure: alone.sure && !ofPaper } };
  }

  confirmAtRest() {
    clearTimeout(this.resting);
    if (this.isAlone || !this.canReadHere) return;
    this.resting = setTimeout(() => this.confirm(), REST);
  }

  /** Have the chosen backend read what is on the pad, once. */
  async confirm() {
    if (this.isConfirming || state.get("server") === "gone") return;
    if (state.get("answer")?.serial !== this.serial) this.readNow(); // else there is nothing to confirm
    const { question } = this;
    const asked = state.get("answer");
    const start = performance.now();
    this.isConfirming = true;
    const raw = await this.ask(question).catch(() => null);
    this.isConfirming = false;
    if (!raw) return lost();
    heard();
    if (raw.fault?.code === "weights_gone" && !this.hasHanded) {
      this.hasHanded = true;
      await welcomeBack();
      return this.confirmAtRest();
    }
    this.hasHanded = false;
    const answer = state.get("answer");
    if (!answer || answer !== asked) return this.confirmAtRest(); // read anew meanwhile: another question
    const { shown, problem } = readAnswer(raw);
    const confirmed = { by: shown?.by ?? null, guess: shown?.guess ?? null, problem, way: performance.now() - start };
    state.set("answer", { ...answer, confirmed });
  }
}
