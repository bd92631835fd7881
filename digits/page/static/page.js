// What the page's rooms share: the visitor's choices, the texts, and a way to tell each other things.
//
// Loaded in the page's <head> (digits/look.py), before any room. Rooms never call each other: the pad
// says `digits.say("reading", ...)`, the answer and the strips listen with `digits.on("reading", ...)`.
// Rooms that open later (a tab) hear the last word of each kind at once. Next: digits/pad.js.
(() => {
  const TEXTS = /*texts*/ {};
  const heard = {};     // kind -> the functions that listen
  const lastWord = {};  // kind -> what was said last
  let colours = {};      // name -> colour in the current theme; asking the browser each time is slow
  const stamp = document.createElement("canvas");   // where small images are made before they are scaled

  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
  const asLanguage = (tag) => (/^zh/i.test(tag || "") ? "zh" : "en");

  const digits = {
    browserLanguage: asLanguage(navigator.language),
    language: asLanguage(stored("digits-language") || navigator.language),
    choice: { network: null, backend: "auto", device: "auto" },
    shipped: null,    // the shipped network that was chosen last
    visit: null,      // this visit's secret: says whose own network "yours" is
    shrink: false,    // "just shrink it" is on

    say(kind, word) {
      lastWord[kind] = word;
      for (const listen of heard[kind] || []) listen(word);
    },
    on(kind, listen) {
      (heard[kind] ||= []).push(listen);
      if (kind in lastWord) listen(lastWord[kind]);
    },
    last: (kind) => lastWord[kind],

    text(key, values = {}) {
      const table = TEXTS[digits.language] || TEXTS.en;
      return (table[key] ?? TEXTS.en[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all).replace(" a 8", " an 8");
    },
    // Elements name their text: data-text="key", data-label="key" for aria-label and title.
    fill(root) {
      for (const node of root.querySelectorAll("[data-text]")) node.textContent = digits.text(node.dataset.text);
      for (const node of root.querySelectorAll("[data-label]")) {
        node.setAttribute("aria-label", digits.text(node.dataset.label));
        if (node.tagName !== "CANVAS") node.title = digits.text(node.dataset.label);
      }
    },
    speak(language) {
      digits.language = language;
      store("digits-language", language);
      document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
      digits.say("language", language);
    },

    // Colours live in digits/page.css; canvases ask for them by name.
    colour: (name) => (colours[name] ||= getComputedStyle(document.body).getPropertyValue(`--${name}`).trim()),
    // A canvas as sharp as the screen: sized to its box, drawn in CSS pixels.
    sharpen(canvas) {
      const { width, height } = canvas.getBoundingClientRect();
      const ratio = window.devicePixelRatio || 1;
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      return { pen, width, height };
    },
    number: (value) => value.toLocaleString(digits.language === "zh" ? "zh-CN" : "en-GB"),
    // A share as people say it; what is not quite all is never rounded up to 100 %.
    percent(share, places = 0) {
      const unit = 10 ** places, rounded = Math.round(100 * share * unit) / unit;
      const shown = share < 1 ? Math.min(rounded, 100 - 1 / unit) : rounded;
      return digits.text("percent", { number: shown.toFixed(places) });
    },
    download(name, content, type) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([content], { type }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    },
    unpack: (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0)),

    // Draw a grey image, ink on the paper of the current theme, every pixel a sharp square of `side`.
    paint(pen, image, left, top, side) {
      const bytes = digits.unpack(image.bytes), ink = digits.rgb("ink"), { width } = image;
      digits.stamp(pen, width, bytes.length / width, (i) => [...ink, bytes[i]], left, top, side, side);
    },
    // Draw width x height pixels, each of the colour [r, g, b, alpha] that `colourOf` gives for it.
    stamp(pen, width, height, colourOf, left, top, sideX, sideY) {
      const pixels = new ImageData(width, height);
      for (let i = 0; i < width * height; i++) pixels.data.set(colourOf(i), 4 * i);
      Object.assign(stamp, { width, height });
      stamp.getContext("2d").putImageData(pixels, 0, 0);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(stamp, left, top, width * sideX, height * sideY);
    },
    rgb(name) {
      const hex = digits.colour(name).replace("#", "");
      return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
    },
  };
  window.digits = digits;

  document.documentElement.lang = digits.language === "zh" ? "zh-CN" : "en";

  // Light or dark: the system's, unless the visitor chose.
  digits.dark = () => document.body.classList.contains("dark");
  digits.setDark = (dark) => {
    document.body.classList.toggle("dark", dark);
    store("digits-theme", dark ? "dark" : "light");
    colours = {};
    digits.say("theme", dark ? "dark" : "light");
  };
  function keepLooks() {   // Gradio sets the class while it starts: the visitor's choice comes after
    const chosen = stored("digits-theme");
    const keep = () => {
      if (chosen && !digits.last("theme") && digits.dark() !== (chosen === "dark")) {
        document.body.classList.toggle("dark", chosen === "dark");
      }
      colours = {};
      digits.say("look", digits.dark());
    };
    new MutationObserver(keep).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    keep();
  }
  if (document.body) keepLooks();   // Gradio adds this script when it builds the page
  else document.addEventListener("DOMContentLoaded", keepLooks);
})();
