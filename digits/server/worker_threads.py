"""Threads for long work that leave the event loop free, and a feed that many can follow."""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")

Result = TypeVar("Result")


class Feed(Generic[Item]):
    """The latest of what a task tells; whoever follows gets it at once, then what comes, to the end.

    A follower may go away and another may come: the task does not notice. Used from one event loop.
    """

    def __init__(self, first: Item) -> None:
        self.latest = first
        self.ended = False
        self._changed = asyncio.Event()

    def tell(self, item: Item, *, end: bool = False) -> None:
        """Something new; the last one where `end`."""
        self.latest, self.ended = item, end
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def follow(self) -> AsyncIterator[Item]:
        """What there is, and then everything new; who is slow misses what was in between."""
        while True:
            changed, ended = self._changed, self.ended
            yield self.latest
            if ended:
                return
            await changed.wait()


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
