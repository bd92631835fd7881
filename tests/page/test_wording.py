"""What is said under an answer: how sure, what else it could be, and why it is unsure."""

from __future__ import annotations

import numpy as np
import pytest

from digits.network.calibration import Answer
from digits.server.wording import count_shapes, describe, describe_blank, percent

LINE = np.array([[0.5, 0.2], [0.5, 0.8]])
DOT = np.array([[0.3, 0.3], [0.31, 0.3]])


def answer_with(sure: bool = True, **chances: float) -> Answer:
    """An answer with these probabilities, d7=0.9 for a seven; the rest goes to the others."""
    named = {int(name[1:]): chance for name, chance in chances.items()}
    rest = (1 - sum(named.values())) / (10 - len(named))
    probabilities = np.array([named.get(label, rest) for label in range(10)], dtype=np.float32)
    return Answer(int(probabilities.argmax()), probabilities, float(probabilities.max()), sure)


def test_a_sure_answer_names_the_next_only_if_it_has_a_chance() -> None:
    assert describe(answer_with(d7=0.96, d1=0.04), [LINE]).line == "It’s a 7, 96 % sure; 1 is next"
    assert describe(answer_with(d7=0.9999), [LINE]).line == "It’s a 7, over 99 % sure"


def test_two_close_digits_are_both_named() -> None:
    words = describe(answer_with(d4=0.55, d9=0.44), [LINE])
    assert words.line == "That could be a 4 or a 9"
    assert "55 %" in words.why and "44 %" in words.why


def test_what_is_no_digit_is_said_to_be_none_and_why() -> None:
    words = describe(answer_with(sure=False, d0=0.4), [LINE])
    assert words.line == "Not sure that is a digit"
    assert "unlike the digits" in words.why and "0 is its best guess" in words.why
    assert "no digit stands out" in describe(answer_with(sure=False, d0=0.11), [LINE]).why


def test_dots_are_no_digit_even_when_the_network_thinks_so() -> None:
    words = describe(answer_with(sure=False, d1=0.8), [DOT])
    assert words.line == "Not sure that is a digit"
    assert "dots" in words.why


def test_several_shapes_side_by_side_are_counted() -> None:
    apart = [LINE + np.array([shift, 0]) for shift in (-0.3, 0, 0.3)]
    assert count_shapes(apart) == 3
    assert "3 shapes" in describe(answer_with(d1=0.6), apart).why


@pytest.mark.parametrize(
    "strokes",
    [
        [np.array([[0.3, 0.2], [0.7, 0.2], [0.4, 0.8]]), np.array([[0.35, 0.5], [0.65, 0.5]])],
        [np.array([[0.3, 0.2], [0.3, 0.5], [0.7, 0.5]]), np.array([[0.6, 0.2], [0.6, 0.9]])],
        [LINE, np.array([[0.9, 0.5], [0.92, 0.5]])],
    ],
    ids=["barred seven", "four in two strokes", "one with a speck beside it"],
)
def test_one_digit_of_several_strokes_is_one_shape(strokes: list[np.ndarray]) -> None:
    assert count_shapes(strokes) == 1


def test_a_picture_without_strokes_can_be_described() -> None:
    assert describe(answer_with(d7=0.999), None).line.startswith("It’s a 7")


def test_probability_is_never_rounded_up_to_certainty() -> None:
    assert percent(0.9999) == "over 99 %"
    assert percent(0.0) == "0 %"
    assert percent(0.9999, "zh") == "超过 99%"


def test_a_blank_pad_is_called_blank_in_both_languages() -> None:
    assert describe_blank().line == "The pad is blank"
    assert describe_blank("zh").line == "画板是空白的"


def test_an_eight_has_its_own_article() -> None:
    assert describe(answer_with(d8=0.9999), [LINE]).line == "It’s an 8, over 99 % sure"
