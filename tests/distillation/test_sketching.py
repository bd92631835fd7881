"""The recipe `sketch` in small: its images, its targets, and that the network learns from them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import train as command
from digits.augmentation import glyphs as forms
from digits.augmentation import strokes as pens
from digits.augmentation.handwriting_kinds import KINDS
from digits.augmentation.images import vary_images
from digits.augmentation.printed import FONTS, LETTERS, draw_printed_letters
from digits.data.dataset import Digits
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.stroke_files import LIKE_DIGITS
from digits.data.unipen import write_unipen
from digits.distillation import train as sketching
from digits.distillation.batch_normalised import BatchNormalisedMLP
from digits.distillation.batches import Batches
from digits.distillation.dataset import NO_DIGIT, Sizes, make_groups
from digits.distillation.train import SHARES, train_sketch
from digits.errors import WeightsError
from digits.network.checkpoint import load_weights
from digits.network.model import MLP
from digits.training import fit_and_save, recipes
from digits.training.loop import EpochReport, Progress, evaluate
from digits.training.recipes import RECIPES

SMALL = Sizes(mnist=1, pens=2, forms=200, kinds=110, others=100, letters=2, printed=50, redrawn=1)


@pytest.fixture(scope="module")
def fewer(few: Digits) -> Digits:
    """200 digits to train on: most of a test's time is making images of them."""
    return replace(few, train_images=few.train_images[::5], train_labels=few.train_labels[::5])


@pytest.fixture(scope="module")
def drawings() -> list[Drawing]:
    """Drawings of every digit by two writers, drawn by rule."""
    random = np.random.default_rng(0)
    made = []
    for number in range(60):
        lines = forms.draw_form(forms.DIGIT_FORMS[number % 10][number // 30], random)
        made.append(Drawing(pens.fit_pad(lines), number % 10, 1 + number % 2))
    return made


def test_every_group_is_made_and_repeat_with_their_seed(
    fewer: Digits, drawings: list[Drawing]
) -> None:
    made = [list(make_groups(fewer, drawings, SHARES, SMALL, seed)) for seed in (1, 1, 2)]
    assert [group.name for group in made[0]] == [
        "plain",
        "mnist",
        "forms",
        "kinds",
        "others",
        "pens",
        "printed",
        "redrawn",
    ]
    for once, again, other in zip(*made, strict=True):
        np.testing.assert_array_equal(once.images, again.images)
        assert once.images.shape == (len(once.labels), 28, 28)
        assert once.name == "plain" or (once.images != other.images).any()
    counts = {group.name: len(group.labels) for group in made[0]}
    made_by_rule = {"forms": 200, "kinds": 110, "others": 100, "printed": 50}
    of_mnist = {"plain": 200, "mnist": 200, "redrawn": 200}
    assert counts == of_mnist | {"pens": 120} | made_by_rule
    assert set(made[0][4].labels) == set(made[0][6].labels) == {NO_DIGIT}


def test_printed_letters_are_all_there_and_prepared_as_mnist_is() -> None:
    letters = draw_printed_letters()
    assert letters.shape == (len(FONTS) * len(LETTERS), 28, 28)
    assert (letters.max(axis=(1, 2)) == 255).all()
    ink = letters.astype(float)
    for axis in (1, 2):  # centred by mass, to half a pixel
        centre = (ink.sum(axis=3 - axis) @ (np.arange(28) + 0.5)) / ink.sum(axis=(1, 2))
        assert np.abs(centre - 14.5).max() <= 0.51
    assert len({letter.tobytes() for letter in letters}) > 0.98 * len(letters)


def test_each_file_has_a_group_and_letters_that_digits_look_like_are_left_out(
    fewer: Digits, drawings: list[Drawing]
) -> None:
    elsewhere = [replace(one, source="elsewhere") for one in drawings[:15]]
    letters = [replace(drawings[0], label=NOT_A_DIGIT, name=name) for name in "ABOSsx"]
    made = list(make_groups(fewer, [*drawings, *elsewhere, *letters], SHARES, SMALL, 0))
    shares = {group.name: group.share for group in made}
    # By the root of their numbers: 60 drawings and 15 are two to one.
    assert shares["pens"] == pytest.approx(2 * shares["pens:elsewhere"])
    assert shares["pens"] + shares["pens:elsewhere"] == pytest.approx(SHARES["pens"])
    counts = {group.name: len(group.labels) for group in made}
    assert counts["letters"] == 2 * len("Ax")
    assert set(made[5].labels) == {NO_DIGIT}


def test_images_that_were_kept_are_not_made_again(
    fewer: Digits, drawings: list[Drawing], tmp_path: Path
) -> None:
    made = list(make_groups(fewer, drawings, SHARES, SMALL, 0, tmp_path))
    written = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = list(make_groups(fewer, drawings, SHARES, SMALL, 0, tmp_path))
    for one, other in zip(made, again, strict=True):
        np.testing.assert_array_equal(one.images, other.images)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written
    list(make_groups(fewer, drawings, SHARES, SMALL, 1, tmp_path))
    assert len(list(tmp_path.iterdir())) == 2 * len(written)  # another seed, other images


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_images_that_were_kept_in_part_are_made_again(
    fewer: Digits, drawings: list[Drawing], tmp_path: Path
) -> None:
    import resource

    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, most[1]))  # as if the disk were full
    try:
        with pytest.raises(WeightsError, match="cannot write"):
            list(make_groups(fewer, drawings, SHARES, SMALL, 0, tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert list(tmp_path.iterdir()) == []
    assert list(make_groups(fewer, drawings, SHARES, SMALL, 0, tmp_path))


@pytest.mark.parametrize("digit", sorted(KINDS))
def test_every_kind_can_be_drawn_and_is_never_twice_the_same(digit: int) -> None:
    random = np.random.default_rng(digit)
    for kind in KINDS[digit]:
        images = [pens.draw(pens.vary(kind(random), random), random) for _ in range(8)]
        assert all(image.shape == (28, 28) and image.max() == 255 for image in images)
        assert len({image.tobytes() for image in images}) == 8


def test_without_plain_images_there_is_no_such_group(few: Digits, drawings: list[Drawing]) -> None:
    none = replace(few, train_images=few.train_images[:0], train_labels=few.train_labels[:0])
    groups = list(make_groups(none, drawings, SHARES, SMALL, 0))
    assert [group.name for group in groups] == ["forms", "kinds", "others", "pens", "printed"]
    targets = [sketching._labels_as_targets(group) for group in groups]
    pixels, wanted = Batches(groups, targets, 100, 0).draw()
    assert len(pixels) == len(wanted)
    assert abs(len(pixels) - 100) <= len(groups) / 2  # each share is rounded


def test_varied_images_stay_prepared_as_mnist_is(few: Digits) -> None:
    images = torch.from_numpy(few.train_images[:200])
    varied = vary_images(images, torch.Generator().manual_seed(0)).numpy()
    ink = varied.astype(float)
    places = np.arange(28) + 0.5
    for axis in (1, 2):
        centre = (ink.sum(axis=3 - axis) @ places) / ink.sum(axis=(1, 2))
        assert np.median(centre) == pytest.approx(14.5, abs=0.2)
    assert (varied.reshape(200, -1).max(axis=1) == 255).all()
    changed = np.abs(varied.astype(int) - images.numpy()).mean(axis=(1, 2))
    assert (changed > 1).mean() > 0.95


@pytest.mark.parametrize("digit", range(10))
def test_every_form_can_be_drawn_and_varied(digit: int) -> None:
    random = np.random.default_rng(digit)
    for form in forms.DIGIT_FORMS[digit]:
        image = pens.draw(pens.vary(forms.draw_form(form, random), random), random)
        assert image.shape == (28, 28)
        assert image.max() == 255


def test_letters_that_are_written_like_digits_are_left_out() -> None:
    alphabet = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    assert alphabet - set(forms.LETTER_FORMS) <= set(LIKE_DIGITS)


def test_blending_is_between_the_two_and_refuses_what_is_written_otherwise() -> None:
    random = np.random.default_rng(0)
    upright = [np.array([[0.5, 0.0], [0.5, 1.0]])]
    leaning = [np.array([[0.6, 0.0], [0.4, 1.0]])]
    between = pens.blend(upright, leaning, random)
    assert between is not None
    assert 0 < between[0][0, 0] < 0.11
    assert pens.blend(upright, [leaning[0][::-1]], random) is None
    assert pens.blend(upright, upright * 2, random) is None


def test_the_network_learns_and_the_run_repeats(
    fewer: Digits, drawings: list[Drawing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketching, "EPOCH", 2000)
    recipe = replace(RECIPES["sketch"], epochs=8, batch_size=100)
    accuracies = []
    for _ in range(2):
        model = MLP(recipe.model, seed=0)
        said: list[str] = []
        reports = list(
            train_sketch(
                model, fewer, drawings, recipe, sizes=SMALL, teacher_epochs=1, say=said.append
            )
        )
        last = reports[-1]
        assert isinstance(last, EpochReport)
        assert last.epoch == 8
        assert last.test_accuracy == evaluate(model, fewer.test_images, fewer.test_labels)
        accuracies.append(last.test_accuracy)
    assert accuracies[0] == accuracies[1] > 0.5
    assert any("teacher" in line for line in said)


@pytest.mark.parametrize("goes_on", [False, True])
def test_hard_cases_are_the_last_part_of_the_run_which_can_be_had_alone(
    goes_on: bool, fewer: Digits, drawings: list[Drawing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketching, "EPOCH", 500)
    monkeypatch.setattr(sketching, "HARD_EVERY", 2)
    monkeypatch.setattr(recipes, "HARD_PART", 0.3)
    sought: list[object] = []
    seek = Batches.seek_hard_cases

    def watch(self: Batches, network: torch.nn.Module, device: str) -> None:
        sought.append((reports[-1].epoch if reports else 0, type(network)))
        seek(self, network, device)

    monkeypatch.setattr(Batches, "seek_hard_cases", watch)
    recipe = replace(RECIPES["sketch"], epochs=3 if goes_on else 10, batch_size=100)
    model = MLP(recipe.model, seed=0)
    reports: list[EpochReport] = []
    for report in train_sketch(
        model,
        fewer,
        drawings,
        recipe,
        sizes=SMALL,
        teacher_epochs=1,
        say=lambda line: None,
        goes_on=goes_on,
    ):
        assert isinstance(report, EpochReport)
        reports.append(report)
    before = 0 if goes_on else 7
    assert [report.epoch for report in reports] == list(range(before + 4))
    assert {report.epochs for report in reports} == {before + 3}
    assert sought == [(before, BatchNormalisedMLP), (before + 2, BatchNormalisedMLP)]
    assert reports[-1].test_accuracy == evaluate(model, fewer.test_images, fewer.test_labels)


def test_the_bar_counts_the_steps_of_both_parts() -> None:
    parts = [Progress(3, 10, 1, 2, 0.5, 1.0), EpochReport(2, 2, 0.5, 0.9, 2.0)]
    counted = list(sketching._counted(iter(parts), 4, 6))
    assert counted == [Progress(23, 30, 5, 6, 0.5, 1.0), EpochReport(6, 6, 0.5, 0.9, 2.0)]


def test_the_command_saves_weights_calibrated_and_scored_on_writers_left_out(
    few_folder: Path,
    drawings: list[Drawing],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sketching, "EPOCH", 1000)
    monkeypatch.setitem(fit_and_save.HELD_OUT_OF, "sketch", 0.2)
    monkeypatch.setattr(sketching, "Sizes", lambda: SMALL)
    monkeypatch.setattr(sketching.train_sketch, "__kwdefaults__", fewer_teacher_epochs())
    write_unipen(tmp_path / "strokes.txt", drawings)
    flags = ["--recipe", "sketch", "--strokes", str(tmp_path / "strokes.txt"), "--epochs", "1"]
    flags += ["--without-writers", "2", "--data", str(few_folder), "--seed", "1"]
    assert command.main([*flags, "--out", str(tmp_path / "sketch.pt")]) == 0
    assert "writers it has not learnt from" in capsys.readouterr().out
    _, card = load_weights(tmp_path / "sketch.pt")
    assert card.data["writers"] == {"strokes": 1}
    assert card.data["train_images"] == 800 and card.data["calibration_images"] == 200
    assert card.calibration.threshold is not None
    assert 0 <= card.figures["other_writers_accuracy"] <= 1


def test_the_command_goes_on_from_weights(
    few_folder: Path,
    drawings: list[Drawing],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sketching, "EPOCH", 500)
    monkeypatch.setattr(sketching, "Sizes", lambda: SMALL)
    monkeypatch.setitem(fit_and_save.HELD_OUT_OF, "sketch", 0.2)
    monkeypatch.setattr(sketching.train_sketch, "__kwdefaults__", fewer_teacher_epochs())
    write_unipen(tmp_path / "strokes.txt", drawings)
    flags = ["--recipe", "sketch", "--strokes", str(tmp_path / "strokes.txt"), "--epochs", "2"]
    flags += ["--data", str(few_folder), "--seed", "1", "--start", "weights/tutorial.pt"]
    assert command.main([*flags, "--out", str(tmp_path / "sketch.pt")]) == 0
    model, card = load_weights(tmp_path / "sketch.pt")
    start, _ = load_weights(Path("weights/tutorial.pt"))
    moved = model.layers[0].weight - start.layers[0].weight
    assert 0 < moved.norm() < start.layers[0].weight.norm()  # the same network, a little further on
    told = {name: card.recipe[name] for name in ("start", "epochs", "learning_rate")}
    assert told == {"start": "tutorial", "epochs": 2, "learning_rate": 0.003}


def fewer_teacher_epochs() -> dict[str, object]:
    return {**(train_sketch.__kwdefaults__ or {}), "teacher_epochs": 1}


def test_a_stroke_file_of_nobody_left_is_refused(
    drawings: list[Drawing], tmp_path: Path, few_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_unipen(tmp_path / "strokes.txt", drawings)
    flags = ["--recipe", "sketch", "--strokes", str(tmp_path / "strokes.txt")]
    assert command.main([*flags, "--without-writers", "1,2", "--data", str(few_folder)]) == 1
    assert "who is not left out" in capsys.readouterr().err
