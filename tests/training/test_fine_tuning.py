"""Teaching by corrected drawings: what it learns, what it keeps, what it leaves alone."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from digits.data.dataset import Digits
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.strokes import prepare_strokes
from digits.network.checkpoint import WEIGHTS_DIR, load_weights
from digits.network.model import MLP
from digits.training.fine_tuning import (
    Correction,
    FineTuningConfig,
    fine_tune,
    learning_rate_at,
    remember,
)
from digits.training.loop import evaluate, predictions

QUICK = FineTuningConfig(steps=60, variations=8)


def star(turned: float = 0.0) -> list[np.ndarray]:
    """A five-pointed star, which the shipped weights do not read as 4."""
    angles = turned + np.pi / 2 + np.arange(6) * 4 * np.pi / 5
    return [0.5 + 0.4 * np.stack([np.cos(angles), -np.sin(angles)], axis=1)]


@pytest.fixture(scope="module")
def tutorial() -> MLP:
    return load_weights(WEIGHTS_DIR / "tutorial.pt")[0]


def learn(model: MLP, digits: Digits, config: FineTuningConfig = QUICK, seed: int = 0) -> MLP:
    taught = copy.deepcopy(model)
    shares = list(
        fine_tune(
            taught,
            [Correction(star(), 4)],
            digits.train_images,
            digits.train_labels,
            config=config,
            seed=seed,
        )
    )
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)
    return taught


@pytest.fixture(scope="module")
def taught(tutorial: MLP, bundled: Digits) -> MLP:
    """The tutorial's network after a lesson."""
    return learn(tutorial, bundled)


def test_one_corrected_drawing_is_learnt_with_others_like_it(tutorial: MLP, taught: MLP) -> None:
    images = np.stack([prepare_strokes(star(turned)).image for turned in (0, -0.06, 0.06)])
    assert (predictions(tutorial, images) != 4).all()
    assert (predictions(taught, images) == 4).all()


def test_mnist_is_not_forgotten(tutorial: MLP, bundled: Digits) -> None:
    test = (bundled.test_images, bundled.test_labels)
    taught = learn(tutorial, bundled, FineTuningConfig(steps=100))
    assert evaluate(taught, *test) > evaluate(tutorial, *test) - 0.01


def test_what_was_said_of_mnist_is_remembered(tutorial: MLP, taught: MLP, bundled: Digits) -> None:
    """The second teacher: without it the answers move three times as far from what they were."""
    pixels = torch.from_numpy(to_pixels(bundled.test_images))
    labels_alone = learn(tutorial, bundled, replace(QUICK, memory=0.0))

    def distance(model: MLP) -> float:
        with torch.inference_mode():
            before, after = tutorial(pixels), model(pixels)
        return float((before.exp() * (before - after)).sum(dim=1).mean())

    assert distance(taught) < distance(labels_alone) / 2


def test_the_same_seed_gives_the_same_network(tutorial: MLP, taught: MLP, bundled: Digits) -> None:
    again = learn(tutorial, bundled)
    assert torch.equal(again.layers[0].weight, taught.layers[0].weight)
    assert not torch.equal(taught.layers[0].weight, tutorial.layers[0].weight)


def test_targets_mix_the_label_with_what_was_said_before(tutorial: MLP, few: Digits) -> None:
    def targets(memory: float) -> tuple[torch.Tensor, torch.Tensor]:
        random = torch.Generator().manual_seed(0)
        config = replace(QUICK, memory=memory, pool=50)
        return remember(tutorial, few.train_images, few.train_labels, config, random)

    (pixels, labels), (_, said), (_, half) = targets(0.0), targets(1.0), targets(0.5)
    assert labels.shape == (50, 10) and set(labels.unique().tolist()) == {0.0, 1.0}
    assert torch.allclose(said, tutorial(pixels).exp())
    assert torch.allclose(half, (labels + said) / 2)


def test_the_learning_rate_rises_shortly_and_falls_to_nothing() -> None:
    config = replace(QUICK, steps=100)
    rates = [learning_rate_at(step, config) for step in range(100)]
    assert rates[0] < rates[5] < rates[9] == max(rates)
    assert rates[-1] < 0.001 * config.learning_rate
