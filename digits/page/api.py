"""The page's API for programs: /predict reads strokes, /predict_image reads a picture file.

    from gradio_client import Client, handle_file
    client = Client("http://127.0.0.1:7860")
    client.predict(strokes=[[[0.5, 0.2], [0.5, 0.8]]], api_name="/predict")
    client.predict(picture=handle_file("seven.png"), api_name="/predict_image")

Both give a Reading. Programs that speak MCP get the same two as tools: python app.py --mcp. The page's
foot links to this as "Use via API"; everything else that the page does is private to it (`finish_api`).
/train is in the room that trains. Next: digits/reading.py, which the pad asks by a quicker road.
"""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

import gradio as gr
from gradio.utils import get_function_description, get_upload_folder
from PIL import Image

from digits.data.preparation.pictures import prepare_picture
from digits.errors import BackendError, DataError, DrawingError, SettingsError, WeightsError
from digits.server.reader import Reader, ask
from digits.server.requests import Drawing, parse_drawing, read_order
from digits.server.training_service import Trainer
from digits.server.workers import in_thread, in_threads
from digits.training.run import Order, choose_images, run

PUBLIC = ("predict", "predict_image", "train")
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PICTURE_FILE = 10_000_000  # bytes; also what the server takes as an upload
PICTURES_AT_ONCE = 2  # a 50-megapixel picture takes some 300 MB while it is averaged down

EXAMPLES = {
    "strokes": [[[0.5, 0.2], [0.5, 0.8]]],
    "picture": {"path": "seven.png", "meta": {"_type": "gradio.FileData"}},
}

Strokes = list[list[list[float]]]


class Confidence(TypedDict):
    """How likely one digit is, 0..1."""

    label: str
    confidence: float


class Reading(TypedDict):
    """What the network says; the label of a blank drawing is null."""

    label: str | None
    confidences: list[Confidence]  # all ten digits, the most likely first
    sure: bool  # whether the network takes it for a digit at all


def add_api(page: gr.Blocks, reader: Reader) -> None:
    """Add /predict and /predict_image to the page that is being built."""
    gr.api(make_predict(reader), api_name="predict", queue=False)
    gr.api(
        make_predict_image(reader),
        api_name="predict_image",
        concurrency_limit=PICTURES_AT_ONCE,
    )
    picture: Any = page.fns[max(page.fns)].inputs[0]
    picture._api_info = gr.File(render=False).api_info()  # so clients upload it by themselves


def finish_api(page: gr.Blocks) -> None:
    """Document what is in PUBLIC and make private all the rest, such as events that Gradio adds."""
    for function in page.fns.values():
        if function.api_name in PUBLIC and function.api_visibility == "public":
            describe(function)
        else:
            function.api_visibility = "private"
    page.config = page.get_config_file()


def describe(function: Any) -> None:
    """What "Use via API" says of a function's parameters, from its docstring, and of its result."""
    _, said, _ = get_function_description(function.fn)
    for name, component in zip(said, function.inputs, strict=True):
        component.label = name
        component._api_info = {**component._api_info, "additional_description": said[name]}
        if name in EXAMPLES:
            component.example_payload = partial(EXAMPLES.__getitem__, name)
    for component in function.outputs:
        component.label = "reading" if function.api_name != "train" else "report"


def make_predict(reader: Reader) -> Callable[[Strokes], Reading]:
    """/predict, bound to the page's networks."""

    def predict(strokes: Strokes) -> Reading:
        """Read a drawn digit: which of 0 to 9 it is, and how likely each of them.

        Args:
            strokes: A list of strokes, each a list of [x, y] points; x to the right and y down, both from 0 to 1 across the drawing pad. Example: [[[0.5, 0.2], [0.5, 0.8]]] is a "1".

        Returns:
            label (a digit as text, null for a blank drawing), confidences (label and confidence of all ten, the most likely first), sure (false when it is hardly a digit).
        """  # noqa: E501  (Gradio reads one line per argument)
        try:
            return read(reader, parse_drawing({"strokes": strokes}))
        except (DrawingError, WeightsError, BackendError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return predict


def make_predict_image(reader: Reader) -> Callable[[dict[str, Any]], Reading]:
    """/predict_image, bound to the page's networks."""

    def predict_image(picture: dict[str, Any]) -> Reading:
        """Read a digit in a picture: a photo, a scan or a screenshot, dark on light or light on dark.

        Args:
            picture: A picture file with one digit: PNG, JPEG, WebP, GIF, BMP or TIFF, at most 10 MB and 50 million pixels.

        Returns:
            label (a digit as text, null for a blank picture), confidences (label and confidence of all ten, the most likely first), sure (false when it is hardly a digit).
        """  # noqa: E501  (Gradio reads one line per argument)
        try:
            with open_upload(picture) as opened:
                return read(reader, Drawing(prepare_picture(opened)))
        except (DrawingError, WeightsError, BackendError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return predict_image


def read(reader: Reader, drawing: Drawing) -> Reading:
    """What the page's default network makes of a drawing."""
    network = reader.networks.get(reader.networks.default)
    if drawing.blank:
        return {"label": None, "confidences": [], "sure": False}
    said = ask(network, drawing.prepared.image).answer
    order = said.probabilities.argsort()[::-1]
    confidences: list[Confidence] = [
        {"label": str(label), "confidence": float(said.probabilities[label])} for label in order
    ]
    return {"label": str(said.label), "confidences": confidences, "sure": said.sure}


def open_upload(file: object) -> Image.Image:
    """The picture in a file that was uploaded to this server; DrawingError for anything else."""
    named = file.get("path") if isinstance(file, dict) else None
    if not isinstance(named, str) or not named:
        raise DrawingError("picture_missing")
    try:
        path = Path(named).resolve()
        inside = path.is_relative_to(Path(get_upload_folder()).resolve())
        size = path.stat().st_size if inside else 0
        opened = Image.open(path, formats=FORMATS) if 0 < size <= MAX_PICTURE_FILE else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        kinds = ", ".join(FORMATS)
        raise DrawingError("picture_kinds", kinds=kinds) from error
    if not inside:
        raise DrawingError("picture_foreign")
    if opened is None:
        raise DrawingError("picture_file_size", limit=MAX_PICTURE_FILE // 1_000_000, size=size)
    return opened


CUT = "the borrowed GPU was taken back before the training ended; ask for fewer epochs"


def make_train_api(trainer: Trainer) -> Any:
    """The API's /train."""

    async def train(
        epochs: int = 2,
        batch_size: int = 15,
        learning_rate: float = 0.001,
        hidden: str = "64,64,64",
        activation: str = "relu",
        train_images: int = 60_000,
        seed: int = 0,
    ) -> AsyncIterator[dict[str, Any]]:
        """Train a network and stream how it goes, about five times a second.

        Args:
            epochs: how often every training image is shown, 1 to 20.
            batch_size: images a step, 1 to 1000.
            learning_rate: size of Adam's steps, 0.00001 to 0.5.
            hidden: sizes of the hidden layers, as in "64,64,64"; up to 5 layers of 4 to 256 nodes.
            activation: relu, tanh, sigmoid or gelu.
            train_images: how many images to train on, at most.
            seed: makes the run repeat exactly.

        Returns:
            {"state": "waiting", "place"} while others train, then {"state": "running", "step", "steps",
            "epoch", "epochs", "loss", "test_accuracy", "seconds"}, the last one with "state": "done".
        """
        asked = {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "hidden": hidden,
            "activation": activation,
            "train_images": train_images,
            "seed": seed,
        }
        try:
            async for said in stream(trainer, read_order(asked)):
                yield said
        except (SettingsError, DataError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return train


async def stream(trainer: Trainer, order: Order) -> AsyncIterator[dict[str, Any]]:
    """A run as /train tells it."""
    with trainer.line.ticket() as ticket:
        async for place in trainer.line.wait(ticket):
            yield {"state": "waiting", "place": place}
        digits = choose_images(await in_thread(trainer.workers, trainer.shelf.get), order)
        done = False
        async for report in in_threads(run(order, digits, None, None), trainer.workers):
            done = report.epoch == report.epochs and report.step == report.steps
            yield {
                "state": "done" if done else "running",
                "step": report.step,
                "steps": report.steps,
                "epoch": report.epoch,
                "epochs": report.epochs,
                "loss": report.loss,
                "test_accuracy": report.test_accuracy,
                "seconds": round(report.seconds, 3),
            }
        if not done:
            raise gr.Error(CUT, print_exception=False)
