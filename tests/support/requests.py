"""What tests send to the page as programs do: files, drawings, visits."""

from __future__ import annotations

import base64
import io
import os
import shutil
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from digits.data.bundled import read_bundled
from digits.data.preparation.centring import to_pixels
from digits.network.backends import load_backend
from digits.network.calibration import answer, for_pictures

ONE = [[[0.5, 0.2], [0.5, 0.8]]]


def seven(size: int = 300, mode: str = "RGB") -> Image.Image:
    """A black seven on white paper."""
    picture = Image.new("RGB", (size, size), "white")
    line = [(0.3 * size, 0.25 * size), (0.7 * size, 0.25 * size), (0.45 * size, 0.8 * size)]
    ImageDraw.Draw(picture).line(line, fill="black", width=max(1, size // 14), joint="curve")
    return picture.convert(mode)


def data_url(picture: Image.Image) -> str:
    """A picture as the pad sends it."""
    content = io.BytesIO()
    picture.save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def word(letters: str = "total") -> Image.Image:
    """A grainy photo of a printed word."""
    paper = Image.new("L", (700, 300), 230)
    ImageDraw.Draw(paper).text((60, 110), letters, 30, ImageFont.load_default(70))
    grain = np.random.default_rng(0).normal(0, 3, (300, 700))
    return Image.fromarray((np.asarray(paper) + grain).clip(0, 255).astype(np.uint8))


def hardly_sure() -> np.ndarray:
    """A digit (28, 28) that `sketch` is sure of where it is drawn, and not out of a picture."""
    images, _ = read_bundled()
    network = load_backend("sketch")
    own = network.card.calibration
    low, high = own.threshold, for_pictures(own).threshold
    assert low is not None and high is not None
    scores = (answer(row, own).score for row in network.predict(to_pixels(images)))
    found: np.ndarray = images[next(k for k, score in enumerate(scores) if low < score < high)]
    return found


def as_file(picture: Image.Image, kind: str, **settings: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **settings)
    return content.getvalue()


def as_visitor() -> list[str]:
    """What to put before a command so that file permissions count, for root too."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and there is no setpriv to give that up")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


def page_of_digits(images: Any, columns: int = 5, side: int = 112) -> Image.Image:
    """Images (n, 28, 28) uint8 as dark ink on light grey paper, line by line."""
    lines = -(-len(images) // columns)
    paper = Image.new("L", (200 * columns, 220 * lines), 235)
    for place, image in enumerate(images):
        ink = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
        corner = (40 + 200 * (place % columns), 50 + 220 * (place // columns))
        paper.paste(40, (*corner, corner[0] + side, corner[1] + side), ink)
    return paper


def word_and_number(images: Any) -> Image.Image:
    """A grainy photo of a word whose l is like a one, and of digits (n, 28, 28) beside it."""
    paper = Image.new("L", (400 + 120 * len(images), 300), 230)
    ImageDraw.Draw(paper).text((40, 90), "mlm", 30, ImageFont.load_default(110))
    for place, image in enumerate(images):
        ink = Image.fromarray(image).resize((140, 140), Image.Resampling.BICUBIC)
        left = 380 + 120 * place
        paper.paste(30, (left, 80, left + 140, 220), ink)
    grain = np.random.default_rng(0).normal(0, 3, (paper.height, paper.width))
    return Image.fromarray((np.asarray(paper) + grain).clip(0, 255).astype(np.uint8))


def five_in_two_parts() -> Image.Image:
    """A five whose bar is far from its body."""
    picture = Image.new("L", (560, 420), 240)
    pen = ImageDraw.Draw(picture)
    body = [(250, 150), (240, 205), (290, 205), (310, 240), (285, 275), (235, 270)]
    pen.line(body, 20, 9, joint="curve")
    pen.line([(285, 135), (365, 125)], 20, 9)
    return picture
