"""From the command to the first page, beside the barest Gradio page there can be:

    python -m benchmarks.startup

Starts `python app.py` and benchmarks/bare_page.py in turn, each in a new process: seconds to the first
page served, memory then, whether torch is in memory, and how the first prediction compares with the
hundredth. Memory is read from /proc, so it needs Linux.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from benchmarks.conditions import busy, conditions, median_ratio, table
from benchmarks.server import Pad, Server, serve

PREDICTIONS = 100
FIELDS = ("seconds", "cpu", "memory")
SEVEN = [[[0.3, 0.25], [0.7, 0.24], [0.45, 0.8]]]


@dataclass(frozen=True)
class Start:
    """One start: what it took until the first page was served, and ms by prediction after it."""

    seconds: float  # by the clock
    cpu: float  # CPU seconds, which other programs on the machine hardly change
    memory: float
    torch: bool
    predictions: list[float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Start both in turn, print the medians."""
    parser = argparse.ArgumentParser(description="How fast the page starts.")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    print(conditions("gradio", "onnxruntime"))
    print(f"{options.rounds} starts of each, in turn, {busy()}\n")
    bare, ours = [], []
    for _ in range(options.rounds):
        with serve(["-m", "benchmarks.bare_page"]) as server:
            bare.append(measure(server, predict=False))
        with serve(["app.py"]) as server:
            ours.append(measure(server, predict=True))
    print_starts(bare, ours)
    print_predictions(ours)


def measure(server: Server, predict: bool) -> Start:
    """What a server that just served its first page is like."""
    cpu, memory, torch = server.cpu_seconds(), server.memory(), server.has_loaded("libtorch")
    predictions = time_predictions(server) if predict else []
    return Start(server.seconds, cpu, memory, torch, predictions)


def time_predictions(server: Server) -> list[float]:
    """Milliseconds of the first predictions, over one connection."""
    pad, times = Pad(server.address), []
    with httpx.Client(timeout=30) as client:
        client.get(server.address)  # the connection is not what is measured
        for _ in range(PREDICTIONS):
            began = time.perf_counter()
            pad.ask(client, SEVEN)
            times.append(1000 * (time.perf_counter() - began))
    return times


def print_starts(bare: list[Start], ours: list[Start]) -> None:
    """Both starts and their ratio."""
    rows = []
    for name, starts in {"a page with one text box": bare, "app.py": ours}.items():
        seconds, cpu, memory = (
            statistics.median(getattr(start, field) for start in starts) for field in FIELDS
        )
        loaded = "yes" if any(start.torch for start in starts) else "no"
        rows.append([name, f"{seconds:.2f} s", f"{cpu:.2f} s", f"{memory:.0f} MB", loaded])
    rows.append(["ratio", *(f"{ratio(ours, bare, field):.2f}" for field in FIELDS), ""])
    head = ["start", "first page", "CPU until then", "memory then", "torch loaded"]
    print(table(head, rows), end="\n\n")


def ratio(ours: list[Start], bare: list[Start], field: str) -> float:
    """How many times more ours takes: the median over the rounds."""
    ours_values, bare_values = ([getattr(s, field) for s in starts] for starts in (ours, bare))
    return median_ratio(ours_values, bare_values)


def print_predictions(starts: list[Start]) -> None:
    """The first prediction of a server beside the hundredth."""
    rows = []
    for number in (1, 2, 10, PREDICTIONS):
        times = [start.predictions[number - 1] for start in starts]
        rows.append([str(number), f"{statistics.median(times):.1f} ms", f"{max(times):.1f} ms"])
    print(table(["prediction", "median of the starts", "slowest"], rows))


if __name__ == "__main__":
    main()
