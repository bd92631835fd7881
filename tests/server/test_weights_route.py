"""The way of the weights to the page and back: addresses that hold, secrets, uploads that are checked."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digits.network.backends import TorchBackend
from digits.network.config import ModelConfig
from digits.network.metadata import Calibration, Card
from digits.network.model import MLP, from_layers
from digits.network.registry import Choice, Networks
from digits.network.weights_file import pack_network, unpack_network
from digits.server import limits, weights_route
from digits.server.reader import Reader
from digits.server.sessions import Sessions
from digits.server.weights_route import check_name, make_weights_routes
from tests.support.requests import ONE

TOKEN, OTHER = "a" * 20, "b" * 20
RUN = {"key": "network_run", "values": {"number": 3}}
MOST = 240_000  # bytes of a shipped network's file


@pytest.fixture
def reader() -> Reader:
    return Reader(Networks(Choice("sketch")), Sessions())


@pytest.fixture
def client(reader: Reader) -> Iterator[TestClient]:
    def write_page(network: Any) -> str:
        return f"<title>{network.weights}</title>"

    with TestClient(Starlette(routes=make_weights_routes(reader, write_page))) as client:
        yield client


def small(hidden: tuple[int, ...] = (8, 6), seed: int = 1) -> TorchBackend:
    card = Card(ModelConfig(hidden, "tanh"), {"epochs": 2}, calibration=Calibration(0.9, 0.4))
    return TorchBackend(MLP(card.config, seed), card, weights="mine")


def put(client: TestClient, content: bytes, name: Any = RUN, token: str = TOKEN) -> Any:
    headers = {"x-digits-session": token, "x-digits-name": quote(json.dumps(name))}
    return client.put("/digits/weights", content=content, headers=headers)


def test_shipped_weights_have_an_address_that_holds_for_good(
    client: TestClient, reader: Reader
) -> None:
    version = reader.shipped[0]["version"]
    reply = client.get(f"/digits/weights/{version}")
    assert len(reply.content) <= MOST
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    layers, card = unpack_network(reply.content)
    network = reader.networks.get(Choice("sketch"))
    for (weight, bias), (expected, expected_bias) in zip(layers, network.layers(), strict=True):
        assert np.array_equal(weight, expected) and np.array_equal(bias, expected_bias)
    assert card.calibration == network.card.calibration
    again = client.get(
        f"/digits/weights/{version}", headers={"if-none-match": reply.headers["etag"]}
    )
    assert again.status_code == 304 and not again.content


def test_other_versions_are_not_there_and_not_kept(client: TestClient) -> None:
    reply = client.get("/digits/weights/0123456789abcdef")
    assert reply.status_code == 404 and reply.headers["cache-control"] == "no-store"


def test_a_visitors_own_weights_come_for_their_token_only(
    client: TestClient, reader: Reader
) -> None:
    own = reader.sessions.get_or_create(TOKEN).keep(small(), RUN)
    reply = client.post("/digits/weights", json={"session": TOKEN, "network": own.id})
    assert reply.headers["cache-control"] == "private, no-store"
    assert reply.content == pack_network(own.backend)
    assert client.get(f"/digits/weights/{own.backend.version}").status_code == 404
    stranger = client.post("/digits/weights", json={"session": OTHER, "network": own.id})
    assert stranger.status_code == 422 and stranger.json()["fault"]["code"] == "weights_gone"


def test_what_was_lost_is_taken_back_and_answers_the_same(
    client: TestClient, reader: Reader
) -> None:
    network = small()
    entry = put(client, pack_network(network)).json()["network"]
    assert entry["version"] == network.version and entry["name"] == RUN
    own = reader.find_own({"session": TOKEN, "network": entry["id"]})
    pixels = np.random.default_rng(1).random((5, 784), np.float32)
    assert np.allclose(own.backend.predict(pixels), network.predict(pixels), atol=1e-6)
    assert own.backend.card.recipe == {"epochs": 2}


def test_the_same_network_is_not_taken_twice(client: TestClient, reader: Reader) -> None:
    content = pack_network(small())
    first, second = (put(client, content).json()["network"]["id"] for _ in range(2))
    assert first == second and len(reader.sessions.find(TOKEN).networks) == 1  # type: ignore[union-attr]


def test_what_a_session_hands_over_comes_one_at_a_time(
    client: TestClient, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tabs that come back at once would make two networks of one."""
    session = reader.sessions.get_or_create(TOKEN)
    locked: list[bool] = []

    def check(*given: Any) -> Any:
        locked.append(session.handing_in.locked())
        return check_name(*given)

    monkeypatch.setattr(weights_route, "check_name", check)
    put(client, pack_network(small()))
    assert locked == [True]


def test_what_is_handed_over_counts_among_all_networks(
    client: TestClient, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PARAMETERS", small().card.config.parameters)
    for token in (OTHER, TOKEN):
        put(client, pack_network(small()), token=token)
    assert reader.sessions.find(TOKEN) and not reader.sessions.find(OTHER)


def test_taught_names_are_kept_and_other_names_refused(client: TestClient) -> None:
    base = {"key": "network_shipped", "values": {"name": "sketch"}}
    taught = {"key": "network_taught", "values": {"base": base, "drawings": 4}}
    told = put(client, pack_network(small()), taught).json()["network"]
    assert told["name"] == taught and told["kind"] == "taught"
    deep: Any = RUN
    for _ in range(9):
        deep = {"key": "network_taught", "values": {"base": deep, "drawings": 1}}
    for wrong in (None, [], base, deep, {"key": "network_run", "values": {"number": "3"}}):
        assert put(client, pack_network(small(seed=2)), wrong).status_code == 422


def changed(**changes: Any) -> bytes:
    """A file whose header says something else."""
    content = pack_network(small())
    (length,) = struct.unpack("<I", content[:4])
    header = json.loads(content[4 : 4 + length])
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = header
        for parent in parents:
            place = place[parent]
        place[last] = value
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + content[4 + length :]


def scaled(times: float) -> bytes:
    """A file of a network with four hidden layers, all its weights `times` as large."""
    network = small((8, 8, 8, 8))
    layers = [(times * weight, times * bias) for weight, bias in network.layers()]
    return pack_network(TorchBackend(from_layers(layers, network.card.config), network.card))


BAD = {
    "nothing": b"",
    "three bytes": b"abc",
    "noise": bytes(range(256)) * 8,
    "a header that never ends": struct.pack("<I", 2**32 - 1) + b"{}",
    "deep": struct.pack("<I", 10_000) + b"[" * 10_000,
    "no card": changed(card=None),
    "a weight too few": pack_network(small())[:-4],
    "a byte too many": pack_network(small()) + b"x",
    "not a number": pack_network(small())[:-4] + struct.pack("<f", float("nan")),
    "infinite": pack_network(small())[:-4] + struct.pack("<f", float("inf")),
    "one huge weight": pack_network(small())[:-4] + struct.pack("<f", -3e38),
    "huge together": scaled(1e8),
    "too wide": pack_network(small((257, 8))),
    "wider than any number": changed(card__config__hidden=[10**400]),
    "too deep": pack_network(small((8,) * 6)),
    "no layers": changed(card__config__hidden=[]),
    "widths as text": changed(card__config__hidden="64"),
    "an unknown activation": changed(card__config__activation="swish"),
    "temperature 0": changed(card__calibration__temperature=0),
    "a temperature without end": changed(card__calibration__temperature=10**400),
    "a temperature of text": changed(card__calibration__temperature="1"),
    "a threshold of text": changed(card__calibration__threshold="0.5"),
    "a threshold without end": changed(card__calibration__threshold=10**400),
    "always sure": changed(card__calibration__threshold=-5),
    "a threshold above all": changed(card__calibration__threshold=2.5),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_uploads_are_refused_with_a_sentence(
    name: str, client: TestClient, reader: Reader
) -> None:
    reply = put(client, BAD[name])
    assert reply.status_code == 422 and reply.json()["fault"]["code"]
    session = reader.sessions.find(TOKEN)
    assert session is None or not session.networks


def test_weights_as_large_as_a_wild_run_leaves_them_are_taken(
    client: TestClient, reader: Reader
) -> None:
    assert put(client, scaled(1e4)).status_code == 200
    said = reader.read({"session": TOKEN, "network": "yours", "drawing": {"strokes": ONE}})
    assert np.isfinite(said["probabilities"]).all()  # type: ignore[typeddict-item]


@pytest.mark.parametrize("token", ["", "short", "with spaces in it, long"])
def test_an_upload_needs_a_token(client: TestClient, token: str) -> None:
    assert put(client, pack_network(small()), token=token).status_code == 422


def test_nothing_of_a_card_but_plain_figures_is_kept() -> None:
    content = changed(
        card__recipe={
            "epochs": 3,
            "name": "'''\nimport os",
            "taught": "7",
            "x": [1],
            "seed": 1e400,
            "batch_size": 10**400,
            "a b": 1,
        },
        card__figures={"test_accuracy": 0.9, "note": "x"},
    )
    _, card = unpack_network(content)
    assert card.recipe == {"epochs": 3} and card.figures == {"test_accuracy": 0.9}


def test_forgetting_ends_the_session(client: TestClient, reader: Reader) -> None:
    put(client, pack_network(small()))
    assert client.post("/digits/forget", json={"session": TOKEN}).json() == {"forgotten": True}
    assert reader.sessions.find(TOKEN) is None
    assert client.post("/digits/forget", json={"session": TOKEN}).json() == {"forgotten": False}


def test_a_page_to_take_home_is_of_the_network_that_was_asked_for(client: TestClient) -> None:
    reply = client.post("/digits/page", json={"network": "tutorial"})
    assert reply.text == "<title>tutorial</title>" and "no-store" in reply.headers["cache-control"]
    assert client.post("/digits/page", json={"network": "yours-9"}).status_code == 422
    assert client.post("/digits/page", content=b"no").status_code == 422
