// Lengths are as exact as C's, for numbers of any size.

import test from "node:test";
import { bounds, distance } from "../../digits/page/static/core/geometry.js";
import { assertClose } from "./vectors.js";

test("a length is exact where it is a whole number, and finite where its squares are not", () => {
  const known = [[3, 4, 5], [5, 12, 13], [-8, 15, 17], [0, -2, 2], [0.3, 0.4, 0.5], [0, 0, 0], [3e-300, 4e-300, 5e-300],
    [0.7, 1e-299, 0.7]];
  for (const [x, y, length] of known) assertClose([distance(x, y), distance(y, x)], [length, length], 0);
});

test("a box is as small as it can be", () => {
  assertClose(bounds([[0.2, 0.9], [0.1, 0.4], [0.7, 0.5]]), [0.1, 0.4, 0.7, 0.9], 0);
});
