"""What is said under an answer: how sure, what else it could be, and why it is unsure."""

from __future__ import annotations

from typing import Any

from digits.page.wording import describe, describe_blank, percent


def answer_with(
    sure: bool = True, trouble: dict[str, Any] | None = None, **chances: float
) -> dict[str, Any]:
    """An answer with these probabilities, d7=0.9 for a seven; the rest goes to the others."""
    named = {int(name[1:]): chance for name, chance in chances.items()}
    rest = (1 - sum(named.values())) / (10 - len(named))
    probabilities = [named.get(label, rest) for label in range(10)]
    label = probabilities.index(max(probabilities))
    return {"label": label, "probabilities": probabilities, "sure": sure, "trouble": trouble}


def test_a_sure_answer_names_the_next_only_if_it_has_a_chance() -> None:
    assert describe(answer_with(d7=0.96, d1=0.04)).line == "It’s a 7, 96 % sure; 1 is next"
    assert describe(answer_with(d7=0.9999)).line == "It’s a 7, over 99 % sure"


def test_two_close_digits_are_both_named() -> None:
    words = describe(answer_with(d4=0.55, d9=0.44))
    assert words.line == "That could be a 4 or a 9"
    assert "55 %" in words.why and "44 %" in words.why


def test_what_is_no_digit_is_said_to_be_none_and_why() -> None:
    words = describe(answer_with(sure=False, d0=0.4))
    assert words.line == "Not sure that is a digit"
    assert "unlike the digits" in words.why and "0 is its best guess" in words.why
    assert "no digit stands out" in describe(answer_with(sure=False, d0=0.11)).why


def test_what_cannot_be_one_digit_is_said_to_be_none_unless_the_network_is_sure() -> None:
    dots = {"code": "only_dots", "values": {}}
    words = describe(answer_with(sure=False, trouble=dots, d1=0.8))
    assert words.line == "Not sure that is a digit" and "dots" in words.why
    apart = {"code": "shapes_apart", "values": {"count": 3}}
    assert "3 shapes" in describe(answer_with(trouble=apart, d1=0.6)).why
    assert describe(answer_with(trouble=apart, d1=0.95)).why == ""


def test_a_picture_without_strokes_can_be_described() -> None:
    assert describe(answer_with(d7=0.999)).line.startswith("It’s a 7")


def test_probability_is_never_rounded_up_to_certainty() -> None:
    assert percent(0.9999) == "over 99 %"
    assert percent(0.0) == "0 %"
    assert percent(0.9999, "zh") == "超过 99%"


def test_a_blank_pad_is_called_blank_in_both_languages() -> None:
    assert describe_blank().line == "The pad is blank"
    assert describe_blank("zh").line == "画板是空白的"


def test_an_eight_has_its_own_article() -> None:
    assert describe(answer_with(d8=0.9999)).line == "It’s an 8, over 99 % sure"
