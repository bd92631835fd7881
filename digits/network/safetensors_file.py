"""The network as the bytes of a .safetensors file: tensors alone, which no loader can be made to execute.

It is what the Hub shows and counts the weights of. The tensors bear torch's names, "layers.0.weight"
(outputs, inputs) and "layers.0.bias" (outputs,), both float32; the card and the version stand in the
metadata. Needs no torch.
"""

from __future__ import annotations

import json

import numpy as np
from safetensors.numpy import save

from digits import __version__
from digits.network.metadata import CARD_KEY, VERSION_KEY, Card, Layers, version_of


def to_safetensors(layers: Layers, card: Card) -> bytes:
    """The content of a .safetensors file with these layers, first layer first."""
    tensors = {}
    for number, (weight, bias) in enumerate(layers):
        tensors[f"layers.{number}.weight"] = np.ascontiguousarray(weight, np.float32)
        tensors[f"layers.{number}.bias"] = np.ascontiguousarray(bias, np.float32)
    facts = {
        "format": "pt",  # whose names the tensors have: what Hugging Face's loaders ask for
        CARD_KEY: card.to_json(),
        VERSION_KEY: version_of(layers, card),
        "made_by": f"digits {__version__}",
    }
    return _in_order(save(tensors, facts))


def _in_order(content: bytes) -> bytes:
    """The same file with its header in order: the library writes the facts as chance has it.

    A file begins with the header's length, 8 bytes, little-endian, and the header, JSON padded by spaces.
    """
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    ordered = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return content[:8] + ordered.encode().ljust(length) + content[8 + length :]
