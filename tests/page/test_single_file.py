"""The page as one file: small, whole, and nothing of it is fetched."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import export
from digits.network.backends import load_backend
from digits.page.single_file import TABS, needed_texts, write_page
from digits.page.texts import TEXTS

MOST = 500_000  # bytes


@pytest.fixture(scope="module")
def page() -> str:
    return write_page(load_backend("sketch"))


def test_it_is_small_and_asks_for_nothing(page: str) -> None:
    assert len(page.encode()) <= MOST
    assert not re.findall(r'(?:src|href)="[^"#]', page)
    assert "default-src 'none'" in page and page.count("</script>") == 3


def test_its_script_is_one_module_that_node_can_parse(page: str, node: str, tmp_path: Path) -> None:
    script = re.search(r'<script type="module">(.*)</script>', page, re.DOTALL)
    assert script
    (tmp_path / "page.mjs").write_text(script[1], encoding="utf-8")
    subprocess.run([node, "--check", tmp_path / "page.mjs"], check=True)


def test_only_the_texts_that_it_uses_are_in_it() -> None:
    texts = needed_texts(["text('sure')", "text(`sample_${name}`)", *TABS])
    assert texts["en"]["sure"] == TEXTS["en"]["sure"]
    assert "sample_no_digit" in texts["zh"] and "tab_see" in texts["zh"]
    assert "train_go" not in texts["en"]


def test_export_writes_it_beside_the_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Path(__file__).resolve().parents[2] / "weights" / "tutorial.onnx"
    (tmp_path / "mine.onnx").write_bytes(source.read_bytes())
    assert export.main(["--page", str(tmp_path / "mine.onnx")]) == 0
    assert str(tmp_path / "mine.html") in capsys.readouterr().out
    assert "Digit playground" in (tmp_path / "mine.html").read_text(encoding="utf-8")


def test_export_names_weights_that_are_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export.main(["--page", str(tmp_path / "none.pt")]) == 1
    assert "none" in capsys.readouterr().err
