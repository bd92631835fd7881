"""Turn weights into ONNX, the format that runs without torch:

    python export.py                      every .pt in weights/
    python export.py weights/tutorial.pt

Writes x.onnx beside x.pt, only after onnx's checker accepts it and onnxruntime agrees with torch on
real digits. digits/network/onnx_export.py builds the file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from digits.process import leave, name_missing, run_command

try:
    from digits.data.mnist import load_digits
    from digits.network.checkpoint import WEIGHTS_DIR, all_weights
    from digits.network.onnx_export import export
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))

STOPPED = "stopped: the file under way was not written"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    flags = build_parser().parse_args(arguments)
    return run_command(lambda: export_all(flags.weights, flags.data), STOPPED)


def build_parser() -> argparse.ArgumentParser:
    """The flags."""
    parser = argparse.ArgumentParser(description="Write weights as ONNX, checked against torch.")
    add = parser.add_argument
    add("weights", nargs="*", help="names in weights/ or .pt files (default: all in weights/)")
    add("--data", type=Path, metavar="DIR", help="folder with MNIST/raw to check on")
    return parser


def export_all(names: Sequence[str], data: Path | None) -> None:
    """Write one .onnx beside each .pt, and say how well they agree."""
    digits = load_digits(data, download=False)
    for name in names or all_weights(WEIGHTS_DIR):
        print(export(name, digits))


if __name__ == "__main__":
    leave(main())
