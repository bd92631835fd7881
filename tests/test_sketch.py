"""The way from strokes or a picture to 28x28: where the digit lands, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from digits import sketch
from digits.sketch import SketchError, check_strokes, prepare_picture, prepare_strokes, to_pixels

SEVEN = [np.array([[0.2, 0.1], [0.8, 0.1], [0.4, 0.9]])]
points = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.just(2)),
    elements=st.integers(0, 1000).map(lambda thousandth: thousandth / 1000),
)
drawings = st.lists(points, min_size=1, max_size=3)


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    weights = image.astype(float)
    places = np.arange(28) + 0.5
    return weights.sum(1) @ places / weights.sum(), weights.sum(0) @ places / weights.sum()


@settings(max_examples=150, deadline=None)
@given(drawings, st.floats(0.2, 1), st.floats(0, 1), st.floats(0, 1))
def test_place_and_size_on_the_pad_do_not_matter(
    strokes: list[np.ndarray], scale: float, right: float, down: float
) -> None:
    span = np.ptp(np.concatenate(strokes), axis=0).max()
    assume(span * scale > sketch.SMALLEST)  # a smaller one is not blown up
    moved = [stroke * scale + [right * (1 - scale), down * (1 - scale)] for stroke in strokes]
    here, there = prepare_strokes(strokes), prepare_strokes(moved)
    assert here.small.shape == there.small.shape
    assert np.abs(here.small.astype(int) - there.small).max() <= 1
    np.testing.assert_array_equal(here.image > 1, there.image > 1)


@settings(max_examples=150, deadline=None)
@given(drawings)
def test_longer_side_is_20_and_the_centre_of_mass_is_mnists(strokes: list[np.ndarray]) -> None:
    assume(np.ptp(np.concatenate(strokes), axis=0).max() > sketch.SMALLEST)
    prepared = prepare_strokes(strokes)
    rows, columns = np.flatnonzero(prepared.image.any(1)), np.flatnonzero(prepared.image.any(0))
    assert max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1 == 20
    assert max(prepared.small.shape) == 20
    assert prepared.image.max() == 255
    for centre, side in zip(centre_of_mass(prepared.image), prepared.small.shape, strict=True):
        top = sketch.CENTRE - centre  # a digit 20 long may be held back by the image's edge
        assert 14 - 1e-6 < centre <= 15 + 1e-6 or (side == 20 and abs(top) < 8)


@settings(max_examples=60, deadline=None)
@given(drawings, st.integers(1, 6), st.booleans(), st.integers(0, 80), st.integers(0, 80))
def test_an_enlarged_image_comes_back(
    strokes: list[np.ndarray], times: int, inverted: bool, down: int, right: int
) -> None:
    assume(np.ptp(np.concatenate(strokes), axis=0).max() > 0.2)
    image = prepare_strokes(strokes).image
    assume((image > 0).mean() < 0.4)  # else it is ink that most of the picture agrees on
    large = image.repeat(times + 4, axis=0).repeat(times + 4, axis=1)
    large = np.pad(large, ((down, 80 - down), (right, 80 - right)))
    back = prepare_picture(255 - large if inverted else large).image
    assert np.abs(back.astype(int) - image).max() <= 12


def test_a_drawing_of_nothing_is_blank() -> None:
    for nothing in ([], [[]], [np.empty((0, 2))]):
        prepared = prepare_strokes(nothing)
        assert prepared.box is None
        assert prepared.image.shape == (28, 28)
        assert not prepared.image.any()
    for shade in (0, 128, 255):
        prepared = prepare_picture(np.full((50, 40), shade, np.uint8))
        assert prepared.box is None
        assert not prepared.image.any()


def test_a_dot_stays_a_dot() -> None:
    prepared = prepare_strokes([np.array([[0.5, 0.5]])])
    assert prepared.small.shape == (3, 3)
    assert prepared.image[14, 14] == 255
    assert (prepared.image > 0).sum() <= 9


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("7", "list of strokes"),
        (None, "list of strokes"),
        ([7], "stroke 1 is not a list"),
        ([[1, 2]], "pairs of numbers"),
        ([[[0.1, 0.2], [0.3]]], "pairs of numbers"),
        ([[["a", "b"]]], "pairs of numbers"),
        ([[[True, False]]], "pairs of numbers"),
        ([[[0.1, 0.2, 0.3]]], "pairs of numbers"),
        ([[[[0.1, 0.2]]]], "pairs of numbers"),
        ([[[10**400, 0]]], "pairs of numbers"),
        ([[[0.5, float("nan")]]], "not a finite number"),
        ([[[0.5, float("inf")]]], "not a finite number"),
        ([[[0.5, 0.5], [3.0, 0.5]]], "leaves the pad"),
        ([[[0.5, 0.5]] * 100_000], "20,000 points"),
        ([[[0.5, 0.5]] * 15_000] * 2, "20,000 points"),
        ([[[0.5, 0.5]]] * 5000, "1,000 strokes"),
    ],
)
def test_unusable_strokes_are_refused_in_a_sentence(raw: object, said: str) -> None:
    with pytest.raises(SketchError, match=said):
        check_strokes(raw)


def test_a_line_a_little_off_the_pad_counts() -> None:
    outside = [np.array([[0.2, -0.1], [0.8, -0.1], [0.4, 0.7]])]
    expected = prepare_strokes([SEVEN[0] - [0, 0.05]])
    np.testing.assert_array_equal(prepare_strokes(outside).image, expected.image)


def test_pixels_are_rows_of_784_between_0_and_1() -> None:
    image = prepare_strokes(SEVEN).image
    pixels = to_pixels(image)
    assert pixels.shape == (1, 784)
    assert pixels.dtype == np.float32
    np.testing.assert_array_equal(pixels[0] * 255, image.ravel())
    assert to_pixels(np.stack([image, image])).shape == (2, 784)
