"""What keeps the page light and training quick, without a clock: what is loaded, what is left behind.

The figures themselves are measured by benchmarks/.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from digits.data.dataset import Digits
from digits.network.registry import Choice, Networks
from digits.server.reader import Reader
from digits.server.sessions import Sessions
from tests.support.files import REPO, write_mnist

DRAWING = {"drawing": {"strokes": [[[0.3, 0.25], [0.7, 0.24], [0.45, 0.8]]]}, "language": "en"}


def loaded_after(code: str) -> set[str]:
    """Names of all modules that a fresh Python has loaded after running `code`."""
    told = "import sys; print('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}"], cwd=REPO, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_the_page_is_shown_and_answers_without_torch() -> None:
    loaded = loaded_after("from digits.page.app import create_app; create_app()")  # it warms up
    assert {"gradio", "onnxruntime"} <= loaded
    assert not {"torch", "torchvision", "onnx", "sklearn", "matplotlib.pyplot"} & loaded


def test_training_loads_neither_torchs_compiler_nor_torchvision_nor_matplotlib(
    few: Digits, tmp_path: Path
) -> None:
    """Each would take about as long as the quickest training itself."""
    folder, out = write_mnist(tmp_path / "few", few), tmp_path / "weights.pt"
    flags = ["--epochs", "1", "--data", str(folder), "--out", str(out)]
    loaded = loaded_after(f"import train; assert train.main({flags!r}) == 0")
    assert "torch" in loaded
    assert not {"torch._dynamo", "torchvision", "matplotlib", "gradio"} & loaded


def test_answering_leaves_no_files_and_no_memory_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reader = Reader(Networks(Choice("tutorial", "onnx", "cpu")), Sessions())

    def answer(times: int) -> int:
        for _ in range(times):
            assert reader.read(DRAWING)["label"] == 7
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = answer(50)
        after = answer(500)
    finally:
        tracemalloc.stop()
    assert after - before < 50_000  # 100 bytes an answer: not even its image is kept
    assert not list(tmp_path.iterdir())
