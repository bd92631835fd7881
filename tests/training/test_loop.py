"""Training learns, repeats with a seed, reports and stops."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from digits.data.dataset import Digits
from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.model import MLP
from digits.training.loop import EpochReport, Progress, evaluate, train
from digits.training.recipes import RECIPES, Recipe
from digits.training.standardization import StandardPixels, to_pixels

SHORT = replace(RECIPES["tutorial"], epochs=2)


def run(digits: Digits, recipe: Recipe = SHORT, seed: int = 0, **more: object) -> tuple[MLP, list]:
    model = MLP(recipe.model, seed)
    return model, list(train(model, digits, recipe, seed=seed, **more))


def test_accuracy_climbs_from_a_tenth(bundled: Digits) -> None:
    model, reports = run(bundled)
    assert [report.epoch for report in reports] == [0, 1, 2]
    assert reports[0].test_accuracy < 0.25
    assert reports[1].test_accuracy > 0.75
    assert reports[2].test_accuracy > 0.85
    assert reports[0].loss > reports[1].loss > reports[2].loss
    assert evaluate(model, bundled.test_images, bundled.test_labels) == pytest.approx(
        reports[2].test_accuracy
    )


def test_a_seed_repeats_exactly(few: Digits) -> None:
    (first, first_reports), (second, second_reports) = run(few), run(few)
    for ours, theirs in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert [report.loss for report in first_reports] == [report.loss for report in second_reports]
    other, _ = run(few, seed=1)
    assert not torch.equal(other.layers[0].weight, first.layers[0].weight)


@pytest.mark.parametrize("name", ["tutorial", "fast"])
def test_steps_are_adams(few: Digits, name: str) -> None:
    """The same weights as the plain loop: autograd, torch's Adam with default settings."""
    recipe = replace(
        RECIPES[name], epochs=1, batch_size=1000, schedule="constant", standardised=False
    )
    model, _ = run(few, recipe)
    plain = MLP(recipe.model, seed=0)
    pixels = torch.from_numpy(few.train_images).reshape(-1, 784) / 255
    labels = torch.from_numpy(few.train_labels).long()
    optimiser = torch.optim.Adam(plain.parameters(), lr=recipe.learning_rate)
    torch.nn.functional.nll_loss(plain(pixels), labels).backward()
    optimiser.step()
    for ours, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=2e-5, rtol=1e-3)


@pytest.mark.parametrize("short", [False, True])
def test_standardised_pixels_are_the_same_network_for_whoever_looks(
    few: Digits, monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    monkeypatch.setattr("digits.training.standardization.has_short_products", lambda device: short)
    model = MLP(seed=0)
    images = torch.from_numpy(few.train_images).reshape(-1, 784)
    with torch.no_grad():
        plain = model.logits(to_pixels(images))
        inputs = StandardPixels(model, images)
        seen = inputs.pixels(images)
        assert seen.dtype == (torch.bfloat16 if short else torch.float32)
        seen = seen.float()
        assert abs(seen.mean()) < 0.01
        assert 0.8 < seen.std() < 1.1
        tolerance = 2e-3 if short else 1e-5  # of 8 bits for a pixel, or 24
        torch.testing.assert_close(inputs.learner.logits(seen), plain, atol=tolerance, rtol=1e-2)
        for value in inputs.learner.parameters():
            value += 0.001
        learnt = inputs.learner.logits(inputs.pixels(images).float())
        assert not torch.allclose(learnt, plain, atol=0.01)
        inputs.hand_out()
        torch.testing.assert_close(
            model.logits(to_pixels(images)), learnt, atol=max(tolerance, 1e-4), rtol=1e-2
        )


def weights_of(model: MLP) -> bytes:
    return b"".join(value.detach().numpy().tobytes() for value in model.parameters())


@pytest.mark.parametrize("name", ["tutorial", "fast"])
@pytest.mark.parametrize("short", [False, True])
def test_reports_do_not_change_what_a_seeded_run_learns(
    few: Digits, monkeypatch: pytest.MonkeyPatch, name: str, short: bool
) -> None:
    monkeypatch.setattr("digits.training.standardization.has_short_products", lambda device: short)
    recipe = replace(RECIPES[name], epochs=1, batch_size=50)
    learnt = {
        weights_of(run(few, recipe, seed=3, report_every=every)[0])
        for every in (None, None, 0.0, 0.01)
    }
    assert len(learnt) == 1


@pytest.mark.parametrize("short", [False, True])
def test_a_standardised_run_can_be_left_at_any_report(
    few: Digits, monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    monkeypatch.setattr("digits.training.standardization.has_short_products", lambda device: short)
    recipe = replace(RECIPES["fast"], epochs=2, batch_size=100)
    model = MLP(recipe.model, seed=0)
    for report in train(model, few, recipe, seed=0, report_every=0.0):
        reached = evaluate(model, few.test_images, few.test_labels)
        if isinstance(report, EpochReport):
            assert report.test_accuracy == pytest.approx(reached)
    run_on = train(model, few, recipe, seed=1, report_every=0.0)
    for _ in range(4):
        next(run_on)
    run_on.close()
    assert evaluate(model, few.test_images, few.test_labels) > 0.5


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_learns(few: Digits, activation: str) -> None:
    recipe = replace(SHORT, model=ModelConfig((32,), activation), epochs=6, learning_rate=0.003)
    assert run(few, recipe)[1][-1].test_accuracy > 0.6


def test_progress_is_reported_inside_an_epoch(few: Digits) -> None:
    reports = run(few, report_every=0.0)[1]
    progress = [report for report in reports if isinstance(report, Progress)]
    assert [report.step for report in progress] == sorted({report.step for report in progress})
    assert progress[-1].steps == 2 * 67
    assert all(report.loss > 0 for report in progress)


def test_stop_ends_within_a_step_and_reports_what_was_learnt(few: Digits) -> None:
    steps = []

    def stop() -> bool:
        return len(steps) >= 5

    model = MLP(seed=0)
    reports = []
    for report in train(model, few, SHORT, seed=0, stop=stop, report_every=0.0):
        reports.append(report)
        if isinstance(report, Progress):
            steps.append(report.step)
    assert steps == [1, 2, 3, 4, 5]
    assert isinstance(reports[-1], EpochReport)
    assert reports[-1].test_accuracy == pytest.approx(
        evaluate(model, few.test_images, few.test_labels)
    )
