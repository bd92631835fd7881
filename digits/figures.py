"""Arrays become matplotlib figures, for files and windows. Nothing here keeps state between calls."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure


def predictions_figure(images: np.ndarray, predictions: Sequence[int]) -> Figure:
    """Pictures (N, 28, 28) uint8 in a row, each titled with what the network says: "prediction: 7"."""
    figure = Figure(figsize=(2.2 * len(images), 2.6), layout="constrained")
    grid = figure.subplots(1, len(images), squeeze=False)[0]
    for axes, image, prediction in zip(grid, images, predictions, strict=True):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        axes.set_title(f"prediction: {int(prediction)}")
        axes.set_axis_off()
    return figure


def png_bytes(figure: Figure) -> bytes:
    """The figure as the content of a PNG file."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120)
    return content.getvalue()


def show_figure(figure: Figure) -> None:
    """Open the figure in a window and wait until it is closed."""
    from matplotlib import pyplot

    # A Figure made without pyplot has no window: lend it the one of an empty pyplot figure.
    manager = pyplot.figure(figsize=figure.get_size_inches()).canvas.manager
    if manager is not None:
        manager.canvas.figure = figure
        figure.set_canvas(manager.canvas)
    pyplot.show()
