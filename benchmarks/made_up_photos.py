"""Made-up photos of digits: a digit's image becomes a pen's stroke on paper that a phone photographs.

Paper with lines, light, tilt, stains, words and compression; screenshots and transparency; pages of several
digits; pictures in which no digit is. The same random generator makes the same photo.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digits.augmentation.redrawn import (
    Mask,
    draw_with_pen,
    enlarge,
    has_filled_loop,
    loses_strokes,
)

Colours = NDArray[np.float32]  # (h, w, 3), 0..1
Box = tuple[float, float, float, float]  # left, top, right, bottom in 0..1 of the photo


@dataclass(frozen=True)
class Kind:
    """How one kind of photo is made; lengths are parts of the picture's shorter side."""

    pen: float | None = None  # thickness as a part of the digit; None: as MNIST's digit has it
    digit: tuple[float, float] = (0.2, 0.45)  # longer side
    ink: str = "dark"
    strength: float = 1.0  # how much of the paper the ink covers
    paper: str = "plain"
    lines: float = 0.25  # how dark the paper's lines are
    light: str = "even"
    tilt: float = 0.0  # degrees, either way
    perspective: float = 0.0
    stains: int = 0
    nearby: int = 0  # words, smaller than the digit
    frame: str = (
        ""  # printed or drawn around or under the digit: box, row of boxes, ring, open ring, line
    )
    table: bool = False  # the paper's edge and the table under it are in the picture
    blur: float = 0.0006
    noise: float = 0.012
    quality: int = 85
    sides: tuple[tuple[int, int], ...] = ((420, 560), (600, 800), (800, 600), (900, 1200))


# The preparation was chosen on these.
CHOOSING: dict[str, Kind] = {
    "plain": Kind(),
    "ruled, faint": Kind(paper="ruled"),
    "ruled, as dark as the ink": Kind(paper="ruled", lines=0.8),
    "squared, faint": Kind(paper="squared"),
    "squared, as dark as the ink": Kind(paper="squared", lines=0.8),
    "red margin line": Kind(paper="margin", lines=0.6),
    "practice squares, dashed crosses": Kind(paper="practice", lines=0.3, pen=0.08, tilt=4),
    "four lines, two of them fainter": Kind(
        paper="four lines", lines=0.3, pen=0.07, tilt=3, digit=(0.12, 0.25)
    ),
    "pencil": Kind(strength=0.4, pen=0.07),
    "ballpoint, a fortieth": Kind(pen=1 / 40),
    "ballpoint on squared paper": Kind(pen=1 / 35, paper="squared", digit=(0.25, 0.5)),
    "brush": Kind(pen=0.2),
    "hard shadow": Kind(light="hard shadow"),
    "light from one side": Kind(light="side"),
    "tilted, in perspective": Kind(tilt=7, perspective=0.06, paper="ruled"),
    "stains beside it": Kind(stains=4),
    "words nearby": Kind(nearby=5),
    "paper's edge on a table": Kind(table=True, tilt=5, perspective=0.04),
    "small and thin, on a table": Kind(pen=0.06, table=True, tilt=6, digit=(0.1, 0.25)),
    "strong compression": Kind(quality=25, noise=0.02),
    "chalk on a board": Kind(ink="chalk", paper="board", noise=0.02),
    "chalk in a hard shadow": Kind(ink="chalk", paper="board", light="hard shadow", noise=0.02),
    "pencil, ruled, light from one side": Kind(
        strength=0.45, pen=0.05, paper="ruled", lines=0.2, light="side", noise=0.02
    ),
    "words, stains, a table": Kind(pen=0.09, stains=2, nearby=4, table=True, tilt=6),
    "blurred, dim, red ink": Kind(blur=0.003, noise=0.03, light="dark", ink="red", quality=70),
    "pencil in a printed box": Kind(
        strength=0.45, pen=0.07, frame="box", tilt=3, digit=(0.2, 0.38)
    ),
    "in a row of boxes": Kind(pen=0.09, frame="row", tilt=3),
    "in a ring": Kind(pen=0.08, frame="ring", digit=(0.2, 0.35)),
    "thin, squared, shadow, words": Kind(
        pen=0.05, paper="squared", lines=0.35, light="hard shadow", tilt=4, nearby=2, quality=70
    ),
    "on a line for the answer": Kind(pen=0.08, frame="line", tilt=3),
    "in an open ring, by hand": Kind(pen=0.08, frame="open ring", digit=(0.2, 0.35)),
    "beside a spiral binding": Kind(pen=0.08, paper="spiral", tilt=3),
    "wax crayon": Kind(pen=0.13, ink="crayon", digit=(0.3, 0.5)),
    "yellow ink": Kind(pen=0.1, ink="yellow"),
    "marker on wood": Kind(pen=0.1, paper="wood"),
}

# Not looked at while choosing.
REPORTING: dict[str, Kind] = {
    "dotted paper, red ink": Kind(paper="dotted", ink="red", pen=0.06),
    "music paper": Kind(paper="music", lines=0.35, digit=(0.3, 0.5)),
    "rows of squares, blue ink": Kind(paper="rows", lines=0.35, ink="blue", pen=0.07, tilt=4),
    "double-ruled, tilted, blue ink": Kind(paper="ruled", lines=0.5, tilt=6, ink="blue", pen=0.05),
    "felt pen, lamp on one spot": Kind(pen=0.11, light="lamp", ink="green"),
    "pencil on squared paper": Kind(strength=0.5, pen=0.06, paper="squared", lines=0.15),
    "ballpoint in a shadow": Kind(pen=1 / 38, light="hard shadow", ink="blue"),
    "crumpled paper": Kind(light="folds"),
    "brown paper, white ink": Kind(ink="chalk", paper="brown", pen=0.08),
    "coffee and words, on a table": Kind(stains=3, nearby=3, table=True, tilt=4),
    "out of focus, dark room": Kind(blur=0.004, noise=0.035, light="dark", quality=60),
    "a form: row of boxes, blue ink, words, a shadow": Kind(
        pen=0.07, frame="row", ink="blue", nearby=3, light="hard shadow", digit=(0.15, 0.25)
    ),
    "ballpoint in a box, on a table": Kind(pen=0.04, frame="box", table=True, tilt=5),
    "everything at once": Kind(
        pen=0.06, paper="squared", lines=0.3, light="side", tilt=5, stains=2, nearby=2, quality=60
    ),
}

INKS = {
    "dark": (0.11, 0.12, 0.2),
    "blue": (0.12, 0.22, 0.6),
    "red": (0.75, 0.12, 0.15),
    "green": (0.05, 0.4, 0.2),
    "chalk": (0.95, 0.95, 0.92),
    "crayon": (0.8, 0.25, 0.2),
    "yellow": (0.97, 0.82, 0.2),
}
PAPERS = {"board": (0.12, 0.2, 0.17), "brown": (0.6, 0.46, 0.32), "wood": (0.68, 0.5, 0.33)}
# The others are white.


def make_photo(image: NDArray[np.uint8], kind: Kind, random: np.random.Generator) -> Image.Image:
    """A photo, JPEG as a phone stores it, of one MNIST image (28, 28) as if written on paper."""
    height, width = kind.sides[random.integers(len(kind.sides))]
    short = min(height, width)
    paper = make_paper(height, width, kind, random)
    side = int(short * random.uniform(*kind.digit))
    digit = write(image, side, kind.pen)
    top = int(random.uniform(0.12, 0.88) * height - digit.shape[0] / 2)
    left = int(random.uniform(0.12, 0.88) * width - digit.shape[1] / 2)
    if kind.nearby or kind.stains or kind.table or kind.frame:  # what stands out is not at the rim
        top = int(random.uniform(0.35, 0.65) * height - digit.shape[0] / 2)
        left = int(random.uniform(0.35, 0.65) * width - digit.shape[1] / 2)
    margin = 0.1 if kind.table else 0.03
    top = int(np.clip(top, margin * height, height * (1 - margin) - digit.shape[0]))
    left = int(np.clip(left, margin * width, width * (1 - margin) - digit.shape[1]))
    taken = (left, top, left + digit.shape[1], top + digit.shape[0])
    if kind.frame:
        taken = add_frame(paper, kind.frame, taken, random)
    add_stains(paper, kind.stains, taken, random)
    add_words(paper, kind, taken, side, random)
    lay(paper, digit, left, top, kind, random)
    return expose(paper, kind, random)


def write(image: NDArray[np.uint8], side: int, pen: float | None) -> Mask:
    """The digit of an MNIST image as a stroke, `side` pixels long, `pen` of that thick if there is one."""
    return enlarge(image, side) if pen is None else draw_with_pen(image, side, pen)


def choose_digits(
    images: NDArray[np.uint8], count: int, kind: Kind, random: np.random.Generator
) -> list[int]:
    """The places of `count` of the `images` (n, 28, 28), of such as the kind's pen can draw.

    What it could not would be another digit on the photo than its label says.
    """
    chosen: list[int] = []
    for place in random.permutation(len(images)):
        if len(chosen) == count:
            break
        is_filled = kind.pen is not None and has_filled_loop(images[place])
        if not is_filled and not loses_strokes(images[place]):
            chosen.append(int(place))
    return chosen


def make_paper(height: int, width: int, kind: Kind, random: np.random.Generator) -> Colours:
    """Empty paper (height, width, 3) with its colour, grain and lines."""
    white = np.array([0.93, 0.92, 0.88]) + random.uniform(-0.05, 0.05)
    base = np.array(PAPERS.get(kind.paper, white), np.float32)
    grain = cv2.resize(
        0.01 * random.standard_normal((height // 3 + 1, width // 3 + 1), np.float32),
        (width, height),
        interpolation=cv2.INTER_LINEAR,
    )
    paper = (base + grain[:, :, None]).astype(np.float32)
    if kind.paper == "wood":
        paper *= _grain_of_wood(height, width, random)
    if kind.paper == "spiral":
        _add_holes(paper, random)
    lines = draw_lines(height, width, kind.paper, random)
    colour = {"margin": (0.8, 0.2, 0.2), "squared": (0.35, 0.5, 0.8)}.get(kind.paper)
    if kind.lines > 0.7 or colour is None:
        colour = INKS["dark"] if kind.lines > 0.7 else (0.4, 0.45, 0.6)
    amount = (lines * min(1.0, kind.lines * (1 if kind.lines > 0.7 else 2)))[:, :, None]
    return (paper * (1 - amount) + np.array(colour, np.float32) * amount).astype(np.float32)


def _smooth_noise(
    height: int, width: int, size: float, random: np.random.Generator, level: float | None = None
) -> Mask:
    """Noise of deviation 1 whose spots are about `size` pixels large, `level` times as high."""
    noise = random.standard_normal((height, width), np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), size, sigmaY=size * (level or 1))
    return (blurred / blurred.std()).astype(np.float32)


def _grain_of_wood(height: int, width: int, random: np.random.Generator) -> Colours:
    """How light wood is (height, width, 1): years in waves, and fibres."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    years = np.sin(
        rows * random.uniform(0.05, 0.12) + 1.5 * _smooth_noise(height, width, 60, random)
    )
    fibres = _smooth_noise(height, width, 12, random, 0.05)
    light: Colours = (1 + 0.1 * years + 0.06 * fibres)[:, :, None]
    return light


def _add_holes(paper: Colours, random: np.random.Generator) -> None:
    """The holes and wires of a binding at the left side of the `paper`."""
    height, width = paper.shape[:2]
    short = min(height, width)
    shape = np.zeros((height, width), np.float32)
    x = int(width * random.uniform(0.04, 0.06))
    for y in np.arange(0.02 * height, height, short * random.uniform(0.045, 0.055)).astype(int):
        cv2.circle(shape, (x, int(y)), int(0.011 * short), 1.0, -1, cv2.LINE_AA)
        start, axes = (x - int(0.025 * short), int(y)), (int(0.03 * short), int(0.008 * short))
        cv2.ellipse(shape, start, axes, 0, 180, 380, 0.8, max(2, int(0.006 * short)), cv2.LINE_AA)
    amount = shape[:, :, None]
    paper[:] = paper * (1 - amount) + np.array((0.17, 0.15, 0.15), np.float32) * amount


def draw_lines(height: int, width: int, paper: str, random: np.random.Generator) -> Mask:
    """Where the paper's printed lines are."""
    short = min(height, width)
    lines = np.zeros((height, width), np.float32)
    thick = max(1, round(short * random.uniform(0.0015, 0.005)))
    gap = short * random.uniform(0.06, 0.16)
    start = random.uniform(0, gap)
    rows = np.arange(start, height, gap).astype(int)
    columns = np.arange(start, width, gap).astype(int)
    if paper == "music":
        rows = np.concatenate(
            [y + np.arange(5) * short * 0.02 for y in np.arange(start, height, gap * 2)]
        ).astype(int)
    if paper in ("ruled", "squared", "practice", "music"):
        for y in rows:
            lines[y : y + thick] = 1
    if paper in ("squared", "practice"):
        for x in columns:
            lines[:, x : x + thick] = 1
    if paper == "margin":
        x = int(width * random.uniform(0.05, 0.11))
        lines[:, x : x + max(2, thick)] = 1
    if paper == "dotted":
        for y in rows:
            for x in columns:
                cv2.circle(lines, (int(x), int(y)), max(1, thick), 1.0, -1, cv2.LINE_AA)
    if paper == "practice":
        dash = max(2, round(short * random.uniform(0.006, 0.012)))
        _add_dashed_lines(lines, rows + int(gap / 2), thick, dash)
        _add_dashed_lines(lines.T, columns + int(gap / 2), thick, dash)
    if paper == "four lines":
        for y in np.arange(start, height, gap * 1.4):
            for place, strength in enumerate((1, 0.6, 0.6, 1)):
                row = int(y + place * gap / 3)
                lines[row : row + thick] = strength
    if paper == "rows":
        side = int(gap * 1.5)
        tops = np.arange(start - side, height, side * random.uniform(1.15, 1.4)).astype(int)
        _add_rows_of_squares(lines, tops, side, thick, int(start))
    return lines


def _add_dashed_lines(lines: Mask, rows: NDArray[np.int_], thick: int, dash: int) -> None:
    """Level lines of dashes and gaps, each `dash` long, as through the middle of practice squares."""
    is_dash = np.arange(lines.shape[1]) // dash % 2 == 0
    for y in rows:
        lines[y : y + thick, is_dash] = 0.7


def _add_rows_of_squares(
    lines: Mask, tops: NDArray[np.int_], side: int, thick: int, start: int
) -> None:
    """Rows of squares with a strip between two rows, as paper for essays in Chinese has them."""
    is_bar = (np.arange(lines.shape[1]) - start) % side < thick
    for top in tops:
        lines[max(0, top) : top + side, is_bar] = 1
        for y in (top, top + side):
            lines[max(0, y) : max(0, y + thick)] = 1


def lay(
    paper: Colours, shape: Mask, left: int, top: int, kind: Kind, random: np.random.Generator
) -> None:
    """Write `shape` onto the paper with the kind's ink; chalk and pencil catch on the grain."""
    height, width = shape.shape
    part = paper[top : top + height, left : left + width]
    amount = shape[: part.shape[0], : part.shape[1]] * kind.strength
    if kind.ink == "chalk" or kind.strength < 1:
        amount = amount * np.clip(random.normal(0.9, 0.12, amount.shape), 0.3, 1)
    if kind.ink == "crayon":  # it skips the hollows of the paper
        hollows = _smooth_noise(*amount.shape, 3, random)
        amount = amount * np.clip(1.5 * (hollows + random.uniform(0.4, 1.0)), 0, 1)
    colour = np.array(INKS[kind.ink], np.float32)
    part[:] = part * (1 - amount[:, :, None]) + colour * amount[:, :, None]


def add_frame(
    paper: Colours, frame: str, taken: tuple[int, ...], random: np.random.Generator
) -> tuple[int, ...]:
    """A box, a row of boxes or a ring around what is `taken`, or a line under it; what is taken with it."""
    left, top, right, bottom = taken
    side = max(right - left, bottom - top)
    x, y = (left + right) // 2, (top + bottom) // 2
    room = 0.9 * min(x, y, paper.shape[1] - x, paper.shape[0] - y)  # all of it is in the picture
    half = round(min(side * random.uniform(0.55, 0.75), room))
    thick = max(1, round(side * random.uniform(0.008, 0.025)))
    shape = np.zeros(paper.shape[:2], np.float32)
    first = last = 0
    if frame == "ring":
        thick = max(2, round(side * random.uniform(0.03, 0.06)))
        axes = (half, round(half * random.uniform(0.9, 1.2)))
        cv2.ellipse(shape, (x, y), axes, random.uniform(0, 90), 0, 360, 1.0, thick, cv2.LINE_AA)
    elif frame == "open ring":
        thick = max(2, round(side * random.uniform(0.03, 0.06)))
        _draw_open_ring(shape, (x, y), half, thick, random)
    elif frame == "line":
        row, reach = bottom + round(side * random.uniform(0.0, 0.08)), round(1.5 * half)
        cv2.line(shape, (x - reach, row), (x + reach, row), 1.0, max(2, thick), cv2.LINE_AA)
    else:
        if frame == "row":
            first, last = -int(random.integers(4)), int(random.integers(4))
        for place in range(first, last + 1):
            middle = x + 2 * half * place
            corners = (middle - half, y - half), (middle + half, y + half)
            cv2.rectangle(shape, *corners, 1.0, thick, cv2.LINE_AA)
    amount = shape[:, :, None] * 0.9
    paper[:] = paper * (1 - amount) + np.array(INKS["dark"], np.float32) * amount
    return x + 2 * half * first - half, y - half, x + 2 * half * last + half, y + half


def _draw_open_ring(
    shape: Mask, middle: tuple[int, int], radius: int, thick: int, random: np.random.Generator
) -> None:
    """A ring as a hand draws it: it ends before its start or runs on past it, and nowhere meets it."""
    turn = 2 * np.pi * random.uniform(0.9, 1.12)
    way = np.linspace(0, 1, 80)
    angles = random.uniform(0, 2 * np.pi) + turn * way
    wider = radius * (1 + random.uniform(0.12, 0.2) * way)
    tall = random.uniform(0.9, 1.15)
    points = np.stack([wider * np.cos(angles), tall * wider * np.sin(angles)], axis=1) + middle
    cv2.polylines(shape, [points.round().astype(np.int32)], False, 1.0, thick, cv2.LINE_AA)


def add_stains(
    paper: Colours, count: int, taken: tuple[int, ...], random: np.random.Generator
) -> None:
    """Coffee rings, spots and specks beside what is `taken` (left, top, right, bottom)."""
    height, width = paper.shape[:2]
    short = min(height, width)
    for _ in range(count):
        shape = np.zeros((height, width), np.float32)
        form = random.integers(3)
        radius = int(short * (0.01 if form == 2 else random.uniform(0.03, 0.09)))
        radius = max(2, radius)
        place = _free_place(width, height, radius, taken, random)
        if place is None:
            continue
        thick = max(2, radius // 5) if form == 0 else -1
        cv2.circle(shape, place, radius, 1.0, thick, cv2.LINE_AA)
        shape = cv2.GaussianBlur(shape, (0, 0), max(0.8, radius * 0.12))
        amount = shape[:, :, None] * (0.9 if form == 2 else random.uniform(0.3, 0.6))
        colour = np.array((0.1, 0.1, 0.15) if form == 2 else (0.5, 0.36, 0.22), np.float32)
        paper[:] = paper * (1 - amount) + colour * amount


def add_words(
    paper: Colours, kind: Kind, taken: tuple[int, ...], side: int, random: np.random.Generator
) -> None:
    """Words, up to a third of the digit high, beside what is `taken`."""
    height, width = paper.shape[:2]
    words = ("name", "date", "homework", "Maths", "total", "page", "room", "answer", "sum")
    for _ in range(kind.nearby):
        size = max(9, int(side * random.uniform(0.15, 0.33)))
        font = ImageFont.load_default(size)
        word = words[random.integers(len(words))]
        long = int(font.getlength(word))
        place = _free_place(width, height, max(long // 2, size) + 2, taken, random)
        if place is None:
            continue
        canvas = Image.new("L", (width, height))
        ImageDraw.Draw(canvas).text((place[0] - long // 2, place[1] - size // 2), word, 255, font)
        amount = np.asarray(canvas, np.float32)[:, :, None] / 255 * kind.strength
        paper[:] = paper * (1 - amount) + np.array(INKS[kind.ink], np.float32) * amount


def _free_place(
    width: int, height: int, radius: int, taken: tuple[int, ...], random: np.random.Generator
) -> tuple[int, int] | None:
    """A centre for something of `radius` inside the paper that keeps clear of `taken`."""
    clear = radius + 0.03 * min(width, height)
    left, top, right, bottom = taken
    for _ in range(60):
        x, y = random.uniform(clear, width - clear), random.uniform(clear, height - clear)
        if not (left - clear < x < right + clear and top - clear < y < bottom + clear):
            return int(x), int(y)
    return None


def expose(paper: Colours, kind: Kind, random: np.random.Generator) -> Image.Image:
    """The photo that a phone takes of the paper: tilt, table, light, focus, noise, compression."""
    height, width = paper.shape[:2]
    photo = _tilt(paper, kind, random)
    if kind.light != "even":
        photo = photo * _light(height, width, kind.light, random)
    short = min(height, width)
    photo = cv2.GaussianBlur(photo, (0, 0), max(0.4, kind.blur * short))
    photo += kind.noise * random.standard_normal(photo.shape, np.float32)
    packed = io.BytesIO()
    Image.fromarray((np.clip(photo, 0, 1) * 255).astype(np.uint8)).save(
        packed, "JPEG", quality=kind.quality
    )
    return Image.open(packed)


def _tilt(paper: Colours, kind: Kind, random: np.random.Generator) -> Colours:
    if not (kind.tilt or kind.perspective or kind.table):
        return paper
    height, width = paper.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.radians(random.uniform(-kind.tilt, kind.tilt))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([width, height]) / 2
    moved = (corners - centre) * (0.8 if kind.table else 1.0) @ turn.T + centre
    moved += random.uniform(-1, 1, (4, 2)) * kind.perspective * min(width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    if kind.table:
        table = np.array([0.35, 0.24, 0.16], np.float32) * random.uniform(0.6, 1.4)
        grain = cv2.GaussianBlur(
            0.5 * random.standard_normal((height, width), np.float32), (0, 0), 1, sigmaY=30
        )
        back = (table + grain[:, :, None] * 0.25).astype(np.float32)
        cv2.warpPerspective(
            paper, matrix, (width, height), back, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT
        )
        return back
    return cv2.warpPerspective(
        paper, matrix, (width, height), None, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    )


def _light(height: int, width: int, light: str, random: np.random.Generator) -> Colours:
    """How bright the light is at every pixel (height, width, 1)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    turn = random.uniform(0, 2 * np.pi)
    along = x * np.cos(turn) + y * np.sin(turn)
    bright = np.ones((height, width), np.float32)
    if light == "side":
        bright = 0.75 + 0.6 * along
    elif light == "dark":
        bright = 0.4 + 0.2 * along
    elif light == "lamp":
        away = np.hypot(x - random.uniform(-0.3, 0.3), y - random.uniform(-0.3, 0.3))
        bright = 0.5 + 0.5 * np.exp(-((away / 0.35) ** 2))
    elif light == "hard shadow":
        across = y * np.cos(turn) - x * np.sin(turn)
        edge = np.maximum(along + random.uniform(-0.1, 0.1), random.uniform(0.3, 1.5) * across)
        sharp = random.uniform(20, 150)
        bright = 0.5 + 0.5 / (1 + np.exp(np.clip(-edge * sharp, -50, 50)))
    elif light == "folds":
        for _ in range(7):
            turn = random.uniform(0, np.pi)
            along = x * np.cos(turn) + y * np.sin(turn) - random.uniform(-0.4, 0.4)
            bright += random.uniform(-0.12, 0.12) * np.tanh(along * random.uniform(20, 60))
    return np.clip(bright, 0.1, 1.2).astype(np.float32)[:, :, None]


def flat_kinds() -> dict[str, Callable[[NDArray[np.uint8], np.random.Generator], Image.Image]]:
    """Pictures that no camera took: screenshots, transparency, small files."""
    return {
        "28x28 PNG": lambda image, _: Image.fromarray(image),
        **{
            f"28x28 JPEG, quality {quality}": partial(make_small, quality)
            for quality in (60, 75, 90)
        },
        "28x28 PNG, dark on light": lambda image, _: Image.fromarray(255 - image),
        "enlarged ten times": lambda image, _: Image.fromarray(
            image.repeat(10, axis=0).repeat(10, axis=1)
        ),
        "dark-mode screenshot": make_screenshot,
        "40 % ink on transparency": lambda image, random: on_transparency(image, random, 0.4, 1),
        "two inks on transparency": lambda image, random: on_transparency(image, random, 1.0, 2),
        "white ink on transparency": lambda image, random: on_transparency(image, random, 1.0, 0),
        "card with transparent corners": make_card,
    }


def make_small(quality: int, image: NDArray[np.uint8], _: np.random.Generator) -> Image.Image:
    """The image itself as a JPEG file, opened."""
    packed = io.BytesIO()
    Image.fromarray(image).save(packed, "JPEG", quality=quality)
    return Image.open(packed)


def make_screenshot(image: NDArray[np.uint8], random: np.random.Generator) -> Image.Image:
    """A note on a phone in dark mode, under a status bar."""
    screen = Image.new("RGB", (390, 844), (28, 28, 30))
    draw = ImageDraw.Draw(screen)
    draw.text((24, 16), "9:41", (255, 255, 255), ImageFont.load_default(15))
    draw.text((320, 16), "5G 87%", (255, 255, 255), ImageFont.load_default(15))
    draw.text((20, 56), "< Notes   Done", (255, 204, 0), ImageFont.load_default(16))
    shape = write(image, int(random.uniform(90, 200)), None)
    left = int(random.uniform(20, 370 - shape.shape[1]))
    top = int(random.uniform(120, 800 - shape.shape[0]))
    ink = Image.new("RGB", shape.shape[::-1], (235, 235, 245))
    screen.paste(ink, (left, top), Image.fromarray((shape * 255).astype(np.uint8)))
    return screen


def on_transparency(
    image: NDArray[np.uint8], random: np.random.Generator, opacity: float, inks: int
) -> Image.Image:
    """Ink on nothing: `inks` colours one above the other (0: white)."""
    shape = np.zeros((400, 400), np.float32)
    digit = write(image, int(random.uniform(120, 300)), None)
    left, top = (int(random.uniform(20, 380 - side)) for side in digit.shape[::-1])
    shape[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    colours = np.zeros((400, 400, 4), np.uint8)
    colours[:, :, :3] = 255 if inks == 0 else (20, 60, 220) if inks == 2 else 0
    if inks == 2:
        colours[top + digit.shape[0] // 2 :, :, :3] = (220, 30, 30)
    colours[:, :, 3] = np.round(shape * opacity * 255)
    return Image.fromarray(colours)


def make_card(image: NDArray[np.uint8], random: np.random.Generator) -> Image.Image:
    """A white card with round, transparent corners."""
    card = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(card).rounded_rectangle((0, 0, 399, 399), 60, (255, 255, 255, 255))
    shape = write(image, int(random.uniform(70, 200)), None)
    left, top = (int(random.uniform(60, 340 - side)) for side in shape.shape[::-1])
    ink = Image.new("RGBA", shape.shape[::-1], (0, 0, 0, 255))
    card.paste(ink, (left, top), Image.fromarray((shape * 255).astype(np.uint8)))
    return card


# Pages of several digits: how they are made, and how far apart the digits are at least, in digits.
PAGES: dict[str, tuple[Kind, float]] = {
    "page, wide apart": (Kind(), 0.3),
    "page, squared paper, ballpoint": (Kind(paper="squared", pen=1 / 20), 0.25),
    "page, ruled, light from one side": (Kind(paper="ruled", light="side", pen=0.08), 0.2),
    "page, close together": (Kind(pen=0.07), 0.1),
    "page, dotted, red, in a shadow": (
        Kind(paper="dotted", ink="red", pen=0.06, light="hard shadow"),
        0.2,
    ),
    "page, slate, chalk, in a shadow": (
        Kind(paper="board", ink="chalk", pen=0.08, light="hard shadow"),
        0.2,
    ),
}
PAGES_REPORTED: dict[str, tuple[Kind, float]] = {
    "page, dark lines, stains": (Kind(paper="ruled", lines=0.8, pen=0.07, stains=2), 0.2),
    "page, board, chalk": (Kind(paper="board", ink="chalk", pen=0.09, noise=0.02), 0.2),
    "page, brown paper, white ink, folds": (
        Kind(paper="brown", ink="chalk", pen=0.08, light="folds"),
        0.2,
    ),
}


def make_page(
    images: NDArray[np.uint8], kind: Kind, apart: float, random: np.random.Generator
) -> tuple[Image.Image, list[Box]]:
    """A photo of `images` (n, 28, 28) in lines that slope a little, and each one's box."""
    height, width = ((900, 1200), (1200, 900), (1512, 2016))[random.integers(3)]
    paper = make_paper(height, width, kind, random)
    size = min(height, width) / random.uniform(9, 13)
    slope = random.uniform(-0.04, 0.04)
    x, y, boxes = 1.2 * size, 1.2 * size, []
    for image in images:
        shape = write(image, int(size * random.uniform(0.85, 1.1)), kind.pen)
        if x + shape.shape[1] > width - size:
            x, y = random.uniform(1, 2) * size, y + size * random.uniform(1.4, 1.8)
        top = int(y + slope * x + (size - shape.shape[0]) / 2 + random.normal(0, 0.04) * size)
        lay(paper, shape, int(x), top, kind, random)
        rows, columns = (
            np.flatnonzero(shape.max(axis=1) > 0.5),
            np.flatnonzero(shape.max(axis=0) > 0.5),
        )
        boxes.append(
            (
                (int(x) + columns[0]) / width,
                (top + rows[0]) / height,
                (int(x) + columns[-1] + 1) / width,
                (top + rows[-1] + 1) / height,
            )
        )
        # write() leaves a margin of two of MNIST's pixels on both sides.
        x += shape.shape[1] - 4 * size / 20 + size * (apart + random.exponential(0.25))
    free = int(max(box[3] for box in boxes) * height)
    if free < height - 0.25 * min(height, width):
        add_stains(paper, kind.stains, (0, 0, width, free), random)
    return expose(paper, kind, random), boxes


MOST_SHARED = 0.15  # of a digit's size: so much of its width may two that touch share
TOUCH = 0.02  # of a digit's size: so deep may one stroke be in the other


def make_number(
    images: NDArray[np.uint8], kind: Kind, random: np.random.Generator
) -> Image.Image | None:
    """A photo of one number, whose digits (n, 28, 28) touch; None where some would have to interlock."""
    height, width = kind.sides[random.integers(len(kind.sides))]
    size = min(height, width) / random.uniform(4, 8)
    number: Mask = np.zeros((int(1.5 * size), 0), np.float32)
    for image in images:
        shape = _crop(write(image, int(size * random.uniform(0.88, 1.1)), kind.pen))
        down = int((len(number) - len(shape)) * random.uniform(0.4, 0.6))
        placed = np.pad(shape, ((down, len(number) - len(shape) - down), (0, 0)))
        shared = _shared_when_touching(number, placed) + int(random.uniform(0, TOUCH) * size)
        if number.shape[1] and not 0 <= shared <= MOST_SHARED * size:
            return None
        start = max(0, number.shape[1] - shared)
        joined = np.zeros((len(number), max(number.shape[1], start + placed.shape[1])), np.float32)
        joined[:, : number.shape[1]] = number
        part = joined[:, start : start + placed.shape[1]]
        np.maximum(part, placed, out=part)
        number = joined
    number = _crop(number)
    if number.shape[1] > 0.9 * width:
        return None
    paper = make_paper(height, width, kind, random)
    top, left = (
        int(random.uniform(0.05, 0.95) * (whole - side))
        for whole, side in zip((height, width), number.shape, strict=True)
    )
    lay(paper, number, left, top, kind, random)
    return expose(paper, kind, random)


def _crop(shape: Mask) -> Mask:
    """A shape without its margins."""
    rows, columns = (np.flatnonzero((shape > 0.5).any(axis=axis)) for axis in (1, 0))
    return shape[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _shared_when_touching(left: Mask, right: Mask) -> int:
    """How many columns two shapes of the same height share when the right one is pushed until it touches."""
    ours, theirs = left > 0.5, right > 0.5
    both = ours.any(axis=1) & theirs.any(axis=1)
    if not both.any():
        return 0
    free = np.argmax(ours[both, ::-1], axis=1) + np.argmax(theirs[both], axis=1)
    return int(free.min())


def empty_kinds() -> dict[str, Callable[[np.random.Generator], Image.Image]]:
    """Pictures without any digit."""

    def photo(kind: Kind) -> Callable[[np.random.Generator], Image.Image]:
        return lambda random: make_empty(kind, random)

    return {
        "empty paper": photo(Kind()),
        "empty ruled paper": photo(Kind(paper="ruled", lines=0.8)),
        "empty squared paper": photo(Kind(paper="squared", lines=0.5, tilt=5)),
        "empty rows of squares": photo(Kind(paper="rows", lines=0.5, tilt=4)),
        "only a shadow": photo(Kind(light="hard shadow")),
        "only folds": photo(Kind(light="folds")),
        "only stains": photo(Kind(stains=4)),
        "only words": photo(Kind(nearby=6)),
        "a page of text": lambda random: make_text(" ".join(ENGLISH).split(), None, random),
        f"a page of Chinese text ({CHINESE_FONT})": lambda random: make_text(
            list(CHINESE), CHINESE_FONT, random
        ),
        "a table's edge": photo(Kind(table=True, tilt=8, perspective=0.05)),
        "texture, like a face or a wall": make_texture,
        "dark, grainy nothing": photo(Kind(light="dark", noise=0.06)),
    }


def make_empty(kind: Kind, random: np.random.Generator) -> Image.Image:
    """A photo of paper with all that a kind has, but no digit."""
    height, width = kind.sides[random.integers(len(kind.sides))]
    paper = make_paper(height, width, kind, random)
    add_stains(paper, kind.stains, (-999, -999, -998, -998), random)
    add_words(paper, kind, (-999, -999, -998, -998), min(height, width) // 2, random)
    return expose(paper, kind, random)


ENGLISH = (
    "look at the old school and all its windows before noon please bring a pencil to class on Monday",
    "solutions go below the line not beside it oil soil total room zoo ill SOS",
)
CHINESE = "学校里的孩子们正在习数请把答案写下面方格中不要老师说明天考试我爱家乡一二三四五川小门山水"
CHINESE_FONT = "NotoSansCJK-Regular.ttc"  # of Debian's fonts-noto-cjk


def make_text(words: list[str], font: str | None, random: np.random.Generator) -> Image.Image:
    """A photo of one to twelve printed lines without any digit; in Pillow's own font where none is named."""
    height, width = ((420, 560), (600, 800), (900, 1200))[random.integers(3)]
    kind = Kind(light=("even", "side", "hard shadow")[random.integers(3)], tilt=4)
    paper = make_paper(height, width, kind, random)
    lines = int(random.integers(1, 13))
    size = max(12, int(0.55 * height / lines * random.uniform(0.5, 1)))
    type_face = ImageFont.load_default(size) if font is None else ImageFont.truetype(font, size)
    space = "" if font else " "
    canvas = Image.new("L", (width, height))
    for line in range(lines):
        text = ""
        while True:
            longer = text + (space if text else "") + words[random.integers(len(words))]
            if type_face.getlength(longer) > 0.86 * width:
                break
            text = longer
        place = (int(0.07 * width), int((0.08 + 0.86 * line / lines) * height))
        ImageDraw.Draw(canvas).text(place, text, 255, type_face)
    amount = np.asarray(canvas, np.float32)[:, :, None] / 255 * random.uniform(0.7, 1)
    paper[:] = paper * (1 - amount) + np.array(INKS["dark"], np.float32) * amount
    return expose(paper, kind, random)


def make_texture(random: np.random.Generator) -> Image.Image:
    """Soft blobs of all sizes, as in a face, a wall or a wood."""
    height, width = 600, 800
    texture = np.zeros((height, width), np.float32)
    for size in (4, 12, 40, 110):
        part = cv2.GaussianBlur(random.standard_normal((height, width), np.float32), (0, 0), size)
        texture += part / part.std() * random.uniform(0.3, 1)
    grey = 0.5 + 0.12 * texture
    return expose(np.repeat(grey[:, :, None], 3, axis=2).astype(np.float32), Kind(), random)
