"""WebKit, Safari's engine, as WebKitGTK's small browser on a screen that nobody sees (Xvfb).

Its driver speaks WebDriver, https://www.w3.org/TR/webdriver2/: JSON over HTTP. Selenium would speak it
for us, and brings trio, whose plug-in for hypothesis warns in every run of the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.engines.actions import stroke, typing
from tests.engines.tab import PATIENCE, EngineMissingError, Point
from tests.support.servers import free_port

BROWSERS = ("*/webkit2gtk-4.?/MiniBrowser", "webkit2gtk-4.?/MiniBrowser")
STARTS = 3  # so often it is tried to start the browser
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
        self._size = (width, height)
        for tries_left in reversed(range(STARTS)):
            try:
                return self._begin(webkit)
            except httpx.ReadTimeout:  # now and then a browser does not find its driver
                if not tries_left:
                    raise

    def _begin(self, webkit: WebKit) -> None:
        """Start a driver, and have it start the browser."""
        port = free_port()
        self._driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"], env=webkit.environment, stderr=subprocess.DEVNULL
        )
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        options = {"binary": str(webkit.browser), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._session = ""
        try:
            wait_until_listening(self._http, self._driver)
            self._session = "/" + self._send("POST", "", capabilities=wanted)["sessionId"]
        except BaseException:
            self._end_driver()
            raise

    def _send(self, method: str, command: str, **params: Any) -> Any:
        """One command of the session; returns its value."""
        path = f"/session{self._session}{command}"
        reply = self._http.request(method, path, json=params if method == "POST" else None)
        assert reply.is_success, reply.text
        return reply.json()["value"]

    def go(self, address: str) -> None:
        self._send("POST", "/url", url=address)
        self._resize(*self._size)
        self._execute(WATCH)

    def _resize(self, width: int, height: int) -> None:
        """Make the page itself so large: the window has the browser's buttons on top."""
        self._send("POST", "/window/rect", x=0, y=0, width=width, height=height)
        buttons = height - self.run("innerHeight")
        self._send("POST", "/window/rect", x=0, y=0, width=width, height=height + buttons)

    def _execute(self, script: str) -> Any:
        return self._send("POST", "/execute/sync", script=script, args=[])

    def run(self, script: str) -> Any:
        return json.loads(self._execute(f"return JSON.stringify({script}) ?? 'null'"))

    def drag(self, points: Sequence[Point], pointer: str) -> None:
        self._send("POST", "/actions", actions=[stroke(points, pointer)])

    def type(self, text: str) -> None:
        self._send("POST", "/actions", actions=[typing(text)])

    def troubles(self) -> list[str]:
        return list(self.run(f"[...seenTroubles, ...{FOREIGN}]"))

    def close(self) -> None:
        try:
            self._send("DELETE", "")
        finally:
            self._end_driver()

    def _end_driver(self) -> None:
        self._http.close()
        self._driver.terminate()
        self._driver.wait()


def wait_until_listening(http: httpx.Client, driver: subprocess.Popen[bytes]) -> None:
    """Return when the driver takes commands."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and driver.poll() is None:
        try:
            http.get("/status")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("WebKitWebDriver did not start")
