"""Run a generator on a borrowed GPU where the page is on Hugging Face's ZeroGPU hardware; else as it is.

There, the package `spaces` runs what `spaces.GPU` decorates in another process. So a decorated function
yields all that it made, on the CPU, and changes nothing outside itself. A visitor whose share of the GPU
is used up gets the CPU instead: for so small a network it is as good. Everywhere else `on_gpu` changes
nothing. Next: digits/runs.py, the one function that uses it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import ParamSpec, TypeVar

LONGEST = 120  # s: the most that one training asks ZeroGPU for

_is_borrowed = False  # true in the process that ZeroGPU runs a decorated function in

Item = TypeVar("Item")

Given = ParamSpec("Given")

Generator = Callable[Given, Iterator[Item]]


def has_zero_gpu() -> bool:
    """Whether this is a Space on ZeroGPU hardware."""
    return bool(os.environ.get("SPACES_ZERO_GPU")) and find_spec("spaces") is not None


def borrowed_device() -> str:
    """Where a decorated function computes: "cuda" while it has a borrowed GPU, else "cpu"."""
    import torch

    # Outside that process torch says that it has a GPU, too, and fails when it is used.
    return "cuda" if _is_borrowed and torch.cuda.is_available() else "cpu"


def on_gpu(
    seconds: Callable[Given, float],
) -> Callable[[Generator[Given, Item]], Generator[Given, Item]]:
    """Decorator: a generator run on the GPU where there is one to borrow.

    `seconds` takes the same arguments and says how long it will take at most: who asks for less waits less
    and uses up less of a visitor's daily share. When the GPU is taken back in the middle, the generator
    simply ends early.
    """

    def decorate(function: Generator[Given, Item]) -> Generator[Given, Item]:
        if not has_zero_gpu():
            return function
        import gradio
        import spaces

        def duration(*given: Given.args, **named: Given.kwargs) -> int:
            return round(min(LONGEST, seconds(*given, **named)))

        @spaces.GPU(duration=duration)
        def borrow(*given: Given.args, **named: Given.kwargs) -> Iterator[Item]:
            global _is_borrowed
            _is_borrowed = True
            yield from function(*given, **named)

        @functools.wraps(function)
        def run(*given: Given.args, **named: Given.kwargs) -> Iterator[Item]:
            yielded = False
            try:
                # Closed with the generator around it, so that the GPU is given back at once.
                with contextlib.closing(borrow(*given, **named)) as items:
                    for item in items:
                        yielded = True
                        yield item
            except gradio.Error as error:
                print(f"no borrowed GPU: {error}", file=sys.stderr)
                if not yielded:
                    yield from function(*given, **named)

        return run

    return decorate
