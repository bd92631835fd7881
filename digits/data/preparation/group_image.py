"""A group of strokes in a picture becomes 28x28 pixels, as thick as MNIST's strokes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from digits.data.preparation.centring import DIGIT, Prepared, as_box, paste_centred, to_bytes
from digits.data.preparation.strokes import SMALLEST

if TYPE_CHECKING:
    from digits.data.preparation.stroke_groups import Group

THIN = 0.065  # of the digit's longer side: thinner strokes are thickened
PHOTO_PEN = 2.2  # pixels, to which they are: MNIST's thin pens; thicker ones close small loops
THICK = 0.17  # of the digit's longer side: thicker strokes, whose loops close, are thinned
BRUSH = 0.12  # of the digit's longer side, to which they are


def prepare_group(group: Group, width: float, height: float) -> Prepared:
    """Shrink a group of a picture (width, height) as MNIST's digits were, with their thickness."""
    from digits.data.preparation.thickness import thicken, thin  # loads OpenCV

    ink = group.ink
    least = max(height, width) * SMALLEST
    if group.thickness < THIN * group.longer:
        # As on the pad: the pen's middle spans DIGIT - PHOTO_PEN pixels.
        scale = (DIGIT - PHOTO_PEN) / max(group.longer - group.thickness, least)
        ink = thicken(ink, group.thickness, PHOTO_PEN / scale)
    elif group.thickness > THICK * group.longer and not group.is_clean:
        finest = PHOTO_PEN / DIGIT * group.longer
        ink = thin(ink, group.thickness, BRUSH * group.longer, finest)
    longer = max(*ink.shape, least)
    size = tuple(max(1, round(side * DIGIT / longer)) for side in (ink.shape[1], ink.shape[0]))
    cut = Image.fromarray(ink)
    shrunk = np.asarray(cut.resize(size, Image.Resampling.BOX), dtype=np.float64)
    small = to_bytes(shrunk / shrunk.max())
    box = (
        group.left / width,
        group.top / height,
        (group.left + group.width) / width,
        (group.top + group.height) / height,
    )
    return Prepared(as_box(box), small, paste_centred(small))
