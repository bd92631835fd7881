// The page's title, the language switch and the light-or-dark switch.
const language = element.querySelector(".language");
const theme = element.querySelector(".theme");

function show() {
  digits.fill(element);
  const other = digits.language === "zh" ? "English" : "中文";
  language.textContent = other;
  language.lang = digits.language === "zh" ? "en" : "zh-CN";
  document.title = digits.text("title");
}

language.addEventListener("click", () => {
  digits.speak(digits.language === "zh" ? "en" : "zh");
  props.value = digits.language;
  trigger("change");
});
theme.addEventListener("click", () => digits.setDark(!digits.dark()));
digits.on("language", show);
props.value = digits.language;
show();
