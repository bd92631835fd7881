"""Trainings on the server: a visitor asks for one, waits for a seat, and watches a network learn.

A run belongs to its session, not to a connection: it goes on when the page's connection breaks, and whoever
asks with the session's token gets its latest word and all that follows. Only when others wait for the seat of
a page that is silent does a run end early; what it learnt is kept. Importing this file does not import torch.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool

from digits.data.dataset import Digits, LabelledImages
from digits.errors import DigitsError
from digits.network.backends import Backend
from digits.network.config import ModelConfig
from digits.network.metadata import Layers
from digits.network.registry import is_own
from digits.process import give_back
from digits.server import limits
from digits.server.datasets import DatasetCache
from digits.server.finished_runs import FinishedTraining, keep_training, unseen_digits
from digits.server.history import RunHistory
from digits.server.messages import (
    Name,
    Note,
    RunMessage,
    RunState,
    SessionState,
    Start,
    fault,
    fault_of,
)
from digits.server.queue import Ticket, WaitingQueue
from digits.server.reader import Reader, entry_of
from digits.server.requests import TrainingRequest, as_question, check_training, token_in
from digits.server.sessions import Job, RunUpdate, Session
from digits.server.worker_threads import Feed, in_thread, in_threads, make_workers
from digits.training.page_run import (
    RunReport,
    RunSettings,
    choose_images,
    run_training,
)

Run = Callable[[RunSettings, Digits, "Layers | None", "np.ndarray | None"], Iterator[RunReport]]


@dataclass
class _Work:
    """A run under way: what it is, and what it has told so far."""

    session: Session
    job: Job
    request: TrainingRequest
    drawing: object  # the pad's, as it came
    feed: Feed[RunUpdate]

    def tell(self, message: RunMessage) -> None:
        self.session.serial += 1
        self.feed.tell(RunUpdate(message))


class TrainingService:
    """What all visitors' trainings share: the digits, the queue, the threads.

    Args:
        reader: knows the networks and the sessions.
        datasets: the digits.
        run: trains; `digits.training.page_run.run_training`, or the same on borrowed hardware.
        seats: how many train at once; None for all cores but one.
    """

    def __init__(
        self,
        reader: Reader,
        datasets: DatasetCache,
        *,
        run: Run = run_training,
        seats: int | None = None,
    ) -> None:
        self.reader = reader
        self.sessions = reader.sessions
        self.datasets = datasets
        self.run = run
        # One core stays free for those who draw.
        seats = seats or max(1, (os.cpu_count() or 2) - 1)
        self.queue = WaitingQueue(seats)
        # Threads of their own: one that has trained keeps some MB for its next turn.
        self.workers = make_workers(seats)
        self._tasks: set[asyncio.Task[None]] = set()

    def tidy(self) -> None:
        """Give back the memory that a training or a session took, as soon as a worker is free."""
        self.workers.submit(give_back)

    # ---- what a page may ask -------------------------------------------------------------------

    async def train(
        self, token: object, asked: object, drawing: object
    ) -> AsyncIterator[RunUpdate]:
        """Begin a training and follow it; a fault is the only word where it cannot begin."""
        try:
            session = self.sessions.get_or_create(token)
            request = check_training(as_question(asked))
            self._begin(session, request, drawing)
        except DigitsError as error:
            yield RunUpdate({"state": "problem", "fault": fault_of(error)})
            return
        async for update in self.follow(session):
            yield update

    async def follow(self, session: Session) -> AsyncIterator[RunUpdate]:
        """The latest word of a session's run and all that follows; nothing where there is none."""
        if session.run is None:
            return
        with self.sessions.following(session):
            async for update in session.run.follow():
                yield update

    def stop(self, question: object) -> dict[str, bool]:
        """The button Stop; {"stopped": whether there was something to stop}."""
        session = self.sessions.find(token_in(as_question(question)))
        job = session.job if session else None
        if job:
            job.stop.set()
        return {"stopped": job is not None}

    def state(self, question: object) -> SessionState:
        """All that the server keeps of a session, for a page that comes again."""
        asked = as_question(question)
        session = self.sessions.find(token_in(asked))
        if session is None:
            return {"serial": 0, "known": False}
        if asked.get("seen") == session.serial:
            return {"serial": session.serial, "known": True}
        update = session.run.latest if session.run else RunUpdate({"state": "idle"})
        return {
            "serial": session.serial,
            "known": True,
            "networks": [entry_of(one) for one in session.networks],
            "run": update.run,
            "outcome": update.outcome,
            "fine_tuning": session.fine_tuning.latest if session.fine_tuning else {"state": "idle"},
            "runs": session.runs,
        }

    async def stream(self, settings: RunSettings) -> AsyncIterator[int | RunReport]:
        """A run that belongs to no session: places in the queue, then reports; for programs."""
        with self.queue.ticket() as ticket:
            async for place in self.queue.wait(ticket):
                yield place
            everything = await in_thread(self.workers, self.datasets.get)
            digits = await in_thread(self.workers, choose_images, everything, settings)
            async for report in in_threads(self.run(settings, digits, None, None), self.workers):
                _expect(ticket, report)
                yield report

    # ---- a run ---------------------------------------------------------------------------------

    def _begin(self, session: Session, request: TrainingRequest, drawing: object) -> None:
        if session.job:
            raise DigitsError("training_busy")
        if request.start:
            self._find_start(session, request)  # refused now, not when it is its turn
        session.job = Job()
        session.run = Feed(RunUpdate({"state": "loading", "notes": []}))
        session.serial += 1
        work = _Work(session, session.job, request, drawing, session.run)
        task = asyncio.get_running_loop().create_task(self._work(work))
        self._tasks.add(task)  # asyncio itself holds tasks weakly
        task.add_done_callback(self._tasks.discard)

    async def _work(self, work: _Work) -> None:
        """A run from its place in the queue to its end, whoever follows it."""
        last: RunUpdate | None = None
        try:
            last = await self._train(work)
        except DigitsError as error:
            last = RunUpdate({"state": "problem", "fault": fault_of(error)})
        except Exception:  # whatever it is, the page must let its visitor try again
            last = RunUpdate({"state": "problem", "fault": fault("training_failed")})
            raise
        finally:
            work.session.job = None
            work.session.serial += 1
            work.feed.tell(last or RunUpdate({"state": "idle"}), end=True)
            self.tidy()

    async def _train(self, work: _Work) -> RunUpdate:
        session, job = work.session, work.job
        with self.queue.ticket() as ticket:
            # A picture takes a third of a second to read: not on the event loop, where all would wait, nor
            # by the workers, who train.
            drawing = await run_in_threadpool(self.reader.image_in, work.drawing)
            work.drawing = None
            async for place in self.queue.wait(ticket):
                wait = self.queue.seconds(ticket)
                work.tell({"state": "waiting", "place": place, "wait": wait})
                if job.stop.is_set():
                    return RunUpdate({"state": "idle"})
            if self._should_make_room(session):
                return RunUpdate(
                    {"state": "idle", "notes": [{"code": "turn_missed", "values": {}}]}
                )
            work.tell({"state": "loading"})
            everything = await in_thread(self.workers, self.datasets.get)
            if job.stop.is_set():  # the digits may have come by a download of minutes
                return RunUpdate({"state": "idle"})
            settings, began, start, notes = self._prepare(work)
            digits = await in_thread(self.workers, choose_images, everything, settings)
            history = RunHistory(
                settings,
                digits,
                drawing,
                available=len(everything.train_labels),
                start=start,
                notes=notes,
            )
            reports = self.run(settings, digits, began, drawing)
            cut = await self._listen(work, ticket, history, reports)
        last = history.last
        assert last
        if session.is_over or (job.stop.is_set() and not last.step):
            return RunUpdate({"state": "idle"})  # nobody's any more, or nothing was learnt
        state: RunState = (
            "done" if last.step == last.steps else "stopped" if job.stop.is_set() else "cut"
        )
        if state == "cut":
            history.notes.append({"code": cut, "values": {}})
        unseen = await in_thread(self.workers, _unseen, everything, settings)
        first = began or history.first_layers
        made = FinishedTraining(settings, digits, unseen, start, first, last)
        return await in_thread(self.workers, self._finish, session, made, _Told(history, state))

    async def _listen(
        self,
        work: _Work,
        ticket: Ticket,
        history: RunHistory,
        reports: Iterator[RunReport],
    ) -> str:
        """Hear the run's reports to its end; why it ended early, if it did so by itself."""
        async for report in in_threads(reports, self.workers):
            history.add(report)
            ticket.left = history.seconds_left()
            work.tell(history.tell("running"))
            if work.job.stop.is_set():
                break
            if report.step < report.steps and self._should_make_room(work.session):
                return "page_gone"
        return "gpu_taken"

    def _should_make_room(self, session: Session) -> bool:
        """Whether the session's page is silent while others wait."""
        silence = self.sessions.silence(session)
        return self.queue.waiting > 0 and silence > limits.PATIENCE

    def _find_start(self, session: Session, request: TrainingRequest) -> tuple[Backend, Name]:
        """The network that a run goes on from; WeightsError if it is not there."""
        question = {"session": session.token, "network": request.start}
        if is_own(request.start):
            own = self.reader.find_own(question)
            return own.backend, own.name
        network = self.reader.find_network(question)
        return network, {"key": "network_shipped", "values": {"name": request.start}}

    def _prepare(self, work: _Work) -> tuple[RunSettings, Layers | None, Start, list[Note]]:
        """The order as it can be carried out, the weights to start from, and what to say about both."""
        settings = work.request.settings
        if not work.request.start:
            return settings, None, {"network": None, "name": None}, []
        network, name = self._find_start(work.session, work.request)
        asked, used = settings.recipe.model, network.card.config
        notes = [] if asked == used else [_shape_kept(asked, used, name)]
        settings = replace(settings, recipe=replace(settings.recipe, model=used))
        return settings, network.layers(), {"network": network.weights, "name": name}, notes

    def _finish(self, session: Session, made: FinishedTraining, told: _Told) -> RunUpdate:
        """Keep what was learnt; the last word of the run and what came of it."""
        history, kept = told.history, keep_training(self.sessions, session, made)
        history.last = kept.last
        if kept.note:
            history.notes.append(kept.note)
        return RunUpdate(
            {**history.tell(told.state), "network": kept.entry}, kept.outcome, kept.entry
        )


@dataclass(frozen=True)
class _Told:
    """What a run has told by its end, and how it ended."""

    history: RunHistory
    state: RunState


def _unseen(everything: Digits, settings: RunSettings) -> LabelledImages:
    """What the run has not learnt from; the order is that in which choose_images draws."""
    count = len(everything.train_labels)
    order = np.random.default_rng(settings.seed).permutation(count)
    return unseen_digits(everything, order, min(settings.train_images, count))


def _shape_kept(asked: ModelConfig, used: ModelConfig, name: Name) -> Note:
    values: Mapping[str, Any] = {
        "asked": list(asked.sizes),
        "asked_activation": asked.activation,
        "used": list(used.sizes),
        "used_activation": used.activation,
        "network": name,
    }
    return {"code": "shape_kept", "values": dict(values)}


def _expect(ticket: Ticket, report: RunReport) -> None:
    """Tell the queue how long a run still takes."""
    if report.step:
        ticket.left = report.seconds / report.step * (report.steps - report.step)
