"""Files that are never half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from digits.errors import WeightsError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old content or all of the new; WeightsError if it fails."""
    with open_atomically(path) as file:
        file.write(content)


@contextmanager
def open_atomically(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` when the `with` ends well; WeightsError if it fails."""
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        unfinished = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o644)  # mkstemp's files are for their owner alone
        unfinished.replace(path)
    except OSError as error:
        raise WeightsError("write_failed", path=path, reason=reason_of(error)) from error
    finally:  # after Ctrl-C, too
        if unfinished:
            unfinished.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """WeightsError now where write_atomically would fail later, after minutes of work. Leaves no trace."""
    if path.is_dir():
        raise WeightsError("out_folder", path=path)
    folder = next((parent for parent in path.absolute().parents if parent.exists()), None)
    if folder is None:  # on Windows a drive may not be there
        raise WeightsError("write_failed", path=path, reason="there is no such drive")
    if not folder.is_dir():
        raise WeightsError("out_below_file", path=path, parent=folder)
    try:
        with tempfile.TemporaryFile(prefix=f".{path.name}.", suffix=".part", dir=folder):
            pass
    except OSError as error:
        raise WeightsError("write_failed", path=path, reason=reason_of(error)) from error


def reason_of(error: Exception) -> str:
    """What the system says of an error, without its number and path."""
    return getattr(error, "strerror", None) or str(error)
