"""Who may train now and who waits: first come, first served, with everybody's place and about how long.

Gradio's own queue would do, but shows the place in its own words only. Used from one event loop; no
thread waits, so forty waiting visitors cost nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

LOOK_EVERY = 0.2  # seconds between two looks at the place
REMEMBERED = 8  # turns whose length says how long the next will take


@dataclass(eq=False)
class Ticket:
    """Somebody's place; whoever has a seat may say in `left` how many seconds are left."""

    began: float | None = None  # when it got its seat
    left: float | None = None


class WaitingQueue:
    """A queue in front of a number of seats."""

    def __init__(self, seats: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seats = seats
        self._clock = clock
        self._tickets: list[Ticket] = []  # those seated, then those waiting
        self._lengths: deque[float] = deque(maxlen=REMEMBERED)  # seconds of the latest turns

    @contextlib.contextmanager
    def ticket(self) -> Iterator[Ticket]:
        """Stand in the queue for as long as the `with` lasts."""
        ticket = Ticket()
        self._tickets.append(ticket)
        self._seat()
        try:
            yield ticket
        finally:
            self._tickets.remove(ticket)
            if ticket.began is not None:
                self._lengths.append(self._clock() - ticket.began)
            self._seat()

    def _seat(self) -> None:
        for ticket in self._tickets[: self._seats]:
            if ticket.began is None:
                ticket.began = self._clock()

    @property
    def waiting(self) -> int:
        """How many wait for a seat."""
        return max(0, len(self._tickets) - self._seats)

    def place(self, ticket: Ticket) -> int:
        """0: it is this one's turn; 1: next; and so on."""
        return max(0, self._tickets.index(ticket) + 1 - self._seats)

    def seconds(self, ticket: Ticket) -> float | None:
        """About how long it takes until it is this one's turn; None where nothing tells yet.

        Everybody ahead is taken to need as long as the latest turns did, on average.
        """
        now, seated = self._clock(), self._tickets[: self._seats]
        known = [now - (one.began or now) + one.left for one in seated if one.left is not None]
        lengths = list(self._lengths) or known
        if not lengths:
            return None
        usual = sum(lengths) / len(lengths)
        free = [
            one.left if one.left is not None else max(0.0, usual - (now - (one.began or now)))
            for one in seated
        ]
        heapq.heapify(free)
        for _ in range(self.place(ticket) - 1):
            heapq.heapreplace(free, free[0] + usual)
        return free[0] if free else 0.0

    async def wait(self, ticket: Ticket) -> AsyncIterator[int]:
        """The place, again and again, until it is this one's turn."""
        while place := self.place(ticket):
            yield place
            await asyncio.sleep(LOOK_EVERY)
