"""The tab "Code": the shortest honest PyTorch script for the network that the page shows.

`write_script(name, card)` fills in the card's own settings, so that what a visitor copies trains the
network they are looking at, with nothing but torch and torchvision. A test runs it and compares its accuracy
with the one it claims. What the script cannot repeat (a run that went on from another network, drawings that
were taught, a run that was stopped, digits that are not MNIST) it says, and claims nothing.
"""

from __future__ import annotations

import math
from itertools import pairwise

from digits import __version__
from digits.data.dataset import MNIST_IMAGES
from digits.network.config import ACTIVATIONS, CLASSES, INPUTS
from digits.network.metadata import Card
from digits.network.registry import YOURS
from digits.training.recipes import RECIPES, SPREAD, WARM_UP

UNQUOTED = str.maketrans('"\\', "'/")  # a name stands in quotes, whoever chose it
SCRIPT = '''"""{title}

    pip install torch torchvision
    python {file}

{claim}
Written by digits {version}.
"""

import os

import torch
from torch import nn
from torchvision.datasets import MNIST

torch.manual_seed({seed})
folder = os.environ.get("MNIST_DIR", "data")
train, test = (MNIST(folder, train=part, download=True) for part in (True, False))
# Every image is a row of 784 numbers from 0 (paper) to 1 (ink).
pixels, labels = train.data.flatten(1) / 255, train.targets
test_pixels, test_labels = test.data.flatten(1) / 255, test.targets
{subset}{standard}
network = nn.Sequential(
{layers}
    nn.LogSoftmax(dim=1),
)
optimizer = torch.optim.Adam(network.parameters(), lr={learning_rate:g})
{schedule}
for epoch in range({epochs}):
    for batch in torch.randperm(len(pixels)).split({batch_size}):
        loss = nn.functional.nll_loss(network(pixels[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()  # how the loss changes with each weight ...
        optimizer.step()  # ... so that each weight can be nudged the better way
{schedule_step}    with torch.no_grad():
        right = network(test_pixels).argmax(1) == test_labels
    print(f"epoch {{epoch + 1}}: {{100 * right.float().mean():.2f}} % of the test images right")

torch.save(network.state_dict(), "network.pt")
'''

STANDARD = f"""# What all images share tells none of them apart: each pixel minus its mean trains faster.
mean = pixels.mean(0)
pixels, test_pixels = (pixels - mean) / {SPREAD}, (test_pixels - mean) / {SPREAD}
"""

ONE_CYCLE = """steps = {epochs} * math.ceil(len(pixels) / {batch_size})


def one_cycle(step):
    \"\"\"Up for a quarter of the run, then down to nothing.\"\"\"
    done = (step + 1) / (steps + 1)
    return min(done / {warm_up}, (1 - done) / {cool_down})


schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, one_cycle)
"""


def write_script(name: str, card: Card, file: str = "network.py") -> str:
    """A complete script that trains a network of this card's shape with this card's settings.

    `name` is what the page calls the network, `file` the name that the script is saved under.
    """
    name = name.translate(UNQUOTED)
    recipe = card.recipe if plain(card) else {}  # the tutorial's settings
    cycle = recipe.get("schedule") == "one-cycle"
    count = int(card.data.get("train_images", MNIST_IMAGES))
    shown = count + int(card.data.get("calibration_images", 0))  # those make no difference to see
    settings = {
        "epochs": int(recipe.get("epochs", 2)),
        "batch_size": int(recipe.get("batch_size", 15)),
        "learning_rate": float(recipe.get("learning_rate", 0.001)),
    }
    script = SCRIPT.format(
        title=f'The network "{name}": {"-".join(map(str, card.config.sizes))}, trained on MNIST.',
        version=__version__,
        file=file,
        claim=claim(name, card),
        seed=int(recipe.get("seed") or 0),
        subset=_write_subset(count) if plain(card) and shown < MNIST_IMAGES else "",
        standard=STANDARD if recipe.get("standardised") else "",
        layers=_write_layers(card),
        schedule=_write_cycle(settings) if cycle else "",
        schedule_step="        schedule.step()\n" if cycle else "",
        **settings,
    )
    return script.replace("import os\n", "import math\nimport os\n") if cycle else script


def plain(card: Card) -> bool:
    """Whether the network learnt from MNIST alone, as the script does, or from drawings too."""
    return card.recipe.get("name", "tutorial") in set(RECIPES) - {"sketch"} | {YOURS}


def claim(name: str, card: Card) -> str:
    """What the script's reader may expect, in lines that fit the script."""
    if not plain(card):
        recipe = card.recipe["name"]
        told = (
            f'The weights "{name}" also learnt from pen strokes and from varied images, which takes\n'
            f"longer: python train.py --recipe {recipe}. This is the tutorial's way to train a network\n"
            "of the same shape."
        )
        return "\n".join([told, *_missing(card)])
    missing = _missing(card)
    if missing:
        return "\n".join([*missing, "So its accuracy will be another than the page's."])
    accuracy = card.figures.get("test_accuracy")
    if accuracy is None or math.isnan(accuracy):
        return "A second or two per epoch."
    images = int(card.data.get("test_images", 10_000))
    return (
        f"On the page it read {100 * accuracy:.1f} % of {images:,} test images; a run with another\n"
        "seed or on another machine differs by a few tenths."
    )


def _missing(card: Card) -> list[str]:
    """What made this network and is not in the script, a line each."""
    recipe, lines = card.recipe, []
    if recipe.get("continued"):
        lines.append(
            "The network went on from another one. This script trains afresh, with the last run's settings."
        )
    if recipe.get("engine") == "browser":
        lines.append("It learnt in a browser: from other first weights, in another order.")
    taught = int(recipe.get("taught", 0))
    if taught:
        drawings = f"{taught} drawing{'s' if taught > 1 else ''}"
        lines.append(f"It was also taught {drawings} on the page, which this script has not seen.")
    epochs = recipe.get("epochs")
    if recipe.get("epochs_done", epochs) != epochs:
        lines.append("Its training was stopped early. This script trains to the end.")
    if card.data.get("source", "mnist") != "mnist":
        lines.append(
            "It learnt from other images than MNIST's 60,000, which this script downloads."
        )
    return lines


def _write_layers(card: Card) -> str:
    sizes = [INPUTS, *card.config.hidden]
    module = ACTIVATIONS[card.config.activation].module
    lines = [
        f"    nn.Linear({inputs}, {outputs}), nn.{module}()," for inputs, outputs in pairwise(sizes)
    ]
    return "\n".join([*lines, f"    nn.Linear({sizes[-1]}, {CLASSES}),"])


def _write_subset(count: int) -> str:
    return (
        f"chosen = torch.randperm(len(pixels))[:{count}]\n"
        "pixels, labels = pixels[chosen], labels[chosen]\n"
    )


def _write_cycle(settings: dict[str, float]) -> str:
    return ONE_CYCLE.format(warm_up=WARM_UP, cool_down=1 - WARM_UP, **settings)
