"""What is around a digit is told from what a digit is made of."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks.made_up_photos import Kind, expose, make_paper
from digits.data.dataset import Digits
from digits.data.preparation.frames import MOST_BOXES, find_frames
from digits.data.preparation.pictures import find_digits
from digits.data.preparation.rings import find_open_rings
from digits.data.preparation.ruled_lines import find_lines, remove_lines, remove_rungs
from digits.network.backends import Backend, load_backend
from digits.network.sureness import make_judge

Points = list[tuple[int, int]]

THREE: Points = [(170, 120), (230, 120), (195, 190), (230, 230), (200, 280), (165, 270)]
ONE: Points = [(205, 130), (200, 270)]


@pytest.fixture(scope="module")
def network() -> Backend:
    return load_backend("sketch")


def draw(*shapes: Any) -> np.ndarray:
    """A mask (400, 400) of functions that draw on it."""
    mask = np.zeros((400, 400), np.uint8)
    for shape in shapes:
        shape(mask)
    return mask


def line(points: Points, width: int = 9) -> Any:
    return lambda mask: cv2.polylines(mask, [np.array(points, np.int32)], False, 1, width)


def box(left: int = 120, top: int = 80, right: int = 280, bottom: int = 320, width: int = 3) -> Any:
    return lambda mask: cv2.rectangle(mask, (left, top), (right, bottom), 1, width)


def ring(wide: int, high: int, width: int = 6) -> Any:
    return lambda mask: cv2.ellipse(mask, (200, 200), (wide, high), 0, 0, 360, 1, width)


def open_ring(start: int, end: int, wide: int = 110, high: int = 130) -> Any:
    """A ring from one angle to another, in degrees; it grows a little wider on its way."""
    way = np.radians(np.linspace(start, end, 90))
    wider = 1 + 0.15 * np.linspace(0, 1, 90)
    points = np.stack([wide * wider * np.cos(way), high * wider * np.sin(way)], axis=1) + 200
    return line([(int(x), int(y)) for x, y in points], 5)


@pytest.mark.parametrize(("start", "end"), [(0, 330), (70, 395), (20, 400), (200, 600)])
def test_a_ring_that_does_not_close_is_found(start: int, end: int) -> None:
    ring_alone = draw(open_ring(start, end))
    np.testing.assert_array_equal(
        find_open_rings(draw(open_ring(start, end), line(THREE))), ring_alone
    )


def test_a_one_or_a_zero_in_an_open_circle_is_no_part_of_it() -> None:
    circle = open_ring(20, 400, 125, 125)
    for inside in (line(ONE), ring(45, 60, 9)):
        np.testing.assert_array_equal(find_open_rings(draw(circle, inside)), draw(circle))


@pytest.mark.parametrize(
    "strokes",
    [
        (open_ring(0, 330, 70), line([(215, 120), (185, 290)])),  # a zero with its slash inside
        (open_ring(20, 260), line(THREE)),  # an open bow
        (open_ring(0, 330), line([(195, 195), (205, 205)])),  # a speck inside
        (open_ring(0, 330),),
        (line(THREE), line([(300, 130), (300, 280)])),
    ],
)
def test_what_does_not_go_around_a_digit_is_no_ring(strokes: Any) -> None:
    assert find_open_rings(draw(*strokes)) is None


@pytest.mark.parametrize(
    ("around", "inside"),
    [
        (box(), line(THREE)),
        (box(), line(ONE)),
        (box(), line(THREE, 3)),
        (ring(130, 140), line(THREE)),
        (ring(60, 130), line([(180, 150), (215, 160), (190, 240)])),
        (ring(130, 130), line(ONE)),
    ],
    ids=["box, 3", "box, 1", "box, as thin", "ring, 3", "oval, 7", "circle, 1"],
)
def test_what_is_around_a_digit_is_found(around: Any, inside: Any) -> None:
    frames = find_frames(draw(around, inside))
    assert frames is not None
    np.testing.assert_array_equal(frames, draw(around))


@pytest.mark.parametrize(
    "inside",
    [
        line([(170, 270), (230, 130)]),
        line([(165, 200), (235, 200)]),
        line([(200, 199), (201, 201)]),
    ],
    ids=["slash", "bar", "dot"],
)
def test_a_zero_with_something_inside_is_a_zero(inside: Any) -> None:
    assert find_frames(draw(ring(75, 120, 10), inside)) is None


@pytest.mark.parametrize(
    "inside",
    [line([(125, 255), (275, 145)]), line([(150, 200), (250, 200)])],
    ids=["long slash", "bar"],
)
def test_a_zero_as_round_as_a_circle_keeps_its_slash(inside: Any) -> None:
    assert find_frames(draw(ring(120, 120), inside)) is None
    assert find_frames(draw(ring(120, 120), line(ONE))) is not None


def test_nothing_is_found_where_nothing_is_around_anything() -> None:
    assert find_frames(draw()) is None
    assert find_frames(draw(line(THREE), line([(300, 100), (300, 300)]))) is None


def test_a_box_with_a_digit_across_its_line_stays() -> None:
    """It would go with the box."""
    small = line([(140, 100), (190, 104), (165, 180)], 5)
    across = line([(x + 75, y) for x, y in THREE], 17)
    assert find_frames(draw(box(), small)) is not None
    assert find_frames(draw(box(), small, across)) is None


def test_a_loop_with_pieces_of_the_papers_lines_in_it_stays() -> None:
    cross = line([(200, 160), (200, 245)], 2), line([(160, 200), (240, 200)], 2)
    assert find_frames(draw(ring(75, 110, 15), *cross)) is None


def rule(step: int, broken: int = 0) -> np.ndarray:
    """Squared paper's lines, interrupted where `broken` says how often."""
    mask = np.zeros((400, 400), np.uint8)
    mask[10::step] = mask[:, 10::step] = 1
    random = np.random.default_rng(1)
    for x, y in random.integers(0, 400, (broken, 2)):
        mask[y - 3 : y + 4, x - 3 : x + 4] = 0
    return mask


@pytest.mark.parametrize("broken", [0, 60, 400])
def test_squared_paper_that_a_digit_crosses_is_no_frame(broken: int) -> None:
    mask = rule(50, broken) | draw(line(THREE, 11))
    assert find_frames(mask) is None


def test_of_many_boxes_only_those_with_something_in_them_are_frames() -> None:
    mask = np.zeros((400, 400), np.uint8)
    filled = np.zeros_like(mask)
    for left in range(10, 340, 60):
        for top in range(10, 340, 60):
            box(left, top, left + 50, top + 50, 2)(mask)
            if left != top:
                box(left, top, left + 50, top + 50, 2)(filled)
                line([(left + 15, top + 12), (left + 32, top + 14), (left + 22, top + 38)], 3)(mask)
    found = find_frames(mask)
    assert found is not None
    np.testing.assert_array_equal(found, filled)


def test_squared_paper_has_more_boxes_than_a_form() -> None:
    mask = rule(30) | draw(line([(42, 42), (58, 46), (48, 60)], 2))
    holes = cv2.connectedComponents(1 - rule(30), connectivity=4)[0] - 1
    assert holes > MOST_BOXES
    assert find_frames(mask) is None


def test_a_tables_short_lines_go_with_its_long_ones_and_a_thick_one_stays() -> None:
    mask = draw(line([(0, 120), (399, 120)], 3), line([(0, 280), (399, 280)], 3))
    for x in (60, 140, 340):
        line([(x, 120), (x, 280)], 3)(mask)
    line([(240, 121), (240, 279)], 11)(mask)
    lines = find_lines(mask, 0.5)
    left = remove_lines(mask, lines)
    assert left[200, 60] and left[200, 240]
    rest = remove_rungs(left, mask)
    assert not rest[200, [60, 140, 340]].any() and rest[200, 240]


def test_a_bar_whose_other_line_is_out_of_the_picture_goes_with_those_like_it() -> None:
    level = [line([(0, y), (399, y)], 3) for y in (100, 220)]
    bars = [line([(x, 100), (x, 220)], 3) for x in (60, 140, 220)]
    cut_off = line([(100, 220), (100, 335)], 3)
    one = line([(180, 160), (180, 220)], 3)  # somebody wrote it on a line
    mask = draw(*level, *bars, cut_off, one)
    left = remove_lines(mask, find_lines(mask, 0.5))
    rest = remove_rungs(left, mask)
    assert left[300, 100] and not rest[:, 100].any()
    assert rest[190, 180]


def test_digits_in_a_row_of_boxes_are_read_one_by_one(network: Backend, mnist: Digits) -> None:
    kind = Kind(pen=0.09)
    random = np.random.default_rng(3)
    paper = make_paper(420, 700, kind, random)
    places = [int(np.flatnonzero(mnist.train_labels == digit)[4]) for digit in (4, 7, 1)]
    for number, place in enumerate(places):
        left = 90 + 130 * number
        cv2.rectangle(paper, (left, 130), (left + 130, 260), (0.1, 0.1, 0.15), 2, cv2.LINE_AA)
        image = cv2.resize(mnist.train_images[place], (110, 110), interpolation=cv2.INTER_CUBIC)
        ink = (image.astype(np.float32) / 255).clip(0, 1)[:, :, None]
        part = paper[140:250, left + 10 : left + 120]
        part[:] = part * (1 - ink) + 0.1 * ink
    photo: Image.Image = expose(paper, kind, random)
    found = find_digits(photo, make_judge(network))
    images = np.stack([one.prepared.image for one in found]).reshape(-1, 784) / np.float32(255)
    assert network.predict(images).argmax(axis=1).tolist() == [4, 7, 1]
