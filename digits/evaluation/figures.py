"""Arrays become matplotlib figures, for files and windows. Nothing here keeps state between calls."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread

DPI = 120  # dots of a figure an inch


def picture_figure(content: bytes) -> Figure:
    """A PNG file's content as a figure of its own size, for show_figure."""
    picture = imread(io.BytesIO(content), format="png")
    figure = Figure(figsize=(picture.shape[1] / DPI, picture.shape[0] / DPI), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(picture, cmap="gray", vmin=0, vmax=1)
    axes.set_axis_off()
    return figure


def png_bytes(figure: Figure) -> bytes:
    """The figure as the content of a PNG file."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=DPI)
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


def evaluation_figure(
    parts: Mapping[str, tuple[np.ndarray, np.ndarray, Sequence[str]]], columns: int = 5
) -> Figure:
    """For each part: its confusion matrix (10, 10) and its worst mistakes (N, 28, 28), titled."""
    figure = Figure(figsize=(13, 5.2 * len(parts)), layout="constrained")
    for row, (name, (confusion, images, titles)) in zip(
        figure.subfigures(len(parts), 1, squeeze=False)[:, 0], parts.items(), strict=True
    ):
        left, right = row.subfigures(1, 2, width_ratios=(4, 5))
        _draw_confusion(left.subplots(), confusion, name)
        rows = max(1, -(-len(images) // columns))
        grid = right.subplots(rows, columns, squeeze=False).ravel()
        for axes in grid:
            axes.set_axis_off()
        for axes, image, title in zip(grid, images, titles, strict=False):
            axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
            axes.set_title(title, fontsize=8)
    return figure


def _draw_confusion(axes: Axes, confusion: np.ndarray, name: str) -> None:
    """Counts in a square; the right ones left white, so that the mistakes stand out."""
    mistakes = confusion * (1 - np.eye(10, dtype=confusion.dtype))
    axes.imshow(mistakes, cmap="Oranges")
    for drawn, read in np.argwhere(confusion):
        colour = "white" if mistakes[drawn, read] > 0.6 * mistakes.max() else "black"
        count = str(confusion[drawn, read])
        axes.text(read, drawn, count, ha="center", va="center", fontsize=8, color=colour)
    right = np.trace(confusion) / max(confusion.sum(), 1)
    axes.set_title(f"{name}: {right:.2%} right")
    axes.set_xlabel("read as")
    axes.set_ylabel("drawn")
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
