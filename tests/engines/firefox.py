"""Firefox as its makers ship it, over the protocol that it speaks itself: WebDriver BiDi.

Playwright drives a Firefox of its own and Selenium needs geckodriver, which Debian does not have; BiDi
needs a web socket alone. The commands: https://www.w3.org/TR/webdriver-bidi/.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.engines.actions import stroke, typing
from tests.engines.tab import PATIENCE, EngineMissingError, Point

NAMES = ("firefox-esr", "firefox")
LEAVES_AT_ONCE = 20  # seconds to end before it is killed
QUIET = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.w3c_touch_events.enabled", 1);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


class Firefox:
    """One headless Firefox with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if not program:
            raise EngineMissingError(f"no Firefox on this machine: looked for {', '.join(NAMES)}")
        (profile / "user.js").write_text(QUIET)
        self.events: list[dict[str, Any]] = []
        self._last = 0
        flags = ("--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile)
        with (profile / "log.txt").open("w") as log:
            self._process = subprocess.Popen([program, *flags], stdout=log, stderr=log)
        try:
            self._connect(profile)
        except BaseException:
            self._process.kill()
            raise

    def _connect(self, profile: Path) -> None:
        """Find the port that Firefox chose and begin a session on it."""
        from websocket import create_connection

        told = read_when_there(profile / "WebDriverBiDiServer.json", self._process)
        address = f"ws://{told['ws_host']}:{told['ws_port']}/session"
        # With an Origin, as web pages send it, Firefox refuses.
        self._socket = create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; returns its result. Events that come meanwhile are kept in `events`."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message["type"] == "event":
                self.events.append(message)
            elif message["id"] == self._last:
                assert message["type"] == "success", message
                return dict(message["result"])

    def open(self, width: int, height: int, locale: str) -> FirefoxTab:
        """A tab in a context of its own, which shares no storage with others."""
        return FirefoxTab(self, width, height, locale)

    def close(self) -> None:
        """End Firefox; it is killed when it does not leave by itself."""
        try:
            self.send("browser.close")
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(LEAVES_AT_ONCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._socket.close()


class FirefoxTab:
    """See tests.engines.tab.Tab."""

    finger = "touch"

    def __init__(self, firefox: Firefox, width: int, height: int, locale: str) -> None:
        self._firefox = firefox
        self._user = firefox.send("browser.createUserContext")["userContext"]
        firefox.send("emulation.setLocaleOverride", locale=locale, userContexts=[self._user])
        created = firefox.send("browsingContext.create", type="tab", userContext=self._user)
        self._context = created["context"]
        self._send("browsingContext.setViewport", viewport={"width": width, "height": height})
        self._home = ""

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        return self._firefox.send(method, context=self._context, **params)

    def go(self, address: str) -> None:
        self._home = urlsplit(address).netloc
        self._send("browsingContext.navigate", url=address, wait="complete")

    def run(self, script: str) -> Any:
        told = self._firefox.send(
            "script.evaluate",
            expression=f"JSON.stringify({script}) ?? 'null'",
            target={"context": self._context},
            awaitPromise=False,
        )
        assert told["type"] == "success", told["exceptionDetails"]["text"]
        return json.loads(told["result"]["value"])

    def drag(self, points: Sequence[Point], pointer: str) -> None:
        self._send("input.performActions", actions=[stroke(points, pointer)])

    def type(self, text: str) -> None:
        self._send("input.performActions", actions=[typing(text)])

    def troubles(self) -> list[str]:
        self.run("null")  # what happened before this answer has been told by now
        mine = [event for event in self._firefox.events if of_context(event) == self._context]
        errors = [
            f"page error: {event['params']['text']}"
            for event in mine
            if event["method"] == "log.entryAdded" and event["params"]["type"] == "javascript"
            if event["params"]["level"] == "error"
        ]
        asked = [
            urlsplit(event["params"]["request"]["url"])
            for event in mine
            if event["method"] == "network.beforeRequestSent"
        ]
        foreign = [url for url in asked if url.scheme.startswith(("http", "ws"))]
        return errors + [f"fetched {url.geturl()}" for url in foreign if url.netloc != self._home]

    def close(self) -> None:
        self._firefox.send("browser.removeUserContext", userContext=self._user)


def of_context(event: dict[str, Any]) -> str | None:
    """The id of the tab that an event comes from."""
    params = event["params"]
    return params.get("context") or params.get("source", {}).get("context")


def read_when_there(path: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The JSON that a starting process writes, once it is whole."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            time.sleep(0.05)
    raise AssertionError(f"Firefox did not start: {(path.parent / 'log.txt').read_text()}")
