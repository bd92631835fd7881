"""What a visitor does in the page: draw, wait for the answer, train."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# The first three are pages of the address bar's, a renderer for each window, which took up to a third of
# the processor's time; the others are Playwright's own, whose list this takes the place of.
NOT_NEEDED = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    f"--disable-features={','.join(NOT_NEEDED)}",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
DESK = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-GB",
}

Line = Sequence[tuple[float, float]]


SEVEN: list[Line] = [[(0.3, 0.25), (0.7, 0.24), (0.45, 0.8)]]


ONE: list[Line] = [[(0.5, 0.2), (0.5, 0.8)]]


def draw(page: Any, lines: Sequence[Line]) -> None:
    """Draw with the mouse, in parts of the pad, and wait for the answer to the whole drawing."""
    page.bring_to_front()  # behind another tab a browser gives it a frame a second
    page.locator("#pad canvas").scroll_into_view_if_needed()
    box = page.locator("#pad canvas").bounding_box()

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    for line in lines:
        page.mouse.move(*place(line[0]))
        page.mouse.down()
        for point in line[1:]:
            page.mouse.move(*place(point), steps=8)
        page.mouse.up()
    wait_for_answer(page)


def wait_for_answer(page: Any) -> str:
    """The answer's text, once it is the answer to what is on the pad now."""
    page.wait_for_function(
        """() => document.querySelector("#pad canvas[data-serial]")
               && document.querySelector("#answer .answer")?.dataset.serial
               === document.querySelector("#pad canvas").dataset.serial"""
    )
    return page.locator("#answer").inner_text()


def wait_for_network(page: Any, name: str) -> None:
    """Until the answer is by the network of that name."""
    page.wait_for_function(
        "(name) => document.querySelector('.answer-by')?.innerText.startsWith(name)",
        arg=name,
        timeout=PATIENCE,
    )


STATE = '.run[data-state="{}"]'


PATIENCE = 300_000  # ms: on a busy machine trainings step back for other programs


def eventually(page: Any, check: Callable[[], None]) -> None:
    """Until `check` finds nothing to complain of: what a page says may come a moment after what is so."""
    deadline = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        page.wait_for_timeout(50)


def until(page: Any, is_so: Callable[[], bool]) -> None:
    """Until it is so."""

    def check() -> None:
        assert is_so()

    eventually(page, check)


def forget_everything(page: Any) -> None:
    """Press the button twice within one breath: it asks anew when nobody answers for some seconds."""
    page.locator(".forget").evaluate("(button) => [button, button].forEach((one) => one.click())")


# What of a run is in sight while it learns.
RUN_PARTS = (
    "#train-status",
    ".run-loss",
    ".chart.accuracy",
    ".chart.loss",
    ".run .samples",
    ".own",
)
IN_SIGHT = """(selector) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
}"""


def module(page: Any) -> str:
    """The address of the page's script, which exports all of its modules."""
    code = "document.querySelector(\"link[rel=modulepreload][href*='digits/static']\").href"
    return str(page.evaluate(code))


def state(page: Any, name: str) -> Any:
    """A named value of the page's store (static/services/state.js)."""
    code = """([address, name]) =>
        import(address).then(({ modules }) => modules["services/state.js"]().state.get(name))"""
    return page.evaluate(code, [module(page), name])


def set_state(page: Any, name: str, value: object) -> None:
    """Set a named value of the page's store, as one of its modules would."""
    code = """([address, name, value]) =>
        import(address).then(({ modules }) => modules["services/state.js"]().state.set(name, value))"""
    page.evaluate(code, [module(page), name, value])


def open_tab(page: Any, **settings: object) -> None:
    """Open the Train tab, unfold its settings and fill them in."""
    page.get_by_role("tab", name="Train").click()
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    open_settings(page)
    for name, value in settings.items():
        page.locator(f"#train [name={name}]").fill(str(value))


def open_settings(page: Any) -> None:
    """Unfold the settings of the Train tab."""
    if not page.locator("#train details").evaluate("(fold) => fold.open"):
        page.locator("#train summary").click()


def press_train(page: Any) -> None:
    page.get_by_role("button", name="Train", exact=True).click()


def wait_for_state(page: Any, state: str) -> None:
    page.wait_for_selector(STATE.format(state), timeout=PATIENCE)


def start_long_run(page: Any) -> None:
    """A run of minutes, waited for until its first reports are on the page."""
    open_tab(page, epochs=20, batch_size=1)
    press_train(page)
    page.wait_for_selector(".run.drawn" + '[data-state="running"]', timeout=PATIENCE)


def run_accuracy(page: Any) -> float:
    """The test accuracy of the Train tab's run, in percent."""
    words = page.locator("#train-status").inner_text()
    found = re.search(r"(\d+(\.\d+)?)\s?%", words)
    assert found, words
    return float(found[1])


def open_learn(page: Any) -> None:
    """Open the Learn tab and wait until the digits are there."""
    page.locator("#tab_learn-button").click()
    page.wait_for_function(
        "() => /\\d/.test(document.querySelector('#step-test-accuracy').textContent)",
        timeout=PATIENCE,
    )


def step_accuracy(page: Any) -> float:
    """The test accuracy of the Learn tab's workbench, in percent."""
    return float(page.locator("#step-test-accuracy").inner_text().rstrip("\u00a0%"))
