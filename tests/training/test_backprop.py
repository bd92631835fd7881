"""The gradients written out by hand are autograd's."""

from __future__ import annotations

import copy

import pytest
import torch
from torch.nn import functional

from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.model import MLP
from digits.training.backprop import Backprop


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(64, 64, 64), (7,), (16, 5)])
@pytest.mark.parametrize("size", [1, 15])
def test_gradients_and_loss_are_autograds(
    activation: str, hidden: tuple[int, ...], size: int
) -> None:
    random = torch.Generator().manual_seed(1)
    ours = MLP(ModelConfig(hidden, activation), seed=0).double()
    theirs = copy.deepcopy(ours)
    pixels = torch.rand(size, 784, generator=random).double()
    labels = torch.randint(0, 10, (size,), generator=random)

    backprop = Backprop(ours)
    loss = backprop.gradients_of(pixels, functional.one_hot(labels, 10).double())
    expected_loss = functional.nll_loss(theirs(pixels), labels)
    expected_loss.backward()

    torch.testing.assert_close(loss, expected_loss.detach())
    expected = torch.cat([value.grad.flatten() for value in theirs.parameters()])
    assert expected.abs().max() > 1e-3
    torch.testing.assert_close(backprop.gradients, expected)


def test_soft_targets_pull_towards_their_mixture() -> None:
    model = MLP(ModelConfig((8,)), seed=0).double()
    theirs = copy.deepcopy(model)
    pixels = torch.rand(4, 784).double()
    targets = torch.rand(4, 10).double().softmax(dim=1)
    backprop = Backprop(model)
    backprop.gradients_of(pixels, targets)
    (-(targets * theirs(pixels)).sum(dim=1).mean()).backward()
    expected = torch.cat([value.grad.flatten() for value in theirs.parameters()])
    torch.testing.assert_close(backprop.gradients, expected)


def test_short_numbers_give_nearly_the_same_gradients() -> None:
    model = MLP(seed=0)
    backprop = Backprop(model)
    pixels = torch.randn(100, 784, generator=torch.Generator().manual_seed(1))
    targets = functional.one_hot(torch.arange(100) % 10, 10).float()
    loss = backprop.gradients_of(pixels, targets)
    expected = backprop.gradients.clone()
    backprop.gradients.zero_()
    torch.testing.assert_close(
        backprop.gradients_of(pixels.bfloat16(), targets), loss, atol=0, rtol=1e-3
    )
    assert (backprop.gradients - expected).norm() < 0.05 * expected.norm()


def test_the_networks_weights_are_views_into_the_row() -> None:
    model = MLP(ModelConfig((8,)), seed=0)
    before = copy.deepcopy(model)
    row = Backprop(model).weights
    pixels = torch.rand(3, 784)
    assert torch.equal(model(pixels), before(pixels))
    row.zero_()
    assert all(not value.any() for value in model.parameters())
