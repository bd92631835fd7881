"""Every word of the page, in English and in Chinese: static/locales holds a file for each language.

`text(key, language, **values)` gives one of them; the page's scripts read the same files and fill them
in the same way, so {braces} are all there is to a template. A test fails when a language lacks a key.
"""

from __future__ import annotations

import json

from digits.page.static_files import STATIC
from digits.server.messages import Name

LANGUAGES = {"en": "English", "zh": "中文"}
TEXTS: dict[str, dict[str, str]] = {
    language: json.loads((STATIC / "locales" / f"{language}.json").read_text(encoding="utf-8"))
    for language in LANGUAGES
}


def text(key: str, language: str = "en", **values: object) -> str:
    """The text `key` in `language` (English if that is unknown), with {names} filled in."""
    template = TEXTS.get(language, TEXTS["en"])[key]
    filled = template.format(**values) if values else template
    # English, for the digit that begins with a vowel; Chinese, where a word and not a number follows.
    return filled.replace(" a 8", " an 8").replace("把握 超过", "把握超过")


def name_in_words(name: Name, language: str = "en") -> str:
    """A network's name in `language`, as static/services/network_names.js says it."""
    key, values = name["key"], dict(name["values"])
    if "base" in values:
        values["base"] = name_in_words(values["base"], language)
    is_one = key == "network_taught" and values.get("drawings") == 1
    return text(f"{key}_one" if is_one else key, language, **values)


def choose_language(wanted: object) -> str:
    """The page's language for a browser's tag such as "zh-TW" or "en-GB": "zh" or "en"."""
    return "zh" if isinstance(wanted, str) and wanted.lower().startswith("zh") else "en"
