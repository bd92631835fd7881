"""The page, put together: `create_app(settings)` builds it, `App.launch` serves it.

Everything that the parts need of each other is handed to them here, as functions and values.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# Every queued event would rebuild a summary of all events so far, slower as they add up.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")

import gradio as gr
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from digits.data.mnist import folder_of_environment, is_there, read_mnist
from digits.errors import DataError, DigitsError, WeightsError
from digits.network.registry import Choice, Networks, list_weights
from digits.page import layout
from digits.page.api import EXAMPLES, MAX_PICTURE_FILE, RESULTS, add_api
from digits.page.events import Components, wire
from digits.page.gradio_compat import PATIENT, publish
from digits.page.hub import add_hub
from digits.page.single_file import write_page
from digits.page.social import FAVICON, SocialTags, canonical_link, make_social_routes
from digits.page.static_files import digest, static_route
from digits.page.texts import name_in_words
from digits.page.theme import make_head, make_i18n, make_theme
from digits.page.zero_gpu import borrow_gpu, page_devices
from digits.process import keep_to_one_thread
from digits.server import downloads, drawing_files
from digits.server.browser_digits import BrowserDigits
from digits.server.browser_runs import make_browser_run_routes
from digits.server.confusion_cells import pictures_of_cell
from digits.server.datasets import DatasetCache
from digits.server.fine_tuning_service import FineTuningService
from digits.server.messages import fault_of
from digits.server.middleware import RequestLimits
from digits.server.reader import Reader, guess
from digits.server.requests import parse_drawing
from digits.server.routes import make_routes
from digits.server.sessions import Sessions
from digits.server.training_service import Run, TrainingService
from digits.server.weights_route import make_weights_routes
from digits.training.page_run import most_seconds, run_training
from digits.training.standalone_script import write_script

CACHE_SECONDS = (
    3600,
    3600,
)  # every hour, what Gradio keeps on the disk for over an hour is deleted
MOST_WAITING = 100  # events in Gradio's own queue
ONE = [[[0.5, 0.2], [0.5, 0.8]]]  # strokes


@dataclass(frozen=True)
class Settings:
    """What the page is built from, and nothing else."""

    weights: str = ""  # a name in weights/ or a path; "" is the best there is
    backend: str = "auto"
    device: str = "auto"
    data: Path | None = None
    seats: int | None = None  # how many train at once; None for all cores but one
    cache_seconds: tuple[int, int] = CACHE_SECONDS  # how often to look, and for files how old


@dataclass(frozen=True)
class Services:
    """What answers the page."""

    reader: Reader
    training: TrainingService
    fine_tuning: FineTuningService


@dataclass(frozen=True, eq=False)
class App:
    """The page, built and not yet served."""

    page: gr.Blocks
    services: Services
    options: dict[str, Any]

    def launch(self, **more: Any) -> None:
        """Serve it until Ctrl-C; `more` is for Gradio's launch: server_name, server_port, share, ..."""
        self.page.launch(**self.options, **more)

    @contextmanager
    def served(self, **more: Any) -> Iterator[str]:
        """Serve it beside what this process does, for as long as the `with` lasts; its address."""
        _, address, _ = self.page.launch(
            prevent_thread_lock=True, quiet=True, **self.options, **more
        )
        try:
            yield address.rstrip("/")
        finally:
            self.page.close()


def create_app(settings: Settings | None = None, *, run: Run = run_training) -> App:
    """The whole page. DigitsError if nothing can answer, or there are no digits; `run` trains."""
    settings = settings or Settings()
    keep_to_one_thread()
    check_data(settings.data)
    services = make_services(settings, run)
    warm_up(services.reader)
    with gr.Blocks(
        title="Digit playground", analytics_enabled=False, delete_cache=settings.cache_seconds
    ) as page:
        components = lay_out(services)
        # First, since Gradio would give the name "train" to the page's own handler, too.
        add_api(page, services.reader, services.training)
        wire(page, components, services.reader, services.training, services.fine_tuning)
    publish(page, RESULTS, EXAMPLES)
    page.queue(max_size=MOST_WAITING)
    return App(page, services, launch_options(services))


def check_data(folder: Path | None) -> None:
    """DataError now where the first training would end in it; digits that are there are read only then.

    MNIST_DIR may be left over from another project, and drawing needs no MNIST: of that the log tells.
    """
    if folder is not None:
        check_folder(folder)
        return
    named = folder_of_environment()
    try:
        if named is not None:
            check_folder(named)
    except DataError as error:
        print(f"warning: nobody can train on this page: {error}", file=sys.stderr)


def check_folder(folder: Path) -> None:
    """DataError where MNIST, or a part of it, is not in the folder."""
    if not is_there(folder):
        read_mnist(folder)  # which says what is missing


def make_services(settings: Settings, run: Run) -> Services:
    """What answers the page, and on which devices."""
    reader = Reader(Networks(default_choice(settings), devices=page_devices()), Sessions())
    training = TrainingService(
        reader,
        DatasetCache(settings.data),
        run=borrow_gpu(run, most_seconds),
        seats=settings.seats,
    )
    reader.sessions.on_end = training.tidy
    return Services(reader, training, FineTuningService(training))


def default_choice(settings: Settings) -> Choice:
    """The network that a fresh page shows: what the settings say, else the first of weights/."""
    names = list(list_weights())
    if not settings.weights and not names:
        raise WeightsError("no_networks")
    return Choice(settings.weights or names[0], settings.backend, settings.device)


def warm_up(reader: Reader) -> None:
    """Load the default network and use it once, so that the first visitor does not wait for it."""
    network = reader.networks.get(reader.networks.default)
    guess(network, parse_drawing({"strokes": ONE}).prepared.image)


def lay_out(services: Services) -> Components:
    """Pad on the left, answer and tabs on the right; on a phone one below the other.

    What a component's script may ask the server is a function here, for Gradio takes no methods.
    """
    reader, training = services.reader, services.training
    i18n = make_i18n()

    def read(question: Any) -> Any:
        return reader.read(question)

    def compare(question: Any) -> Any:
        return reader.compare(question)

    async def prepare(question: Any) -> Any:
        try:
            return await training.datasets.prepare()
        except DigitsError as error:
            return {"fault": fault_of(error)}

    def stop(question: Any) -> Any:
        return training.stop(question)

    def save(question: Any) -> Any:
        return drawing_files.save(question)

    def load(question: Any) -> Any:
        return drawing_files.load(question)

    def download(question: Any) -> Any:
        return downloads.download(reader, question, name_in_words)

    def cell(question: Any) -> Any:
        return pictures_of_cell(reader, training.datasets, question)

    header = layout.make_header()
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="left", min_width=0):
            pad = layout.make_pad(read)
            layout.make_short_answer()
            layout.make_samples()
        with gr.Column(elem_id="right", min_width=0):
            layout.make_lesson_offer()
            layout.make_answer()
            # "wrong? it is 0 1 2 ...": the best seat on the page
            teach = layout.make_teach(save, load, prepare)
            picker = layout.make_picker(reader.picker(), compare)
            with gr.Tabs(elem_id="tabs"):
                with gr.Tab(i18n("tab_see"), elem_id="tab_see"):
                    layout.make_what_it_sees()
                with gr.Tab(i18n("tab_learn"), elem_id="tab_learn"):
                    layout.make_learn()
                with gr.Tab(i18n("tab_train"), elem_id="tab_train"):
                    form, run, outcome = layout.make_train_rooms(stop, prepare, download, cell)
                    add_hub(picker, header, reader)
                with gr.Tab(i18n("tab_inside"), elem_id="tab_inside"):
                    layout.make_inside()
                with gr.Tab(i18n("tab_code"), elem_id="tab_code"):
                    default = reader.networks.default
                    card = reader.networks.get(default).card
                    code = layout.make_code(write_script(default.network, card))
    layout.make_foot()
    return Components(header, pad, picker, code, teach, form, run, outcome)


def launch_options(services: Services) -> dict[str, Any]:
    """How the page is served, wherever that is: app.py, a Space, a test."""
    return {
        "theme": make_theme(),
        "head": make_head() + canonical_link(),
        "favicon_path": FAVICON,
        "i18n": make_i18n(),
        "footer_links": ["api"],
        "run_history": False,  # 13 ms an event
        "ssr_mode": False,
        "max_file_size": MAX_PICTURE_FILE,
        "app_kwargs": {
            "middleware": [Middleware(RequestLimits), Middleware(SocialTags)],
            "routes": own_routes(services),
        },
        "enable_monitoring": False,  # it would show everybody how much the page is used
        "show_error": True,
        **PATIENT,
    }


def own_routes(services: Services) -> list[BaseRoute]:
    """The routes beside Gradio's."""
    reader, training = services.reader, services.training

    return [
        *make_routes(reader.read, reader.is_quick, training.state, digest()),
        *make_weights_routes(reader, write_page),
        *make_browser_run_routes(training),
        *BrowserDigits(training.datasets.folder).routes(),
        *make_social_routes(),
        static_route(),
    ]
