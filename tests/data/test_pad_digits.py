"""Which strokes on the pad make one digit: of several parts, several apart, several that touch."""

from __future__ import annotations

import numpy as np
import pytest

from digits.data.preparation.pad_digits import group_strokes
from digits.network.backends import Backend, load_backend
from digits.network.sureness import make_judge


@pytest.fixture(scope="module")
def network() -> Backend:
    return load_backend("sketch")


def at(strokes: list[list[list[float]]], x: float, width: float) -> list[np.ndarray]:
    """`strokes` moved to `x` and `width` times as wide and high, around the pad's middle height."""
    return [np.array(s) * width + [x, 0.5 - width / 2] for s in strokes]


FOUR = [[[0.2, 0], [0.1, 0.55], [0.7, 0.55]], [[0.55, 0.2], [0.5, 1]]]
SEVEN = [[[0.05, 0.05], [0.65, 0.05], [0.3, 1]], [[0.15, 0.5], [0.65, 0.5]]]
ONE = [[[0.3, 0], [0.3, 1]]]
FIVE = [
    [[0.15, 0.08], [0.12, 0.45], [0.4, 0.4], [0.6, 0.6], [0.5, 0.9], [0.3, 1], [0.05, 0.9]],
    [[0.25, 0.0], [0.65, 0.0]],
]
TURN = np.linspace(0, 2 * np.pi, 30)
CIRCLES = [
    [[0.35 + 0.22 * np.sin(t), 0.24 - 0.22 * np.cos(t)] for t in TURN],
    [[0.35 + 0.26 * np.sin(t), 0.76 - 0.26 * np.cos(t)] for t in TURN],
]


@pytest.mark.parametrize("digit", [FOUR, SEVEN, FIVE, CIRCLES], ids=["4", "7", "5", "8"])
def test_one_digit_in_several_strokes_stays_one(digit: list, network: Backend) -> None:
    groups = group_strokes(at(digit, 0.3, 0.6), make_judge(network))
    assert [len(group) for group in groups] == [2]


def test_several_digits_on_the_pad_are_told_apart(network: Backend) -> None:
    strokes = at(ONE, 0.75, 0.3) + at(FOUR, 0.05, 0.3) + at(SEVEN, 0.4, 0.3)
    groups = group_strokes(strokes, make_judge(network))
    assert [len(group) for group in groups] == [2, 2, 1]


def test_a_stray_dot_is_no_digit(network: Backend) -> None:
    dot = [np.array([[0.9, 0.2]])]
    groups = group_strokes(at(FOUR, 0.2, 0.6) + dot, make_judge(network))
    assert [len(group) for group in groups] == [2]


def test_digits_that_touch_are_cut_apart(network: Backend) -> None:
    fours_foot_on_the_seven = at(FOUR, 0.1, 0.4) + at(SEVEN, 0.36, 0.4)
    judge = make_judge(network)
    assert [len(group) for group in group_strokes(fours_foot_on_the_seven, judge)] == [2, 2]
    three_in_a_row = at(SEVEN, 0.04, 0.3) + at(ONE, 0.17, 0.3) + at(FOUR, 0.24, 0.3)
    assert [len(group) for group in group_strokes(three_in_a_row, judge)] == [2, 1, 2]


def test_written_from_right_to_left_they_are_cut_apart_too(network: Backend) -> None:
    strokes = at(SEVEN, 0.36, 0.4) + at(FOUR, 0.1, 0.4)
    groups = group_strokes(strokes, make_judge(network))
    assert [[one in group for one in (0, 1)] for group in places(strokes, groups)] == [
        [False, False],
        [True, True],
    ]


def places(strokes: list[np.ndarray], groups: list) -> list[list[int]]:
    """The numbers of each group's strokes."""
    return [
        [next(k for k, one in enumerate(strokes) if one is stroke) for stroke in group]
        for group in groups
    ]


@pytest.mark.parametrize("wide", [1.0, 1.6])
def test_a_zero_of_two_halves_is_not_cut(network: Backend, wide: float) -> None:
    half = TURN / 2
    left = np.stack([0.5 - 0.2 * wide * np.sin(half), 0.5 - 0.3 * np.cos(half)], axis=1)
    right = np.stack([0.5 + 0.2 * wide * np.sin(half), 0.5 - 0.3 * np.cos(half)], axis=1)
    assert len(group_strokes([left, right], make_judge(network))) == 1
