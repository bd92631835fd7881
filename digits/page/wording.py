"""OLD FIELDS: sentences that older scripts find in the server's messages, beside the codes.

The scripts word everything themselves from code and values. Until all of them do, this is the one place that
adds `problem`, `line`, `why`, `percent`, `ms`, and `lines`; delete it, and what app.py calls of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digits.errors import SENTENCES, DigitsError
from digits.network.backends import PACKAGES
from digits.page.texts import choose_language, text

CLOSE = 0.2  # a second digit with this probability is worth naming as "could be a 4 or a 9"
NEXT = 0.005  # a second digit below this is not worth naming at all
GUESS = 0.3  # a likeliest digit below this is not worth naming as a guess

TROUBLES = {"only_dots": "why_dots", "shapes_apart": "why_apart"}


@dataclass(frozen=True)
class Words:
    """The line under the answer and, when it is unsure, the reason; "" where there is none."""

    line: str
    why: str


def word_answer(message: Any, question: Any) -> Any:
    """An Answer, Blank or Problem of the reader with its sentences."""
    language = choose_language(question.get("language") if isinstance(question, Mapping) else "")
    if "fault" in message:
        sentence = text("failed", language, problem=sentence_of(message["fault"], language))
        return {**message, "problem": sentence}
    words = describe_blank(language) if message["blank"] else describe(message, language)
    worded = {**message, "line": words.line, "why": words.why}
    if not message["blank"]:
        worded |= word_guess(message, language)
    if "prepared" in message:
        worded["prepared"] = message["prepared"] | word_guess(message["prepared"], language)
    return worded


def word_guess(guess: Mapping[str, Any], language: str) -> dict[str, str]:
    """How sure and how quick a guess was."""
    return {
        "percent": percent(max(guess["probabilities"]), language),
        "ms": f"{guess['milliseconds']:.2f}",
    }


def word_comparison(message: Any, question: Any) -> Any:
    """A Comparison as lines of text."""
    language = choose_language(question.get("language") if isinstance(question, Mapping) else "")
    if "fault" in message:
        return word_answer(message, question)
    lines = [
        text(
            "compare_line",
            language,
            backend=f"{PACKAGES[guess['backend']]} ({guess['device']})",
            label=guess["label"],
            **word_guess(guess, language),
        )
        for guess in message["guesses"]
    ]
    return {**message, "lines": lines or [text("compare_blank", language)]}


def sentence_of(fault: Mapping[str, Any], language: str) -> str:
    """A fault in words, in English: the page has a text of its own for each code."""
    del language
    assert fault["code"] in SENTENCES, fault
    return str(DigitsError(fault["code"], **fault["values"]))


def describe(answer: Mapping[str, Any], language: str = "en") -> Words:
    """Put an Answer in words."""
    probabilities = answer["probabilities"]
    order = sorted(range(len(probabilities)), key=lambda label: -probabilities[label])
    first, second = probabilities[order[0]], probabilities[order[1]]
    names: dict[str, object] = {
        "label": answer["label"],
        "other": order[1],
        "percent": percent(first, language),
        "other_percent": percent(second, language),
    }
    trouble = answer.get("trouble")
    if trouble and not (answer["sure"] and first > 0.9):
        why = text(TROUBLES[trouble["code"]], language, **trouble["values"])
        return Words(text("unsure", language), why)
    if second >= CLOSE:
        return Words(text("either", language, **names), text("why_close", language, **names))
    if not answer["sure"]:
        why = "why_unlike" if first >= GUESS else "why_nothing"
        return Words(text("unsure", language), text(why, language, **names))
    key = "sure_next" if second >= NEXT else "sure"
    return Words(text(key, language, **names), "")


def describe_blank(language: str = "en") -> Words:
    """What to say of a blank pad."""
    return Words(text("blank", language), text("blank_more", language))


def percent(probability: float, language: str = "en") -> str:
    """A probability as people say it, never rounded up to 100 %."""
    if probability > 0.99:
        return text("more_than_99", language)
    return text("percent", language, number=round(100 * probability))
