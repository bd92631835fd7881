// What goes over the wire, as digits/server/messages.py writes it. services/answers.js turns the answers
// of the server into these; nothing else in the page looks at the raw ones.

/** A grey image, height * width bytes row by row, base64 where it came from the server; 0 is paper, 255 is ink. */
export interface GreyImage {
  height: number;
  width: number;
  bytes: string | Uint8Array;
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
  /** The secret of a server that makes its own; see services/session.js. */
  visit: string | null;
  shrink: boolean;
}

/** Something that cannot be done: `code` names a text "error.CODE", `values` fill it in. */
export interface Fault {
  code: string;
  values: Record<string, string | number>;
}

/** A digit that was read, with ten probabilities. */
export interface Guess {
  label: number;
  probabilities: number[];
  sure: boolean;
  milliseconds: number;
}

/** An answer with something to see of the drawing. */
export interface Shown {
  /** left, top, right, bottom, parts of the pad; null for a blank drawing. */
  box: [number, number, number, number] | null;
  small: GreyImage;
  image: GreyImage;
  by: By;
  blank: boolean;
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

export type RunState = "idle" | "sent" | "waiting" | "loading" | "running" | "done" | "stopped" | "cut" | "problem";

/** A run as it goes; without `curve`, only its state is known yet. */
export interface Run {
  state: RunState;
  problem?: string;
  fault?: Fault;
  place?: number;
  step: number;
  steps: number;
  epoch: number;
  epochs: number;
  loss: number;
  accuracy: number;
  seconds: number;
  left: number | null;
  /** Step, loss, accuracy on some of the test digits. */
  curve?: [number, number | null, number][];
  past: { accuracy: number; loss: number; step: number; drawing: Reading | null }[];
  guesses: Reading[];
  reading: Reading | null;
  samples: { image: GreyImage; label: number }[];
  drawing: GreyImage | null;
  tested: number;
  trained: number;
}

export interface FinishedRun {
  sizes: number[];
  activation: string;
  epochs: number;
  batch_size: number;
  learning_rate: number;
  train_images: number;
  go_on: boolean;
  accuracy: number;
  seconds: number;
}

export interface Outcome {
  confusion: number[][];
  mistakes: { image: GreyImage; label: number; said: number; probability: number }[];
  nodes: { before: GreyImage[]; after: GreyImage[] };
  runs: FinishedRun[];
}

export interface Lesson {
  state: "waiting" | "learning" | "done" | "problem";
  problem?: string;
  fault?: Fault;
  place?: number;
  share?: number;
  seconds: number;
  mnist: [number, number];
  drawings: { before: number; after: number }[];
}
