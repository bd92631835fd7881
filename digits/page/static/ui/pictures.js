// Pictures that the visitor chooses, takes, drops or pastes, made ready for the server.
//
// A PNG or JPEG of a fair size goes as the file is. Only what is too large or of another kind is drawn on
// a canvas and read back, which some browsers falsify to protect their users: that is noticed first.

import { penOf } from "./canvas.js";

const MOST_BYTES = 2_900_000; // of a file as it is: the server takes 4,000,000 letters of base64
const MOST_PIXELS = 2_000_000; // of a picture, for the server
const LONGEST = 1200; // pixels that are sent otherwise; the server would average down to this
const AS_IT_IS = ["image/png", "image/jpeg"];

/** Why a picture cannot be read, as the key of a text. */
export class PictureError extends Error {}

/**
 * The picture in a file as a data: URL that the server takes.
 * @param {File} file
 * @returns {Promise<string>}
 */
export async function preparePicture(file) {
  const bitmap = await openBitmap(file);
  try {
    const isFair = file.size <= MOST_BYTES && bitmap.width * bitmap.height <= MOST_PIXELS;
    if (isFair && AS_IT_IS.includes(await kindOf(file))) return await dataUrl(file);
    if (isFalsified()) throw new PictureError("picture_falsified");
    return shrink(bitmap, file.type === "image/jpeg");
  } finally {
    bitmap.close();
  }
}

/** @param {Blob} file */
async function openBitmap(file) {
  try {
    // Turned as its camera says: older engines must be told so, and Safari before 17.2 knows no such word.
    return await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));
  } catch {
    throw new PictureError("picture_bad");
  }
}

/**
 * What a file really is, by its first bytes: its name may say anything.
 * @param {File} file
 */
async function kindOf(file) {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first === 0x89 && second === 0x50) return "image/png";
  return first === 0xff && second === 0xd8 ? "image/jpeg" : "";
}

/** @param {File} file @returns {Promise<string>} */
function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new PictureError("picture_bad"));
    reader.readAsDataURL(file);
  });
}

/**
 * A picture turned by a quarter, clockwise.
 * @param {string} picture a data: URL
 * @returns {Promise<string>}
 */
export async function turnPicture(picture) {
  if (isFalsified()) throw new PictureError("turn_falsified");
  const file = await (await fetch(picture)).blob();
  const bitmap = await openBitmap(file);
  try {
    return shrink(bitmap, file.type === "image/jpeg", true);
  } finally {
    bitmap.close();
  }
}

/** @param {ImageBitmap} bitmap @param {boolean} isPhoto @param {boolean} isTurned by a quarter, clockwise */
function shrink(bitmap, isPhoto, isTurned = false) {
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, isTurned ? { width: height, height: width } : { width, height });
  const pen = penOf(canvas);
  pen.imageSmoothingQuality = "high";
  if (isTurned) pen.setTransform(0, 1, -1, 0, height, 0);
  pen.drawImage(bitmap, 0, 0, width, height);
  return isPhoto ? canvas.toDataURL("image/jpeg", 0.92) : canvas.toDataURL("image/png");
}

/** Whether this browser gives back other pixels than were drawn. */
function isFalsified() {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 32, height: 32 });
  const pen = penOf(canvas);
  const drawn = new ImageData(32, 32);
  for (let i = 0; i < drawn.data.length; i++) drawn.data[i] = i % 4 === 3 ? 255 : (i * 37) % 256;
  pen.putImageData(drawn, 0, 0);
  const read = pen.getImageData(0, 0, 32, 32).data;
  return drawn.data.some((value, i) => value !== read[i]);
}

/**
 * The first picture among files, if there is one.
 * @param {FileList | null | undefined} files
 */
export function firstPicture(files) {
  return [...(files ?? [])].find((file) => file.type.startsWith("image/"));
}

/** @type {Map<string, HTMLImageElement | null>} the last picture; null while it loads */
const images = new Map();

/**
 * A data: URL as an image to draw; null until it is loaded, which `whenLoaded` then hears of.
 * @param {string} picture
 * @param {() => void} whenLoaded
 * @returns {HTMLImageElement | null}
 */
export function imageOf(picture, whenLoaded) {
  const known = images.get(picture);
  if (known) return known;
  if (known === undefined) images.clear();
  images.set(picture, null);
  const image = new Image();
  image.src = picture;
  image.decode().then(
    () => {
      images.set(picture, image);
      whenLoaded();
    },
    () => images.delete(picture),
  );
  return null;
}
