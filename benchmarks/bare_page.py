"""The least that a Gradio page can be, for benchmarks/startup.py to compare with: one text box."""

from __future__ import annotations

import sys

import gradio as gr

if __name__ == "__main__":
    with gr.Blocks() as page:
        gr.Textbox()
    page.launch(server_port=int(sys.argv[sys.argv.index("--port") + 1]))
