"""Load large packages without looking for garbage meanwhile, and leave without taking them apart.

torch and gradio make a million objects while they load, and nearly all of them stay. Python counts
objects and looks through all of them for garbage again and again, and once more at the end: a quarter
of the seconds that loading torch takes. What is loaded here is set aside for good (`gc.freeze`).
A command that is done leaves at once (`leave`): Python would first undo all of it, for a fifth of a second.
Next: train.py and app.py, which load so.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn


@contextmanager
def no_garbage() -> Iterator[None]:
    """No search for garbage inside this block, nor ever again among what it leaves behind."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def leave(status: int) -> NoReturn:
    """End this process now, for a command whose files are written and closed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


M_ARENA_MAX = -8  # glibc's number for "how many heaps at most", from its malloc.h
HEAPS = 2


def share_heaps() -> None:
    """Let all threads share two heaps, not eight a core; for the start, before there are threads."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Return the memory that nothing uses to the system; does nothing where the C library cannot."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def name_missing(error: ModuleNotFoundError) -> str:
    """The sentence for an import that failed; a missing module of our own is a bug and raised again."""
    package = (error.name or "a package").split(".")[0]
    if package == "digits":
        raise error
    return (
        f"{package} is not installed for {sys.executable}. Install what is needed with: "
        f"{sys.executable} -m pip install -r requirements.txt"
    )
