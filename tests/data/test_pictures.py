"""Finding digits in photos and screenshots, one or several."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.made_up_photos import (
    CHINESE_FONT,
    CHOOSING,
    INKS,
    REPORTING,
    Kind,
    choose_digits,
    empty_kinds,
    expose,
    flat_kinds,
    has_filled_loop,
    lay,
    make_empty,
    make_page,
    make_paper,
    make_photo,
    make_texture,
    write,
)
from benchmarks.photos import is_same
from digits.data.dataset import Digits
from digits.data.preparation import stroke_groups
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.grouping import reading_order
from digits.data.preparation.paper import is_light_on_dark
from digits.data.preparation.pictures import Picture, find_digits, prepare_picture
from digits.data.preparation.ruled_lines import remove_lines
from digits.data.preparation.thickness import thin
from digits.data.preparation.writing import Writing, find_writing
from digits.network.backends import Backend, load_backend
from digits.network.calibration import answer
from digits.network.sureness import make_judge, reads_only_turned
from digits.server.page_reader import (
    AMONG_LETTERS,
    TURNED,
    answer_about,
    doubt_about,
    find_one,
    read_picture,
)
from tests.support.requests import page_of_digits


@pytest.fixture(scope="module")
def network() -> Backend:
    return load_backend("sketch")


def is_read(network: Backend, picture: Image.Image, label: int) -> bool:
    prepared = Picture(picture).prepare(make_judge(network))
    return int(network.predict(to_pixels(prepared.image)).argmax()) == label


@pytest.mark.parametrize("name", list(CHOOSING))
def test_photos_of_each_kind_are_read(name: str, network: Backend, mnist: Digits) -> None:
    right = sum(
        is_read(
            network,
            make_photo(mnist.train_images[k], CHOOSING[name], np.random.default_rng(k)),
            mnist.train_labels[k],
        )
        for k in range(100, 108)
    )
    assert right >= 7  # of 8; the benchmark reads 200 a kind


def test_a_thin_pen_is_not_asked_to_draw_a_loop_that_is_all_ink() -> None:
    def six(loop: int) -> np.ndarray:
        image = np.zeros((28, 28), np.uint8)
        cv2.line(image, (16, 4), (10, 17), 255, 2)
        cv2.circle(image, (14, 18), 5, 255, loop)
        return image

    assert has_filled_loop(six(-1)) and not has_filled_loop(six(2))
    images = np.stack([six(-1), six(2)])
    assert choose_digits(images, 2, Kind(pen=0.05), np.random.default_rng(0)) == [1]
    assert sorted(choose_digits(images, 2, Kind(), np.random.default_rng(0))) == [0, 1]
    images[0, 14:] //= 5  # hardly there: enlarged, it would lack that
    assert choose_digits(images, 2, Kind(), np.random.default_rng(0)) == [1]


def lay_strokes(*strokes: list[tuple[int, int]], width: int = 9) -> Image.Image:
    """A photo of strokes drawn with one pen."""
    random = np.random.default_rng(8)
    shape = np.zeros((420, 560), np.float32)
    for stroke in strokes:
        cv2.polylines(shape, [np.array(stroke, np.int32)], False, 1.0, width, cv2.LINE_AA)
    paper = make_paper(420, 560, Kind(), random)
    lay(paper, shape, 0, 0, Kind(), random)
    return expose(paper, Kind(), random)


PHOTO_BODY = [(250, 150), (240, 205), (290, 205), (310, 240), (285, 275), (235, 270)]
PHOTO_BAR = [(285, 135), (365, 125)]  # far from the body, far out to the right


def test_a_five_whose_bar_is_apart_is_one_digit_as_the_network_sees_it(network: Backend) -> None:
    picture, body = Picture(lay_strokes(PHOTO_BODY, PHOTO_BAR)), Picture(lay_strokes(PHOTO_BODY))
    judge = make_judge(network)
    whole = picture.prepare(judge)
    assert whole.box is not None and whole.box[2] > 360 / 560  # the bar is in it
    assert int(network.predict(to_pixels(whole.image)).argmax()) == 5
    assert picture.prepared.box is not None and picture.prepared.box[2] < 330 / 560
    np.testing.assert_array_equal(body.prepare(judge).image, body.prepared.image)


def seven_at(x: int, y: int, size: float = 1.0) -> list[tuple[int, int]]:
    return [(round(x + size * a), round(y + size * b)) for a, b in ((0, 0), (60, -2), (20, 90))]


def test_numbers_over_the_line_of_a_sum_are_read(network: Backend) -> None:
    numbers = [
        seven_at(140, 60),
        [(280, 60), (278, 150)],
        [(170, 180), (168, 270)],
        seven_at(250, 180),
    ]
    picture = lay_strokes(*numbers, [(100, 288), (360, 290)], width=7)
    found = find_digits(picture, make_judge(network))
    images = np.stack([one.prepared.image for one in found])
    assert network.predict(to_pixels(images)).argmax(axis=1).tolist() == [7, 1, 1, 7]


def test_beside_what_is_crossed_out_the_digit_is_answered(network: Backend) -> None:
    crossed = [
        PHOTO_BODY,
        [(215, 130), (330, 290)],
        [(330, 130), (210, 290)],
        [(205, 210), (335, 205)],
    ]
    picture = Picture(lay_strokes(*crossed, seven_at(420, 160)))
    one = find_one(network, picture)
    assert one.box is not None and one.box[0] > 400 / 560
    said = answer_about(network, one.image, is_picture=True)
    assert said.label == 7 and said.sure
    alone = Picture(lay_strokes(*crossed))
    assert not answer_about(network, find_one(network, alone).image, is_picture=True).sure


def test_what_is_a_digit_by_itself_is_joined_with_nothing(network: Backend) -> None:
    one = [(330, 140), (328, 280)]
    picture = Picture(lay_strokes([*PHOTO_BODY[::-1], PHOTO_BAR[1]], [(x + 50, y) for x, y in one]))
    np.testing.assert_array_equal(
        picture.prepare(make_judge(network)).image, picture.prepared.image
    )


def test_chalk_at_the_edge_of_a_shadow_has_no_holes(mnist: Digits) -> None:
    kind = CHOOSING["chalk in a hard shadow"]
    photos = [
        make_photo(mnist.train_images[k], kind, np.random.default_rng([91, k]))
        for k in range(50, 60)
    ]
    assert [prepare_picture(photo).box is None for photo in photos] == [False] * 10


@pytest.mark.parametrize("place, label, seed", [(55_766, 8, 766), (58_313, 0, 3313)])
def test_thick_chalk_that_is_weaker_at_a_shadows_edge_stays_whole(
    place: int, label: int, seed: int, network: Backend, mnist: Digits
) -> None:
    random = np.random.default_rng([701, seed, zlib.crc32(b"chalk in a hard shadow")])
    photo = make_photo(mnist.train_images[place], CHOOSING["chalk in a hard shadow"], random)
    assert is_read(network, photo, label)


def test_an_eight_of_two_wide_loops_is_no_lines_of_writing(network: Backend) -> None:
    loops = [cv2.ellipse2Poly((280, y), (95, 50), 0, 0, 360, 5) for y in (150, 250)]
    assert is_read(network, lay_strokes(*loops, width=5), 8)


def test_thin_strokes_of_a_thick_digit_stay_when_it_is_thinned() -> None:
    shape = np.zeros((420, 560), np.float32)
    cv2.circle(shape, (280, 150), 60, 1.0, -1, cv2.LINE_AA)  # an eight's filled loop
    cv2.circle(shape, (280, 240), 38, 1.0, 13, cv2.LINE_AA)  # and its open one
    random = np.random.default_rng(8)
    paper = make_paper(420, 560, Kind(), random)
    lay(paper, shape, 0, 0, Kind(), random)
    image = prepare_picture(expose(paper, Kind(), random)).image
    regions, _ = cv2.connectedComponents((image < 100).astype(np.uint8))
    assert regions == 3  # ink, the paper around it, the paper in the open loop


def test_thinning_by_less_than_a_pixel_leaves_the_paper_white() -> None:
    ink = np.zeros((60, 60), np.float32)
    ink[10:50, 10:13] = ink[10:50, 30:50] = 1  # 3 and 20 pixels thick
    thinned = thin(ink, 20, 10, 3.5)
    assert (thinned == 0).any(axis=0).sum() >= 17  # between the two
    assert not thinned[ink[10:50, 10:50] == 0].any()


def test_a_printed_line_is_taken_out_where_it_runs_not_where_it_seemed_to() -> None:
    strong = np.zeros((600, 800), np.uint8)
    cv2.line(strong, (0, 300), (799, 303), 1, 1)
    cv2.line(strong, (400, 250), (400, 350), 1, 12)  # a stroke that crosses it
    rough = np.array([[200.0, 298.0, 600.0, 304.0]])  # half a degree off
    left = remove_lines(strong, rough)
    left[240:360, 390:410] = 0
    assert not left.any()
    assert remove_lines(strong, rough)[299:304, 400].all()


def test_lines_so_faint_that_only_pieces_are_seen_are_taken_out() -> None:
    """Of four lines to write between, the two in the middle are often printed fainter."""
    random = np.random.default_rng(3)
    paper = make_paper(600, 800, Kind(), random)
    for top in range(10, 560, 168):
        for place, more in enumerate((0, 0.15, 0.15, 0)):
            start, end = (0, top + 40 * place), (799, top + 40 * place)
            colour = (0.3 + more, 0.6 + more, 0.4 + more)
            cv2.line(paper, start, end, colour, 2, cv2.LINE_AA)
    turns = np.linspace(0, 2 * np.pi, 60)
    eight = np.stack([400 + 20 * np.sin(2 * turns), 386 - 36 * np.cos(turns)], axis=1)
    cv2.polylines(paper, [eight.astype(np.int32)], True, INKS["dark"], 5, cv2.LINE_AA)
    groups = stroke_groups.Sheet(
        np.asarray(expose(paper, Kind(tilt=3), random).convert("RGB"))
    ).find_groups()
    assert len(groups) == 1 and 30 < groups[0].width < 60


@pytest.mark.parametrize("place, seed", [(9544, 136), (2088, 175)])
def test_printed_lines_between_thick_strokes_are_no_ink(
    place: int, seed: int, mnist: Digits
) -> None:
    """Two nines whose loops, with music lines in them, were taken for ink without an edge."""
    random = np.random.default_rng([4242, seed, 11, 109])  # as the benchmark made them
    photo = make_photo(mnist.test_images[place], REPORTING["music paper"], random)
    assert prepare_picture(photo).box is not None


def test_a_sheet_on_a_darker_table_is_no_writing(mnist: Digits) -> None:
    # The sheet's corners are light in the dark: that is no chalk on a board.
    for kind in (Kind(pen=0.06, table=True, tilt=6, digit=(0.1, 0.2)), Kind(table=True, tilt=8)):
        for k in range(8):
            photo = make_photo(mnist.train_images[k], kind, np.random.default_rng(k))
            grey = cv2.cvtColor(np.asarray(photo.convert("RGB")), cv2.COLOR_RGB2GRAY)
            assert not is_light_on_dark(grey, False), (kind, k)


@pytest.mark.parametrize("name", list(flat_kinds()))
def test_pictures_that_no_camera_took_are_read(name: str, network: Backend, mnist: Digits) -> None:
    make = flat_kinds()[name]
    right = sum(
        is_read(
            network, make(mnist.train_images[k], np.random.default_rng(k)), mnist.train_labels[k]
        )
        for k in range(100, 112)
    )
    assert right >= 11


def test_an_mnist_image_goes_in_untouched(mnist: Digits) -> None:
    for image in mnist.test_images[:100]:
        for given in (image, 255 - image):
            np.testing.assert_array_equal(prepare_picture(Image.fromarray(given)).image, image)


@pytest.mark.parametrize("light", ["plain", "hard shadow"])
def test_empty_paper_is_never_read(light: str, network: Backend) -> None:
    for k in range(8):
        photo = make_empty(CHOOSING[light], np.random.default_rng(k))
        prepared = prepare_picture(photo)
        if prepared.box is not None:
            said = network.predict(to_pixels(prepared.image))[0]
            assert not answer(said, network.card.calibration).sure
        assert find_digits(photo, make_judge(network)) == []


def is_sure(network: Backend, picture: Picture) -> bool:
    """Whether there is a sure answer about the one digit of a picture."""
    if picture.prepared.box is None:
        return False
    said = answer(network.predict(to_pixels(picture.prepared.image))[0], network.card.calibration)
    return said.sure and not picture.is_among_letters(make_judge(network))


def test_the_bars_of_empty_rows_of_squares_are_no_ones() -> None:
    kind = replace(REPORTING["rows of squares, blue ink"], sides=((600, 800),))
    for k in range(6):
        assert prepare_picture(make_empty(kind, np.random.default_rng(k))).box is None, k


def test_crumbs_of_the_papers_lines_get_no_sure_answer(network: Backend) -> None:
    judge = make_judge(network)
    kind = CHOOSING["practice squares, dashed crosses"]
    picture = Picture(make_empty(kind, np.random.default_rng([9, 13])))
    crumb = to_pixels(picture.prepare(judge).image)
    assert answer(network.predict(crumb)[0], network.card.calibration).sure  # looked at alone
    assert picture.is_among_letters(judge)


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("texture, like a face or a wall", (16, 24, 27, 31)),
        ("only folds", (30, 116, 137)),
        ("a table's edge", (33,)),
        ("only words", (47, 50, 121)),
    ],
)
def test_what_is_no_digit_gets_no_sure_answer(
    name: str, places: tuple[int, ...], network: Backend
) -> None:
    for place in places:  # of the benchmark's, those that the network by itself is sure of
        photo = empty_kinds()[name](np.random.default_rng([11, place, len(name)]))
        assert not is_sure(network, Picture(photo)), place


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a page of text", 2),  # large
        ("a page of text", 24),  # so small that only stems are found
        ("a page of text", 19),
        (f"a page of Chinese text ({CHINESE_FONT})", 17),
    ],
)
def test_of_a_text_no_letter_is_surely_a_digit(name: str, place: int, network: Backend) -> None:
    try:
        photo = empty_kinds()[name](np.random.default_rng([11, place, len(name)]))
    except OSError:
        pytest.skip(f"needs {CHINESE_FONT}")
    assert not [one for one in read_picture(network, Picture(photo)) if one.answer.sure]


def test_a_wood_or_a_wall_is_no_paper(network: Backend) -> None:
    """What a texture has is left out as it is nowhere plain, whatever a network would say of it."""
    for place in range(4):
        groups = stroke_groups.Sheet(
            np.asarray(make_texture(np.random.default_rng([11, place])).convert("RGB"))
        ).find_groups()
        assert np.mean([stroke_groups.is_on_paper(group) for group in groups]) < 0.5, place


def test_a_walls_spots_are_not_ink_on_wood(network: Backend, mnist: Digits) -> None:
    name = "texture, like a face or a wall"
    for place in (100, 184, 199):
        picture = Picture(empty_kinds()[name](np.random.default_rng([77, place, len(name)])))
        assert doubt_about(network, picture) == AMONG_LETTERS, place
    for place in range(5):
        random = np.random.default_rng(place)
        wood = make_photo(mnist.test_images[place], CHOOSING["marker on wood"], random)
        assert doubt_about(network, Picture(wood)) is None, place


def test_drops_that_run_together_are_no_digit(network: Backend) -> None:
    """Of two, or of one at a cup's ring, the network by itself was sure: a 6, an 8, a 9."""
    for seed, place in ((77, 97), (77, 260), (78, 95), (78, 268), (78, 338)):
        photo = empty_kinds()["only stains"](np.random.default_rng([seed, place, 11]))
        assert read_picture(network, Picture(photo)) == [], (seed, place)


def test_a_watery_brushs_digit_is_no_drop(network: Backend, mnist: Digits) -> None:
    kind = Kind(pen=0.16, strength=0.4)
    for place in range(6):
        photo = make_photo(mnist.test_images[place], kind, np.random.default_rng(place))
        prepared = find_one(network, Picture(photo))
        said = answer_about(network, prepared.image, is_picture=True)
        assert said.label == mnist.test_labels[place], place


@pytest.mark.parametrize("width", [50, 70, 80])
def test_a_shade_that_fades_out_is_no_stroke(width: int) -> None:
    """Two of its sides are as sharp as a stroke's, the third, where the paper bends, has no edge."""
    shade = np.zeros((600, 800), np.float32)
    corners = np.array([[300, 150], [300 + width, 160], [310 + width // 2, 370]], np.int32)
    cv2.fillPoly(shade, [corners], 0.5, cv2.LINE_AA)
    shade *= np.clip((np.arange(600) - 150) / 60, 0, 1)[:, None]
    paper = np.repeat(0.9 * (1 - shade[:, :, None]), 3, axis=2).astype(np.float32)
    assert Picture(expose(paper, Kind(), np.random.default_rng(0))).prepared.box is None


def test_a_digit_in_a_text_of_small_letters_stays_sure(network: Backend, mnist: Digits) -> None:
    sure = 0
    for k in range(100, 106):
        picture = Picture(
            make_photo(mnist.train_images[k], Kind(nearby=6), np.random.default_rng(k))
        )
        assert doubt_about(network, picture) is None, k
        sure += is_sure(network, picture)
    assert sure >= 5


def test_chalk_in_a_shadow_is_found_like_chalk_in_the_light(
    network: Backend, mnist: Digits
) -> None:
    kind = Kind(paper="board", ink="chalk", light="hard shadow", pen=0.08)
    found = total = 0
    for k in range(4):
        images = mnist.train_images[200 + 20 * k : 220 + 20 * k]
        photo, boxes = make_page(images, kind, 0.3, np.random.default_rng(k))
        digits = find_digits(photo, make_judge(network))
        found += sum(any(is_same(one.box, box) for one in digits) for box in boxes)
        total += len(boxes)
    assert found >= 0.95 * total


def test_a_thick_pen_among_words_is_read_whole(network: Backend, mnist: Digits) -> None:
    kind = Kind(pen=0.2, nearby=6)
    for k in range(100, 108):
        photo = make_photo(mnist.train_images[k], kind, np.random.default_rng(k))
        assert is_read(network, photo, mnist.train_labels[k]), k


def test_letters_beside_a_digit_are_no_digits(network: Backend, mnist: Digits) -> None:
    for k in range(100, 108):
        photo = make_photo(mnist.train_images[k], Kind(nearby=6), np.random.default_rng(k))
        picture = Picture(photo)
        assert len(picture.find_digits(make_judge(network))) <= 1, k


@pytest.mark.parametrize(
    ("radius", "thick", "soft"), [(40, 8, 5.0), (54, 9, 5.0), (80, 20, 4.5), (88, 22, 4.5)]
)
def test_a_ring_that_a_cup_left_is_no_zero(
    radius: int, thick: int, soft: float, network: Backend
) -> None:
    for k in range(3):
        paper = np.full((900, 1200, 3), (0.92, 0.91, 0.87), np.float32)
        ring = np.zeros((900, 1200), np.float32)
        cv2.circle(ring, (400 + 20 * k, 450), radius, 1.0, thick, cv2.LINE_AA)
        amount = 0.4 * cv2.GaussianBlur(ring, (0, 0), soft)[:, :, None]
        paper = paper * (1 - amount) + np.array((0.5, 0.36, 0.22), np.float32) * amount
        photo = expose(paper.astype(np.float32), Kind(), np.random.default_rng(k))
        picture = Picture(photo)
        assert picture.prepared.box is None
        assert picture.find_digits(make_judge(network)) == []


def test_a_pencils_zero_as_weak_is_one(network: Backend) -> None:
    """A perfect circle, too: a pencil's edge is sharp."""
    for k in range(3):
        paper = np.full((900, 1200, 3), (0.92, 0.91, 0.87), np.float32)
        zero = np.zeros((900, 1200), np.float32)
        cv2.circle(zero, (400 + 20 * k, 450), 80, 1.0, 12, cv2.LINE_AA)
        amount = 0.3 * cv2.GaussianBlur(zero, (0, 0), 1.5)[:, :, None]
        photo = expose(paper * (1 - amount), Kind(), np.random.default_rng(k))
        prepared = Picture(photo).prepared
        said = answer_about(network, prepared.image, is_picture=True)
        assert prepared.box is not None and said.sure and said.label == 0


@pytest.mark.parametrize("place", [5, 20, 92, 112, 211])
def test_letters_of_words_that_touch_are_no_pieces_of_a_digit(place: int, network: Backend) -> None:
    """Some letters together look like a digit: of these pictures the network was surely wrong."""
    random = np.random.default_rng([901, place, zlib.crc32(b"only words")])
    picture = Picture(empty_kinds()["only words"](random))
    prepared = find_one(network, picture)
    said = answer_about(network, prepared.image, is_picture=True)
    assert not said.sure or doubt_about(network, picture) is not None


def test_text_alone_is_no_row_of_digits(network: Backend) -> None:
    for text in ("homework total", "total room date", "page name sum"):
        photo = Image.new("L", (700, 300), 230)
        ImageDraw.Draw(photo).text((60, 110), text, 30, ImageFont.load_default(70))
        noise = np.random.default_rng(0).normal(0, 3, (300, 700))
        grainy = Image.fromarray((np.asarray(photo) + noise).clip(0, 255).astype(np.uint8))
        assert Picture(grainy).find_digits(make_judge(network)) == []


def test_small_digits_beside_a_large_drawing_are_not_put_together(
    bundled: Digits, network: Backend
) -> None:
    """The drawing's size was taken for the digits', and four or nine of them for the pieces of one."""
    page = Image.new("L", (560, 420), 235)
    for place, digit in enumerate(bundled.test_images[:720:20]):
        ink = Image.fromarray(digit).resize((30, 30))
        page.paste(20, (60 + 38 * (place % 9), 60 + 38 * (place // 9)), ink)
    corners = [(420, 250), (540, 390), (400, 380), (420, 250)]
    ImageDraw.Draw(page).line(corners, 20, 4)
    grain = np.random.default_rng(0).normal(0, 3, (420, 560))
    photo = Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))
    assert len(find_digits(photo, make_judge(network))) >= 32  # of 36


def test_a_texture_holds_no_digits(network: Backend) -> None:
    for k in range(3):
        photo = make_texture(np.random.default_rng(k))
        assert len(Picture(photo).find_digits(make_judge(network))) <= 1


def test_a_picture_is_searched_once_for_one_digit_and_for_all(
    network: Backend, mnist: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def find(dark: np.ndarray, size: int, is_inverted: bool) -> Writing | None:
        sizes.append(size)
        return find_writing(dark, size, is_inverted)

    monkeypatch.setattr(stroke_groups, "find_writing", find)
    photo = make_photo(mnist.train_images[3], Kind(pen=0.06), np.random.default_rng(3))
    picture = Picture(photo)
    assert picture.prepared.box is not None
    assert len(picture.find_digits(make_judge(network))) == 1
    assert len(sizes) == 2  # broad strokes first, then those of this pen


def test_a_page_is_read_in_reading_order(network: Backend, mnist: Digits) -> None:
    images, labels = mnist.train_images[200:218], mnist.train_labels[200:218]
    photo, boxes = make_page(images, CHOOSING["ruled, faint"], 0.3, np.random.default_rng(4))
    found = find_digits(photo, make_judge(network))
    assert len(found) == len(boxes)
    assert all(is_same(one.box, box) for one, box in zip(found, boxes, strict=True))
    said = network.predict(to_pixels(np.stack([one.prepared.image for one in found])))
    assert (said.argmax(axis=1) == labels).sum() >= 17


def test_a_turned_digit_is_told(network: Backend, mnist: Digits) -> None:
    sevens = mnist.test_images[mnist.test_labels == 7][:200]
    sure = [
        image
        for image in sevens
        if answer(network.predict(to_pixels(image))[0], network.card.calibration).sure
    ]
    lying = [np.rot90(image).copy() for image in sure]
    unsure = [
        image
        for image in lying
        if not answer(network.predict(to_pixels(image))[0], network.card.calibration).sure
    ]
    assert len(unsure) > 20
    assert all(reads_only_turned(network, image) for image in unsure)
    assert not any(reads_only_turned(network, image) for image in sure)


@pytest.mark.parametrize("first", [0, 10])
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_of_digits_is_not_sure_of_any(
    degrees: int, first: int, network: Backend, mnist: Digits
) -> None:
    page = page_of_digits(mnist.test_images[first : first + 10])
    assert sum(one.answer.sure for one in read_picture(network, Picture(page))) >= 8
    assert doubt_about(network, Picture(page)) is None
    turned = Picture(page.rotate(degrees, expand=True))
    read, found = read_picture(network, turned), turned.find_digits(make_judge(network))
    assert all(one.hint == TURNED and not one.answer.sure for one in read)
    assert doubt_about(network, turned) == TURNED
    if degrees == 180 and first == 10:  # by themselves many are
        assert sum(answer_about(network, one.prepared.image, True).sure for one in found) >= 3


def test_digits_close_together_tell_one_by_one_whether_they_lie_turned(
    network: Backend, mnist: Digits
) -> None:
    """Two that are taken for one are no digit any way round: a page of sums seemed to lie on its head."""
    kind, random = Kind(pen=0.08), np.random.default_rng(5)
    paper = make_paper(600, 800, kind, random)
    for place, labels in enumerate(((9, 2), (7, 8), (6, 3))):
        left = 60
        for label in labels:
            image = mnist.train_images[int(np.flatnonzero(mnist.train_labels == label)[3])]
            shape = write(image, 120, kind.pen)
            inked = np.flatnonzero(shape.max(axis=0) > 0.5)
            lay(paper, shape, left - int(inked[0]), 40 + 180 * place, kind, random)
            left += int(inked[-1] - inked[0]) + 10  # a twelfth of a digit apart
    picture = Picture(expose(paper, kind, random))
    assert len(picture.find_alike(make_judge(network))) == 6


def test_what_stands_out_is_looked_at_even_if_its_pieces_make_an_odd_shape(
    network: Backend,
) -> None:
    odd = lay_strokes([(200, 100), (200, 330)], [(120, 200), (280, 200)])
    picture, judge = Picture(odd), make_judge(network)
    picture._standing_out = replace(picture._groups[0], edge=999)  # what joining may make of it
    assert len(picture.find_alike(judge)) == 1
    assert not [one for one in read_picture(network, picture) if one.answer.sure]


def test_letters_beside_a_digit_do_not_turn_it(network: Backend, mnist: Digits) -> None:
    kind = CHOOSING["words nearby"]
    for place in range(5):
        photo = make_photo(mnist.test_images[place], kind, np.random.default_rng(place))
        assert doubt_about(network, Picture(photo)) != TURNED


@pytest.mark.skipif(sys.platform != "linux", reason="reads a process's memory where Linux tells it")
def test_a_large_photo_is_read_in_little_memory() -> None:
    code = """
import io, pathlib
import numpy as np
from PIL import Image, ImageDraw
from digits.data.preparation import pictures, stroke_groups
photo = Image.new("RGB", (4000, 3000), (230, 228, 220))
ImageDraw.Draw(photo).line([(1900, 900), (1900, 2100)], (20, 20, 40), 90)
packed = io.BytesIO(); photo.save(packed, "JPEG", quality=90); del photo
packed.seek(0)
assert pictures.prepare_picture(Image.open(packed)).box is not None
print(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300_000  # kB, of the whole process at its fullest


@pytest.mark.skipif(sys.platform != "linux", reason="reads a process's memory where Linux tells it")
@pytest.mark.parametrize("mode", ["RGBA", "I;16", "F"])
def test_a_huge_picture_of_any_mode_is_held_once(mode: str, tmp_path: Path) -> None:
    """196 MB as it is decoded; what is made of it is small."""
    picture = tmp_path / "picture.tif"
    Image.new(mode, (7000, 7000)).save(picture)
    code = """
import pathlib, sys
from PIL import Image
from digits.data.preparation.picture_files import load_picture
def held(name):
    return int(pathlib.Path("/proc/self/status").read_text().split(name)[1].split()[0])
before = held("VmRSS:")
assert load_picture(Image.open(sys.argv[1])).shape == (1200, 1200, 3)
print(held("VmHWM:") - before)
"""
    command = [sys.executable, "-c", code, str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    picture.unlink()
    assert int(done.stdout) < 300_000  # kB


def test_opencv_is_loaded_only_when_a_picture_comes() -> None:
    code = "import sys, digits.data.preparation.pictures; print('cv2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_photo_keeps_its_turn_when_it_is_made_smaller() -> None:
    photo = Image.new("RGB", (3000, 2000), "white")
    ImageDraw.Draw(photo).line([(900, 1000), (2100, 1000)], "black", 120)  # level: a 1 on its side
    tags = Image.Exif()
    tags[0x0112] = 6
    packed = io.BytesIO()
    photo.save(packed, "JPEG", exif=tags.tobytes())
    box = prepare_picture(Image.open(packed)).box
    assert box is not None
    assert box[3] - box[1] > 3 * (box[2] - box[0]) * 2000 / 3000


def test_reading_order_follows_sloping_lines() -> None:
    class Box:
        def __init__(self, name: str, x: float, y: float) -> None:
            self.name, self.box = name, (x, y, x + 1, y + 1)

    boxes = [
        Box(f"{line}{place}", 1.5 * place, 1.6 * line + 0.3 * place)
        for place in (3, 0, 2, 1)
        for line in (1, 0)
    ]
    assert [box.name for box in reading_order(boxes)] == [
        f"{line}{place}" for line in range(2) for place in range(4)
    ]
