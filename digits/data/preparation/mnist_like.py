"""Images that are laid out as MNIST's are go to the network untouched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.data.preparation.centring import SIDE, Prepared, keep_image


def is_mnist_like(colours: NDArray[np.uint8]) -> bool:
    """Whether an image (h, w, 3) is laid out as MNIST's are: 28x28, empty rim, centre of mass."""
    if colours.shape[:2] != (SIDE, SIDE):
        return False
    image = _grey_on_black(colours).astype(np.float64)
    image[image < 40] = 0  # a JPEG's ripples weigh as much as a thin stroke
    rim = np.concatenate(
        [image[:3].ravel(), image[-3:].ravel(), image[:, :3].ravel(), image[:, -3:].ravel()]
    )
    total = image.sum()
    if total == 0 or image.max() < 100 or (rim > 0).mean() > 0.08:
        return False
    middles = np.arange(SIDE) + 0.5
    row, column = image.sum(axis=1) @ middles / total, image.sum(axis=0) @ middles / total
    return bool(12.5 < row < 16.5 and 12.5 < column < 16.5)


def keep_mnist_like(colours: NDArray[np.uint8]) -> Prepared:
    """An image (28, 28, 3) as it is; its box is that of the ink that can be seen."""
    image = _grey_on_black(colours)
    seen = keep_image(np.where(image < 40, 0, image).astype(np.uint8))
    return Prepared(seen.box, seen.small, image)


def _grey_on_black(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = np.asarray(Image.fromarray(colours).convert("L"))
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return 255 - grey if np.median(rim) > 127 else grey
