"""The settings of a network and of its training, without torch, so that the page can show them at once.

A recipe names a set of defaults: `tutorial` is the classic first network, `fast` the quickest way to
97 %, `sketch` the weights that read what people draw. The command line's flags and the page's sliders
read their defaults and limits from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from digits.network.config import LIMITS, Limits, ModelConfig, check_limit, check_model

WARM_UP = 0.25  # share of a one-cycle run in which the learning rate rises
HARD_PART = 7 / 37  # share of `sketch` in which what it reads worst comes more often: the last part
HARD_RATE = 0.5  # of its learning rate, which rises and falls once more then
SPREAD = 0.3  # what standardised pixels are divided by: MNIST's pixels, in 0..1, spread by 0.308


@dataclass(frozen=True)
class Recipe:
    """How to fit a network: its shape, how often it sees the images, in what batches, how fast it learns."""

    name: str = "tutorial"
    model: ModelConfig = field(default_factory=ModelConfig)
    epochs: int = 2
    batch_size: int = 15
    learning_rate: float = 0.001
    schedule: str = "constant"
    standardised: bool = (
        False  # learn from pixels minus their mean: digits/training/standardization.py
    )


RECIPES: dict[str, Recipe] = {
    "tutorial": Recipe(),
    # Chosen on 10,000 of the training images, held out, 3 seeds each: docs/benchmarks.md.
    "fast": Recipe(
        name="fast",
        epochs=2,
        batch_size=320,
        learning_rate=0.012,
        schedule="one-cycle",
        standardised=True,
    ),
    # Its epochs are 60,000 images out of 4.2 million: digits/distillation/dataset.py.
    "sketch": Recipe(
        name="sketch", epochs=3700, batch_size=512, learning_rate=0.006, schedule="one-cycle"
    ),
}


def hard_part(recipe: Recipe) -> Recipe:
    """The last part of `sketch` as a recipe of its own: digits/distillation/batches.py."""
    epochs = max(1, round(HARD_PART * recipe.epochs))
    return replace(recipe, epochs=epochs, learning_rate=HARD_RATE * recipe.learning_rate)


def check_recipe(recipe: Recipe, limits: Limits = LIMITS) -> None:
    """Raise SettingsError for the first setting of `recipe` that is outside its limits."""
    for item in fields(recipe):
        if item.name in limits:
            check_limit(item.name, getattr(recipe, item.name), limits)
    check_model(recipe.model, limits)
