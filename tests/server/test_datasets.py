"""The digits that all visitors share: one waits for a download, not everybody's threads."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import pytest

from digits.data import mnist
from digits.data.dataset import Digits
from digits.data.mnist import bundled_digits
from digits.errors import DataError
from digits.server import datasets
from digits.server.datasets import DatasetCache
from digits.server.messages import Stock
from tests.support.loops import complete

VISITORS = 30


def test_a_class_that_waits_for_a_download_holds_one_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    digits, arrived, loads = bundled_digits("a test"), threading.Event(), []
    monkeypatch.setattr(datasets, "DATA_DIR", tmp_path)  # a checkout may have MNIST

    def load(folder: Path | None) -> Digits:
        loads.append(threading.active_count())
        assert arrived.wait(60)
        return digits

    monkeypatch.setattr(datasets, "load_digits", load)

    async def visit() -> list[Stock]:
        cache, before = DatasetCache(None), threading.active_count()
        waiting = [asyncio.create_task(cache.prepare()) for _ in range(VISITORS)]
        while not loads:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # time enough for more threads, if any began
        assert threading.active_count() - before == 1
        arrived.set()
        return await asyncio.gather(*waiting)

    stocks = complete(visit())
    assert len(loads) == 1
    assert {stock["trained"] for stock in stocks} == {len(digits.train_labels)}


def test_everybody_hears_why_there_are_no_digits(tmp_path: Path) -> None:
    async def visit() -> list[Stock | BaseException]:
        cache = DatasetCache(tmp_path / "gone")
        return await asyncio.gather(*(cache.prepare() for _ in range(3)), return_exceptions=True)

    assert all(isinstance(told, DataError) for told in complete(visit()))


def test_mnist_that_comes_later_is_used(
    monkeypatch: pytest.MonkeyPatch, few_folder: Path, tmp_path: Path
) -> None:
    """The first download fails, the next one, or somebody's hand, puts the files there."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    for module in (mnist, datasets):
        monkeypatch.setattr(module, "DATA_DIR", tmp_path / "data")
    monkeypatch.setattr(mnist, "MIRRORS", ())
    cache = DatasetCache(None)
    assert cache.get().source == "bundled"
    shutil.copytree(few_folder, tmp_path / "data")
    assert cache.get().source == "own"
    assert cache.get() is cache.get()
