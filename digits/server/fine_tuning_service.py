""" "Teach it your hand" on the server: a network learns from the visitor's corrected drawings.

The drawings arrive together and are checked like any drawing. A copy of the network that reads them
learns and becomes one of the session's own. Like a training, that goes on when the page's connection
breaks. Importing this file does not import torch.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from digits.data.dataset import Digits
from digits.data.preparation.strokes import prepare_strokes
from digits.errors import DigitsError
from digits.evaluation.metrics import accuracy
from digits.network.backends import Backend, predict_images
from digits.network.metadata import Card
from digits.network.registry import is_own
from digits.server.messages import (
    FineTuningMessage,
    Name,
    TaughtDrawing,
    fault,
    fault_of,
)
from digits.server.queue import WaitingQueue
from digits.server.reader import entry_of
from digits.server.requests import Labelled, as_question, check_drawings, choice_in
from digits.server.sessions import Job, OwnNetwork, Session
from digits.server.training_service import TrainingService
from digits.server.worker_threads import Feed, in_thread, in_threads, make_workers
from digits.training.page_run import make_backend

TOLD_EVERY = 0.1  # seconds between two reports of its progress


class FineTuningService:
    """Fine-tunings, one after another: they take a second each, so they do not wait for trainings."""

    def __init__(self, training: TrainingService) -> None:
        self._training = training
        self._reader, self._sessions = training.reader, training.sessions
        self._queue = WaitingQueue(seats=1)
        self._workers = make_workers(1)
        self._tasks: set[asyncio.Task[None]] = set()

    async def learn(self, token: object, asked: object) -> AsyncIterator[FineTuningMessage]:
        """Begin to fine-tune and follow it; a fault is the only word where it cannot begin."""
        question = as_question(asked)
        try:
            session = self._sessions.get_or_create(token)
            drawings = check_drawings(question.get("drawings"))
            base = self._find_base(session, question)
            feed = self._begin(session, drawings, base)
        except DigitsError as error:
            yield {"state": "problem", "fault": fault_of(error)}
            return
        with self._sessions.following(session):
            async for message in feed.follow():
                yield message

    def _find_base(self, session: Session, question: Mapping[str, Any]) -> _Base:
        """What fine-tuning starts from.

        Taught again, a network starts from what it was before the first time: the strip holds all
        drawings, and what comes of them takes its place.
        """
        question = {**question, "session": session.token}
        choice = choice_in(question, self._reader.networks.default)
        if not is_own(choice.network):
            name: Name = {"key": "network_shipped", "values": {"name": choice.network}}
            return _Base(self._reader.find_network(question), name)
        own = self._reader.find_own(question)
        if own.base and own.base_name:
            return _Base(own.base, own.base_name, own)
        return _Base(own.backend, own.name)

    def _begin(self, session: Session, drawings: Labelled, base: _Base) -> Feed[FineTuningMessage]:
        if session.job:
            raise DigitsError("training_busy")
        session.job = Job()
        session.fine_tuning = Feed({"state": "learning", "share": 0.0})
        session.serial += 1
        task = asyncio.get_running_loop().create_task(
            self._work(session, session.job, session.fine_tuning, drawings, base)
        )
        self._tasks.add(task)  # asyncio itself holds tasks weakly
        task.add_done_callback(self._tasks.discard)
        return session.fine_tuning

    async def _work(
        self,
        session: Session,
        job: Job,
        feed: Feed[FineTuningMessage],
        drawings: Labelled,
        base: _Base,
    ) -> None:
        last: FineTuningMessage = {"state": "problem", "fault": fault("training_failed")}
        try:
            last = await self._learn(session, job, feed, drawings, base)
        except DigitsError as error:
            last = {"state": "problem", "fault": fault_of(error)}
        finally:
            session.job = None
            session.serial += 1
            feed.tell(last, end=True)
            self._training.tidy()

    async def _learn(
        self,
        session: Session,
        job: Job,
        feed: Feed[FineTuningMessage],
        drawings: Labelled,
        base: _Base,
    ) -> FineTuningMessage:
        with self._queue.ticket() as ticket:
            async for place in self._queue.wait(ticket):
                feed.tell({"state": "waiting", "place": place, "wait": self._queue.seconds(ticket)})
                if job.stop.is_set():
                    return {"state": "idle"}
            digits = await in_thread(self._workers, self._training.datasets.get)
            start = time.perf_counter()
            fine_tuning = FineTuning(base.network, drawings, digits)
            async for share in in_threads(fine_tuning.learn(), self._workers):
                feed.tell({"state": "learning", "share": share})
                if job.stop.is_set():
                    return {"state": "idle"}
        seconds = time.perf_counter() - start
        readings, mnist = await in_thread(self._workers, fine_tuning.compare)
        if session.is_over:
            return {"state": "idle"}
        own = session.keep(
            fine_tuning.taught,
            {"key": "network_taught", "values": {"base": base.name, "drawings": len(drawings)}},
            base=base.network,
            base_name=base.name,
            replaces=base.taught,
        )
        self._sessions.check_weights()
        return {
            "state": "done",
            "seconds": round(seconds, 2),
            "drawings": readings,
            "mnist": mnist,
            "network": entry_of(own),
            "replaced": base.taught.backend.version if base.taught else None,
        }


class _Base:
    """What fine-tuning starts from; `taught`: the network of an earlier one that it replaces."""

    def __init__(self, network: Backend, name: Name, taught: OwnNetwork | None = None) -> None:
        self.network, self.name, self.taught = network, name, taught


class FineTuning:
    """A copy of a network learns from drawings; the network itself stays as it is."""

    def __init__(self, base: Backend, drawings: Labelled, digits: Digits) -> None:
        self._base, self._drawings, self._digits = base, drawings, digits
        self.taught: Backend = base

    def learn(self) -> Iterator[float]:
        """Yields the share that is done; `taught` is the result."""
        from digits.network.model import from_layers
        from digits.training.fine_tuning import Correction, fine_tune

        model = from_layers(self._base.layers(), self._base.card.config)
        corrections = [Correction(strokes, label) for strokes, label in self._drawings]
        told = time.perf_counter()
        for share in fine_tune(
            model, corrections, self._digits.train_images, self._digits.train_labels
        ):
            if time.perf_counter() - told >= TOLD_EVERY:
                told = time.perf_counter()
                yield share
        self.taught = make_backend(model.to_arrays(), self._base.card)

    def compare(self) -> tuple[list[TaughtDrawing], list[float]]:
        """Every drawing as read before and after, and the accuracy on MNIST's test digits."""
        images = np.stack([prepare_strokes(strokes).image for strokes, _ in self._drawings])
        before, after = (read(network, images) for network in (self._base, self.taught))
        test, labels = self._digits.test_images, self._digits.test_labels
        mnist = [accuracy(read(network, test), labels) for network in (self._base, self.taught)]
        card = taught_card(self._base.card, len(images), mnist[1], len(labels))
        self.taught = make_backend(self.taught.layers(), card)
        pairs = zip(before.tolist(), after.tolist(), strict=True)
        return [{"before": b, "after": a} for b, a in pairs], mnist


def taught_card(card: Card, drawings: int, accuracy: float, tested: int) -> Card:
    """The card of a network after fine-tuning.

    How many drawings it was taught, and which share of so many test images it reads now.
    """
    return replace(
        card,
        recipe={**card.recipe, "taught": drawings},
        data={**card.data, "test_images": tested},
        figures={**card.figures, "test_accuracy": round(accuracy, 4)},
    )


def read(network: Backend, images: np.ndarray) -> np.ndarray:
    """What a network reads in images (N, 28, 28): (N,)."""
    labels: np.ndarray = predict_images(network, images).argmax(axis=1)
    return labels
