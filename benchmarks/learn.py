"""Learning in the browser: steps of 15 a second in headless Chromium, and how smooth the page stays:

    python -m benchmarks.learn                 20 seconds of Run in the Learn room
    python -m benchmarks.learn --seconds 60    longer

The run takes its marks, keeps its checkpoints and draws all its pictures meanwhile, as for a visitor.
Frames are counted by requestAnimationFrame. Browser and server share the machine's cores.
"""

from __future__ import annotations

import argparse
import shutil
from itertools import pairwise
from typing import Any

from benchmarks.conditions import busy, conditions, table
from benchmarks.server import serve

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 120_000  # ms

COUNT_FRAMES = """() => {
    window.frames_seen = [];
    const count = (now) => { window.frames_seen.push(now); requestAnimationFrame(count); };
    requestAnimationFrame(count);
}"""
STEP = """() => Number(document.querySelector(".learn-said").textContent
    .match(/Step ([\\d,]+)/)?.[1].replaceAll(",", "") ?? 0)"""


def measure(page: Any, seconds: float) -> list[str]:
    """Let it run for so long: steps a second, frames a second, longest frame in ms, accuracy."""
    page.locator("#tab_learn-button").click()
    page.wait_for_selector('#learn [data-do="run"]:not(:disabled)', timeout=PATIENCE)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_function(f"({STEP})() > 200", timeout=PATIENCE)  # scripts are compiled by then
    page.evaluate(COUNT_FRAMES)
    first, began = page.evaluate(STEP), page.evaluate("performance.now()")
    page.wait_for_timeout(1000 * seconds)
    last, ended = page.evaluate(STEP), page.evaluate("performance.now()")
    frames = page.evaluate("window.frames_seen")
    passed = (ended - began) / 1000
    longest = max(b - a for a, b in pairwise(frames))
    accuracy = page.locator("#step-test-accuracy").inner_text()
    return [
        f"{(last - first) / passed:.0f}",
        f"{len(frames) / passed:.0f}",
        f"{longest:.0f}",
        f"{accuracy} after {last:,} steps",
    ]


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description="Steps and frames a second in the Learn room.")
    parser.add_argument("--seconds", type=float, default=20)
    seconds = parser.parse_args().seconds
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with serve(["app.py"]) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.goto(server.address)
        page.wait_for_selector("#answer .answer[data-serial]")
        row = measure(page, seconds)
        browser.close()
    print(conditions("gradio"), "·", busy())
    head = ["", "steps of 15 a second", "frames a second", "longest frame, ms", "test digits"]
    print(table(head, [["Learn room, Run", *row]]))


if __name__ == "__main__":
    main()
