"""Adam on all weights at once."""

from __future__ import annotations

import torch
from torch import Tensor


class Adam:
    """Adam (Kingma and Ba, 2014): each weight's step is its mean gradient over its usual size.

    All weights lie in one tensor, so one call of torch's fused kernel moves them. torch.optim.Adam
    calls the same kernel, but the checks around it take twice as long as the step, and it loads
    torch's compiler first, which takes a second.
    """

    def __init__(self, weights: Tensor, gradients: Tensor) -> None:
        self._weights, self._gradients = weights, gradients
        self._means, self._squares = torch.zeros_like(weights), torch.zeros_like(weights)
        self._steps = torch.zeros((), device=weights.device)

    def step(self, learning_rate: float) -> None:
        """Move the weights a little against their gradients."""
        self._steps += 1
        # The kernel has no public name; torch 2.8 to 2.11, all that are allowed, have it under this one.
        torch._fused_adam_(
            [self._weights],
            [self._gradients],
            [self._means],
            [self._squares],
            [],
            [self._steps],
            lr=learning_rate,
            beta1=0.9,
            beta2=0.999,
            weight_decay=0.0,
            eps=1e-8,
            amsgrad=False,
            maximize=False,
        )
