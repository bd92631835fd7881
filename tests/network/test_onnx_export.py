"""An ONNX file is the same network as torch's, says what it is, and is not left when it is not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from digits.errors import ExportError, WeightsError
from digits.network.backends import OnnxBackend
from digits.network.checkpoint import WEIGHTS_DIR
from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.metadata import NEVER_SURE, Calibration, Card
from digits.network.model import MLP
from digits.network.onnx_export import TOLERANCE, check_against_torch, to_onnx


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(64, 64, 64), (7,), (16, 5)])
def test_onnxruntime_agrees_with_torch(hidden: tuple[int, ...], activation: str) -> None:
    config = ModelConfig(hidden, activation)
    model = MLP(config, seed=0)
    pixels = np.random.default_rng(0).random((50, 784), np.float32)
    content = to_onnx(model, Card(config))
    assert check_against_torch(content, model, pixels) < 1e-5
    for ours, theirs in zip(OnnxBackend(content).layers(), model.to_arrays(), strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])
        np.testing.assert_array_equal(ours[1], theirs[1])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_opset_is_the_lowest_that_serves(name: str) -> None:
    """onnxruntime 1.16 reads up to 19; only GELU needs more."""
    proto = onnx.load_from_string(to_onnx(MLP(ModelConfig((8,), name)), Card()))
    assert [opset.version for opset in proto.opset_import] == [20 if name == "gelu" else 9]


@pytest.mark.parametrize("path", sorted(WEIGHTS_DIR.glob("*.onnx")), ids=lambda path: path.stem)
def test_shipped_files_load_in_old_runtimes(path: Path) -> None:
    proto = onnx.load(path)
    assert proto.opset_import[0].version <= 13 and proto.ir_version <= 8


def test_any_number_of_drawings_at_once() -> None:
    backend = OnnxBackend(to_onnx(MLP(seed=0), Card()))
    for count in (0, 1, 7):
        assert backend.predict(np.zeros((count, 784), np.float32)).shape == (count, 10)


def test_the_file_says_what_it_is() -> None:
    card = Card(recipe={"name": "tutorial"})
    content = to_onnx(MLP(seed=0), card)
    proto = onnx.load_from_string(content)
    texts = {item.key: item.value for item in proto.metadata_props}
    assert json.loads(texts["card"])["recipe"] == {"name": "tutorial"}
    assert texts["classes"] == "0,1,2,3,4,5,6,7,8,9"
    assert "28x28" in texts["input"] and "0..1" in texts["input"]
    assert [value.name for value in proto.graph.output] == ["log_probabilities"]
    assert OnnxBackend(content).card == card


def test_a_file_that_differs_is_refused() -> None:
    model, other = MLP(seed=0), MLP(seed=0)
    with torch.no_grad():
        other.layers[3].bias[4] += 0.01
    pixels = np.random.default_rng(0).random((50, 784), np.float32)
    with pytest.raises(ExportError, match="nothing was written"):
        check_against_torch(to_onnx(other, Card()), model, pixels)


def test_a_file_of_large_weights_may_differ_by_as_much_as_numbers_so_large_are_rounded() -> None:
    model = MLP(seed=0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter *= 30
    pixels = np.random.default_rng(0).random((50, 784), np.float32)
    assert check_against_torch(to_onnx(model, Card()), model, pixels) > TOLERANCE


def test_a_network_that_learnt_nothing_and_is_never_sure_can_be_saved_and_loaded() -> None:
    card = Card(calibration=Calibration(threshold=NEVER_SURE))
    assert OnnxBackend(to_onnx(MLP(seed=0), card)).card == card


def test_weights_that_are_no_numbers_are_refused_for_what_they_are() -> None:
    model = MLP(seed=0)
    torch.nn.init.constant_(model.layers[3].bias, float("nan"))
    with pytest.raises(WeightsError, match="no finite numbers"):
        check_against_torch(to_onnx(model, Card()), model, np.zeros((5, 784), np.float32))
