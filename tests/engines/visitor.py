"""A visitor in any engine: what they look for, press, fill in and draw, by pointer and keys alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.engines.tab import PATIENCE, Point, Tab
from tests.support.browser import Line

DESK = (1280, 800)  # CSS pixels
PHONE = (360, 740)
AIMS = 5  # a page that scrolls smoothly may carry a button away from under the pointer
STILL = 0.3  # s between two aims
COUNT_CLICKS = """(window.clicked = new Set(), window.counts ??= (addEventListener("click",
    (event) => event.composedPath().forEach((element) => clicked.add(element)), true), true))"""
# What is pressed must lie under the pointer, as it must for a person: Gradio keeps a copy of its tabs
# out of sight, to measure it.
PLACE = """((found) => {
    found.scrollIntoView({ block: "nearest" });
    const box = found.getBoundingClientRect();
    if (!box.width) return null;
    const place = [box.x + box.width / 2, box.y + box.height / 2];
    const under = document.elementFromPoint(...place);
    if (!found.contains(under) && !under?.contains(found)) return null;
    window.aimed = found;
    return place;
})"""


class Visitor:
    """Somebody before one tab that shows the page."""

    def __init__(self, tab: Tab, address: str) -> None:
        self.tab = tab
        self.address = address
        self.load()

    def load(self) -> None:
        """Open the page, or open it anew."""
        self.tab.go(self.address)
        self.wait("document.querySelectorAll('#pad canvas').length")
        self.wait("document.querySelector('#answer')?.innerText.trim()")

    def wait(self, script: str) -> Any:
        """The first value of a JavaScript expression that is true there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if value := self.tab.run(script):
                return value
            time.sleep(0.05)
        shown = self.tab.run("document.body.innerText")
        raise AssertionError(f"never came true: {script}\nThe page says:\n{shown}")

    def text(self, selector: str) -> str:
        return str(self.tab.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def wait_for_text(self, selector: str, pattern: str) -> str:
        """The text of an element, once it matches a JavaScript pattern from its first letter."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"/^(?:{pattern})/.test({element}?.innerText.trim())")
        return self.text(selector).strip()

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self._click(
            "[...document.querySelectorAll('button:not([role=tab]):enabled')].filter((element) => "
            f"[element.innerText.trim(), element.ariaLabel].includes({json.dumps(name)}))"
        )

    def open_tab(self, tab_id: str) -> None:
        """Open a tab by its panel's id, and wait until the panel is there to be seen."""
        self._click(f"[...document.querySelectorAll('[role=tab][aria-controls={tab_id}]')]")
        self.wait(f"document.querySelector('#{tab_id}')?.getClientRects().length > 0")

    def fill(self, label: str, value: object) -> None:
        """Type into the field of that label, opening the fold that it is in."""
        # Not innerText: what is folded away has none.
        labelled = f"(label) => label.textContent.trim().startsWith({json.dumps(label)})"
        field = f"[...document.querySelectorAll('label')].find({labelled})?.control"
        self.wait(f"!!{field}")
        fold = f"{field}.closest('details:not([open])')?.querySelector('summary')"
        if self.tab.run(f"!!{fold}"):
            self._click(f"[{fold}]")
        self._click(f"[{field}]")
        self.tab.run(f"{field}.select()")
        self.tab.type(str(value))
        self.wait(f"{field}.value === {json.dumps(str(value))}")

    def _click(self, found: str) -> None:
        """Click the first element of an expression that can be clicked; again if it was missed."""
        self.tab.run(COUNT_CLICKS)
        for _ in range(AIMS):
            self.tab.drag([self.wait(f"{found}.map({PLACE}).find(Boolean)")], "mouse")
            if self.tab.run("clicked.has(aimed)"):
                return
            time.sleep(STILL)

    def draw(self, lines: Sequence[Line], pointer: str = "mouse") -> None:
        """Draw lines given in parts of the pad."""
        for line in lines:
            self.tab.drag([self._on_pad(part) for part in line], pointer)

    def _on_pad(self, part: Point) -> Point:
        x, y, width, height = self.tab.run(
            "((box) => [box.x, box.y, box.width, box.height])"
            "(document.querySelector('#pad canvas').getBoundingClientRect())"
        )
        return x + part[0] * width, y + part[1] * height

    def wait_for_answer(self, digit: str) -> None:
        """Until the answer begins with that digit."""
        self.wait_for_text("#answer", digit)


OpenPage = Callable[..., Visitor]  # open_page(path="", size=DESK, locale="en-GB")
