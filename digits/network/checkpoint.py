"""Save and load weights. Each set is four files of one name, and each file stands on its own:

    weights/tutorial.pt     the numbers torch learnt, with the card inside
    weights/tutorial.json   the card: config, recipe, data, measured figures; for people and for the page
    weights/tutorial.onnx   the network for onnxruntime, with the card inside; written by export.py
    weights/tutorial.safetensors  the numbers alone, as the Hub likes them; written by export.py, too

Saving is atomic: a run that is killed leaves the old file or the new one.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from digits import __version__
from digits.atomic_files import reason_of, write_atomically
from digits.errors import WeightsError
from digits.network.metadata import Card, card_from_json, check_finite

if TYPE_CHECKING:
    from digits.network.model import MLP

WEIGHTS_DIR = Path(__file__).resolve().parents[2] / "weights"


def save_weights(path: Path, model: MLP, card: Card) -> None:
    """Write `path` (.pt) and the card beside it (.json), each in one atomic step."""
    write_atomically(path, weights_to_bytes(model, card))
    write_atomically(path.with_suffix(".json"), card.to_json().encode())


def weights_to_bytes(model: MLP, card: Card) -> bytes:
    """The content of a .pt file, weights on the CPU."""
    import torch

    weights = {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}
    content = io.BytesIO()
    facts = {"card": card.to_json(), "made_by": f"digits {__version__}"}
    torch.save({**facts, "weights": weights}, content)
    return content.getvalue()


def load_weights(path: Path) -> tuple[MLP, Card]:
    """The network in a .pt file and its card; WeightsError in one line that names the file.

    Only tensors and plain values are unpickled (weights_only=True), so a file cannot run code.
    """
    import torch

    from digits.network.model import MLP

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        command = f"python train.py --out {path}"
        raise WeightsError("weights_missing", path=path, command=command) from error
    except OSError as error:
        raise WeightsError("weights_unreadable", path=path, reason=reason_of(error)) from error
    except Exception as error:  # torch's unpickler raises whatever a damaged byte leads it to
        raise WeightsError("weights_damaged", path=path) from error
    if not isinstance(content, dict) or not {"card", "weights"} <= content.keys():
        raise WeightsError("weights_foreign", path=path)
    card = card_from_json(str(content["card"]), path)
    model = MLP(card.config)
    try:
        model.load_state_dict(content["weights"])
    except (RuntimeError, TypeError, AttributeError) as error:
        raise WeightsError("weights_shape", path=path, sizes=str(card.config.sizes)) from error
    check_finite(model.to_arrays(), path)
    return model.eval(), card


def all_weights(folder: Path) -> list[Path]:
    """Every .pt in a folder; WeightsError if there is none."""
    paths = sorted(folder.glob("*.pt"))
    if not paths:
        raise WeightsError("weights_none", path=folder)
    return paths


SUFFIXES = (".pt", ".onnx", ".safetensors", ".json")


def find_weights(weights: Path | str) -> Path:
    """The path of a set, without its ending, that a name or a path means; WeightsError if it means none.

    A bare name is one in weights/, else one here; what has an ending or a folder is a path, ./ included.
    """
    path = Path(weights)
    if path.name in ("", ".."):
        raise WeightsError("weights_no_name", name=str(weights))
    stem = path.with_suffix("") if path.suffix in SUFFIXES else path
    is_name = stem == path and path.parent == Path() and not str(weights).startswith(".")
    places = [WEIGHTS_DIR / stem, stem] if is_name else [stem, WEIGHTS_DIR / stem]
    there = (place for place in places if any(file_of(place, end).is_file() for end in SUFFIXES))
    return next(there, places[0])


def file_of(stem: Path, suffix: str) -> Path:
    """One file of a set: the name may have dots of its own, as in run.v2."""
    return stem.with_name(stem.name + suffix)
