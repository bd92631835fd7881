"""Many visitors train: what that leaves in memory, and how quick drawing stays meanwhile:

    python -m benchmarks.train_visits
    python -m benchmarks.train_visits --visits 10 --epochs 1 --draws 60

Real pages in Chromium (Playwright, as in the tests), served by a process of its own. First the visits train
one after another and close their page; the server's memory is read two seconds after each. Then one
visitor draws while another trains: milliseconds from the end of a stroke to the answer on the page,
without and with the training. At last a page is closed while it trains: seconds until the next in line
has its seat. Needs Linux for the memory.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.conditions import busy, conditions
from benchmarks.server import Server, serve

LEAVING = 3  # times that a page is closed
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
# Draws one stroke with synthetic pointer events and waits for the answer to it.
STROKE = """async () => {
    const canvas = document.querySelector("#pad canvas"), box = canvas.getBoundingClientRect();
    const answer = document.querySelector("#answer .answer");
    const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, button: 0, bubbles: true, isPrimary: true,
        clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
    canvas.setPointerCapture = () => {};
    document.querySelector('[data-do="clear"]').click();
    send("pointerdown", 0.5, 0.2);
    for (let i = 1; i <= 12; i++) {
        send("pointermove", 0.5 + 0.01 * i * Math.random(), 0.2 + 0.05 * i);
        await new Promise((done) => setTimeout(done, 16));
    }
    const start = performance.now();
    send("pointerup", 0.5, 0.8);
    while (answer.dataset.serial !== canvas.dataset.serial) {
        await new Promise((done) => requestAnimationFrame(done));
        if (performance.now() - start > 10000) break;
    }
    return performance.now() - start;
}"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the page, let visitors train, print what was measured."""
    parser = argparse.ArgumentParser(description="Measure many visitors' trainings.")
    parser.add_argument("--visits", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--draws", type=int, default=40, help="strokes timed, each way")
    parser.add_argument("--data", type=Path, help="folder with MNIST")
    options = parser.parse_args(arguments)

    from playwright.sync_api import sync_playwright

    print(conditions("gradio", "torch", "onnxruntime"), busy(), flush=True)
    data = ["--data", str(options.data)] if options.data else []
    with serve(["app.py", *data]) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        measure_memory(browser, server, options)
        measure_drawing(browser, server, options)
        measure_leaving(browser, server)
        browser.close()
    print(busy())


def measure_memory(browser: Any, server: Server, options: argparse.Namespace) -> None:
    """Memory of the server after each visit that trained and left."""
    used = []
    for number in range(1, options.visits + 1):
        visitor = open_page(browser, server.address)
        start_training(visitor, options.epochs, batch_size=256)
        visitor.wait_for_selector('.run[data-state="done"]', timeout=300_000)
        visitor.context.close()
        time.sleep(2)
        used.append(server.memory())
        print(f"visit {number:2}: {used[-1]:.0f} MB", flush=True)
    if len(used) > 1:
        print(f"from the first to the last visit: {used[-1] - used[0]:+.1f} MB")


def measure_drawing(browser: Any, server: Server, options: argparse.Namespace) -> None:
    """Milliseconds from pointer up to the answer, alone and while another visitor trains."""
    visitor = open_page(browser, server.address)
    alone = [visitor.evaluate(STROKE) for _ in range(options.draws)]
    other = open_page(browser, server.address)
    start_training(other, 20, batch_size=15)
    other.wait_for_selector(".run.drawn", timeout=300_000)
    meanwhile = [visitor.evaluate(STROKE) for _ in range(options.draws)]
    for name, times in (("nobody trains", alone), ("another trains", meanwhile)):
        late = sorted(times)[int(0.95 * len(times))]
        print(f"{name}: median {statistics.median(times):.0f} ms, 95 % within {late:.0f} ms")
    other.context.close()


def measure_leaving(browser: Any, server: Server) -> None:
    """Seconds from a page's end to the first report of the one that waited for its seat."""
    times = []
    for _ in range(LEAVING):
        leaves, waits = (open_page(browser, server.address) for _ in range(2))
        start_training(leaves, 20, batch_size=15)
        leaves.wait_for_selector(".run.drawn", timeout=300_000)
        start_training(waits, 1, batch_size=256)
        waits.wait_for_selector('.run[data-state="waiting"]', timeout=300_000)
        began = time.perf_counter()
        leaves.context.close()
        waits.wait_for_selector(".run.drawn", timeout=300_000)
        times.append(time.perf_counter() - began)
        waits.context.close()
    each = ", ".join(f"{seconds:.2f} s" for seconds in times)
    print(f"a page is closed while it trains; the next in line sees its own begin after {each}")


def open_page(browser: Any, address: str) -> Any:
    """A visitor's page, ready to draw on."""
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector("#answer .answer[data-serial]")
    return page


def start_training(page: Any, epochs: int, batch_size: int) -> None:
    """Press Train."""
    page.get_by_role("tab", name="Train").click()
    page.wait_for_selector(".data-note:not(:empty)")
    page.locator("#train [name=epochs]").fill(str(epochs))
    page.locator("#train [name=batch_size]").fill(str(batch_size))
    page.get_by_role("button", name="Train", exact=True).click()


if __name__ == "__main__":
    main()
