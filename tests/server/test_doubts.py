"""Strokes that cannot be one digit are noticed; a digit of several strokes is none of them."""

from __future__ import annotations

import numpy as np
import pytest

from digits.server.doubts import count_shapes, find_trouble

LINE = np.array([[0.5, 0.2], [0.5, 0.8]])
DOT = np.array([[0.3, 0.3], [0.31, 0.3]])


def test_dots_alone_are_trouble() -> None:
    assert find_trouble([DOT, DOT + 0.2]) == {"code": "only_dots", "values": {}}
    assert find_trouble([DOT, LINE]) is None


def test_several_shapes_side_by_side_are_counted() -> None:
    apart = [LINE + np.array([shift, 0]) for shift in (-0.3, 0, 0.3)]
    assert count_shapes(apart) == 3
    assert find_trouble(apart) == {"code": "shapes_apart", "values": {"count": 3}}


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
    assert find_trouble(strokes) is None
