"""Turn weights into ONNX, the format that runs without torch:

    python export.py                      every .pt in weights/
    python export.py weights/tutorial.pt
    python export.py --page tutorial      weights/tutorial.html: the page as one file, no server needed

Writes x.onnx and x.safetensors, the weights alone, beside x.pt, only after onnx's checker accepts the
former and onnxruntime agrees with torch on real digits.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from digits.process import leave, name_missing, run_command

try:
    from digits.atomic_files import write_atomically
    from digits.data.mnist import load_digits
    from digits.network.backends import load_backend
    from digits.network.checkpoint import WEIGHTS_DIR, all_weights, file_of, find_weights
    from digits.network.onnx_export import export
    from digits.page.single_file import write_page
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))

STOPPED = "stopped: the file under way was not written"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    flags = build_parser().parse_args(arguments)
    if flags.page:
        return run_command(lambda: write_pages(flags.weights), STOPPED)
    return run_command(lambda: export_all(flags.weights, flags.data), STOPPED)


def build_parser() -> argparse.ArgumentParser:
    """The flags."""
    parser = argparse.ArgumentParser(
        description="Write weights as ONNX and safetensors, checked against torch."
    )
    add = parser.add_argument
    add("weights", nargs="*", help="names in weights/ or .pt files (default: all in weights/)")
    add("--page", action="store_true", help="write x.html instead: a page that needs no server")
    add("--data", type=Path, metavar="DIR", help="folder with MNIST/raw to check on")
    return parser


def export_all(names: Sequence[str], data: Path | None) -> None:
    """Write one .onnx and one .safetensors beside each .pt, and say how well they agree."""
    digits = load_digits(data, download=False)
    for name in names or all_weights(WEIGHTS_DIR):
        print(export(name, digits))


def write_pages(names: Sequence[str]) -> None:
    """Write one .html beside each set of weights, and say how large it is."""
    for name in names or all_weights(WEIGHTS_DIR):
        path = file_of(find_weights(name), ".html")
        content = write_page(load_backend(name)).encode()
        write_atomically(path, content)
        print(
            f"{path}: {len(content) / 1000:.0f} KB; open it in a browser, or put it on any web space"
        )


if __name__ == "__main__":
    leave(main())
