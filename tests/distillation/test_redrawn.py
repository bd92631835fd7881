"""Digits drawn again with another pen: as thick as asked for, prepared, and still the same digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digits.augmentation.redrawn import (
    draw_with_pen,
    enlarge,
    find_skeleton,
    has_filled_loop,
    loses_strokes,
    redraw,
)
from digits.data.dataset import Digits


@pytest.fixture
def ring() -> np.ndarray:
    """A zero (28, 28) whose stroke is three pixels thick."""
    y, x = np.mgrid[:28, :28]
    return np.where(np.abs(np.hypot(x - 13.5, y - 13.5) - 7) < 1.5, 255, 0).astype(np.uint8)


@pytest.mark.parametrize("pen", [0.05, 0.1, 0.2])
def test_a_stroke_is_as_thick_as_the_pen(ring: np.ndarray, pen: float) -> None:
    drawn = draw_with_pen(ring, 200, pen)
    row = drawn[drawn.shape[0] // 2]  # cuts the ring's stroke twice
    assert row.sum() / 2 == pytest.approx(pen * 200, abs=2)


def test_a_filled_loop_stays_as_it_is(ring: np.ndarray) -> None:
    y, x = np.mgrid[:28, :28]
    disc = np.hypot(x - 13.5, y - 20) < 5
    six = np.where(disc | ((np.abs(x - 9) < 1.5) & (y > 3) & (y < 20)), 255, 0).astype(np.uint8)
    assert has_filled_loop(six) and not has_filled_loop(ring)
    assert redraw(six, np.random.default_rng(0)) is six


def count_pieces(shape: np.ndarray) -> int:
    return cv2.connectedComponents((shape > 0.5).astype(np.uint8))[0] - 1


@pytest.mark.parametrize(("gap", "pieces"), [(1, 1), (2, 1), (6, 2)])
def test_an_interrupted_stroke_becomes_whole_and_what_is_apart_stays_apart(
    gap: int, pieces: int
) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:13, 13:15] = image[13 + gap : 24, 13:15] = 255
    assert count_pieces(enlarge(image, 100)) == pieces
    assert count_pieces(draw_with_pen(image, 100, 0.05)) == pieces


def test_the_nearest_pieces_are_joined_first() -> None:
    image = np.zeros((28, 28), np.uint8)
    for top in (4, 10, 16):  # a stroke in three pieces, nothing of it beside the line
        image[top : top + 4, 13:15] = 255
    drawn = draw_with_pen(image, 100, 0.05) > 0.5
    assert count_pieces(drawn) == 1
    assert np.ptp(np.flatnonzero(drawn.any(axis=0))) < 10


def test_a_digit_whose_stroke_is_too_faint_stays_as_it_is(ring: np.ndarray) -> None:
    assert not loses_strokes(ring)
    dotted = ring.copy()
    dotted[:, 14:] = np.where(ring[:, 14:], 60, 0)  # its right half is hardly there
    assert loses_strokes(dotted)
    assert redraw(dotted, np.random.default_rng(0)) is dotted


def test_a_skeleton_is_one_pixel_thick_and_whole(ring: np.ndarray) -> None:
    bones = find_skeleton(ring > 0)
    assert 2 * np.pi * 7 * 0.8 < bones.sum() < 2 * np.pi * 7 * 1.1
    assert not (bones & ~(ring > 0)).any()


def test_redrawn_images_are_prepared_as_mnist_is_and_repeat_with_their_seed(few: Digits) -> None:
    images = few.train_images[:60]
    once, again = (
        np.stack([redraw(image, random) for image in images])
        for random in (np.random.default_rng(3), np.random.default_rng(3))
    )
    np.testing.assert_array_equal(once, again)
    assert (once != images).any(axis=(1, 2)).mean() > 0.8
    assert (once.max(axis=(1, 2)) > 250).all()  # MNIST's own, where it stays as it is
    ink = once.astype(float)
    for axis in (1, 2):
        centre = (ink.sum(axis=3 - axis) @ (np.arange(28) + 0.5)) / ink.sum(axis=(1, 2))
        assert np.abs(centre - 14.5).max() < 1
    sides = [np.ptp(np.argwhere(image), axis=0).max() + 1 for image in once]
    assert max(sides) <= 20 and np.median(sides) == 20
