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
from collections.abc import Callable, Mapping

STATIC_IMPORT = re.compile(
    r'^import\s+(?:(?P<names>\{[^}]*\})|\*\s+as\s+(?P<whole>\w+))\s+from\s+"(?P<path>[^"]+)";$',
    re.MULTILINE,
)
DYNAMIC_IMPORT = re.compile(r'\bimport\(\s*"([^"]+)"\s*\)')
EXPORT = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function\b\*?|class|const)\s+(?P<name>\w+))", re.MULTILINE
)
EXPORTED_NAMES = re.compile(r"^export\s+\{\s*(\w+(?:\s*,\s*\w+)*)\s*,?\s*\};$", re.MULTILINE)
BUNDLED = re.compile(r'^loaders\["([^"]+)"\] = ', re.MULTILINE)
LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
OPENING = """\
const once = (make) => {
  let made;
  return () => (made ??= make());
};
"""


class BundleError(ValueError):
    """A module uses a form of import or export that cannot be joined; the text names both."""


def join_modules(
    entry: str,
    read: Callable[[str], str],
    *,
    apart: Mapping[str, str] | None = None,
    beside: tuple[str, str] | None = None,
) -> str:
    """The module `entry` and all that it imports as one module with the same exports.

    The bundle stands at the root of static/ and also exports `modules`: path -> function that returns that
    module's exports.

    Args:
        entry: path of a module below static/.
        read: gives a module's text by its path.
        apart: modules that stay out until they are asked for, each with its own bundle's file name.
        beside: file name and text of a bundle that is loaded already: what it holds is not held again.
    """
    apart = apart or {}
    there = set(BUNDLED.findall(beside[1])) if beside else set()
    order: list[str] = []
    joined: dict[str, str] = {}
    exports: dict[str, list[str]] = {}

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise BundleError(f"modules import each other: {' -> '.join([*above, path])}")
        if path in order or path in there:
            return
        text = read(path)
        for found in STATIC_IMPORT.finditer(text):
            visit(resolve(path, found["path"]), (*above, path))
        order.append(path)
        exports[path] = _exported(text)
        joined[path] = _wrap(path, text, exports[path], apart)
        for target in DYNAMIC_IMPORT.findall(text):
            if resolve(path, target) not in apart:
                visit(resolve(path, target), ())

    visit(entry, ())
    table = ",".join(f'"{path}":()=>loaders["{path}"]()' for path in order)
    names = ", ".join(exports[entry])
    return "\n".join(
        [
            f'import {{ modules as there }} from "./{beside[0]}";' if beside else "",
            OPENING,
            "const loaders = { ...there };" if beside else "const loaders = {};",
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


def _wrap(path: str, text: str, exports: list[str], apart: Mapping[str, str]) -> str:
    """One module as an entry of `loaders`."""

    def declare(found: re.Match[str]) -> str:
        names = found["whole"] or found["names"].replace(" as ", ": ")
        return f'const {names} = loaders["{resolve(path, found["path"])}"]();'

    def promise(found: re.Match[str]) -> str:
        target = resolve(path, found[1])
        if target in apart:
            return f'import("./{apart[target]}")'
        return f'Promise.resolve().then(() => loaders["{target}"]())'

    body = STATIC_IMPORT.sub(declare, text)
    body = DYNAMIC_IMPORT.sub(promise, body)
    body = EXPORT.sub("", EXPORTED_NAMES.sub("", body))
    if unknown := LEFT_OVER.search(body):
        raise BundleError(f"{path} has a form that cannot be joined: {unknown[0]}")
    body = body.replace("import.meta.url", f'new URL("{path}", import.meta.url)')
    returned = ", ".join(exports)
    return f'loaders["{path}"] = once(() => {{\n{body.strip()}\nreturn {{ {returned} }};\n}});'
