"""What hands do, as both of WebDriver's protocols write it: https://www.w3.org/TR/webdriver2/#actions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tests.engines.tab import Point

STEPS = 8  # places on the way from one point of a stroke to the next
FRAME = 16  # ms from one place to the next


def stroke(points: Sequence[Point], pointer: str) -> dict[str, Any]:
    """Press a mouse or a finger at the first point, move it to the others, let go."""
    moves = [move_to(point) for point in along(points)]
    actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:]]
    actions.append({"type": "pointerUp", "button": 0})
    hand = {"type": "pointer", "id": pointer, "parameters": {"pointerType": pointer}}
    return hand | {"actions": actions}


def typing(text: str) -> dict[str, Any]:
    """Press the keys of a text, one after the other."""
    presses = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
    return {"type": "key", "id": "keyboard", "actions": presses}


def along(points: Sequence[Point]) -> list[Point]:
    """The first point and STEPS places towards each of the others: a pen does not jump."""
    places = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        parts = [step / STEPS for step in range(1, STEPS + 1)]
        places += [(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part) for part in parts]
    return places


def move_to(point: Point) -> dict[str, Any]:
    """Move the pointer to a place in the window."""
    place = {"x": round(point[0]), "y": round(point[1]), "origin": "viewport"}
    return {"type": "pointerMove", "duration": FRAME} | place
