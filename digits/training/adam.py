"""Adam on all weights at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

MEAN_DECAY, SQUARE_DECAY = 0.9, 0.999  # beta 1 and 2: how slowly the two averages forget
EPSILON = 1e-8  # keeps a weight whose gradient is nearly always 0 from leaping


class Adam:
    """Adam (Kingma and Ba, 2014): each weight's step is its mean gradient over its usual size.

    All weights lie in one tensor, so one call of torch's fused kernel moves them. torch.optim.Adam
    calls the same kernel, but the checks around it take twice as long as the step, and it loads
    torch's compiler first, which takes a second. Where a torch lacks the kernel, `step_plainly` does
    the same in nine lines.
    """

    def __init__(self, weights: Tensor, gradients: Tensor) -> None:
        self._weights, self._gradients = weights, gradients
        self._means, self._squares = torch.zeros_like(weights), torch.zeros_like(weights)
        self._steps = torch.zeros((), device=weights.device)
        # The kernel has no public name; torch 2.8 to 2.11, all that are allowed, have it under this one.
        self._kernel: Callable[..., Any] | None = getattr(torch, "_fused_adam_", None)

    def step(self, learning_rate: float) -> None:
        """Move the weights a little against their gradients."""
        if self._kernel is None:
            self.step_plainly(learning_rate)
            return
        self._steps += 1
        self._kernel(
            [self._weights],
            [self._gradients],
            [self._means],
            [self._squares],
            [],
            [self._steps],
            lr=learning_rate,
            beta1=MEAN_DECAY,
            beta2=SQUARE_DECAY,
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def step_plainly(self, learning_rate: float) -> None:
        """The same step written out, as in the paper's algorithm 1."""
        self._steps += 1
        self._means.lerp_(self._gradients, 1 - MEAN_DECAY)
        self._squares.lerp_(self._gradients.square(), 1 - SQUARE_DECAY)
        # Both averages began at 0 and are too small at first; this makes up for it.
        count = float(self._steps)
        mean = self._means / (1 - MEAN_DECAY**count)
        square = self._squares / (1 - SQUARE_DECAY**count)
        self._weights.sub_(learning_rate * mean / (square.sqrt() + EPSILON))
