"""The rival of benchmarks/pad.py: the usual way to draw on a Gradio page, gr.Sketchpad and gr.Label.

    python -m benchmarks.sketchpad_page --port 7861

The same network and the same preparation answer; only the pad and the road to the server differ.
"""

from __future__ import annotations

import sys
from typing import Any

import gradio as gr

from digits.data.preparation.pictures import prepare_picture
from digits.network.registry import Choice, Networks, list_weights
from digits.server.reader import guess


def main() -> None:
    """Serve the page on the port that was asked for."""
    networks = Networks(Choice(next(iter(list_weights()))))
    network = networks.get(networks.default)
    answers = 0

    def read(drawn: dict[str, Any]) -> tuple[dict[str, float], int]:
        nonlocal answers
        answers += 1
        if drawn["composite"] is None:  # just cleared
            return {}, answers
        prepared = prepare_picture(drawn["composite"])
        if prepared.box is None:
            return {}, answers
        found = guess(network, prepared.image)["probabilities"]
        return {str(label): found[label] for label in range(10)}, answers

    with gr.Blocks() as page:
        pad = gr.Sketchpad(canvas_size=(400, 400), brush=gr.Brush(default_size=14))
        label, count = gr.Label(), gr.Number(elem_id="count")
        pad.change(read, pad, [label, count], show_progress="hidden", queue=False)
    page.launch(server_port=int(sys.argv[sys.argv.index("--port") + 1]), quiet=True)


if __name__ == "__main__":
    main()
