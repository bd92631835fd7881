"""WebKit, Safari's engine, as WebKitGTK's small browser on a screen that nobody sees (Xvfb)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.engines.firefox import along
from tests.engines.tab import EngineMissingError, Point

BROWSERS = ("*/webkit2gtk-4.?/MiniBrowser", "webkit2gtk-4.?/MiniBrowser")
PROGRAMS = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
# The browser's own buttons would keep its window from being as narrow as a phone.
SMALL_BUTTONS = "* { font-size: 1px; min-width: 0; min-height: 0; padding: 0; margin: 0; }"
WATCH = """
window.seenTroubles = [];
addEventListener("error", (event) => seenTroubles.push(`page error: ${event.message}`));
addEventListener("unhandledrejection", (event) => seenTroubles.push(`page error: ${event.reason}`));
"""
FOREIGN = """performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((url) => /^(http|ws)/.test(url) && new URL(url).host !== location.host)
    .map((url) => `fetched ${url}`)"""


def find_browser() -> Path:
    """WebKitGTK's MiniBrowser, which its library brings along outside the search path."""
    for folder in (Path("/usr/lib"), Path("/usr/libexec")):
        for pattern in BROWSERS:
            for found in sorted(folder.glob(pattern)):
                return found
    raise EngineMissingError(
        "no MiniBrowser of WebKitGTK on this machine: install webkit2gtk-driver"
    )


class WebKit:
    """A screen of its own; each tab is a browser of its own on it."""

    def __init__(self, folder: Path) -> None:
        for program, package in PROGRAMS.items():
            if not shutil.which(program):
                raise EngineMissingError(f"no {program} on this machine: install {package}")
        self.browser = find_browser()
        style = folder / "gtk-3.0" / "gtk.css"
        style.parent.mkdir()
        style.write_text(SMALL_BUTTONS)
        reading, writing = os.pipe()
        # Xvfb itself chooses a display that is free, and tells it once it is ready.
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1200x24"]
        self._screen = subprocess.Popen(
            [*command, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            display = told.readline().strip()
        assert display, "Xvfb did not start"
        self.environment = {**os.environ, "DISPLAY": f":{display}", "XDG_CONFIG_HOME": str(folder)}

    def open(self, width: int, height: int, locale: str) -> WebKitTab:
        return WebKitTab(self, width, height)

    def close(self) -> None:
        self._screen.terminate()
        self._screen.wait()


class WebKitTab:
    """See tests.engines.tab.Tab."""

    finger = "mouse"  # WebKitGTK's driver knows no other

    def __init__(self, webkit: WebKit, width: int, height: int) -> None:
        from selenium import webdriver
        from selenium.webdriver.webkitgtk.options import Options
        from selenium.webdriver.webkitgtk.service import Service

        options = Options()
        options.binary_location = str(webkit.browser)
        options.add_argument("--automation")
        service = Service(shutil.which("WebKitWebDriver"), env=webkit.environment)
        self._driver = webdriver.WebKitGTK(options=options, service=service)
        self._size = (width, height)

    def go(self, address: str) -> None:
        self._driver.get(address)
        self._resize(*self._size)
        self._driver.execute_script(WATCH)

    def _resize(self, width: int, height: int) -> None:
        """Make the page itself so large: the window has the browser's buttons on top."""
        self._driver.set_window_rect(0, 0, width, height)
        buttons = height - self.run("innerHeight")
        self._driver.set_window_rect(0, 0, width, height + buttons)

    def run(self, script: str) -> Any:
        return json.loads(self._driver.execute_script(f"return JSON.stringify({script}) ?? 'null'"))

    def drag(self, points: Sequence[Point], pointer: str) -> None:
        from selenium.webdriver.common.actions.action_builder import ActionBuilder
        from selenium.webdriver.common.actions.pointer_input import PointerInput

        actions = ActionBuilder(self._driver, PointerInput(pointer, pointer), duration=16)
        hand = actions.pointer_action
        places = [(round(x), round(y)) for x, y in along(points)]
        hand.move_to_location(*places[0]).pointer_down()
        for place in places[1:]:
            hand.move_to_location(*place)
        hand.pointer_up()
        actions.perform()

    def type(self, text: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self._driver).send_keys(text).perform()

    def troubles(self) -> list[str]:
        return list(self.run(f"[...seenTroubles, ...{FOREIGN}]"))

    def close(self) -> None:
        self._driver.quit()
