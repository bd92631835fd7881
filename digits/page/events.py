"""What happens when: the page's events, wired to what answers them.

The services tell plain messages; here they become what Gradio's components take: gr.skip() where nothing is
new.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from digits.errors import DigitsError
from digits.network.registry import YOURS, is_own
from digits.page.texts import choose_language, name_in_words
from digits.page.theme import say_in, translatable
from digits.server.fine_tuning_service import FineTuningService
from digits.server.reader import Reader
from digits.server.requests import as_question, token_in
from digits.server.sessions import Sessions
from digits.server.training_service import TrainingService
from digits.training.standalone_script import write_script

UPDATES: dict[str, Any] = {
    "concurrency_limit": None,
    "show_progress": "hidden",
    "api_visibility": "private",
}
ONLY_HERE = f"{YOURS}-here-"  # ids of networks that a browser alone has: services/network_names.js
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True)
class Components:
    """The page's components that events are wired to."""

    header: gr.HTML  # value: the language, "en" or "zh"
    pad: gr.HTML  # value: the drawing, for server.requests.parse_drawing
    picker: gr.HTML  # value: a Picker
    code: gr.HTML  # value: the script for the network now chosen
    teach: gr.HTML  # value: the corrected drawings to learn from, then FineTuningMessages
    form: gr.HTML  # value: the training that is asked for
    run: gr.HTML  # value: a RunMessage
    outcome: gr.HTML  # value: an Outcome


def wire(
    page: gr.Blocks,
    components: Components,
    reader: Reader,
    training: TrainingService,
    fine_tuning: FineTuningService,
) -> None:
    """All of the page's events.

    Training and fine-tuning have queues of their own (server/queue.py), so Gradio's lets everybody in.
    """
    _wire_departure(page, reader.sessions)
    _wire_language(page, components)
    components.form.submit(
        make_train(training),
        [components.form, components.pad],
        [components.run, components.outcome, components.picker],
        **UPDATES,
    )
    components.teach.submit(
        make_learn(fine_tuning, reader),
        components.teach,
        [components.teach, components.picker],
        **UPDATES,
    )
    # Not "change": that goes off by itself, and what goes to a server that is away reloads the page.
    components.picker.input(make_show_code(reader), components.picker, components.code, **AT_ONCE)


def _wire_departure(page: gr.Blocks, sessions: Sessions) -> None:
    """Know when a page's connection ends."""

    def disconnect(request: gr.Request) -> None:
        sessions.disconnect(request.session_hash or "")

    page.unload(disconnect)


def _wire_language(page: gr.Blocks, components: Components) -> None:
    """Put Gradio's own components into the language that was chosen."""
    named = translatable(page)

    def switch_language(language: str) -> list[Any]:
        return [say_in(keys, choose_language(language)) for _, keys in named]

    components.header.input(
        switch_language, components.header, [component for component, _ in named], **AT_ONCE
    )


def make_train(training: TrainingService) -> Callable[..., Any]:
    """The handler of the button Train."""

    async def train(
        asked: Any, drawing: Any, request: gr.Request
    ) -> AsyncIterator[tuple[Any, Any, Any]]:
        question = as_question(asked)
        session = token_in(question)
        training.sessions.connect(request.session_hash or "", session)
        looked_at = question.get("drawing") or drawing  # of several digits one is read along
        async for update in training.train(session, asked, looked_at):
            yield (
                update.run,
                gr.skip() if update.outcome is None else update.outcome,
                gr.skip()
                if update.entry is None
                else pick(training.reader, session, update.entry["id"]),
            )

    return train


def make_learn(fine_tuning: FineTuningService, reader: Reader) -> Callable[..., Any]:
    """The handler of "learn from these"."""

    async def learn(asked: Any, request: gr.Request) -> AsyncIterator[tuple[Any, Any]]:
        session = token_in(as_question(asked))
        reader.sessions.connect(request.session_hash or "", session)
        async for message in fine_tuning.learn(session, asked):
            entry = message.get("network")
            yield (
                message,
                pick(reader, session, entry["id"]) if entry else gr.skip(),
            )

    return learn


def pick(reader: Reader, token: object, network: str) -> Any:
    """The picker's value with one of a session's networks chosen."""
    picker = reader.picker(reader.sessions.find(token), network)
    return {**picker, "session": token}  # so that show_code finds the network


def _title_of(reader: Reader, question: Mapping[str, Any]) -> str:
    """What the page calls the network that is asked for."""
    network = str(question.get("network"))
    return name_in_words(reader.find_own(question).name) if is_own(network) else network


def make_show_code(reader: Reader) -> Callable[..., Any]:
    """The handler that writes the script for the network that was picked."""

    def show_code(picked: Any) -> str:
        question = as_question(picked)
        if str(question.get("network")).startswith(ONLY_HERE):
            return "# This network was trained in your browser, which alone keeps it.\n"
        try:
            network = reader.find_network(question)
        except DigitsError as error:
            return f"# {error}\n"
        return write_script(_title_of(reader, question), network.card)

    return show_code
