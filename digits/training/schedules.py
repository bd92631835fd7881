"""How large the steps of a run are."""

from __future__ import annotations

from digits.training.recipes import WARM_UP, Recipe


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The size of step number `step` (from 0): constant, or "one-cycle", up and then down to nothing.

    Small steps while the weights are still random, large ones to get far, small ones to settle
    (Smith and Topin, "Super-Convergence", 2017).
    """
    if recipe.schedule == "constant":
        return recipe.learning_rate
    done = (step + 1) / (steps + 1)
    return recipe.learning_rate * min(done / WARM_UP, (1 - done) / (1 - WARM_UP))
