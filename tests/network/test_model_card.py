"""The command that writes weights/README.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from digits.network import model_card


@pytest.mark.parametrize(("flag", "status"), [("--help", 0), ("--unknown", 2)])
def test_a_flag_writes_nothing(
    flag: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_card, "CARD", tmp_path / "README.md")
    with pytest.raises(SystemExit) as left:
        model_card.main([flag])
    assert left.value.code == status
    assert not model_card.CARD.exists()


def test_without_flags_it_writes_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_card, "CARD", tmp_path / "README.md")
    assert model_card.main([]) == 0
    assert model_card.CARD.read_text(encoding="utf-8").startswith("---\nlicense: mit")
