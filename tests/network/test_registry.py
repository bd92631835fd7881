"""The networks that a page offers, by the files in its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digits.errors import WeightsError
from digits.network.checkpoint import WEIGHTS_DIR
from digits.network.registry import Choice, Networks, list_weights


@pytest.mark.parametrize("name", ["yours", "yours-better"])
def test_weights_that_are_called_as_a_visitors_network_are_not_offered(
    name: str, tmp_path: Path
) -> None:
    """A question for them would be taken for one about the visitor's own."""
    for stem in (name, "tutorial"):
        for suffix in (".pt", ".json"):
            shutil.copy(WEIGHTS_DIR / f"tutorial{suffix}", tmp_path / f"{stem}{suffix}")
    assert list(list_weights(tmp_path)) == ["tutorial"]
    with pytest.raises(WeightsError, match="another name"):
        Networks(Choice(str(tmp_path / f"{name}.pt")))
