"""The UCI pen strokes: found or downloaded."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from urllib.request import urlopen

from digits.data.mnist import DOWNLOAD_FAULTS, DOWNLOAD_TIMEOUT
from digits.errors import StrokesError

# Alimoglu and Alpaydin, "Pen-Based Recognition of Handwritten Digits", UCI, DOI 10.24432/C5MG6K,
# CC BY 4.0: 7,494 digits by 30 writers in the file named here.
ARCHIVE = (
    "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
)

ARCHIVED = "pendigits-orig.tra.Z"


def find_strokes(folder: Path) -> Path:
    """The UCI stroke file in `folder`, downloaded into it when it is not there yet."""
    path = folder / ARCHIVED
    if path.is_file():
        return path
    try:
        with urlopen(ARCHIVE, timeout=DOWNLOAD_TIMEOUT) as answer:
            content = zipfile.ZipFile(io.BytesIO(answer.read())).read(ARCHIVED)
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except (*DOWNLOAD_FAULTS, KeyError, zipfile.BadZipFile) as error:
        raise StrokesError(
            "strokes_download", reason=str(error), file=ARCHIVED, address=ARCHIVE
        ) from error
    return path
