// Does experiments with the digits in a file: node experiments.mjs DIGITS NAME SEED -> a line of JSON, with how many digits each
// lane saw.

import { readFileSync } from "node:fs";
import { runExperiment } from "../../digits/page/static/core/experiments.js";
import { unpackDigits } from "../../digits/page/static/services/digits_download.js";

const [file, name, seed] = process.argv.slice(2);
const bytes = readFileSync(file);
const digits = unpackDigits(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const work = runExperiment(name, digits, Number(seed));
const seen = [];
let next = work.next();
for (; !next.done; next = work.next()) if (next.value) seen[next.value.lane] = next.value.seen;
console.log(JSON.stringify({ ...next.value, seen }));
