"""The page's own scripts, style sheets and texts, served as files that browsers may keep for good.

The page asks for two of them that are joined from the rest, page.js and page.css: a request costs more
than the bytes. The others have addresses, too, for workers and for whoever looks.

The path names a digest of them all, so that a change has a new address:
digits/static/0123456789ab/ui/pad.js. Addresses on the page are relative to the page's own, so that a
proxy may serve it under any path.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digits.page.script_bundle import join_modules
from digits.server.routes import FOREVER

STATIC = Path(__file__).resolve().parent / "static"
PREFIX = "digits/static"
# Named here, since a machine's own table may say text/plain, and browsers refuse such modules.
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
# Comments that have lines to themselves: half of what a script weighs is for those who read it.
LINE_COMMENTS = re.compile(
    r"(?:^|(?<=[;,{})\]])) *// .*$|^[ \t]*//$", re.MULTILINE
)  # whole lines and ends of lines
TYPE_COMMENTS = re.compile(r"/\*\* @[^*\n]*\*/ ?")  # inside a line: casts and parameters' types
INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)
BLANK_LINES = re.compile(r"\n\s*\n")  # no text goes over lines
SCRIPT = "page.js"  # hosts/gradio.js and all that it imports
LATER = {  # fetched when they are first seen or needed
    "services/browser_run.js": "browser_run.js",
    "ui/workbench/workbench.js": "workbench.js",
    "ui/outcome_cells.js": "cells.js",
    "services/shared_digits.js": "shared_digits.js",  # one copy for all of them
    "ui/lesson/break_it.js": "break_it.js",
    "ui/lesson/class_link.js": "class_link.js",
    "ui/lesson/class_room.js": "class_room.js",
    "ui/lesson/lesson.js": "lesson.js",
    "ui/lesson/batches.js": "batches.js",
    "ui/lesson/code.js": "code.js",
    "ui/lesson/gradient.js": "gradient.js",
    "ui/lesson/hand.js": "hand.js",
    "ui/lesson/loss.js": "loss.js",
    "ui/lesson/honest_marks.js": "honest_marks.js",
    "ui/lesson/untrained.js": "untrained.js",
    "ui/lesson/why.js": "why.js",
}
STYLES = "page.css"  # css/page.css with all that it imports
IMPORTS = re.compile(r'@import "(.+)";\n')
BLOCK_COMMENTS = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*$", re.DOTALL | re.MULTILINE)


def served_files() -> Iterator[str]:
    """The files' paths below static/, with "/" on every system, in order."""
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in TYPES:
            yield path.relative_to(STATIC).as_posix()


def served_names() -> list[str]:
    """The files, and what is joined out of them."""
    return [*served_files(), SCRIPT, STYLES, *LATER.values()]


@cache
def content(name: str) -> bytes:
    """A file as it is served: scripts without comments and indents, joined ones without blank lines.

    In a script by itself every line has its old number.
    """
    if name == SCRIPT:
        script = join_modules("hosts/gradio.js", _script, apart=LATER)
        return BLANK_LINES.sub("\n", script).encode()
    if name in LATER.values():
        (entry,) = (path for path, bundle in LATER.items() if bundle == name)
        page = (SCRIPT, _script(SCRIPT))
        script = join_modules(entry, _script, apart=LATER, beside=page)
        return BLANK_LINES.sub("\n", script).encode()
    if name == STYLES:
        return join_styles(f"css/{STYLES}").encode()
    code = (STATIC / name).read_text(encoding="utf-8")
    if name.endswith(".js"):
        code = LINE_COMMENTS.sub("", code)
        code = BLOCK_COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), code)
        code = TYPE_COMMENTS.sub("", code)
        code = INDENTS.sub("", code)
    return code.encode()


def join_styles(name: str) -> str:
    """A style sheet with the text of those that it imports in their place."""

    def sheet(found: re.Match[str]) -> str:
        return join_styles(posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1])))

    return IMPORTS.sub(sheet, (STATIC / name).read_text(encoding="utf-8"))


def _script(name: str) -> str:
    return content(name).decode()


@cache
def compressed(name: str) -> bytes:
    """The same as it goes over the wire to a browser that takes gzip, as all do."""
    return gzip.compress(content(name), mtime=0)


@cache
def digest() -> str:
    """Twelve hexadecimal figures that change when anything that is served does, joined scripts included."""
    files = hashlib.sha256()
    for name in served_names():
        files.update(name.encode() + b"\0" + content(name) + b"\0")
    return files.hexdigest()[:12]


def address(name: str) -> str:
    """A file's address, relative to the page's: address("ui/pad.js")."""
    return f"{PREFIX}/{digest()}/{name}"


def static_route() -> Route:
    """The route that serves them; only the current digest has an address."""
    names = set(served_names())

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in names:
            return Response(status_code=404)
        headers = {"cache-control": FOREVER, "vary": "accept-encoding"}
        body = content(name)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            body = compressed(name)
        return Response(body, media_type=TYPES[Path(name).suffix], headers=headers)

    return Route(f"/{PREFIX}/{digest()}/{{name:path}}", serve)
