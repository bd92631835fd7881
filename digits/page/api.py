"""The page's API for programs: /predict reads strokes, /predict_image a picture, /read all its digits.

    from gradio_client import Client, handle_file
    client = Client("http://127.0.0.1:7860")
    client.predict(strokes=[[[0.5, 0.2], [0.5, 0.8]]], api_name="/predict")
    client.predict(picture=handle_file("seven.png"), api_name="/predict_image")

Both give a Reading; /train streams how a training goes. Programs that speak MCP get the same as tools:
python app.py --mcp. The page's foot links to this as "Use via API"; all else is private to the page.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

import gradio as gr
from PIL import Image

from digits.data.drawings import check_strokes
from digits.data.preparation.pictures import Picture
from digits.errors import DigitsError, DrawingError
from digits.page.gradio_compat import takes_file, upload_folder
from digits.server.page_reader import (
    answer_about,
    doubt_about,
    prepare_for,
    read_picture,
    read_strokes,
)
from digits.server.reader import Reader
from digits.server.requests import ParsedDrawing, check_training, parse_drawing
from digits.server.training_service import TrainingService
from digits.training.page_run import RunReport, RunSettings
from digits.training.recipes import RECIPES

RESULTS = {
    "predict": "reading",
    "predict_image": "reading",
    "read": "digits",
    "train": "report",
}  # what is public
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PICTURE_FILE = 10_000_000  # bytes; also what the server takes as an upload
# 49 megapixels take up to 280 MB while they are averaged down, 40 to 160 as JPEG, and 770 as WebP, whose
# decoder holds the picture several times.
PICTURES_AT_ONCE = 2

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


class DigitReading(TypedDict):
    """One digit of several."""

    box: list[float]  # left, top, right, bottom in 0..1 of the picture
    label: str
    confidences: list[Confidence]  # all ten digits, the most likely first
    sure: bool
    # "turned": it seems to lie on its side or its head; "among_letters": it may be a letter of a word
    hint: str | None


def add_api(page: gr.Blocks, reader: Reader, training: TrainingService) -> None:
    """Add /predict, /predict_image, /read and /train to the page that is being built."""
    gr.api(make_predict(reader), api_name="predict", queue=False)
    gr.api(
        make_predict_image(reader),
        api_name="predict_image",
        concurrency_limit=PICTURES_AT_ONCE,
    )
    takes_file(page, "predict_image")
    gr.api(make_read(reader), api_name="read", concurrency_limit=PICTURES_AT_ONCE)
    takes_file(page, "read")
    # One at a time: nobody can tell whether a program still listens, and visitors wait for the same seats.
    gr.api(make_train(training), api_name="train", concurrency_limit=1)


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
        except DigitsError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return predict


def make_predict_image(reader: Reader) -> Callable[[dict[str, Any]], Reading]:
    """/predict_image, bound to the page's networks."""

    def predict_image(picture: dict[str, Any]) -> Reading:
        """Read a digit in a picture: a photo, a scan or a screenshot, dark on light or light on dark.

        Args:
            picture: A picture file with one digit: PNG, JPEG, WebP, GIF, BMP or TIFF, at most 10 MB and 50 million pixels; over MCP a data: URL, no http address.

        Returns:
            label (a digit as text, null for a blank picture), confidences (label and confidence of all ten, the most likely first), sure (false when it is hardly a digit, or less sure than a picture's has to be). The digit is looked at three times, as it is and turned by 7 degrees to either side; this is the mean.
        """  # noqa: E501  (Gradio reads one line per argument)
        try:
            with open_upload(picture) as opened:
                taken = Picture(opened)
            return read(reader, ParsedDrawing(taken.prepared, picture=taken))
        except DigitsError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return predict_image


def read(reader: Reader, drawing: ParsedDrawing) -> Reading:
    """What the page's default network makes of a drawing."""
    network = reader.networks.get(reader.networks.default)
    if drawing.blank:
        return {"label": None, "confidences": [], "sure": False}
    image = prepare_for(network, drawing).image
    said = answer_about(network, image, drawing.picture is not None)
    confidences = confidences_of(said.probabilities.tolist())
    sure = said.sure and doubt_about(network, drawing.picture) is None
    return {"label": str(said.label), "confidences": confidences, "sure": sure}


def confidences_of(probabilities: Sequence[float]) -> list[Confidence]:
    """All ten digits, the most likely first."""
    order = sorted(range(len(probabilities)), key=lambda label: -probabilities[label])
    return [{"label": str(label), "confidence": float(probabilities[label])} for label in order]


def make_read(reader: Reader) -> Callable[..., list[DigitReading]]:
    """/read, bound to the page's networks."""

    def read(
        picture: dict[str, Any] | None = None, strokes: Strokes | None = None
    ) -> list[DigitReading]:
        """Read all digits in a picture or a drawing, line by line, each line from left to right.

        Args:
            picture: A picture file with digits: PNG, JPEG, WebP, GIF, BMP or TIFF, at most 10 MB and 50 million pixels (over MCP a data: URL, no http address); null where strokes are given.
            strokes: Strokes drawn with a pen: a list of strokes, each a list of points [x, y] from 0 to 1, x to the right and y downwards; null where a picture is given. More than 100 strokes are read as one digit.

        Returns:
            A list, empty where nothing looks like a digit (closer, more light or plain paper helps); of each digit box (left, top, right, bottom from 0 to 1), label, confidences (all ten, the most likely first), sure, hint ("turned", "among_letters" or null).
        """  # noqa: E501  (Gradio reads one line per argument)
        try:
            network = reader.networks.get(reader.networks.default)
            if (strokes is None) == (picture is None):
                raise DrawingError("read_either")
            if strokes is not None:
                found = read_strokes(network, check_strokes(strokes))
            else:
                with open_upload(picture) as opened:
                    found = read_picture(network, Picture(opened))
        except DigitsError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return [
            {
                "box": [min(max(side, 0.0), 1.0) for side in one.prepared.box or ()],
                "label": str(one.answer.label),
                "confidences": confidences_of(one.answer.probabilities.tolist()),
                "sure": one.answer.sure,
                "hint": one.hint,
            }
            for one in found
        ]

    return read


def open_upload(file: object) -> Image.Image:
    """The picture in a file that was uploaded to this server; DrawingError for anything else."""
    named = file.get("path") if isinstance(file, dict) else None
    if not isinstance(named, str) or not named:
        raise DrawingError("picture_missing")
    try:
        path = Path(named).resolve()
        inside = path.is_relative_to(upload_folder())
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


TUTORIAL = RECIPES["tutorial"]  # what /train does where nothing else is said
CUT = "the borrowed GPU was taken back before the training ended; ask for fewer epochs"


def make_train(training: TrainingService) -> Callable[..., Any]:
    """The API's /train."""

    async def train(
        epochs: int = TUTORIAL.epochs,
        batch_size: int = TUTORIAL.batch_size,
        learning_rate: float = TUTORIAL.learning_rate,
        hidden: str = ",".join(map(str, TUTORIAL.model.hidden)),
        activation: str = TUTORIAL.model.activation,
        train_images: int = RunSettings.train_images,
        seed: int = RunSettings.seed,
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
            async for said in stream(training, check_training(asked).settings):
                yield said
        except DigitsError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return train


async def stream(training: TrainingService, settings: RunSettings) -> AsyncIterator[dict[str, Any]]:
    """A run as /train tells it."""
    done = False
    async for told in training.stream(settings):
        if not isinstance(told, RunReport):
            yield {"state": "waiting", "place": told}
            continue
        done = told.epoch == told.epochs and told.step == told.steps
        yield {
            "state": "done" if done else "running",
            "step": told.step,
            "steps": told.steps,
            "epoch": told.epoch,
            "epochs": told.epochs,
            "loss": told.loss,
            "test_accuracy": told.test_accuracy,
            "seconds": round(told.seconds, 3),
        }
    if not done:
        raise gr.Error(CUT, print_exception=False)
