// What goes over the wire, as digits/server/messages.py writes it. services/server_answers.js turns the answers
// of the server into these; nothing else in the page looks at the raw ones.

/** A grey image, height * width bytes row by row, base64 where it came from the server; 0 is paper, 255 is ink. */
export interface GreyImage {
  height: number;
  width: number;
  bytes: string | Uint8Array;
}

/** What every backend makes of a drawing. */
export interface Comparison {
  blank: boolean;
  guesses: (Guess & { backend: string; device: string })[];
}

/** Who answered, and what it could run on instead; `backend` is "browser" where it was read here. */
export interface By {
  network: string;
  backend: string;
  device: string;
  version: string;
  devices: string[];
}

/** What the visitor chose to be answered by. */
export interface Choice {
  network: string | null;
  backend: string;
  device: string;
}

export type Point = [x: number, y: number];

/** A drawing as it is sent: one of the three. */
export interface SentDrawing {
  /** Lists of points, each part of the pad: x to the right, y down, 0 to 1. */
  strokes?: Point[][];
  /** Base64 of 28 x 28 bytes. */
  pixels?: string;
  /** A data: URL of a PNG or a JPEG. */
  picture?: string;
}

export interface Question extends Choice {
  drawing: SentDrawing;
  language: string;
  session: string;
  shrink: boolean;
}

/** Something that cannot be done: `code` names a text "error.CODE", `values` fill it in. */
export interface Fault {
  code: string;
  values: Record<string, string | number>;
}

/** Something to say: `code` names a text "note_CODE", `values` fill it in. */
export interface Note {
  code: string;
  // biome-ignore lint/suspicious/noExplicitAny: each code has values of its own
  values: Record<string, any>;
}

/** What something is called: a text's key, and what the text needs. */
export interface Name {
  key: string;
  values: Record<string, string | number | Name>;
}

/** A network that can be chosen. */
export interface NetworkEntry {
  id: string;
  name: Name;
  kind: "shipped" | "trained" | "taught";
  /** Other weights have another; "" where the server does not know it yet. */
  version: string;
  card: {
    sizes: number[];
    activation: string;
    test_accuracy: number | null;
    test_images: number | null;
    train_images: number | null;
    epochs: number | null;
    /** That it was taught. */
    drawings: number;
  };
}

/** What a run began with: `network` null for random weights. */
export interface Start {
  network: string | null;
  name: Name | null;
}

/** A digit that was read, with ten probabilities. */
export interface Guess {
  label: number;
  probabilities: number[];
  sure: boolean;
  milliseconds: number;
}

/** One digit of a drawing or a picture that has several, read by itself. */
export interface OneOfSeveral {
  box: [number, number, number, number] | null;
  small: GreyImage;
  image: GreyImage;
  guess: Guess;
  /** Of a picture: "among_letters", so it is not sure. */
  hint?: string;
  /** Its strokes, where it is one of a drawing. */
  strokes?: Point[][];
  leftOut?: number[];
}

/** An answer with something to see of the drawing; of several digits, about the one that was picked. */
export interface Shown {
  /** All digits, in reading order, where there are several; `picked` says which of them this is about. */
  several?: OneOfSeveral[];
  picked?: number;
  /** What would help with a picture: "nothing_found", "turned", "among_letters" or "picture_doubt". */
  hint?: string | null;
  /** left, top, right, bottom, parts of the pad; null for a blank drawing. */
  box: [number, number, number, number] | null;
  small: GreyImage;
  image: GreyImage;
  by: By;
  blank: boolean;
  /** Places of strokes that were taps beside the drawing, where this browser prepared it. */
  leftOut?: number[];
  guess: Guess | null;
  /** The same drawing prepared, while `shrink` shows what shrinking does. */
  prepared: Guess | null;
}

export interface Picked extends Choice {
  networks: NetworkEntry[];
  backends: string[];
  network: string;
}

export interface Reading {
  label: number;
  probability: number;
}

/** "sent", "unsent" and "lost" are what the page finds by itself. */
export type RunState =
  | "idle"
  | "sent"
  | "unsent"
  | "waiting"
  | "loading"
  | "running"
  | "done"
  | "stopped"
  | "cut"
  | "problem"
  | "lost";

/** A run as it goes; before it is "running" little more than its state is known. */
export interface RunParts {
  fault: Fault;
  /** 1 is next. */
  place: number;
  /** Seconds, about; null where nobody can say yet. */
  wait: number | null;
  step: number;
  steps: number;
  epoch: number;
  epochs: number;
  loss: number | null;
  /** On all `tested` test digits, at the end of the last epoch. */
  accuracy: number;
  tested: number;
  /** Now, on the first `quick_tested` of them. */
  quick_accuracy: number;
  quick_tested: number;
  train_accuracy: number;
  train_tested: number;
  trained: number;
  available: number;
  source: string;
  sizes: number[];
  activation: string;
  batch_size: number;
  learning_rate: number;
  seed: number;
  seconds: number;
  left: number | null;
  /** Step, loss, accuracy on the first test digits, accuracy on the first training digits. */
  curve: [number, number | null, number, number][];
  past: { accuracy: number; loss: number | null; step: number; drawing: Reading | null }[];
  guesses: Reading[];
  reading: Reading | null;
  samples: { image: GreyImage; label: number }[];
  drawing: GreyImage | null;
  start: Start;
  notes: Note[];
  /** With "done", "stopped", "cut": what came of it. */
  network: NetworkEntry;
}

/** Where a run runs. */
export type Engine = "server" | "browser";

export interface Run extends Partial<RunParts> {
  state: RunState;
  /** Of a run that the server does not tell of. */
  engine?: "browser";
  /** It has learnt all that it will, and what came of it is being measured. */
  measuring?: boolean;
}

/** A run that has told something of its training. */
export interface ShownRun extends RunParts {
  state: RunState;
  engine?: "browser";
}

export interface FinishedRun {
  network: string;
  name: Name;
  engine: Engine;
  sizes: number[];
  activation: string;
  epochs: number;
  batch_size: number;
  learning_rate: number;
  train_images: number;
  seed: number;
  start: Start;
  accuracy: number;
  train_accuracy: number;
  seconds: number;
}

export interface Outcome {
  network: NetworkEntry;
  accuracy: number;
  confusion: number[][];
  mistakes: { image: GreyImage; label: number; said: number; probability: number }[];
  nodes: { before: GreyImage[]; after: GreyImage[] };
  runs: FinishedRun[];
}

/** Test digits of one cell of the confusion matrix: a page's worth of the `count` that there are. */
export interface CellPictures {
  images: GreyImage[];
  count: number;
  fault?: Fault;
}

/** What came of a run in this browser, as the server measured it. */
export interface TrainedHere {
  network: NetworkEntry;
  outcome: Outcome;
  notes: Note[];
}

/** What the server keeps of a visit; nothing but `serial` and `known` where nothing is new. */
export interface SessionState {
  serial: number;
  known: boolean;
  networks?: NetworkEntry[];
  run?: Run;
  outcome?: Outcome | null;
  fine_tuning?: FineTuning;
  runs?: FinishedRun[];
}

export interface FineTuning {
  /** "sent", "unsent" and "lost" are what the page finds by itself. */
  state: "idle" | "sent" | "unsent" | "waiting" | "learning" | "done" | "problem" | "lost";
  fault?: Fault;
  place?: number;
  wait?: number | null;
  share?: number;
  seconds: number;
  mnist: [number, number];
  drawings: { before: number; after: number }[];
  network: NetworkEntry;
  /** The version of the own network that this one takes the place of. */
  replaced: string | null;
}
