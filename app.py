"""The web page: draw a digit and see what a neural network makes of it.

    python app.py                      then open http://127.0.0.1:7860
    python app.py --host 0.0.0.0       for other machines in the same network
    python app.py --help               every flag

Importing this file builds and launches nothing. docs/architecture.md is the map of the code.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from digits.process import name_missing, no_garbage, run_command, share_heaps

try:
    from digits.errors import DigitsError
    from digits.network.backends import BACKENDS, DEVICES
    from digits.page.address import FIRST_PORT, LOCALHOST, choose_address, keep_proxies_away
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))


def parse_flags(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line's flags."""
    parser = argparse.ArgumentParser(description="Draw a digit; a neural network reads it.")
    parser.add_argument("--host", help=f"address to serve on (default: {LOCALHOST})")
    parser.add_argument("--port", help=f"port (default: {FIRST_PORT} or the next free)")
    parser.add_argument(
        "--share", action="store_true", help="make a public link through gradio.live"
    )
    parser.add_argument(
        "--weights", default="", help="name in weights/ or path (default: the best)"
    )
    parser.add_argument("--backend", default="auto", choices=("auto", *BACKENDS))
    parser.add_argument("--device", default="auto", choices=("auto", *DEVICES))
    parser.add_argument("--data", type=Path, help="folder with MNIST, for training on the page")
    parser.add_argument(
        "--mcp", action="store_true", help="also serve the API as tools for MCP clients"
    )
    return parser.parse_args(arguments)


def offers_mcp() -> bool:
    """Whether MCP comes without being asked for: on a Space with gradio[mcp], as Spaces install it."""
    return bool(os.environ.get("SPACE_ID")) and find_spec("mcp") is not None


def serve(flags: argparse.Namespace) -> None:
    """Build the page and serve it until Ctrl-C; DigitsError says what is in the way."""
    if flags.mcp and not find_spec("mcp"):
        raise DigitsError("mcp_missing", python=sys.executable)
    host, port = choose_address(flags.host, flags.port)
    keep_proxies_away()
    share_heaps()
    with no_garbage():
        from digits.page.app import Settings, create_app
    app = create_app(Settings(flags.weights, flags.backend, flags.device, flags.data))
    try:
        app.launch(
            server_name=host,
            server_port=port,
            share=flags.share or None,
            mcp_server=flags.mcp or offers_mcp() or None,
        )
    except OSError as error:
        raise DigitsError("not_served", host=host, port=port, reason=str(error)) from error


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    flags = parse_flags(arguments)
    return run_command(lambda: serve(flags))


if __name__ == "__main__":
    sys.exit(main())
