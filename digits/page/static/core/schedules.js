// How large the steps of a run are, as digits/training/schedules.py has it.

/** @typedef {"constant" | "one-cycle"} Schedule */

const WARM_UP = 0.25; // share of a one-cycle run in which the learning rate rises

/**
 * The size of step number `step` (from 0) of `steps`: always the same, or up and then down to nothing.
 *
 * Small steps while the weights are still random, large ones to get far, small ones to settle
 * (Smith and Topin, "Super-Convergence", 2017).
 * @param {Schedule} schedule
 * @param {number} highest the learning rate of the recipe
 * @param {number} step
 * @param {number} steps
 * @returns {number}
 */
export function learningRateAt(schedule, highest, step, steps) {
  if (schedule === "constant") return highest;
  const done = (step + 1) / (steps + 1);
  return highest * Math.min(done / WARM_UP, (1 - done) / (1 - WARM_UP));
}
