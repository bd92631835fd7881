"""MNIST: find it, download it, check it, or fall back on the 5,000 real digits that come with the code.

`load_digits()` looks in this order: the folder it is given or the one that MNIST_DIR names; `data/`
in this checkout; a download into it; the 5,000 digits, which need no network. A folder is read as people
have it: the four files packed (.gz) or not, named as torchvision names them or as MNIST's own site did, each
in a folder of its own or not. Whatever is found is checked before anybody trains on it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

import numpy as np

from digits.atomic_files import reason_of
from digits.data.bundled import read_bundled
from digits.data.dataset import MNIST_IMAGES, Digits
from digits.errors import DataError

DATA_DIR = Path(__file__).resolve().parents[2] / "data"
RAW = Path("MNIST", "raw")  # where torchvision puts the four files
DOWNLOAD_TIMEOUT = 20.0  # seconds without a byte before a mirror counts as failed
# What fetching and unpacking raise where a connection breaks or what came is damaged.
DOWNLOAD_FAULTS = (OSError, EOFError, zlib.error, HTTPException, ValueError)
# Each holds the four files, packed; the second is asked when the first does not answer.
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
BUNDLED_TEST_PER_CLASS = 100  # of the bundled 500 a class; the other 400 are to train on

# name -> (images in it, SHA-256 of the whole file). Measured on the files that torchvision unpacks
# from archives whose MD5 sums it checks.
FILES = {
    "train-images-idx3-ubyte": (
        MNIST_IMAGES,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte": (
        MNIST_IMAGES,
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
    asked = data or folder_of_environment()
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


def folder_of_environment() -> Path | None:
    """The folder that MNIST_DIR names; None where it names none."""
    named = os.environ.get("MNIST_DIR")
    return Path(named) if named else None


def is_there(folder: Path) -> bool:
    """Whether all four MNIST files are in `folder`."""
    return all(_find_file(folder, name) for name in FILES)


def read_mnist(folder: Path) -> Digits:
    """Read and check MNIST from a folder; DataError names what is wrong."""
    train_images, train_labels = _read_part(folder, "train")
    test_images, test_labels = _read_part(folder, "t10k")
    whole = len(train_images) == MNIST_IMAGES and len(test_images) == 10_000
    counts = f"{len(train_images):,} images to train on, {len(test_images):,} to test with"
    return Digits(
        train_images,
        train_labels,
        test_images,
        test_labels,
        source="mnist" if whole else "own",
        note=f"{'MNIST' if whole else 'Digits'} from {folder}: {counts}",
    )


def _find_file(folder: Path, name: str) -> Path | None:
    """The file of that name, in whichever way people keep it; None if there is none."""
    return next((path for path in _places(folder, name) if path.is_file()), None)


def _places(folder: Path, name: str) -> Iterator[Path]:
    """Where a file may be, the most usual first: in torchvision's folder, in this one, in one of its own.

    Some unpackers make a folder of the file's name, and MNIST's site wrote a dot: train-images.idx3-ubyte.
    """
    dotted = name.replace("-idx", ".idx")
    for raw in (folder / RAW, folder / "raw", folder):
        for spelling in (name, dotted):
            for at in (raw / spelling, raw / spelling / name, raw / spelling / dotted):
                yield at
                yield at.with_name(f"{at.name}.gz")


def _existing_file(folder: Path, name: str) -> Path:
    path = _find_file(folder, name)
    if path is not None:
        return path
    if any(_find_file(folder, other) for other in FILES):
        raise DataError("mnist_part_missing", file=name, path=folder)
    raise DataError("mnist_missing", path=folder)


def _read_part(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    names = (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte")
    images_path, labels_path = (_existing_file(folder, name) for name in names)
    images = _read_idx(images_path, names[0], 3)
    labels = _read_idx(labels_path, names[1], 1)
    if images.shape[1:] != (28, 28):
        raise DataError("mnist_shape", path=images_path, shape=str(images.shape[1:]))
    if len(images) != len(labels):
        raise DataError("mnist_lengths", path=labels_path, labels=len(labels), images=len(images))
    if not len(labels) or labels.max() > 9:
        raise DataError("mnist_labels", path=labels_path)
    return images, labels


def _read_idx(path: Path, name: str, dimensions: int) -> np.ndarray:
    """One IDX file: two zero bytes, type 8 (uint8), rank, the sizes as big-endian int32, the data."""
    content = _read_packed(path) if path.suffix == ".gz" else _map(path)
    header = 4 + 4 * dimensions
    if len(content) < header or content[:4].tolist() != [0, 0, 8, dimensions]:
        raise DataError("mnist_format", path=path)
    shape = tuple(int(size) for size in content[4:header].view(">i4"))
    if len(content) != header + int(np.prod(shape)):
        raise DataError("mnist_cut", path=path, count=len(content))
    # Fewer or more images than MNIST has are somebody's own digits: nothing to compare with.
    expected_count, expected = FILES[name]
    if shape[0] == expected_count and hashlib.sha256(content.data).hexdigest() != expected:
        raise DataError("mnist_checksum", path=path)
    return content[header:].reshape(shape)


def _map(path: Path) -> np.ndarray:
    """A file's bytes, mapped, not read: no second copy in memory, and "c" because torch wants to write."""
    try:
        return np.asarray(np.memmap(path, np.uint8, "c"))
    except OSError as error:
        raise DataError("mnist_unreadable", path=path, reason=reason_of(error)) from error
    except ValueError:
        return np.empty(0, np.uint8)  # an empty file cannot be mapped


def _read_packed(path: Path) -> np.ndarray:
    """The bytes of a packed file, as an array that may be written to."""
    try:
        return np.frombuffer(bytearray(gzip.decompress(path.read_bytes())), np.uint8)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("mnist_unreadable", path=path, reason=reason_of(error)) from error


def download_mnist(folder: Path) -> None:
    """Download what of MNIST is missing in `folder`: files appear there whole and checked, or not at all.

    Nothing that lies there is touched. DataError where one of the four is not MNIST's own.
    """
    missing = _missing_files(folder)
    problem = ""
    for mirror in MIRRORS:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as unfinished:
                for name in missing:
                    Path(unfinished, name).write_bytes(_fetch(mirror, name))
                (folder / RAW).mkdir(parents=True, exist_ok=True)
                for name in missing:
                    Path(unfinished, name).replace(folder / RAW / name)
            return
        except DOWNLOAD_FAULTS as error:
            problem = problem or _first_line(error)
    raise DataError("mnist_download", reason=problem)


def _missing_files(folder: Path) -> list[str]:
    """Which of the four are not there; DataError where one that is would not go with the downloaded ones."""
    found = [(name, _find_file(folder, name)) for name in FILES]
    missing = [name for name, path in found if path is None]
    for name, path in found:
        count = FILES[name][0]
        if path and len(_read_idx(path, name, 3 if "idx3" in name else 1)) != count:
            raise DataError("mnist_part_missing", file=missing[0], path=folder)
    return missing


def _fetch(mirror: str, name: str) -> bytes:
    """One file from a mirror, unpacked; ValueError unless it is MNIST's to the last bit."""
    # The timeout is this connection's own: a default for all of Python would be every thread's.
    with urlopen(f"{mirror}{name}.gz", timeout=DOWNLOAD_TIMEOUT) as answer:
        content = gzip.decompress(answer.read())
    if hashlib.sha256(content).hexdigest() != FILES[name][1]:
        raise ValueError(f"{name} from {mirror} is not MNIST's")
    return content


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def bundled_digits(reason: str) -> Digits:
    """The 5,000 MNIST digits of digits/data/bundled.py, 4,000 to train and 1,000 to test, 100 a class.

    Mixed, as MNIST is: whoever looks at the first thousand sees all ten digits.
    """
    images, labels = read_bundled()
    is_test = np.zeros(len(labels), bool)
    for digit in range(10):
        is_test[np.flatnonzero(labels == digit)[-BUNDLED_TEST_PER_CLASS:]] = True
    mixed = np.random.default_rng(0)
    train, test = (mixed.permutation(np.flatnonzero(part)) for part in (~is_test, is_test))
    return Digits(
        images[train],
        labels[train],
        images[test],
        labels[test],
        source="bundled",
        note=f"{reason}, so these are the 5,000 bundled MNIST digits: 4,000 to train on, 1,000 to test with",
    )
