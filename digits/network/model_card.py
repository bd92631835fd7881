"""Write weights/README.md, the model card in Hugging Face's format, from the weights' own JSON cards:

    python -m digits.network.model_card

What was measured stands in one place, weights/*.json; a test fails when the card says anything else.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digits.atomic_files import write_atomically
from digits.network.checkpoint import WEIGHTS_DIR
from digits.network.metadata import Card, read_card
from digits.process import run_command

CARD = WEIGHTS_DIR / "README.md"
FRONT = """\
---
license: mit
library_name: pytorch
pipeline_tag: image-classification
tags: [mnist, handwriting, education, onnx, safetensors]
datasets: [ylecun/mnist]
metrics: [accuracy]
model-index:
{models}---

# Weights that read handwritten digits

A network of three hidden layers, {sizes}, {count:,} parameters: the classic first network. Each
set is four files: `.safetensors` and `.pt` for PyTorch (tensors and plain values only), `.onnx` for
onnxruntime, `.json` for what is below. The input is 784 numbers from 0 (paper) to 1 (ink), a 28x28 picture
row by row, cut out, scaled to 20 pixels and centred by its mass as MNIST's digits were; no mean is taken
off. The output is ten log-probabilities.

## Use them

With `pip install torch huggingface_hub safetensors`; `x` are the pictures, a float32 tensor (N, 784):

```python
{example}```

Now `x.argmax(1)` is what the network reads, `x.log_softmax(1)` how probable it finds each digit. (No pixel is
below 0, so the first `relu` changes nothing.) The card stands in the file's metadata, with the temperature to
divide `x` by and the threshold below which the network is not sure.

This folder is a model repository as it stands. With an account's name in place of `your-name`, here and in
the README of the code, this puts it on the Hub:

```
hf upload your-name/digits-weights weights .
```

"""

EXAMPLE = """\
from huggingface_hub import hf_hub_download
from safetensors.torch import load_file

weights = load_file(hf_hub_download("your-name/digits-weights", "sketch.safetensors"))
for i in range(4):
    x = x.relu() @ weights[f"layers.{i}.weight"].T + weights[f"layers.{i}.bias"]
"""

MODEL = """\
  - name: {name}
    results:
      - task: {{type: image-classification}}
        dataset: {{type: ylecun/mnist, name: MNIST, split: test}}
        metrics:
          - {{type: accuracy, value: {accuracy}}}
"""

OWN = """\
---
license: mit
library_name: pytorch
pipeline_tag: image-classification
tags: [mnist, handwriting, education, onnx, safetensors]
datasets: [ylecun/mnist]
---

# {name}

A network that reads handwritten digits, trained on the page Digit playground: {sizes}, {count:,} parameters,
activation {activation}. `page.html` is the page in one file, to draw on without a server;
`model.safetensors`, `model.pt` and `model.onnx` hold the same weights. The input is 784 numbers from 0
(paper) to 1 (ink), a 28x28 picture row by row as MNIST has them; the output is ten log-probabilities.

"""

END = """\
## Limits

* One digit at a time, Arabic numerals, written by hand; not print, not several digits, not letters. What is
  no digit mostly gets a low score, which the page shows as "not sure", but some letters look like digits.
* `tutorial` has seen MNIST only: digits of US census workers and pupils. It misreads barred sevens and curled
  nines, as much of the world writes them. `sketch` has seen such, too.
* A few thousand people's hands are in the training data, mostly adults who write with the right hand:
  expect more mistakes on other hands, and measure before anything depends on it.
* It reads digits that stand upright. Turned or mirrored ones it was never shown, and many of them look like
  another digit, so it is often sure and wrong: README's Limits have the figures.
* It is small on purpose, to learn from. Do not use it where a mistake does harm.

## Data

* MNIST: Yann LeCun, Corinna Cortes, Christopher J. C. Burges.
* Pen strokes (`sketch` only): E. Alpaydin and F. Alimoglu, *Pen-Based Recognition of Handwritten Digits*,
  UCI Machine Learning Repository, DOI 10.24432/C5MG6K, CC BY 4.0; and International Unipen
  Foundation, *The UNIPEN on-line handwritten samples collection*, DOI 10.5281/zenodo.1195803, CC BY 4.0.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the card; returns the exit status."""
    argparse.ArgumentParser(
        prog="python -m digits.network.model_card",
        description=f"Write {CARD} from the cards beside it.",
    ).parse_args(arguments)

    def work() -> None:
        write_atomically(CARD, write_card(read_cards()).encode())
        print(f"wrote {CARD}")

    return run_command(work)


def read_cards(folder: Path = WEIGHTS_DIR) -> dict[str, Card]:
    """Every set's card by name."""
    return {path.stem: read_card(path) for path in sorted(folder.glob("*.json"))}


def write_card(cards: dict[str, Card]) -> str:
    """The model card's text."""
    config = next(iter(cards.values())).config
    models = "".join(
        MODEL.format(name=name, accuracy=card.figures["test_accuracy"])
        for name, card in cards.items()
    )
    sizes = " -> ".join(map(str, config.sizes))
    front = FRONT.format(models=models, sizes=sizes, count=config.parameters, example=EXAMPLE)
    return front + "".join(describe(name, card) for name, card in cards.items()) + END


def write_own_card(name: str, card: Card) -> str:
    """The model card of a network that a visitor trained on the page: what it is and how good."""
    front = OWN.format(
        name=name,
        sizes=" -> ".join(map(str, card.config.sizes)),
        count=card.config.parameters,
        activation=card.config.activation,
    )
    return front + describe("What it learnt from and how well", card)


def describe(name: str, card: Card) -> str:
    """The section of one set."""
    parts = {"Data": card.data, "Recipe": card.recipe, "Measured": card.figures}
    lines = [f"## {name}\n\n"]
    for title, values in parts.items():
        lines.append(f"| {title} | |\n|---|---|\n")
        lines += [
            f"| {key.replace('_', ' ')} | {in_words(value)} |\n" for key, value in values.items()
        ]
        lines.append("\n")
    return "".join(lines)


def in_words(value: Any) -> str:
    """A value of a JSON card in a table."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not set"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict | list):
        return f"`{json.dumps(value, ensure_ascii=False)}`"
    return str(value).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
