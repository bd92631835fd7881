"""The settings of a network and of its training, without torch, so that the page can show them at once.

A recipe names a set of defaults: `tutorial` is the classic first network, `fast` the quickest way to
97 %, `sketch` the weights that read what people draw. The command line's flags and the page's sliders
read their defaults and limits from here. Next: digits/model.py builds the network, digits/training.py
fits it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

INPUTS = 784  # 28 x 28 pixels, row by row
CLASSES = 10  # the digits 0 to 9
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu")
SCHEDULES = ("constant", "one-cycle")
# setting -> (lowest, highest) that a flag, a slider or an API call may ask for
LIMITS: dict[str, tuple[float, float]] = {
    "epochs": (1, 1000),
    "batch_size": (1, 10_000),
    "learning_rate": (1e-6, 1.0),
    "layers": (1, 6),
    "width": (1, 1024),
    "train_images": (10, 60_000),
    "seed": (0, 2**31 - 1),
}
# Everybody on the page shares a few cores, so a visitor may ask for less than the command line may.
PAGE_LIMITS = {
    **LIMITS,
    "epochs": (1, 20),
    "batch_size": (1, 1000),
    "learning_rate": (1e-5, 0.5),
    "layers": (1, 5),
    "width": (4, 256),
}
Limits = Mapping[str, tuple[float, float]]


class SettingsError(ValueError):
    """A setting is outside its limits; the text says which, its value and what is allowed."""


@dataclass(frozen=True)
class ModelConfig:
    """Shape of the network: 784 inputs, `hidden` layer sizes, 10 outputs; one activation throughout."""

    hidden: tuple[int, ...] = (64, 64, 64)
    activation: str = "relu"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Every layer's width, input and output included: (784, 64, 64, 64, 10)."""
        return (INPUTS, *self.hidden, CLASSES)

    @property
    def weights(self) -> int:
        """How many numbers are learnt: for each layer, inputs x outputs weights and one bias an output."""
        pairs = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        return sum(inputs * outputs + outputs for inputs, outputs in pairs)


@dataclass(frozen=True)
class Recipe:
    """How to fit a network: its shape, how often it sees the images, in what batches, how fast it learns."""

    name: str = "tutorial"
    model: ModelConfig = field(default_factory=ModelConfig)
    epochs: int = 2
    batch_size: int = 15
    learning_rate: float = 0.001
    schedule: str = "constant"
    standardised: bool = False  # learn from pixels minus their mean: digits/standard.py


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
    # Its epochs are 60,000 images out of 4.6 million: digits/sketching.py.
    "sketch": Recipe(
        name="sketch", epochs=800, batch_size=512, learning_rate=0.004, schedule="one-cycle"
    ),
}


def check_limit(name: str, value: float, limits: Limits = LIMITS) -> None:
    """Raise SettingsError unless `value` lies within limits[name]."""
    low, high = limits[name]
    if not low <= value <= high:
        words = name.replace("_", " ")
        raise SettingsError(f"{words} must be between {low:g} and {high:g}, not {value:g}")


def check_recipe(recipe: Recipe, limits: Limits = LIMITS) -> None:
    """Raise SettingsError for the first setting of `recipe` that is outside its limits."""
    for item in fields(recipe):
        if item.name in limits:
            check_limit(item.name, getattr(recipe, item.name), limits)
    check_model(recipe.model, limits)


def check_model(config: ModelConfig, limits: Limits = LIMITS) -> None:
    """Raise SettingsError for the first part of the network's shape that is outside its limits."""
    check_limit("layers", len(config.hidden), limits)
    for width in config.hidden:
        check_limit("width", width, limits)
    if config.activation not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise SettingsError(f"activation must be one of {known}, not {config.activation!r}")
