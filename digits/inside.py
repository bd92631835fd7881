"""The room "Inside": the network lit by the drawing, one node's sum, softmax step by step.

The server sends a network's weights once (Reader.look_inside); digits/inside.js does the sums again in
the browser for every answer, which keeps up with the pen and costs the server nothing. Next:
digits/inside.js.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from digits.reading import Reader
from digits.recipes import ACTIVATIONS
from digits.rooms import room

CURVE = """
<figure><canvas data-curve="{name}"></canvas>
<figcaption><b>{title}</b> <span data-text="about_{name}"></span></figcaption></figure>
"""
TITLES = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "gelu": "GELU"}
CURVES = "".join(CURVE.format(name=name, title=TITLES[name]) for name in ACTIVATIONS)

INSIDE = f"""
<div class="inside">
  <p class="inside-lead" data-text="inside_lead"></p>
  <canvas class="net" tabindex="0" role="application" data-label="inside_net"></canvas>
  <section>
    <h3 class="node-name" data-text="node_none"></h3>
    <div class="node">
      <table class="node-sum"><thead><tr>
        <th data-text="node_input"></th><th data-text="node_times"></th><th data-text="node_part"></th>
      </tr></thead><tbody></tbody></table>
      <div class="node-pictures">
        <figure><canvas class="node-weights"></canvas><figcaption data-text="node_weights">
        </figcaption></figure>
        <figure><canvas class="node-product"></canvas><figcaption data-text="node_product">
        </figcaption></figure>
        <figure><canvas class="node-curve"></canvas><figcaption data-text="node_curve">
        </figcaption></figure>
        <p class="node-said"></p>
      </div>
    </div>
  </section>
  <section>
    <h3 data-text="softmax"></h3>
    <p class="softmax-why" data-text="softmax_why"></p>
    <table class="softmax-table"><thead><tr>
      <th data-text="softmax_digit"></th><th data-text="softmax_z"></th>
      <th class="softmax-exp">exp(z)</th><th data-text="softmax_share"></th>
    </tr></thead><tbody></tbody></table>
  </section>
  <section>
    <h3 data-text="curves"></h3>
    <p data-text="curves_why"></p>
    <div class="curves">{CURVES}</div>
  </section>
</div>
"""


def make_inside(reader: Reader) -> gr.HTML:
    """The network with this drawing's own numbers."""

    def look_inside(question: Any) -> dict[str, Any]:
        return reader.look_inside(question)

    return room("inside", INSIDE, server_functions=[look_inside])
