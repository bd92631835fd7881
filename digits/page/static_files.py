"""The page's own scripts, style sheets and texts, served as files that browsers may keep for good.

The path names a digest of them all, so that a change has a new address:
digits/static/0123456789ab/ui/pad.js. Addresses on the page are relative to the page's own, so that a
proxy may serve it under any path.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).resolve().parent / "static"
PREFIX = "digits/static"
FOREVER = "public, max-age=31536000, immutable"  # a year, the longest that caches take
SERVED = (".js", ".css", ".json")

# Windows may say text/plain, and browsers refuse modules of that type.
mimetypes.add_type("text/javascript", ".js")


class KeptFiles(StaticFiles):
    """Static files whose answers say that they never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["cache-control"] = FOREVER
        return response


def served_files() -> Iterator[str]:
    """The files' paths below static/, with "/" on every system, in order."""
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in SERVED:
            yield path.relative_to(STATIC).as_posix()


@cache
def digest() -> str:
    """Twelve hexadecimal figures that change when any of the files does."""
    content = hashlib.sha256()
    for name in served_files():
        content.update(name.encode() + b"\0" + (STATIC / name).read_bytes() + b"\0")
    return content.hexdigest()[:12]


def address(name: str) -> str:
    """A file's address, relative to the page's: address("ui/pad.js")."""
    return f"{PREFIX}/{digest()}/{name}"


def static_route() -> Mount:
    """The route that serves them; only the current digest has an address."""
    return Mount(f"/{PREFIX}/{digest()}", KeptFiles(directory=STATIC))
