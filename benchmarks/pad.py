"""Drawing on the page beside drawing on gr.Sketchpad, with a real mouse in headless Chromium:

    python -m benchmarks.pad                 both, in turn, and what a prediction costs the server
    python -m benchmarks.pad --strokes 30    more strokes

The page is measured with 0, 150 and 300 ms of network between it and the server.

Each stroke is an "S" drawn in a second and a half, 60 places a second. Counted are the answers that the
page shows while the pen is down and, after each stroke, the time from pointer up until the answer to
the whole drawing is on the page. Both pads are read by the same network with the same preparation. The
browser, the server and this program share the machine's cores.
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.conditions import busy, conditions, table
from benchmarks.server import serve
from digits.network.registry import Choice, Networks, list_weights
from digits.server.reader import Reader
from digits.server.sessions import Sessions

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SECONDS = 1.5  # a stroke
RATE = 60  # places a second, as most mice tell
PATIENCE = 20_000  # ms
DELAYS = (0, 150, 300)  # ms from the server to the page
SETTLED = """(selector) => document.querySelector(selector)?.innerText.includes("this browser")"""

# Watches the element whose change is an answer. window.measured: how many came while the pen was
# down, and how long each stroke's last one took from pointer up.
WATCH = """([selector, isLast]) => {
    const told = window.measured = { during: 0, after: [], down: false, up: null };
    const last = new Function("return " + isLast)();
    addEventListener("pointerdown", () => { told.down = true; }, true);
    addEventListener("pointerup", () => { told.down = false; told.up = performance.now(); }, true);
    new MutationObserver(() => {
        if (told.down) told.during += 1;
        else if (told.up !== null && last()) {
            told.after.push(performance.now() - told.up);
            told.up = null;
        }
    }).observe(document.querySelector(selector), {
        attributes: true, childList: true, subtree: true, characterData: true,
        attributeFilter: ["data-serial", "data-count"] });
}"""
OUR_LAST = """() => document.querySelector("#answer .answer").dataset.serial
    === document.querySelector("#pad canvas").dataset.serial"""
INSIDE_LAST = """() => document.querySelector(".inside").dataset.serial
    === document.querySelector("#pad canvas").dataset.serial"""


def stroke(box: dict[str, float]) -> Iterator[tuple[float, float]]:
    """The places of an "S" in the middle of the pad, in pixels of the page."""
    side = min(box["width"], box["height"])
    steps = int(SECONDS * RATE)
    for step in range(steps + 1):
        part = step / steps
        x = 0.5 + 0.22 * math.sin(2 * math.pi * part + 0.5)
        y = 0.18 + 0.64 * part
        yield box["x"] + box["width"] / 2 + (x - 0.5) * side, box["y"] + y * side


def draw(page: Any, canvas: Any) -> float:
    """Draw one stroke at the pace of a hand; the seconds that the pen was down."""
    places = list(stroke(canvas.bounding_box()))
    page.mouse.move(*places[0])
    page.mouse.down()
    began = time.perf_counter()
    for number, place in enumerate(places[1:], start=1):
        page.mouse.move(*place)
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
    page.mouse.up()
    return time.perf_counter() - began


def measure(page: Any, canvas: Any, clear: Any, strokes: int) -> tuple[float, list[float]]:
    """Answers a second while drawing, and the milliseconds from pointer up to each last answer."""
    during, down = 0, 0.0
    for number in range(strokes + 1):  # the first one warms up
        before = page.evaluate("window.measured.during")
        seconds = draw(page, canvas)
        page.wait_for_function(f"window.measured.after.length > {number}", timeout=PATIENCE)
        if number:
            during += page.evaluate("window.measured.during") - before
            down += seconds
        clear.click()
        page.wait_for_timeout(400)
    return during / down, page.evaluate("window.measured.after")[1:]


def measure_ours(
    browser: Any, strokes: int, inside: bool, delay: int = 0
) -> tuple[float, list[float]]:
    """The page's own pad; `inside` with the Inside tab open, counting what that shows; `delay` in ms."""
    with serve(["app.py"]) as server, opened(browser, server.address) as page:
        page.wait_for_selector("#answer .answer[data-serial]")
        page.locator(".sample-row button").nth(2).click()
        page.wait_for_function(SETTLED, arg=".answer-by")  # the weights are there
        page.get_by_role("button", name="Clear").click()
        throttle(page, delay)
        watched, last = "#answer .answer", OUR_LAST
        if inside:
            page.get_by_role("tab", name="Inside").click()
            page.wait_for_selector(".softmax-table tr.first", state="attached", timeout=PATIENCE)
            watched, last = ".inside", INSIDE_LAST
        page.evaluate(WATCH, [watched, last])
        canvas = page.locator("#pad canvas")
        return measure(page, canvas, page.get_by_role("button", name="Clear"), strokes)


def measure_sketchpad(browser: Any, strokes: int) -> tuple[float, list[float]]:
    """gr.Sketchpad, its brush chosen first."""
    command = ["-m", "benchmarks.sketchpad_page"]
    with serve(command) as server, opened(browser, server.address) as page:
        page.wait_for_selector("canvas")
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="Brush").click()
        page.evaluate(WATCH, ["#count", "() => true"])
        canvas = page.locator("canvas").last
        return measure(page, canvas, page.get_by_role("button", name="Clear canvas"), strokes)


def throttle(page: Any, delay: int) -> None:
    """Put so many ms of network between the page and its server."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": delay,
        "downloadThroughput": -1,
        "uploadThroughput": -1,
    }
    client.send("Network.emulateNetworkConditions", conditions)


@contextmanager
def opened(browser: Any, address: str) -> Iterator[Any]:
    """A page of its own in the browser."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en")
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    yield page
    page.close()


def server_cost(times: int = 1000) -> float:
    """Milliseconds to check, prepare, predict and put in words one drawing of 90 points; the median."""
    reader = Reader(Networks(Choice(next(iter(list_weights())))), Sessions())
    box = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
    question = {"drawing": {"strokes": [[list(place) for place in stroke(box)]]}}
    seconds = []
    for _ in range(times + 20):
        began = time.perf_counter()
        reader.read(question)
        seconds.append(time.perf_counter() - began)
    return 1000 * statistics.median(seconds[20:])


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="The page's pad beside gr.Sketchpad.")
    parser.add_argument("--strokes", type=int, default=12, help="strokes a pad (default: 12)")
    strokes = parser.parse_args().strokes
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        measured = {
            **{
                f"this page, {delay} ms away": measure_ours(browser, strokes, False, delay)
                for delay in DELAYS
            },
            "this page, Inside open": measure_ours(browser, strokes, inside=True),
            "gr.Sketchpad": measure_sketchpad(browser, strokes),
        }
        version = browser.version
        browser.close()
    rows = [
        [name, f"{rate:.1f}", f"{statistics.median(after):.0f} ms", f"{max(after):.0f} ms"]
        for name, (rate, after) in measured.items()
    ]
    print(table(["pad", "answers/s while drawing", "pen up to answer, median", "worst"], rows))
    print(
        f"\nserver: {server_cost():.2f} ms a prediction (check, prepare, predict, say it in words)"
    )
    print(f"{conditions('gradio', 'onnxruntime')}, Chromium {version}, {busy()}")


if __name__ == "__main__":
    main()
