"""The rooms of the Train tab and of "teach it your hand": their templates, and what they start with.

As in digits/rooms.py, each has a script of its name beside this file and texts named by `data-text`.
Next: digits/train.js, digits/run.js, digits/outcome.js, digits/teach.js.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import gradio as gr

from digits.inference import is_installed
from digits.recipes import ACTIVATIONS, PAGE_LIMITS, RECIPES
from digits.rooms import room

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
