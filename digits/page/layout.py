"""The page's components, each with what its module needs: limits, recipes, functions of the server.

What a component looks like is in static/components, what it does in static/ui.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import gradio as gr

from digits import __version__
from digits.data.dataset import MNIST_IMAGES
from digits.data.preparation.strokes import preparation_rules
from digits.network.backends import is_installed
from digits.network.config import ACTIVATIONS, PAGE_LIMITS
from digits.page.component import component
from digits.page.social import HUB, space_id
from digits.page.static_files import STATIC
from digits.server.browser_digits import PATH as LEARN_PATH
from digits.training.recipes import RECIPES

PRESETS = ("tutorial", "fast", "overfit")  # recipes to choose from on the page
# Seen so with seeds 0 and 1: all 100 images read right, of MNIST's test images 64 to 73 %.
OVERFIT = {"epochs": 20, "batch_size": 10, "train_images": 100}
# What a recipe says of how to learn, for the form and for a run in the visitor's browser.
FOLLOWED = ("epochs", "batch_size", "learning_rate", "schedule", "standardised")


def make_header() -> gr.HTML:
    """Title and switches. Its value is the page's language; "input" when the visitor changes it."""
    return component("header")


def make_pad(read: Callable[..., Any]) -> gr.HTML:
    """The pad. Its value is the drawing, as digits.server.requests.parse_drawing takes it."""
    return component("pad", rules=preparation_rules(), server_functions=[read])


def make_foot() -> gr.HTML:
    """The version, with what changed; on a Space the way to one of one's own. ui/header.js words it."""
    html = (STATIC / "foot.html").read_text(encoding="utf-8")
    space = space_id()
    foot = html.format(
        version=__version__,
        duplicate=f"{HUB}{space}?duplicate=true" if space else "",
        hidden="" if space else "hidden",
    )
    return gr.HTML(foot, elem_id="foot", elem_classes="room", apply_default_css=False)


def make_samples() -> gr.HTML:
    """Real test digits and hard ones, loaded with one click."""
    samples = json.loads((STATIC / "samples.json").read_text(encoding="utf-8"))
    return component("samples", samples)


def make_answer() -> gr.HTML:
    """The digit, the words and ten bars."""
    return component("answer")


def make_short_answer() -> gr.HTML:
    """The answer in short, for where it is out of sight."""
    return component("short_answer")


def make_lesson_offer() -> gr.HTML:
    """A newcomer is offered the lesson here; addresses like #learn=4 open it."""
    return component("lesson_offer")


def make_picker(picker: Any, compare: Callable[..., Any]) -> gr.HTML:
    """Network, backend and device. Its value is a server.messages.Picker; "input" when picked."""
    return component("picker", picker, server_functions=[compare])


def make_what_it_sees() -> gr.HTML:
    """Drawing, 20 x 20, 28 x 28, and the switch "just shrink it"."""
    return component("what_it_sees")


def make_inside() -> gr.HTML:
    """The network with this drawing's own numbers."""
    return component("inside")


def make_learn() -> gr.HTML:
    """The lesson, and below it the workbench; `digits` is where its worker fetches them."""
    return component("learn", digits=LEARN_PATH.removeprefix("/"))


def make_code(script: str) -> gr.HTML:
    """The script, to copy or download; its value is the text."""
    return component("code", script)


def make_train_rooms(
    stop: Callable[..., Any],
    prepare: Callable[..., Any],
    download: Callable[..., Any],
    cell: Callable[..., Any],
) -> tuple[gr.HTML, gr.HTML, gr.HTML]:
    """The run, the form and what came of it, from the top down.

    The form's value is the order; "submit" when Train is pressed.
    """
    run = component("run", server_functions=[stop])
    form = component(
        "train",
        limits={name: list(pair) for name, pair in PAGE_LIMITS.items()},
        presets={name: preset(name) for name in PRESETS},
        activations=list(ACTIVATIONS),
        torch=is_installed("torch"),
        server_functions=[prepare],
    )
    return form, run, component("outcome", server_functions=[download, cell])


def preset(name: str) -> dict[str, Any]:
    """A recipe as the form's fields take it."""
    if name == "overfit":
        return preset("tutorial") | OVERFIT
    recipe = RECIPES[name]
    settings = asdict(recipe)
    return {
        **{key: settings[key] for key in FOLLOWED},
        "layers": len(recipe.model.hidden),
        "width": recipe.model.hidden[0],
        "activation": recipe.model.activation,
        "train_images": MNIST_IMAGES,
        "seed": 0,
    }


def make_teach(*functions: Callable[..., Any]) -> gr.HTML:
    """The row under the answer. Its value is the corrected drawings; "submit" when it shall learn.

    `functions` are the server's save, load and prepare, for its script.
    """
    return component("teach", torch=is_installed("torch"), server_functions=list(functions))
