"""What each step of the recipe `sketch` sees: every group's share, and of its hard cases a part."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from digits.distillation.batches import Batches, _Deck
from digits.distillation.dataset import NO_DIGIT, Group


def make_group(name: str, labels: np.ndarray, share: float) -> tuple[Group, torch.Tensor]:
    """Images that all differ, the first pixels telling which it is, and their labels as targets."""
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(len(labels)) % 256, np.arange(len(labels)) // 256
    rows = torch.cat([torch.eye(10), torch.full((1, 10), 0.1)])
    return Group(name, images, labels, share), rows[torch.from_numpy(labels).long()].half()


@pytest.fixture
def batches() -> Batches:
    """400 digits, 40 of every class, and 100 images of what is none."""
    digits = make_group("mnist", (np.arange(400) % 10).astype(np.uint8), 0.75)
    others = make_group("others", np.full(100, NO_DIGIT, np.uint8), 0.25)
    groups, targets = zip(digits, others, strict=True)
    return Batches(groups, targets, 80, seed=0)


def drawn(batches: Batches, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Of so many batches the places of the digits (count, 60) and their targets (count, 60, 10)."""
    pairs = [batches.draw() for _ in range(count)]
    pixels = np.stack([(pair[0][:60, :2] * 255).round().int().numpy() for pair in pairs])
    return pixels[..., 0] + 256 * pixels[..., 1], np.stack([pair[1][:60].numpy() for pair in pairs])


def test_every_group_has_its_share_and_each_image_comes_once(batches: Batches) -> None:
    pixels, wanted = batches.draw()
    assert pixels.shape == (80, 784) and wanted.shape == (80, 10)
    assert (wanted.amax(dim=1) == 1).sum() == 60  # the others' targets are a tenth each
    first = (pixels[:60, :2] * 255).round().int()
    places, _ = drawn(batches, 5)
    seen = [*(first[:, 0] + 256 * first[:, 1]).tolist(), *places.ravel()]
    assert len(set(seen)) == 6 * 60


def test_half_of_the_digits_are_hard_cases_once_they_are_sought(batches: Batches) -> None:
    # It says 3, less surely 5, of everything: the threes are read rightly, the fives nearly.
    network = torch.nn.Linear(784, 10)
    torch.nn.init.zeros_(network.weight)
    network.bias.data = torch.tensor([0.0, 0, 0, 9, 0, 8, 0, 0, 0, 0])
    batches.seek_hard_cases(network, "cpu")
    places, wanted = drawn(batches, 40)
    assert wanted.sum(axis=2) == pytest.approx(1, abs=0.01)
    easy, hard = places[:, :30], places[:, 30:]
    assert len(set(hard.ravel())) == 40  # the tenth that is read worst
    assert not set(hard.ravel() % 10) & {3, 5}
    assert set(easy.ravel()) == set(range(400))  # the rest comes as before


def test_a_deck_deals_every_place_once_before_any_comes_again() -> None:
    deck = _Deck(np.arange(7), np.random.default_rng(0))
    dealt = np.concatenate([deck.deal(3) for _ in range(7)])
    assert [sorted(dealt[start : start + 7]) for start in (0, 7, 14)] == 3 * [list(range(7))]


def test_nothing_to_pick_from_is_refused() -> None:
    """5,000 images or fewer once left the plain group empty, and picking from it never ended."""
    with pytest.raises(ValueError, match="nothing to pick from"):
        _Deck(np.arange(0), np.random.default_rng(0))
