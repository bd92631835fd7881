"""Fit a network: `train()` yields a report after every epoch, and the page and train.py show it.

One epoch shows every training image once, in shuffled batches. For each batch: the network's
log-probabilities, the loss (how little it gave the right digits), the gradient of the loss by every
weight (backprop.py), and a small step of Adam against it. With a seed, a run on a CPU ends with the same
weights every time, however often it reports.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from digits.data.dataset import Digits
from digits.evaluation.metrics import accuracy
from digits.network.config import CLASSES
from digits.network.model import MLP
from digits.training.adam import Adam
from digits.training.backprop import Backprop
from digits.training.recipes import Recipe
from digits.training.schedules import learning_rate
from digits.training.standardization import PlainPixels, StandardPixels, to_pixels

# Images fetched from the shuffled set in one go, then cut into batches: fetching 15 at a time would
# cost as much as a layer, and all at once four times the memory of the images themselves.
FETCHED = 512


@dataclass(frozen=True)
class Progress:
    """Where a run is inside an epoch: `step` of the run's `steps`, mean loss since the last report."""

    step: int
    steps: int
    epoch: int
    epochs: int
    loss: float
    seconds: float


@dataclass(frozen=True)
class EpochReport:
    """After an epoch (0: before any training): mean loss of its batches, accuracy on the test images."""

    epoch: int
    epochs: int
    loss: float
    test_accuracy: float
    seconds: float  # since the run began


def train(
    model: MLP,
    digits: Digits,
    recipe: Recipe,
    *,
    device: str = "cpu",
    seed: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    report_every: float | None = None,
) -> Iterator[Progress | EpochReport]:
    """Fit `model` in place; yields an EpochReport per epoch, epoch 0 first. At each report it is up to date.

    `report_every` adds a Progress about that often, in seconds. When `stop()` turns true the run
    ends within a step, with a last EpochReport of what was learnt so far.
    """
    began = time.perf_counter()
    images, labels = on_device(digits.train_images, digits.train_labels, device)
    test_images, test_labels = on_device(digits.test_images, digits.test_labels, device)
    targets = one_hot(labels)
    model.to(device).train()
    inputs = StandardPixels(model, images) if recipe.standardised else PlainPixels(model)
    backprop = Backprop(inputs.learner)
    optimiser = Adam(backprop.weights, backprop.gradients)
    shuffler = torch.Generator()
    shuffler.seed() if seed is None else shuffler.manual_seed(seed)
    epochs, steps = recipe.epochs, recipe.epochs * math.ceil(len(labels) / recipe.batch_size)

    logits = _test(model, test_images)
    loss = functional.cross_entropy(logits, test_labels).item()
    reached = _share_right(logits, test_labels)
    yield EpochReport(0, epochs, loss, reached, time.perf_counter() - began)

    step, reported, stopped = 0, time.perf_counter(), False
    for epoch in range(1, epochs + 1):
        losses: list[Tensor] = []
        recent = 0
        order = torch.randperm(len(labels), generator=shuffler).to(device)
        for batch, batch_targets in batches(images, targets, order, recipe.batch_size, inputs):
            losses.append(backprop.gradients_of(batch, batch_targets))
            optimiser.step(learning_rate(recipe, step, steps))
            step += 1
            if stopped := stop():
                break
            if report_every is not None and time.perf_counter() - reported >= report_every:
                mean = float(torch.stack(losses[recent:]).mean())
                recent, reported = len(losses), time.perf_counter()
                inputs.hand_out()
                yield Progress(step, steps, epoch, epochs, mean, reported - began)
        inputs.hand_out()
        mean = float(torch.stack(losses).mean())
        reached = _share_right(_test(model, test_images), test_labels)
        yield EpochReport(epoch, epochs, mean, reached, time.perf_counter() - began)
        if stopped:
            return
        reported = time.perf_counter()  # so that the next report is no single batch's loss


def batches(
    images: Tensor, targets: Tensor, order: Tensor, batch_size: int, inputs: PlainPixels
) -> Iterator[tuple[Tensor, Tensor]]:
    """images (N, 784) uint8, as `inputs` shows them, and targets (N, 10), in that order, as batches."""
    for some in order.split(max(FETCHED // batch_size, 1) * batch_size):
        pixels = inputs.pixels(images.index_select(0, some))
        some_targets = targets.index_select(0, some)
        yield from zip(pixels.split(batch_size), some_targets.split(batch_size), strict=True)


def on_device(images: np.ndarray, labels: np.ndarray, device: str) -> tuple[Tensor, Tensor]:
    """images (N, 28, 28) uint8 and labels (N,) -> (N, 784) uint8 and (N,) int64 tensors on `device`.

    They stay bytes there, a quarter of what float32 takes, until their batch is due.
    """
    rows = torch.from_numpy(np.ascontiguousarray(images)).reshape(len(images), -1)
    return rows.to(device), torch.from_numpy(labels.astype(np.int64)).to(device)


def one_hot(labels: Tensor) -> Tensor:
    """labels (N,) -> the probabilities to aim at, (N, 10) float32: 1 for the digit, 0 for the others."""
    return torch.eye(CLASSES, device=labels.device).index_select(0, labels)


def predictions(model: MLP, images: np.ndarray) -> np.ndarray:
    """The digit that the network reads in each of images (N, 28, 28) uint8: (N,) int64."""
    device = str(next(model.parameters()).device)
    rows, _ = on_device(images, np.zeros(len(images)), device)
    with torch.inference_mode():
        found: np.ndarray = model(to_pixels(rows)).argmax(dim=1).cpu().numpy()
    return found


def evaluate(model: MLP, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of images (N, 28, 28) uint8 that the network reads right, 0..1."""
    return accuracy(predictions(model, images), labels)


def _test(model: MLP, images: Tensor) -> Tensor:
    """Logits (N, 10) of all test images (N, 784), a part at a time: as pixels they take 31 MB."""
    with torch.inference_mode():
        return torch.cat([model.logits(to_pixels(part)) for part in images.split(FETCHED)])


def _share_right(logits: Tensor, labels: Tensor) -> float:
    return accuracy(logits.argmax(dim=1).cpu().numpy(), labels.cpu().numpy())
