// What Python limits and the scripts must know without asking: digits/network/config.py (PAGE_LIMITS) and
// digits/server/limits.py. tests/page/test_static.py holds the two together.

export const EPOCHS = /** @type {const} */ ([1, 20]);
export const BATCH_SIZES = /** @type {const} */ ([1, 1000]);
export const RATES = /** @type {const} */ ([0.00001, 0.5]);
/** Lines of the table of runs. */
export const MOST_RUNS = 12;
