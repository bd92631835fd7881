"""Stroke files: what is read, what is refused, and that a written file reads back the same."""

from __future__ import annotations

import gzip
import io
import zipfile
from http.client import IncompleteRead
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digits.data import pendigits
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.unipen import parse_unipen, read_unipen, write_unipen
from digits.data.unix_compress import unpack_z
from digits.errors import StrokesError

TWO_DRAWINGS = """.INCLUDE        dene.doc
.LEXICON "0" "1"
.HIERARCHY      DIGIT

.SEGMENT DIGIT    0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 250  500
 250    0
.PEN_UP
.DT 100
.PEN_DOWN
   0 250
 500 250
.PEN_UP
.SEGMENT DIGIT 1 ? "A"
.PEN_DOWN
 10 20
.PEN_UP
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_labels_writers_and_points_with_y_growing_downwards(tmp_path: Path) -> None:
    eight, letter = read_unipen(write(tmp_path / "two.txt", TWO_DRAWINGS))
    assert (eight.label, eight.writer, len(eight.strokes)) == (8, 12, 2)
    np.testing.assert_allclose(eight.strokes[0], [[0.5, 0.0], [0.5, 1.0]])
    np.testing.assert_allclose(eight.strokes[1], [[0.0, 0.5], [1.0, 0.5]])
    assert (letter.label, letter.writer) == (NOT_A_DIGIT, 0)


@pytest.mark.parametrize(
    ("bad", "named"),
    [("12", "line 8"), ("x y", "line 8"), ("nan 3", "line 8"), (".SEGMENT DIGIT", "line 8")],
)
def test_a_malformed_line_is_named(tmp_path: Path, bad: str, named: str) -> None:
    lines = TWO_DRAWINGS.splitlines()
    lines[7] = bad
    with pytest.raises(StrokesError, match=named):
        read_unipen(write(tmp_path / "bad.txt", "\n".join(lines)))


def test_a_file_without_drawings_and_a_missing_file_say_so(tmp_path: Path) -> None:
    with pytest.raises(StrokesError, match="no drawing"):
        read_unipen(write(tmp_path / "empty.txt", "hello\n"))
    with pytest.raises(StrokesError, match="there is no stroke file"):
        read_unipen(tmp_path / "missing.txt")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(TWO_DRAWINGS.encode())[:-20])
    with pytest.raises(StrokesError, match="fetch it again"):
        read_unipen(tmp_path / "cut.gz")
    with pytest.raises(StrokesError, match=r": (Is a directory|Permission denied); fetch it again"):
        read_unipen(tmp_path)


def test_lines_far_too_long_are_refused_or_passed_over(tmp_path: Path) -> None:
    name = "x" * 3_000_000  # shlex would take minutes
    with pytest.raises(StrokesError, match="line 20"):
        parse_unipen(f'{TWO_DRAWINGS}.SEGMENT DIGIT 2 ? "{name}"', tmp_path)
    _, letter = parse_unipen(f"{TWO_DRAWINGS}.COMMENT A {'1' * 5000} 0", tmp_path)
    assert letter.writer == 0


@pytest.mark.parametrize("name", ["plain.txt", "packed.gz"])
def test_written_drawings_read_back(tmp_path: Path, name: str) -> None:
    drawings = [Drawing([np.array([[0.1, 0.9], [0.5, 0.25]]), np.array([[1.0, 0.0]])], 7, 31)]
    write_unipen(tmp_path / name, drawings)
    (read,) = read_unipen(tmp_path / name)
    assert (read.label, read.writer) == (7, 31)
    for ours, theirs in zip(drawings[0].strokes, read.strokes, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def pack_z(content: bytes, widest: int = 16) -> bytes:
    """Unix compress as its own program writes it: the other half of unpack_z, for the tests."""
    runs = {bytes([byte]): byte for byte in range(256)}
    codes: list[tuple[int, int]] = []
    used, width, run = 257, 9, b""
    for byte in content:
        longer = run + bytes([byte])
        if longer in runs:
            run = longer
            continue
        codes.append((runs[run], width))
        if used < 1 << widest:
            runs[longer] = used
            used += 1
            if used > 1 << width and width < widest:
                width += 1
        run = longer[-1:]
    if run:
        codes.append((runs[run], width))
    return bytes([0x1F, 0x9D, 0x80 | widest]) + pack_bits(codes)


def pack_bits(codes: list[tuple[int, int]]) -> bytes:
    """Lowest bit first; where the width grows, the block of eight codes is filled up."""
    bits, bit, start = 0, 0, 0
    for number, (code, width) in enumerate(codes):
        before = codes[number - 1][1] if number else width
        if width != before:
            bit = start + -(-(bit - start) // (8 * before)) * 8 * before
            start = bit
        bits |= code << bit
        bit += width
    return bits.to_bytes(-(-bit // 8), "little")


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(1, 40))
def test_unix_compress_is_undone(content: bytes, times: int) -> None:
    assert unpack_z(pack_z(content * times)) == content * times


def test_a_packed_stroke_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "two.Z").write_bytes(pack_z(TWO_DRAWINGS.encode()))
    assert [drawing.label for drawing in read_unipen(tmp_path / "two.Z")] == [8, NOT_A_DIGIT]


def test_the_archive_is_fetched_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(pendigits.ARCHIVED, pack_z(TWO_DRAWINGS.encode()))
    answers = [io.BytesIO(archive.getvalue())]
    monkeypatch.setattr(pendigits, "urlopen", lambda _address, timeout: answers.pop())
    for _ in range(2):  # the second time there is nothing left to fetch
        path = pendigits.find_strokes(tmp_path / "data")
        assert len(read_unipen(path)) == 2


def damaged_archive() -> bytes:
    """An archive whose packed bytes are none."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(pendigits.ARCHIVED, bytes(5000))
    start = 30 + len(pendigits.ARCHIVED)  # behind the file's header
    return archive.getvalue()[:start] + b"\xff\xff" + archive.getvalue()[start + 2 :]


@pytest.mark.parametrize(
    "answer",
    [OSError("no network"), IncompleteRead(b"half"), b"<html>moved</html>", damaged_archive()],
    ids=["no network", "half", "moved", "damaged"],
)
def test_a_failed_download_says_where_to_get_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Exception | bytes
) -> None:
    def fetch(_address: str, timeout: float) -> io.BytesIO:
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(answer)

    monkeypatch.setattr(pendigits, "urlopen", fetch)
    with pytest.raises(StrokesError, match="--strokes FILE"):
        pendigits.find_strokes(tmp_path)
    assert not list(tmp_path.iterdir())
