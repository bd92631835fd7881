"""What the tests of trainings share: the digits that a new network is calibrated on."""

from __future__ import annotations

import pytest

from digits.data.dataset import LabelledImages
from digits.network.backends import Backend
from digits.network.metadata import Calibration
from digits.server import finished_runs
from digits.server.finished_runs import calibration_of


@pytest.fixture
def calibrated_on(monkeypatch: pytest.MonkeyPatch) -> list[LabelledImages]:
    """The images and labels that each network of the test was calibrated on, in turn."""
    seen: list[LabelledImages] = []

    def calibrate(network: Backend, unseen: LabelledImages) -> Calibration:
        seen.append(unseen)
        return calibration_of(network, unseen)

    monkeypatch.setattr(finished_runs, "calibration_of", calibrate)
    return seen
