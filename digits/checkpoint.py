"""Save and load weights. Each set is three files of one name, and each file stands on its own:

    weights/tutorial.pt     the numbers torch learnt, with the card inside
    weights/tutorial.json   the card: config, recipe, data, measured figures; for people and for the page
    weights/tutorial.onnx   the network for onnxruntime, with the card inside; written by export.py

Saving is atomic: a run that is killed leaves the old file or the new one. Next: digits/inference.py.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.recipes import ModelConfig, SettingsError, check_model

if TYPE_CHECKING:
    from digits.model import MLP

WEIGHTS_DIR = Path(__file__).resolve().parent.parent / "weights"


class WeightsError(Exception):
    """Weights cannot be read or written; the text names the file and the way out."""


@dataclass(frozen=True)
class Calibration:
    """What turns log-probabilities into honest ones, and when the answer is "not sure".

    probabilities = softmax(log_probabilities / temperature); a score below `threshold` means that
    the drawing is hardly a digit (None: never say so).
    """

    temperature: float = 1.0
    threshold: float | None = None


@dataclass(frozen=True)
class Card:
    """What a set of weights is: the network's shape, how and on what it was fitted, how good it is."""

    config: ModelConfig = field(default_factory=ModelConfig)
    recipe: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=Calibration)

    def to_json(self) -> str:
        """The card as readable JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def card_from_json(text: str, path: Path) -> Card:
    """The card in `text`; WeightsError names `path` when it is not one."""
    try:
        fields = json.loads(text)
        hidden = tuple(int(width) for width in fields["config"]["hidden"])
        config = ModelConfig(hidden, str(fields["config"]["activation"]))
        check_model(config)
        calibration = Calibration(**fields.get("calibration", {}))
        parts = {name: dict(fields.get(name, {})) for name in ("recipe", "data", "figures")}
    except (ValueError, KeyError, TypeError, AttributeError, SettingsError) as error:
        raise WeightsError(f"{path} holds no valid card of a network ({error})") from error
    return Card(config, calibration=calibration, **parts)


def read_card(path: Path) -> Card:
    """The card beside any of a set's files, read without torch."""
    path = path.with_suffix(".json")
    try:
        return card_from_json(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"cannot read {path}: {_reason(error)}") from error


def save_weights(path: Path, model: MLP, card: Card) -> None:
    """Write `path` (.pt) and the card beside it (.json), each in one atomic step."""
    write_atomically(path, weights_to_bytes(model, card))
    write_atomically(path.with_suffix(".json"), card.to_json().encode())


def weights_to_bytes(model: MLP, card: Card) -> bytes:
    """The content of a .pt file, weights on the CPU."""
    import torch

    weights = {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}
    content = io.BytesIO()
    torch.save({"card": card.to_json(), "weights": weights}, content)
    return content.getvalue()


def load_weights(path: Path) -> tuple[MLP, Card]:
    """The network in a .pt file and its card; WeightsError in one line that names the file.

    Only tensors and plain values are unpickled (weights_only=True), so a file cannot run code.
    """
    import torch

    from digits.model import MLP

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"cannot read {path}: {_reason(error)}") from error
    except Exception as error:  # torch's unpickler raises whatever a damaged byte leads it to
        raise WeightsError(f"{path} is damaged or not a file of weights. {_REMAKE}") from error
    if not isinstance(content, dict) or not {"card", "weights"} <= content.keys():
        raise WeightsError(f"{path} was not written by train.py. {_REMAKE}")
    card = card_from_json(str(content["card"]), path)
    model = MLP(card.config)
    try:
        model.load_state_dict(content["weights"])
    except (RuntimeError, TypeError, AttributeError) as error:
        raise WeightsError(
            f"{path}: its weights do not fit {card.config.sizes}. {_REMAKE}"
        ) from error
    return model.eval(), card


_REMAKE = "Make it anew with: python train.py"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old content or all of the new; WeightsError if it fails."""
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".part", dir=path.parent
        )
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).chmod(0o644)  # mkstemp's files are for their owner alone
        Path(unfinished).replace(path)
    except OSError as error:
        if unfinished:
            Path(unfinished).unlink(missing_ok=True)
        raise WeightsError(f"cannot write {path}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
