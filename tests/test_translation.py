"""README.zh-CN.md says what README.md says: the same commands, figures, links and sections."""

from __future__ import annotations

import re
from collections import Counter

from tests.support.files import REPO

ENGLISH = (REPO / "README.md").read_text(encoding="utf-8").split("---\n", 2)[2]
CHINESE = (REPO / "README.zh-CN.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
# 59,210 or 96.43, with a unit: small counts such as "three" are words in one language or the other.
FIGURE = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?: ?(?:%|ms|MB|GB|s)(?!\w))?")


def code_of(text: str) -> list[str]:
    """The lines of code in fences, without comments."""
    blocks = "\n".join(FENCE.findall(text))
    return [line.split(" #")[0].strip() for line in blocks.splitlines() if line.strip()]


def names_of(text: str) -> set[str]:
    """What stands in `backticks` outside of fences: commands, flags, files, networks."""
    return set(re.findall(r"`([^`\n]+)`", FENCE.sub("", text)))


def links_of(text: str) -> Counter[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return Counter(link for link in found if not link.startswith("README"))


def figures_of(text: str) -> Counter[str]:
    """Every figure in the prose that has a unit, a point or a thousands' comma."""
    found = FIGURE.findall(FENCE.sub("", text))
    return Counter(figure for figure in found if re.search(r"[.,%a-zA-Z]", figure))


def test_both_name_the_same_commands() -> None:
    assert code_of(CHINESE) == code_of(ENGLISH)
    assert names_of(CHINESE) == names_of(ENGLISH)


def test_both_name_the_same_figures() -> None:
    assert len(figures_of(ENGLISH)) > 50
    assert figures_of(CHINESE) == figures_of(ENGLISH)


def test_both_have_the_same_sections_tables_and_links() -> None:
    def shape(text: str) -> list[str]:
        return re.findall(r"^(##+ |\||\* |\d\. )", text, re.MULTILINE)

    assert shape(CHINESE) == shape(ENGLISH)
    assert links_of(CHINESE) == links_of(ENGLISH)


def test_each_leads_to_the_other() -> None:
    assert "](README.zh-CN.md)" in "".join(ENGLISH.splitlines()[:5])
    assert "](README.md)" in "".join(CHINESE.splitlines()[:5])
