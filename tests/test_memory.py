"""Loading without a search for garbage, and memory that goes back to the system."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from digits.process import no_garbage
from tests.support.files import REPO


def test_garbage_is_looked_for_again_after_loading() -> None:
    with no_garbage():
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() > 0
    with pytest.raises(ModuleNotFoundError), no_garbage():
        raise ModuleNotFoundError
    assert gc.isenabled()
    gc.unfreeze()


# In a process of its own: what other tests left in this one's heap would count, too.
HOLD_AND_DROP = """
import os
from pathlib import Path
from digits.process import give_back, share_heaps

def resident():  # megabytes that this process holds
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

share_heaps()
before = resident()
blocks = [bytes(60_000) for _ in range(3000)]
last = blocks[-1]
del blocks
held = resident()
give_back()
assert held - before > 100, "the C library gave it back by itself"
assert held - resident() > 100
assert len(last) == 60_000
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries do as they do")
def test_memory_goes_back_although_something_later_is_still_used() -> None:
    command = [sys.executable, "-c", HOLD_AND_DROP]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
