"""Two backends, one answer; what is not there is said, and neither needs the other."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from digits.data.dataset import Digits
from digits.data.preparation.centring import to_pixels
from digits.errors import BackendError, WeightsError
from digits.network import backends as inference
from digits.network.backends import OnnxBackend, load_backend
from digits.network.calibration import answer, calibrated
from digits.network.checkpoint import WEIGHTS_DIR
from digits.network.metadata import Calibration, version_of
from digits.network.registry import Choice, Networks
from tests.support.files import REPO

NAMES = sorted(path.stem for path in WEIGHTS_DIR.glob("*.pt"))


@pytest.mark.parametrize("name", NAMES)
def test_backends_agree_on_every_digit(name: str, bundled: Digits) -> None:
    pixels = to_pixels(bundled.test_images)
    light, torch = (
        load_backend(name, backend, "cpu").predict(pixels) for backend in inference.BACKENDS
    )
    assert light.shape == torch.shape == (1000, 10)
    assert light.dtype == torch.dtype == np.float32
    assert (light.argmax(axis=1) == torch.argmax(axis=1)).all()
    np.testing.assert_allclose(light, torch, atol=1e-4)
    assert (light.argmax(axis=1) == bundled.test_labels).mean() > 0.94


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


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with somebody's own weights, as the working directory; names with dots of their own."""
    for name in ("my", "run.v2"):
        shutil.copy(WEIGHTS_DIR / "tutorial.pt", tmp_path / f"{name}.pt")
    shutil.copy(WEIGHTS_DIR / "sketch.onnx", tmp_path / "run.v2.onnx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("weights", ["my.pt", "./my.pt", "my", "./my", "{}/my.pt", "{}/my"])
def test_weights_are_found_from_their_own_folder(mine: Path, weights: str) -> None:
    named = weights.format(mine)
    assert load_backend(named).weights == "my"
    networks = Networks(Choice(named))
    assert networks.names[0] == networks.default.network == "my"
    assert networks.get(networks.default).name == "torch"  # there is no my.onnx


def test_names_may_have_dots(mine: Path) -> None:
    assert load_backend("run.v2", "onnx", "cpu").card == load_backend("sketch", "onnx", "cpu").card
    assert load_backend("./run.v2.pt", "torch", "cpu").weights == "run.v2"


def test_a_shipped_name_means_the_shipped_weights_wherever_one_is(mine: Path) -> None:
    (mine / "sketch").mkdir()
    assert load_backend("sketch").version == load_backend(WEIGHTS_DIR / "sketch.pt").version


def test_one_network_is_loaded_once_whatever_the_choice_was_called() -> None:
    networks = Networks(Choice("tutorial"))
    names = [("auto", "auto"), ("onnx", "auto"), ("onnx", "cpu"), ("auto", "cpu")]
    assert not networks.has_loaded(Choice("tutorial", "onnx", "cpu"))
    found = {id(networks.get(Choice("tutorial", *names_of))) for names_of in names}
    assert len(found) == 1
    assert all(networks.has_loaded(Choice("tutorial", *names_of)) for names_of in names)
    assert id(networks.get(Choice("tutorial", "torch", "cpu"))) not in found


def test_a_page_may_say_which_devices_there_are() -> None:
    networks = Networks(Choice("tutorial", "torch"), devices=lambda backend: ["cpu"])
    assert networks.get(networks.default).device == "cpu"
    with pytest.raises(BackendError, match="use cpu"):
        networks.get(Choice("tutorial", "torch", "cuda"))


def test_a_version_says_whether_two_networks_answer_alike() -> None:
    versions = {
        (name, backend): load_backend(name, backend, "cpu").version
        for name in NAMES
        for backend in inference.BACKENDS
    }
    assert all(len(version) == 16 and int(version, 16) for version in versions.values())
    for name in NAMES:  # the content counts, not who computes it
        assert versions[name, "onnx"] == versions[name, "torch"]
    assert len(set(versions.values())) == len(NAMES)
    network = load_backend("tutorial", "torch", "cpu")
    layers, card = network.layers(), network.card
    assert version_of(layers, card) == network.version
    assert version_of(layers, replace(card, figures={})) == network.version
    assert version_of(layers, replace(card, calibration=Calibration(2.0))) != network.version
    layers[0][0][0, 0] += 1e-3
    assert version_of(layers, card) != network.version


def test_an_onnx_file_without_a_version_gets_the_same(tmp_path: Path) -> None:
    proto = onnx.load(WEIGHTS_DIR / "tutorial.onnx")
    kept = [item for item in proto.metadata_props if item.key != "version"]
    assert len(kept) < len(proto.metadata_props)
    del proto.metadata_props[:]
    proto.metadata_props.extend(kept)
    onnx.save(proto, tmp_path / "old.onnx")
    written = load_backend("tutorial", "onnx", "cpu").version
    assert load_backend(tmp_path / "old.onnx", "onnx", "cpu").version == written


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


def rename_output(proto: onnx.ModelProto) -> None:
    proto.graph.output[0].name = proto.graph.node[-1].output[0] = "out"


def take_100_inputs(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 100
    first = next(item for item in proto.graph.initializer if item.name == "layers.0.weight")
    first.CopyFrom(numpy_helper.from_array(np.zeros((64, 100), np.float32), first.name))


def take_one_image(proto: onnx.ModelProto) -> None:
    for value in (proto.graph.input[0], proto.graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_value = 1


def change_config(**parts: object) -> Callable[[onnx.ModelProto], None]:
    def change(proto: onnx.ModelProto) -> None:
        entry = next(item for item in proto.metadata_props if item.key == "card")
        card = json.loads(entry.value)
        entry.value = json.dumps({**card, "config": {**card["config"], **parts}})

    return change


@pytest.mark.parametrize(
    "change",
    [
        rename_output,
        take_100_inputs,
        take_one_image,
        change_config(hidden=[32]),
        change_config(hidden=[64, 64]),
        change_config(hidden=[64, 64, 64, 64]),
        change_config(activation="tanh"),
    ],
)
def test_a_network_other_than_its_card_says_is_refused(
    change: Callable[[onnx.ModelProto], None],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    proto = onnx.load(WEIGHTS_DIR / "tutorial.onnx")
    change(proto)
    onnx.save(proto, tmp_path / "odd.onnx")
    with pytest.raises(WeightsError, match=r"odd\.onnx was not written by export\.py"):
        load_backend(tmp_path / "odd.onnx", "onnx", "cpu")
    assert capfd.readouterr().err == ""  # nor does onnxruntime say anything by itself


def test_onnx_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    proto = onnx.load(WEIGHTS_DIR / "tutorial.onnx")
    item = proto.graph.initializer[0]
    values = numpy_helper.to_array(item).copy()
    values[0, 0] = np.nan
    item.CopyFrom(numpy_helper.from_array(values, item.name))
    onnx.save(proto, tmp_path / "odd.onnx")
    with pytest.raises(WeightsError, match=r"odd\.onnx holds weights that are no finite numbers"):
        load_backend(tmp_path / "odd.onnx", "onnx", "cpu")


@pytest.mark.parametrize("name", ["", ".", "/", "weights/.."])
def test_what_names_no_file_of_weights_is_said(name: str) -> None:
    with pytest.raises(WeightsError, match="names no weights"):
        load_backend(name)


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


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_device_that_onnxruntime_could_not_use_is_not_named() -> None:
    if "cuda" in inference.devices_of("onnx"):
        pytest.skip("this machine has one that it can use")
    network = OnnxBackend(WEIGHTS_DIR / "tutorial.onnx", device="cuda")
    assert network.device == "cpu"
    assert network.predict(np.zeros((1, 784), np.float32)).shape == (1, 10)
