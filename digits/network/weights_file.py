"""A network as one binary file that a browser reads, static/core/weights_file.js: header, then weights.

    4 bytes   how long the header is, little-endian
    header    JSON: name, version, sizes, activation, card; spaces make its end a multiple of 4
    weights   little-endian float32, layer by layer: (outputs, inputs) row by row, then (outputs,)

Browsers keep such files and send a visitor's own one back when the server has lost it: `unpack_network` takes
nothing on trust.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import asdict
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np

from digits.errors import SettingsError, WeightsError
from digits.network.backends import Backend
from digits.network.config import PAGE_LIMITS, ModelConfig, check_model
from digits.network.metadata import Calibration, Card, Layers, check_calibration

LONGEST_HEADER = 20_000  # bytes
MOST_NUMBER = 1e12  # of a card's figures: more is no figure of a training
MOST_SUM = 1e36  # in the network: float32 ends at 3.4e38, and a temperature of 0.01 makes 100 times as much
WORDS = ("name", "schedule", "source", "engine")  # a card's fields that are words, not numbers
WORD = re.compile(r"[\w-]{1,40}", re.ASCII)


def pack_network(network: Backend) -> bytes:
    """The file for `network`."""
    config = network.card.config
    header = {
        "name": network.weights,
        "version": network.version,
        "sizes": config.sizes,
        "activation": config.activation,
        "card": _describe(network.card),
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    rows = [
        np.ascontiguousarray(part, "<f4").tobytes() for pair in network.layers() for part in pair
    ]
    return struct.pack("<I", len(text)) + text + b"".join(rows)


def unpack_network(content: bytes) -> tuple[Layers, Card]:
    """The weights and the card in what a browser sent; WeightsError or SettingsError says what is wrong."""
    header, rest = _cut(content)
    card = _check_card(header.get("card"))
    if len(rest) != 4 * card.config.parameters:
        raise WeightsError("upload_count", expected=card.config.parameters, count=len(rest) // 4)
    row = np.frombuffer(rest, "<f4").astype(np.float32)
    layers = _cut_into_layers(row, card.config)
    if not _largest_sum(layers) <= MOST_SUM:  # nor where it is no number
        raise WeightsError("upload_not_finite")
    return layers, card


def _largest_sum(layers: Layers) -> float:
    """No weighted sum of the network is larger, whatever the image: its pixels are 0..1.

    No activation makes a value larger. One prediction would tell of one image only.
    """
    largest = 1.0
    for weight, bias in layers:
        sums = np.abs(weight).sum(axis=1, dtype=np.float64) * largest + np.abs(bias)
        largest = float(sums.max())
    return largest


def _cut(content: bytes) -> tuple[dict[str, Any], bytes]:
    if len(content) < 4:
        raise WeightsError("upload_format")
    (length,) = struct.unpack("<I", content[:4])
    try:
        header = json.loads(content[4 : 4 + length]) if length <= LONGEST_HEADER else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise WeightsError("upload_format")
    return header, content[4 + length :]


def _cut_into_layers(row: np.ndarray, config: ModelConfig) -> Layers:
    layers, start = [], 0
    for inputs, outputs in pairwise(config.sizes):
        weight = row[start : start + inputs * outputs].reshape(outputs, inputs)
        start += inputs * outputs
        layers.append((weight, row[start : start + outputs]))
        start += outputs
    return layers


def _check_card(raw: object) -> Card:
    """A card of a network that the page could have made; what else is in it is left out."""
    card = raw if isinstance(raw, dict) else {}
    config, calibration = card.get("config"), card.get("calibration")
    if not isinstance(config, dict) or not isinstance(calibration, dict):
        raise WeightsError("upload_format")
    hidden, activation = config.get("hidden"), config.get("activation")
    if not isinstance(hidden, list) or not all(type(width) is int for width in hidden):
        raise SettingsError("setting_not_sizes")
    shape = ModelConfig(tuple(hidden), str(activation)[:20])
    check_model(shape, PAGE_LIMITS)
    parts = {name: card.get(name) for name in ("recipe", "data", "figures")}
    kept = {name: _scalars(part) for name, part in parts.items() if isinstance(part, dict)}
    return Card(shape, calibration=_check_calibration(calibration), **kept)


def _check_calibration(raw: dict[str, Any]) -> Calibration:
    calibration = Calibration(raw.get("temperature", ""), raw.get("threshold"))
    try:
        check_calibration(calibration)
    except SettingsError as error:
        raise WeightsError("upload_format") from error
    return calibration


def _describe(card: Card) -> dict[str, Any]:
    """The card without its notes and lists, which nobody needs beside the weights."""
    whole = asdict(card)
    return whole | {name: _scalars(whole[name]) for name in ("recipe", "data", "figures")}


def _scalars(part: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in part.items()
        if WORD.fullmatch(key)
        and (isinstance(value, bool) or _is_figure(value) or (key in WORDS and _is_word(value)))
    }


def _is_word(value: object) -> bool:
    return isinstance(value, str) and WORD.fullmatch(value) is not None


def _is_figure(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= MOST_NUMBER  # compared as it is: an integer may be too large for a float
