"""What train.py does after the learning: calibrated on what was held out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits.data.dataset import Digits
from digits.training import fit_and_save
from digits.training.fit_and_save import FitSettings, calibrate_on
from digits.training.loop import EpochReport
from digits.training.recipes import RECIPES


def test_the_network_is_calibrated_on_digits_that_it_has_not_learnt_from(
    few: Digits, few_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[np.ndarray] = []
    held: list[np.ndarray] = []

    def learn(model: Any, digits: Digits, *_: Any) -> Iterator[EpochReport]:
        learnt.extend(digits.train_images)
        yield EpochReport(1, 1, 1.0, 0.1, 1.0)

    def calibrate(model: Any, shown: Any, *given: Any) -> Any:
        held.extend(shown[0])
        return calibrate_on(model, shown, *given)

    monkeypatch.setattr(fit_and_save, "calibrate_on", calibrate)
    settings = FitSettings(RECIPES["tutorial"], tmp_path / "mine.pt", seed=0, data=few_folder)
    card = fit_and_save.fit_and_save(settings, learn)
    assert len(held) == card.data["calibration_images"] > 0
    assert not {one.tobytes() for one in learnt} & {one.tobytes() for one in held}
    assert len(learnt) + len(held) == len(few.train_labels)
