"""One training on the page: what it is to do, and the reports of what comes of it.

`run_training()` is a plain generator that changes nothing outside itself: every report carries the weights as
they are by then, so whoever stops listening keeps what was learnt, and it can run in another process, on
another device. Importing this file does not import torch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from digits.data.dataset import MNIST_IMAGES, Digits
from digits.network.backends import Backend, TorchBackend
from digits.network.metadata import Card, Layers
from digits.network.registry import YOURS
from digits.training.recipes import Recipe

if TYPE_CHECKING:
    from digits.network.model import MLP
    from digits.training.loop import EpochReport, Progress

REPORT_EVERY = 0.2  # seconds: five reports a second look alive and cost little
QUICK_TEST = 1000  # test images for the curve between epochs
SHOWN_DIGITS = 4  # test digits whose reading is shown as it changes, and in train.py's picture


@dataclass(frozen=True)
class RunSettings:
    """What a run is to do."""

    recipe: Recipe
    train_images: int = MNIST_IMAGES  # at most: as many as there are
    seed: int = 0
    go_on: bool = False  # from the chosen network, not from random weights


@dataclass(frozen=True, eq=False)
class RunReport:
    """How far a run is. `epoch` counts those finished."""

    step: int
    steps: int
    epoch: int
    epochs: int
    loss: float
    seconds: float
    recent_loss: (
        float  # mean of the latest batches; `loss` at the end of an epoch is that of the epoch
    )
    quick_accuracy: float  # on the first `quick_tested` test images, now
    quick_tested: int
    train_accuracy: float  # on the first `train_tested` training images, now
    train_tested: int
    test_accuracy: float  # on all of them, at the end of epoch `epoch`
    guesses: np.ndarray  # (SHOWN_DIGITS, 10) probabilities
    drawing: np.ndarray | None  # (10,) probabilities of the visitor's own drawing
    layers: Layers  # all the weights, by now

    @property
    def epochs_done(self) -> float:
        """How often it went through the images: see `count_epochs`."""
        return count_epochs(self.step, self.steps, self.epochs)


def count_epochs(step: int, steps: int, epochs: int) -> float:
    """The part of `epochs` that `step` of `steps` batches are, in hundredths.

    Rounded down, as no run that was stopped did it all, but never to nothing: a batch was learnt from.
    """
    return max(100 * step * epochs // steps, min(step, 1)) / 100


def choose_images(digits: Digits, settings: RunSettings) -> Digits:
    """The digits with at most the number of training images that was asked for, drawn by the seed."""
    count = len(digits.train_labels)
    if settings.train_images >= count:
        return digits
    chosen = np.random.default_rng(settings.seed).permutation(count)[: settings.train_images]
    return replace(
        digits,
        train_images=digits.train_images[chosen],
        train_labels=digits.train_labels[chosen],
    )


def count_steps(settings: RunSettings, digits: Digits) -> int:
    """How many batches a run is."""
    return settings.recipe.epochs * math.ceil(len(digits.train_labels) / settings.recipe.batch_size)


def most_seconds(
    settings: RunSettings, digits: Digits, start: Layers | None, drawing: np.ndarray | None
) -> float:
    """Seconds to borrow a GPU for: ten to begin, and 2 ms a step; generous guesses, not measured there."""
    del start, drawing
    return 10 + 0.002 * count_steps(settings, digits)


def run_training(
    settings: RunSettings,
    digits: Digits,
    start: Layers | None,
    drawing: np.ndarray | None,
    device: str = "cpu",
    report_every: float = REPORT_EVERY,
) -> Iterator[RunReport]:
    """Train on `device` from `start` or afresh; `drawing` (28, 28) uint8 is read again each time.

    Reports come about every `report_every` seconds and do not change what is learnt: on a CPU the same
    settings end with the same weights. How many threads it computes with is up to the process.
    """
    from digits.network.model import MLP, from_layers
    from digits.training.loop import EpochReport, train

    config = settings.recipe.model
    model = from_layers(start, config) if start else MLP(config, settings.seed)
    watched = _watch(digits, drawing)
    steps = count_steps(settings, digits)
    accuracy, epoch, step = 0.0, 0, 0
    for said in train(
        model,
        digits,
        settings.recipe,
        device=device,
        seed=settings.seed,
        report_every=report_every,
    ):
        if isinstance(said, EpochReport):
            accuracy, epoch = said.test_accuracy, said.epoch
            step = steps * epoch // said.epochs
        else:
            step = said.step
        yield _report(said, model, watched, (step, steps, epoch, accuracy))


@dataclass(frozen=True, eq=False)
class _Watched:
    """Images that are read again in every report: some of the training ones, of the test ones, a drawing."""

    pixels: np.ndarray  # (N, 784), in that order
    train_labels: np.ndarray
    test_labels: np.ndarray
    has_drawing: bool


def _watch(digits: Digits, drawing: np.ndarray | None) -> _Watched:
    from digits.data.preparation.centring import to_pixels

    images = [digits.train_images[:QUICK_TEST], digits.test_images[:QUICK_TEST]]
    if drawing is not None:
        images.append(drawing[None])
    return _Watched(
        to_pixels(np.concatenate(images)),
        digits.train_labels[:QUICK_TEST],
        digits.test_labels[:QUICK_TEST],
        drawing is not None,
    )


def _report(
    said: Progress | EpochReport,
    model: MLP,
    watched: _Watched,
    place: tuple[int, int, int, float],
) -> RunReport:
    import torch

    from digits.training.loop import EpochReport

    device = next(model.parameters()).device
    with torch.inference_mode():
        probabilities = model(torch.from_numpy(watched.pixels).to(device)).exp().cpu().numpy()
    seen, tested = len(watched.train_labels), len(watched.test_labels)
    read = probabilities.argmax(axis=1)
    step, steps, epoch, accuracy = place
    return RunReport(
        step=step,
        steps=steps,
        epoch=epoch,
        epochs=said.epochs,
        loss=said.loss,
        seconds=said.seconds,
        recent_loss=said.recent_loss if isinstance(said, EpochReport) else said.loss,
        quick_accuracy=float((read[seen : seen + tested] == watched.test_labels).mean()),
        quick_tested=tested,
        train_accuracy=float((read[:seen] == watched.train_labels).mean()),
        train_tested=seen,
        test_accuracy=accuracy,
        guesses=probabilities[seen : seen + SHOWN_DIGITS],
        drawing=probabilities[-1] if watched.has_drawing else None,
        layers=model.to_arrays(),
    )


def make_backend(layers: Layers, card: Card) -> Backend:
    """The network that answers on the pad as "yours"."""
    from digits.network.model import from_layers

    return TorchBackend(from_layers(layers, card.config), card, weights=YOURS)


def make_card(
    settings: RunSettings, digits: Digits, last: RunReport, engine: str = "server"
) -> Card:
    """What the weights' card records of a run; `engine` is "browser" where it ran in a visitor's one."""
    recipe = asdict(settings.recipe)
    del recipe["model"]  # the card's config says it
    return Card(
        config=settings.recipe.model,
        recipe={
            **recipe,
            "seed": settings.seed,
            "epochs_done": last.epochs_done,
            "continued": settings.go_on,
            **({"engine": engine} if engine != "server" else {}),
        },
        data={
            "source": digits.source,
            "train_images": len(digits.train_labels),
            "test_images": len(digits.test_labels),
        },
        figures={"test_accuracy": round(last.test_accuracy, 4), "loss": round(last.loss, 4)},
    )
