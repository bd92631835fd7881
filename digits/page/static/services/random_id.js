// Names that nobody else comes upon: of a tab, of a picture, of a run.

/** @returns {string} */
export function makeId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // not there on a page without https
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
