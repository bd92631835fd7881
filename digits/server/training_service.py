"""The Train tab on the server: a visitor presses Train, waits for a seat, and watches a network learn.

Reports (digits/runs.py) become plain values that digits/run.js draws five times a second. What a
visitor trains belongs to their visit alone, answers on their pad as "yours" and is freed when they
close the page. Importing this file does not import torch. Next: digits/runs.py, digits/train.js.
"""

from __future__ import annotations

import importlib
import os
import threading
import weakref
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from digits.data.dataset import Digits
from digits.data.mnist import load_digits
from digits.errors import DataError, DrawingError, SettingsError
from digits.network.backends import Layers
from digits.network.registry import YOURS
from digits.page.texts import text
from digits.process import give_back
from digits.server.history import Story
from digits.server.messages import picker_value
from digits.server.queue import Line
from digits.server.reader import Reader
from digits.server.requests import parse_drawing, read_order
from digits.server.results import describe_outcome
from digits.server.sessions import Job, Visit
from digits.server.workers import in_thread, in_threads, make_workers
from digits.training.run import Order, Report, choose_images, make_backend, make_card, run

MOST_RUNS = 12  # in the table of a visit


class Shelf:
    """The digits to train on, loaded when first wanted: 3 seconds and 60 MB that many pages never need."""

    def __init__(self, data: Path | None) -> None:
        self._data = data
        self._digits: Digits | None = None
        self._lock = threading.Lock()

    def get(self) -> Digits:
        """The digits; DataError says why there are none."""
        with self._lock:
            if self._digits is None:
                self._digits = load_digits(self._data)
            return self._digits


class Trainer:
    """What all visitors' trainings share: the digits, the line, and who is who when a page closes."""

    def __init__(self, reader: Reader, data: Path | None = None) -> None:
        self.reader = reader
        self.shelf = Shelf(data)
        # One core stays free for those who draw.
        seats = max(1, (os.cpu_count() or 2) - 1)
        self.line = Line(seats)
        self.lessons = Line(seats=1)  # a second each, so they do not wait for trainings
        # Threads of their own for both: one that has done either keeps some MB for its next turn.
        self.workers = make_workers(seats)
        self.lesson_workers = make_workers(1)
        self._pages: dict[str, weakref.ref[Visit]] = {}

    def remember(self, request: gr.Request, visit: Visit) -> None:
        """Know whose page `request` came from, for `forget`."""
        if request.session_hash:
            self._pages[request.session_hash] = weakref.ref(visit)

    def forget(self, request: gr.Request) -> None:
        """The page was closed: stop its training, give up its seat, free what it made."""
        known = self._pages.pop(request.session_hash or "", None)
        visit = known() if known else None
        if visit is None:
            return
        if visit.job:
            visit.job.stop.set()
        visit.own, visit.taught_from, visit.runs = None, None, []
        self.tidy()

    def tidy(self) -> None:
        """Give back the memory that a training, a lesson or a visit took, as soon as a worker is free."""
        self.workers.submit(give_back)

    def find(self, question: Any) -> Visit | None:
        """The visit whose secret a page's script sent."""
        return (
            self.reader.visits.find(question.get("visit"))
            if isinstance(question, Mapping)
            else None
        )


def image_of(drawing: Any) -> np.ndarray | None:
    """The pad's drawing as (28, 28), or None where there is none."""
    try:
        parsed = parse_drawing(drawing)
    except DrawingError:
        return None
    return None if parsed.blank else parsed.prepared.image


def make_train(trainer: Trainer) -> Any:
    """The handler of the button Train."""

    async def train(
        visit: Visit, asked: dict[str, Any] | None, drawing: Any, request: gr.Request
    ) -> AsyncIterator[tuple[Any, Any, Any]]:
        trainer.remember(request, visit)
        unchanged = gr.skip()
        if visit.job:
            yield (
                {"state": "problem", "problem": text("train_busy", visit.language)},
                unchanged,
                unchanged,
            )
            return
        visit.job = Job()
        try:
            order = read_order(asked or {})
            async for shown in _train(trainer, visit, order, image_of(drawing)):
                yield shown
        except (SettingsError, DataError) as error:
            yield {"state": "problem", "problem": str(error)}, unchanged, unchanged
        except Exception:  # whatever it is, the page must let its visitor try again
            problem = text("train_failed", visit.language)
            yield {"state": "problem", "problem": problem}, unchanged, unchanged
            raise
        finally:
            visit.job = None
            trainer.tidy()

    return train


async def _train(
    trainer: Trainer, visit: Visit, order: Order, drawing: np.ndarray | None
) -> AsyncIterator[tuple[Any, Any, Any]]:
    """Wait for a seat, train, hand over: (run, outcome, picker) as the page shows them."""
    unchanged = gr.skip()
    job = visit.job
    assert job
    with trainer.line.ticket() as ticket:
        async for place in trainer.line.wait(ticket):
            yield {"state": "waiting", "place": place}, unchanged, unchanged
            if job.stop.is_set():
                yield {"state": "idle"}, unchanged, unchanged
                return
        yield {"state": "loading"}, unchanged, unchanged
        digits = choose_images(await in_thread(trainer.workers, trainer.shelf.get), order)
        start = visit.own if order.go_on else None
        if start:
            order = replace(order, recipe=replace(order.recipe, model=start.card.config))
        story = Story(order, digits, drawing)
        began = start.layers() if start else None
        async for report in in_threads(run(order, digits, began, drawing), trainer.workers):
            story.add(report)
            yield story.tell("running"), unchanged, unchanged
            if job.stop.is_set():
                break
    last = story.last
    assert last
    state = "done" if last.step == last.steps else "stopped" if job.stop.is_set() else "cut"
    outcome = await in_thread(trainer.workers, finish, visit, order, digits, story, began)
    yield story.tell(state), outcome, picker_value(trainer.reader, YOURS, (YOURS,))


def finish(
    visit: Visit, order: Order, digits: Digits, story: Story, began: Layers | None
) -> dict[str, Any]:
    """Make what was learnt the visitor's own network, and tell the page what came of it."""
    last = story.last
    assert last
    network = make_backend(last.layers, make_card(order, digits, last))
    outcome = describe_outcome(network, began or story.first_layers, digits)
    # A run that was stopped was last tested at the end of an epoch: test what it is now.
    last = replace(last, test_accuracy=outcome["accuracy"])
    story.last = last
    visit.own = make_backend(last.layers, make_card(order, digits, last))
    visit.taught_from = None
    visit.runs = [*visit.runs, describe_run(order, digits, last)][-MOST_RUNS:]
    return {**outcome, "runs": visit.runs}


def describe_run(order: Order, digits: Digits, last: Report) -> dict[str, Any]:
    """A line of the table of runs."""
    return {
        "sizes": list(order.recipe.model.hidden),
        "activation": order.recipe.model.activation,
        "epochs": round(last.step * last.epochs / last.steps, 1),
        "batch_size": order.recipe.batch_size,
        "learning_rate": order.recipe.learning_rate,
        "train_images": len(digits.train_labels),
        "seed": order.seed,
        "go_on": order.go_on,
        "accuracy": last.test_accuracy,
        "seconds": round(last.seconds, 1),
    }


def make_stop(trainer: Trainer) -> Any:
    """The button Stop, as a function that the page's script calls."""

    def stop(question: Any) -> dict[str, bool]:
        visit = trainer.find(question)
        if visit and visit.job:
            visit.job.stop.set()
        return {"stopped": bool(visit)}

    return stop


def make_prepare(trainer: Trainer) -> Any:
    """What the open tab asks for first: which digits there are to train on. Loads them, and torch."""

    def prepare(question: Any) -> dict[str, Any]:
        try:
            digits = trainer.shelf.get()
            importlib.import_module("digits.training.loop")
        except DataError as error:
            return {"problem": str(error)}
        return {
            "source": digits.source,
            "trained": len(digits.train_labels),
            "tested": len(digits.test_labels),
        }

    return prepare
