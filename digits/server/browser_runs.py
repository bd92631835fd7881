"""A run in a visitor's browser hands over what it learnt: PUT digits/trained.

The body is a length (4 bytes, little-endian), a file of weights of that length (network/weights_file.py),
then the first layer's weights as they were before (float32, its first nodes). The header x-digits-run holds
the run's id, its settings and the figures that only the browser knows, as percent-encoded JSON. The
accuracies are measured here, on the server's digits; steps, loss and seconds are as told, within limits.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digits.data.dataset import Digits
from digits.data.mnist import bundled_digits
from digits.errors import BackendError, DigitsError, WeightsError
from digits.evaluation.metrics import accuracy
from digits.network.backends import is_installed, predict_images
from digits.network.config import INPUTS, ModelConfig
from digits.network.metadata import Card, Layers
from digits.network.registry import YOURS
from digits.network.weights_file import unpack_network
from digits.server import limits
from digits.server.browser_digits import TRAIN, orders
from digits.server.finished_runs import FinishedTraining, keep_training, unseen_digits
from digits.server.messages import Outcome, Start, TrainedHere
from digits.server.requests import check_training
from digits.server.results import SHOWN_NODES
from digits.server.routes import parse
from digits.server.sessions import RunUpdate, Session, is_token
from digits.server.training_service import TrainingService
from digits.server.weights_route import PRIVATE, SESSION_HEADER, check_name, problem
from digits.server.worker_threads import Feed
from digits.training.page_run import (
    QUICK_TEST,
    RunReport,
    RunSettings,
    count_steps,
    make_backend,
    make_card,
)

TRAINED = "/digits/trained"
RUN_HEADER = "x-digits-run"
LONGEST_RUN = 1e6  # seconds: eleven days


def make_browser_run_routes(training: TrainingService) -> list[Route]:
    """The route, for the sessions and the digits of `training`."""

    async def take(request: Request) -> Response:
        token, told = request.headers.get(SESSION_HEADER), request.headers.get(RUN_HEADER, "")
        asked = parse(unquote(told).encode()) or {}
        try:
            if is_installed("torch"):  # without it what comes is refused, and no digits are needed
                await training.datasets.fetch()
            said = await run_in_threadpool(
                keep_trained, training, token, asked, await request.body()
            )
        except DigitsError as error:
            return problem(error)
        return JSONResponse(said, headers={"cache-control": PRIVATE})

    return [Route(TRAINED, take, methods=["PUT"])]


def keep_trained(
    training: TrainingService, token: object, asked: Mapping[str, Any], body: bytes
) -> TrainedHere:
    """Make what a browser learnt one of its session's networks; a DigitsError says what is wrong."""
    session = training.sessions.get_or_create(token)
    run = asked.get("run")
    if not isinstance(run, str) or not is_token(run):
        raise WeightsError("upload_format")
    with session.handing_in:  # a browser that got no reply sends the same run once more
        if run not in session.handed_in:
            replies = {**session.handed_in, run: _keep(training, session, asked, body)}
            session.handed_in = dict(list(replies.items())[-limits.MOST_HANDED_IN :])
        return session.handed_in[run]


def _keep(
    training: TrainingService, session: Session, asked: Mapping[str, Any], body: bytes
) -> TrainedHere:
    file, rest = _cut(body)
    layers, card = unpack_network(file)
    began = _first_layer(rest, layers)
    start = _start(training, session, asked)
    settings = _settings(asked, card.config, goes_on=start["name"] is not None)
    if not is_installed("torch"):
        raise BackendError("backend_missing", package="torch")
    everything = _digits_of(training, card)
    order, _ = orders(everything)
    used = min(settings.train_images, TRAIN, len(order))
    digits = _choose(everything, order[:used])
    last = _report(settings, digits, layers, asked)
    unseen = unseen_digits(everything, order, used)
    made = FinishedTraining(settings, digits, unseen, start, began, last, "browser")
    kept = keep_training(training.sessions, session, made)
    _remember(session, kept.outcome)
    return {
        "network": kept.entry,
        "outcome": kept.outcome,
        "notes": [kept.note] if kept.note else [],
    }


def _digits_of(training: TrainingService, card: Card) -> Digits:
    """All digits of which the browser had some: the bundled ones if it began before MNIST was here."""
    digits = training.datasets.get()
    is_bundled = card.data.get("source") == "bundled" != digits.source
    return bundled_digits("MNIST was not downloaded yet") if is_bundled else digits


def _start(training: TrainingService, session: Session, asked: Mapping[str, Any]) -> Start:
    """What the run began with, by the name that the browser has for it: the network may be there alone."""
    start = str(asked.get("start") or "")
    if not start:
        return {"network": None, "name": None}
    name = check_name(asked.get("start_name"), training.reader, depth=1)
    is_known = session.find(start) or start in training.reader.networks.names
    return {"network": start if is_known else YOURS, "name": name}


def _settings(asked: Mapping[str, Any], model: ModelConfig, *, goes_on: bool) -> RunSettings:
    """The settings as checked. A network that went on from another one kept its shape: the form's limits
    are for new ones."""
    if not goes_on:
        settings = check_training({**asked, "start": "", "go_on": False}).settings
        if settings.recipe.model != model:
            raise WeightsError("upload_format")
        return settings
    rest = {key: value for key, value in asked.items() if key not in ("hidden", "activation")}
    settings = check_training({**rest, "start": YOURS}).settings
    return replace(settings, recipe=replace(settings.recipe, model=model))


def _remember(session: Session, outcome: Outcome) -> None:
    """A page that is opened again finds what came of it, unless a run on the server is under way."""
    if session.job is None:
        session.run = Feed(RunUpdate({"state": "idle"}, outcome))
        session.run.tell(RunUpdate({"state": "idle"}, outcome), end=True)
    session.serial += 1


def _cut(body: bytes) -> tuple[bytes, bytes]:
    """The file of weights and what follows it."""
    if len(body) < 4:
        raise WeightsError("upload_format")
    (length,) = struct.unpack("<I", body[:4])
    return body[4 : 4 + length], body[4 + length :]


def _first_layer(rest: bytes, layers: Layers) -> Layers:
    """The first layer before the run: its first nodes' weights, finite numbers."""
    nodes = min(SHOWN_NODES, len(layers[0][0]))
    if len(rest) != 4 * nodes * INPUTS:
        raise WeightsError("upload_count", expected=nodes * INPUTS, count=len(rest) // 4)
    weight = np.frombuffer(rest, "<f4").astype(np.float32).reshape(nodes, INPUTS)
    if not np.isfinite(weight).all():
        raise WeightsError("upload_not_finite")
    return [(weight, np.zeros(nodes, np.float32))]


def _choose(everything: Digits, chosen: np.ndarray) -> Digits:
    return Digits(
        everything.train_images[chosen],
        everything.train_labels[chosen],
        everything.test_images,
        everything.test_labels,
        everything.source,
        everything.note,
    )


def _report(
    settings: RunSettings, digits: Digits, layers: Layers, asked: Mapping[str, Any]
) -> RunReport:
    """The run's last report: how far it came as the browser says, how good it is as measured here."""
    steps = count_steps(settings, digits)
    step = int(_figure(asked, "step", 0, steps))
    loss = asked.get("loss")
    epochs = settings.recipe.epochs
    report = RunReport(
        step=step,
        steps=steps,
        epoch=step * epochs // steps,
        epochs=epochs,
        loss=math.nan if loss is None else _figure(asked, "loss", 0, 1e12),
        seconds=_figure(asked, "seconds", 0, LONGEST_RUN),
        recent_loss=0.0,
        quick_accuracy=0.0,
        quick_tested=0,
        train_accuracy=0.0,
        train_tested=min(QUICK_TEST, len(digits.train_labels)),
        test_accuracy=0.0,
        guesses=np.zeros((0, 10)),
        drawing=None,
        layers=layers,
    )
    return _with_train_accuracy(report, settings, digits)


def _with_train_accuracy(report: RunReport, settings: RunSettings, digits: Digits) -> RunReport:
    network = make_backend(report.layers, make_card(settings, digits, report, "browser"))
    seen = report.train_tested
    said = predict_images(network, digits.train_images[:seen]).argmax(axis=1)
    return replace(report, train_accuracy=accuracy(said, digits.train_labels[:seen]))


def _figure(asked: Mapping[str, Any], name: str, low: float, high: float) -> float:
    """A number of the browser's, within bounds; WeightsError for anything else."""
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise WeightsError("upload_format")
    return float(value)
