"""What the recipe `sketch` shows in each step: of every group its share, of its hard cases a part of that.

A digit that is read rightly and surely teaches little. Those that a network reads worst are its hard cases;
they come more often once it knows the others (Shrivastava et al., "Training Region-based Object Detectors
with Online Hard Example Mining", 2016). What that gained: docs/training.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from digits.distillation.dataset import NO_DIGIT, Group

HARD = 0.5  # share of each group of digits in a batch that is drawn from its hard cases, once there are some
HARDEST = 0.1  # how many of the images looked at are hard cases
LOOKED_AT = 600_000  # images of a group, at most, among which its hard cases are sought


class Batches:
    """Batches in which every group has its share, and from some moment on its hard cases a part of that."""

    def __init__(
        self, groups: Sequence[Group], targets: Sequence[Tensor], batch_size: int, seed: int
    ) -> None:
        self._random = np.random.default_rng(seed)
        total = sum(group.share for group in groups)
        self._sources = [
            _Source(group, wanted, max(1, round(batch_size * group.share / total)), self._random)
            for group, wanted in zip(groups, targets, strict=True)
        ]

    def draw(self) -> tuple[Tensor, Tensor]:
        """The next batch: pixels (N, 784) in 0..1 and targets (N, 10)."""
        picked = [(source, source.pick()) for source in self._sources]
        pixels = np.concatenate([source.images[places] for source, places in picked])
        rows = torch.cat([source.targets[torch.from_numpy(places)] for source, places in picked])
        return torch.from_numpy(pixels).float().div_(255), rows.float()

    def seek_hard_cases(self, network: nn.Module, device: str) -> None:
        """From now on HARD of what a group of digits adds are what `network` reads worst of it now."""
        for source in self._sources:
            if source.is_of_digits:
                source.seek_hard_cases(network, device, self._random)


class _Source:
    """One group's part of every batch: `count` of its images, each once before any comes again."""

    def __init__(
        self, group: Group, targets: Tensor, count: int, random: np.random.Generator
    ) -> None:
        self.images = group.images.reshape(len(group.images), -1)
        self.targets = targets
        self.is_of_digits = bool((group.labels != NO_DIGIT).any())
        self._count = count
        self._all = _Deck(np.arange(len(self.images)), random)
        self._hard: _Deck | None = None

    def pick(self) -> NDArray[np.intp]:
        """The places of the next `count` images."""
        if self._hard is None:
            return self._all.deal(self._count)
        hard = round(HARD * self._count)
        return np.concatenate([self._all.deal(self._count - hard), self._hard.deal(hard)])

    def seek_hard_cases(self, network: nn.Module, device: str, random: np.random.Generator) -> None:
        """Those of LOOKED_AT images whose targets are furthest from what `network` says, HARDEST of them."""
        total = len(self.images)
        places = random.choice(total, min(total, LOOKED_AT), replace=False)
        apart = [self._divergence(network, part, device) for part in _parts(places)]
        count = max(1, round(HARDEST * len(places)))
        self._hard = _Deck(places[np.argsort(-np.concatenate(apart))[:count]], random)

    @torch.inference_mode()
    def _divergence(
        self, network: nn.Module, places: NDArray[np.intp], device: str
    ) -> NDArray[np.float32]:
        """Kullback-Leibler divergence (N,) of the targets from what `network` says, in nats."""
        pixels = torch.from_numpy(self.images[places]).to(device).float().div_(255)
        said = functional.log_softmax(network(pixels), dim=1).cpu()
        wanted = self.targets[torch.from_numpy(places)].float()
        apart = functional.kl_div(said, wanted, reduction="none").sum(dim=1)
        return apart.numpy()


class _Deck:
    """Places, shuffled, dealt out once each before any comes again."""

    def __init__(self, places: NDArray[np.intp], random: np.random.Generator) -> None:
        if not len(places):
            raise ValueError("there is nothing to pick from")
        self._places, self._random = places, random
        self._left = random.permutation(places)

    def deal(self, count: int) -> NDArray[np.intp]:
        """The next `count` places."""
        while len(self._left) < count:
            self._left = np.concatenate([self._left, self._random.permutation(self._places)])
        dealt, self._left = self._left[:count], self._left[count:]
        return dealt


def _parts(places: NDArray[np.intp], size: int = 2000) -> list[NDArray[np.intp]]:
    return [places[start : start + size] for start in range(0, len(places), size)]
