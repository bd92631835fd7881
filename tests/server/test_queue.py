"""Everybody's place, and about how long it takes."""

from __future__ import annotations

from contextlib import ExitStack

from digits.server.queue import WaitingQueue
from tests.support.loops import complete


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_first_come_first_served() -> None:
    queue = WaitingQueue(seats=1)
    with ExitStack() as stack:
        first, second, third = (stack.enter_context(queue.ticket()) for _ in range(3))
        assert [queue.place(ticket) for ticket in (first, second, third)] == [0, 1, 2]
        assert queue.waiting == 2
    assert queue.waiting == 0


def test_the_wait_is_told_from_what_the_latest_turns_took() -> None:
    clock = Clock()
    queue = WaitingQueue(seats=1, clock=clock)
    for seconds in (10, 20):
        with queue.ticket():
            clock.now += seconds
    with ExitStack() as stack:
        _, second, third = (stack.enter_context(queue.ticket()) for _ in range(3))
        assert queue.seconds(second) == 15 and queue.seconds(third) == 30
        clock.now += 5
        assert queue.seconds(second) == 10 and queue.seconds(third) == 25
        clock.now += 60  # far longer than usual: any moment now
        assert queue.seconds(second) == 0


def test_what_turns_took_counts_more_than_what_a_turn_says_of_itself() -> None:
    clock = Clock()
    queue = WaitingQueue(seats=1, clock=clock)
    with queue.ticket():
        clock.now += 10
    with ExitStack() as stack:
        seated, _, third = (stack.enter_context(queue.ticket()) for _ in range(3))
        seated.left = 100.0  # an unusually long one
        assert queue.seconds(third) == 100 + 10


def test_who_trains_says_how_long_it_still_takes() -> None:
    clock = Clock()
    queue = WaitingQueue(seats=2, clock=clock)
    with ExitStack() as stack:
        tickets = [stack.enter_context(queue.ticket()) for _ in range(4)]
        assert queue.seconds(tickets[2]) is None  # nothing tells yet
        clock.now += 10
        tickets[0].left, tickets[1].left = 30.0, 10.0  # 40 and 20 in all: 30 on average
        assert queue.seconds(tickets[2]) == 10
        assert (
            queue.seconds(tickets[3]) == 30
        )  # the first seat is free before the third one's turn ends


def test_waiting_ends_with_ones_turn() -> None:
    async def wait() -> list[int]:
        queue = WaitingQueue(seats=1)
        with ExitStack() as stack:
            ahead = stack.enter_context(ExitStack())
            ahead.enter_context(queue.ticket())
            ticket, places = stack.enter_context(queue.ticket()), []
            async for place in queue.wait(ticket):
                places.append(place)
                ahead.close()
            return places

    assert complete(wait()) == [1]
