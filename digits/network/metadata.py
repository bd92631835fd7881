"""The card of a set of weights: what the network is, how it was fitted, how good it is."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from digits.atomic_files import reason_of
from digits.errors import SettingsError, WeightsError
from digits.network.config import ModelConfig, check_limit, check_model


@dataclass(frozen=True)
class Calibration:
    """What turns log-probabilities into honest ones, and when the answer is "not sure".

    probabilities = softmax(log_probabilities / temperature); a score below `threshold` means that
    the drawing is hardly a digit (None: never say so).
    """

    temperature: float = 1.0
    threshold: float | None = None


NEVER_SURE = 2.0  # the threshold of a network that learnt nothing: above every probability
CALIBRATION_LIMITS = {"temperature": (0.01, 100.0), "threshold": (0.0, NEVER_SURE)}


@dataclass(frozen=True)
class Card:
    """What a set of weights is: the network's shape, how and on what it was fitted, how good it is."""

    config: ModelConfig = field(default_factory=ModelConfig)
    recipe: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=Calibration)

    def to_json(self) -> str:
        """The card as readable JSON, which has no NaN: a figure that is no number is left out."""
        card = asdict(self)
        card["figures"] = {
            name: value
            for name, value in self.figures.items()
            if not isinstance(value, float) or math.isfinite(value)
        }
        return json.dumps(card, indent=2, ensure_ascii=False) + "\n"


def card_from_json(text: str, path: Path) -> Card:
    """The card in `text`; WeightsError names `path` when it is not one."""
    try:
        fields = json.loads(text)
        config = ModelConfig(_hidden_of(fields["config"]), str(fields["config"]["activation"]))
        check_model(config)
        calibration = Calibration(**fields.get("calibration", {}))
        check_calibration(calibration)
        parts = {name: dict(fields.get(name, {})) for name in ("recipe", "data", "figures")}
    except RecursionError as error:
        raise WeightsError("weights_card", path=path, reason="nested too deeply") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError("weights_card", path=path, reason=str(error)) from error
    return Card(config, calibration=calibration, **parts)


def _hidden_of(config: dict[str, Any]) -> tuple[int, ...]:
    hidden = config["hidden"]
    if not isinstance(hidden, list) or any(type(width) is not int for width in hidden):
        raise SettingsError("setting_not_sizes")
    return tuple(hidden)


def check_calibration(calibration: Calibration) -> None:
    """SettingsError where a number is none, or one that makes no probabilities."""
    for name in CALIBRATION_LIMITS:
        value = getattr(calibration, name)
        if name == "threshold" and value is None:
            continue
        if type(value) not in (int, float):
            raise SettingsError("setting_not_number", setting=name)
        check_limit(name, value, CALIBRATION_LIMITS)


def read_card(path: Path) -> Card:
    """The card in a set's .json file, read without torch."""
    try:
        return card_from_json(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError("weights_unreadable", path=path, reason=reason_of(error)) from error


CARD_KEY = "card"  # where an ONNX file's metadata holds the card
VERSION_KEY = "version"  # ... and the version

Layers = list[tuple[np.ndarray, np.ndarray]]  # (outputs, inputs) weights and (outputs,) biases


def check_finite(layers: Layers, path: Path) -> None:
    """WeightsError names `path` where some of its weights are no numbers: all answers would be none."""
    if not all(np.isfinite(values).all() for layer in layers for values in layer):
        raise WeightsError("weights_not_finite", path=path)


def version_of(layers: Layers, card: Card) -> str:
    """16 hexadecimal digits that differ where two networks answer differently, whatever their names.

    A digest of the weights as little-endian float32, of the network's shape and of its calibration.
    """
    digest = hashlib.sha256(json.dumps([asdict(card.config), asdict(card.calibration)]).encode())
    for weight, bias in layers:
        for values in (weight, bias):
            digest.update(np.ascontiguousarray(values, "<f4").tobytes())
    return digest.hexdigest()[:16]
