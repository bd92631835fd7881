// The script of the network shown: coloured a little, to copy or to download. Its value is the text.
const shown = element.querySelector("code");
const copy = element.querySelector("[data-do=copy]");
const download = element.querySelector("[data-do=download]");

const PARTS = /("""[^]*?"""|"[^"\n]*")|(#[^\n]*)|\b(import|from|as|for|in|with|if|else|return|def)\b/g;

function show() {
  const script = props.value || "";
  const pieces = [];
  let at = 0;
  const add = (words, kind) => {
    const piece = document.createElement("span");
    if (kind) piece.className = kind;
    piece.textContent = words;
    pieces.push(piece);
  };
  for (const match of script.matchAll(PARTS)) {
    if (match.index > at) add(script.slice(at, match.index));
    add(match[0], match[1] ? "string" : match[2] ? "comment" : "keyword");
    at = match.index + match[0].length;
  }
  add(script.slice(at));
  shown.replaceChildren(...pieces);
}

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(props.value);
    copy.textContent = digits.text("copied");
  } catch {   // no clipboard over plain http: select the text, so that one key copies it
    getSelection().selectAllChildren(shown);
    copy.textContent = digits.text("copy_selected");
  }
  setTimeout(() => { copy.textContent = digits.text("copy"); }, 3000);
});

download.addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([props.value], { type: "text/x-python" }));
  link.download = "network.py";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});

watch("value", show);
digits.on("language", () => digits.fill(element));
digits.fill(element);
show();
