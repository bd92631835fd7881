"""Telling digits from letters: by what stands beside them."""

from __future__ import annotations

import numpy as np
import pytest

from digits.data.preparation.centring import blank
from digits.data.preparation.letters import Mark, find_text, without_small_print
from digits.data.preparation.stroke_groups import Group

HEIGHT = 40  # pixels, of a digit


def mark(
    left: int,
    sureness: float,
    *,
    width: int = 24,
    height: int = HEIGHT,
    is_words: bool = False,
    contrast: float = 0.8,
) -> Mark:
    group = Group(
        left,
        100 - height,
        np.ones((height, width), np.float32),
        contrast=contrast,
        thickness=5,
        edge=2,
        outlined=1,
        paper=0,
        at_edge=False,
        is_clean=False,
        spanned=1,
    )
    return Mark(group, None if is_words else blank(), sureness, is_words)


def row(*sureness: float, left: int = 0, apart: int = 28) -> list[Mark]:
    """Marks in a row; of a width of 24, so that 28 is close and 40 is far."""
    return [mark(left + apart * place, sure) for place, sure in enumerate(sureness)]


def test_a_number_is_no_word() -> None:
    is_text, in_word = find_text(row(1, 0.99, 0.9, 1), least=10)
    assert not is_text and not in_word.any()


def test_in_a_word_with_more_letters_nothing_is_a_digit() -> None:
    word, number = row(0.2, 1, 0.2), row(1, 1, 1, left=400)
    is_text, in_word = find_text([*word, *number], least=10)
    assert not is_text
    assert in_word.tolist() == [True] * 3 + [False] * 3


def test_what_is_farther_apart_is_another_word() -> None:
    close, far = row(1, 0.2), [*row(1), *row(0.2, left=40)]
    assert find_text(close, least=10)[1].all()
    assert not find_text(far, least=10)[1].any()


@pytest.mark.parametrize(("letters", "is_text"), [(3, False), (4, True)])
def test_where_letters_outnumber_digits_all_is_a_text(letters: int, is_text: bool) -> None:
    label = [mark(0, 0, width=letters * HEIGHT, is_words=True)]
    assert find_text([*label, *row(1, 1, 1, left=400)], least=10)[0] == is_text


def test_signs_and_dots_are_no_letters() -> None:
    signs = [mark(80 * place + 27, 0, height=12) for place in range(4)]
    is_text, in_word = find_text([*row(1, 1, 1, 1, apart=80), *signs], least=10)
    assert not is_text and not in_word[:4].any()


@pytest.mark.parametrize(
    ("count", "least", "is_text"), [(9, 21, True), (9, 20, False), (7, 21, False)]
)
def test_many_stems_of_small_print_are_no_ones(count: int, least: float, is_text: bool) -> None:
    stems = [mark(place * 60, 1, width=6, height=20) for place in range(count)]
    found, in_word = find_text(stems, least)
    assert found == is_text and not in_word.any()


@pytest.mark.parametrize(("contrast", "is_text"), [(0.5, True), (0.45, False)])
def test_a_tables_grain_is_no_text(contrast: float, is_text: bool) -> None:
    grain = [mark(80 * place, 0, contrast=contrast) for place in range(1, 5)]
    assert find_text([*row(1), *grain], least=10)[0] == is_text


def test_nothing_written_is_no_text() -> None:
    is_text, in_word = find_text([], least=10)
    assert not is_text and not len(in_word)


def test_small_letters_beside_a_digit_go_and_small_digits_beside_it_stay() -> None:
    large, small = mark(0, 1, height=200), row(1, 0.2, left=300)
    assert without_small_print([large, *small], None) == [large]
    assert without_small_print(small, large) == []
    digits = row(1, 1, 0.2, 1, 1, left=300)
    assert without_small_print([large, *digits], None) == [large, *digits]
