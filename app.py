"""The web page: draw a digit and see what a neural network makes of it.

    python app.py                      then open http://127.0.0.1:7860
    python app.py --host 0.0.0.0       for other machines in the same network
    python app.py --help               every flag

Importing this file builds and launches nothing. `build_page` lays the page out and wires it,
`launch_options` says how it is served. Next: digits/rooms.py for what is on it, digits/reading.py for
how a drawing is answered.
"""

from __future__ import annotations

import argparse
import os
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# Every queued event would rebuild a summary of all events so far, slower as they add up.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")

from digits.process import name_missing, no_garbage, share_heaps

try:
    with no_garbage():
        import gradio as gr
        from starlette.middleware import Middleware
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))

from digits.errors import BackendError, WeightsError
from digits.network.backends import BACKENDS, DEVICES
from digits.network.checkpoint import WEIGHTS_DIR
from digits.network.registry import Choice, Networks, list_weights
from digits.page.api import MAX_PICTURE_FILE, add_api, finish_api
from digits.page.events import Training, lay_out_training, wire_training
from digits.page.layout import (
    make_answer,
    make_code,
    make_header,
    make_inside,
    make_pad,
    make_picker,
    make_samples,
    make_see,
    make_teach,
)
from digits.page.texts import choose_language
from digits.page.theme import make_css, make_head, make_i18n, make_theme, say_in, translatable
from digits.server.lesson_service import load, save
from digits.server.middleware import Guard
from digits.server.reader import Reader, ask
from digits.server.requests import parse_drawing
from digits.server.routes import ROUTE
from digits.server.sessions import Visit, Visits
from digits.server.training_service import Trainer, make_prepare
from digits.training.standalone import write_script

NO_PORT = (
    "cannot serve the page at {host}, port {port}: it is in use, or no address of this machine. "
    "Choose another with --port or --host"
)
NO_MCP = '--mcp needs one more package. Install it with: {python} -m pip install "gradio[mcp]"'
FIRST_PORT = 7860  # as Gradio's own pages; the next free one if it is taken
CACHE = (3600, 3600)  # s: every hour, what Gradio keeps on the disk for over an hour is deleted


@dataclass(frozen=True)
class Settings:
    """What the flags say; the page is built from this alone."""

    weights: str = ""  # a name in weights/ or a path; "" is the best there is
    backend: str = "auto"
    device: str = "auto"
    data: Path | None = None


@dataclass(frozen=True)
class Rooms:
    """The page's components that others are wired to."""

    visit: gr.State  # a Visit: what belongs to this visitor
    header: gr.HTML  # value: the language, "en" or "zh"
    pad: gr.HTML  # value: the drawing, for digits.reading.parse_drawing
    picker: gr.HTML  # value: digits.rooms.picker_value, with the network now chosen
    code: gr.HTML  # the script for the network now chosen
    lesson: gr.HTML  # value: the corrected drawings to learn from, for digits.teach_room
    training: Training  # the Train tab's own components


def build_page(settings: Settings | None = None) -> gr.Blocks:
    """The whole page, not yet served. Raises WeightsError or BackendError if nothing can answer."""
    settings = settings or Settings()
    visits = Visits()
    reader = Reader(Networks(default_choice(settings)), visits)
    trainer = Trainer(reader, settings.data)
    warm_up(reader)
    with gr.Blocks(title="Digit playground", analytics_enabled=False, delete_cache=CACHE) as page:
        rooms = lay_out(reader, visits, trainer)
        wire(page, rooms, reader)
        wire_training(page, rooms, trainer)
    finish_api(page)
    page.reader = reader  # where digits/road.py finds it
    return page


def lay_out(reader: Reader, visits: Visits, trainer: Trainer) -> Rooms:
    """Pad on the left, answer and tabs on the right; on a phone one below the other."""
    i18n = make_i18n()
    visit = gr.State(visits.begin())
    header = make_header()
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="left", min_width=0):
            pad = make_pad(reader)
            make_samples()
        with gr.Column(elem_id="right", min_width=0):
            make_answer()
            lesson = make_teach(
                save, load, make_prepare(trainer)
            )  # "wrong? it is 0 1 2 ...": the best seat on the page
            picker = make_picker(reader)
            with gr.Tabs(elem_id="tabs"):
                with gr.Tab(i18n("tab_see"), elem_id="tab_see"):
                    make_see()
                with gr.Tab(i18n("tab_train"), elem_id="tab_train"):
                    training = lay_out_training(trainer)
                with gr.Tab(i18n("tab_inside"), elem_id="tab_inside"):
                    make_inside(reader)
                with gr.Tab(i18n("tab_code"), elem_id="tab_code"):
                    card = reader.networks.get(reader.networks.default).card
                    script = write_script(reader.networks.default.network, card)
                    code = make_code(script)
    return Rooms(visit, header, pad, picker, code, lesson, training)


def wire(page: gr.Blocks, rooms: Rooms, reader: Reader) -> None:
    """What happens when; callbacks are plain functions of values."""
    told = gr.JSON(visible=False)  # carries the visit's secret to the page's scripts
    page.load(greet, [rooms.visit, rooms.header], told, api_visibility="private", queue=False).then(
        None,
        told,
        None,
        js="(told) => { digits.visit = told.visit; return []; }",
        api_visibility="private",
    )
    named = translatable(page)
    rooms.header.input(
        make_switch_language([keys for _, keys in named]),
        [rooms.visit, rooms.header],
        [component for component, _ in named],
        api_visibility="private",
        queue=False,
        show_progress="hidden",
    )
    add_api(page, reader)
    rooms.picker.change(
        make_show_code(reader),
        [rooms.visit, rooms.picker],
        rooms.code,
        api_visibility="private",
        queue=False,
        show_progress="hidden",
    )


def default_choice(settings: Settings) -> Choice:
    """The network that a fresh page shows: what the flag says, else the first of weights/."""
    names = list(list_weights())
    if not settings.weights and not names:
        raise WeightsError("weights_none", path=WEIGHTS_DIR)
    return Choice(settings.weights or names[0], settings.backend, settings.device)


def warm_up(reader: Reader) -> None:
    """Load the default network and use it once, so that the first visitor does not wait for it."""
    network = reader.networks.get(reader.networks.default)
    ask(network, parse_drawing({"strokes": [[[0.5, 0.2], [0.5, 0.8]]]}).prepared.image)


def greet(visit: Visit, language: str | None) -> dict[str, str]:
    """Give a new page its visit's secret, with which the quick road finds "yours"."""
    set_language(visit, language)
    return {"visit": visit.token}


def set_language(visit: Visit, language: str | None) -> None:
    """Remember the visitor's language, for messages that are made on the server."""
    visit.language = choose_language(language)


def make_switch_language(named: list[dict[str, str]]) -> Callable[[Visit, str], list[Any]]:
    """The callback that puts every component of `named` into the language that was chosen."""

    def switch_language(visit: Visit, language: str) -> list[Any]:
        set_language(visit, language)
        return [say_in(keys, visit.language) for keys in named]

    return switch_language


def make_show_code(reader: Reader) -> Callable[[Visit, dict[str, Any]], str]:
    """The callback that writes the script for the network that was picked."""

    def show_code(visit: Visit, picked: dict[str, Any]) -> str:
        try:
            network = reader.find_network({**picked, "visit": visit.token})
        except (WeightsError, BackendError) as error:
            return f"# {error}\n"
        return write_script(str(picked["network"]), network.card)

    return show_code


def launch_options() -> dict[str, Any]:
    """How the page is served, wherever that is: app.py, a Space, a test."""
    return {
        "theme": make_theme(),
        "css": make_css(),
        "head": make_head(),
        "i18n": make_i18n(),
        "footer_links": ["api"],
        "run_history": False,  # 13 ms an event
        "ssr_mode": False,
        "max_file_size": MAX_PICTURE_FILE,
        "app_kwargs": {"middleware": [Middleware(Guard)], "routes": [ROUTE]},
        "enable_monitoring": False,  # it would show everybody how much the page is used
        "show_error": True,
    }


def keep_proxies_away() -> None:
    """Where the environment names a proxy, let what this machine asks itself go past it.

    Gradio looks at the page once before it says where it is; a proxy knows nothing of it.
    """
    proxies = urllib.request.getproxies_environment()
    if proxies:
        past = [proxies.get("no", ""), "127.0.0.1", "localhost"]
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(filter(None, past))


def parse_flags(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line's flags."""
    parser = argparse.ArgumentParser(description="Draw a digit; a neural network reads it.")
    parser.add_argument("--host", help="address to serve on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help=f"port (default: {FIRST_PORT} or the next free)")
    parser.add_argument(
        "--share", action="store_true", help="make a public link through gradio.live"
    )
    parser.add_argument(
        "--weights", default="", help="name in weights/ or path (default: the best)"
    )
    parser.add_argument("--backend", default="auto", choices=("auto", *BACKENDS))
    parser.add_argument("--device", default="auto", choices=("auto", *DEVICES))
    parser.add_argument("--data", type=Path, help="folder with MNIST, for training on the page")
    parser.add_argument(
        "--mcp", action="store_true", help="also serve the API as tools for MCP clients"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Build the page and serve it until Ctrl-C."""
    flags = parse_flags(arguments)
    settings = Settings(flags.weights, flags.backend, flags.device, flags.data)
    host = flags.host or os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    if flags.mcp and not find_spec("mcp"):
        print(NO_MCP.format(python=sys.executable), file=sys.stderr)
        return 1
    keep_proxies_away()
    share_heaps()
    try:
        page = build_page(settings)
        page.queue(max_size=100)
        page.launch(
            server_name=host,
            server_port=flags.port,
            share=flags.share or None,
            mcp_server=flags.mcp or None,
            **launch_options(),
        )
    except (WeightsError, BackendError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError:
        print(NO_PORT.format(host=host, port=flags.port or "7860 or the next"), file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(name_missing(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
