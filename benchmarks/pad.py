"""Drawing on the page beside drawing on gr.Sketchpad, with a real mouse in headless Chromium:

    python -m benchmarks.pad                 both, in turn, and what a prediction costs the server
    python -m benchmarks.pad --strokes 30    more strokes

The page is measured with 0, 150 and 300 ms of network between it and the server.

Each stroke is an "S" drawn in a second and a half, 125 places a second, as a mouse on USB tells them: each
when it is due, whether the page has dealt with the last one or not. Counted are the frames that are shown
and the answers on the page while the pen is down and, after each stroke, the time from pointer up until the
answer to the whole drawing is there. Both pads are read by the same network with the same preparation. The
browser, the server and this program share the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.conditions import busy, conditions, table
from benchmarks.server import serve
from digits.network.registry import Choice, Networks, list_weights
from digits.server.reader import Reader
from digits.server.sessions import Sessions

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SECONDS = 1.5  # a stroke
RATE = 125  # places a second
PATIENCE = 20_000  # ms
DELAYS = (0, 150, 300)  # ms from the server to the page
SETTLED = """(selector) => document.querySelector(selector)?.innerText.includes("this browser")"""

# Watches the element whose change is an answer. window.measured: how many came while the pen was down and
# how many frames were shown, and how long each stroke's last answer took from pointer up.
WATCH = """([selector, isLast]) => {
    const told = window.measured = { during: 0, frames: 0, after: [], down: false, up: null };
    const last = new Function("return " + isLast)();
    addEventListener("pointerdown", () => { told.down = true; }, true);
    addEventListener("pointerup", () => { told.down = false; told.up = performance.now(); }, true);
    const count = () => { told.frames += told.down; requestAnimationFrame(count); };
    requestAnimationFrame(count);
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


@dataclass(frozen=True)
class Measured:
    """What one pad did: a second with the pen down, and ms from pen up to each last answer."""

    frames: float
    answers: float
    after: list[float]

    def row(self, name: str) -> list[str]:
        """As a row of the table."""
        late = (statistics.median(self.after), max(self.after))
        return [name, f"{self.frames:.0f}", f"{self.answers:.0f}", *(f"{ms:.0f} ms" for ms in late)]


async def draw(page: Any, canvas: Any) -> float:
    """Draw one stroke at the pace of a hand; the seconds that the pen was down."""
    places = list(stroke(await canvas.bounding_box()))
    await page.mouse.move(*places[0])
    await page.mouse.down()
    began = time.perf_counter()
    moves = []
    for number, place in enumerate(places[1:], start=1):
        moves.append(asyncio.create_task(page.mouse.move(*place)))
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
    await asyncio.gather(*moves)
    await page.mouse.up()
    return time.perf_counter() - began


async def measure(page: Any, canvas: Any, clear: Any, strokes: int) -> Measured:
    """Draw so many strokes, after one that warms up."""
    frames = answers = 0
    down = 0.0
    for number in range(strokes + 1):
        before = await page.evaluate("window.measured")
        seconds = await draw(page, canvas)
        await page.wait_for_function(f"window.measured.after.length > {number}", timeout=PATIENCE)
        if number:
            told = await page.evaluate("window.measured")
            frames += told["frames"] - before["frames"]
            answers += told["during"] - before["during"]
            down += seconds
        await clear.click()
        await page.wait_for_timeout(400)
    after = (await page.evaluate("window.measured"))["after"][1:]
    return Measured(frames / down, answers / down, after)


async def measure_ours(browser: Any, strokes: int, inside: bool, delay: int = 0) -> Measured:
    """The page's own pad; `inside` with the Inside tab open, counting what that shows; `delay` in ms."""
    with serve(["app.py"]) as server:
        async with opened(browser, server.address) as page:
            await page.wait_for_selector("#answer .answer[data-serial]")
            await page.locator(".sample-row button").nth(2).click()
            await page.wait_for_function(SETTLED, arg=".answer-by")  # the weights are there
            watched, last = "#answer .answer", OUR_LAST
            if inside:
                await page.get_by_role("tab", name="Inside").click()
                await page.wait_for_selector(".softmax-table tr.first", state="attached")
                watched, last = ".inside", INSIDE_LAST
            clear = page.get_by_role("button", name="Clear")
            await clear.click()
            await throttle(page, delay)
            await page.evaluate(WATCH, [watched, last])
            return await measure(page, page.locator("#pad canvas"), clear, strokes)


async def measure_sketchpad(browser: Any, strokes: int) -> Measured:
    """gr.Sketchpad, its brush chosen first."""
    with serve(["-m", "benchmarks.sketchpad_page"]) as server:
        async with opened(browser, server.address) as page:
            await page.wait_for_selector("canvas")
            await page.wait_for_timeout(1000)
            await page.get_by_role("button", name="Brush").click()
            await page.evaluate(WATCH, ["#count", "() => true"])
            clear = page.get_by_role("button", name="Clear canvas")
            return await measure(page, page.locator("canvas").last, clear, strokes)


async def throttle(page: Any, delay: int) -> None:
    """Put so many ms of network between the page and its server."""
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": delay,
        "downloadThroughput": -1,
        "uploadThroughput": -1,
    }
    await client.send("Network.emulateNetworkConditions", conditions)


@asynccontextmanager
async def opened(browser: Any, address: str) -> AsyncIterator[Any]:
    """A page of its own in the browser."""
    page = await browser.new_page(viewport={"width": 1280, "height": 900}, locale="en")
    page.set_default_timeout(PATIENCE)
    await page.goto(address)
    yield page
    await page.close()


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
    asyncio.run(compare(strokes))
    print(
        f"\nserver: {server_cost():.2f} ms a prediction (check, prepare, predict, say it in words)"
    )
    print(f"{conditions('gradio', 'onnxruntime')}, {busy()}")


async def compare(strokes: int) -> None:
    """Measure all pads in turn and print them."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        rows = [
            (await measure_ours(browser, strokes, False, delay)).row(f"this page, {delay} ms away")
            for delay in DELAYS
        ]
        rows.append((await measure_ours(browser, strokes, True)).row("this page, Inside open"))
        rows.append((await measure_sketchpad(browser, strokes)).row("gr.Sketchpad"))
        print(f"Chromium {browser.version}\n")
        await browser.close()
    head = ["pad", "frames/s while drawing", "answers/s", "pen up to answer, median", "worst"]
    print(table(head, rows))


if __name__ == "__main__":
    main()
