"""Teach a network your hand: a second of training on a few drawings that it misread.

Trained on those drawings alone, a network learns them by heart and forgets the rest. So each of them is
varied in many ways, and every step mixes them with MNIST's own images, for which the
network has two teachers: their labels, and what it said of them before ("learning without
forgetting", Li and Hoiem, 2016). benchmarks/teach.py measures what is gained and what is lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from digits.augmentation.strokes import draw, vary
from digits.data.drawings import Strokes
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.strokes import prepare_strokes
from digits.network.model import MLP
from digits.training.adam import Adam
from digits.training.backprop import Backprop
from digits.training.loop import one_hot


@dataclass(frozen=True)
class Correction:
    """A drawing, and which digit its writer says it is."""

    strokes: Strokes
    label: int


@dataclass(frozen=True)
class FineTuningConfig:
    """How to learn from corrections. Chosen on half of the writers in benchmarks/teach.py."""

    steps: int = 250
    learning_rate: float = 0.009  # at its highest: it rises for 10 steps, then falls to 0
    replayed: int = 384  # MNIST images a step
    pool: int = 30_000  # MNIST images to choose those from
    each: int = 8  # variations of each drawing a step, within the two bounds below
    fewest: int = 24
    most: int = 256
    memory: float = 0.7  # how much of MNIST's targets is what the network said before, 0..1
    variations: int = 120  # of each drawing
    most_images: int = 1500  # all variations together, for preparing one takes half a millisecond
    strength: float = 0.5  # of the variation: less than between people, for it is one person's hand


def fine_tune(
    model: MLP,
    corrections: Sequence[Correction],
    images: np.ndarray,
    labels: np.ndarray,
    *,
    config: FineTuningConfig | None = None,
    seed: int = 0,
) -> Iterator[float]:
    """Fit `model` in place to `corrections` and to MNIST's images (N, 28, 28) uint8 and labels.

    Yields the share that is done, 0..1, after every step.
    """
    config = config or FineTuningConfig()
    random = torch.Generator().manual_seed(seed)
    corrected, corrected_targets = vary_corrections(corrections, config, seed)
    replayed, replayed_targets = remember(model, images, labels, config, random)
    mixed_in = min(max(config.each * len(corrections), config.fewest), config.most)
    yield 0.0
    backprop = Backprop(model)
    optimiser = Adam(backprop.weights, backprop.gradients)
    for step in range(config.steps):
        here = torch.randint(len(replayed), (config.replayed,), generator=random)
        there = torch.randint(len(corrected), (mixed_in,), generator=random)
        backprop.gradients_of(
            torch.cat([replayed[here], corrected[there]]),
            torch.cat([replayed_targets[here], corrected_targets[there]]),
        )
        optimiser.step(learning_rate_at(step, config))
        yield (step + 1) / config.steps


def vary_corrections(
    corrections: Sequence[Correction], config: FineTuningConfig, seed: int
) -> tuple[Tensor, Tensor]:
    """Pixels (N, 784) and targets (N, 10) of the drawings as they are and in many variations."""
    random = np.random.default_rng(seed)
    count = max(1, min(config.variations, config.most_images // len(corrections)))
    images, labels = [], []
    for correction in corrections:
        labels += [correction.label] * count
        images.append(prepare_strokes(correction.strokes).image)
        images += [
            draw(vary(correction.strokes, random, config.strength), random)
            for _ in range(count - 1)
        ]
    return torch.from_numpy(to_pixels(np.stack(images))), one_hot(torch.tensor(labels))


def remember(
    model: MLP,
    images: np.ndarray,
    labels: np.ndarray,
    config: FineTuningConfig,
    random: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Pixels (N, 784) of some of MNIST's images, and what to go on saying of them, (N, 10).

    That is the label, mixed with what the network says of each image beforehand.
    """
    chosen = torch.randperm(len(labels), generator=random)[: config.pool].numpy()
    pixels = torch.from_numpy(to_pixels(images[chosen]))
    with torch.inference_mode():
        said = model(pixels).exp()
    targets = one_hot(torch.from_numpy(labels[chosen].astype(np.int64)))
    return pixels, (1 - config.memory) * targets + config.memory * said


def learning_rate_at(step: int, config: FineTuningConfig) -> float:
    """A short rise, so that Adam's first steps do no harm, then half a cosine down to 0."""
    rise = min(1.0, (step + 1) / 10)
    return config.learning_rate * rise * (1 + math.cos(math.pi * step / config.steps)) / 2
