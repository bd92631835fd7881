"""Teach a network your hand: a second of training on a few drawings that it misread.

Trained on those drawings alone, a network learns them by heart and forgets the rest. So each of them is
varied in many ways (digits/pens.py), and every step mixes them with MNIST's own images, for which the
network has two teachers: their labels, and what it said of them before the lesson ("learning without
forgetting", Li and Hoiem, 2016). benchmarks/teach.py measures what is gained and what is lost.
Next: digits/teach_room.py, the row of buttons on the page.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from digits.backprop import Backprop
from digits.model import MLP
from digits.pens import draw, vary
from digits.recipes import CLASSES
from digits.sketch import Strokes, prepare_strokes, to_pixels
from digits.training import Adam


@dataclass(frozen=True)
class Correction:
    """A drawing, and which digit its writer says it is."""

    strokes: Strokes
    label: int


@dataclass(frozen=True)
class Lesson:
    """How to learn from corrections. Chosen on half of the writers in benchmarks/teach.py."""

    steps: int = 300
    learning_rate: float = 0.006  # at its highest: it rises for 10 steps, then falls to 0
    replayed: int = 384  # MNIST images a step
    each: int = 8  # variations of each drawing a step, within the two bounds below
    fewest: int = 24
    most: int = 256
    memory: float = 0.5  # how much of MNIST's targets is what the network said before, 0..1
    variations: int = 60  # of each drawing
    most_images: int = 1000  # all variations together, for preparing one takes half a millisecond
    strength: float = 0.3  # of the variation: less than between people, for it is one person's hand


def teach(
    model: MLP,
    corrections: Sequence[Correction],
    images: np.ndarray,
    labels: np.ndarray,
    *,
    lesson: Lesson | None = None,
    seed: int = 0,
) -> Iterator[float]:
    """Fit `model` in place to `corrections` and to MNIST's images (N, 28, 28) uint8 and labels.

    Yields the share that is done, 0..1, after every step.
    """
    lesson = lesson or Lesson()
    before = copy.deepcopy(model)
    corrected, corrected_targets = vary_corrections(corrections, lesson, seed)
    yield 0.0
    backprop = Backprop(model)
    optimiser = Adam(backprop.weights, backprop.gradients)
    random = torch.Generator().manual_seed(seed)
    mixed_in = min(max(lesson.each * len(corrections), lesson.fewest), lesson.most)
    for step in range(lesson.steps):
        here = torch.randint(len(labels), (lesson.replayed,), generator=random).numpy()
        replayed = torch.from_numpy(to_pixels(images[here]))
        replayed_targets = remembered_targets(before, replayed, labels[here], lesson.memory)
        there = torch.randint(len(corrected), (mixed_in,), generator=random)
        backprop.gradients_of(
            torch.cat([replayed, corrected[there]]),
            torch.cat([replayed_targets, corrected_targets[there]]),
        )
        optimiser.step(learning_rate_at(step, lesson))
        yield (step + 1) / lesson.steps


def vary_corrections(
    corrections: Sequence[Correction], lesson: Lesson, seed: int
) -> tuple[Tensor, Tensor]:
    """Pixels (N, 784) and targets (N, 10) of the drawings as they are and in many variations."""
    random = np.random.default_rng(seed)
    count = max(1, min(lesson.variations, lesson.most_images // len(corrections)))
    images, labels = [], []
    for correction in corrections:
        labels += [correction.label] * count
        images.append(prepare_strokes(correction.strokes).image)
        images += [
            draw(vary(correction.strokes, random, lesson.strength), random)
            for _ in range(count - 1)
        ]
    return torch.from_numpy(to_pixels(np.stack(images))), one_hot(np.array(labels))


def remembered_targets(before: MLP, pixels: Tensor, labels: np.ndarray, memory: float) -> Tensor:
    """What the network should say of MNIST's pixels (N, 784): the label, and what it said before."""
    with torch.inference_mode():
        said = before(pixels).exp()
    return (1 - memory) * one_hot(labels) + memory * said


def one_hot(labels: np.ndarray) -> Tensor:
    """Labels (N,) as targets (N, 10): 1 for the right digit, 0 for the others."""
    return functional.one_hot(torch.from_numpy(labels.astype(np.int64)), CLASSES).float()


def learning_rate_at(step: int, lesson: Lesson) -> float:
    """A short rise, so that Adam's first steps do no harm, then half a cosine down to 0."""
    rise = min(1.0, (step + 1) / 10)
    return lesson.learning_rate * rise * (1 + math.cos(math.pi * step / lesson.steps)) / 2
