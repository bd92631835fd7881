""" "Teach it your hand" on the server: a lesson from the visitor's corrected drawings.

The drawings arrive with the lesson and are checked like any drawing. A copy of the network that
reads them learns; it becomes the visitor's own and answers on the pad. Importing this file does not
import torch. Next: digits/teach.py does the learning, digits/teach.js is the row on the page.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from digits.data.dataset import Digits
from digits.data.drawings import Drawing, Strokes, check_strokes
from digits.data.preparation.strokes import prepare_strokes
from digits.data.unipen import read_unipen, write_unipen
from digits.errors import BackendError, DataError, DrawingError, StrokesError, WeightsError
from digits.network.backends import Backend, predict_images
from digits.network.config import CLASSES
from digits.network.metadata import Card
from digits.network.registry import YOURS
from digits.page.texts import text
from digits.server.messages import picker_value
from digits.server.sessions import Job, Visit
from digits.server.training_service import Trainer
from digits.server.workers import in_thread, in_threads
from digits.training.run import layers_of, make_backend

MOST_DRAWINGS = 60  # in a lesson: what can be prepared and learnt in two seconds
MOST_TEXT = 4_000_000  # letters of a file of drawings
TOLD_EVERY = 0.1  # seconds between two reports of a lesson's progress

Labelled = list[tuple[Strokes, int]]


def make_lesson(trainer: Trainer) -> Any:
    """The handler of "learn from these"."""

    async def learn(
        visit: Visit, asked: Any, request: gr.Request
    ) -> AsyncIterator[tuple[Any, Any]]:
        trainer.remember(request, visit)
        unchanged = gr.skip()
        if visit.job:
            yield {"state": "problem", "problem": text("train_busy", visit.language)}, unchanged
            return
        visit.job = Job()
        try:
            async for told in _learn(trainer, visit, asked if isinstance(asked, Mapping) else {}):
                yield told
        except (DrawingError, WeightsError, BackendError, DataError) as error:
            yield {"state": "problem", "problem": str(error)}, unchanged
        finally:
            visit.job = None
            trainer.tidy()

    return learn


async def _learn(
    trainer: Trainer, visit: Visit, asked: Mapping[str, Any]
) -> AsyncIterator[tuple[Any, Any]]:
    """Wait for a seat, learn, hand over: (lesson, picker) as the page shows them."""
    unchanged = gr.skip()
    drawings = check_drawings(asked.get("drawings"))
    network = trainer.reader.find_network({**asked, "visit": visit.token})
    # Taught again, it starts from what it was before its first lesson: the strip holds all drawings.
    base = visit.taught_from if network is visit.own and visit.taught_from else network
    job = visit.job
    assert job
    with trainer.lessons.ticket() as ticket:
        async for place in trainer.lessons.wait(ticket):
            yield {"state": "waiting", "place": place}, unchanged
            if job.stop.is_set():
                return
        digits = await in_thread(trainer.lesson_workers, trainer.shelf.get)
        start = time.perf_counter()
        lesson = Lesson(base, drawings, digits)
        async for share in in_threads(lesson.learn(), trainer.lesson_workers):
            yield {"state": "learning", "share": share}, unchanged
            if job.stop.is_set():
                return
    seconds = time.perf_counter() - start
    told = await in_thread(trainer.lesson_workers, lesson.compare)
    visit.taught_from, visit.own = base, lesson.taught
    picker = picker_value(trainer.reader, YOURS, (YOURS,))
    yield {"state": "done", "seconds": round(seconds, 2), **told}, picker


class Lesson:
    """One lesson: a copy of a network learns from drawings; the network itself stays as it is."""

    def __init__(self, base: Backend, drawings: Labelled, digits: Digits) -> None:
        self._base, self._drawings, self._digits = base, drawings, digits
        self.taught: Backend = base

    def learn(self) -> Iterator[float]:
        """Yields the share that is done; `taught` is the result."""
        import torch

        from digits.network.model import from_layers
        from digits.training.fine_tuning import Correction, teach

        torch.set_num_threads(1)  # others draw meanwhile
        model = from_layers(self._base.layers(), self._base.card.config)
        corrections = [Correction(strokes, label) for strokes, label in self._drawings]
        told = time.perf_counter()
        for share in teach(
            model, corrections, self._digits.train_images, self._digits.train_labels
        ):
            if time.perf_counter() - told >= TOLD_EVERY:
                told = time.perf_counter()
                yield share
        self.taught = make_backend(layers_of(model), self._base.card)

    def compare(self) -> dict[str, Any]:
        """Every drawing as read before and after, and the accuracy on MNIST's test digits."""
        images = np.stack([prepare_strokes(strokes).image for strokes, _ in self._drawings])
        before, after = (read(network, images) for network in (self._base, self.taught))
        test, labels = self._digits.test_images, self._digits.test_labels
        mnist = [
            float((read(network, test) == labels).mean()) for network in (self._base, self.taught)
        ]
        self.taught.card = taught_card(self._base.card, len(images), mnist[1])
        pairs = zip(before.tolist(), after.tolist(), strict=True)
        return {"drawings": [{"before": b, "after": a} for b, a in pairs], "mnist": mnist}


def taught_card(card: Card, drawings: int, accuracy: float) -> Card:
    """The card of a network after a lesson: how many drawings it was taught, and what it reads now."""
    return replace(
        card,
        recipe={**card.recipe, "taught": drawings},
        figures={**card.figures, "test_accuracy": round(accuracy, 4)},
    )


def read(network: Backend, images: np.ndarray) -> np.ndarray:
    """What a network reads in images (N, 28, 28): (N,)."""
    return predict_images(network, images).argmax(axis=1)


def check_drawings(raw: Any) -> Labelled:
    """Labelled drawings from a page, a file or an API call; DrawingError names what is wrong."""
    if not isinstance(raw, list) or not raw:
        raise DrawingError("lesson_empty")
    if len(raw) > MOST_DRAWINGS:
        raise DrawingError("lesson_long", limit=MOST_DRAWINGS, count=len(raw))
    return [_check_drawing(item, number) for number, item in enumerate(raw, start=1)]


def _check_drawing(item: Any, number: int) -> tuple[Strokes, int]:
    if not isinstance(item, Mapping):
        raise DrawingError("lesson_item", number=number)
    label = item.get("label")
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < CLASSES:
        raise DrawingError("lesson_label", number=number)
    strokes = check_strokes(item.get("strokes"))
    if not strokes:
        raise DrawingError("lesson_blank", number=number)
    return strokes, label


def save(question: Any) -> dict[str, str]:
    """The drawings as a file's text: JSON or UNIPEN."""
    question = question if isinstance(question, Mapping) else {}
    try:
        drawings = check_drawings(question.get("drawings"))
    except DrawingError as error:
        return {"problem": str(error)}
    if question.get("kind") == "unipen":
        return {"name": "my-digits.dat", "text": to_unipen(drawings)}
    items = [
        {"label": label, "strokes": [np.round(stroke, 4).tolist() for stroke in strokes]}
        for strokes, label in drawings
    ]
    return {"name": "my-digits.json", "text": json.dumps({"drawings": items})}


def load(question: Any) -> dict[str, Any]:
    """The drawings in a file's text, whichever of the two it is."""
    given = question.get("text") if isinstance(question, Mapping) else None
    if not isinstance(given, str) or len(given) > MOST_TEXT:
        return {"problem": f"a file of drawings is text of at most {MOST_TEXT:,} letters"}
    try:
        is_json = given.lstrip().startswith(("{", "["))
        drawings = from_json(given) if is_json else from_unipen(given)
    except (DrawingError, StrokesError, ValueError, RecursionError) as error:
        return {"problem": str(error)}
    items = [
        {"label": label, "strokes": [np.round(stroke, 4).tolist() for stroke in strokes]}
        for strokes, label in drawings
    ]
    return {"drawings": items}


def from_json(given: str) -> Labelled:
    """The drawings in what `save` wrote, or in a bare list of them."""
    try:
        content = json.loads(given)
    except ValueError as error:
        raise DrawingError("lesson_json", reason=str(error)) from error
    return check_drawings(content.get("drawings") if isinstance(content, Mapping) else content)


def to_unipen(drawings: Labelled) -> str:
    """UNIPEN text of the drawings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "drawings.dat")
        write_unipen(path, [Drawing(list(strokes), label, 1) for strokes, label in drawings])
        return path.read_text(encoding="ascii")


def from_unipen(given: str) -> Labelled:
    """The first drawings of UNIPEN text that are digits."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "drawings.dat")
        path.write_text(given, encoding="latin-1", errors="replace")
        try:
            read_drawings = read_unipen(path)
        except StrokesError as error:
            raise DrawingError(error.code, **{**error.values, "path": "the file"}) from error
    labelled = [d for d in read_drawings if 0 <= d.label < CLASSES][:MOST_DRAWINGS]
    return check_drawings([{"strokes": d.strokes, "label": d.label} for d in labelled])
