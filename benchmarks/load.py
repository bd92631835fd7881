"""A class of visitors drawing at once, against a page in a process of its own:

    python -m benchmarks.load                    20 visitors for a minute, then more until it breaks
    python -m benchmarks.load --training         the same while somebody trains on the page
    python -m benchmarks.load --flat             10,000 predictions: memory and temporary files
    python -m benchmarks.load --at-rest          visitors whose browser reads, confirmed at rest: 100 and more

Every visitor draws a digit point by point and asks 5 times a second, as the pad does: one question
under way at a time, always with all that is drawn by then. A question is due when the clock says so, and
late from then on. Every answer is compared with what the same code answers here. Everything
stays on 127.0.0.1, bounded in visitors and time; this program takes its own part of the cores.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import chain, cycle
from typing import Any

import httpx
import numpy as np

from benchmarks.conditions import busy, conditions, table
from benchmarks.server import JSON, Pad, Server, serve
from digits.augmentation.glyphs import DIGIT_FORMS, draw_form
from digits.network.registry import Choice, Networks, list_weights
from digits.server.reader import Reader
from digits.server.sessions import Sessions

UPDATES = 5  # questions a second and visitor
VISITORS = 20
LIMIT = 150.0  # ms in which 95 % of the answers must come
STEPS = (20, 30, 40, 50, 60, 80, 100, 150, 200)
FLAT = 10_000  # predictions
AT_REST = (100, 200, 300, 400, 500, 600, 800, 1000)
BURST = 3  # strokes
BETWEEN, LOOKING = 0.67, 2.0  # seconds from one stroke to the next, and of looking after a burst
GROWING = 10  # questions while one digit is drawn


@dataclass
class Tally:
    """What came of the questions: milliseconds each, and how many failed or were answered wrongly."""

    milliseconds: list[float] = field(default_factory=list)
    lost: int = 0
    wrong: int = 0

    def late_at(self, share: float) -> float:
        """The milliseconds within which that share (in percent) of the answers came."""
        return float(np.percentile(self.milliseconds or [float("inf")], share))


@dataclass(frozen=True)
class Asked:
    """A drawing as far as it got, and the answer it must have."""

    strokes: list[list[list[float]]]
    label: int | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the page and have it used."""
    parser = argparse.ArgumentParser(description="Many visitors drawing at once.")
    parser.add_argument("--seconds", type=float, default=60, help="of the first step (default: 60)")
    parser.add_argument("--more", type=float, default=10, help="seconds of every further step")
    parser.add_argument("--training", action="store_true", help="somebody trains meanwhile")
    parser.add_argument("--flat", action="store_true", help="memory over 10,000 predictions")
    parser.add_argument(
        "--at-rest", action="store_true", help="only drawings at rest are asked for"
    )
    options = parser.parse_args(arguments)
    if min(options.seconds, options.more) <= 0:
        parser.error("--seconds and --more must be above 0")
    print(conditions("gradio", "onnxruntime", "httpx"))
    with serve(["app.py"]) as server:
        if options.flat:
            watch_memory(server)
        else:
            with training(server) if options.training else nullcontext():
                raise_load(server, options.seconds, options.more, options.at_rest)


def raise_load(server: Server, first: float, more: float, at_rest: bool = False) -> None:
    """A few visitors first, then more and more until 95 % no longer come in time."""
    steps, rate = (AT_REST, BURST / (BURST * BETWEEN + LOOKING)) if at_rest else (STEPS, UPDATES)
    print(f"{rate:.2g} questions a second and visitor, load generator beside it, {busy()}\n")
    pad, drawings = Pad(server.address), grow_drawings()
    if at_rest:  # whole digits in bursts of strokes, each asked for once
        drawings = [steps_of[-BURST:] for steps_of in drawings]
    rows, verdict = [], f"at {steps[-1]} visitors still"
    for visitors in steps:
        seconds = first if visitors == VISITORS else more
        used = server.cpu_seconds()
        tally = asyncio.run(visit(pad, drawings, visitors, seconds, at_rest))
        used = (server.cpu_seconds() - used) / max(1, len(tally.milliseconds))
        rows.append([*row_of(visitors, rate, seconds, tally), f"{1000 * used:.1f} ms"])
        if tally.late_at(95) > LIMIT:
            verdict = f"at {visitors} visitors no longer"
            break
    head = ["visitors", "wanted/s", "answered/s", "median", "95 %", "99 %", "slowest"]
    print(table([*head, "lost", "wrong", "server CPU each"], rows))
    print(f"\n95 % within {LIMIT:.0f} ms {verdict}; server {server.memory():.0f} MB")


def row_of(visitors: int, rate: float, seconds: float, tally: Tally) -> list[str]:
    """One step of the load as a row of the table."""
    return [
        str(visitors),
        f"{visitors * rate:.0f}",
        f"{len(tally.milliseconds) / seconds:.0f}",
        *(f"{tally.late_at(share):.0f} ms" for share in (50, 95, 99, 100)),
        str(tally.lost),
        str(tally.wrong),
    ]


async def visit(
    pad: Pad, drawings: list[list[Asked]], visitors: int, seconds: float, at_rest: bool = False
) -> Tally:
    """So many visitors draw for so long; what came of all their questions."""
    tally, ends = Tally(), time.perf_counter() + seconds
    # A client each, as visitors have: one for all would look through all its connections for every question.
    trust = ssl.create_default_context()
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(timeout=60, verify=trust))
            for _ in range(visitors)
        ]
        await asyncio.gather(
            *(
                draw(
                    pad,
                    client,
                    drawings[number % 10 :] + drawings[: number % 10],
                    number,
                    tally,
                    ends,
                    at_rest,
                )
                for number, client in enumerate(clients)
            )
        )
    return tally


async def draw(
    pad: Pad,
    client: httpx.AsyncClient,
    drawings: list[list[Asked]],
    number: int,
    tally: Tally,
    ends: float,
    at_rest: bool,
) -> None:
    """One visitor: a digit that grows with every question, then the next digit."""
    whole = BURST * BETWEEN + LOOKING if at_rest else 1 / UPDATES
    due = time.perf_counter() + (number * 0.618) % 1 * whole  # not all in the same instant
    for turn, asked in enumerate(chain.from_iterable(cycle(drawings))):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if due >= ends:
            return
        await ask(pad, client, asked, due, tally)
        # As the pad: what was drawn meanwhile goes into the next question, not into several.
        pause = 1 / UPDATES
        if at_rest:
            pause = BETWEEN + (LOOKING if turn % BURST == BURST - 1 else 0)
        due = max(due + pause, time.perf_counter())


async def ask(pad: Pad, client: httpx.AsyncClient, asked: Asked, due: float, tally: Tally) -> None:
    """One question; its answer's lateness, counted from when it was due, goes into `tally`."""
    body = pad.question(asked.strokes)
    try:
        response = await client.post(pad.url, content=body, headers=JSON)
        response.raise_for_status()
    except httpx.HTTPError:
        tally.lost += 1
        return
    tally.milliseconds.append(1000 * (time.perf_counter() - due))
    tally.wrong += response.json().get("label") != asked.label


def grow_drawings() -> list[list[Asked]]:
    """The ten digits, each in ten steps from its first points to all of them."""
    networks = Networks(Choice(next(iter(list_weights()))))
    reader, random = Reader(networks, Sessions()), np.random.default_rng(0)
    return [
        [expect(reader, part) for part in grow(forms[0], random)] for forms in DIGIT_FORMS.values()
    ]


def grow(form: str, random: np.random.Generator) -> Iterator[list[list[list[float]]]]:
    """A digit drawn by rule, in steps: the strokes so far, of about 150 points in the end."""
    strokes = [0.25 + stroke / 20 for stroke in draw_form(form, random)]
    points = sum(map(len, strokes))
    for step in range(1, GROWING + 1):
        left, part = points * step // GROWING, []
        for stroke in strokes:
            part.append(np.repeat(stroke, 3, axis=0)[: 3 * left].round(4).tolist())
            left = max(0, left - len(stroke))
        yield [stroke for stroke in part if stroke]


def expect(reader: Reader, strokes: list[list[list[float]]]) -> Asked:
    """What this code, here, answers to a drawing."""
    answer: Mapping[str, Any] = reader.read({"drawing": {"strokes": strokes}})
    return Asked(strokes, answer.get("label"))


def watch_memory(server: Server) -> None:
    """Memory and temporary files of the server over 10,000 predictions, 20 visitors in turn."""
    pad = Pad(server.address)
    drawings = [asked for steps in grow_drawings() for asked in steps]
    rows, wrong = [], 0
    with httpx.Client(timeout=30) as client:
        for number in range(FLAT + 1):
            if number % (FLAT // 10) == 0:
                memory, files = server.memory(), server.temporary_files()
                rows.append([f"{number:,}", f"{memory:.1f} MB", str(files)])
            asked = drawings[number % len(drawings)]
            wrong += pad.ask(client, asked.strokes).get("label") != asked.label
    print(table(["predictions", "memory of the server", "temporary files"], rows))
    print(f"\n{wrong} answered wrongly, {busy()}")


@contextmanager
def training(server: Server) -> Iterator[None]:
    """Somebody trains on the page for as long as the block takes, again and again."""
    began, ended = threading.Event(), threading.Event()
    trainer = threading.Thread(target=keep_training, args=(server.address, began, ended))
    trainer.start()
    try:
        if not began.wait(60):
            raise RuntimeError("the training did not begin")
        print("somebody trains all the time")
        yield
    finally:
        ended.set()
        trainer.join()


def keep_training(address: str, began: threading.Event, ended: threading.Event) -> None:
    """One training after the other, each of as many epochs as the page allows."""
    from gradio_client import Client

    client = Client(address, verbose=False)
    while not ended.is_set():
        job = client.submit(api_name="/train", epochs=20)
        while not job.done() and not ended.wait(0.1):
            if job.outputs():
                began.set()
        job.cancel()


if __name__ == "__main__":
    main()
