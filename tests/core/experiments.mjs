// Does experiments with the digits in a file: node experiments.mjs DIGITS NAME SEED -> a line of JSON.

import { readFileSync } from "node:fs";
import { runExperiment } from "../../digits/page/static/core/experiments.js";
import { unpackDigits } from "../../digits/page/static/services/digits_download.js";

const [file, name, seed] = process.argv.slice(2);
const bytes = readFileSync(file);
const digits = unpackDigits(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const work = runExperiment(name, digits, Number(seed));
let next = work.next();
while (!next.done) next = work.next();
console.log(JSON.stringify(next.value));
