"""Turn weights into ONNX, the format that runs without torch:

    python export.py                      every .pt in weights/
    python export.py weights/tutorial.pt

Writes x.onnx beside x.pt, only after onnx's checker accepts it and onnxruntime agrees with torch on
real digits. digits/onnx_file.py does the work; digits/inference.py runs what it writes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from digits.process import name_missing

try:
    from digits.data.mnist import load_digits
    from digits.data.preparation.image import to_pixels
    from digits.errors import DataError, ExportError, WeightsError
    from digits.files import write_atomically
    from digits.network.checkpoint import WEIGHTS_DIR, load_weights
    from digits.network.onnx_export import check_against_torch, to_onnx
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))

CHECKED_DIGITS = 10_000  # test digits that onnxruntime and torch must agree on


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    options = build_parser().parse_args(arguments)
    try:
        for path in options.weights or all_weights():
            export(path, options.data)
    except (DataError, WeightsError, ExportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"error: {name_missing(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped: the file under way was not written", file=sys.stderr)
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The flags."""
    parser = argparse.ArgumentParser(description="Write weights as ONNX, checked against torch.")
    parser.add_argument("weights", nargs="*", type=Path, help="default: every .pt in weights/")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with MNIST/raw to check on"
    )
    return parser


def all_weights() -> list[Path]:
    """Every .pt in weights/."""
    paths = sorted(WEIGHTS_DIR.glob("*.pt"))
    if not paths:
        raise WeightsError("weights_none", path=WEIGHTS_DIR)
    return paths


def export(path: Path, data: Path | None) -> None:
    """Write one .onnx beside its .pt, after it has proved to be the same network."""
    model, card = load_weights(path)
    content = to_onnx(model, card)
    digits = load_digits(data, download=False)
    images = digits.test_images[:CHECKED_DIGITS]
    difference = check_against_torch(content, model, to_pixels(images))
    out = path.with_suffix(".onnx")
    write_atomically(out, content)
    print(
        f"{out}: {len(content) / 1000:.0f} kB, same digit as torch on {len(images):,} of "
        f"{len(images):,}, largest difference {difference:.1e}"
    )


if __name__ == "__main__":
    sys.exit(main())
