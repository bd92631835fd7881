"""A visitor in any engine: what they look for, press, fill in and draw, by pointer and keys alone."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from tests.engines.tab import Point, Tab
from tests.support.browser import Line

PATIENCE = 120  # seconds: other tests may be using the machine
SELECT_ALL = "\ue009a\ue000"  # Ctrl+A: WebDriver's code of the Control key, and of letting it go
# What is found must lie under the pointer, as it must for a person.
PLACE = """((found) => {
    found?.scrollIntoView({ block: "nearest" });
    const box = found?.getBoundingClientRect();
    if (!box?.width) return null;
    const place = [box.x + box.width / 2, box.y + box.height / 2];
    const under = document.elementFromPoint(...place);
    return found.contains(under) || under?.contains(found) ? place : null;
})"""
SHOWN = "(element) => element.getClientRects().length > 0"


class Visitor:
    """Somebody before one tab that shows the page."""

    def __init__(self, tab: Tab, address: str) -> None:
        self.tab = tab
        self.address = address
        self.load()

    def load(self) -> None:
        """Open the page, or open it anew."""
        self.tab.go(self.address)
        self.wait('document.querySelector("#pad canvas") && document.querySelector("#answer")')
        self.wait("document.querySelector('#answer').innerText.trim()")

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
        names = "(element) => [element.innerText.trim(), element.ariaLabel]"
        self._click(
            f"[...document.querySelectorAll('button:not([role=tab])')].filter({SHOWN})"
            f".find((element) => ({names})(element).includes({json.dumps(name)})"
            " && !element.disabled)"
        )

    def open_tab(self, tab_id: str) -> None:
        """Open a tab by its panel's id, and wait until the panel is there to be seen."""
        tabs = f"document.querySelectorAll('[role=tab][aria-controls={tab_id}]')"
        self._click(f"[...{tabs}].find({SHOWN})")
        self.wait(f"document.querySelector('#{tab_id}').getClientRects().length > 0")

    def fill(self, label: str, value: object) -> None:
        """Type into the field of that label, opening the fold that it is in."""
        field = (
            "[...document.querySelectorAll('label')]"
            f".find((label) => label.innerText.trim().startsWith({json.dumps(label)}))?.control"
        )
        fold = f"({self._hidden(field)})?.closest('details:not([open])')?.querySelector('summary')"
        if self.wait(f"({self._hidden(field)}) ? 'there' : ''") and self.tab.run(f"!!({fold})"):
            self._click(fold)
        self._click(self._hidden(field))
        self.tab.type(SELECT_ALL + str(value))
        self.wait(f"({self._hidden(field)}).value === '{value}'")

    @staticmethod
    def _hidden(field: str) -> str:
        """The same search by textContent: what is folded away has no innerText."""
        return field.replace("innerText", "textContent")

    def _click(self, found: str) -> None:
        place = self.wait(f"{PLACE}({found})")
        self.tab.drag([place], "mouse")

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
