"""Who may train now and who waits: first come, first served, with everybody's place known.

Gradio's own queue would do, but shows the place in its own words only. Used from one event loop; no
thread waits, so forty waiting visitors cost nothing. Next: digits/train_room.py.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

LOOK_EVERY = 0.2  # seconds between two looks at the place


class Line:
    """A waiting line in front of a number of seats."""

    def __init__(self, seats: int) -> None:
        self._seats = seats
        self._tickets: list[object] = []  # those seated, then those waiting

    @contextlib.contextmanager
    def ticket(self) -> Iterator[object]:
        """Stand in line for as long as the `with` lasts."""
        ticket = object()
        self._tickets.append(ticket)
        try:
            yield ticket
        finally:
            self._tickets.remove(ticket)

    def place(self, ticket: object) -> int:
        """0: it is this one's turn; 1: next; and so on."""
        return max(0, self._tickets.index(ticket) + 1 - self._seats)

    async def wait(self, ticket: object) -> AsyncIterator[int]:
        """The place, again and again, until it is this one's turn."""
        while place := self.place(ticket):
            yield place
            await asyncio.sleep(LOOK_EVERY)
