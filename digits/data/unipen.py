"""Pen strokes in UNIPEN text files, read into labelled drawings and written again.

UNIPEN (Guyon et al., 1994) is what handwriting tablets were recorded in: a `.SEGMENT` line names
what was written, then come `.PEN_DOWN`, one `x y` line for each point (y grows upwards), `.PEN_UP`.
Files packed with gzip (.gz) or Unix compress (.Z, as in the UCI archive) are read as they are.
"""

from __future__ import annotations

import gzip
import math
import shlex
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from digits.atomic_files import reason_of
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.unix_compress import unpack_z
from digits.errors import StrokesError

TABLET = 500  # units a side of the tablet in the UCI files; also what write_unipen writes
LONGEST_SEGMENT = 1000  # letters of a .SEGMENT line; shlex takes minutes over millions
LONGEST_WRITER = 9  # digits of a writer's number


def read_unipen(path: Path) -> list[Drawing]:
    """Read all drawings of a UNIPEN file, plain, .gz or .Z; StrokesError names a malformed line."""
    return parse_unipen(_read_text(path), path)


def parse_unipen(text: str, path: Path) -> list[Drawing]:
    """All drawings in UNIPEN text; StrokesError names `path`, where it is from, and a malformed line."""
    drawings: list[Drawing] = []
    label = writer = 0
    name = ""
    strokes: list[list[tuple[float, float]]] = []
    inside = pen_is_down = False

    def finish() -> None:
        kept = [np.array(stroke) for stroke in strokes if stroke]
        if inside and kept:
            source = path.name.split(".")[0]
            drawings.append(Drawing(kept, label, writer, name, source, len(drawings)))

    for number, line in enumerate(text.splitlines(), start=1):
        try:
            words = line.split()
            if not words:
                continue
            if words[0] == ".SEGMENT":
                finish()
                name = _read_name(line)
                label, writer, strokes = _label_of(name), 0, []
                inside, pen_is_down = True, False
            elif words[0] == ".COMMENT" and inside:
                writer = _read_writer(words) or writer
            elif words[0] == ".PEN_DOWN":
                strokes.append([])
                pen_is_down = True
            elif words[0] == ".PEN_UP":
                pen_is_down = False
            elif not words[0].startswith(".") and inside and pen_is_down:
                strokes[-1].append(_read_point(words))
        except StrokesError as error:
            raise StrokesError(error.code, path=path, line=number, text=line.strip()[:60]) from None
    finish()
    if not drawings:
        raise StrokesError("strokes_empty", path=path)
    return _fit_to_pad(drawings)


def write_unipen(path: Path, drawings: Iterable[Drawing]) -> None:
    """Write `drawings` as UNIPEN text for read_unipen; packed if the name ends in .gz."""
    lines = [".HIERARCHY DIGIT", ""]
    for number, drawing in enumerate(drawings):
        label = (drawing.name or "?") if drawing.label == NOT_A_DIGIT else str(drawing.label)
        lines.append(f'.SEGMENT DIGIT {number} ? "{label}"')
        lines.append(f".COMMENT {label} {drawing.writer} {number}")
        for stroke in drawing.strokes:
            points = stroke * [TABLET, -TABLET] + [0, TABLET]
            lines.append(".PEN_DOWN")
            lines.extend(f"{x:.2f} {y:.2f}" for x, y in points)
            lines.append(".PEN_UP")
        lines.append("")
    content = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def _read_text(path: Path) -> str:
    """The file's text, unpacked if need be."""
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        elif content[:2] == b"\x1f\x9d":
            content = unpack_z(content)
    except FileNotFoundError:
        raise StrokesError("strokes_missing", path=path) from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise StrokesError("strokes_unreadable", path=path, reason=reason_of(error)) from error
    return content.decode("latin-1")


def _read_name(line: str) -> str:
    """What a `.SEGMENT DIGIT 0 ? "8"` line names."""
    try:
        words = shlex.split(line) if len(line) <= LONGEST_SEGMENT else []
    except ValueError:  # a quotation mark without its other half
        words = []
    if len(words) < 5:
        raise StrokesError("strokes_label")
    return words[-1]


def _label_of(name: str) -> int:
    """The digit that is named, or NOT_A_DIGIT."""
    return int(name) if len(name) == 1 and name in "0123456789" else NOT_A_DIGIT


def _read_writer(words: list[str]) -> int:
    """The writer a `.COMMENT label writer number` line names; other comments give 0."""
    if len(words) != 4 or not all(number.isdecimal() for number in words[2:]):
        return 0
    return int(words[2]) if len(words[2]) <= LONGEST_WRITER else 0


def _read_point(words: list[str]) -> tuple[float, float]:
    """The first two numbers of a line; tablets may append time or pressure."""
    if len(words) < 2:
        raise StrokesError("strokes_point")
    try:
        x, y = float(words[0]), float(words[1])
    except ValueError:
        raise StrokesError("strokes_point") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise StrokesError("strokes_not_finite")
    return x, y


def _fit_to_pad(drawings: list[Drawing]) -> list[Drawing]:
    """Tablet coordinates as 0..1 with y down; a tablet other than UCI's by its own extent."""
    points = np.concatenate([stroke for drawing in drawings for stroke in drawing.strokes])
    corner, far = points.min(axis=0), points.max(axis=0)
    if corner.min() >= 0 and far.max() <= TABLET:
        corner, side = np.zeros(2), float(TABLET)
    else:
        side = max(float((far - corner).max()), 1e-9)
    return [
        replace(
            drawing,
            strokes=[(stroke - corner) / side * [1, -1] + [0, 1] for stroke in drawing.strokes],
        )
        for drawing in drawings
    ]
