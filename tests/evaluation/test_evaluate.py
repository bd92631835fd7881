"""Scoring: the figures are right on made-up networks whose outcome is known, and errors are one line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.unipen import write_unipen
from digits.evaluation import __main__ as evaluate
from digits.evaluation.fit_calibration import calibrate, fit_temperature
from digits.evaluation.metrics import calibration_error, share_turned_away
from digits.network.calibration import calibrated
from digits.network.metadata import Calibration, Card

RANDOM = np.random.default_rng(0)


@dataclass
class FakeBackend:
    """Says what it is told, image by image: the first pixel is the digit, the second how sure."""

    name: str = "onnx"
    device: str = "cpu"
    weights: str = "fake"
    card: Card = field(default_factory=lambda: Card(calibration=Calibration(1.0, 0.5)))

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        said = np.round(pixels[:, 0] * 255).astype(int)
        logits = np.zeros((len(pixels), 10), np.float32)
        logits[np.arange(len(pixels)), said] = pixels[:, 1] * 20
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    def layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return []


def images_that_say(digits: list[int], sure: list[bool]) -> np.ndarray:
    images = np.zeros((len(digits), 28, 28), np.uint8)
    images[:, 0, 0] = digits
    images[:, 0, 1] = np.where(sure, 255, 0)
    return images


def test_accuracy_confusion_and_turned_away_are_counted() -> None:
    images = images_that_say([3, 3, 8, 0], [True, True, True, False])
    found = evaluate.score(FakeBackend(), images, np.array([3, 3, 3, 0]))
    assert found.accuracy == 0.75
    assert found.accuracy_per_digit[3] == pytest.approx(2 / 3)
    assert found.confusion[3, 8] == 1
    assert found.turned_away == 0.25
    worst, titles = evaluate.title_mistakes(found)
    assert len(worst) == 1
    assert titles == ["3 read as 8, over 99 %"]


def make_claims(count: int, exaggeration: float) -> tuple[np.ndarray, np.ndarray]:
    """Log-probabilities whose labels were drawn from them, then sharpened by `exaggeration`."""
    logits = RANDOM.normal(0, 2, (count, 10))
    powers = np.exp(logits)
    chances = powers / powers.sum(axis=1, keepdims=True)
    labels = np.array([RANDOM.choice(10, p=row) for row in chances])
    claimed = calibrated(np.log(chances), Calibration(temperature=1 / exaggeration))
    return np.log(claimed).astype(np.float32), labels


@pytest.mark.parametrize("exaggeration", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_an_exaggeration(exaggeration: float) -> None:
    log_probabilities, labels = make_claims(6000, exaggeration)
    assert fit_temperature(log_probabilities, labels) == pytest.approx(exaggeration, rel=0.1)
    calibration = calibrate([(log_probabilities, labels)])
    honest = calibrated(log_probabilities, calibration)
    assert calibration_error(honest, labels) < 0.02
    if exaggeration == 3.0:
        assert calibration_error(np.exp(log_probabilities), labels) > 0.1


def test_no_group_of_digits_has_more_than_its_share_turned_away() -> None:
    easy, hard = make_claims(3000, 2.0), make_claims(3000, 0.7)
    calibration = calibrate([easy, hard], turned_away=0.02)
    shares = [
        share_turned_away(calibrated(claims, calibration), calibration)
        for claims, _ in (easy, hard)
    ]
    assert max(shares) == pytest.approx(0.02, abs=0.005)


def test_calibration_error_of_known_claims() -> None:
    probabilities = np.full((10, 10), 0.2 / 9, np.float32)
    probabilities[:, 0] = 0.8
    labels = np.array([0] * 5 + [1] * 5)  # claims 80 %, is right in 50 %
    assert calibration_error(probabilities, labels) == pytest.approx(0.3, abs=1e-6)


def stroke_file(folder: Path) -> Path:
    bar = [np.array([[0.5, 0.1], [0.5, 0.9]])]
    drawings = [Drawing(bar, 1, 1), Drawing(bar, 7, 1), Drawing(bar, NOT_A_DIGIT, 1)]
    write_unipen(folder / "drawn.txt", drawings)
    return folder / "drawn.txt"


def test_json_has_the_promised_fields_and_nothing_else_is_printed(
    tmp_path: Path,
    few_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluate, "load_backend", lambda *_args, **_named: FakeBackend())
    figure = tmp_path / "figure.png"
    flags = ["--json", "--data", str(few_folder), "--strokes", str(stroke_file(tmp_path))]
    assert evaluate.main([*flags, "--save-figure", str(figure)]) == 0
    outcome = json.loads(capsys.readouterr().out)
    promised = {"mnist_accuracy", "strokes_accuracy", "strokes_count", "rejected"}
    assert promised <= outcome.keys()
    assert outcome["strokes_count"] == 2
    assert outcome["others_count"] == 1
    assert 0 <= outcome["rejected"] <= 1
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "flags", [["--weights", "no/such.pt"], ["--strokes", "no-such-file"], ["--data", "no-such-dir"]]
)
def test_a_users_mistake_is_one_line(
    flags: list[str],
    few_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(few_folder))
    if "--weights" not in flags:
        monkeypatch.setattr(evaluate, "load_backend", lambda *_args, **_named: FakeBackend())
    assert evaluate.main(flags) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
