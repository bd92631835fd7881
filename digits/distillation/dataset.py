"""What the recipe `sketch` learns from: 4.2 million images, made before training begins.

Making an image takes longer than learning from it, so they are made once and shown many times:

    mnist       MNIST's images, varied
    plain       MNIST's images as they are
    redrawn     MNIST's digits drawn again, as thin or thick as a pen on paper, and varied
    pens:FILE   digits that people drew with a pen, varied, blended, drawn with many pens: a group a file
    forms       digits in forms that both lack, drawn by rule from examples
    kinds       digits as strangers write them, drawn by rule with measures of their own
    others      letters, signs, scribbles, several digits: nothing the network should be sure about
    letters     letters that people drew with a pen, where a stroke file has some
    printed     letters of fonts, varied as MNIST's images are

Takes minutes on every core and some 5 GB of memory; with a folder given, what is made is kept there and used
again by the next run that asks for the same.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.atomic_files import open_atomically
from digits.augmentation.handwriting_kinds import KINDS
from digits.augmentation.images import vary_images
from digits.augmentation.negatives import make_letter, make_other
from digits.augmentation.printed import draw_printed_letters
from digits.augmentation.redrawn import redraw
from digits.augmentation.strokes import make_digit, make_form, make_kind
from digits.data.dataset import Digits
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.stroke_files import by_source, is_no_digit
from digits.process import keep_to_one_thread

NO_DIGIT = 10  # label of images of anything else
PART = 2000  # images that a process makes at a time
MOST_PROCESSES = 61  # Windows waits for no more at once, and concurrent.futures refuses more there


@dataclass(frozen=True)
class Sizes:
    """How many images to make: variations of each MNIST image and drawing, images of the others."""

    mnist: int = 60
    pens: int = 60
    forms: int = 40_000
    kinds: int = 100_000
    others: int = 20_000
    letters: int = 2  # variations of each letter
    printed: int = 20_000
    redrawn: int = 3  # drawings of each MNIST image with another pen


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
    kept: Path | None = None,
) -> Iterator[Group]:
    """Make the groups one after the other, in as many processes as there are cores; none is empty.

    The same seed gives the same images, however many processes there are, and with the folder `kept` they are
    made once. `shares` has one number for all "pens" together.
    """
    letters = [drawing for drawing in drawings if is_no_digit(drawing)]
    drawings = [drawing for drawing in drawings if drawing.label != NOT_A_DIGIT]
    pens = by_source(drawings)
    weights = source_shares(pens)
    groups = {name: f"pens:{name}" if name else "pens" for name in pens}
    shares = shares | {groups[name]: shares["pens"] * weights[name] for name in pens}
    shares = shares | ({"letters": 0.0} if not letters else {})
    makers: dict[str, tuple[Callable[[Part], Made], int]] = {
        "mnist": (partial(_vary_mnist, digits), sizes.mnist * len(digits.train_labels)),
        "forms": (_draw_forms, sizes.forms),
        "kinds": (_draw_kinds, sizes.kinds),
        "others": (partial(_draw_others, drawings), sizes.others),
        "letters": (partial(_draw_letters, letters), sizes.letters * len(letters)),
    }
    for name, ours in pens.items():
        makers[groups[name]] = (partial(_vary_drawings, ours), sizes.pens * len(ours))
    if sizes.printed:
        makers["printed"] = (partial(_vary_printed, draw_printed_letters()), sizes.printed)
    makers["redrawn"] = (partial(_redraw_mnist, digits), sizes.redrawn * len(digits.train_labels))
    if len(digits.train_labels):
        yield Group("plain", digits.train_images, digits.train_labels, shares["plain"])
    for number, (name, (make, count)) in enumerate(makers.items()):
        if count and shares[name]:
            first_seed = seed * 1_000_003 + number * 100_003
            images, labels = _kept(kept, name, partial(_make, make, count, first_seed))
            yield Group(name, images, labels, shares[name])


def source_shares(groups: dict[str, list[Drawing]]) -> dict[str, float]:
    """Each file's part of the pens' share, by the root of its number of drawings.

    A large file has more to teach, but by its number alone it would drown the writers of a small one.
    """
    roots = {name: len(drawings) ** 0.5 for name, drawings in groups.items()}
    total = sum(roots.values())
    return {name: root / total for name, root in roots.items()}


def _make(make: Callable[[Part], Made], count: int, first_seed: int) -> Made:
    # Each part is its own seed, so it does not matter who makes it.
    parts = [Part(first_seed + at, at, min(at + PART, count)) for at in range(0, count, PART)]
    # Put in place as they come: a list of parts and its sum would be twice the memory.
    images = np.empty((count, 28, 28), np.uint8)
    labels = np.empty(count, np.uint8)
    for part, made in zip(parts, _in_processes(make, parts), strict=True):
        images[part.first : part.last], labels[part.first : part.last] = made
    return images, labels


def _kept(folder: Path | None, name: str, make: partial[Made]) -> Made:
    """What `make` makes, or what the same call made before and `folder` keeps."""
    if folder is None:
        return make()
    # The call itself is the key: its function, its drawings or digits, its count and seed.
    key = hashlib.sha256(pickle.dumps((make.func, make.args))).hexdigest()[:16]
    stem = f"{name.replace(':', '-')}-{key}"
    paths = [folder / f"{stem}-{part}.npy" for part in ("images", "labels")]
    if not all(path.exists() for path in paths):
        for path, array in zip(paths, make(), strict=True):
            with open_atomically(path) as file:
                np.save(file, array)
    images, labels = (np.load(path) for path in paths)
    return images, labels


def _in_processes(make: Callable[[Part], Made], parts: list[Part]) -> Iterator[Made]:
    """Make all parts; in this process when there are few, since starting others takes seconds."""
    cores = min(os.cpu_count() or 1, len(parts), MOST_PROCESSES)
    if cores == 1 or len(parts) < 4:
        yield from map(make, parts)
        return
    # "spawn": a process that was forked beside torch's threads may hang.
    with ProcessPoolExecutor(
        cores, mp_context=get_context("spawn"), initializer=keep_to_one_thread
    ) as pool:
        yield from pool.map(make, parts, chunksize=max(1, len(parts) // (cores * 32)))


def _vary_mnist(digits: Digits, part: Part) -> Made:
    places = np.arange(part.first, part.last) % len(digits.train_labels)
    return _vary(digits.train_images[places], part.seed), digits.train_labels[places]


def _redraw_mnist(digits: Digits, part: Part) -> Made:
    random = np.random.default_rng(part.seed)
    places = np.arange(part.first, part.last) % len(digits.train_labels)
    redrawn = np.stack([redraw(image, random) for image in digits.train_images[places]])
    return _vary(redrawn, part.seed), digits.train_labels[places]


def _vary(images: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """One variation of each image (N, 28, 28)."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    varied = [vary_images(batch, generator) for batch in torch.from_numpy(images).split(64)]
    return torch.cat(varied).numpy()


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


def _draw_kinds(part: Part) -> Made:
    random = np.random.default_rng(part.seed)
    choices = np.array([digit for digit, kinds in KINDS.items() for _ in kinds], np.uint8)
    labels = choices[np.arange(part.first, part.last) % len(choices)]
    return np.stack([make_kind(int(label), random) for label in labels]), labels


def _draw_letters(letters: Sequence[Drawing], part: Part) -> Made:
    random = np.random.default_rng(part.seed)
    places = np.arange(part.first, part.last) % len(letters)
    images = np.stack([make_letter(letters[int(place)], random) for place in places])
    return images, np.full(len(images), NO_DIGIT, np.uint8)


def _vary_printed(letters: NDArray[np.uint8], part: Part) -> Made:
    places = np.arange(part.first, part.last) % len(letters)
    images = _vary(letters[places], part.seed)
    return images, np.full(len(images), NO_DIGIT, np.uint8)


def _draw_others(drawings: Sequence[Drawing], part: Part) -> Made:
    random = np.random.default_rng(part.seed)
    images = np.stack([make_other(drawings, random) for _ in range(part.first, part.last)])
    return images, np.full(len(images), NO_DIGIT, np.uint8)
