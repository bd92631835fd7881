"""Digits that touch in a picture are cut apart; a digit, a letter and a text are not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.made_up_photos import CHOOSING, Kind, choose_digits, make_number, make_photo
from digits.data.dataset import Digits
from digits.data.preparation.pictures import Picture
from digits.network.backends import Backend, load_backend
from digits.server.page_reader import DigitRead, read_picture

PLAIN = Kind(pen=0.08)


@pytest.fixture(scope="module")
def network() -> Backend:
    return load_backend("sketch")


@pytest.fixture(scope="module")
def numbers(network: Backend, mnist: Digits) -> list[tuple[list[int], list[DigitRead]]]:
    """24 numbers of two digits that touch: their labels, and how a photo of each is read."""
    read = []
    for place in range(400):
        random = np.random.default_rng([9, place])
        kind = (PLAIN, CHOOSING["ballpoint on squared paper"])[place % 2]
        chosen = choose_digits(mnist.train_images[:1000], 2, kind, random)
        photo = make_number(mnist.train_images[chosen], kind, random)
        if photo is not None:
            labels = mnist.train_labels[chosen].tolist()
            read.append((labels, read_picture(network, Picture(photo))))
        if len(read) == 24:
            return read
    raise AssertionError("too few digits touch")


def test_a_quarter_of_numbers_that_touch_is_read(
    numbers: list[tuple[list[int], list[DigitRead]]],
) -> None:
    cut = [(labels, read) for labels, read in numbers if len(read) > 1]
    right = [labels == [one.answer.label for one in read] for labels, read in cut]
    assert sum(right) >= 6
    assert len(right) - sum(right) <= 1


def test_boxes_of_cut_digits_lie_side_by_side(
    numbers: list[tuple[list[int], list[DigitRead]]],
) -> None:
    pairs = [[one.prepared.box for one in read] for _, read in numbers if len(read) == 2]
    assert pairs
    for left, right in pairs:
        assert left is not None and right is not None
        assert left[0] < right[0] and left[2] < right[2]
        assert right[0] - left[2] < 0.1 * (right[2] - left[0])  # nothing lies between them


def test_one_digit_stays_one(network: Backend, mnist: Digits) -> None:
    wide = [  # wider than high, as some write a 2, a 5 or an 8
        place
        for place, image in enumerate(mnist.train_images[:2000])
        if np.ptp(np.flatnonzero(image.any(axis=0))) > np.ptp(np.flatnonzero(image.any(axis=1)))
    ][:12]
    assert len(wide) == 12
    for place in wide:
        photo = make_photo(mnist.train_images[place], PLAIN, np.random.default_rng(place))
        read = read_picture(network, Picture(photo))
        assert sum(one.answer.sure for one in read) <= 1, place


def test_an_eight_on_its_side_is_no_two_zeros(network: Backend, mnist: Digits) -> None:
    eights = np.flatnonzero(mnist.train_labels == 8)[:20]
    for place in eights.tolist():
        photo = make_photo(mnist.train_images[place], PLAIN, np.random.default_rng(place))
        read = read_picture(network, Picture(photo.rotate(90, expand=True)))
        assert len(read) <= 1, place


@pytest.mark.parametrize("slant", [0.0, 0.2, 0.4])
@pytest.mark.parametrize("arches", [1, 2])
def test_an_m_and_an_n_are_no_ones_and_sevens(network: Backend, arches: int, slant: float) -> None:
    read = read_picture(network, Picture(draw_arches(arches, slant)))
    assert not any(one.answer.sure for one in read)


def draw_arches(count: int, slant: float) -> Image.Image:
    """An n or an m: a stem with one arch or two to the right of it, which are wide."""
    wide, pen, turn = 0.9, 20, np.linspace(np.pi, 0, 20)
    round_top = np.stack([(1 + np.cos(turn)) * wide / 2, 0.35 - 0.35 * np.sin(turn)], axis=1)
    arch = np.concatenate([[[0, 0.5]], round_top, [[wide, 1]]])
    strokes = [np.array([[0.0, 1.0], [0.0, 0.0]])]
    strokes += [arch + np.array([place * wide, 0]) for place in range(count)]
    paper = Image.new("L", (900, 600), 245)
    for stroke in strokes:
        points = [(250 + 220 * (x - slant * (y - 1)), 180 + 220 * y) for x, y in stroke.tolist()]
        ImageDraw.Draw(paper).line(points, 30, pen, joint="curve")
    return paper
