"""Digits in files: small folders in MNIST's layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digits.data.dataset import Digits
from digits.data.mnist import RAW


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
