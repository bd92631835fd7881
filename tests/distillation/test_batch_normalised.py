"""What the little network learns as is what it is afterwards."""

from __future__ import annotations

import pytest
import torch

from digits.distillation.batch_normalised import BatchNormalisedMLP
from digits.network.config import ModelConfig
from digits.network.model import MLP


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_folded_it_gives_the_logits_that_it_gave(activation: str) -> None:
    torch.manual_seed(0)
    model = MLP(ModelConfig((32, 16), activation), seed=0)
    learner = BatchNormalisedMLP(model)
    optimiser = torch.optim.SGD(learner.parameters(), 0.5)
    for _ in range(20):
        logits = learner(torch.rand(100, 784))
        logits.square().mean().backward()
        optimiser.step()
    learner.eval()
    pixels = torch.rand(50, 784)
    with torch.no_grad():
        wanted = learner(pixels)
        untouched = model.logits(pixels)
        folded = learner.fold()
        assert (wanted - untouched).abs().max() > 0.01  # there was something to fold
        torch.testing.assert_close(folded.logits(pixels), wanted, rtol=1e-4, atol=1e-5)
    assert folded is model


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_settled_on_weights_learnt_earlier_it_changes_nothing_at_first(activation: str) -> None:
    model = MLP(ModelConfig((32, 16), activation), seed=0)
    pixels = torch.rand(500, 784)
    with torch.no_grad():
        wanted = model.logits(pixels)
        learner = BatchNormalisedMLP(model)
        assert (learner(pixels) - wanted).abs().max() > 0.01  # normalised, the sums are others
        learner.settle(pixels)
        torch.testing.assert_close(learner(pixels), wanted, rtol=1e-2, atol=1e-3)
        torch.testing.assert_close(learner.eval()(pixels), wanted, rtol=1e-3, atol=1e-4)


def test_a_node_that_was_silent_learns() -> None:
    model = MLP(ModelConfig((8,)), seed=0)
    with torch.no_grad():
        model.layers[0].bias.fill_(-100)  # no image wakes any of the eight
    learner = BatchNormalisedMLP(model)
    learner(torch.rand(100, 784)).square().mean().backward()
    gradient = learner.norms[0].weight.grad
    assert isinstance(gradient, torch.Tensor) and (gradient != 0).all()
