"""Corrected drawings as text files, to keep and to load again: JSON, or UNIPEN as other programs write it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from digits.data.drawings import Drawing
from digits.data.unipen import parse_unipen, write_unipen
from digits.errors import DigitsError, DrawingError
from digits.network.config import CLASSES
from digits.server import limits
from digits.server.messages import DrawingFile, Drawings, LabelledDrawing, Problem, fault, fault_of
from digits.server.requests import Labelled, as_question, check_drawings


def save(raw: object) -> DrawingFile | Problem:
    """The drawings as a file's text: JSON or UNIPEN."""
    question = as_question(raw)
    try:
        drawings = check_drawings(question.get("drawings"))
    except DrawingError as error:
        return {"fault": fault_of(error)}
    if question.get("kind") == "unipen":
        return {"name": "my-digits.dat", "text": to_unipen(drawings)}
    return {"name": "my-digits.json", "text": json.dumps({"drawings": as_items(drawings)})}


def load(raw: object) -> Drawings | Problem:
    """The drawings in a file's text, whichever of the two it is: as many as can be learnt at once."""
    given = as_question(raw).get("text")
    if not isinstance(given, str) or len(given) > limits.MOST_TEXT:
        return {"fault": fault("corrections_file_long", limit=limits.MOST_TEXT)}
    try:
        is_json = given.lstrip().startswith(("{", "["))
        found = from_json(given) if is_json else from_unipen(given)
        drawings = check_drawings(found[: limits.MOST_DRAWINGS])
    except DigitsError as error:
        return {"fault": fault_of(error)}
    return {"drawings": as_items(drawings), "found": len(found)}


def as_items(drawings: Labelled) -> list[LabelledDrawing]:
    """The drawings as JSON has them."""
    return [
        {"label": label, "strokes": [np.round(stroke, 4).tolist() for stroke in strokes]}
        for strokes, label in drawings
    ]


def from_json(given: str) -> list[Any]:
    """The drawings in what `save` wrote, or in a bare list of them, yet to be checked."""
    try:
        content = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise DrawingError("corrections_json", reason=str(error)) from error
    drawings = content.get("drawings") if isinstance(content, Mapping) else content
    return drawings if isinstance(drawings, list) else []


def to_unipen(drawings: Labelled) -> str:
    """UNIPEN text of the drawings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "drawings.dat")
        write_unipen(path, [Drawing(list(strokes), label, 1) for strokes, label in drawings])
        return path.read_text(encoding="ascii")


def from_unipen(given: str) -> list[Any]:
    """The drawings of UNIPEN text that are digits. Nothing is unpacked: it came as text."""
    drawings = parse_unipen(given, Path("the file"))
    return [{"strokes": d.strokes, "label": d.label} for d in drawings if 0 <= d.label < CLASSES]
