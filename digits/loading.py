"""Load large packages without looking for garbage meanwhile, and leave without taking them apart.

torch and gradio make a million objects while they load, and nearly all of them stay. Python counts
objects and looks through all of them for garbage again and again, and once more at the end: a quarter
of the seconds that loading torch takes. What is loaded here is set aside for good (`gc.freeze`).
A command that is done leaves at once (`leave`): Python would first undo all of it, for a fifth of a second.
Next: train.py and app.py, which load so.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
