"""Threads for long work, which leave the event loop free."""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, TypeVar

Item = TypeVar("Item")

Result = TypeVar("Result")


def make_workers(count: int) -> ThreadPoolExecutor:
    """Threads for long work, which step back whenever somebody who draws needs the processor."""
    return ThreadPoolExecutor(count, "training", initializer=_step_back)


def _step_back() -> None:
    # Linux alone gives each thread a priority of its own; elsewhere the number would be a process's.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


async def in_thread(workers: Executor, function: Callable[..., Result], *values: Any) -> Result:
    """What `function` gives for `values`, computed by one of `workers` while the page goes on.

    asyncio's own threads would do, but there are more of them, and each keeps the memory that its
    largest piece of work took.
    """
    return await asyncio.get_running_loop().run_in_executor(workers, function, *values)


async def in_threads(items: Iterator[Item], workers: Executor) -> AsyncIterator[Item]:
    """What a plain generator yields, each computed by one of `workers` while the page goes on.

    Whoever listens may go away in the middle of a step: that step is waited for before the generator
    is closed, for no thread can be interrupted.
    """
    end: Any = object()
    step: asyncio.Future[Any] | None = None
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()

    def advance() -> Any:
        return context.run(next, items, end)

    try:
        while True:
            step = loop.run_in_executor(workers, advance)
            item = await asyncio.shield(step)
            if item is end:
                return
            yield item
    finally:
        if step and not step.done():
            await asyncio.wait([step])
        close = getattr(items, "close", None)
        if close:
            await loop.run_in_executor(workers, close)
