"""A component of the page: a gr.HTML with a file of HTML and a module of its own.

components/NAME.html is what it looks like, ui/NAME.js what it does. The one line of script here loads
hosts/gradio.js (with all the rest, as page.js), which hands the module what it needs of Gradio.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from digits.page.static_files import SCRIPT, STATIC, address

OPEN = """
import(new URL("{address}", document.baseURI)).then((host) =>
  host.open("{name}", {{ element, props, trigger, watch, server: {server} }}))
"""


def component(name: str, value: Any = None, **settings: Any) -> gr.HTML:
    """A gr.HTML with the HTML and the module of that name; its element's id is the name, too.

    Other `settings` are those of gr.HTML; what it does not know becomes the module's `host.settings`.
    """
    server = "server" if settings.get("server_functions") else "{}"
    return gr.HTML(
        value=value,
        html_template=(STATIC / "components" / f"{name}.html").read_text(encoding="utf-8"),
        js_on_load=OPEN.format(name=name, address=address(SCRIPT), server=server),
        elem_id=name,
        elem_classes="room",
        apply_default_css=False,
        **settings,
    )
