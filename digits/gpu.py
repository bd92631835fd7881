"""Run a function on a borrowed GPU where the page is on Hugging Face's ZeroGPU hardware; else as it is.

There, the package `spaces` runs what `spaces.GPU` decorates in another process. So a decorated function
returns or yields all that it made, on the CPU, and changes nothing outside itself. Everywhere else
`on_gpu` changes nothing. Next: digits/runs.py, the one function that uses it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar

SECONDS = 120  # the longest that ZeroGPU lends its GPU for one training

Function = TypeVar("Function", bound=Callable[..., Any])


def has_zero_gpu() -> bool:
    """Whether this is a Space on ZeroGPU hardware."""
    return bool(os.environ.get("SPACES_ZERO_GPU")) and find_spec("spaces") is not None


def on_gpu(function: Function) -> Function:
    """Decorator: `function`, run on the GPU where there is one to borrow."""
    if not has_zero_gpu():
        return function
    import spaces

    return spaces.GPU(duration=SECONDS)(function)
