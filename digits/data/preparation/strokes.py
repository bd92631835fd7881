"""A drawing or a picture becomes 28x28 pixels, prepared the way MNIST's own images were.

MNIST's makers cut each digit out along its bounding box, scaled the longer side to 20 pixels and
laid it into 28x28 with its centre of mass in the middle. A network has seen nothing else, so what a
visitor draws must go the same way: merely shrinking the canvas makes one drawing in three misread.

The pad keeps strokes, not pixels, so here the pen is drawn *after* scaling, at MNIST's thickness: a
small drawing is read as well as a big one. A picture goes through the same steps from its pixels.
The same functions prepare the strokes that the network is trained on. Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digits.data.drawings import MAX_POINTS, MAX_STROKES, SLACK, Drawing, Strokes, check_strokes
from digits.data.preparation.centring import (
    CENTRE,
    DIGIT,
    SIDE,
    Ink,
    Prepared,
    as_box,
    blank,
    paste_centred,
    to_bytes,
)

PEN = 2.9  # thickness of MNIST's strokes in pixels: the median over its 70,000 images
SMALLEST = 1 / SIDE  # a drawing smaller than this part of the pad counts as this big
DEMO_PEN = 2.0  # pixels of pen left when the usual 280-pixel canvas is merely shrunk to 28
TAP = 1 / 12  # a stroke at most this part of the longest one's size is a tap of the pen
STEP = 0.5  # pixels between the discs that make up a line: closer makes no visible difference
MAX_DISCS = 4096  # a longer line is a scribble; it is sampled more coarsely


def preparation_rules() -> dict[str, float]:
    """What the browser's preparation goes by (static/core/preparation.js, Rules)."""
    return {
        "side": SIDE,
        "digit": DIGIT,
        "centre": CENTRE,
        "pen": PEN,
        "smallest": SMALLEST,
        "demoPen": DEMO_PEN,
        "tap": TAP,
        "step": STEP,
        "maxDiscs": MAX_DISCS,
        "maxStrokes": MAX_STROKES,
        "maxPoints": MAX_POINTS,
        "slack": SLACK,
    }


def prepare_strokes(strokes: Strokes, pen: float = PEN) -> Prepared:
    """Draw `strokes` as MNIST looks, `pen` pixels thick; a blank drawing gives a blank image."""
    checked = check_strokes(strokes)
    if not checked:
        return blank()
    left_out = find_stray_taps(checked)
    checked = [stroke for place, stroke in enumerate(checked) if place not in left_out]
    corner, span = _bounds(checked)
    scale = (DIGIT - pen) / max(span.max(), SMALLEST)  # pixels per pad side
    width, height = (int(side) for side in np.ceil(np.round(span * scale + pen, 6)))
    # Snapped to 1/1024 pixel: where the drawing sat on the pad then leaves no rounding noise.
    scaled = [np.round((stroke - corner) * scale * 1024) / 1024 + pen / 2 for stroke in checked]
    small = to_bytes(_draw(scaled, width, height, pen))
    left, top = corner - pen / 2 / scale
    box = (left, top, left + width / scale, top + height / scale)
    return Prepared(as_box(box), small, paste_centred(small), left_out)


def find_stray_taps(strokes: Strokes) -> tuple[int, ...]:
    """Places of the strokes that are no more than a tap and lie outside the box of all others.

    No digit has a dot beside it, but a palm or a slip of the pen leaves one, and it would make the box larger
    and the digit smaller. A dot inside, as in a dotted zero, moves nothing and stays.
    """
    sizes = np.array([np.ptp(stroke, axis=0).max() for stroke in strokes])
    is_tap = sizes <= TAP * sizes.max()
    if not is_tap.any() or is_tap.all():
        return ()
    others = np.concatenate(
        [stroke for stroke, tap in zip(strokes, is_tap, strict=True) if not tap]
    )
    corner, far = others.min(axis=0), others.max(axis=0)
    return tuple(
        place
        for place in np.flatnonzero(is_tap).tolist()
        if ((strokes[place] < corner) | (strokes[place] > far)).any()
    )


def prepare_drawings(
    drawings: Sequence[Drawing],
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Drawings as images (N, 28, 28), ready for the network, with their labels (N,)."""
    images = [prepare_strokes(drawing.strokes).image for drawing in drawings]
    return np.stack(images), np.array([drawing.label for drawing in drawings], dtype=np.int64)


def shrink_strokes(strokes: Strokes) -> NDArray[np.uint8]:
    """Merely shrink the whole pad to (28, 28), as many demos do, to show what that costs."""
    scaled = [stroke * SIDE for stroke in check_strokes(strokes)]
    if not scaled:
        return blank().image
    return to_bytes(_draw(scaled, SIDE, SIDE, DEMO_PEN))


def _bounds(strokes: Strokes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Top left corner (x, y) and span (width, height) of all the points."""
    points = np.concatenate(strokes)
    corner = points.min(axis=0)
    return corner, points.max(axis=0) - corner


def _draw(strokes: Strokes, width: int, height: int, pen: float) -> Ink:
    """Ink (height, width) of `strokes` in pixels: how much of each pixel a round pen covers.

    A line is a row of discs STEP apart; a pixel is as dark as its centre is deep inside the nearest
    one, which is what averaging over the pixel's area gives for an edge.
    """
    discs = _discs(strokes)
    across = np.square(discs[:, :1] - (np.arange(width) + 0.5))  # (discs, width)
    down = np.square(discs[:, 1:] - (np.arange(height) + 0.5))  # (discs, height)
    nearest = np.full((height, width), np.inf)
    for start in range(0, len(discs), 512):  # in parts, so that a scribble takes no more memory
        part = slice(start, start + 512)
        squares = down[part, :, None] + across[part, None, :]
        np.minimum(nearest, squares.min(axis=0), out=nearest)
    ink: Ink = np.clip(pen / 2 + 0.5 - np.sqrt(nearest), 0, 1)
    return ink


def _discs(strokes: Strokes) -> NDArray[np.float64]:
    """Centres (n, 2) of the discs: points STEP apart along every stroke, its two ends included."""
    travelled = [measure(stroke) for stroke in strokes]
    step = max(STEP, sum(float(way[-1]) for way in travelled) / MAX_DISCS)
    return np.concatenate(
        [
            space_out(stroke, way, int(np.ceil(way[-1] / step)) + 1)
            for stroke, way in zip(strokes, travelled, strict=True)
        ]
    )


def measure(stroke: NDArray[np.float64]) -> NDArray[np.float64]:
    """The way (n,) along `stroke` from its first point to each of its points."""
    steps = np.diff(stroke, axis=0)
    way: NDArray[np.float64] = np.hypot(steps[:, 0], steps[:, 1]).cumsum()
    return np.concatenate([np.zeros(1), way])


def space_out(
    stroke: NDArray[np.float64], travelled: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """`count` points (count, 2), evenly spaced along `stroke`; `travelled` is from measure()."""
    if travelled[-1] == 0:
        return stroke[:1]
    places = np.linspace(0, travelled[-1], count)
    return np.stack([np.interp(places, travelled, axis) for axis in stroke.T], axis=1)
