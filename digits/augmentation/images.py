"""MNIST's images varied: other hands, other pens, prepared again as MNIST was.

A varied image is one that the network has never seen but that a person could have written, so no two
epochs are alike and little can be learnt by heart. After leaning, bending, thickening or thinning a
digit, its box is scaled to 20 pixels and its centre of mass is put back in the middle: what the
network meets later, from digits/data/preparation, is always prepared so. Runs on batches with torch.
Strokes are varied in strokes.py beside this, with the same kinds of change.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from digits.data.preparation.centring import CENTRE, DIGIT, SIDE

COARSE = 16  # points a side at which the bending is worked out; it is smooth between them
ROUGH = 32  # pixels a side of the rough picture in which the digit's box is looked for
REACH = 1.1  # both show this much of the image's half side around its centre
MILDEST = 0.2  # part of the full strength that the least varied images get
BLUR = 0.10  # how far the paper's and the ink's levels moved towards each other at an edge
INK = 0.1  # fainter pixels do not count for the box


def vary_images(images: Tensor, generator: torch.Generator) -> Tensor:
    """Vary images (N, 28, 28) uint8 at random; the same shape and type, prepared as MNIST was."""
    # Some a little and some a lot: both the common and the rare are seen.
    strength = MILDEST + (1 - MILDEST) * torch.rand(len(images), generator=generator)
    ink = _change_pen(images[:, None].float() / 255, strength, generator)
    places = _lean(_coarse_places(len(images)), strength, generator)
    places = _bend(places, strength, generator)
    return prepare(ink, places.view(-1, COARSE, COARSE, 2).permute(0, 3, 1, 2))


def prepare(ink: Tensor, places: Tensor) -> Tensor:
    """Read ink (N, 1, 28, 28) in 0..1 at bent places, scale to 20 pixels and centre it: uint8.

    `places` (N, 2, COARSE, COARSE) says which place of the image, x and y in -1..1, is shown where.
    The ink is interpolated once only: twice would leave it more blurred than MNIST is.
    """
    box = _find_box(ink, places)
    fine = functional.grid_sample(places, box, padding_mode="border", align_corners=False)
    cut = functional.grid_sample(ink, fine.permute(0, 2, 3, 1), "bicubic", align_corners=False)
    small = functional.avg_pool2d(cut, 2)[:, 0]
    small = ((small - BLUR) / (1 - 2 * BLUR)).clamp(0, 1)
    return _paste(small / small.amax(dim=(1, 2), keepdim=True).clamp(min=1e-6))


def _find_box(ink: Tensor, places: Tensor) -> Tensor:
    """Where to look for the digit's 20x20 pixels, two samples each way: (N, 40, 40, 2) in -1..1."""
    rough_places = functional.interpolate(places, size=(ROUGH, ROUGH), mode="bilinear")
    rough = functional.grid_sample(ink, rough_places.permute(0, 2, 3, 1), align_corners=False)
    left, right = _extent(rough.amax(dim=2)[:, 0])
    top, bottom = _extent(rough.amax(dim=3)[:, 0])
    longer = torch.maximum(right - left, bottom - top)
    steps = (torch.arange(2 * DIGIT) + 0.5) / (2 * DIGIT)
    columns = left[:, None] + steps * longer[:, None]
    rows = top[:, None] + steps * longer[:, None]
    shape = (-1, len(steps), len(steps))
    box = torch.stack([columns[:, None].expand(shape), rows[:, :, None].expand(shape)], dim=3)
    return box * 2 / ROUGH - 1


def _coarse_places(count: int) -> Tensor:
    """Where a coarse grid's points lie in the image: (count, COARSE * COARSE, 2) in -1..1."""
    axis = ((torch.arange(COARSE) + 0.5) / COARSE * 2 - 1) * REACH
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return torch.stack([x, y], dim=2).view(1, -1, 2).expand(count, -1, -1)


def _lean(places: Tensor, strength: Tensor, generator: torch.Generator) -> Tensor:
    """Rotate, slant and stretch each image."""
    count = len(places)
    turn = strength * _normal(count, 0.10, generator).clamp(-0.3, 0.3)
    slant = strength * _normal(count, 0.18, generator).clamp(-0.5, 0.5)
    stretch = (strength * _normal(count, 0.12, generator)).exp()
    cos, sin = turn.cos(), turn.sin()
    matrix = torch.stack(
        [cos * stretch, cos * slant - sin, sin * stretch, sin * slant + cos], dim=1
    ).view(count, 2, 2)
    return places @ matrix.transpose(1, 2)


def _bend(places: Tensor, strength: Tensor, generator: torch.Generator) -> Tensor:
    """Move every place along three smooth waves, as if the image were made of rubber."""
    count = len(places)
    waves = torch.randn(count, 2, 3, generator=generator) * 2.2
    phases = torch.rand(count, 1, 3, generator=generator) * 2 * torch.pi
    pushes = torch.randn(count, 3, 2, generator=generator) * 0.042
    pushes = pushes * strength.view(-1, 1, 1)
    return places + (places @ waves + phases).sin() @ pushes


def _change_pen(ink: Tensor, strength: Tensor, generator: torch.Generator) -> Tensor:
    """Thicken or thin the lines; a few become a brush's."""
    change = strength * _normal(len(ink), 0.45, generator).clamp(-0.35, 1.2)
    change = change.view(-1, 1, 1, 1)
    thick, thin = _spread(ink), -_spread(-ink)
    changed = ink + change.clamp(min=0) * (thick - ink) - change.clamp(max=0) * (thin - ink)
    return changed.clamp(0, 1)


def _spread(ink: Tensor) -> Tensor:
    """The largest of every pixel and its eight neighbours."""
    for axis in (2, 3):
        inner = ink.narrow(axis, 1, ink.shape[axis] - 2)
        ends = [ink.narrow(axis, 0, 1), inner, ink.narrow(axis, -1, 1)]
        later = torch.cat([ink.narrow(axis, 1, ink.shape[axis] - 1), ends[2]], dim=axis)
        earlier = torch.cat([ends[0], ink.narrow(axis, 0, ink.shape[axis] - 1)], dim=axis)
        ink = torch.maximum(torch.maximum(earlier, later), ink)
    return ink


def _extent(line: Tensor) -> tuple[Tensor, Tensor]:
    """Where the ink in each row of `line` (N, size) begins and ends, to a part of a pixel."""
    return _first(line), line.shape[1] - _first(line.flip(1))


def _first(line: Tensor) -> Tensor:
    """Place of the first ink in each row of `line` (N, size): a pixel half as dark begins later."""
    place = (line > INK).to(torch.uint8).argmax(dim=1, keepdim=True)
    return (place + 1 - line.gather(1, place).clamp(0, 1))[:, 0]


def _paste(small: Tensor) -> Tensor:
    """Lay digits (N, 20, 20) into (N, 28, 28) with the centre of mass where MNIST has it."""
    total = small.sum(dim=(1, 2)).clamp(min=1e-6)
    middles = torch.arange(DIGIT) + 0.5
    rows = (CENTRE - (small.sum(dim=2) @ middles) / total).long().clamp(0, SIDE)
    columns = (CENTRE - (small.sum(dim=1) @ middles) / total).long().clamp(0, SIDE)
    images = torch.zeros(len(small), SIDE + DIGIT, SIDE + DIGIT)
    steps = torch.arange(DIGIT)
    every = torch.arange(len(small))[:, None, None]
    images[every, (rows[:, None] + steps)[:, :, None], (columns[:, None] + steps)[:, None, :]] = (
        small
    )
    return (images[:, :SIDE, :SIDE] * 255).round().to(torch.uint8)


def _normal(count: int, spread: float, generator: torch.Generator) -> Tensor:
    return torch.randn(count, generator=generator) * spread
