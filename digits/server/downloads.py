"""A session's own network as files to take away: for PyTorch, for onnxruntime, and how to repeat it.

They go to the browser as base64 in the answer to a script's question: nothing is left on the server's disk,
and only the session's own page knows the token to ask with.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from digits.data.bundled import read_bundled
from digits.data.preparation.centring import to_pixels
from digits.errors import DigitsError
from digits.network.backends import Backend
from digits.network.registry import YOURS
from digits.server.messages import File, Name, Problem, fault_of
from digits.server.reader import Reader, entry_of
from digits.server.requests import as_question
from digits.training.standalone_script import write_script

MOST_LETTERS = 60  # of a file's name; the Hub takes 96 for a repository
EVERY = 5  # one in so many bundled digits: on these thousand an .onnx file and torch must agree


def download(
    reader: Reader,
    raw: object,
    title_of: Callable[[Name], str] = lambda name: YOURS,
) -> File | Problem:
    """The network that the question names, as a file of its `kind`: "pt", "onnx" or "py".

    `title_of` says what the page calls it; the script repeats that.
    """
    question = as_question(raw)
    kind = str(question.get("kind"))
    try:
        own = reader.find_own({**question, "network": question.get("network") or YOURS})
        if kind not in KINDS:
            raise DigitsError("file_kind", kind=kind[:20])
        name = f"{file_stem(own.name)}.{kind}"
        if kind == "py":
            content = write_script(title_of(own.name), own.backend.card, name).encode()
        else:
            content = FILES[kind](own.backend)
    except DigitsError as error:
        return {"fault": fault_of(error)}
    return {
        "name": name,
        "content": base64.b64encode(content).decode(),
        "network": entry_of(own),
    }


def file_stem(name: Name) -> str:
    """What a file is called for a network of that name: digits-run-2, digits-sketch-12-drawings."""
    return f"digits-{re.sub('[^a-z0-9]+', '-', _in_ascii(name).lower())[:MOST_LETTERS].strip('-')}"


def _in_ascii(name: Name) -> str:
    values = name["values"]
    if name["key"] == "network_run":
        return f"run {values['number']}"
    if name["key"] == "network_taught":
        drawings = "drawing" if values["drawings"] == 1 else "drawings"
        return f"{_in_ascii(values['base'])} {values['drawings']} {drawings}"
    return str(values["name"])


def as_pt(network: Backend) -> bytes:
    """The content of a .pt file, for --weights, export.py and load_weights."""
    from digits.network.checkpoint import weights_to_bytes
    from digits.network.model import from_layers

    return weights_to_bytes(from_layers(network.layers(), network.card.config), network.card)


def as_onnx(network: Backend) -> bytes:
    """The content of an .onnx file, after it has proved to be the same network."""
    from digits.network.model import from_layers
    from digits.network.onnx_export import check_against_torch, to_onnx

    model = from_layers(network.layers(), network.card.config)
    content = to_onnx(model, network.card)
    check_against_torch(content, model, to_pixels(read_bundled()[0][::EVERY]))
    return content


FILES: dict[str, Callable[[Backend], bytes]] = {"pt": as_pt, "onnx": as_onnx}
KINDS = (*FILES, "py")
