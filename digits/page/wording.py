"""OLD FIELDS: `problem`, a sentence that scripts show where they have no text for a fault's code.

The scripts word everything themselves from code and values. Until they have a text for each code, this is the
one place that adds `problem`; delete it, and what app.py and events.py call of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digits.errors import SENTENCES, DigitsError
from digits.page.texts import choose_language, text

SENTENCE_KEYS = {"training_busy": "train_busy", "training_failed": "train_failed"}


def word_problem(message: Any, question: Any = None) -> Any:
    """Any message with the sentence for its fault, if it has one."""
    if not isinstance(message, Mapping) or "fault" not in message:
        return message
    language = choose_language(question.get("language") if isinstance(question, Mapping) else "")
    return {**message, "problem": sentence_of(message["fault"], language)}


def sentence_of(fault: Mapping[str, Any], language: str) -> str:
    """A fault in words: in the visitor's language where there is a text, else in English."""
    if fault["code"] in SENTENCE_KEYS:
        return text(SENTENCE_KEYS[fault["code"]], language)
    assert fault["code"] in SENTENCES, fault
    return str(DigitsError(fault["code"], **fault["values"]))
