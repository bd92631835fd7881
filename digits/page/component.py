"""A component of the page: a gr.HTML with a template and a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

STATIC = Path(__file__).resolve().parent / "static"


def script(name: str) -> str:
    """The script of a room."""
    return (STATIC / f"{name}.js").read_text(encoding="utf-8")


def icon(path: str) -> str:
    """A 20 x 20 line drawing for a button."""
    return f'<svg viewBox="0 0 20 20" aria-hidden="true"><path d="{path}"/></svg>'


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
