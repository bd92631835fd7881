// The digits that a network learns from here: fetched once, then the browser keeps them.

/** @typedef {import("../core/run.js").Parts} Parts */

/**
 * Where digits come from: MNIST, the 5,000 of it that are bundled, or the server's owner's own ones.
 * @typedef {"mnist" | "bundled" | "own"} Source
 */

const PIXELS = 784;

/**
 * Take the server's stream apart: a line of JSON, the images, the labels; those to train on come first.
 * @param {ArrayBuffer} stream
 * @returns {Parts & {source: Source}}
 */
export function unpackDigits(stream) {
  const bytes = new Uint8Array(stream);
  const end = bytes.indexOf(10);
  const { source, train, test } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  if (bytes.length !== end + 1 + (train + test) * (PIXELS + 1)) throw new RangeError("the digits are cut short");
  let start = end + 1;
  /** @param {number} length */
  const cut = (length) => {
    start += length;
    return bytes.subarray(start - length, start);
  };
  const images = [cut(train * PIXELS), cut(test * PIXELS)];
  return {
    source,
    train: { images: images[0], labels: cut(train) },
    test: { images: images[1], labels: cut(test) },
  };
}

/**
 * Fetch the digits; an Error if the server has none or does not answer.
 * @param {string | URL} address
 */
export async function loadDigits(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return unpackDigits(await reply.arrayBuffer());
}
