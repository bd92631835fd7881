"""The Train tab and "teach it your hand" in the page: components laid out, handlers wired to them.

Next: app.py, which calls both; digits/train_room.py and digits/teach_room.py, the handlers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import gradio as gr

from digits.page.api import make_train_api
from digits.page.layout import make_train_rooms
from digits.server.downloads import make_download
from digits.server.lesson_service import make_lesson
from digits.server.training_service import Trainer, make_prepare, make_stop, make_train


@dataclass(frozen=True)
class Training:
    """The Train tab's components."""

    form: gr.HTML  # value: what is ordered
    run: gr.HTML  # value: how it goes
    outcome: gr.HTML  # value: what came of it


class Rooms(Protocol):
    """What is needed of the page's components (app.py)."""

    @property
    def visit(self) -> gr.State: ...
    @property
    def pad(self) -> gr.HTML: ...
    @property
    def picker(self) -> gr.HTML: ...
    @property
    def lesson(self) -> gr.HTML: ...
    @property
    def training(self) -> Training: ...


def lay_out_training(trainer: Trainer) -> Training:
    """What is in the Train tab."""
    prepare = make_prepare(trainer)
    rooms = make_train_rooms(make_stop(trainer), prepare, make_download(trainer))
    return Training(*rooms)


def wire_training(page: gr.Blocks, rooms: Rooms, trainer: Trainer) -> None:
    """Train, learn, and what happens when the page is closed.

    Both keep a line of their own (digits/line.py), so Gradio's queue lets everybody in at once.
    """
    # First, since Gradio would give the name to the private handler below, too.
    gr.api(make_train_api(trainer), api_name="train", concurrency_limit=None)
    training = rooms.training
    training.form.submit(
        make_train(trainer),
        [rooms.visit, training.form, rooms.pad],
        [training.run, training.outcome, rooms.picker],
        concurrency_limit=None,
        show_progress="hidden",
        api_visibility="private",
    )
    rooms.lesson.submit(
        make_lesson(trainer),
        [rooms.visit, rooms.lesson],
        [rooms.lesson, rooms.picker],
        concurrency_limit=None,
        show_progress="hidden",
        api_visibility="private",
    )
    page.unload(trainer.forget)
