"""The rooms of the page that are more than Gradio's own components: header, pad, answer, strips.

Each is a gr.HTML with a template here, behaviour in a script of the same name beside this file
(digits/pad.js, ...) and looks in digits/page.css. Factories, not subclasses: Gradio would write a .pyi
file beside a subclass. Texts are filled in by the scripts from digits/texts.py: `data-text` names a
text, `data-label` a label. Next: digits/pad.js, then app.py, which puts the rooms together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from digits.inference import BACKENDS, is_installed
from digits.reading import Reader

HERE = Path(__file__).resolve().parent


def script(name: str) -> str:
    """The script of a room."""
    return (HERE / f"{name}.js").read_text(encoding="utf-8")


def icon(path: str) -> str:
    """A 20 x 20 line drawing for a button."""
    return f'<svg viewBox="0 0 20 20" aria-hidden="true"><path d="{path}"/></svg>'


UNDO = icon("M7 4 3 8l4 4M3 8h8a5 5 0 0 1 0 10H8")
REDO = icon("m13 4 4 4-4 4M17 8H9a5 5 0 0 0 0 10h3")
CLEAR = icon("M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11")
PICTURE = icon("M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M13 7.5h.01")
CAMERA = icon("M3 6h3l1.5-2h5L14 6h3v10H3zM10 8a3 3 0 1 0 0 6 3 3 0 0 0 0-6z")
SHARE = icon(
    "M8 12a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5l-1 1M12 8a3.5 3.5 0 0 0-5 0l-3 3"
    "a3.5 3.5 0 0 0 5 5l1-1"
)
THEME = icon("M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14")

HEADER = f"""
<header class="top">
  <div><h1 data-text="title"></h1><p data-text="lead"></p></div>
  <nav data-label="settings">
    <button type="button" class="language"></button>
    <button type="button" class="theme" data-label="theme">{THEME}</button>
  </nav>
</header>
"""

PAD = f"""
<div class="paper">
  <canvas tabindex="0" role="application" data-label="pad"></canvas>
  <p class="pad-hint" data-text="pad_hint" aria-hidden="true"></p>
  <p class="pad-drop" data-text="picture_drop" aria-hidden="true"></p>
</div>
<div class="tools">
  <button type="button" data-do="undo">{UNDO}<span data-text="undo"></span></button>
  <button type="button" data-do="redo">{REDO}<span data-text="redo"></span></button>
  <button type="button" data-do="clear">{CLEAR}<span data-text="clear"></span></button>
  <span class="gap"></span>
  <button type="button" class="narrow" data-do="camera" data-label="camera">{CAMERA}</button>
  <button type="button" class="narrow" data-do="picture" data-label="picture">{PICTURE}</button>
  <button type="button" class="narrow" data-do="share" data-label="share">{SHARE}</button>
</div>
<input type="file" accept="image/*" data-for="picture" hidden>
<input type="file" accept="image/*" capture="environment" data-for="camera" hidden>
<p class="pad-note" role="status"></p>
"""

SAMPLES = """
<div class="samples">
  <p data-text="samples_real"></p><div class="sample-row"></div>
  <p data-text="samples_hard"></p><div class="sample-row"></div>
</div>
"""

BAR = """
<div class="bar" role="meter" aria-label="{i}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0">
  <span class="bar-number"></span><span class="bar-track"><span class="bar-fill"></span></span>
  <span class="bar-name">{i}</span>
</div>
"""

ANSWER = f"""
<div class="answer" data-state="blank">
  <div class="answer-digit"></div>
  <div class="answer-words">
    <p class="answer-line" data-text="blank"></p>
    <p class="answer-why" data-text="blank_more"></p>
  </div>
  <div class="bars" role="group" data-label="bars">{"".join(BAR.format(i=i) for i in range(10))}</div>
  <p class="answer-by">&nbsp;</p>
  <p class="spoken" aria-live="polite"></p>
</div>
"""

PICKER = """
<div class="picker">
  <label><span data-text="network"></span><select></select></label>
  <label><span data-text="backend"></span><select></select></label>
  <label><span data-text="device"></span><select></select></label>
  <button type="button" data-text="compare"></button>
  <ul class="compare-lines" aria-live="polite"></ul>
</div>
"""

SEE = """
<div class="see">
  <ol>
    <li><canvas></canvas><span data-text="see_drawing"></span></li>
    <li class="see-small"><canvas></canvas><span data-text="see_small"></span></li>
    <li class="see-image"><canvas></canvas><span data-text="see_image"></span></li>
  </ol>
  <label class="switch"><input type="checkbox" role="switch"><span data-text="shrink"></span>
    <small data-text="shrink_more"></small></label>
  <p class="see-note" aria-live="polite"></p>
</div>
"""


def room(name: str, template: str, value: Any = None, **settings: Any) -> gr.HTML:
    """A gr.HTML with the script of that name; its element's id is the name."""
    return gr.HTML(
        value=value,
        html_template=template,
        js_on_load=script(name),
        elem_id=name,
        elem_classes="room",
        apply_default_css=False,
        **settings,
    )


def make_header() -> gr.HTML:
    """Title and switches. Its value is the page's language; "input" when the visitor changes it."""
    return room("header", HEADER)


def make_pad(reader: Reader) -> gr.HTML:
    """The pad. Its value is the drawing, as digits.reading.parse_drawing takes it."""

    def read(question: Any) -> dict[str, Any]:  # Gradio takes plain functions, no methods
        return reader.read(question)

    return room("pad", PAD, server_functions=[read])


def make_samples() -> gr.HTML:
    """Real test digits and hard ones, loaded with one click."""
    samples = json.loads((HERE / "samples.json").read_text(encoding="utf-8"))
    return room("samples", SAMPLES, samples)


def make_answer() -> gr.HTML:
    """The digit, the words and ten bars."""
    return room("answer", ANSWER)


def make_picker(reader: Reader) -> gr.HTML:
    """Network, backend and device. Its value is what `picker_value` makes; "input" when picked."""

    def compare(question: Any) -> dict[str, Any]:
        return reader.compare(question)

    return room("picker", PICKER, picker_value(reader), server_functions=[compare])


def picker_value(
    reader: Reader, network: str | None = None, extra: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What the picker offers, with `network` chosen; `extra` are names like "yours"."""
    default = reader.networks.default
    return {
        "names": [*reader.networks.names, *extra],
        "network": network or default.network,
        "backends": [name for name in BACKENDS if is_installed(name)],
        "backend": default.backend,
        "device": default.device,
    }


def make_see() -> gr.HTML:
    """Drawing, 20 x 20, 28 x 28, and the switch "just shrink it"."""
    return room("see", SEE)
