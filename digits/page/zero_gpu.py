"""Run a training on a borrowed GPU where the page is on Hugging Face's ZeroGPU hardware; else as it is.

There, the package `spaces` runs what `spaces.GPU` decorates in another process. So a decorated function
yields all that it made, on the CPU, and changes nothing outside itself. A visitor whose share of the GPU
is used up gets the CPU instead: for so small a network it is as good. Everywhere else `borrow_gpu` changes
nothing. Nothing below digits/page knows of this.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, TypeVar

from digits.network.backends import Devices, devices_of

LONGEST = 120  # s: the most that one training asks ZeroGPU for

Item = TypeVar("Item")

Generator = Callable[..., Iterator[Item]]


def has_zero_gpu() -> bool:
    """Whether this is a Space on ZeroGPU hardware."""
    return bool(os.environ.get("SPACES_ZERO_GPU")) and find_spec("spaces") is not None


def page_devices() -> Devices:
    """What the pad's networks may run on: there, torch claims a GPU that it has only while borrowing."""
    return (lambda backend: ["cpu"]) if has_zero_gpu() else devices_of


def borrowed_device() -> str:
    """Where a borrowed process computes."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def borrow_gpu(
    function: Generator[Item], seconds: Callable[..., float]
) -> Callable[..., Iterator[Item]]:
    """`function`, a generator that takes a `device`, run on the GPU where there is one to borrow.

    `seconds` takes the same arguments and says how long it will take at most: who asks for less waits less
    and uses up less of a visitor's daily share. When the GPU is taken back in the middle, the generator
    simply ends early.
    """
    if not has_zero_gpu():
        return function
    import gradio
    import spaces

    def duration(*given: Any) -> int:
        return round(min(LONGEST, seconds(*given)))

    @spaces.GPU(duration=duration)
    def borrow(*given: Any) -> Iterator[Item]:
        yield from function(*given, device=borrowed_device())

    @functools.wraps(function)
    def run(*given: Any) -> Iterator[Item]:
        yielded = False
        try:
            # Closed with the generator around it, so that the GPU is given back at once.
            with contextlib.closing(borrow(*given)) as items:
                for item in items:
                    yielded = True
                    yield item
        except gradio.Error as error:
            print(f"no borrowed GPU: {error}", file=sys.stderr)
            if not yielded:
                yield from function(*given)

    return run
