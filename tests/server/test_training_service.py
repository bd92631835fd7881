"""Trainings without a page: what is told, what is kept, what a broken connection changes, who makes room."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits.data.dataset import Digits, LabelledImages
from digits.network.backends import TorchBackend
from digits.network.metadata import Card
from digits.network.model import MLP
from digits.network.registry import Choice, Networks
from digits.process import keep_to_one_thread
from digits.server import limits, training_service
from digits.server.datasets import DatasetCache
from digits.server.downloads import download, file_stem
from digits.server.fine_tuning_service import FineTuningService
from digits.server.messages import Name
from digits.server.reader import Reader
from digits.server.sessions import RunUpdate, Sessions
from digits.server.training_service import TrainingService
from digits.training.page_run import RunSettings, run_training
from tests.support.loops import complete
from tests.support.requests import as_file, seven

TOKEN, OTHER = "a" * 20, "b" * 20
SMALL = {"epochs": 2, "batch_size": 50, "hidden": [16], "session": TOKEN}
LONG = SMALL | {"epochs": 20, "batch_size": 1}


class Clock:
    """Seconds that pass when the test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Given(DatasetCache):
    """Digits that are there already."""

    def __init__(self, digits: Digits) -> None:
        super().__init__(None)
        self._digits = digits


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(few: Digits, clock: Clock) -> TrainingService:
    keep_to_one_thread()
    reader = Reader(Networks(Choice("tutorial")), Sessions(clock))
    return TrainingService(reader, Given(few), seats=1)


async def train(service: TrainingService, **asked: Any) -> list[RunUpdate]:
    asked = SMALL | asked
    return [update async for update in service.train(asked["session"], asked, None)]


def run(service: TrainingService, **asked: Any) -> list[RunUpdate]:
    return complete(train(service, **asked))


async def until(updates: AsyncIterator[RunUpdate], state: str) -> RunUpdate:
    async for update in updates:
        if update.run["state"] == state:
            return update
    raise AssertionError(f"never {state}")


async def wait_until(is_so: Callable[[], object]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


def test_a_run_is_told_and_what_came_of_it_is_kept(service: TrainingService, few: Digits) -> None:
    *_, last = run(service)
    json.dumps([last.run, last.outcome], allow_nan=False)
    told = last.run
    assert told["state"] == "done" and told["epoch"] == told["epochs"] == 2
    assert told["accuracy"] > 0.5 and told["tested"] == told["quick_tested"] == 200
    assert told["trained"] == told["available"] == told["train_tested"] == 1000
    assert told["train_accuracy"] > 0.5
    session = service.sessions.find(TOKEN)
    assert session and session.own and last.entry
    assert last.entry["id"] == session.own.id == "yours-1"
    assert last.entry["name"] == {"key": "network_run", "values": {"number": 1}}
    assert last.outcome and last.outcome["runs"][0]["network"] == "yours-1"
    assert sum(map(sum, last.outcome["confusion"])) == 200


def test_no_point_of_the_loss_curve_repeats_the_one_before(service: TrainingService) -> None:
    """Epochs of some milliseconds: every point is the end of one."""
    curve = run(service, epochs=10)[-1].run["curve"]
    losses = [loss for _, loss, *_ in curve]
    assert len(losses) >= 11 and all(a != b for a, b in zip(losses, losses[1:]))  # noqa: B905, RUF007
    assert losses[-1] < 0.5 * losses[0]


def test_the_same_seed_repeats_exactly(service: TrainingService) -> None:
    for preset in ("tutorial", "fast"):
        for _ in range(2):
            run(service, preset=preset, seed=3)
    session = service.sessions.find(TOKEN)
    assert session
    one, two, three, four = (own.backend.layers() for own in session.networks)
    for first, second in ((one, two), (three, four)):
        for (weight, bias), (other, other_bias) in zip(first, second, strict=True):
            np.testing.assert_array_equal(weight, other)
            np.testing.assert_array_equal(bias, other_bias)
    assert not np.array_equal(one[0][0], three[0][0])


def test_going_on_keeps_the_networks_own_shape_and_says_so(service: TrainingService) -> None:
    run(service)
    first = run(service, start="yours-1", hidden=[32, 32])[-1].run
    assert first["sizes"] == [784, 16, 10]
    (note,) = first["notes"]
    assert note["code"] == "shape_kept" and note["values"]["asked"] == [784, 32, 32, 10]
    assert first["start"] == {
        "network": "yours-1",
        "name": {"key": "network_run", "values": {"number": 1}},
    }
    assert first["past"][0]["accuracy"] > 0.5  # it began where the other ended
    assert not run(service, go_on=True, hidden=[16])[-1].run["notes"]
    shipped = run(service, start="tutorial", epochs=1)[-1].run
    assert shipped["sizes"] == [784, 64, 64, 64, 10] and shipped["past"][0]["accuracy"] > 0.9


def test_what_cannot_be_trained_is_a_fault_and_changes_nothing(service: TrainingService) -> None:
    run(service)
    for asked, code in (
        ({"learning_rate": 1}, "setting_limit"),
        ({"learning_rate": ""}, "setting_bad_number"),
        ({"epochs": "many"}, "setting_bad_number"),
        ({"start": "yours-9"}, "weights_gone"),
        ({"session": "x"}, "session_token"),
    ):
        (only,) = run(service, **asked)
        assert only.run["state"] == "problem" and only.run["fault"]["code"] == code, asked
    session = service.sessions.find(TOKEN)
    assert session and session.own and session.run and session.run.latest.run["state"] == "done"
    values = run(service, learning_rate=1)[0].run["fault"]["values"]
    assert values == {"setting": "learning_rate", "low": 1e-5, "high": 0.5, "value": 1.0}


def test_a_run_that_learns_nothing_says_so_and_is_never_sure(service: TrainingService) -> None:
    last = run(service, learning_rate=0.5, hidden=[64, 64, 64], epochs=5)[-1]
    (note,) = last.run["notes"]
    assert note["code"] == "nothing_learnt" and note["values"]["reason"] == "learning_rate_high"
    assert last.outcome and last.outcome["mistakes"] == []
    drawing = {"strokes": [[[0.3, 0.25], [0.7, 0.24], [0.45, 0.8]]]}
    question = {"drawing": drawing, "network": "yours", "session": TOKEN}
    assert service.reader.read(question)["sure"] is False


def test_a_new_network_doubts_what_is_no_digit(service: TrainingService, few: Digits) -> None:
    run(service, hidden=[64, 64], epochs=10)
    session = service.sessions.find(TOKEN)
    assert session and session.own
    calibration = session.own.backend.card.calibration
    assert calibration.temperature != 1 and (calibration.threshold or 0) >= 0.5


def test_a_run_is_calibrated_on_what_it_has_not_learnt_from(
    bundled: Digits, calibrated_on: list[LabelledImages]
) -> None:
    learnt: list[Digits] = []

    def watched(settings: RunSettings, digits: Digits, *given: Any) -> Iterator[Any]:
        learnt.append(digits)
        yield from run_training(settings, digits, *given)

    reader = Reader(Networks(Choice("tutorial")), Sessions())
    service = TrainingService(reader, Given(bundled), run=watched, seats=1)
    for count in (1000, 4000):  # of all 4,000 none is left
        run(service, train_images=count, epochs=1, seed=3)
    ((some, _), (tested, _)) = calibrated_on
    used = {image.tobytes() for image in learnt[0].train_images}
    assert len(some) == 3000 and not used & {image.tobytes() for image in some}
    assert np.array_equal(tested, bundled.test_images)


def test_a_run_goes_on_without_its_page_which_can_come_back(service: TrainingService) -> None:
    async def visit() -> None:
        updates = service.train(TOKEN, SMALL | {"epochs": 20, "batch_size": 10}, None)
        await until(updates, "running")
        await updates.aclose()  # the connection breaks
        state = service.state({"session": TOKEN})
        assert state["known"] and state["run"]["state"] == "running"
        session = service.sessions.find(TOKEN)
        assert session
        followed = [update async for update in service.follow(session)]
        assert followed[-1].run["state"] == "done" and followed[-1].outcome
        state = service.state({"session": TOKEN})
        assert state["run"]["state"] == "done" and state["outcome"] and state["runs"]
        assert [entry["id"] for entry in state["networks"]] == ["yours-1"]
        seen = {"session": TOKEN, "seen": state["serial"]}
        assert service.state(seen) == {"serial": state["serial"], "known": True}

    complete(visit())


def test_a_picture_is_read_while_the_page_goes_on_and_only_where_it_is_needed(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, threads = service.reader.image_in, []

    def watched(drawing: object) -> Any:
        threads.append(threading.get_ident())
        return read(drawing)

    monkeypatch.setattr(service.reader, "image_in", watched)
    picture = {"picture": base64.b64encode(as_file(seven(), "PNG")).decode()}

    async def visit() -> None:
        first = service.train(TOKEN, SMALL, picture)
        assert (await until(first, "running")).run["drawing"]
        busy = [update async for update in service.train(TOKEN, SMALL, picture)]
        assert busy[0].run["fault"]["code"] == "training_busy"
        assert len(threads) == 1 and threads[0] != threading.get_ident()
        await until(first, "done")

    complete(visit())


def test_a_silent_page_makes_room_as_soon_as_somebody_waits(
    service: TrainingService, clock: Clock
) -> None:
    async def visit() -> None:
        gone = service.train(TOKEN, LONG, None)
        await until(gone, "running")
        await gone.aclose()
        session = service.sessions.find(TOKEN)
        assert session and session.job
        other = service.train(OTHER, SMALL | {"session": OTHER}, None)
        waiting = await until(other, "waiting")
        assert waiting.run["place"] == 1 and "wait" in waiting.run
        assert session.job  # it was heard of a moment ago
        clock.now += limits.PATIENCE + 1
        assert (await until(other, "done")).entry
        last = service.state({"session": TOKEN})
        assert last["run"]["state"] == "cut"
        assert {"code": "page_gone", "values": {}} in last["run"]["notes"]
        assert [entry["id"] for entry in last["networks"]] == ["yours-1"]  # nothing is lost

    complete(visit())


def test_a_silent_page_trains_to_the_end_where_nobody_waits(few: Digits, clock: Clock) -> None:
    left = threading.Event()

    def slowly(*given: Any) -> Iterator[Any]:
        for report in run_training(*given):
            left.wait()
            clock.now += limits.PATIENCE + 1
            yield report

    reader = Reader(Networks(Choice("tutorial")), Sessions(clock))
    service = TrainingService(reader, Given(few), run=slowly, seats=1)

    async def visit() -> None:
        page = service.train(TOKEN, SMALL, None)
        await until(page, "loading")
        await page.aclose()
        left.set()
        session = service.sessions.get_or_create(TOKEN)
        await wait_until(lambda: session.job is None)
        assert service.state({"session": TOKEN})["run"]["state"] == "done"

    complete(visit())


def test_stop_ends_a_run_and_a_place_in_the_queue(service: TrainingService) -> None:
    async def visit() -> None:
        one = service.train(TOKEN, LONG, None)
        await until(one, "running")
        other = service.train(OTHER, SMALL | {"session": OTHER}, None)
        await until(other, "waiting")
        assert service.stop({"session": OTHER}) == {"stopped": True}
        await until(other, "idle")
        (busy,) = [update async for update in service.train(TOKEN, SMALL, None)]
        assert busy.run["fault"]["code"] == "training_busy"
        service.stop({"session": TOKEN})
        assert (await until(one, "stopped")).outcome
        await wait_until(lambda: service.stop({"session": TOKEN}) == {"stopped": False})

    complete(visit())


def test_stop_while_the_digits_come_keeps_no_network(few: Digits) -> None:
    arrived = threading.Event()

    class Slow(Given):
        """Digits that are under way until the test says so."""

        def get(self) -> Digits:
            assert arrived.wait(60)
            return super().get()

    reader = Reader(Networks(Choice("tutorial")), Sessions())
    service = TrainingService(reader, Slow(few), seats=1)

    async def visit() -> None:
        updates = service.train(TOKEN, SMALL, None)
        await until(updates, "loading")
        await asyncio.sleep(0.1)  # for the run's own "loading": the first is told before it begins
        service.stop({"session": TOKEN})
        arrived.set()
        last = [update async for update in updates][-1]
        assert last == RunUpdate({"state": "idle"})
        session = service.sessions.find(TOKEN)
        assert session and not session.networks and not session.runs

    complete(visit())


def test_a_run_that_is_forgotten_leaves_nothing_behind(service: TrainingService) -> None:
    async def visit() -> None:
        updates = service.train(TOKEN, LONG, None)
        await until(updates, "running")
        assert service.sessions.forget(TOKEN)
        last = [update async for update in updates][-1]
        assert last == RunUpdate({"state": "idle"})

    complete(visit())


def test_the_images_of_a_run_are_chosen_where_nobody_waits(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth of a second for all of MNIST, in which the page would answer nobody."""
    choose, chosen_by = training_service.choose_images, []

    def watch(digits: Digits, settings: RunSettings) -> Digits:
        chosen_by.append(threading.get_ident())
        return choose(digits, settings)

    async def visit() -> int:
        await train(service)
        return threading.get_ident()

    monkeypatch.setattr(training_service, "choose_images", watch)
    answers_the_page = complete(visit())
    assert len(chosen_by) == 1 and chosen_by[0] != answers_the_page


def test_whatever_fails_the_visitor_can_try_again(few: Digits) -> None:
    fails = True

    def fail(*given: Any) -> Iterator[Any]:
        if fails:
            raise RuntimeError("out of something")
        yield from run_training(*given)

    reader = Reader(Networks(Choice("tutorial")), Sessions())
    service = TrainingService(reader, Given(few), run=fail, seats=1)

    async def visit() -> None:
        nonlocal fails
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # it is logged, too
        assert (await train(service))[-1].run["fault"]["code"] == "training_failed"
        fails = False
        assert (await train(service))[-1].run["state"] == "done"

    complete(visit())


def test_a_run_on_some_of_the_digits_says_how_many_there_are(service: TrainingService) -> None:
    told = run(service, train_images=100)[-1].run
    assert (told["trained"], told["available"], told["train_tested"]) == (100, 1000, 100)


def test_downloads_name_the_network_they_hold(service: TrainingService) -> None:
    run(service)
    run(service, hidden=[8, 8])
    for network, sizes in (("yours-1", [784, 16, 10]), ("yours-2", [784, 8, 8, 10])):
        question = {"session": TOKEN, "network": network, "kind": "pt"}
        file = download(service.reader, question)
        assert file["network"]["id"] == network and file["network"]["card"]["sizes"] == sizes
        assert file["name"] == f"digits-run-{network[-1]}.pt"
    for wrong in ({"kind": "exe"}, {"network": "yours-7"}, {"session": OTHER}):
        assert "fault" in download(service.reader, question | wrong)


@pytest.mark.parametrize("kind", ["pt", "onnx", "py"])
def test_what_was_handed_over_is_saved_where_no_digits_can_be_read(
    service: TrainingService, kind: str, tmp_path: Path
) -> None:
    service.datasets = DatasetCache(tmp_path / "gone")
    network = TorchBackend(MLP(seed=1), Card())
    name: Name = {"key": "network_run", "values": {"number": 1}}
    service.sessions.get_or_create(TOKEN).keep(network, name)
    file = download(service.reader, {"session": TOKEN, "kind": kind})
    assert file.get("name") == f"digits-run-1.{kind}", file


def test_a_file_is_called_what_the_page_calls_its_network() -> None:
    shipped: Name = {"key": "network_shipped", "values": {"name": "my_Weights.v2"}}
    taught: Name = {"key": "network_taught", "values": {"base": shipped, "drawings": 1}}
    again: Name = {"key": "network_taught", "values": {"base": taught, "drawings": 12}}
    assert file_stem(shipped) == "digits-my-weights-v2"
    assert file_stem(taught) == "digits-my-weights-v2-1-drawing"
    assert file_stem(again) == "digits-my-weights-v2-1-drawing-12-drawings"
    for _ in range(9):
        again = {"key": "network_taught", "values": {"base": again, "drawings": 12}}
    assert file_stem(again).startswith(file_stem(taught)) and len(file_stem(again)) <= 67


def test_teaching_adds_a_network_and_keeps_the_trained_one(
    service: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine_tuning = FineTuningService(service)
    drawings = [{"strokes": [[[0.3, 0.3], [0.7, 0.7]], [[0.7, 0.3], [0.3, 0.7]]], "label": 8}]

    async def teach(**question: Any) -> Any:
        asked = {"drawings": drawings, "session": TOKEN, **question}
        return [message async for message in fine_tuning.learn(TOKEN, asked)][-1]

    async def visit() -> None:
        await train(service, hidden=[32])
        learnt = await teach(network="tutorial")
        assert learnt["state"] == "done" and learnt["drawings"][0]["after"] == 8
        base = {"key": "network_shipped", "values": {"name": "tutorial"}}
        name = {"key": "network_taught", "values": {"base": base, "drawings": 1}}
        assert learnt["network"]["name"] == name
        other = service.sessions.get_or_create(OTHER)
        other.keep(TorchBackend(MLP(), Card()), learnt["network"]["name"])
        monkeypatch.setattr(limits, "MOST_PARAMETERS", 1)
        again = await teach(network=learnt["network"]["id"])  # from what it was before
        assert not service.sessions.find(OTHER)  # the longest unheard of made room
        assert again["network"]["name"] == name
        assert (learnt["replaced"], again["replaced"]) == (None, learnt["network"]["version"])
        ids = [entry["id"] for entry in service.state({"session": TOKEN})["networks"]]
        assert ids == ["yours-1", again["network"]["id"]]
        assert (await teach(drawings=[]))["fault"]["code"] == "corrections_empty"

    complete(visit())
