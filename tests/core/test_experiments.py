"""Each experiment of the Learn room shows what it promises, from several seeds, on real digits."""

from __future__ import annotations

import gzip
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from digits.data.dataset import Digits
from digits.server.browser_digits import pack_digits
from tests.core.bridge import find_node

SEEDS = ("1", "2", "3")


@pytest.fixture(scope="module")
def digits_file(bundled: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digits as the browser gets them."""
    path = tmp_path_factory.mktemp("learn") / "digits.bin"
    path.write_bytes(gzip.decompress(pack_digits(bundled).content))
    return path


def do(name: str, digits_file: Path, seeds: tuple[str, ...] = SEEDS) -> list[dict[str, Any]]:
    """The experiment's ends, one for each lane, and its outcome; for every seed, all seeds at once."""
    script = Path(__file__).with_name("experiments.mjs")
    command = [find_node(), str(script), str(digits_file), name]

    def from_seed(seed: str) -> dict[str, Any]:
        done = subprocess.run([*command, seed], capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout))

    with ThreadPoolExecutor() as threads:
        return list(threads.map(from_seed, seeds))


def accuracy(end: dict[str, Any], part: str = "test") -> float:
    return float(end[part]["accuracy"])


def test_a_hundred_digits_are_learnt_by_heart(digits_file: Path) -> None:
    for found in do("heart", digits_file):
        (end,) = found["ends"]
        assert found["outcome"] == "gap"
        assert found["seen"] == [42 * 100 + 6 * 15]  # an epoch's seventh batch has ten
        assert accuracy(end, "train") == 1.0
        assert 0.5 < accuracy(end) < 0.85


def test_shuffled_labels_are_learnt_and_mean_nothing(digits_file: Path) -> None:
    for found in do("shuffled", digits_file):
        (end,) = found["ends"]
        assert found["outcome"] == "gap"
        assert accuracy(end, "train") > 0.95
        assert accuracy(end) < 0.25


def test_learning_rate_1_learns_nothing_and_kills_nodes(digits_file: Path) -> None:
    for found in do("rate", digits_file):
        usual, large = found["ends"]
        assert found["outcome"] == "nothing"
        assert accuracy(usual) > 0.7
        assert accuracy(large) < 0.3
        assert large["dead"] > 0.8 * large["nodes"] > usual["dead"]


def test_without_activation_it_stays_behind(digits_file: Path) -> None:
    found = do("linear", digits_file)
    behind = [accuracy(one["ends"][0]) - accuracy(one["ends"][1]) for one in found]
    assert all(accuracy(one["ends"][1]) > 0.8 for one in found)
    assert sum(behind) / len(behind) > 0.01
    assert [one["outcome"] for one in found].count("behind") >= 2


def test_eight_nodes_get_surprisingly_far_but_stay_behind(digits_file: Path) -> None:
    for found in do("eight", digits_file):
        large, small = found["ends"]
        assert found["outcome"] == "behind"
        assert 0.6 < accuracy(small) < accuracy(large)


def test_many_hasty_steps_beat_few_careful_ones(digits_file: Path) -> None:
    for found in do("batch", digits_file):
        one, many = found["ends"]
        assert found["outcome"] == "one"
        assert accuracy(one) > accuracy(many) + 0.1
