// Finding and making elements, with their types.

const REST = 700; // ms without a change before a screen reader hears what changed

/**
 * The element that `selector` finds; it must be there.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function find(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`no ${selector} in the page's HTML`);
  return /** @type {Kind} */ (found);
}

/**
 * All of them, in the page's order.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind[]}
 */
export function findAll(root, selector, kind) {
  const isKind = (/** @type {Element} */ node) => node instanceof (kind ?? HTMLElement);
  return /** @type {Kind[]} */ ([...root.querySelectorAll(selector)].filter(isKind));
}

/**
 * A new element with a text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string | number} [words]
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [settings]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, words, settings = {}) {
  const node = document.createElement(tag);
  if (words !== undefined) node.textContent = String(words);
  return Object.assign(node, settings);
}

/**
 * A new button that does something.
 * @param {string} words
 * @param {(event: MouseEvent) => void} act
 * @param {Partial<HTMLButtonElement>} [settings]
 */
export function makeButton(words, act, settings = {}) {
  const button = make("button", words, { type: "button", ...settings });
  button.addEventListener("click", act);
  return button;
}

/**
 * A button that waits is as good as disabled, but keeps the focus: a disabled one would drop it.
 * @param {HTMLButtonElement} button
 * @param {boolean} isWaiting
 */
export function setWaiting(button, isWaiting) {
  button.setAttribute("aria-disabled", String(isWaiting));
}

/** A key that is held down presses a button once, though the focus moves there. @param {HTMLButtonElement} button */
export function pressOnce(button) {
  button.addEventListener("keydown", (event) => event.repeat && event.preventDefault());
}

/**
 * Hand the visitor a file.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type
 */
export function download(name, content, type) {
  const link = make("a", "", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Call `draw` at the next frame, once however often it is asked for.
 * @param {() => void} draw
 */
export function onceAFrame(draw) {
  let isComing = false;
  return () => {
    if (isComing) return;
    isComing = true;
    requestAnimationFrame(() => {
      isComing = false;
      draw();
    });
  };
}

/**
 * Call `draw` when the element's width changes, the first time included; drawing may change its height.
 * @param {HTMLElement} element
 * @param {() => void} draw
 */
export function whenWidthChanges(element, draw) {
  let width = 0;
  new ResizeObserver(() => {
    if (element.offsetWidth === width) return;
    width = element.offsetWidth;
    draw();
  }).observe(element);
}

/**
 * Facts in a line, or several: none is broken, and a dot ends a line rather than begin one.
 * @param {HTMLElement} line
 * @param {string[]} facts
 */
export function dotted(line, facts) {
  const words = facts.map((fact, at) => (at < facts.length - 1 ? `${fact} ·` : fact));
  line.classList.add("dotted");
  line.replaceChildren(...words.flatMap((one, at) => [...(at ? [" "] : []), make("span", one)]));
}

/**
 * A way to let a screen reader hear words once they rest: while the pen moves they change 30 times a second.
 * @param {HTMLElement} spoken a live region that nobody sees
 * @returns {(words: string) => void}
 */
export function makeSpeaker(spoken) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let speaking;
  return (words) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      if (spoken.textContent !== words) spoken.textContent = words;
    }, REST);
  };
}
