"""The room "Inside": the network lit by the drawing, one node's sum, softmax step by step.

The server sends a network's weights once (Reader.look_inside); digits/inside.js does the sums again in
the browser for every answer, which keeps up with the pen and costs the server nothing. Next:
digits/inside.js.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import gradio as gr

from digits.network.backends import is_installed
from digits.network.config import ACTIVATIONS, PAGE_LIMITS
from digits.page.component import STATIC, icon, room
from digits.server.messages import picker_value
from digits.server.reader import Reader
from digits.training.recipes import RECIPES

CODE = """
<div class="code">
  <p data-text="code_lead"></p>
  <div class="code-tools">
    <button type="button" data-do="copy" data-text="copy"></button>
    <button type="button" data-do="download" data-text="download"></button>
  </div>
  <pre tabindex="0" data-label="tab_code"><code translate="no"></code></pre>
</div>
"""


def make_code(script: str) -> gr.HTML:
    """The script, to copy or download; its value is the text."""
    return room("code", CODE, script)


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
    samples = json.loads((STATIC / "samples.json").read_text(encoding="utf-8"))
    return room("samples", SAMPLES, samples)


def make_answer() -> gr.HTML:
    """The digit, the words and ten bars."""
    return room("answer", ANSWER)


def make_picker(reader: Reader) -> gr.HTML:
    """Network, backend and device. Its value is what `picker_value` makes; "input" when picked."""

    def compare(question: Any) -> dict[str, Any]:
        return reader.compare(question)

    return room("picker", PICKER, picker_value(reader), server_functions=[compare])


def make_see() -> gr.HTML:
    """Drawing, 20 x 20, 28 x 28, and the switch "just shrink it"."""
    return room("see", SEE)


PRESETS = ("tutorial", "fast")  # recipes to choose from on the page
STEPS = {"learning_rate": "any"}  # of a number field; the others take whole numbers


def number_field(name: str, setting: str) -> str:
    """A number with the limits that the server enforces."""
    low, high = PAGE_LIMITS[setting]
    return (
        f'<label><span data-text="train_{name}"></span><input class="setting" type="number" name="{setting}" '
        f'min="{low:g}" max="{high:.0f}" step="{STEPS.get(setting, "1")}" inputmode="decimal"></label>'
    )


def preset_button(name: str) -> str:
    """Fills in the fields with a recipe's settings."""
    return f'<button type="button" data-preset="{name}" data-text="train_preset_{name}"></button>'


TRAIN = f"""
<form class="working orders" novalidate autocomplete="off">
  <div class="orders-top">
    <p data-text="train_lead"></p>
    <div class="presets" role="group" data-label="train_preset">
      {"".join(map(preset_button, PRESETS))}
    </div>
  </div>
  <div class="fields">
    {number_field("epochs", "epochs")}
    {number_field("batch_size", "batch_size")}
    {number_field("learning_rate", "learning_rate")}
    {number_field("images", "train_images")}
    {number_field("layers", "layers")}
    {number_field("width", "width")}
    <label><span data-text="train_activation"></span><select class="setting" name="activation">
      {"".join(f"<option>{name}</option>" for name in ACTIVATIONS)}
    </select></label>
    {number_field("seed", "seed")}
  </div>
  <p class="shape" aria-live="polite"></p>
  <div class="buttons">
    <button type="submit" class="go primary" data-text="train_go"></button>
    <button type="button" class="stop" data-text="train_stop"></button>
    <label class="start" hidden><span data-text="train_start"></span><select class="setting" name="start">
      <option value="afresh" data-text="train_afresh"></option>
      <option value="go_on" data-text="train_go_on"></option>
    </select></label>
  </div>
  <p class="data-note"></p>
</form>
"""

RUN = """
<section class="working run" data-state="idle">
  <div class="run-top">
    <strong id="train-status" class="run-status">–</strong>
    <div>
      <p class="run-words" data-text="run_idle"></p>
      <p class="run-when"></p>
    </div>
  </div>
  <div class="run-track"><span class="run-done"></span></div>
  <p class="run-note" role="status"><span></span> <button type="button" class="plain" hidden></button></p>
  <div class="run-more">
    <div class="charts">
      <figure><figcaption data-text="run_accuracy"></figcaption>
        <svg class="chart accuracy" role="img" data-label="run_accuracy"></svg></figure>
      <figure><figcaption data-text="run_loss"></figcaption>
        <svg class="chart loss" role="img" data-label="run_loss"></svg></figure>
    </div>
    <div class="watched">
      <div><h4 data-text="run_watched"></h4><ul class="tiles samples"></ul></div>
      <div><h4 data-text="run_drawing"></h4><div class="own"></div></div>
    </div>
  </div>
</section>
"""

OUTCOME = """
<section class="working outcome" hidden>
  <div class="out-part"><h4 data-text="out_confusion"></h4>
    <p class="small" data-text="out_confusion_lead"></p>
    <table class="confusion"></table><p class="cell-note small" aria-live="polite"></p></div>
  <div class="out-part"><h4 data-text="out_mistakes"></h4><ul class="tiles mistakes"></ul></div>
  <div class="out-part nodes"><h4 data-text="out_nodes"></h4><p class="small nodes-lead"></p>
    <div class="before-after">
      <figure><figcaption data-text="out_before"></figcaption><canvas class="nodes-before"></canvas></figure>
      <figure><figcaption data-text="out_after"></figcaption><canvas class="nodes-after"></canvas></figure>
    </div></div>
  <div class="out-part"><h4 data-text="out_runs"></h4>
    <div class="scroll"><table class="runs"></table></div></div>
  <div class="out-part"><h4 data-text="out_download"></h4><p class="downloads">
    <button type="button" class="plain" data-kind="pt" data-text="out_pt"></button>
    <button type="button" class="plain" data-kind="onnx" data-text="out_onnx"></button>
    <button type="button" class="plain" data-kind="py" data-text="out_script"></button>
  </p><p class="download-note small" role="status"></p></div>
</section>
"""

TEACH = f"""
<section class="working lesson" data-state="idle">
  <div class="ask" role="group" data-label="teach_ask">
    <span data-text="teach_ask"></span>
    {"".join(f'<button type="button" data-digit="{i}">{i}</button>' for i in range(10))}
  </div>
  <div class="lesson-more" hidden>
    <ul class="strip" data-label="teach_strip"></ul>
    <div class="buttons">
      <button type="button" class="learn primary">
        <span class="learn-share"></span><span class="learn-words"></span></button>
      <span class="save-as"><span data-text="teach_save"></span>
      <button type="button" class="plain" data-save="json" data-label="teach_save_json">JSON</button>
      <button type="button" class="plain" data-save="unipen" data-label="teach_save_unipen">UNIPEN</button>
      </span>
    </div>
  </div>
  <p class="lesson-note" role="status"></p>
  <label class="plain load"><span data-text="teach_load"></span>
    <input type="file" data-label="teach_load_label" accept=".json,.txt,.dat,.unipen"></label>
</section>
"""


def make_train_rooms(
    stop: Callable[..., Any], prepare: Callable[..., Any], download: Callable[..., Any]
) -> tuple[gr.HTML, gr.HTML, gr.HTML]:
    """The form, the run and its outcome. The form's value is the order; "submit" when Train is pressed."""
    limits = {name: list(pair) for name, pair in PAGE_LIMITS.items()}
    form = room(
        "train",
        TRAIN,
        limits=limits,
        presets={name: preset(name) for name in PRESETS},
        torch=is_installed("torch"),
        server_functions=[stop, prepare],
    )
    return form, room("run", RUN), room("outcome", OUTCOME, server_functions=[download])


def preset(name: str) -> dict[str, Any]:
    """A recipe as the form's fields take it."""
    recipe = RECIPES[name]
    settings = asdict(recipe)
    return {
        **{key: settings[key] for key in ("epochs", "batch_size", "learning_rate")},
        "layers": len(recipe.model.hidden),
        "width": recipe.model.hidden[0],
        "activation": recipe.model.activation,
        "train_images": 60_000,
        "seed": 0,
    }


def make_teach(*functions: Callable[..., Any]) -> gr.HTML:
    """The row under the answer. Its value is the lesson; "submit" when it shall learn.

    `functions` are the server's save, load and prepare, for its script.
    """
    return room("teach", TEACH, torch=is_installed("torch"), server_functions=list(functions))
