"""Files that are never half written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from digits.errors import WeightsError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old content or all of the new; WeightsError if it fails."""
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".part", dir=path.parent
        )
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).chmod(0o644)  # mkstemp's files are for their owner alone
        Path(unfinished).replace(path)
    except OSError as error:
        if unfinished:
            Path(unfinished).unlink(missing_ok=True)
        raise WeightsError("write_failed", path=path, reason=reason_of(error)) from error


def check_writable(path: Path) -> None:
    """WeightsError now where write_atomically would fail later, after minutes of work. Leaves no trace."""
    if path.is_dir():
        raise WeightsError("out_folder", path=path)
    folder = next(parent for parent in (path.absolute()).parents if parent.exists())
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
