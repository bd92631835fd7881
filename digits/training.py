"""Fit a network: `train()` yields a report after every epoch, and the page and train.py show it.

One epoch shows every training image once, in shuffled batches. For each batch: the network's
log-probabilities, the loss (how little it gave the right digits), the gradient of the loss by every
weight, and a small step of Adam against it. Next: train.py, or digits/checkpoint.py to save the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from digits.data import Digits
from digits.model import MLP
from digits.recipes import Recipe


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
    """Fit `model` in place; yields an EpochReport per epoch, epoch 0 first.

    `report_every` adds a Progress about that often, in seconds. When `stop()` turns true the run
    ends within a step, with a last EpochReport of what was learnt so far.
    """
    began = time.perf_counter()
    model.to(device).train()
    pixels, labels = to_tensors(digits.train_images, digits.train_labels, device)
    test_pixels, test_labels = to_tensors(digits.test_images, digits.test_labels, device)
    shuffler = torch.Generator().manual_seed(seed) if seed is not None else torch.Generator()
    if seed is None:
        shuffler.seed()
    steps_an_epoch = -(-len(labels) // recipe.batch_size)
    steps = recipe.epochs * steps_an_epoch
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate, fused=True)
    schedule = (
        torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, steps)
        if recipe.schedule == "one-cycle"
        else None
    )
    with torch.no_grad():
        first_loss = float(functional.nll_loss(model(test_pixels), test_labels))
    accuracy = _accuracy(model, test_pixels, test_labels)
    yield EpochReport(0, recipe.epochs, first_loss, accuracy, time.perf_counter() - began)

    reported, step = time.perf_counter(), 0
    for epoch in range(1, recipe.epochs + 1):
        losses: list[Tensor] = []
        recent = 0
        order = torch.randperm(len(labels), generator=shuffler).to(device)
        for batch in order.split(recipe.batch_size):
            loss = functional.nll_loss(model(pixels[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if schedule:
                schedule.step()
            losses.append(loss.detach())
            step += 1
            if stop():
                break
            if report_every is not None and time.perf_counter() - reported >= report_every:
                mean = float(torch.stack(losses[recent:]).mean())
                recent, reported = len(losses), time.perf_counter()
                yield Progress(step, steps, epoch, recipe.epochs, mean, reported - began)
        accuracy = _accuracy(model, test_pixels, test_labels)
        mean = float(torch.stack(losses).mean())
        yield EpochReport(epoch, recipe.epochs, mean, accuracy, time.perf_counter() - began)
        if stop():
            return


def to_tensors(images: np.ndarray, labels: np.ndarray, device: str) -> tuple[Tensor, Tensor]:
    """Images (N, 28, 28) uint8 and labels (N,) -> pixels (N, 784) float32 in 0..1 and int64 on `device`."""
    pixels = torch.from_numpy(np.ascontiguousarray(images)).to(device).reshape(len(images), -1)
    return pixels.float().div_(255), torch.from_numpy(labels.astype(np.int64)).to(device)


def predictions(model: MLP, images: np.ndarray) -> np.ndarray:
    """The digit that the network reads in each of images (N, 28, 28) uint8: (N,) int64."""
    device = str(next(model.parameters()).device)
    pixels, _ = to_tensors(images, np.zeros(len(images)), device)
    with torch.inference_mode():
        return model(pixels).argmax(dim=1).cpu().numpy()


def evaluate(model: MLP, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of images (N, 28, 28) uint8 that the network reads right, 0..1."""
    return float((predictions(model, images) == labels).mean())


def _accuracy(model: MLP, pixels: Tensor, labels: Tensor) -> float:
    with torch.no_grad():
        return (model(pixels).argmax(dim=1) == labels).float().mean().item()
