"""Settings: the tutorial's are the classic ones, and each limit is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digits.errors import SettingsError
from digits.network.config import LIMITS, ModelConfig
from digits.training.recipes import RECIPES, check_recipe

TUTORIAL = RECIPES["tutorial"]


def test_tutorial_is_the_classic_first_network() -> None:
    assert TUTORIAL.model.sizes == (784, 64, 64, 64, 10)
    assert TUTORIAL.model.parameters == 59_210
    assert (TUTORIAL.epochs, TUTORIAL.batch_size, TUTORIAL.learning_rate) == (2, 15, 0.001)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_within_its_own_limits(name: str) -> None:
    check_recipe(RECIPES[name])


@pytest.mark.parametrize("name", ["epochs", "batch_size", "learning_rate"])
def test_a_setting_outside_its_limits_is_named(name: str) -> None:
    low, high = LIMITS[name]
    for value in (low - 1, high + 1, float("nan")):
        with pytest.raises(SettingsError, match=name.replace("_", " ")):
            check_recipe(replace(TUTORIAL, **{name: value}))


@pytest.mark.parametrize(
    "model",
    [
        ModelConfig(()),
        ModelConfig((64,) * 7),
        ModelConfig((0,)),
        ModelConfig((64, 5000)),
        ModelConfig((64,), "swish"),
    ],
)
def test_a_shape_outside_its_limits_is_refused(model: ModelConfig) -> None:
    with pytest.raises(SettingsError):
        check_recipe(replace(TUTORIAL, model=model))
