"""Every fault that can reach the page has its sentence in every language, with values that it really has."""

from __future__ import annotations

import re
import string

import pytest

from digits.errors import SENTENCES
from digits.page.texts import LANGUAGES, TEXTS
from tests.support.files import REPO

# What only commands, or programs that use the API, can cause: no script of the page ever sees it.
NEVER_ON_THE_PAGE = {
    "read_either",
    "picture_missing",
    "picture_kinds",
    "picture_foreign",
    "picture_file_size",
    "strokes_missing",
    "strokes_unreadable",
    "strokes_download",
    "strokes_no_digit",
    "strokes_no_writer",
    "only_sketch",
    "start_has_shape",
    "write_failed",
    "name_yours",
    "out_not_pt",
    "weights_no_name",
    "out_folder",
    "out_below_file",
    "host_unknown",
    "port_range",
    "port_taken",
    "port_forbidden",
    "ports_taken",
    "not_served",
    "mcp_missing",
    "no_networks",
    "nothing_scored",
}


def names(template: str) -> set[str]:
    return {
        re.split(r"\W", name)[0] for _, name, _, _ in string.Formatter().parse(template) if name
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(SENTENCES.keys() - NEVER_ON_THE_PAGE))
def test_every_fault_has_a_sentence_with_a_way_out(code: str, language: str) -> None:
    words = TEXTS[language][f"error.{code}"]
    assert names(words) <= names(SENTENCES[code])
    assert words.endswith("。" if language == "zh" else ".")
    assert words[0].isupper() or words[0] == "{" or language == "zh"


def test_no_sentence_is_for_a_fault_that_is_none() -> None:
    codes = {key.removeprefix("error.") for key in TEXTS["en"] if key.startswith("error.")}
    assert codes - {"unknown"} == SENTENCES.keys() - NEVER_ON_THE_PAGE


def test_what_the_server_sends_is_not_said_to_be_for_commands_only() -> None:
    code = "".join(path.read_text("utf-8") for path in (REPO / "digits" / "server").glob("*.py"))
    assert not [name for name in NEVER_ON_THE_PAGE if f'"{name}"' in code]
