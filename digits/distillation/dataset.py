"""What the recipe `sketch` learns from: 4.6 million images, made before training begins.

Making an image takes longer than learning from it, so they are made once and shown many times:

    mnist     MNIST's images, varied (augmentation/images.py)
    plain     MNIST's images as they are
    pens      drawings by 30 people, varied, blended, drawn with many pens (augmentation/strokes.py)
    forms     digits in forms that both lack, drawn by rule (augmentation/glyphs.py)
    others    letters, signs, scribbles, several digits: nothing the network should be sure about

Takes minutes on every core and 6 GB of memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.augmentation.images import vary_images
from digits.augmentation.negatives import make_other
from digits.augmentation.strokes import make_digit, make_form
from digits.data.dataset import Digits
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.process import keep_to_one_thread

NO_DIGIT = 10  # label of images of anything else
PART = 2000  # images that a process makes at a time


@dataclass(frozen=True)
class Sizes:
    """How many images to make: variations of each MNIST image and drawing, images of the others."""

    mnist: int = 60
    pens: int = 90
    forms: int = 200_000
    others: int = 150_000


@dataclass(frozen=True, eq=False)
class Group:
    """Images of one origin, and their share of every batch."""

    name: str
    images: NDArray[np.uint8]  # (N, 28, 28)
    labels: NDArray[np.uint8]  # (N,) 0..9, or NO_DIGIT
    share: float


class Part(NamedTuple):
    """The images from `first` up to `last` of a group, with a seed of their own."""

    seed: int
    first: int
    last: int


Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images and labels


def make_groups(
    digits: Digits,
    drawings: Sequence[Drawing],
    shares: dict[str, float],
    sizes: Sizes,
    seed: int,
) -> Iterator[Group]:
    """Make the groups one after the other, in as many processes as there are cores; none is empty.

    The same seed gives the same images, however many processes there are.
    """
    drawings = [drawing for drawing in drawings if drawing.label != NOT_A_DIGIT]
    makers: dict[str, tuple[Callable[[Part], Made], int]] = {
        "mnist": (partial(_vary_mnist, digits), sizes.mnist * len(digits.train_labels)),
        "pens": (partial(_vary_drawings, drawings), sizes.pens * len(drawings)),
        "forms": (_draw_forms, sizes.forms),
        "others": (partial(_draw_others, drawings), sizes.others),
    }
    if len(digits.train_labels):
        yield Group("plain", digits.train_images, digits.train_labels, shares["plain"])
    for number, (name, (make, count)) in enumerate(makers.items()):
        if count and shares[name]:
            # Each part is its own seed, so it does not matter who makes it.
            parts = [
                Part(seed * 1_000_003 + number * 100_003 + at, at, min(at + PART, count))
                for at in range(0, count, PART)
            ]
            # Put in place as they come: a list of parts and its sum would be twice the memory.
            images = np.empty((count, 28, 28), np.uint8)
            labels = np.empty(count, np.uint8)
            for part, made in zip(parts, _in_processes(make, parts), strict=True):
                images[part.first : part.last], labels[part.first : part.last] = made
            yield Group(name, images, labels, shares[name])


def _in_processes(make: Callable[[Part], Made], parts: list[Part]) -> Iterator[Made]:
    """Make all parts; in this process when there are few, since starting others takes seconds."""
    cores = min(os.cpu_count() or 1, len(parts))
    if cores == 1 or len(parts) < 4:
        yield from map(make, parts)
        return
    # "spawn": a process that was forked beside torch's threads may hang.
    with ProcessPoolExecutor(
        cores, mp_context=get_context("spawn"), initializer=keep_to_one_thread
    ) as pool:
        yield from pool.map(make, parts, chunksize=max(1, len(parts) // (cores * 32)))


def _vary_mnist(digits: Digits, part: Part) -> Made:
    import torch

    generator = torch.Generator().manual_seed(part.seed)
    places = np.arange(part.first, part.last) % len(digits.train_labels)
    images = torch.from_numpy(digits.train_images[places])
    varied = [vary_images(batch, generator) for batch in images.split(64)]
    return torch.cat(varied).numpy(), digits.train_labels[places]


def _vary_drawings(drawings: Sequence[Drawing], part: Part) -> Made:
    random = np.random.default_rng(part.seed)
    same: dict[int, list[int]] = {}
    for place, drawing in enumerate(drawings):
        same.setdefault(drawing.label, []).append(place)
    places = np.arange(part.first, part.last) % len(drawings)
    images = [make_digit(drawings, same, int(place), random) for place in places]
    return np.stack(images), np.array([drawings[int(place)].label for place in places], np.uint8)


def _draw_forms(part: Part) -> Made:
    random = np.random.default_rng(part.seed)
    labels = (np.arange(part.first, part.last) % 10).astype(np.uint8)
    return np.stack([make_form(int(label), random) for label in labels]), labels


def _draw_others(drawings: Sequence[Drawing], part: Part) -> Made:
    random = np.random.default_rng(part.seed)
    images = np.stack([make_other(drawings, random) for _ in range(part.first, part.last)])
    return images, np.full(len(images), NO_DIGIT, np.uint8)
