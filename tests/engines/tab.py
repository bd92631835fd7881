"""What the tests ask of an engine: one tab, which any browser can be driven to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

PATIENCE = 300  # seconds for a start, a command or a change: other tests may be using the machine
Point = tuple[float, float]  # CSS pixels from the window's top left corner


class EngineMissingError(Exception):
    """This machine lacks the browser or its driver; the text names what to install."""


class Tab(Protocol):
    """One browser tab with nothing stored in it."""

    finger: str  # the kind of pointer that stands for a finger: "touch" where the engine can

    def go(self, address: str) -> None:
        """Open an address and return when its page is loaded."""

    def run(self, script: str) -> Any:
        """The JSON value of a JavaScript expression in the page."""

    def drag(self, points: Sequence[Point], pointer: str) -> None:
        """Press at the first point, move to the others, let go; one point alone is a click."""

    def type(self, text: str) -> None:
        """Press the keys of a text, one after the other."""

    def troubles(self) -> list[str]:
        """Errors of the page's scripts so far, and requests that left the page's own host."""

    def close(self) -> None:
        """End the tab and forget what it stored."""


class Engine(Protocol):
    """A browser that opens tabs."""

    def open(self, width: int, height: int, locale: str) -> Tab:
        """A fresh tab of that size. WebKit always speaks English, whatever the locale."""

    def close(self) -> None:
        """End the browser."""
