"""The way from strokes or a picture to 28x28: where the digit lands, and what is refused."""

from __future__ import annotations

import io
import struct
import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from digits.data.dataset import Digits
from digits.data.drawings import check_strokes
from digits.data.preparation import strokes as sketch
from digits.data.preparation.centring import CENTRE, to_pixels
from digits.data.preparation.picture_files import load_picture
from digits.data.preparation.pictures import Picture, prepare_picture
from digits.data.preparation.strokes import prepare_strokes
from digits.errors import DrawingError
from digits.network.backends import load_backend

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


def span_of(strokes: list[np.ndarray]) -> float:
    """The longer side of a drawing without the stray taps that are left out."""
    left_out = prepare_strokes(strokes).left_out
    kept = [stroke for place, stroke in enumerate(strokes) if place not in left_out]
    return float(np.ptp(np.concatenate(kept), axis=0).max())


@settings(max_examples=150)
@given(drawings, st.floats(0.2, 1), st.floats(0, 1), st.floats(0, 1))
def test_place_and_size_on_the_pad_do_not_matter(
    strokes: list[np.ndarray], scale: float, right: float, down: float
) -> None:
    assume(span_of(strokes) * scale > sketch.SMALLEST)  # a smaller one is not blown up
    moved = [stroke * scale + [right * (1 - scale), down * (1 - scale)] for stroke in strokes]
    here, there = prepare_strokes(strokes), prepare_strokes(moved)
    assert here.small.shape == there.small.shape
    assert np.abs(here.small.astype(int) - there.small).max() <= 1
    np.testing.assert_array_equal(here.image > 1, there.image > 1)


@settings(max_examples=150)
@given(drawings)
def test_longer_side_is_20_and_the_centre_of_mass_is_mnists(strokes: list[np.ndarray]) -> None:
    assume(span_of(strokes) > sketch.SMALLEST)
    prepared = prepare_strokes(strokes)
    rows, columns = np.flatnonzero(prepared.image.any(1)), np.flatnonzero(prepared.image.any(0))
    assert max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1 == 20
    assert max(prepared.small.shape) == 20
    assert prepared.image.max() == 255
    for centre, side in zip(centre_of_mass(prepared.image), prepared.small.shape, strict=True):
        top = CENTRE - centre  # a digit 20 long may be held back by the image's edge
        assert 14 - 1e-6 < centre <= 15 + 1e-6 or (side == 20 and abs(top) < 8)


@settings(max_examples=60)
@given(drawings, st.integers(1, 6), st.booleans(), st.integers(0, 80), st.integers(0, 80))
def test_an_enlarged_image_comes_back(
    strokes: list[np.ndarray], times: int, inverted: bool, down: int, right: int
) -> None:
    strokes = strokes[:1]  # several that are apart are several digits
    width, height = np.ptp(np.concatenate(strokes), axis=0)
    assume(height > 0.2 and width < 1.8 * height)  # wider ones are words or lines
    image = prepare_strokes(strokes).image
    assume((image > 0).mean() < 0.4)  # else it is ink that most of the picture agrees on
    large = image.repeat(times + 4, axis=0).repeat(times + 4, axis=1)
    large = np.pad(large, ((down, 80 - down), (right, 80 - right)))
    back = prepare_picture(255 - large if inverted else large).image.astype(int)
    # Whole pixels: where the centre of mass is just between two, either place is right.
    shifts = [(rows, columns) for rows in (0, -1, 1) for columns in (0, -1, 1)]
    assert min(np.abs(np.roll(back, shift, (0, 1)) - image).max() for shift in shifts) <= 12


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
    with pytest.raises(DrawingError, match=said):
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


def seven_as_picture(ink: float = 0.0, paper: float = 1.0, side: int = 200) -> np.ndarray:
    """A seven of `ink` on `paper`, (side, side) in 0..1."""
    image = prepare_strokes(SEVEN).image
    large = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
    return paper + (ink - paper) * np.asarray(large) / 255


def is_like_the_seven(picture: Image.Image | np.ndarray, off: float = 14) -> bool:
    """Whether what comes back is the seven, up to `off` grey levels on average."""
    back = prepare_picture(picture).image.astype(int)
    return bool(np.abs(back - prepare_strokes(SEVEN).image).mean() < off)


def colours(grey: np.ndarray, *rest: np.ndarray) -> Image.Image:
    return Image.fromarray((np.stack([grey, *rest], axis=2) * 255).astype(np.uint8))


def test_ink_of_any_colour_on_paper_of_any_colour_counts() -> None:
    seven = seven_as_picture()
    blue_on_yellow = colours(0.2 + 0.7 * seven, 0.3 + 0.6 * seven, 0.9 - 0.4 * seven)
    yellow_on_white = colours(0.9 + 0.1 * seven, 0.8 + 0.2 * seven, 0.1 + 0.9 * seven)
    for picture in (blue_on_yellow, yellow_on_white, blue_on_yellow.quantize(16)):
        assert is_like_the_seven(picture)


@pytest.mark.parametrize("ink", [0.0, 1.0])
def test_a_drawing_on_transparency_counts_whatever_its_colour(ink: float) -> None:
    alpha = 1 - seven_as_picture()
    flat = np.full_like(alpha, ink)
    assert is_like_the_seven(colours(flat, flat, flat, alpha))
    assert is_like_the_seven(colours(flat, alpha).convert("LA"))


def test_a_picture_with_paper_may_have_transparent_corners() -> None:
    seven, alpha = seven_as_picture(), np.ones((200, 200))
    alpha[:30, :30] = alpha[-30:, -30:] = 0
    assert is_like_the_seven(colours(seven, seven, seven, alpha))


@pytest.mark.parametrize("dark_ink", [True, False])
def test_a_photograph_with_uneven_light_and_grain_is_read(dark_ink: bool) -> None:
    random = np.random.default_rng(0)
    light = np.linspace(0.95, 0.55, 200)[:, None] * np.linspace(1, 0.85, 200)
    ink, paper = (0.2, 1.0) if dark_ink else (1.0, 0.25)
    photo = seven_as_picture(ink, paper) * light + random.normal(0, 0.015, (200, 200))
    noisy = Image.fromarray((np.clip(photo, 0, 1) * 255).astype(np.uint8))
    packed = io.BytesIO()
    noisy.save(packed, format="JPEG", quality=80)
    assert is_like_the_seven(Image.open(packed), off=20)


def test_a_photograph_is_turned_as_its_camera_was_held() -> None:
    turned = Image.fromarray((seven_as_picture() * 255).astype(np.uint8)).rotate(90, expand=True)
    tags = Image.Exif()
    tags[0x0112] = 6  # EXIF orientation: the camera was held a quarter turn to the left
    packed = io.BytesIO()
    turned.save(packed, format="JPEG", exif=tags.tobytes(), quality=95)
    assert is_like_the_seven(Image.open(packed), off=20)
    assert not is_like_the_seven(turned, off=20)


def test_a_picture_of_sixteen_bits_is_turned_like_any_other() -> None:
    wide = np.zeros((1300, 2600), np.uint16)
    wide[:, :200] = 60_000
    tags = Image.Exif()
    tags[0x0112] = 6
    packed = io.BytesIO()
    Image.fromarray(wide).save(packed, format="PNG", exif=tags.tobytes())
    turned = load_picture(Image.open(packed))
    assert turned.shape == (1200, 600, 3)
    assert turned[20, 300, 0] == 255 and turned[1100, 300, 0] == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I", "F", "I;16"])
def test_every_mode_of_picture_is_taken(mode: str) -> None:
    levels = (seven_as_picture() * 255).astype(np.uint8)
    if mode == "I;16":
        picture = Image.fromarray(levels.astype(np.uint16) * 200)
    else:
        picture = Image.fromarray(levels).convert(mode)
    assert is_like_the_seven(picture, off=20)


def test_arrays_of_every_usual_kind_are_taken() -> None:
    seven = seven_as_picture()
    levels = (seven * 255).astype(np.uint8)
    for array in (seven, levels, levels[:, :, None], levels.astype(np.int64), seven > 0.5):
        assert is_like_the_seven(array, off=20)


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (np.zeros((4, 4, 2)), "3 or 4 colours"),
        (np.zeros(9), "3 or 4 colours"),
        (np.full((9, 9), np.nan), "within 0 and 1"),
        (np.full((9, 9), -1), "within 0 and 255"),
        (np.zeros((0, 5), np.uint8), "pixels"),
        (Image.new("1", (9000, 9000)), "at most 50 million"),
    ],
)
def test_an_unusable_picture_is_refused_in_a_sentence(
    picture: np.ndarray | Image.Image, said: str
) -> None:
    with pytest.raises(DrawingError, match=said):
        prepare_picture(picture)


@pytest.mark.parametrize("grain", [0, 25])
@pytest.mark.parametrize("size", [(1200, 3), (3, 3000), (30_000, 40), (800, 2)])
def test_a_long_thin_picture_holds_nothing(size: tuple[int, int], grain: int) -> None:
    """Its shorter side is less than a pixel where the picture is made smaller."""
    speckle = np.random.default_rng(0).integers(0, grain + 1, (*size[::-1], 3))
    picture = Picture(Image.fromarray((200 - speckle).astype(np.uint8)))
    assert picture.prepared.box is None
    assert picture.find_digits(lambda images: np.zeros(len(images))) == []


def test_a_damaged_file_is_refused_in_a_sentence() -> None:
    packed = io.BytesIO()
    Image.fromarray((seven_as_picture() * 255).astype(np.uint8)).save(packed, format="PNG")
    with pytest.raises(DrawingError, match="cannot be read"):
        prepare_picture(Image.open(io.BytesIO(packed.getvalue()[:1500])))


def test_a_stray_tap_is_left_out_and_moves_nothing() -> None:
    one = np.array([[0.5, 0.1], [0.48, 0.9]])
    alone = prepare_strokes([one])
    for tap in ([[0.9, 0.2]], [[0.1, 0.95], [0.13, 0.96]], [[0.5, 0.02]]):
        with_tap = prepare_strokes([np.array(tap), one])
        assert with_tap.left_out == (0,)
        np.testing.assert_array_equal(with_tap.image, alone.image)
        assert with_tap.box == alone.box


def test_dots_inside_and_drawings_of_dots_stay() -> None:
    turn = np.linspace(0, 2 * np.pi, 30)
    zero = 0.5 + 0.3 * np.stack([np.sin(turn), np.cos(turn)], axis=1)
    dotted = prepare_strokes([zero, np.array([[0.5, 0.5]])])
    assert dotted.left_out == ()
    assert (dotted.image != prepare_strokes([zero]).image).any()
    assert prepare_strokes([np.array([[0.2, 0.2]]), np.array([[0.8, 0.5]])]).left_out == ()
    # A five's short bar is more than a tap.
    bar = np.array([[0.5, 0.1], [0.62, 0.1]])
    assert prepare_strokes([np.array([[0.4, 0.12], [0.4, 0.9]]), bar]).left_out == ()


def test_a_drawing_of_200_points_is_prepared_in_a_millisecond() -> None:
    turn = np.linspace(0, 12, 200)
    spiral = [0.5 + 0.4 * np.stack([np.cos(turn), np.sin(turn)], axis=1) * turn[:, None] / 12]
    times = []
    for _ in range(50):
        began = time.thread_time()
        prepare_strokes(spiral)
        times.append(time.thread_time() - began)
    assert (
        min(times) < 0.001
    )  # of this thread's own time: the machine may be busy with other things


def test_real_digits_enlarged_come_back_and_are_read_the_same(mnist: Digits) -> None:
    backend = load_backend("sketch")
    images = mnist.test_images[:100]
    expected = backend.predict(to_pixels(images)).argmax(axis=1)
    for inverted in (False, True):
        large = images.repeat(10, axis=1).repeat(10, axis=2)
        pictures = 255 - large if inverted else large
        back = np.stack([prepare_picture(picture).image for picture in pictures])
        assert np.abs(back.astype(int) - images).mean() < 1.5
        assert (backend.predict(to_pixels(back)).argmax(axis=1) == expected).mean() > 0.985


def test_a_broken_tag_does_not_keep_a_picture_from_being_read() -> None:
    packed = io.BytesIO()
    Image.new("L", (60, 50), 255).save(packed, "PNG", exif=b"Exif\0\0II*\0")
    assert load_picture(Image.open(packed)).shape == (50, 60, 3)


def test_whatever_the_decoder_raises_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(picture: Image.Image) -> None:
        raise struct.error("unpack requires a buffer of 4 bytes")

    monkeypatch.setattr(Image.Image, "load", fail)
    with pytest.raises(DrawingError, match="cannot be read"):
        load_picture(Image.new("L", (60, 50)))
