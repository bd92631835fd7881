"""The page as one HTML file without a server: pad, answer, What it sees and Inside, for one network.

The same modules, style sheet, texts and HTML as the page has (static/), joined: a page opened from a disk may
load no module from beside itself.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable

from digits import __version__
from digits.data.preparation.strokes import preparation_rules
from digits.network.backends import Backend
from digits.network.weights_file import pack_network
from digits.page.fonts import FONTS
from digits.page.script_bundle import join_modules
from digits.page.static_files import STATIC, content, join_styles
from digits.page.texts import TEXTS

ENTRY = "hosts/standalone.js"
TABS = ("tab_see", "tab_inside")
COMPONENTS = ("header", "pad", "samples", "answer", "what_it_sees", "inside")
# Not in the file, which is to stay below 500 KB, and never asked for where there is no server.
LEFT_OUT = {"ui/lesson/why.js": "why.js"}
STYLE_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
# The file is told to fetch nothing from anywhere.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="digits {version}">
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
<div role="tabpanel" aria-labelledby="tab_see-button">{what_it_sees}</div>
<div role="tabpanel" aria-labelledby="tab_inside-button" hidden>{inside}</div>
</div>
</div>
</div>
</main></div>
<script type="text/plain" id="network-file">{network}</script>
<script type="text/plain" id="given">{given}</script>
<script type="module">{script}</script>
</body>
</html>
"""
TAB = '<button type="button" role="tab" id="{name}-button" aria-selected="false">{title}</button>'


def write_page(network: Backend) -> str:
    """The file's content for one network: for the shipped ones less than 500 KB."""
    script = join_modules(ENTRY, lambda name: content(name).decode(), apart=LEFT_OUT)
    given = {
        "rules": preparation_rules(),
        "samples": json.loads((STATIC / "samples.json").read_text(encoding="utf-8")),
        "texts": needed_texts([script, *map(_html, COMPONENTS), *TABS]),
    }
    return PAGE.format(
        policy=POLICY,
        version=__version__,
        title=TEXTS["en"]["title"],
        style=_style(),
        tabs="".join(TAB.format(name=name, title=TEXTS["en"][name]) for name in TABS),
        network=_packed(pack_network(network)),
        given=_packed(json.dumps(given).encode()),
        script=script,
        **{name: f'<div id="{name}" class="room">{_html(name)}</div>' for name in COMPONENTS},
    )


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


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def _style() -> str:
    fonts = ", ".join(f'"{font}"' if " " in font else font for font in FONTS)
    css = join_styles("hosts/standalone.css")
    css = re.sub(r"\s*\n\s*", "\n", STYLE_COMMENT.sub("", css))
    return f":root {{ --font: {fonts}; }}\n{css}"


def _html(name: str) -> str:
    return (STATIC / "components" / f"{name}.html").read_text(encoding="utf-8")
