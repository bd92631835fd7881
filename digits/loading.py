"""Load large packages without looking for garbage meanwhile.

torch and gradio make a million objects while they load, and nearly all of them stay. Python counts
objects and looks through all of them for garbage again and again, and once more at the end: a quarter
of the seconds that loading torch takes. What is loaded here is set aside for good (`gc.freeze`).
Next: train.py and app.py, which load so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage() -> Iterator[None]:
    """No search for garbage inside this block, nor ever again among what it leaves behind."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
