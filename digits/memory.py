"""Give memory that is no longer needed back to the system, at once.

A training takes and drops a few dozen MB of arrays again and again. glibc, Linux's C library, keeps what
was dropped for the next time, for every thread apart, so a page that many visitors train on would hold
the largest sum of all of it for as long as it runs. Next: digits/train_room.py, which asks for this.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Return the memory that nothing uses to the system; does nothing where the C library cannot."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
