"""The network computes what the tutorial says it computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.model import MLP


def test_it_has_as_many_weights_as_its_config_says() -> None:
    for config in (ModelConfig(), ModelConfig((32,)), ModelConfig((128, 16))):
        assert sum(value.numel() for value in MLP(config).parameters()) == config.parameters


def test_nodes_are_weighted_sums_with_relu_between_and_log_softmax_at_the_end() -> None:
    model = MLP(ModelConfig((5, 4)), seed=3)
    pixels = np.random.default_rng(0).random((3, 784), np.float32)
    values = pixels
    for number, layer in enumerate(model.layers):
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        values = values @ weight.T + bias
        if number < 2:
            values = np.maximum(values, 0)
    expected = values - np.log(np.exp(values).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(model(torch.from_numpy(pixels)).detach(), expected, atol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_probabilities_sum_to_one(activation: str) -> None:
    log_probabilities = MLP(ModelConfig((8,), activation), seed=0)(torch.rand(4, 784))
    assert log_probabilities.exp().sum(dim=1).tolist() == pytest.approx([1] * 4, abs=1e-5)


def test_a_seed_repeats_the_first_weights_and_leaves_torchs_generator_alone() -> None:
    before = torch.random.get_rng_state()
    first, second, other = (MLP(seed=seed).layers[0].weight for seed in (1, 1, 2))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
    assert first.abs().max() <= 784**-0.5
    torch.random.set_rng_state(before)
    MLP(seed=1)
    drawn = torch.rand(1)
    torch.random.set_rng_state(before)
    MLP(seed=2)
    # nn.Linear itself draws the same amount whatever our seed is.
    assert torch.equal(drawn, torch.rand(1))
