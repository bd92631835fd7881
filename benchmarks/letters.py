"""How many letters of printed fonts are turned away, that is answered "not sure":

    python -m benchmarks.letters --weights sketch --fonts FILE FILE ...

All 52 letters of every font, drawn large and prepared as a picture is. Give fonts that were not learnt
from: the recipe `sketch` learns from those that digits/augmentation/printed.py names. Letters that look
like digits (LOOK_ALIKES) are counted in the first figure and left out of the second.
"""

from __future__ import annotations

import argparse
import string
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digits.data.preparation.pictures import prepare_picture
from digits.evaluation.metrics import predict
from digits.network.backends import load_backend

LOOK_ALIKES = "OoIlSsZzqgb"
SIZE = 200  # pixels of a font's em


def draw_letter(font: ImageFont.FreeTypeFont, letter: str) -> NDArray[np.uint8]:
    """The letter as the network gets it: (28, 28)."""
    paper = Image.new("L", (2 * SIZE, 2 * SIZE), 255)
    ImageDraw.Draw(paper).text((SIZE, SIZE), letter, fill=0, font=font, anchor="mm")
    return prepare_picture(paper).image


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description="Count the letters of fonts that are turned away.")
    parser.add_argument("--weights", default="sketch", help="a name in weights/, or a file")
    parser.add_argument("--fonts", type=Path, nargs="+", required=True, metavar="FILE")
    options = parser.parse_args()
    fonts = [ImageFont.truetype(path, SIZE) for path in options.fonts]
    letters = string.ascii_letters * len(fonts)
    images = [draw_letter(font, letter) for font in fonts for letter in string.ascii_letters]
    backend = load_backend(options.weights, "torch", device="cpu")
    threshold = backend.card.calibration.threshold or 0.0
    away = predict(backend, np.stack(images)).max(axis=1) < threshold
    alone = np.array([letter not in LOOK_ALIKES for letter in letters])
    print(f"{len(fonts)} fonts, {len(letters):,} letters: {away.mean():.1%} turned away")
    print(f"{alone.sum():,} that look like no digit: {away[alone].mean():.1%}")


if __name__ == "__main__":
    main()
