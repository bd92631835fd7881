"""Every text exists in every language, with the same names to fill in."""

from __future__ import annotations

import re
import string

import pytest

from digits.page.component import STATIC
from digits.page.texts import LANGUAGES, TEXTS, choose_language, text


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_text_or_a_name_in_it(language: str) -> None:
    english = TEXTS["en"]
    assert TEXTS[language].keys() == english.keys()
    for key, template in TEXTS[language].items():
        assert names(template) == names(english[key]), key
        assert template.strip() == template and template, key


def test_every_text_that_the_scripts_and_templates_ask_for_exists() -> None:
    asked = set()
    for path in [*STATIC.glob("*.js"), STATIC.parent / "layout.py"]:
        code = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'digits\.text\("(\w+)"', code))
        asked |= set(re.findall(r'data-(?:text|label)="(\w+)"', code)) - {"key"}
    assert len(asked) > 20
    assert asked <= TEXTS["en"].keys()


def test_texts_are_filled_in() -> None:
    assert text("either", "en", label=4, other=9) == "That could be a 4 or a 9"
    assert text("either", "zh", label=4, other=9) == "可能是 4，也可能是 9"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("de", "en"), (None, "en")],
)
def test_a_browsers_language_tag_chooses_the_language(tag: object, language: str) -> None:
    assert choose_language(tag) == language
