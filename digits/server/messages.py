"""What the server answers, as plain values for the page's scripts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from digits.network.backends import BACKENDS, Backend, devices_of, is_installed
from digits.server.wording import percent

if TYPE_CHECKING:
    from digits.server.reader import Read, Reader


def answer_of(read: Read, language: str) -> dict[str, Any]:
    """An answer as the page shows it: label, ten probabilities, sure or not, percent, ms."""
    probabilities = [round(float(value), 4) for value in read.answer.probabilities]
    return {
        "label": read.answer.label,
        "probabilities": probabilities,
        "sure": read.answer.sure,
        "percent": percent(max(probabilities), language),
        "ms": f"{read.milliseconds:.2f}",
    }


def by(network: Backend) -> dict[str, Any]:
    """Who answered, and which devices it could run on instead."""
    return {
        "network": network.weights,
        "backend": network.name,
        "device": network.device,
        "version": network.version,  # a network trained anew has the old name and other weights
        "devices": devices_of(network.name),
    }


def pack(image: np.ndarray) -> dict[str, Any]:
    """A grey image (h, w) uint8 for the page's scripts."""
    return {
        "height": image.shape[0],
        "width": image.shape[1],
        "bytes": base64.b64encode(np.ascontiguousarray(image).tobytes()).decode(),
    }


def pack_floats(values: np.ndarray) -> str:
    """Numbers as base64 of little-endian float32, row by row."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def picker_value(
    reader: Reader, network: str | None = None, extra: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What the picker offers, with `network` chosen; `extra` are names like "yours"."""
    default = reader.networks.default
    return {
        "names": [*reader.networks.names, *extra],
        "network": network or default.network,
        "backends": [name for name in BACKENDS if is_installed(name)],
        "backend": default.backend,
        "device": default.device,
    }


def guess(probabilities: np.ndarray | None) -> dict[str, Any] | None:
    """The most likely digit and how likely it is."""
    if probabilities is None:
        return None
    label = int(probabilities.argmax())
    return {"label": label, "probability": min(0.9999, round(float(probabilities[label]), 4))}
