// Bytes that came as text.

/**
 * @param {string | Uint8Array} packed base64, or unpacked already
 * @returns {Uint8Array}
 */
export const unpack = (packed) =>
  typeof packed === "string" ? Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0)) : packed;

/**
 * @param {string | Uint8Array} bytes or base64 already
 * @returns {string} base64, the same for the same bytes
 */
export const pack = (bytes) => (typeof bytes === "string" ? bytes : btoa(String.fromCharCode(...bytes)));
