// What the page and the worker that trains (workers/trainer.js) say to each other.

import type { ActivationName } from "../core/activations.js";
import type { End, ExperimentName, Point } from "../core/experiments.js";
import type { Marks, Settings } from "../core/run.js";
import type { Results } from "../core/run_results.js";
import type { Source } from "./digits_download.js";

/** What may change in the middle of a run. */
export interface Changes {
  learningRate?: number;
  batchSize?: number;
  activation?: ActivationName;
}

export type Command =
  | { kind: "open"; address: string }
  /** Anew, from the first `images` training digits; all by default. */
  | { kind: "begin"; settings: Settings; images?: number }
  | { kind: "step"; count: number }
  /** Learn until "pause" or so many epochs, `wait` ms between steps (0: as fast as it goes), a report each `every` ms. */
  | { kind: "run"; wait: number; every: number; epochs?: number }
  /** Give me the weights: answered by "weights". */
  | { kind: "weights" }
  /** What came of the run: answered by "results". */
  | { kind: "results" }
  | { kind: "pause" }
  | { kind: "change"; changes: Changes }
  /** The visitor's drawing, (784,) 0 to 1, to be read along; null: none. */
  | { kind: "watch"; pixels: Float32Array | null }
  | { kind: "go_to"; number: number }
  /** How do these weights do on the test digits? Answered by "marked" with the same `question`. */
  | { kind: "mark"; question: number; sizes: number[]; activation: ActivationName; weights: Float32Array }
  | { kind: "experiment"; name: ExperimentName; seed: number }
  | { kind: "stop" };

/** Some digits and what the network says of them. */
export interface Read {
  /** (n * 784) 0 to 255 */
  images: Uint8Array;
  labels: number[];
  /** (n * 10) */
  probabilities: Float32Array;
}

/** How the network did at a step; `recent`: the mean loss of the latest batches. */
export interface Marked {
  step: number;
  train: Marks;
  test: Marks;
  recent: number | null;
}

/** A run as it stands, complete in itself. */
export interface Report {
  kind: "report";
  isRunning: boolean;
  step: number;
  epoch: number;
  /** Digits in an epoch. */
  digits: number;
  /** Where in the epoch the next batch begins. */
  place: number;
  learningRate: number;
  batchSize: number;
  activation: ActivationName;
  /** The batch that comes next: the first of it, its size and its mean loss. */
  batch: Read & { size: number; loss: number };
  /** Four test digits. */
  watched: Read;
  /** (10,) what it says of the visitor's drawing; null without one. */
  drawing: Float32Array | null;
  /** (nodes * 784) what the first layer looks for. */
  firstLayer: Float32Array;
  /** Marks and dead nodes were taken at this step. */
  marks: Marked;
  dead: Uint8Array[];
  losses: [step: number, loss: number][];
  /** The mean loss of the latest batches, now. */
  recent: number | null;
  /** The checkpoints that one can go back to, and which of them this is (the last unless one went back). */
  kept: Marked[];
  at: number;
  /** Seconds that a run with an end still takes, about; null where nobody can say. */
  left: number | null;
}

export type Message =
  | { kind: "opened"; source: Source; train: number; test: number }
  | { kind: "failed"; reason: string }
  | Report
  | { kind: "weights"; weights: Float32Array }
  /** `images` are those of the mistakes. */
  | ({ kind: "results"; weights: Float32Array; images: Uint8Array[] } & Results)
  | { kind: "marked"; question: number; accuracy: number }
  | { kind: "point"; name: ExperimentName; point: Point }
  | { kind: "ended"; name: ExperimentName; ends: End[]; outcome: string };
