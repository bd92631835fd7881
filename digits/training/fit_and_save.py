"""What train.py does: learn, calibrate, score, save. Every step can be called without the command line.

    settings = FitSettings(RECIPES["tutorial"], Path("weights/mine.pt"), seed=0)
    fit_and_save(settings)

A part of the training images is held out: the temperature and the threshold that are saved with the weights
are chosen on images that the network has not learnt from, and the card says how many those were.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from digits.atomic_files import check_writable, write_atomically
from digits.data.dataset import HELD_OUT, Digits, LabelledImages, hold_out, hold_out_last
from digits.data.drawings import Drawing
from digits.data.mnist import DATA_DIR, load_digits
from digits.data.preparation.strokes import prepare_drawings
from digits.data.stroke_files import (
    by_source,
    credits_of,
    describe_missing,
    find_stroke_files,
    is_no_digit,
    read_stroke_files,
)
from digits.errors import SettingsError, StrokesError, WeightsError
from digits.evaluation.fit_calibration import (
    MNIST_TURNED_AWAY,
    STRANGERS_TURNED_AWAY,
    TURNED_AWAY,
    Scored,
    calibrate,
)
from digits.evaluation.metrics import accuracy, calibration_error, share_turned_away
from digits.network.backends import TorchBackend, choose_device, predict_images
from digits.network.calibration import calibrated
from digits.network.checkpoint import WEIGHTS_DIR, load_weights, save_weights
from digits.network.config import COMMAND_LIMITS, ModelConfig, check_limit
from digits.network.metadata import Calibration, Card
from digits.network.model import MLP
from digits.network.registry import is_own
from digits.training.loop import EpochReport, Progress, predictions, train
from digits.training.page_run import SHOWN_DIGITS
from digits.training.recipes import RECIPES, Recipe, check_recipe, hard_part

BAR_EVERY = 0.1  # seconds between two moves of the progress bar
# `sketch` has a threshold to keep for many kinds of hands, and more images than it can show.
HELD_OUT_OF = {"sketch": 1 / 12}

Reports = Iterator[Progress | EpochReport]


@dataclass(frozen=True)
class FitSettings:
    """What a fit is to do. `seed` None: another result every time."""

    recipe: Recipe
    out: Path  # the .pt file; .json and .png are written beside it
    seed: int | None = None
    device: str = "auto"
    data: Path | None = None  # folder with MNIST
    strokes: Sequence[Path] = ()  # UNIPEN files, for `sketch`
    without_writers: frozenset[int] = frozenset()  # not to learn from, but to score the result on
    show: bool = False
    kept_images: Path | None = None  # folder where `sketch` keeps what it makes to learn from
    start: Path | None = None  # weights that `sketch` goes on from


# How to learn: the network is fitted in place to the digits and to the drawings of known writers.
Learn = Callable[[MLP, Digits, Sequence[Drawing], FitSettings, str], Reports]


def learn_plainly(
    model: MLP, digits: Digits, drawings: Sequence[Drawing], settings: FitSettings, device: str
) -> Reports:
    """The training of every recipe but `sketch`: the digits as they are."""
    del drawings
    return train(
        model, digits, settings.recipe, device=device, seed=settings.seed, report_every=BAR_EVERY
    )


def settings_of(flags: argparse.Namespace) -> FitSettings:
    """The recipe's defaults, with what the flags say instead; SettingsError or WeightsError if unusable."""
    recipe = RECIPES[flags.recipe]
    check_sketch_flags(flags)
    model = ModelConfig(
        flags.hidden or recipe.model.hidden, flags.activation or recipe.model.activation
    )
    if flags.start:
        model = load_weights(flags.start)[1].config
        recipe = hard_part(recipe)
    names = ("epochs", "batch_size", "learning_rate")
    given = {name: getattr(flags, name) for name in names if getattr(flags, name) is not None}
    recipe = replace(recipe, model=model, **given)
    check_recipe(recipe)
    check_limit("threads", flags.threads, COMMAND_LIMITS)
    if flags.seed is not None:
        check_limit("seed", flags.seed)
    out = flags.out or WEIGHTS_DIR / f"{recipe.name}.pt"
    check_out(out)
    if flags.keep_images:
        check_writable(flags.keep_images / "images.npy")
    return FitSettings(
        recipe,
        out,
        flags.seed,
        flags.device,
        flags.data,
        flags.strokes or (),
        flags.without_writers,
        flags.show,
        flags.keep_images,
        flags.start,
    )


def check_sketch_flags(flags: argparse.Namespace) -> None:
    """Refuse what only `sketch` heeds, for the other recipes: SettingsError."""
    for name in ("strokes", "without_writers", "keep_images", "start"):
        if getattr(flags, name) and flags.recipe != "sketch":
            raise SettingsError("only_sketch", flag=f"--{name.replace('_', '-')}")
    if flags.start and (flags.hidden or flags.activation):
        raise SettingsError("start_has_shape")


def check_out(out: Path) -> None:
    """Refuse now what could not be saved after minutes of training."""
    if out.suffix != ".pt":
        raise WeightsError("out_not_pt", name=out.name)
    if is_own(out.stem):
        raise WeightsError("name_yours", name=out.stem)
    for suffix in (".pt", ".json", ".png"):
        check_writable(out.with_suffix(suffix))


def fit_and_save(settings: FitSettings, learn: Learn = learn_plainly) -> Card:
    """Load the digits, fit the network, save the weights, their card and the picture; the card."""
    recipe = settings.recipe
    digits = load_digits(settings.data)
    drawings = load_drawings(settings) if recipe.name == "sketch" else []
    known = [one for one in drawings if one.writer not in settings.without_writers]
    unknown = [one for one in drawings if one.writer in settings.without_writers]
    device = choose_device("torch", settings.device)
    print(f"data:    {digits.note}")
    print(f"device:  {device}")
    sizes = " -> ".join(map(str, recipe.model.sizes))
    print(f"network: {sizes}, {recipe.model.parameters:,} parameters")

    if recipe.name in HELD_OUT_OF:
        learnt, held = hold_out_last(digits, HELD_OUT_OF[recipe.name])
    else:
        learnt, held = hold_out(digits, HELD_OUT)
    model = load_weights(settings.start)[0] if settings.start else MLP(recipe.model, settings.seed)
    last = follow(learn(model, learnt, known, settings, device), recipe.epochs)
    card = make_card(recipe, learnt, settings.seed, last)
    strangers = [one for one in unknown if one.label in range(10)]
    calibration = calibrate_on(model, held, strangers)
    figures = figures_on_test(model, digits, calibration)
    if unknown:
        figures |= score_strangers(model, unknown, calibration)
    if settings.start:
        card = replace(card, recipe=card.recipe | {"start": settings.start.stem})
    card = replace(
        card,
        data=card.data | {"calibration_images": len(held[1])} | describe_drawings(known),
        figures=card.figures | figures,
        calibration=calibration,
    )
    save_weights(settings.out, model, card)
    print(f"saved:   {settings.out} and {settings.out.with_suffix('.json').name}")
    remove_exports(settings.out)
    save_picture(settings.out.with_suffix(".png"), model, digits, settings.show)
    return card


def load_drawings(settings: FitSettings) -> list[Drawing]:
    """The drawings in the files that --strokes names, or in those of the folder for data."""
    folder = DATA_DIR / "pen-strokes"
    paths = settings.strokes or find_stroke_files(folder)
    drawings = read_stroke_files(paths)
    names = ", ".join(map(str, paths))
    known = {drawing.writer for drawing in drawings if drawing.label in range(10)}
    if known <= settings.without_writers:
        raise StrokesError("strokes_no_writer", path=names)
    print(f"strokes: {len(drawings):,} drawings from {names}")
    missing = None if settings.strokes else describe_missing(folder)
    if missing:
        print(f"strokes: {missing}")
    return drawings


def follow(reports: Reports, epochs: int) -> EpochReport:
    """Show a progress bar inside each epoch and a line after it; returns the last report."""
    from tqdm import tqdm

    shown = 0
    with tqdm(unit="step", leave=False) as bar:
        for report in reports:
            if isinstance(report, Progress):
                bar.total, bar.n = report.steps, report.step
                bar.set_postfix(epoch=report.epoch, loss=f"{report.loss:.3f}", refresh=False)
                bar.refresh()
            elif report.epoch in (0, report.epochs) or report.epoch >= shown + epochs // 50:
                shown = report.epoch
                tqdm.write(describe(report), file=sys.stdout)
    assert isinstance(report, EpochReport)
    return report


def describe(report: EpochReport) -> str:
    """One line an epoch: "epoch 1/2: test accuracy 0.9498, loss 0.288, 3.14 s"."""
    when = "before" if report.epoch == 0 else f"epoch {report.epoch}/{report.epochs}"
    figures = f"test accuracy {report.test_accuracy:.4f}, loss {report.loss:.3f}"
    return f"{when}: {figures}, {report.seconds:.2f} s"


def calibrate_on(
    model: MLP, held: LabelledImages, strangers: Sequence[Drawing] = ()
) -> Calibration:
    """Temperature and threshold for these weights, from images and hands that they have not learnt from."""
    if not len(held[1]):
        return Calibration()
    groups, turned_away = [read_all(model, held)], [TURNED_AWAY]
    if strangers:
        groups.append(read_all(model, prepare_drawings(strangers)))
        turned_away = [MNIST_TURNED_AWAY, STRANGERS_TURNED_AWAY]
    return calibrate(groups, turned_away)


def figures_on_test(model: MLP, digits: Digits, calibration: Calibration) -> dict[str, float]:
    """How sure the network is of the test digits, and how rightly."""
    log_probabilities, labels = read_all(model, (digits.test_images, digits.test_labels))
    probabilities = calibrated(log_probabilities, calibration)
    return {
        "test_turned_away": round(share_turned_away(probabilities, calibration), 4),
        "test_calibration_error": round(calibration_error(probabilities, labels), 4),
    }


def score_strangers(
    model: MLP, drawings: Sequence[Drawing], calibration: Calibration
) -> dict[str, float]:
    """How well the network reads writers that it has not learnt from, and what of theirs is no digit."""
    figures: dict[str, float] = {}
    strangers = [one for one in drawings if one.label in range(10)]
    letters = [one for one in drawings if is_no_digit(one)]
    if strangers:
        log_probabilities, labels = read_all(model, prepare_drawings(strangers))
        right = accuracy(log_probabilities.argmax(axis=1), labels)
        away = share_turned_away(calibrated(log_probabilities, calibration), calibration)
        print(f"writers it has not learnt from: accuracy {right:.4f} of {len(labels):,} drawings")
        figures["other_writers_accuracy"] = round(right, 4)
        figures["other_writers_turned_away"] = round(away, 4)
    if letters:
        log_probabilities, _ = read_all(model, prepare_drawings(letters))
        away = share_turned_away(calibrated(log_probabilities, calibration), calibration)
        print(f"letters by such writers: not sure of {away:.4f} of {len(letters):,}")
        figures["other_writers_letters_turned_away"] = round(away, 4)
    return figures


def read_all(model: MLP, shown: tuple[Any, Any]) -> Scored:
    """The network's log-probabilities (N, 10) for images (N, 28, 28), beside their labels (N,)."""
    images, labels = shown
    return predict_images(TorchBackend(model, Card()), images), labels


def make_card(recipe: Recipe, digits: Digits, seed: int | None, last: EpochReport) -> Card:
    """What the weights' card records of a fit to `digits`."""
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


def describe_drawings(drawings: Sequence[Drawing]) -> dict[str, Any]:
    """What the card says of drawings that were learnt from; nothing where there are none."""
    if not drawings:
        return {}
    drawn = by_source([one for one in drawings if one.label in range(10)])
    return {
        "drawings": {name: len(group) for name, group in drawn.items()},
        "writers": {name: len({one.writer for one in group}) for name, group in drawn.items()},
        "letters": sum(is_no_digit(one) for one in drawings),
        "drawings_source": credits_of(drawings),
    }


def remove_exports(out: Path) -> None:
    """Remove what export.py made of the weights that were in `out` before: the page would go on using it."""
    old = [path for path in map(out.with_suffix, (".onnx", ".safetensors")) if path.exists()]
    for path in old:
        path.unlink()
    if old:
        names = " and ".join(path.name for path in old)
        print(f"removed: {names}, of earlier weights; anew with: python export.py {out}")


def save_picture(path: Path, model: MLP, digits: Digits, show: bool) -> None:
    """Four test digits with the network's predictions, into a file and, if wanted, a window."""
    from digits.evaluation.predictions_picture import predictions_picture

    images = digits.test_images[:SHOWN_DIGITS]
    content = predictions_picture(images, predictions(model, images).tolist())
    write_atomically(path, content)
    print(f"picture: {path}")
    if show:
        from digits.evaluation.figures import picture_figure, show_figure

        show_figure(picture_figure(content))
