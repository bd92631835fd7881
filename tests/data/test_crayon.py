"""A crayon's strokes become whole, and nothing else is filled in."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digits.data.preparation.crayon import fill_grain
from digits.data.preparation.writing import Writing, find_writing
from tests.support.requests import word

THICKNESS = 26


def draw_eight(loop: int) -> np.ndarray:
    """An eight (400, 400) whose upper loop has a radius of `loop` pixels, in the middle of its stroke."""
    mask = np.zeros((400, 400), np.uint8)
    cv2.circle(mask, (200, 180 - loop), loop, 1, THICKNESS)
    cv2.circle(mask, (200, 240), 60, 1, THICKNESS)
    return mask


def as_writing(strong: np.ndarray, ink: float, thickness: float, is_clean: bool) -> Writing:
    contrast = cv2.GaussianBlur((ink * strong).astype(np.float32), (0, 0), 1.0)
    dark = np.round(230 - 200 * contrast).astype(np.uint8)
    return Writing(dark, contrast, strong, 0.3, is_clean, thickness, 0.01)


def with_grain(strong: np.ndarray, covered: float = 0.7) -> np.ndarray:
    """What a crayon leaves of `strong` on rough paper."""
    noise = cv2.GaussianBlur(np.random.default_rng(3).standard_normal(strong.shape), (0, 0), 3.0)
    return strong * (noise < np.quantile(noise, covered)).astype(np.uint8)


@pytest.mark.parametrize("covered", [0.55, 0.65, 0.7])
def test_a_crayons_digit_becomes_whole(covered: float) -> None:
    eight = draw_eight(40)
    found = fill_grain(as_writing(with_grain(eight, covered), 0.8, 9.0, False))
    assert (found.strong & eight).sum() > 0.95 * eight.sum()
    assert found.strong.sum() < 1.35 * eight.sum()  # a little wider, as it is blurred
    assert not found.strong[240, 200] and not found.strong[140, 200]  # its loops stay open
    assert np.all(
        found.contrast[found.strong > 0] > 0.2
    )  # as strong where the paper showed through


@pytest.mark.parametrize("loop", [16, 20, 40])
def test_a_plain_digit_stays_as_it_is(loop: int) -> None:
    writing = as_writing(draw_eight(loop), 0.8, THICKNESS, False)
    assert fill_grain(writing) is writing


def test_words_stay_as_they_are() -> None:
    words = np.zeros((400, 400), np.uint8)
    for row in range(2):
        cv2.putText(words, "mean what is", (20, 100 + 90 * row), 0, 1.6, 1, 5)
    writing = as_writing(words, 0.8, 5.0, False)
    assert fill_grain(writing) is writing


def test_a_short_printed_word_stays_as_it_is() -> None:
    """From afar it is one ragged stroke, too, but wider than a digit."""
    picture = np.repeat(np.asarray(word())[:, :, None], 3, axis=2)
    writing = find_writing(picture, 100, is_inverted=False)
    assert writing is not None and fill_grain(writing) is writing


@pytest.mark.parametrize(("ink", "is_clean"), [(0.3, False), (0.8, True)])
def test_a_stain_and_a_drawn_picture_stay_as_they_are(ink: float, is_clean: bool) -> None:
    """A stain is weak; of what a program drew nothing shows through."""
    writing = as_writing(with_grain(draw_eight(40)), ink, 9.0, is_clean)
    assert fill_grain(writing) is writing
    assert fill_grain(
        replace(writing, contrast=writing.contrast * 0.8 / ink, is_clean=False)
    ) is not (writing)
