"""What a browser learnt, handed over: measured on the server's digits, checked like any upload."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digits.data.dataset import Digits, LabelledImages
from digits.network.backends import Backend, TorchBackend, load_backend, predict_images
from digits.network.config import ModelConfig
from digits.network.metadata import Card
from digits.network.model import MLP
from digits.network.registry import Choice, Networks
from digits.network.weights_file import pack_network
from digits.server import browser_runs, limits
from digits.server.browser_digits import orders
from digits.server.browser_runs import make_browser_run_routes
from digits.server.datasets import DatasetCache
from digits.server.reader import Reader
from digits.server.sessions import Sessions
from digits.server.training_service import TrainingService
from digits.training.standalone_script import write_script

TOKEN = "a" * 20
HIDDEN = [40, 8]
TOLD = {
    "run": "r" * 36,
    "hidden": HIDDEN,
    "activation": "tanh",
    "epochs": 2,
    "batch_size": 50,
    "learning_rate": 0.001,
    "train_images": 300,
    "seed": 4,
    "step": 12,
    "loss": 0.7,
    "seconds": 1.5,
}


@pytest.fixture
def training(bundled: Digits) -> TrainingService:
    datasets = DatasetCache(None)
    datasets._digits = bundled
    return TrainingService(Reader(Networks(Choice("sketch")), Sessions()), datasets, seats=1)


@pytest.fixture
def client(training: TrainingService) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=make_browser_run_routes(training))) as client:
        yield client


def network(activation: str = "tanh") -> TorchBackend:
    card = Card(ModelConfig(tuple(HIDDEN), activation))
    return TorchBackend(MLP(card.config, 1), card, weights="mine")


def body(learnt: Backend, nodes: int = 32) -> bytes:
    file = pack_network(learnt)
    before = np.full((nodes, 784), 0.5, "<f4")
    before[0, 0] = -0.5
    return struct.pack("<I", len(file)) + file + before.tobytes()


def put(client: TestClient, content: bytes, token: str = TOKEN, **told: Any) -> Any:
    headers = {"x-digits-session": token, "x-digits-run": quote(json.dumps({**TOLD, **told}))}
    return client.put("/digits/trained", content=content, headers=headers)


def test_it_is_the_sessions_network_with_what_the_server_measured(
    client: TestClient, training: TrainingService, bundled: Digits
) -> None:
    learnt = network()
    told = put(client, body(learnt)).json()
    said = predict_images(learnt, bundled.test_images).argmax(axis=1)
    right = float((said == bundled.test_labels).mean())
    assert told["outcome"]["accuracy"] == right == np.trace(told["outcome"]["confusion"]) / 1000
    assert told["network"]["name"] == {"key": "network_run", "values": {"number": 1}}
    (line,) = told["outcome"]["runs"]
    used = orders(bundled)[0][:300]
    seen = predict_images(learnt, bundled.train_images[used]).argmax(axis=1)
    assert line["train_accuracy"] == float((seen == bundled.train_labels[used]).mean())
    assert (line["engine"], line["train_images"], line["epochs"], line["seconds"]) == (
        "browser", 300, 2.0, 1.5,
    )  # fmt: skip
    assert len(told["outcome"]["nodes"]["before"]) == len(told["outcome"]["nodes"]["after"]) == 32
    own = training.sessions.get_or_create(TOKEN).own
    assert own and np.array_equal(own.backend.layers()[0][0], learnt.layers()[0][0])


def test_what_comes_twice_is_kept_once(client: TestClient, training: TrainingService) -> None:
    """A browser that got no reply sends it again."""
    content = body(network())
    first, second = put(client, content).json(), put(client, content).json()
    assert first == second
    session = training.sessions.get_or_create(TOKEN)
    assert len(session.networks) == len(session.runs) == 1


def test_the_same_run_again_is_another_network(
    client: TestClient, training: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six runs push the first one's network out; the same settings and digits learn the same weights."""
    monkeypatch.setattr(limits, "MOST_RUNS", 6)
    content = body(network())
    for number in range(7):
        told = put(client, content, run=f"{number:020}").json()
    session = training.sessions.get_or_create(TOKEN)
    assert session.own and session.own.id == told["network"]["id"] == "yours-7"
    assert len(session.runs) == len(told["outcome"]["runs"]) == 6
    assert len(session.handed_in) == limits.MOST_HANDED_IN


def test_its_network_counts_among_all_networks(
    client: TestClient, training: TrainingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PARAMETERS", network().card.config.parameters)
    for token in ("b" * 20, TOKEN):
        put(client, body(network()), token=token)
    assert training.sessions.find(TOKEN) and not training.sessions.find("b" * 20)


@pytest.mark.parametrize("asked", [300, 4000])
def test_it_is_calibrated_on_what_it_has_not_learnt_from(
    client: TestClient,
    bundled: Digits,
    calibrated_on: list[LabelledImages],
    monkeypatch: pytest.MonkeyPatch,
    asked: int,
) -> None:
    """Whatever a browser says, it had no more than TRAIN digits to learn from."""
    monkeypatch.setattr(browser_runs, "TRAIN", 2000)
    reads = load_backend("tutorial", "torch", "cpu")
    shape = {"hidden": [64, 64, 64], "activation": "relu"}
    put(client, body(reads), train_images=asked, **shape)
    ((images, _),) = calibrated_on
    rest = orders(bundled)[0][min(asked, 2000) :]
    assert np.array_equal(images, bundled.train_images[rest])


def test_one_that_began_before_mnist_came_is_scored_on_what_it_had(
    client: TestClient, training: TrainingService, bundled: Digits
) -> None:
    mnist = replace(bundled, train_images=bundled.train_images[::-1].copy(), source="mnist")
    training.datasets._digits = mnist
    learnt = network()
    learnt.card = replace(learnt.card, data={"source": "bundled"})
    (line,) = put(client, body(learnt)).json()["outcome"]["runs"]
    used = orders(bundled)[0][:300]
    seen = predict_images(learnt, bundled.train_images[used]).argmax(axis=1)
    assert line["train_accuracy"] == float((seen == bundled.train_labels[used]).mean())


def test_a_page_that_is_opened_again_finds_it(
    client: TestClient, training: TrainingService
) -> None:
    told = put(client, body(network())).json()
    found = training.state({"session": TOKEN})
    assert found["outcome"] == told["outcome"] and found["run"] == {"state": "idle"}
    assert [one["id"] for one in found["networks"]] == [told["network"]["id"]]


def test_it_went_on_from_another_and_followed_its_recipe(
    client: TestClient, training: TrainingService
) -> None:
    name = {"key": "network_shipped", "values": {"name": "sketch"}}
    asked = {"start": "sketch", "start_name": name, "preset": "fast", "hidden": [64]}
    (line,) = put(client, body(network()), **asked).json()["outcome"]["runs"]
    assert line["start"] == {"network": "sketch", "name": name}
    assert line["sizes"] == [784, *HIDDEN, 10]  # what it went on from keeps its shape
    own = training.sessions.get_or_create(TOKEN).own
    assert own
    recipe = own.backend.card.recipe
    assert recipe["continued"] is True and recipe["engine"] == "browser"
    assert (recipe["schedule"], recipe["standardised"]) == ("one-cycle", True)


def test_it_may_have_gone_on_from_one_that_the_browser_alone_has(client: TestClient) -> None:
    name = {"key": "network_run", "values": {"number": 3}}
    told = put(client, body(network()), start="yours-here-abc", start_name=name).json()
    assert told["outcome"]["runs"][0]["start"] == {"network": "yours", "name": name}


def test_guessing_is_called_guessing(client: TestClient) -> None:
    learnt = network()
    with_zeros = TorchBackend(MLP(learnt.card.config, 1), learnt.card)
    for part in with_zeros._model.parameters():
        part.data.zero_()
    with_zeros._model.layers[-1].bias.data[7] = 1000  # always a 7, with a probability of exactly 1
    told = put(client, body(with_zeros)).json()
    (note,) = told["notes"]
    assert note["code"] == "nothing_learnt"
    assert told["outcome"]["mistakes"] == []  # it is never sure


def test_its_script_claims_no_accuracy(client: TestClient, training: TrainingService) -> None:
    put(client, body(network()))
    own = training.sessions.get_or_create(TOKEN).own
    assert own
    script = write_script("run 1", own.backend.card)
    assert "It learnt in a browser" in script and "another than the page's" in script
    assert "On the page it read" not in script


def test_without_a_loss_its_card_is_json_all_the_same(
    client: TestClient, training: TrainingService
) -> None:
    put(client, body(network()), loss=None)
    own = training.sessions.get_or_create(TOKEN).own
    assert own

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    card = json.loads(own.backend.card.to_json(), parse_constant=refuse)
    assert card["figures"].keys() == {"test_accuracy"}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"hidden": [8]}, "upload_format"),
        ({"activation": "relu"}, "upload_format"),
        ({"epochs": 1000}, "setting_limit"),
        ({"step": 13}, "upload_format"),
        ({"step": -1}, "upload_format"),
        ({"step": True}, "upload_format"),
        ({"seconds": "1"}, "upload_format"),
        ({"seconds": 1e300}, "upload_format"),
        ({"run": None}, "upload_format"),
        ({"run": "r" * 65}, "upload_format"),
        ({"loss": -1}, "upload_format"),
        ({"seconds": 10**400}, "upload_format"),
        ({"loss": float("nan")}, "upload_format"),
        ({"start": "sketch"}, "upload_format"),
        ({"start": {}, "start_name": {"key": "network_shipped"}, "hidden": [8]}, "upload_format"),
        ({"start": ["sketch"], "start_name": {"key": "other", "values": {}}}, "upload_format"),
    ],
)
def test_settings_and_figures_are_checked(
    client: TestClient, training: TrainingService, told: dict[str, Any], code: str
) -> None:
    reply = put(client, body(network()), **told)
    assert reply.status_code == 422 and reply.json()["fault"]["code"] == code
    assert not training.sessions.get_or_create(TOKEN).networks


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload_format"),
        (b"\xff\xff\xff\xff", "upload_format"),
        (body(network())[:-4], "upload_count"),
        (body(network(), 31), "upload_count"),
        (body(network())[:-4] + struct.pack("<f", float("inf")), "upload_not_finite"),
    ],
)
def test_bodies_are_checked(client: TestClient, content: bytes, code: str) -> None:
    reply = put(client, content)
    assert reply.status_code == 422 and reply.json()["fault"]["code"] == code


def test_a_server_without_torch_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_runs, "is_installed", lambda package: False)
    assert put(client, body(network())).json()["fault"]["code"] == "backend_missing"
