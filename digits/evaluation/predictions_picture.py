"""A row of digits with what the network says of each, as a PNG file drawn by Pillow.

matplotlib would draw it as well, but takes longer to load than the quickest training takes to run.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SCALE = 8  # pixels of the picture a pixel of the digit
MARGIN = 32
TITLE = 22  # height of the letters


def predictions_picture(images: np.ndarray, predictions: Sequence[int]) -> bytes:
    """PNG of images (N, 28, 28) uint8 in a row, dark on light, each titled "prediction: 7"."""
    side = images.shape[1] * SCALE
    picture = Image.new("L", (MARGIN + len(images) * (side + MARGIN), side + 3 * MARGIN), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(TITLE)
    for number, (image, prediction) in enumerate(zip(images, predictions, strict=True)):
        left = MARGIN + number * (side + MARGIN)
        digit = Image.fromarray(255 - image).resize((side, side), Image.Resampling.NEAREST)
        picture.paste(digit, (left, 2 * MARGIN))
        title = f"prediction: {int(prediction)}"
        draw.text((left + side / 2, MARGIN), title, fill=0, font=font, anchor="mm")
    content = io.BytesIO()
    picture.save(content, format="PNG")
    return content.getvalue()
