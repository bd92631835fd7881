"""Load large packages without looking for garbage meanwhile, and leave without taking them apart.

torch and gradio make a million objects while they load, and nearly all of them stay. Python counts
objects and looks through all of them for garbage again and again, and once more at the end: a quarter
of the seconds that loading torch takes. What is loaded here is set aside for good (`gc.freeze`).
A command that is done leaves at once (`leave`): Python would first undo all of it, for a fifth of a second.
`run_command` is how all commands end: one line for whatever a user can cause, never a traceback.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import NoReturn

from digits.errors import DigitsError


@contextmanager
def no_garbage() -> Iterator[None]:
    """No search for garbage inside this block, nor ever again among what it leaves behind."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def leave(status: int) -> NoReturn:
    """End this process now, for a command whose files are written and closed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


PIPE_CLOSED = 141  # the status of a command that wrote to one who had left, as of `... | head`
STOPPED = 130  # and of one that was ended with Ctrl-C


def run_command(work: Callable[[], object], stopped: str = "stopped") -> int:
    """Do a command's work; returns its exit status. What a user can cause is one line on stderr.

    `stopped` is what to say after Ctrl-C.
    """
    write_whatever_comes()
    try:
        work()
        sys.stdout.flush()
    except DigitsError as error:
        return _end(f"error: {error}")
    except ModuleNotFoundError as error:
        return _end(f"error: {name_missing(error)}")
    except KeyboardInterrupt:
        return _end(f"\n{stopped}", STOPPED)
    except BrokenPipeError:
        # Nobody reads any more: what is left in the buffer goes nowhere, so that Python is silent, too.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:  # a path that is too long, a folder that may not be looked into
        where = f": {error.filename}" if error.filename else ""
        return _end(f"error: {error.strerror or error}{where}")
    return 0


def _end(sentence: str, status: int = 1) -> int:
    print(sentence, file=sys.stderr)
    return status


def write_whatever_comes() -> None:
    """Let prints never fail over a letter that the console, or the file it is sent to, cannot hold.

    Such letters come out as \\u6570. Lines come out as they end, into files and pipes, too.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", line_buffering=True)


def keep_to_one_thread() -> None:
    """Let torch compute with one thread in this process: for a server, where many share the cores.

    So small a network gains little from more, and two threads wait for each other where cores are busy.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # for a torch that is yet to be loaded
    torch = sys.modules.get("torch")  # None where it is kept from being loaded
    if torch is not None:
        torch.set_num_threads(1)


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


def name_missing(error: ModuleNotFoundError) -> str:
    """The sentence for an import that failed; a missing module of our own is a bug and raised again."""
    package = (error.name or "a package").split(".")[0]
    if package == "digits":
        raise error
    return (
        f"{package} is not installed for {sys.executable}. Install what is needed with: "
        f"{sys.executable} -m pip install -r requirements.txt"
    )
