"""What the page must know of Gradio's insides, and nothing else may; tests check each assumption.

All of it is about the API's documentation, which gr.api() builds from type hints alone, about which events
are public, where uploads lie, the address that Gradio's own scripts ask, a page that never rests, and a
start on a busy machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_function_description, get_upload_folder

# For the end of <head>: Gradio's scripts ask window.gradio_config.root, which the server writes as if no
# proxy served the page below a path. The browser knows better: the page is always its folder's index.
ROOT_SCRIPT = """<script>
(() => {
  const here = new URL(".", location.href);
  const config = window.gradio_config;
  if (config && new URL(config.root || "/", here).hostname === here.hostname) {
    config.root = here.href.replace(/\\/$/, "");
  }
})();
</script>
"""

# For the end of <head>: the "Loading" that Gradio's page begins with (6.31) counts time in every frame, and
# goes on with it when it has left the page, which then never rests. Here its next frame is its last.
REST_SCRIPT = """<script>
(() => {
  const request = window.requestAnimationFrame;
  window.requestAnimationFrame = (callback) => {
    const isCounting = new Error().stack.includes("/statustracker-");
    if (!isCounting || document.querySelector("[data-testid=status-tracker]:not(.hide)")) {
      return request.call(window, callback);
    }
    window.requestAnimationFrame = request;
    return 0;
  };
})();
</script>
"""

# For launch(): Gradio would look at the page once and give up where that takes more than 3 seconds, as on a
# machine that is busy or just waking up. That the server answers, it has found out before, without haste.
PATIENT = {"_frontend": False}


def function_named(page: gr.Blocks, name: str) -> Any:
    """What Gradio made of the event or function with this API name."""
    return next(function for function in page.fns.values() if function.api_name == name)


def takes_file(page: gr.Blocks, name: str) -> None:
    """Say that the first parameter of the API function `name` is a file, so that clients upload it."""
    component = function_named(page, name).inputs[0]
    component._api_info = gr.File(render=False).api_info()


def publish(
    page: gr.Blocks, results: Mapping[str, str], examples: Mapping[str, Any] | None = None
) -> None:
    """Document the functions named in `results` and make private all the rest, such as Gradio's own.

    Args:
        page: built and not yet launched.
        results: API name -> what its result is called.
        examples: parameter -> its example on the page "Use via API".
    """
    for function in page.fns.values():
        name = str(function.api_name)
        if name in results and function.api_visibility == "public":
            _describe(function, results[name], examples or {})
        else:
            function.api_visibility = "private"
    page.config = page.get_config_file()


def _describe(function: Any, result: str, examples: Mapping[str, Any]) -> None:
    """What "Use via API" says of a function's parameters, from its docstring, and of its result."""
    _, said, _ = get_function_description(function.fn)
    for name, component in zip(said, function.inputs, strict=True):
        component.label = name
        component._api_info = {**component._api_info, "additional_description": said[name]}
        if name in examples:
            component.example_payload = partial(examples.__getitem__, name)
    for component in function.outputs:
        component.label = result


def upload_folder() -> Path:
    """Where Gradio keeps what visitors upload."""
    return Path(get_upload_folder()).resolve()
