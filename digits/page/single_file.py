"""The page as one HTML file without a server: pad, answer, What it sees and Inside, for one network.

The same modules, style sheet, texts and HTML as the page has (static/), put into one file: every module is a
data: URL in an import map, since a page opened from a disk may load no module from beside itself.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from digits.data.preparation.strokes import preparation_rules
from digits.network.backends import Backend
from digits.network.weights_file import pack_network
from digits.page.fonts import FONTS
from digits.page.static_files import STATIC
from digits.page.texts import TEXTS

ENTRY = "hosts/standalone.js"
TABS = ("tab_see", "tab_inside")
COMPONENTS = ("header", "pad", "samples", "answer", "see", "inside")
IMPORT = re.compile(r'((?:from|import)\s*)"(\.{1,2}/[^"]+)"')
INLINE = re.compile(r"/\*\* @(?:[^*]|\*(?!/))*\*/ ?")  # a type
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)
STYLE_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
# The file is told to fetch nothing from anywhere.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; "
    "style-src 'unsafe-inline'; img-src data: blob:"
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div class="gradio-container standalone"><main class="main fillable">
{header}
<div id="desk">
<div id="left">{pad}{samples}</div>
<div id="right">{answer}
<div id="tabs">
<div class="tab-container" role="tablist">{tabs}</div>
<div role="tabpanel" aria-labelledby="tab_see-button">{see}</div>
<div role="tabpanel" aria-labelledby="tab_inside-button" hidden>{inside}</div>
</div>
</div>
</div>
</main></div>
<script type="text/plain" id="digits">{data}</script>
<script type="importmap">{imports}</script>
<script type="module">import "{entry}";</script>
</body>
</html>
"""
TAB = '<button type="button" role="tab" id="{name}-button" aria-selected="false">{title}</button>'


def write_page(network: Backend) -> str:
    """The file's content for one network: for the shipped ones less than 500 KB."""
    modules = read_modules(ENTRY)
    data = {
        "network": base64.b64encode(pack_network(network)).decode(),
        "rules": preparation_rules(),
        "samples": json.loads((STATIC / "samples.json").read_text(encoding="utf-8")),
        "texts": needed_texts([*modules.values(), *map(_html, COMPONENTS), *TABS]),
    }
    urls = {f"digits/{name}": _data_url(code) for name, code in modules.items()}
    return PAGE.format(
        policy=POLICY,
        title=TEXTS["en"]["title"],
        style=_style(),
        tabs="".join(TAB.format(name=name, title=TEXTS["en"][name]) for name in TABS),
        data=base64.b64encode(gzip.compress(json.dumps(data).encode(), mtime=0)).decode(),
        imports=_as_json({"imports": urls}),
        entry=f"digits/{ENTRY}",
        **{name: f'<div id="{name}" class="room">{_html(name)}</div>' for name in COMPONENTS},
    )


def read_modules(entry: str) -> dict[str, str]:
    """A module and all that it imports, by their paths below static/, without their comments."""
    found: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        code = shorten((STATIC / name).read_text(encoding="utf-8"))
        imported = {path: _resolve(name, path) for _, path in IMPORT.findall(code)}
        found[name] = IMPORT.sub(lambda hit, at=imported: f'{hit[1]}"digits/{at[hit[2]]}"', code)  # type: ignore[misc]
        waiting.extend(imported.values())
    return found


def shorten(code: str) -> str:
    """A module without its comments and its indentation; no text in it goes over several lines."""
    code = INLINE.sub("", COMMENT.sub("", code))
    return "\n".join(filter(None, map(str.strip, code.splitlines())))


def _resolve(module: str, path: str) -> str:
    """Where a relative import leads, as a path below static/."""
    parts: list[str] = list(PurePosixPath(module).parent.parts)
    for part in PurePosixPath(path).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def needed_texts(sources: Iterable[str]) -> dict[str, dict[str, str]]:
    """Of both languages' texts those whose keys, or a beginning of theirs, stand in the code or HTML."""
    code = "\n".join(sources)
    words = set(re.findall(r"[\w.]+", code))
    beginnings = tuple(re.findall(r"`([\w.]+)\$\{", code))
    return {
        language: {
            key: words_of
            for key, words_of in texts.items()
            if key in words or key.startswith(beginnings)
        }
        for language, texts in TEXTS.items()
    }


def _style() -> str:
    fonts = ", ".join(f'"{font}"' if " " in font else font for font in FONTS)
    sheets = ("css/page.css", "css/standalone.css")
    css = "".join((STATIC / name).read_text(encoding="utf-8") for name in sheets)
    css = re.sub(r"\s*\n\s*", "\n", STYLE_COMMENT.sub("", css))
    return f":root {{ --font: {fonts}; }}\n{css}"


def _html(name: str) -> str:
    return (STATIC / "components" / f"{name}.html").read_text(encoding="utf-8")


def _data_url(code: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(code.encode()).decode()


def _as_json(value: Any) -> str:
    """JSON that may stand inside a script element, whatever it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
