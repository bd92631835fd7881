"""Many small modules as one script: one request instead of forty, and a page that is one file.

The modules stay as they are written and are what tests and tools look at; this joins them when they are
served. Each becomes a function that runs once, when it is first asked for, and returns what the module
exports. That needs no parser, since the modules keep to few forms, which `join_modules` insists on:
static imports by name or as a whole, dynamic imports of a fixed address, exports of functions, classes
and constants where they are declared, or of names in a list.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

STATIC_IMPORT = re.compile(
    r'^import\s+(?:(?P<names>\{[^}]*\})|\*\s+as\s+(?P<whole>\w+))\s+from\s+"(?P<path>[^"]+)";$',
    re.MULTILINE,
)
DYNAMIC_IMPORT = re.compile(r'\bimport\(\s*"([^"]+)"\s*\)')
EXPORT = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function\b\*?|class|const)\s+(?P<name>\w+))", re.MULTILINE
)
EXPORTED_NAMES = re.compile(r"^export\s+\{\s*(\w+(?:\s*,\s*\w+)*)\s*,?\s*\};$", re.MULTILINE)
LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
OPENING = """\
const once = (make) => {
  let made;
  return () => (made ??= make());
};
"""


class BundleError(ValueError):
    """A module uses a form of import or export that cannot be joined; the text names both."""


def join_modules(entry: str, read: Callable[[str], str]) -> str:
    """The module `entry` and all that it imports as one module with the same exports.

    `read` gives a module's text by its path below static/. The bundle stands at the root of static/ and
    also exports `modules`: path -> function that returns that module's exports.
    """
    order: list[str] = []
    joined: dict[str, str] = {}
    exports: dict[str, list[str]] = {}

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise BundleError(f"modules import each other: {' -> '.join([*above, path])}")
        if path in order:
            return
        text = read(path)
        for found in STATIC_IMPORT.finditer(text):
            visit(resolve(path, found["path"]), (*above, path))
        order.append(path)
        exports[path] = _exported(text)
        joined[path] = _wrap(path, text, exports[path])
        for target in DYNAMIC_IMPORT.findall(text):
            visit(resolve(path, target), ())

    visit(entry, ())
    table = ",".join(f'"{path}":()=>loaders["{path}"]()' for path in order)
    names = ", ".join(exports[entry])
    return "\n".join(
        [
            OPENING,
            "const loaders = {};",
            *(joined[path] for path in order),
            f"export const modules = {{{table}}};",
            f'export const {{ {names} }} = loaders["{entry}"]();',
            "",
        ]
    )


def resolve(path: str, target: str) -> str:
    """The path below static/ of what the module at `path` imports as `target`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _exported(text: str) -> list[str]:
    """The names that a module exports, where they are declared or in a list."""
    listed = [name for found in EXPORTED_NAMES.findall(text) for name in re.findall(r"\w+", found)]
    return [found["name"] for found in EXPORT.finditer(text)] + listed


def _wrap(path: str, text: str, exports: list[str]) -> str:
    """One module as an entry of `loaders`."""

    def declare(found: re.Match[str]) -> str:
        names = found["whole"] or found["names"].replace(" as ", ": ")
        return f'const {names} = loaders["{resolve(path, found["path"])}"]();'

    def promise(found: re.Match[str]) -> str:
        return f'Promise.resolve().then(() => loaders["{resolve(path, found[1])}"]())'

    body = STATIC_IMPORT.sub(declare, text)
    body = DYNAMIC_IMPORT.sub(promise, body)
    body = EXPORT.sub("", EXPORTED_NAMES.sub("", body))
    if unknown := LEFT_OVER.search(body):
        raise BundleError(f"{path} has a form that cannot be joined: {unknown[0]}")
    body = body.replace("import.meta.url", f'new URL("{path}", import.meta.url)')
    returned = ", ".join(exports)
    return f'loaders["{path}"] = once(() => {{\n{body.strip()}\nreturn {{ {returned} }};\n}});'
