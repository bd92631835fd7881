"""The browser's core does what Python does: on every drawing, with the shipped weights, in training.

node runs digits/page/static/core/ in a process of its own (bridge.mjs). The tests skip where there is no
node, and fail instead where REQUIRE_BROWSER is set.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from digits.data.bundled import read_bundled
from digits.data.dataset import Digits
from digits.data.drawings import check_strokes
from digits.data.mnist import read_mnist
from digits.data.preparation.pad_digits import group_strokes
from digits.data.preparation.strokes import preparation_rules, prepare_strokes, shrink_strokes
from digits.data.unipen import read_unipen
from digits.network.backends import load_backend, predict_images
from digits.network.calibration import answer
from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.model import MLP
from digits.network.sureness import make_judge
from digits.training import standardization
from digits.training.adam import Adam
from digits.training.backprop import Backprop
from digits.training.loop import evaluate, one_hot
from digits.training.recipes import RECIPES
from digits.training.schedules import learning_rate
from digits.training.standardization import PlainPixels, StandardPixels
from tests.core.bridge import Bridge, open_bridge
from tests.vectors.make import SAMPLES

# Thousandths of the pad, a little off it, too: where points often coincide or lie in line.
THOUSANDTHS = st.lists(st.integers(-200, 1200), min_size=2, max_size=2)
FREE = st.lists(st.floats(-0.5, 1.5), min_size=2, max_size=2)
STROKES = st.one_of(
    st.lists(
        st.lists(THOUSANDTHS.map(lambda p: [p[0] / 1000, p[1] / 1000]), max_size=12), max_size=4
    ),
    st.lists(st.lists(FREE, max_size=30), max_size=3),
)


@pytest.fixture(scope="module")
def bridge() -> Iterator[Bridge]:
    """The core in node."""
    with open_bridge() as opened:
        yield opened


@pytest.fixture(scope="module")
def real(bundled: Digits) -> Digits:
    """All of MNIST where MNIST_DIR points at it, else the 5,000 digits that come with the packages."""
    folder = os.environ.get("MNIST_DIR")
    return read_mnist(Path(folder)) if folder else bundled


# ---- preparation -------------------------------------------------------------------------------------


def unpack(image: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(image), np.uint8)


def check_prepared(strokes: Any, made: dict[str, Any]) -> bool:
    """Whether the browser's images are exactly Python's; fails where a pixel is off by more than 1."""
    checked = check_strokes(strokes)
    expected = prepare_strokes(checked)
    height, width = expected.small.shape
    assert (made["small"]["height"], made["small"]["width"]) == (height, width)
    if expected.box is None:
        assert made["box"] is None
    else:
        np.testing.assert_allclose(made["box"], expected.box, atol=1e-9)
    pairs = [
        (made["image"], expected.image),
        (made["small"]["bytes"], expected.small),
        (made["shrunk"], shrink_strokes(checked)),
    ]
    off = [np.abs(unpack(ours).astype(int) - theirs.ravel()).max() for ours, theirs in pairs]
    assert max(off) <= 1, strokes
    return max(off) == 0


def share_alike(bridge: Bridge, drawings: Sequence[Any]) -> float:
    """Of many drawings, the share whose images are Python's to the last bit."""
    alike = 0
    for start in range(0, len(drawings), 500):
        part = drawings[start : start + 500]
        made = bridge.ask("prepare", drawings=part, rules=preparation_rules())
        alike += sum(check_prepared(*pair) for pair in zip(part, made, strict=True))
    return alike / len(drawings)


def test_the_samples_become_the_same_images(bridge: Bridge) -> None:
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))["hard"]
    assert share_alike(bridge, [sample["strokes"] for sample in samples]) == 1


def test_all_pen_drawings_become_the_same_images(bridge: Bridge) -> None:
    if not os.environ.get("STROKES_FILE"):
        pytest.skip("needs the pen drawings: set STROKES_FILE to pendigits-orig.tra")
    drawings = read_unipen(Path(os.environ["STROKES_FILE"]))
    strokes = [[stroke.tolist() for stroke in drawing.strokes] for drawing in drawings]
    assert share_alike(bridge, strokes) >= 0.999


def test_drawings_made_up_become_the_same_images(bridge: Bridge) -> None:
    seen: list[bool] = []

    @settings(max_examples=400)
    @given(STROKES)
    def compare(strokes: list[list[list[float]]]) -> None:
        [made] = bridge.ask("prepare", drawings=[strokes], rules=preparation_rules())
        seen.append(check_prepared(strokes, made))

    compare()
    assert np.mean(seen) >= 0.995  # of a few hundred, one or two may round the other way


def test_scribbles_longer_than_the_discs_reach_become_the_same_images(bridge: Bridge) -> None:
    random = np.random.default_rng(4)
    drawings = [random.random((3, 20 * (i + 1), 2)).tolist() for i in range(40)]
    assert share_alike(bridge, drawings) == 1


# ---- several digits ----------------------------------------------------------------------------------


def rows_of(drawings: Sequence[Any], count: int) -> Iterator[tuple[list[Any], list[int]]]:
    """Real drawings side by side as people write numbers: strokes on the pad, and how many each digit has."""
    random = np.random.default_rng(1)
    for _ in range(count):
        chosen = [drawings[i] for i in random.integers(0, len(drawings), random.integers(2, 5))]
        strokes, right, gap = [], 0.0, random.uniform(0.15, 0.5)  # of a digit's height
        for drawing in chosen:
            points = np.concatenate(drawing)
            low, size = points.min(axis=0), np.ptp(points, axis=0)
            scale = random.uniform(0.85, 1.15) / max(size[1], 0.6 * size[0])
            up = random.uniform(-0.1, 0.1)
            strokes += [(stroke - low) * scale + [right, up] for stroke in drawing]
            right += size[0] * scale + gap
        points = np.concatenate(strokes)
        low, size = points.min(axis=0), np.ptp(points, axis=0).max()
        yield (
            [((stroke - low) / size * 0.9 + 0.05).tolist() for stroke in strokes],
            [len(one) for one in chosen],
        )


def test_numbers_are_taken_apart_as_in_python_and_digits_stay_whole(
    bridge: Bridge, tmp_path: Path
) -> None:
    """Of single digits fewer than 0.3 % are split, of rows of two to four at least 95 % are right."""
    network = load_backend("sketch", "onnx")
    config, calibration = network.card.config, network.card.calibration
    singles = [[np.asarray(stroke) for stroke in one] for one in single_digits()]
    rows = list(rows_of(singles, 200))
    drawings = [[stroke.tolist() for stroke in one] for one in singles] + [row for row, _ in rows]
    made = bridge.ask(
        "group",
        drawings=drawings,
        rules=preparation_rules(),
        sizes=config.sizes,
        activation=config.activation,
        weights=write_network(tmp_path, network.layers()),
        calibration={"temperature": calibration.temperature, "threshold": calibration.threshold},
    )
    judge = make_judge(network)
    for strokes, groups in zip(drawings, made, strict=True):
        expected = group_strokes(check_strokes(strokes), judge)
        assert [len(group) for group in groups] == [len(group) for group in expected]
    split = np.mean([len(groups) > 1 for groups in made[: len(singles)]])
    right = [
        [len(group) for group in groups] == counts
        for groups, (_, counts) in zip(made[len(singles) :], rows, strict=True)
    ]
    assert split < 0.003
    assert np.mean(right) >= 0.95


def single_digits() -> list[Any]:
    """Pen drawings of one digit each; the page's samples where there are none."""
    if os.environ.get("STROKES_FILE"):
        return [drawing.strokes for drawing in read_unipen(Path(os.environ["STROKES_FILE"]))]
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))["hard"]
    return [sample["strokes"] for sample in samples]


# ---- reading -----------------------------------------------------------------------------------------


def write_network(folder: Path, layers: Sequence[tuple[Any, Any]]) -> Path:
    """Weights in one row, as the browser takes them."""
    path = folder / "weights.bin"
    parts = [np.asarray(part, "<f4").ravel() for layer in layers for part in layer]
    path.write_bytes(np.concatenate(parts).tobytes())
    return path


def write(path: Path, array: np.ndarray) -> Path:
    path.write_bytes(np.ascontiguousarray(array).tobytes())
    return path


@pytest.mark.parametrize("name", ["sketch", "tutorial"])
def test_the_shipped_weights_read_the_same(
    name: str, bridge: Bridge, real: Digits, tmp_path: Path
) -> None:
    network = load_backend(name, "onnx")
    images = np.concatenate([real.test_images, odd_images()])
    config, calibration = network.card.config, network.card.calibration
    said = bridge.ask(
        "read",
        sizes=config.sizes,
        activation=config.activation,
        weights=write_network(tmp_path, network.layers()),
        images=write(tmp_path / "images.bin", images),
        calibration={"temperature": calibration.temperature, "threshold": calibration.threshold},
        out=tmp_path / "out.bin",
    )
    expected = predict_images(network, images)
    ours = np.fromfile(tmp_path / "out.bin").reshape(-1, 10)
    np.testing.assert_allclose(ours, expected, atol=1e-4)
    answers = [answer(row, calibration) for row in expected]
    assert said == [[one.label, one.sure] for one in answers]


def odd_images() -> np.ndarray:
    """What is no digit (and so unsure), drawings, and the emptiest and the fullest image."""
    random = np.random.default_rng(2)
    scribbles = [random.random((1, 2 + i % 12, 2)) for i in range(1500)]
    images = [prepare_strokes(list(strokes)).image for strokes in scribbles]
    return np.stack([*images, np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(64, 64, 64), (1,), (256, 31)])
def test_every_size_and_activation_reads_as_in_torch(
    hidden: tuple[int, ...], activation: str, bridge: Bridge, bundled: Digits, tmp_path: Path
) -> None:
    config = ModelConfig(hidden, activation)
    model = MLP(config, seed=6)
    images = bundled.test_images[::20]
    bridge.ask(
        "read",
        sizes=config.sizes,
        activation=activation,
        weights=write_network(tmp_path, layers_of(model)),
        images=write(tmp_path / "images.bin", images),
        calibration={"temperature": 1, "threshold": None},
        out=tmp_path / "out.bin",
    )
    with torch.inference_mode():
        pixels = torch.from_numpy(images.reshape(-1, 784).astype(np.float32) / np.float32(255))
        exact = model.double()(pixels.double()).numpy()
    np.testing.assert_allclose(np.fromfile(tmp_path / "out.bin").reshape(-1, 10), exact, atol=1e-6)


def layers_of(model: MLP) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy())
        for layer in model.layers
    ]


# ---- training ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_how_the_loss_changes(
    activation: str, bridge: Bridge, tmp_path: Path
) -> None:
    config = ModelConfig((12, 9), activation)
    model = MLP(config, seed=1)
    count = sum(value.numel() for value in model.parameters())
    places = np.random.default_rng(0).choice(count, 60, replace=False)
    places[:20] = count - 1 - np.arange(20)  # most of the others belong to pixels that stay blank
    images, labels = read_bundled()
    batch = images[::320], labels[::320]  # of each digit one or two
    found = bridge.ask(
        "differ",
        sizes=config.sizes,
        activation=activation,
        weights=write_network(tmp_path, layers_of(model)),
        images=write(tmp_path / "images.bin", batch[0]),
        labels=write(tmp_path / "labels.bin", batch[1].astype(np.uint8)),
        places=places.tolist(),
        step=2e-3,
        out=tmp_path / "gradients.bin",
    )
    gradients = np.fromfile(tmp_path / "gradients.bin", np.float32)
    assert np.abs(gradients[places]).max() > 1e-3
    np.testing.assert_allclose(gradients[places], found["differences"], atol=2e-4)


def train_both(
    activation: str, seed: int, steps: int, bridge: Bridge, real: Digits, folder: Path
) -> tuple[MLP, np.ndarray, float]:
    """torch's network after `steps` of 15, the browser's weights, and its accuracy on the test images."""
    config = ModelConfig(activation=activation)
    model = MLP(config, seed=seed)
    order = np.random.default_rng(seed).integers(0, len(real.train_labels), (steps, 15))
    chosen, places = np.unique(order, return_inverse=True)
    images, labels = real.train_images[chosen], real.train_labels[chosen]
    found = bridge.ask(
        "train",
        sizes=config.sizes,
        activation=activation,
        recipe={"learning_rate": 0.001, "schedule": "constant"},
        weights=write_network(folder, layers_of(model)),
        images=write(folder / "images.bin", images),
        labels=write(folder / "labels.bin", labels.astype(np.uint8)),
        order=write(folder / "order.bin", places.ravel().astype("<u4")),
        batchSize=15,
        out=folder / "trained.bin",
        tests={
            "images": write(folder / "test_images.bin", real.test_images),
            "labels": write(folder / "test_labels.bin", real.test_labels.astype(np.uint8)),
        },
    )
    backprop = Backprop(model)
    adam = Adam(backprop.weights, backprop.gradients)
    rows = torch.from_numpy(images.reshape(-1, 784))
    targets = one_hot(torch.from_numpy(labels.astype(np.int64)))
    for batch in torch.from_numpy(places.reshape(steps, 15)):
        backprop.gradients_of(rows[batch].float() / 255, targets[batch])
        adam.step(0.001)
    return model, np.fromfile(folder / "trained.bin", np.float32), found["accuracy"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_twenty_steps_lead_to_torchs_weights(
    activation: str, bridge: Bridge, bundled: Digits, tmp_path: Path
) -> None:
    model, ours, _ = train_both(activation, 2, 20, bridge, bundled, tmp_path)
    theirs = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
    start = torch.nn.utils.parameters_to_vector(MLP(model.config, seed=2).parameters())
    assert np.abs(theirs - start.detach().numpy()).max() > 0.01  # they did move
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_two_thousand_steps_read_as_well_as_torchs(
    seed: int, bridge: Bridge, real: Digits, tmp_path: Path
) -> None:
    model, _, ours = train_both("relu", seed, 2000, bridge, real, tmp_path)
    theirs = evaluate(model, real.test_images, real.test_labels)
    assert theirs > 0.85
    assert abs(ours - theirs) <= 0.005


@pytest.mark.parametrize("name", ["tutorial", "fast"])
@pytest.mark.parametrize("seed", range(3))
def test_twenty_steps_of_a_recipe_lead_to_the_servers_weights(
    name: str,
    seed: int,
    bridge: Bridge,
    bundled: Digits,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its schedule, its pixels and its optimiser. torch computes with twice the digits here.

    With those that it trains with, one sum that is nearly 0 may come out on the other side of it, and then
    Adam takes the two networks apart.
    """
    # Where a processor multiplies 16-bit numbers the server rounds pixels to them, and a browser does not.
    monkeypatch.setattr(standardization, "has_short_products", lambda device: False)
    recipe = replace(RECIPES[name], epochs=1, batch_size=200)
    mixed = np.random.default_rng(seed).permutation(len(bundled.train_labels))[:4000]
    images, labels = bundled.train_images[mixed], bundled.train_labels[mixed]
    order = torch.randperm(4000, generator=torch.Generator().manual_seed(seed))
    model = MLP(recipe.model, seed=seed)
    bridge.ask(
        "train",
        sizes=model.config.sizes,
        activation=model.config.activation,
        recipe=asdict(recipe),
        weights=write_network(tmp_path, layers_of(model)),
        images=write(tmp_path / "images.bin", images),
        labels=write(tmp_path / "labels.bin", labels.astype(np.uint8)),
        order=write(tmp_path / "order.bin", order.numpy().astype("<u4")),
        batchSize=recipe.batch_size,
        out=tmp_path / "trained.bin",
    )
    model = model.double()
    rows = torch.from_numpy(images.reshape(-1, 784))
    inputs = StandardPixels(model, rows) if recipe.standardised else PlainPixels(model)
    targets = one_hot(torch.from_numpy(labels.astype(np.int64))).double()
    backprop = Backprop(inputs.learner)
    adam = Adam(backprop.weights, backprop.gradients)
    for step, batch in enumerate(order.split(recipe.batch_size)):
        backprop.gradients_of(inputs.pixels(rows[batch]).double(), targets[batch])
        adam.step(learning_rate(recipe, step, 20))
    inputs.hand_out()
    ours = np.fromfile(tmp_path / "trained.bin", np.float32)
    theirs = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
