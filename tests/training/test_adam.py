"""Adam written out, torch's fused kernel and torch.optim.Adam take the same steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from digits.data.dataset import Digits
from digits.network.model import MLP
from digits.training.adam import Adam
from digits.training.loop import EpochReport, train
from digits.training.recipes import RECIPES


def walk(kernel: bool) -> torch.Tensor:
    """Where ten steps along fixed gradients lead from fixed weights."""
    random = torch.Generator().manual_seed(0)
    weights, gradients = torch.randn(50, generator=random), torch.zeros(50)
    adam = Adam(weights, gradients)
    if not kernel:
        adam._kernel = None
    for number in range(10):
        gradients.copy_(torch.randn(50, generator=random))
        adam.step(0.01 * (1 + number))
    return weights


def test_the_plain_steps_are_the_kernels() -> None:
    assert hasattr(torch, "_fused_adam_"), "this torch lacks the kernel: the fallback runs instead"
    torch.testing.assert_close(walk(kernel=False), walk(kernel=True), atol=1e-6, rtol=1e-5)


def test_the_plain_steps_are_torchs_own_optimisers() -> None:
    random = torch.Generator().manual_seed(0)
    theirs = torch.nn.Parameter(torch.randn(50, generator=random))
    optimiser = torch.optim.Adam([theirs], foreach=False, fused=False)
    for number in range(10):
        theirs.grad = torch.randn(50, generator=random)
        optimiser.param_groups[0]["lr"] = 0.01 * (1 + number)
        optimiser.step()
    torch.testing.assert_close(walk(kernel=False), theirs.detach(), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("missing", ["_fused_adam_", "cpu._is_avx512_bf16_supported"])
def test_training_goes_on_where_torch_lacks_a_private_name(
    few: Digits, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delattr(f"torch.{missing}", raising=False)
    recipe = replace(RECIPES["fast"], epochs=3, batch_size=50)
    last = list(train(MLP(seed=0), few, recipe, seed=0))[-1]
    assert isinstance(last, EpochReport)
    assert last.test_accuracy > 0.8
