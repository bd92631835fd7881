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
SEVEN = [[[0.3, 0.25], [0.7, 0.24], [0.45, 0.8]]]


@dataclass(frozen=True)
class Start:
    """One start: seconds to the first page, megabytes then, whether torch was loaded, ms by prediction."""

    seconds: float
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
    memory, torch = server.memory(), server.has_loaded("libtorch")
    return Start(server.seconds, memory, torch, time_predictions(server) if predict else [])


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
        seconds = [start.seconds for start in starts]
        memory = [start.memory for start in starts]
        loaded = "yes" if any(start.torch for start in starts) else "no"
        rows.append(
            [
                name,
                f"{statistics.median(seconds):.2f} s",
                f"{statistics.median(memory):.0f} MB",
                loaded,
            ]
        )
    slower = 1 / median_ratio([s.seconds for s in bare], [s.seconds for s in ours])
    larger = 1 / median_ratio([s.memory for s in bare], [s.memory for s in ours])
    rows.append(["ratio", f"{slower:.2f}", f"{larger:.2f}", ""])
    print(table(["start", "first page", "memory then", "torch loaded"], rows), end="\n\n")


def print_predictions(starts: list[Start]) -> None:
    """The first prediction of a server beside the hundredth."""
    rows = []
    for number in (1, 2, 10, PREDICTIONS):
        times = [start.predictions[number - 1] for start in starts]
        rows.append([str(number), f"{statistics.median(times):.1f} ms", f"{max(times):.1f} ms"])
    print(table(["prediction", "median of the starts", "slowest"], rows))


if __name__ == "__main__":
    main()
