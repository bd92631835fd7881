"""Every text exists in every language, with the same names to fill in, and every text is shown somewhere."""

from __future__ import annotations

import re
import string

import pytest

from digits.page.static_files import STATIC
from digits.page.texts import LANGUAGES, TEXTS, choose_language, text
from tests.support.files import REPO

SCRIPTS = sorted(STATIC.rglob("*.js"))
TEMPLATES = sorted(STATIC.rglob("*.html"))
MODULES = [*sorted((REPO / "digits").rglob("*.py")), REPO / "app.py"]
WORD = r"[\w.]+"


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def literals() -> set[str]:
    """Everything in quotes, in scripts, templates and Python."""
    found: set[str] = set()
    for path in [*SCRIPTS, *TEMPLATES, *MODULES]:
        found |= set(re.findall(rf"""["'`]({WORD})["'`]""", path.read_text(encoding="utf-8")))
    return found


def prefixes() -> set[str]:
    """What keys begin with that a script puts together, as in `run_${state}`."""
    code = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    return set(re.findall(rf"`({WORD}[_.])\$\{{", code))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_text_or_a_name_in_it(language: str) -> None:
    english = TEXTS["en"]
    assert TEXTS[language].keys() == english.keys()
    for key, template in TEXTS[language].items():
        assert names(template) == names(english[key]), key
        assert key.endswith("_join") or (template and template.strip() == template), key


def test_every_text_that_scripts_and_templates_ask_for_exists() -> None:
    asked: set[str] = set()
    for path in TEMPLATES:
        code = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'data-(?:text|label)="(\w+)"', code))
    for path in SCRIPTS:
        code = path.read_text(encoding="utf-8")
        asked |= set(re.findall(rf'\b(?:text|tell)\("({WORD})"', code))
    assert len(asked) > 60
    assert asked <= TEXTS["en"].keys()
    for prefix in prefixes() & {"about_preset_", "field_", "sample_", "error.", "run_"}:
        assert any(key.startswith(prefix) for key in TEXTS["en"]), prefix


def test_every_text_is_asked_for_somewhere() -> None:
    known, made = literals(), prefixes()
    unused = {
        key
        for key in TEXTS["en"]
        if key not in known
        and re.sub("_(one|none)$", "", key) not in known  # what texts.js counts
        and not any(key.startswith(prefix) for prefix in made)
        and not key.startswith("tab_")  # the header takes these from the tabs' ids
    }
    assert not unused


def test_chinese_has_one_word_for_one_thing() -> None:
    """A reader reads digits with 认, and what was drawn is a 数字 that was 写."""
    for key, words in TEXTS["zh"].items():
        assert not re.search("读(错|对|成|作|不了)|幅画|的画|正确率|取数字|带旗", words), key
        assert not re.search(r"[一-鿿”] ?\(|\) ?[一-鿿]", words), key  # brackets are full-width


@pytest.mark.parametrize(("language", "wrong"), [("en", r"\S%"), ("zh", r"\s%")])
def test_a_language_writes_percentages_in_one_way(language: str, wrong: str) -> None:
    written = [words for words in TEXTS[language].values() if "%" in words]
    assert len(written) > 10
    assert not [words for words in written if re.search(wrong, words)]


def test_texts_are_filled_in() -> None:
    assert text("either", "en", label=4, other=9) == "That could be a 4 or a 9"
    assert text("either", "zh", label=4, other=9) == "可能是 4，也可能是 9"
    assert text("either", "en", label=8, other=8) == "That could be an 8 or an 8"
    assert text("sure", "zh", label=7, percent="超过 99%") == "这是 7，把握超过 99%"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("de", "en"), (None, "en")],
)
def test_a_browsers_language_tag_chooses_the_language(tag: object, language: str) -> None:
    assert choose_language(tag) == language
