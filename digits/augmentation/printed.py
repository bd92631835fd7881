"""Letters as they are printed, from the fonts that matplotlib brings along, as images of what is no digit."""

from __future__ import annotations

import string
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.pictures import prepare_picture

# With and without serifs, of even width, upright and slanted, thin and bold.
FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSansMono"),
    *(
        "STIXGeneral",
        "STIXGeneralBol",
        "STIXGeneralItalic",
        "cmr10",
        "cmss10",
        "cmtt10",
        "cmti10",
        "cmmi10",
    ),
)
# Without those that look like digits. i and j are here, though the preparation leaves out their dots: the
# shipped weights learnt so, and a trial without them gained nothing on the whole (docs/training.md).
LETTERS = "".join(sorted(set(string.ascii_letters) - set("OoIlSsZzqgb")))
SIZE = 120  # pixels of a font's em


@cache
def draw_printed_letters() -> NDArray[np.uint8]:
    """Every letter of every font, prepared as a picture is: (fonts x letters, 28, 28)."""
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    images = []
    for name in FONTS:
        font = ImageFont.truetype(folder / f"{name}.ttf", SIZE)
        for letter in LETTERS:
            paper = Image.new("L", (2 * SIZE, 2 * SIZE), 255)
            ImageDraw.Draw(paper).text((SIZE, SIZE), letter, fill=0, font=font, anchor="mm")
            images.append(prepare_picture(paper).image)
    return np.stack(images)
