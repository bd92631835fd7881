// The page's title, the language switch and the light-or-dark switch.
const language = element.querySelector(".language");
const theme = element.querySelector(".theme");

// Gradio takes a new label for everything but its tabs, so these are renamed here, by their ids.
function nameTabs() {
  for (const tab of document.querySelectorAll('#tabs [role="tab"][id^="tab_"]')) {
    const words = [...tab.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim());
    if (words) words.nodeValue = digits.text(tab.id.replace("-button", ""));
  }
}

function show() {
  digits.fill(element);
  const other = digits.language === "zh" ? "English" : "中文";
  language.textContent = other;
  language.lang = digits.language === "zh" ? "en" : "zh-CN";
  document.title = digits.text("title");
  nameTabs();
}

language.addEventListener("click", () => {
  digits.speak(digits.language === "zh" ? "en" : "zh");
  props.value = digits.language;
  trigger("input");
});
theme.addEventListener("click", () => digits.setDark(!digits.dark()));
digits.on("language", show);
props.value = digits.language;
show();
// Gradio's own components open in the browser's language: a visitor who chose another gets it now.
if (digits.language !== digits.browserLanguage) trigger("input");
let named = false;
digits.on("reading", () => { if (!named) nameTabs(); named = true; });   // by now the tabs are there
