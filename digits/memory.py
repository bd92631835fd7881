"""Keep the server small although many visitors train on it.

A training takes and drops a few dozen MB of arrays again and again. glibc, Linux's C library, keeps what
was dropped for the next time, and for every thread apart: the page would hold the largest sum of all of
it for as long as it runs (benchmarks/train_visits.py). Next: app.py and digits/train_room.py, which use it.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8  # glibc's number for "how many heaps at most", from its malloc.h
HEAPS = 2


def share_heaps() -> None:
    """Let all threads share two heaps, not eight a core; for the start, before there are threads."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Return the memory that nothing uses to the system; does nothing where the C library cannot."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
