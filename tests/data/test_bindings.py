"""The holes and wires of a notebook's binding are left out, and digits along the edge are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digits.data.bundled import read_bundled
from digits.data.preparation.bindings import remove_bindings
from digits.data.preparation.stroke_groups import Sheet

HEIGHT, WIDTH = 600, 800
EDGES = (0, 1, 2, 3)  # quarter turns of a picture whose binding is at its left


def binding(count: int, seed: int = 5) -> np.ndarray:
    """Holes and the wires in them at the left of a mask (HEIGHT, WIDTH), of hands that moved a little."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    random = np.random.default_rng(seed)
    for y in np.linspace(20, HEIGHT - 20, count):
        x, down = (round(float(at)) for at in random.normal((40, y), 1))
        cv2.circle(mask, (x, down), 5, 1, -1)
        cv2.ellipse(mask, (x - 15, down), (18, 5), 0, 180, 380, 1, 3)
    return mask


def large_zero() -> np.ndarray:
    """A zero in the middle of a mask (HEIGHT, WIDTH)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(mask, (400, 300), (70, 120), 0, 0, 360, 1, 12)
    return mask


def column(images: np.ndarray) -> np.ndarray:
    """Digits (n, 28, 28) one under the other along the left edge of a mask (HEIGHT, WIDTH)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    pitch = (HEIGHT - 10) // len(images)
    for place, image in enumerate(images):
        digit = cv2.resize(image, (pitch - 4, pitch - 4)) > 100
        top = 5 + place * pitch
        mask[top : top + len(digit), 20 : 20 + len(digit)] = digit
    return mask


@pytest.mark.parametrize("turns", EDGES)
@pytest.mark.parametrize("count", [12, 22])
def test_a_binding_goes_and_what_is_written_stays(count: int, turns: int) -> None:
    page = np.rot90(large_zero() | binding(count), turns)
    np.testing.assert_array_equal(remove_bindings(page), np.rot90(large_zero(), turns))


@pytest.mark.parametrize("digit", [None, *range(10)])
def test_a_column_of_digits_beside_another_stays(digit: int | None) -> None:
    images, labels = read_bundled()
    for seed in range(20):
        random = np.random.default_rng(seed)
        which = np.flatnonzero(labels == digit) if digit is not None else len(labels)
        mask = large_zero() | column(images[random.choice(which, int(random.integers(8, 13)))])
        np.testing.assert_array_equal(remove_bindings(mask), mask)


@pytest.mark.parametrize("turns", EDGES)
def test_rows_of_one_digit_in_squares_stay(turns: int) -> None:
    images, labels = read_bundled()
    zeros = images[labels == 0]
    page = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row in range(4):
        for place in range(12):
            digit = cv2.resize(zeros[12 * row + place], (40, 40)) > 100
            top, left = 10 + 60 * row, 20 + 60 * place
            page[top : top + 40, left : left + 40] = digit
    page = np.rot90(page, turns)
    np.testing.assert_array_equal(remove_bindings(page), page)
    alone = np.where(page, 1, 0).astype(np.uint8)
    np.rot90(alone, -turns)[60:] = 0  # one row
    np.testing.assert_array_equal(remove_bindings(alone), alone)


def test_only_a_photo_has_a_binding() -> None:
    page = large_zero() | binding(22)
    drawn = 255 - 255 * page
    photo = 235 - 180.0 * page + np.random.default_rng(1).normal(0, 3, page.shape)
    found = [
        len(Sheet(np.stack([picture.clip(0, 255).astype(np.uint8)] * 3, axis=2)).find_groups())
        for picture in (drawn, photo)
    ]
    assert found[0] > found[1] == 1
