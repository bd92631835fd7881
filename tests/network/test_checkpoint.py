"""Weights survive a round trip, a kill at any moment, and files that are not weights."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from digits.atomic_files import check_writable, write_atomically
from digits.errors import WeightsError
from digits.network.checkpoint import load_weights, save_weights
from digits.network.config import ModelConfig
from digits.network.metadata import Calibration, Card, read_card
from digits.network.model import MLP
from tests.support.files import REPO

CARD = Card(
    ModelConfig((8, 6), "tanh"),
    recipe={"name": "tiny"},
    figures={"test_accuracy": 0.5},
    calibration=Calibration(1.5, 0.7),
)


@pytest.fixture()
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.pt"
    save_weights(path, MLP(CARD.config, seed=0), CARD)
    return path


def test_round_trip(saved: Path) -> None:
    model, card = load_weights(saved)
    assert card == CARD == read_card(saved.with_suffix(".json"))
    for ours, theirs in zip(model.parameters(), MLP(CARD.config, seed=0).parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert sorted(path.name for path in saved.parent.iterdir()) == ["tiny.json", "tiny.pt"]


@pytest.mark.parametrize(
    "path", sorted((REPO / "weights").glob("*.pt")), ids=lambda path: path.stem
)
def test_shipped_weights_are_whole_and_alike(path: Path) -> None:
    from digits.network.backends import load_backend

    model, card = load_weights(path)
    assert card == read_card(path.with_suffix(".json")) == load_backend(path, "onnx", "cpu").card
    assert card.config == ModelConfig()
    assert card.data["train_images"] >= 55_000
    assert card.figures["test_accuracy"] > 0.95
    assert all(bool(values.isfinite().all()) for values in model.parameters())


@pytest.mark.parametrize(
    "damage", ["gone", "empty", "cut", "text", "other", "shape", "card", "folder", "no numbers"]
)
def test_a_bad_file_gets_one_line_that_names_it(saved: Path, damage: str) -> None:
    content = saved.read_bytes()
    if damage in ("gone", "folder"):
        saved.unlink()
    if damage == "folder":
        saved.mkdir()
    if damage in ("empty", "cut", "text"):
        saved.write_bytes({"empty": b"", "cut": content[:-200], "text": b"hello"}[damage])
    if damage == "other":
        torch.save([1, 2, 3], saved)
    if damage == "shape":
        weights = MLP(ModelConfig((9, 6))).state_dict()
        torch.save({"card": CARD.to_json(), "weights": weights}, saved)
    if damage == "card":
        torch.save({"card": "{}", "weights": {}}, saved)
    if damage == "no numbers":
        model = MLP(CARD.config)
        torch.nn.init.constant_(model.layers[1].bias, float("nan"))
        save_weights(saved, model, CARD)
    with pytest.raises(WeightsError, match=r"tiny\.pt") as caught:
        load_weights(saved)
    assert "\n" not in str(caught.value)


def test_no_damaged_byte_gets_past(saved: Path) -> None:
    content = saved.read_bytes()
    for size in (*range(0, 64), *range(64, len(content), 97)):
        saved.write_bytes(content[:size])
        with pytest.raises(WeightsError):
            load_weights(saved)
    for text in (b"bad", b"hello", b"\x80\x02}.", b"PK\x03\x04", b"\x80\x02]q\x00.", b"b", b"R."):
        saved.write_bytes(text)
        with pytest.raises(WeightsError):
            load_weights(saved)


def test_a_pickle_that_would_run_code_does_not(tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "ran",))

    (tmp_path / "bad.pt").write_bytes(pickle.dumps(Attack()))
    torch.save({"card": Attack(), "weights": {}}, tmp_path / "worse.pt")
    for name in ("bad.pt", "worse.pt"):
        with pytest.raises(WeightsError, match=name):
            load_weights(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def card_text(hidden: str = "[8, 6]", temperature: str = "1.5", threshold: str = "0.7") -> str:
    config = f'{{"hidden": {hidden}, "activation": "tanh"}}'
    calibration = f'{{"temperature": {temperature}, "threshold": {threshold}}}'
    return f'{{"config": {config}, "calibration": {calibration}}}'


@pytest.mark.parametrize("text", [card_text(), card_text(temperature="1", threshold="null")])
def test_a_card_of_a_network_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    assert read_card(tmp_path / "x.json").config == CARD.config


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ""),
        ("[]", ""),
        ("{}", ""),
        ("[" * 50_000, "nested"),
        ('{"config": 3}', ""),
        (card_text(hidden="[9e9]"), "hidden must list"),
        (card_text(hidden="[Infinity]"), "hidden must list"),
        (card_text(hidden="[64.7]"), "hidden must list"),
        (card_text(hidden='"64"'), "hidden must list"),
        (card_text(hidden="[true]"), "hidden must list"),
        (card_text(hidden="[99999]"), "width must be between"),
        (card_text(temperature='"a"'), "temperature must be a number"),
        (card_text(temperature="null"), "temperature must be a number"),
        (card_text(temperature="0"), "temperature must be between"),
        (card_text(temperature="NaN"), "temperature must be between"),
        (card_text(temperature="9" * 400), "temperature must be between"),
        (card_text(threshold="2.1"), "threshold must be between 0 and 2, not 2.1"),
        (card_text(threshold="[]"), "threshold must be a number"),
    ],
)
def test_a_card_that_is_none_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(WeightsError, match=rf"x\.json holds no valid card .*{says}.*train\.py"):
        read_card(tmp_path / "x.json")


def test_a_drive_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: False)
    with pytest.raises(WeightsError, match="no such drive"):
        check_writable(Path("Z:/weights/x.pt"))


def test_what_cannot_be_written_is_said_and_the_old_file_stays(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = saved.read_bytes()
    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(WeightsError, match="No space left"):
        save_weights(saved, MLP(CARD.config, seed=1), CARD)
    assert saved.read_bytes() == before
    assert sorted(path.name for path in saved.parent.iterdir()) == ["tiny.json", "tiny.pt"]
    with pytest.raises(WeightsError, match="cannot write"):
        write_atomically(saved / "below" / "x.pt", b"")


def test_ctrl_c_while_saving_leaves_no_unfinished_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        save_weights(saved, MLP(CARD.config, seed=1), CARD)
    assert sorted(path.name for path in saved.parent.iterdir()) == ["tiny.json", "tiny.pt"]


SAVE_FOR_EVER = """
import sys
from pathlib import Path
from digits.network.metadata import Card; from digits.network.checkpoint import save_weights
from digits.network.model import MLP
models = [MLP(seed=seed) for seed in (0, 1)]
print("ready", flush=True)
while True:
    for model in models:
        save_weights(Path(sys.argv[1]), model, Card())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_while_saving_it_leaves_one_set_or_the_other(tmp_path: Path) -> None:
    path = tmp_path / "killed.pt"
    known = [MLP(seed=seed).layers[0].weight for seed in (0, 1)]
    process = subprocess.Popen(
        [sys.executable, "-c", SAVE_FOR_EVER, path], cwd=REPO, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    loads = 0
    deadline = time.monotonic() + 300
    while loads < 60 and time.monotonic() < deadline:  # somebody reads while it is written
        if path.exists():
            model, _ = load_weights(path)
            assert any(torch.equal(model.layers[0].weight, weight) for weight in known)
            loads += 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert loads == 60
    model, _ = load_weights(path)
    assert any(torch.equal(model.layers[0].weight, weight) for weight in known)
    assert json.loads(path.with_suffix(".json").read_text())["config"]["hidden"] == [64, 64, 64]
