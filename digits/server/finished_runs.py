"""What comes of a run that has ended: a network of the session's own, its outcome, a line in the table.

The same for runs on the server (training_service.py) and in a visitor's browser (browser_runs.py): both are
calibrated and scored here, on the server's own digits. Importing this file does not import torch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from digits.data.dataset import Digits, LabelledImages
from digits.evaluation.fit_calibration import calibrate
from digits.evaluation.metrics import accuracy, score
from digits.network.backends import Backend, predict_images
from digits.network.metadata import NEVER_SURE, Calibration, Layers
from digits.server import limits
from digits.server.messages import Engine, FinishedRun, Name, NetworkEntry, Note, Outcome, Start
from digits.server.reader import entry_of
from digits.server.results import describe_score, first_layers, why_nothing_learnt
from digits.server.sessions import Session, Sessions
from digits.training.page_run import RunReport, RunSettings, make_backend, make_card

FEWEST_UNSEEN = 1000  # training digits left out of a run that suffice to calibrate on
MOST_UNSEEN = 10_000  # more make no temperature better
HARDLY_SURE = 0.5  # no answer below this probability is sure, whatever the digits say


@dataclass(frozen=True, eq=False)
class FinishedTraining:
    """A run that has ended.

    Args:
        settings: what it did.
        digits: what it trained on and is tested with.
        unseen: images and labels that it has not learnt from, to calibrate on.
        start: what it began with.
        began: the weights it began with; the first layer suffices.
        last: its last report, with the weights.
        engine: where it ran.
    """

    settings: RunSettings
    digits: Digits
    unseen: LabelledImages
    start: Start
    began: Layers
    last: RunReport
    engine: Engine = "server"


@dataclass(frozen=True, eq=False)
class KeptTraining:
    """What came of it: the network's entry, the outcome, its last report with the accuracy now, a note."""

    entry: NetworkEntry
    outcome: Outcome
    last: RunReport
    note: Note | None


def unseen_digits(everything: Digits, order: np.ndarray, used: int) -> LabelledImages:
    """Those training digits that a run left out: all in `order` after the first `used`.

    Where all were used, the test digits: a temperature and a threshold decide no answer and so no accuracy.
    """
    chosen = order[used:][:MOST_UNSEEN]
    if len(order) - used < FEWEST_UNSEEN:
        return everything.test_images, everything.test_labels
    return everything.train_images[chosen], everything.train_labels[chosen]


def keep_training(sessions: Sessions, session: Session, run: FinishedTraining) -> KeptTraining:
    """Make what was learnt one of the session's networks, and say what came of it."""
    card = make_card(run.settings, run.digits, run.last, run.engine)
    network = make_backend(run.last.layers, card)
    rate, step = run.settings.recipe.learning_rate, run.last.step
    note = why_nothing_learnt(_accuracy(network, run.digits), rate, step)
    calibration = Calibration(threshold=NEVER_SURE) if note else calibration_of(network, run.unseen)
    network.card = replace(card, calibration=calibration)
    result = score(network, run.digits.test_images, run.digits.test_labels)
    # A run that was stopped was last tested at the end of an epoch: this is what it is now.
    last = replace(run.last, test_accuracy=result.accuracy)
    card = replace(make_card(run.settings, run.digits, last, run.engine), calibration=calibration)
    network = make_backend(last.layers, card)
    session.trained += 1
    own = session.keep(network, {"key": "network_run", "values": {"number": session.trained}})
    sessions.check_weights()
    line = line_of(run, own.id, own.name, last)
    session.runs = [*session.runs, line][-limits.MOST_RUNS :]
    shown = describe_score(result, calibration)
    entry = entry_of(own)
    outcome: Outcome = {
        "network": entry,
        "accuracy": shown.accuracy,
        "confusion": shown.confusion,
        "mistakes": shown.mistakes,
        "nodes": first_layers(run.began, network.layers()),
        "runs": session.runs,
    }
    return KeptTraining(entry, outcome, last, note)


def line_of(run: FinishedTraining, network: str, name: Name, last: RunReport) -> FinishedRun:
    """The run's line in the table of runs."""
    recipe = run.settings.recipe
    return {
        "network": network,
        "name": name,
        "engine": run.engine,
        "sizes": list(recipe.model.sizes),
        "activation": recipe.model.activation,
        "epochs": last.epochs_done,
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate,
        "train_images": len(run.digits.train_labels),
        "seed": run.settings.seed,
        "start": run.start,
        "accuracy": last.test_accuracy,
        "train_accuracy": last.train_accuracy,
        "seconds": round(last.seconds, 2),
    }


def calibration_of(network: Backend, unseen: LabelledImages) -> Calibration:
    """Temperature and threshold of a new network, from images (N, 28, 28) that it has not learnt from."""
    images, labels = unseen
    found = calibrate([(predict_images(network, images), labels)])
    return replace(found, threshold=max(found.threshold or 0.0, HARDLY_SURE))


def _accuracy(network: Backend, digits: Digits) -> float:
    said = predict_images(network, digits.test_images).argmax(axis=1)
    return accuracy(said, digits.test_labels)
