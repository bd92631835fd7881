"""Fit the network from the command line:

    python train.py                       the classic first network, 2 epochs on MNIST
    python train.py --recipe fast         the quickest way to 97 %
    python train.py --epochs 5 --hidden 128,64 --seed 1

Writes weights/<recipe>.pt and .json, and a picture of four test digits beside them. The training
itself is in digits/training.py; export.py turns the weights into ONNX.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.needs import name_missing

try:
    from digits.checkpoint import WEIGHTS_DIR, Card, WeightsError, save_weights, write_atomically
    from digits.data import DataError, Digits, load_digits
    from digits.inference import DEVICES, BackendError, choose_device
    from digits.recipes import (
        ACTIVATIONS,
        RECIPES,
        ModelConfig,
        Recipe,
        SettingsError,
        check_recipe,
    )
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))

if TYPE_CHECKING:
    from digits.model import MLP
    from digits.training import EpochReport

SHOWN_DIGITS = 4  # test digits in the picture at the end


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    options = build_parser().parse_args(arguments)
    try:
        run(options)
    except (DataError, WeightsError, SettingsError, BackendError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"error: {name_missing(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped: nothing was saved, earlier weights are as they were", file=sys.stderr)
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The flags; those left away take the recipe's own value."""
    parser = argparse.ArgumentParser(description="Fit the digit network and save its weights.")
    parser.add_argument(
        "--recipe", choices=list(RECIPES), default="tutorial", help="a set of defaults"
    )
    parser.add_argument("--epochs", type=int, help="how often every training image is shown")
    parser.add_argument("--batch-size", type=int, help="images a step")
    parser.add_argument("--learning-rate", type=float, help="size of Adam's steps")
    parser.add_argument("--hidden", type=layer_sizes, metavar="64,64,64", help="hidden layer sizes")
    parser.add_argument("--activation", choices=ACTIVATIONS, help="what follows each weighted sum")
    parser.add_argument("--seed", type=int, help="a number that makes the run repeat exactly (CPU)")
    parser.add_argument("--device", choices=("auto", *DEVICES), default="auto")
    # One thread: the products are too small to share out, and where other programs want the cores
    # too, two threads spend their time waiting for each other (benchmarks/training.py, `threads`).
    parser.add_argument(
        "--threads", type=int, default=1, help="CPU threads (default: 1, see above)"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with MNIST/raw")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: weights/<recipe>.pt")
    parser.add_argument("--show", action="store_true", help="open the four test digits in a window")
    return parser


def layer_sizes(text: str) -> tuple[int, ...]:
    """ "64,64,64" -> (64, 64, 64)."""
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 64,64,64") from None


def chosen_recipe(options: argparse.Namespace) -> Recipe:
    """The recipe's defaults, with what the flags say instead."""
    recipe = RECIPES[options.recipe]
    model = ModelConfig(
        options.hidden or recipe.model.hidden, options.activation or recipe.model.activation
    )
    flags = {name: getattr(options, name) for name in ("epochs", "batch_size", "learning_rate")}
    given = {name: value for name, value in flags.items() if value is not None}
    recipe = replace(recipe, model=model, **given)
    check_recipe(recipe)
    return recipe


def run(options: argparse.Namespace) -> None:
    """Load the digits, fit the network, save the weights and the picture."""
    recipe = chosen_recipe(options)
    out = options.out or WEIGHTS_DIR / f"{recipe.name}.pt"
    check_out(out)
    digits = load_digits(options.data)
    device = choose_device("torch", options.device)

    import torch

    from digits.model import MLP

    torch.set_num_threads(options.threads)
    print(f"data:    {digits.note}")
    print(f"device:  {device}")
    print(f"network: {' -> '.join(map(str, recipe.model.sizes))}, {recipe.model.weights:,} weights")
    model = MLP(recipe.model, options.seed)
    last = fit(model, digits, recipe, device, options.seed)
    save_weights(out, model, make_card(recipe, digits, options.seed, last))
    print(f"saved:   {out} and {out.with_suffix('.json').name}")
    save_picture(out.with_suffix(".png"), model, digits, options.show)


def check_out(out: Path) -> None:
    """Refuse now what could not be saved after minutes of training."""
    if out.suffix != ".pt":
        raise WeightsError(f"--out must end in .pt, not {out.name!r}")


def fit(model: MLP, digits: Digits, recipe: Recipe, device: str, seed: int | None) -> EpochReport:
    """Train with a progress bar inside each epoch and a line after it; returns the last report."""
    from tqdm import tqdm

    from digits.training import EpochReport, Progress, train

    reports = train(model, digits, recipe, device=device, seed=seed, report_every=0.1)
    steps_an_epoch = -(-len(digits.train_labels) // recipe.batch_size)
    with tqdm(total=steps_an_epoch, unit="step", leave=False) as bar:
        for report in reports:
            if isinstance(report, Progress):
                bar.n = (report.step - 1) % steps_an_epoch + 1
                bar.set_postfix(epoch=report.epoch, loss=f"{report.loss:.3f}", refresh=False)
                bar.refresh()
            else:
                bar.reset()
                tqdm.write(describe(report), file=sys.stdout)
    assert isinstance(report, EpochReport)
    return report


def describe(report: EpochReport) -> str:
    """One line an epoch: "epoch 1/2: test accuracy 0.9498, loss 0.288, 3.14 s"."""
    when = "before" if report.epoch == 0 else f"epoch {report.epoch}/{report.epochs}"
    figures = f"test accuracy {report.test_accuracy:.4f}, loss {report.loss:.3f}"
    return f"{when}: {figures}, {report.seconds:.2f} s"


def make_card(recipe: Recipe, digits: Digits, seed: int | None, last: EpochReport) -> Card:
    """What the weights' card records of this run."""
    settings: dict[str, Any] = asdict(recipe)
    del settings["model"]  # the card's config says it
    return Card(
        config=recipe.model,
        recipe={**settings, "seed": seed},
        data={
            "source": digits.source,
            "train_images": len(digits.train_labels),
            "test_images": len(digits.test_labels),
        },
        figures={"test_accuracy": round(last.test_accuracy, 4), "loss": round(last.loss, 4)},
    )


def save_picture(path: Path, model: MLP, digits: Digits, show: bool) -> None:
    """Four test digits with the network's predictions, into a file and, if wanted, a window."""
    from digits.figures import png_bytes, predictions_figure, show_figure
    from digits.training import predictions

    images = digits.test_images[:SHOWN_DIGITS]
    figure = predictions_figure(images, predictions(model, images).tolist())
    write_atomically(path, png_bytes(figure))
    print(f"picture: {path}")
    if show:
        show_figure(figure)


if __name__ == "__main__":
    sys.exit(main())
