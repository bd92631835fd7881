"""Mixed visitors for half an hour: does the page stay quick, whole and small?

    python -m benchmarks.soak                  30 minutes
    python -m benchmarks.soak --minutes 2      a short one

Four visitors draw five times a second, one sends pictures, one sends what is no drawing at all, one trains
through the API and every third time goes away in the middle, one opens the page and closes it again.
Every answer is checked. One line is printed for each tenth of the time: answers, errors, the pad's
latency, and the server's memory, threads, open files and temporary files. Everything stays on
127.0.0.1 and is bounded in time; needs Linux for the last four.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from PIL import Image, ImageDraw

from benchmarks.conditions import busy, conditions, table
from benchmarks.server import JSON, Pad, Server, serve

DRAWERS = 4
UPDATES = 5  # questions a second of each who draws
SEVEN = [[0.3, 0.25], [0.5, 0.25], [0.7, 0.24], [0.6, 0.5], [0.45, 0.8]]
NONSENSE = ("7", "[[]", '[[["a", 1]]]', "[[[NaN, 0]]]", "[" * 5000, json.dumps([[[9, 9]]]))
LINES = 10  # of the table


@dataclass
class Tally:
    """What happened since the last line."""

    milliseconds: list[float] = field(default_factory=list)  # of the pad's answers
    answers: int = 0
    errors: list[str] = field(default_factory=list)


class Soak:
    """The visitors, each a thread that does its own thing until the end."""

    def __init__(self, server: Server, seconds: float) -> None:
        self.server = server
        self.pad = Pad(server.address)
        self.end = time.monotonic() + seconds
        self.tally = Tally()
        self.lock = threading.Lock()

    def repeat(self, deed: Callable[[httpx.Client], float | None], pause: float) -> None:
        """Do `deed` again and again; what it returns is the pad's time in ms."""
        # The server closes a connection that was idle for 5 s, just when the next request may be on
        # its way: a browser would send that again, httpx would not. So none is used again so late.
        limits = httpx.Limits(keepalive_expiry=1)
        with httpx.Client(base_url=self.server.address, timeout=60, limits=limits) as client:
            while time.monotonic() < self.end:
                try:
                    milliseconds, error = deed(client), None
                except Exception as problem:  # whatever it is, it is what a soak looks for
                    milliseconds, error = None, f"{deed.__name__}: {problem!r}"[:200]
                with self.lock:
                    self.tally.answers += 1
                    if milliseconds is not None:
                        self.tally.milliseconds.append(milliseconds)
                    if error:
                        self.tally.errors.append(error)
                time.sleep(pause)

    def draw(self, client: httpx.Client) -> float:
        """A seven, wherever on the pad; it must be read as one."""
        x, y = random.uniform(-0.2, 0.2), random.uniform(-0.2, 0.2)
        strokes = [[[a + x, b + y] for a, b in SEVEN]]
        body = self.pad.question(strokes)
        began = time.perf_counter()
        said = client.post(self.pad.url, content=body, headers=JSON).json()
        milliseconds = 1000 * (time.perf_counter() - began)
        assert said["label"] == 7, said
        return milliseconds

    def send_picture(self, client: httpx.Client) -> None:
        """A new picture of a seven each time, so that every one is another file."""
        side = random.randint(200, 600)
        picture = Image.new("RGB", (side, side), "white")
        line = [(x * side, y * side) for x, y in SEVEN]
        ImageDraw.Draw(picture).line(line, fill="black", width=side // 14)
        content = io.BytesIO()
        picture.save(content, "PNG")
        files = {"files": ("seven.png", content.getvalue())}
        path = client.post("/gradio_api/upload", files=files).json()[0]
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        said = client.post("/gradio_api/run/predict_image", json={"data": [file]}).json()
        assert said["data"][0]["label"] == "7", said

    def send_nonsense(self, client: httpx.Client) -> None:
        """What is no drawing gets a sentence or a status, never silence."""
        body = f'{{"data": [{random.choice(NONSENSE)}]}}'
        reply = client.post("/gradio_api/run/predict", content=body.encode(), headers=JSON)
        assert reply.status_code in (400, 422, 500), reply.status_code
        assert reply.json(), reply.text

    def train(self, client: httpx.Client) -> None:
        """An epoch on 2,000 images; every third visitor goes away after the first report."""
        data = [1, 15, 0.001, "64,64,64", "relu", 2000, random.randint(0, 999)]
        event = client.post("/gradio_api/call/train", json={"data": data}).json()["event_id"]
        leaves = random.random() < 1 / 3
        last = ""
        with client.stream("GET", f"/gradio_api/call/train/{event}") as reply:
            for line in reply.iter_lines():
                last = line if line.startswith("data: [") else last
                if leaves and last:
                    return
        assert '"state":"done"' in last.replace(" ", ""), last

    def open_page(self, client: httpx.Client) -> None:
        """What a browser fetches first, and the connection that tells the page is open, for a second."""
        assert client.get("/").status_code == 200
        session = f"soak{random.random()}"
        with (
            contextlib.suppress(httpx.ReadTimeout),
            client.stream("GET", f"/gradio_api/heartbeat/{session}", timeout=1) as reply,
        ):
            for _ in reply.iter_lines():
                pass

    def start(self) -> list[threading.Thread]:
        """All visitors at once."""
        deeds = [(self.draw, 1 / UPDATES)] * DRAWERS + [
            (self.send_picture, 3.0),
            (self.send_nonsense, 2.0),
            (self.train, 20.0),
            (self.open_page, 5.0),
        ]
        threads = [threading.Thread(target=self.repeat, args=deed) for deed in deeds]
        for thread in threads:
            thread.start()
        return threads

    def line(self) -> list[str]:
        """A line of the table, and a fresh tally."""
        with self.lock:
            tally, self.tally = self.tally, Tally()
        for error in tally.errors[:5]:
            print(f"error: {error}", flush=True)
        times = sorted(tally.milliseconds) or [0.0]
        process = Path(f"/proc/{self.server.process.pid}")
        status = (process / "status").read_text(encoding="utf-8").splitlines()
        threads = next(row.split()[1] for row in status if row.startswith("Threads"))
        return [
            f"{tally.answers:,}",
            str(len(tally.errors)),
            f"{statistics.median(times):.1f}",
            f"{times[int(0.95 * (len(times) - 1))]:.1f}",
            f"{self.server.memory():.0f}",
            threads,
            str(sum(1 for _ in (process / "fd").iterdir())),
            str(self.server.temporary_files()),
        ]


COLUMNS = [
    "minute",
    "answers",
    "errors",
    "median ms",
    "95 % ms",
    "MB",
    "threads",
    "files open",
    "temp",
]


def main() -> None:
    """Serve the page, let the visitors in, print the table."""
    parser = argparse.ArgumentParser(description="Mixed visitors for a while.")
    parser.add_argument("--minutes", type=float, default=30)
    minutes = parser.parse_args().minutes
    print(conditions("gradio", "torch", "onnxruntime"))
    rows = []
    with serve(["app.py"]) as server:
        soak = Soak(server, 60 * minutes)
        threads = soak.start()
        for number in range(1, LINES + 1):
            time.sleep(60 * minutes / LINES)
            rows.append([f"{number * minutes / LINES:g}", *soak.line()])
            print(*rows[-1], busy(), sep=" | ", flush=True)
        for thread in threads:
            thread.join()
    print(table(COLUMNS, rows))


if __name__ == "__main__":
    main()
