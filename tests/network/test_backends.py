"""Two backends, one answer; what is not there is said, and neither needs the other."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from digits.data.dataset import Digits
from digits.data.preparation.image import to_pixels
from digits.errors import BackendError, WeightsError
from digits.network import backends as inference
from digits.network.backends import load_backend
from digits.network.calibration import answer, calibrated
from digits.network.checkpoint import WEIGHTS_DIR
from digits.network.metadata import Calibration
from tests.conftest import REPO

NAMES = sorted(path.stem for path in WEIGHTS_DIR.glob("*.pt"))


@pytest.mark.parametrize("name", NAMES)
def test_backends_agree_on_every_digit(name: str, bundled: Digits) -> None:
    pixels = to_pixels(bundled.test_images)
    onnx, torch = (
        load_backend(name, backend, "cpu").predict(pixels) for backend in inference.BACKENDS
    )
    assert onnx.shape == torch.shape == (1000, 10)
    assert onnx.dtype == torch.dtype == np.float32
    assert (onnx.argmax(axis=1) == torch.argmax(axis=1)).all()
    np.testing.assert_allclose(onnx, torch, atol=1e-4)
    assert (onnx.argmax(axis=1) == bundled.test_labels).mean() > 0.94


@pytest.mark.parametrize("backend", inference.BACKENDS)
def test_layers_are_the_networks_own(backend: str) -> None:
    network = load_backend("tutorial", backend, "cpu")
    pixels = np.random.default_rng(0).random((5, 784), np.float32)
    values = pixels
    for weight, bias in network.layers():
        values = np.maximum(values, 0) if values is not pixels else values
        values = values @ weight.T + bias
    expected = values - np.log(np.exp(values).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(network.predict(pixels), expected, atol=1e-4)
    assert [weight.shape for weight, _ in network.layers()] == [
        (64, 784),
        (64, 64),
        (64, 64),
        (10, 64),
    ]


def test_a_name_a_path_and_a_stem_mean_the_same() -> None:
    path = WEIGHTS_DIR / "tutorial.onnx"
    for weights in ("tutorial", path, path.with_suffix(".pt"), path.with_suffix("")):
        backend = load_backend(weights, "onnx", "cpu")
        assert (backend.weights, backend.name, backend.device) == ("tutorial", "onnx", "cpu")


@pytest.mark.parametrize("backend", inference.BACKENDS)
def test_weights_that_are_not_there_say_how_to_make_them(backend: str) -> None:
    with pytest.raises(WeightsError, match=r"no weights at .*nothing.*python"):
        load_backend("nothing", backend)


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_an_onnx_file_that_is_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    whole = (WEIGHTS_DIR / "tutorial.onnx").read_bytes()
    path = tmp_path / "x.onnx"
    path.write_bytes(whole[:-500] if content is None else content)
    with pytest.raises(WeightsError, match=r"x\.onnx"):
        load_backend(path, "onnx")


def test_what_is_not_there_is_an_error_that_says_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackendError, match="auto, onnx or torch"):
        load_backend("tutorial", "tensorflow")
    monkeypatch.setattr(inference, "devices_of", lambda backend: ["cpu"])
    for device in ("cuda", "mps"):
        with pytest.raises(BackendError, match=f"no {device} device .* use cpu"):
            load_backend("tutorial", "onnx", device)


def test_a_missing_package_is_named_and_auto_takes_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        inference, "find_spec", lambda name: None if name == "onnxruntime" else find_spec(name)
    )
    assert load_backend("tutorial").name == "torch"
    with pytest.raises(BackendError, match="pip install onnxruntime"):
        load_backend("tutorial", "onnx")


@pytest.mark.parametrize(("backend", "missing"), [("onnx", "torch"), ("torch", "onnxruntime")])
def test_each_backend_runs_without_the_others_package(backend: str, missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None; import numpy\n"
        "from digits.network.backends import load_backend\n"
        f"print(load_backend('tutorial', {backend!r}, 'cpu').predict(numpy.zeros((1, 784), 'f4')).shape)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True)
    assert result.stdout.strip() == "(1, 10)", result.stderr


def test_temperature_softens_without_changing_the_order() -> None:
    row = np.log(np.array([0.9, 0.05] + [0.05 / 8] * 8, np.float32))
    np.testing.assert_allclose(calibrated(row, Calibration()), np.exp(row), atol=1e-6)
    soft = calibrated(row, Calibration(temperature=2.0))
    assert soft.sum() == pytest.approx(1, abs=1e-6)
    assert soft[0] < 0.9 and soft.argmax() == 0


def test_below_the_threshold_it_is_not_sure() -> None:
    row = np.log(np.array([0.5] + [0.5 / 9] * 9, np.float32))
    unsure = answer(row, Calibration(threshold=0.6))
    assert (unsure.label, unsure.sure) == (0, False)
    assert answer(row, Calibration(threshold=0.4)).sure
    assert answer(row, Calibration()).sure
