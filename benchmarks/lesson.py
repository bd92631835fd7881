"""The lesson in headless Chromium: when its first step is there, and how long the page is held up:

    python -m benchmarks.lesson               five visits
    python -m benchmarks.lesson --visits 9    more

A task is what the page's thread does without a break, scripts, styles and layout together: nothing new is
shown meanwhile. It is counted in the thread's own CPU time, by Chromium's tracing, so that other programs
on the machine do not count. Browser and server share the machine's cores.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.conditions import busy, conditions, table
from benchmarks.server import serve

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 120_000  # ms
STEPS = 12
AFTERWARDS = 1000  # ms in which a step's parts may still be working
RUN = 5000  # ms
TRACED = ["toplevel", "devtools.timeline"]
OPENING = "Learn opened: step 1, then the workbench"

# From the click until the first step's squares are on the screen, in ms.
OPEN = """() => new Promise((done) => {
    const began = performance.now();
    new MutationObserver((_, watcher) => {
        if (!document.querySelector("#lesson .squares")) return;
        watcher.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    }).observe(document.body, { childList: true, subtree: true });
    document.querySelector("#tab_learn-button").click();
})"""
MARKED = """() => /\\d/.test(document.querySelector("#step-test-accuracy")?.textContent)"""


def longest_task(trace: bytes) -> float:
    """CPU milliseconds of the longest task of the thread that runs the page's scripts."""
    events = json.loads(trace)["traceEvents"]
    places = Counter((e["pid"], e["tid"]) for e in events if e["name"] == "FunctionCall")
    page = places.most_common(1)[0][0]
    tasks = [
        event["tdur"]
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) == page
        if "tdur" in event
    ]
    return max(tasks) / 1000


def visit(browser: Any, address: str) -> tuple[float, dict[str, float]]:
    """Milliseconds until the first step is there, and the longest task of each part of the visit."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector("#answer .answer[data-serial]")
    page.wait_for_timeout(AFTERWARDS)
    opened: list[float] = []
    longest: dict[str, float] = {}

    def watch(name: str, act: Callable[[], object], milliseconds: float = AFTERWARDS) -> None:
        browser.start_tracing(page=page, categories=TRACED)
        act()
        page.wait_for_timeout(milliseconds)
        longest[name] = longest_task(browser.stop_tracing())

    def open_learn() -> None:
        opened.append(page.evaluate(OPEN))
        page.wait_for_function(MARKED)

    def open_step(step: int) -> None:
        page.evaluate(f"location.hash = 'learn={step}'")
        page.wait_for_selector(f'#lesson[data-step="{step}"] .lesson-part > *', state="attached")

    watch(OPENING, open_learn)
    for step in range(2, STEPS + 1):
        watch(f"step {step}", partial(open_step, step))
    run = page.locator("#learn").get_by_role("button", name="Run", exact=True)
    watch("the workbench's batches, a run", run.click, RUN)
    page.close()
    return opened[0], longest


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description="How fast the lesson's steps are there.")
    parser.add_argument("--visits", type=int, default=5)
    visits = parser.parse_args().visits
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with serve(["app.py"]) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        seen = [visit(browser, server.address) for _ in range(visits)]
        browser.close()
    print(conditions("gradio"), "·", busy())
    opened = [milliseconds for milliseconds, _ in seen]
    print(f"first step on the screen: {statistics.median(opened):.0f} ms, worst {max(opened):.0f}")
    rows = []
    for name in seen[0][1]:
        tasks = [longest[name] for _, longest in seen]
        rows.append([name, f"{statistics.median(tasks):.0f}", f"{max(tasks):.0f}"])
    print(table(["", "longest task, CPU ms: median", "worst"], rows))


if __name__ == "__main__":
    main()
