"""What goes over the wire between the page's scripts and the server: every message, typed, in one place.

The scripts have the same types in digits/page/static/services/messages.d.ts. All values are plain JSON. The
server words nothing: what can be wrong, noticed or named is a `Fault`, `Note` or `Name`, that is a code (or a
text's key) and values, and the page says it in its visitor's language.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any, Literal, TypedDict

import numpy as np

from digits.errors import DigitsError

# ---- parts ---------------------------------------------------------------------------------------


class GreyImage(TypedDict):
    """A grey image, row by row: 0 is paper, 255 is ink."""

    height: int
    width: int
    bytes: str  # base64 of height * width bytes


class Fault(TypedDict):
    """Something that cannot be done: a code of digits.errors.SENTENCES and what its sentence needs."""

    code: str
    values: dict[str, Any]


class Note(TypedDict):
    """Something that a visitor should know: a code (see NOTES) and what its sentence needs."""

    code: str
    values: dict[str, Any]


# shape_kept: the run goes on from a network, so that network's shape is trained, not the one asked for.
#   values: asked (sizes), used (sizes), network (Name)
# nothing_learnt: the test accuracy is hardly that of guessing, 10 %. values: accuracy 0..1, and reason:
#   "learning_rate_high" (learning_rate), "few_steps" (steps) or "unknown"
# page_gone: cut short, since the page was not heard of and others waited. values: none
# gpu_taken: cut short, since the borrowed GPU was taken back. values: none
# turn_missed: its turn came while the page was not heard of and others waited. values: none
NOTES = ("shape_kept", "nothing_learnt", "page_gone", "gpu_taken", "turn_missed")


class Name(TypedDict):
    """What a network is called: the key of a text and what it needs.

    network_shipped {name} · network_run {number} · network_taught {base: Name, drawings}
    """

    key: Literal["network_shipped", "network_run", "network_taught"]
    values: dict[str, Any]


class Problem(TypedDict):
    """The answer to what cannot be answered."""

    fault: Fault


# ---- answering the pad: POST digits/read ---------------------------------------------------------


class By(TypedDict):
    """Who answered, and which devices it could run on instead."""

    network: str  # a NetworkEntry's id, or "yours" where that was asked for
    backend: str  # "onnx" or "torch"
    device: str  # "cpu", "cuda" or "mps"
    version: str  # other weights have another
    devices: list[str]


class Guess(TypedDict):
    """What a network says of one image."""

    label: int
    probabilities: list[float]  # ten, calibrated, of four decimals
    sure: bool  # False: hardly a digit
    milliseconds: float  # that the network took


class Shown(TypedDict):
    """What can be seen of a drawing's way, and who answered."""

    box: list[float] | None  # left, top, right, bottom, parts of the pad; None for a blank drawing
    small: GreyImage  # scaled to 20 x 20 at most
    image: GreyImage  # 28 x 28, what the network gets
    by: By


class _Blank(Shown):
    blank: Literal[True]


class Blank(_Blank, total=False):
    """The answer to a blank pad."""

    hint: str  # "nothing_found" where it is a picture


class _Answer(Shown, Guess):
    blank: Literal[False]


class _OneOfSeveral(TypedDict):
    box: list[float]  # left, top, right, bottom, parts of the pad
    small: GreyImage
    image: GreyImage
    guess: Guess


class OneOfSeveral(_OneOfSeveral, total=False):
    """One digit of a picture that has several."""

    hint: str  # "among_letters": so it is not sure


class Answer(_Answer, total=False):
    """The answer to a drawing."""

    several: list[
        OneOfSeveral
    ]  # all digits of a picture, in reading order, where there are several
    # "turned": would be read surely if turned; "among_letters" and "picture_doubt": so `sure` is false
    hint: str
    prepared: Guess  # where `shrink` was asked for: the same drawing, prepared as ever


class ComparedGuess(Guess):
    """One backend's answer to the drawing."""

    backend: str
    device: str


class Comparison(TypedDict):
    """Every installed backend's answer; `guesses` is empty for a blank drawing."""

    blank: bool
    guesses: list[ComparedGuess]


# ---- which networks there are --------------------------------------------------------------------


class CardSummary(TypedDict):
    """What the list of networks says of one."""

    sizes: list[int]
    activation: str
    test_accuracy: float | None
    test_images: int | None
    train_images: int | None
    epochs: float | None
    drawings: int  # that it was taught, 0 for none


class NetworkEntry(TypedDict):
    """A network that can be chosen."""

    id: str  # what a question names as `network`
    name: Name
    kind: Literal["shipped", "trained", "taught"]
    version: str  # other weights have another; "" where nobody knows it yet
    card: CardSummary


class Handed(TypedDict):
    """A network that the browser kept and the server has again."""

    network: NetworkEntry


class Picker(TypedDict):
    """What can be chosen, and what is."""

    networks: list[NetworkEntry]  # shipped ones first, then the session's own, oldest first
    network: str  # the id that is chosen
    backends: list[str]
    backend: str
    device: str


# ---- training: the Gradio event of the form, and POST digits/session ------------------------------

RunState = Literal["idle", "waiting", "loading", "running", "done", "stopped", "cut", "problem"]


class Reading(TypedDict):
    """The likeliest digit."""

    label: int
    probability: float


class Epoch(TypedDict):
    """The end of an epoch; the first of a run is before its first step."""

    step: int
    accuracy: float  # on all test digits
    loss: float | None  # None where it is no finite number
    drawing: Reading | None


class Sample(TypedDict):
    """A test digit whose reading is shown as it changes."""

    image: GreyImage
    label: int


class Start(TypedDict):
    """What a run began with: `network` None for random weights."""

    network: str | None
    name: Name | None


class RunMessage(TypedDict, total=False):
    """How a training goes; `state` is always there, from "running" on all but place, wait, fault."""

    state: RunState
    fault: Fault  # with "problem"
    place: int  # with "waiting": 1 is next
    wait: float | None  # with "waiting": about so many seconds; None where nobody can say yet
    step: int
    steps: int
    epoch: int  # finished ones
    epochs: int
    loss: float | None  # mean of the latest batches
    accuracy: float  # on all test digits, as of the end of the last epoch
    tested: int  # how many test digits that are
    quick_accuracy: float  # now, on the first of them
    quick_tested: int  # how many those are
    train_accuracy: float  # now, on the first of the training digits
    train_tested: int  # how many those are
    trained: int  # how many digits the run trains on
    available: int  # how many there are to train on
    source: str  # "mnist", "bundled" or "own"
    sizes: list[int]  # that are trained
    activation: str
    batch_size: int
    learning_rate: float
    seed: int
    seconds: float
    left: float | None  # seconds, about; None where nobody can say yet
    curve: list[list[float | None]]  # step, loss, quick_accuracy, train_accuracy
    past: list[Epoch]
    guesses: list[Reading]
    reading: Reading | None
    samples: list[Sample]
    drawing: GreyImage | None
    start: Start
    notes: list[Note]
    network: NetworkEntry  # with "done", "stopped", "cut": what came of it and is kept


Engine = Literal["server", "browser"]  # where a run ran


class FinishedRun(TypedDict):
    """A line of the table of a session's runs."""

    network: str  # the id of what came of it, kept or not
    name: Name
    engine: Engine
    sizes: list[int]
    activation: str
    epochs: float
    batch_size: int
    learning_rate: float
    train_images: int
    seed: int
    start: Start
    accuracy: float
    train_accuracy: float
    seconds: float


class Mistake(TypedDict):
    """A test digit that the network was sure of and wrong about."""

    image: GreyImage
    label: int
    said: int
    probability: float


class BeforeAfter(TypedDict):
    """First-layer weights as pictures: 128 is 0, less is against, more is for."""

    before: list[GreyImage]
    after: list[GreyImage]


class Outcome(TypedDict):
    """What came of a run."""

    network: NetworkEntry
    accuracy: float
    confusion: list[list[int]]  # 10 x 10: row, what it is; column, what is read
    mistakes: list[Mistake]  # that it was sure of, the surest first
    nodes: BeforeAfter
    runs: list[FinishedRun]


class CellPictures(TypedDict):
    """Test digits of one cell of the confusion matrix."""

    images: list[GreyImage]  # the surest first, a page's worth at most
    count: int  # how many there are


class TrainedHere(TypedDict):
    """PUT digits/trained: what came of a run in the visitor's browser."""

    network: NetworkEntry
    outcome: Outcome
    notes: list[Note]


class Stock(TypedDict):
    """Which digits there are."""

    source: str
    trained: int
    tested: int


# ---- fine-tuning: the Gradio event of the row under the answer -------------------------------------


class TaughtDrawing(TypedDict):
    """How a corrected drawing was read."""

    before: int
    after: int


class FineTuningMessage(TypedDict, total=False):
    """How fine-tuning goes; `state` is always there."""

    state: Literal["idle", "waiting", "learning", "done", "problem"]
    fault: Fault
    place: int
    wait: float | None
    share: float  # 0..1, with "learning"
    seconds: float  # from here on with "done"
    drawings: list[TaughtDrawing]
    mnist: list[float]  # accuracy on MNIST's test digits before and after
    network: NetworkEntry
    replaced: str | None  # the version of the own network that this one takes the place of


class LabelledDrawing(TypedDict):
    """A drawing, and what it is."""

    label: int
    strokes: list[Any]  # lists of [x, y], parts of the pad


class DrawingFile(TypedDict):
    """Drawings as a text file to download."""

    name: str
    text: str


class Drawings(TypedDict):
    """The drawings in a file, the first of them where it has too many; `found` counts all."""

    drawings: list[LabelledDrawing]
    found: int


# ---- a session, and files to take away -----------------------------------------------------------


class SessionState(TypedDict, total=False):
    """All that the server keeps of a session. Nothing but `serial` where that is what was `seen`."""

    serial: int  # changes with everything below
    known: bool  # False: the server keeps nothing of this session, or no longer
    networks: list[NetworkEntry]  # the session's own
    run: RunMessage
    outcome: Outcome | None
    fine_tuning: FineTuningMessage
    runs: list[FinishedRun]


class File(TypedDict):
    """A file to download."""

    name: str
    content: str  # base64
    network: NetworkEntry  # what it holds


# ---- making them ---------------------------------------------------------------------------------


def fault_of(error: DigitsError) -> Fault:
    """What is wrong, as a code and plain values."""
    return {"code": error.code, "values": {k: plain(v) for k, v in error.values.items()}}


def fault(code: str, **values: Any) -> Fault:
    """A fault that no exception carries."""
    return {"code": code, "values": values}


def plain(value: Any) -> Any:
    """A value of an error as JSON has it; what JSON lacks becomes text, half a letter a question mark."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return str(value).encode(errors="replace").decode()  # JSON's "\ud800" is no letter of UTF-8


def pack(image: np.ndarray) -> GreyImage:
    """A grey image (h, w) uint8 for the page's scripts."""
    return {
        "height": image.shape[0],
        "width": image.shape[1],
        "bytes": base64.b64encode(np.ascontiguousarray(image).tobytes()).decode(),
    }


def reading(probabilities: np.ndarray) -> Reading:
    """The likeliest digit of (10,) probabilities, never rounded up to certainty."""
    label = int(probabilities.argmax())
    return {"label": label, "probability": min(0.9999, round(float(probabilities[label]), 4))}
