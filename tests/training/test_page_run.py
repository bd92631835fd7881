"""A training on the page, without a browser: what may be asked for, what is reported, who waits."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from digits.data.dataset import Digits
from digits.errors import SettingsError
from digits.evaluation.metrics import score
from digits.network.config import PAGE_LIMITS
from digits.network.metadata import Calibration
from digits.server.history import RunHistory
from digits.server.requests import check_training
from digits.server.results import sure_mistakes
from digits.server.worker_threads import in_threads, make_workers
from digits.training.loop import evaluate
from digits.training.page_run import choose_images, make_backend, make_card, run_training
from tests.support.loops import complete

WORKERS = make_workers(1)


def order(**asked: Any) -> Any:
    return check_training({"epochs": 2, "batch_size": 50, "hidden": [16], **asked}).settings


def test_an_order_without_wishes_is_the_tutorial() -> None:
    recipe = check_training({}).settings.recipe
    assert recipe.model.hidden == (64, 64, 64) and recipe.model.parameters == 59_210
    assert (recipe.epochs, recipe.batch_size, recipe.learning_rate) == (2, 15, 0.001)


def test_the_fast_preset_keeps_its_schedule() -> None:
    assert check_training({"preset": "fast"}).settings.recipe.schedule == "one-cycle"


@pytest.mark.parametrize("name", sorted(PAGE_LIMITS.keys() - {"layers", "width"}))
def test_every_limit_is_enforced_and_named(name: str) -> None:
    low, high = PAGE_LIMITS[name]
    for value in (low, high):
        check_training({name: value})
    for value in (low - 1, high + 1):
        with pytest.raises(SettingsError, match=name.replace("_", " ")):
            check_training({name: value})


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"hidden": [16] * 6}, "layers must be between 1 and 5, not 6"),
        ({"hidden": []}, "layers must be between 1 and 5, not 0"),
        ({"hidden": [16, 3]}, "width must be between 4 and 256, not 3"),
        ({"hidden": "16,x"}, "width must be a number, not 'x'"),
        ({"hidden": 16}, "hidden must list"),
        ({"activation": "swish"}, "activation must be one of relu, tanh, sigmoid, gelu"),
        ({"epochs": "many"}, "epochs must be a number, not 'many'"),
        ({"epochs": 1.5}, "epochs must be a whole number, not 1.5"),
        ({"epochs": True}, "epochs must be a number"),
        ({"epochs": None}, "epochs must be a number"),
        ({"learning_rate": float("nan")}, "learning rate must be a number"),
        ({"seed": float("inf")}, "seed must be a number"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        check_training(asked)


def test_hidden_layers_may_come_as_text() -> None:
    assert check_training({"hidden": "32, 16"}).settings.recipe.model.hidden == (32, 16)


def test_a_part_of_the_images_has_all_classes_and_depends_on_the_seed(few: Digits) -> None:
    part = choose_images(few, order(train_images=100, seed=1))
    assert len(part.train_images) == len(part.train_labels) == 100
    assert set(part.train_labels) == set(range(10))
    other = choose_images(few, order(train_images=100, seed=2))
    assert not np.array_equal(part.train_labels, other.train_labels)
    assert choose_images(few, order(train_images=60_000)) is few


def test_a_run_reports_before_training_and_after_each_epoch_and_learns(few: Digits) -> None:
    drawing = few.test_images[7]
    reports = list(run_training(order(learning_rate=0.01), few, None, drawing))
    ends = [report for i, report in enumerate(reports) if report.epoch != reports[i - 1].epoch]
    assert [report.epoch for report in ends] == [0, 1, 2]
    assert reports[0].step == 0 and reports[-1].step == reports[-1].steps == 40
    assert reports[0].test_accuracy < 0.4 < reports[-1].test_accuracy
    assert all(report.guesses.shape == (4, 10) for report in reports)
    assert all(abs(report.drawing.sum() - 1) < 1e-5 for report in reports)


def test_the_last_report_carries_the_network_that_was_tested(few: Digits) -> None:
    last = list(run_training(order(), few, None, None))[-1]
    network = make_backend(last.layers, make_card(order(), few, last))
    result = score(network, few.test_images, few.test_labels)
    assert result.accuracy == pytest.approx(last.test_accuracy)
    assert network.weights == "yours" and network.card.config.hidden == (16,)
    assert last.drawing is None


def test_going_on_starts_where_it_stopped(few: Digits) -> None:
    last = list(run_training(order(), few, None, None))[-1]
    first = next(iter(run_training(order(), few, last.layers, None)))
    assert first.test_accuracy == pytest.approx(last.test_accuracy)


def test_a_report_is_not_changed_by_the_steps_after_it(few: Digits) -> None:
    reports = list(run_training(order(), few, None, None))
    assert not np.array_equal(reports[0].layers[0][0], reports[-1].layers[0][0])


@pytest.mark.parametrize("preset", ["tutorial", "fast"])
def test_the_same_seed_repeats_the_run_however_often_it_reports(few: Digits, preset: str) -> None:
    asked = order(preset=preset, seed=5)
    versions = set()
    for every in (0.2, 0.0, 0.01):
        last = list(run_training(asked, few, None, few.test_images[0], report_every=every))[-1]
        versions.add(make_backend(last.layers, make_card(asked, few, last)).version)
    assert len(versions) == 1


def test_the_story_has_an_entry_an_epoch_and_thins_long_curves(few: Digits) -> None:
    reports = list(run_training(order(), few, None, few.test_images[0]))
    story = RunHistory(order(), few, few.test_images[0])
    for report in reports:
        story.add(report)
    told = story.tell("done")
    assert [past["step"] for past in told["past"]] == [0, 20, 40]
    assert told["past"][0]["accuracy"] == reports[0].test_accuracy
    assert len(told["samples"]) == len(told["guesses"]) == 4
    for step in range(41, 1041):
        story.add(replace(reports[-1], step=step))
        assert story.curve[-1][0] == step
    assert len(story.curve) < 500 and story.curve[0][0] == 0


def test_only_mistakes_that_it_was_sure_of_are_shown_the_surest_first(few: Digits) -> None:
    last = list(run_training(order(), few, None, None))[-1]
    network = make_backend(last.layers, make_card(order(), few, last))
    result = score(network, few.test_images, few.test_labels)
    found = sure_mistakes(result, Calibration(threshold=0.2))
    sureness = [mistake["probability"] for mistake in found]
    assert found and sureness == sorted(sureness, reverse=True) and sureness[-1] >= 0.2
    assert all(mistake["label"] != mistake["said"] for mistake in found)
    assert sure_mistakes(result, Calibration(threshold=1.0)) == []


def test_a_generator_in_threads_is_closed_when_nobody_listens_any_more() -> None:
    closed = []

    def count() -> Any:
        try:
            yield from range(100)
        finally:
            closed.append(True)

    async def take_two() -> list[int]:
        taken = []
        items = in_threads(count(), WORKERS)
        async for item in items:
            taken.append(item)
            if len(taken) == 2:
                break
        await items.aclose()
        return taken

    assert complete(take_two()) == [0, 1] and closed


def test_a_listener_may_be_cancelled_in_the_middle_of_a_step() -> None:
    closed, stepping = [], threading.Event()

    def slowly() -> Any:
        try:
            while True:
                stepping.set()
                time.sleep(0.1)
                yield 1
        finally:
            closed.append(True)

    async def listen() -> None:
        async for _ in in_threads(slowly(), WORKERS):
            pass

    async def cancel() -> None:
        listening = asyncio.ensure_future(listen())
        await asyncio.to_thread(stepping.wait)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening

    complete(cancel())
    assert closed


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own")
def test_workers_step_back_and_nobody_else_does() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert WORKERS.submit(priority).result() == max(priority(), 10)


def test_a_card_says_what_the_run_was(few: Digits) -> None:
    asked = order(seed=9)
    last = list(run_training(asked, few, None, None))[-1]
    card = make_card(asked, few, last)
    assert card.recipe["seed"] == 9 and card.recipe["epochs_done"] == 2
    assert card.data["train_images"] == 1000
    assert card.figures["test_accuracy"] == round(last.test_accuracy, 4)


def test_evaluate_agrees_with_the_story(few: Digits) -> None:
    from digits.network.model import from_layers

    asked = replace(order(), seed=2)
    last = list(run_training(asked, few, None, None))[-1]
    model = from_layers(last.layers, asked.recipe.model)
    assert evaluate(model, few.test_images, few.test_labels) == pytest.approx(last.test_accuracy)
