"""The script that the page offers is complete, runs, and reaches what the page claims."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from digits.data.dataset import Digits
from digits.network.config import ModelConfig
from digits.network.metadata import Card, read_card
from digits.network.model import MLP
from digits.training.loop import EpochReport, train
from digits.training.recipes import RECIPES
from digits.training.standalone_script import write_script
from tests.support.files import REPO, write_mnist


def run_script(script: str, folder: Path, data: Path) -> float:
    """Run the script as a visitor would; the accuracy that it prints last, 0..1."""
    path = folder / "network.py"
    path.write_text(script, encoding="utf-8")
    environment = os.environ | {"MNIST_DIR": str(data), "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [sys.executable, str(path)], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert (folder / "network.pt").is_file()
    return float(re.findall(r"([\d.]+) % of the test images right", result.stdout)[-1]) / 100


def card_of(name: str, digits: Digits) -> Card:
    """The card that training with a recipe of that name on `digits` gives."""
    recipe = RECIPES[name]
    reports = [
        report
        for report in train(MLP(recipe.model, seed=0), digits, recipe, seed=0)
        if isinstance(report, EpochReport)
    ]
    settings = {
        "name": name,
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate,
        "schedule": recipe.schedule,
        "standardised": recipe.standardised,
        "seed": 0,
    }
    figures = {"test_accuracy": reports[-1].test_accuracy}
    return Card(recipe.model, settings, {"test_images": len(digits.test_labels)}, figures)


@pytest.mark.parametrize("name", ["tutorial", "fast"])
def test_the_script_reaches_what_training_here_reaches(
    name: str, bundled: Digits, tmp_path: Path
) -> None:
    card = card_of(name, bundled)
    script = write_script(name, card)
    reached = run_script(script, tmp_path, write_mnist(tmp_path / "mnist", bundled))
    claimed = float(re.findall(r"it read ([\d.]+) %", script)[0]) / 100
    assert claimed > 0.8
    assert abs(reached - claimed) < 0.03


@pytest.mark.skipif(
    not os.environ.get("MNIST_DIR"), reason="needs the full MNIST: set MNIST_DIR to its folder"
)
def test_the_tutorials_script_keeps_its_promise_on_the_full_mnist(tmp_path: Path) -> None:
    card = read_card(REPO / "weights" / "tutorial.json")
    script = write_script("tutorial", card)
    claimed = f"{100 * card.figures['test_accuracy']:.1f} %"
    assert claimed in script
    reached = run_script(script, tmp_path, Path(os.environ["MNIST_DIR"]))
    assert abs(reached - card.figures["test_accuracy"]) < 0.01


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu"])
def test_the_script_has_the_cards_own_settings(activation: str) -> None:
    recipe = {"epochs": 7, "batch_size": 33, "learning_rate": 0.02, "seed": 5, "name": "tutorial"}
    card = Card(ModelConfig((20, 30), activation), recipe, {"train_images": 500})
    script = write_script("yours", card)
    compile(script, "network.py", "exec")
    for part in ("784, 20", "20, 30", "30, 10", "range(7)", "split(33)", "lr=0.02", "seed(5)"):
        assert part in script
    assert "[:500]" in script
    assert script.lower().count(f"nn.{activation}()") == 2


def test_a_taught_network_says_what_the_script_lacks() -> None:
    card = Card(recipe={"name": "sketch", "taught": 3})
    script = write_script("yours", card)
    assert "train.py --recipe sketch" in script
    assert "taught 3 drawings on the page" in script


@pytest.mark.parametrize(
    ("recipe", "data", "said"),
    [
        ({"continued": True}, {}, "went on from another one"),
        ({"taught": 1}, {}, "taught 1 drawing on the page"),
        ({"epochs": 5, "epochs_done": 2}, {}, "was stopped early"),
        ({}, {"source": "bundled"}, "other images than MNIST"),
    ],
)
def test_a_script_that_cannot_repeat_the_run_claims_nothing(
    recipe: dict[str, object], data: dict[str, object], said: str
) -> None:
    figures = {"test_accuracy": 0.95}
    claims = "On the page it read 95.0 %"
    assert claims in write_script("yours", Card(recipe={"name": "yours"}, figures=figures))
    script = write_script(
        "yours", Card(recipe={"name": "yours", **recipe}, data=data, figures=figures)
    )
    compile(script, "network.py", "exec")
    assert said in script and claims not in script and "95" not in script


def test_images_held_out_to_calibrate_on_need_no_line_of_their_own() -> None:
    data = {"source": "mnist", "train_images": 58_000, "calibration_images": 2_000}
    assert "chosen" not in write_script("tutorial", Card(recipe={"name": "tutorial"}, data=data))


def test_weights_that_learnt_more_than_mnist_say_so() -> None:
    card = Card(recipe={"name": "sketch"}, figures={"test_accuracy": 0.98})
    script = write_script("sketch", card)
    assert "train.py --recipe sketch" in script
    assert "98.0 %" not in script
