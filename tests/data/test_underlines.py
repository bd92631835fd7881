"""A line that a digit stands on is left out, and a digit's own bar is not."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from digits.data.preparation.underlines import remove_underlines

Points = list[tuple[int, int]]

THREE: Points = [(170, 120), (230, 120), (195, 190), (230, 230), (200, 280), (165, 270)]
BODY_OF_FIVE: Points = [(175, 125), (172, 190), (215, 190), (230, 240), (200, 280), (165, 275)]
BODY_OF_SEVEN: Points = [(160, 120), (240, 120), (190, 280)]


def draw(*strokes: tuple[Points, int]) -> np.ndarray:
    """Strokes of points and thickness on a mask (400, 400)."""
    mask = np.zeros((400, 400), np.uint8)
    for points, thickness in strokes:
        cv2.polylines(mask, [np.array(points, np.int32)], False, 1, thickness)
    return mask


@pytest.mark.parametrize(
    "line",
    [
        ([(120, 305), (290, 305)], 4),
        ([(120, 310), (290, 295)], 9),  # as thick as the digit, not quite level
        ([(60, 330), (340, 330)], 3),  # long, and farther down
    ],
)
def test_a_line_under_a_digit_goes(line: tuple[Points, int]) -> None:
    digit = draw((THREE, 9))
    np.testing.assert_array_equal(remove_underlines(draw((THREE, 9), line)), digit)


def test_a_line_between_two_numbers_goes() -> None:
    above = [(x // 2 + 80, y // 2 + 20) for x, y in THREE]
    below = [(x // 2 + 80, y // 2 + 160) for x, y in THREE]
    numbers = [(above, 7), (below, 7)]
    with_line = draw(*numbers, ([(140, 190), (230, 190)], 5))
    np.testing.assert_array_equal(remove_underlines(with_line), draw(*numbers))


@pytest.mark.parametrize(
    "strokes",
    [
        [(BODY_OF_FIVE, 9), ([(175, 105), (240, 105)], 9)],  # its bar is above it
        [
            ([(200, 20), (200, 90)], 9),
            (BODY_OF_FIVE, 9),
            ([(175, 112), (240, 112)], 5),
        ],  # a 1 over it
        [(BODY_OF_SEVEN, 9), ([(150, 200), (270, 200)], 7)],  # a bar through it
        [(THREE, 9), ([(260, 200), (340, 200)], 7)],  # a minus behind it
        [([(190, 120), (190, 280)], 9)],  # alone
    ],
)
def test_all_else_stays(strokes: Any) -> None:
    mask = draw(*strokes)
    np.testing.assert_array_equal(remove_underlines(mask), mask)
