"""A visitor's own network as files to take away: for PyTorch, for onnxruntime, and how to repeat it.

They go to the browser as base64 in the answer to a script's question: nothing is left on the server's
disk, and only the visit's own page knows the secret to ask with. Next: digits/onnx_file.py, digits/code.py.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from digits.data.dataset import Digits
from digits.data.preparation.image import to_pixels
from digits.network.backends import Backend
from digits.network.registry import YOURS
from digits.page.texts import text
from digits.server.training_service import Trainer
from digits.training.standalone import write_script

CHECKED = 1000  # test digits that an .onnx file and torch must agree on


def make_download(trainer: Trainer) -> Any:
    """The visitor's own network as a file, as base64: nothing is left on the server's disk."""

    def download(question: Any) -> dict[str, Any]:
        visit = trainer.find(question)
        if visit is None or visit.own is None:
            return {"problem": text("train_gone", visit.language if visit else "en")}
        kind = question.get("kind")
        if kind not in FILES:
            return {"problem": f"there is no file of kind {str(kind)[:20]!r}"}
        content = FILES[kind](visit.own, trainer.shelf.get())
        return {"name": f"digits.{kind}", "content": base64.b64encode(content).decode()}

    return download


def as_pt(network: Backend, digits: Digits) -> bytes:
    """The content of a .pt file, for --weights, export.py and load_weights."""
    from digits.network.checkpoint import weights_to_bytes
    from digits.network.model import from_layers

    return weights_to_bytes(from_layers(network.layers(), network.card.config), network.card)


def as_onnx(network: Backend, digits: Digits) -> bytes:
    """The content of an .onnx file, after it has proved to be the same network."""
    from digits.network.model import from_layers
    from digits.network.onnx_export import check_against_torch, to_onnx

    model = from_layers(network.layers(), network.card.config)
    content = to_onnx(model, network.card)
    check_against_torch(content, model, to_pixels(digits.test_images[:CHECKED]))
    return content


def as_script(network: Backend, digits: Digits) -> bytes:
    """The script that repeats the run."""
    return write_script(YOURS, network.card).encode()


FILES: dict[str, Callable[[Backend, Digits], bytes]] = {
    "pt": as_pt,
    "onnx": as_onnx,
    "py": as_script,
}
