"""The recipe `sketch`: a teacher learns first, the little network then learns from the teacher.

The teacher is a convolutional network with three times the parameters and far more arithmetic, which
reads drawings better than 59,210 parameters can learn to from labels alone. For every image it says how
likely each digit is: that a sloppy 4 is also a bit of a 9 is worth more than the bare label (Hinton
et al., "Distilling the Knowledge in a Neural Network", 2015). For what is no digit the target is "any
of the ten, equally", so that the network becomes unsure of letters (Hendrycks et al., "Deep Anomaly
Detection with Outlier Exposure", 2019). In the last fifth of its run half of the digits that the
little network sees are hard cases, which it reads worst. The weights kept are an average over the last steps.

    python train.py --recipe sketch --strokes FILE
    python train.py --recipe sketch --strokes FILE --start WEIGHTS      that last fifth alone

What was tried, and what each part gained: docs/training.md.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from digits.data.dataset import MNIST_IMAGES, Digits
from digits.data.drawings import Drawing
from digits.distillation.batch_normalised import BatchNormalisedMLP
from digits.distillation.batches import Batches
from digits.distillation.cleaning import without_doubtful
from digits.distillation.dataset import NO_DIGIT, Group, Sizes, make_groups
from digits.distillation.teacher import Teacher
from digits.evaluation.metrics import accuracy
from digits.network.config import CLASSES
from digits.network.model import MLP
from digits.training.fit_and_save import FitSettings
from digits.training.loop import EpochReport, Progress
from digits.training.recipes import Recipe, hard_part

EPOCH = MNIST_IMAGES  # in what is called an epoch here: as many as MNIST has
TEACHER_EPOCHS = 20
TEACHER_WIDTH = 24
TEACHER_BATCH = 512
TEACHER_RATE = 0.004
SHARES = {
    "mnist": 0.526,
    "plain": 0.06,
    "pens": 0.33,
    "forms": 0.008,
    "kinds": 0.03,
    "others": 0.01,
    "letters": 0.026,
    "printed": 0.01,
    "redrawn": 0.04,
}
TRUST = 0.9  # how much of a target is the teacher's opinion; the rest is the label
AVERAGED = 2000  # steps over which the kept weights are averaged
WARM_UP = 0.1  # share of the run in which the learning rate rises
HARD_EVERY = 80  # epochs after which hard cases are sought anew
SETTLED_ON = 10_000  # images whose sums batch normalisation begins with in that part

Report = Progress | EpochReport


def learn_from_teacher(
    model: MLP, digits: Digits, drawings: Sequence[Drawing], settings: FitSettings, device: str
) -> Iterator[Report]:
    """train_sketch() as fit_and_save.py calls whatever it learns by, without the labels that are doubtful."""
    return train_sketch(
        model,
        digits,
        without_doubtful(drawings),
        settings.recipe,
        device=device,
        seed=settings.seed or 0,
        report_every=0.5,
        kept=settings.kept_images,
        goes_on=settings.start is not None,
    )


def train_sketch(
    model: MLP,
    digits: Digits,
    drawings: Sequence[Drawing],
    recipe: Recipe,
    *,
    device: str = "cpu",
    seed: int = 0,
    sizes: Sizes | None = None,
    teacher_epochs: int = TEACHER_EPOCHS,
    say: Callable[[str], None] = print,
    stop: Callable[[], bool] = lambda: False,
    report_every: float | None = None,
    kept: Path | None = None,
    goes_on: bool = False,
) -> Iterator[Report]:
    """Make the groups of images, fit a teacher, then `model` in place; yields reports like train() does.

    One that `goes_on` has learnt already: all its epochs are as the last part of a run, with hard cases.
    """
    began = time.perf_counter()
    groups: list[Group] = []
    for group in make_groups(digits, drawings, SHARES, sizes or Sizes(), seed, kept):
        say(
            f"made {len(group.labels):,} images: {group.name} ({time.perf_counter() - began:.0f} s)"
        )
        groups.append(group)
    labels = [_labels_as_targets(group) for group in groups]
    torch.manual_seed(seed)
    teacher = Teacher(TEACHER_WIDTH)
    settings = Recipe("teacher", recipe.model, teacher_epochs, TEACHER_BATCH, TEACHER_RATE)
    say("the teacher learns first")
    for report in _fit(teacher, groups, labels, settings, digits, device, seed, stop):
        if isinstance(report, EpochReport):
            say(f"teacher, epoch {report.epoch}: test accuracy {report.test_accuracy:.4f}")
    soft = [_ask(teacher, group, device, TRUST) for group in groups]
    say(f"the teacher has said what it sees ({time.perf_counter() - began:.0f} s)")
    last = recipe if goes_on else hard_part(recipe)
    first = replace(recipe, epochs=recipe.epochs - last.epochs)
    if first.epochs:
        learner = BatchNormalisedMLP(model)
        reports = _fit(learner, groups, soft, first, digits, device, seed + 1, stop, report_every)
        yield from _counted(reports, 0, recipe.epochs)
        learner.fold()
    if stop():
        return
    learner = BatchNormalisedMLP(model)
    learner.settle(Batches(groups, soft, SETTLED_ON, seed).draw()[0])
    reports = _fit(
        learner, groups, soft, last, digits, device, seed + 2, stop, report_every, hard=True
    )
    yield from _counted(reports, first.epochs, recipe.epochs)
    learner.fold()


def _counted(reports: Iterator[Report], before: int, epochs: int) -> Iterator[Report]:
    """A part's reports as those of a run of `epochs`, of which `before` are over."""
    for report in reports:
        whole = replace(report, epoch=before + report.epoch, epochs=epochs)
        if isinstance(whole, Progress):
            an_epoch = whole.steps // report.epochs
            yield replace(whole, step=before * an_epoch + whole.step, steps=epochs * an_epoch)
        elif report.epoch or not before:
            yield whole


def _fit(
    network: nn.Module,
    groups: Sequence[Group],
    targets: Sequence[Tensor],
    recipe: Recipe,
    digits: Digits,
    device: str,
    seed: int,
    stop: Callable[[], bool],
    report_every: float | None = None,
    hard: bool = False,
) -> Iterator[Report]:
    """Fit to targets (N, 10) of every group, with hard cases if wanted; it ends with the averaged weights."""
    began = reported = time.perf_counter()
    network.to(device)
    if isinstance(network, Teacher):
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # in no stub
    steps_an_epoch = max(1, EPOCH // recipe.batch_size)
    steps = recipe.epochs * steps_an_epoch
    optimiser = torch.optim.AdamW(
        network.parameters(), recipe.learning_rate, weight_decay=0, fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.learning_rate, steps + 1, pct_start=WARM_UP
    )
    average = copy.deepcopy(network).eval()
    batches = Batches(groups, targets, recipe.batch_size, seed)
    losses: list[float] = []
    yield _report(average, digits, 0, recipe.epochs, float("nan"), began)
    for step in range(1, steps + 1):
        if hard and (step - 1) % (HARD_EVERY * steps_an_epoch) == 0:
            batches.seek_hard_cases(average, device)
        network.train()
        pixels, wanted = (part.to(device) for part in batches.draw())
        log_probabilities = functional.log_softmax(network(pixels), dim=1)
        loss = -(log_probabilities * wanted).sum(dim=1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        _move_average(average, network, step)
        losses.append(loss.item())
        epoch = -(-step // steps_an_epoch)
        if step % steps_an_epoch == 0 or stop():
            yield _report(average, digits, epoch, recipe.epochs, float(np.mean(losses)), began)
            losses.clear()
        elif report_every is not None and time.perf_counter() - reported >= report_every:
            reported = time.perf_counter()
            mean = float(np.mean(losses[-steps_an_epoch:]))
            yield Progress(step, steps, epoch, recipe.epochs, mean, reported - began)
        if stop():
            break
    network.load_state_dict(average.state_dict())
    network.eval()


def _labels_as_targets(group: Group) -> Tensor:
    """Labels as probabilities (N, 10) float16: all on the right digit, or evenly for NO_DIGIT."""
    rows = torch.cat([torch.eye(CLASSES), torch.full((1, CLASSES), 1 / CLASSES)])
    return rows[torch.from_numpy(group.labels).long()].half()


def _ask(teacher: Callable[[Tensor], Tensor], group: Group, device: str, trust: float) -> Tensor:
    """What the teacher (pixels to logits) sees in a group's images, mixed with labels: (N, 10) float16."""
    targets = _labels_as_targets(group)
    if (group.labels == NO_DIGIT).all():
        return targets
    images = torch.from_numpy(group.images.reshape(len(group.images), -1))
    for start in range(0, len(images), 2000):
        part = slice(start, start + 2000)
        with torch.inference_mode():
            seen = teacher(images[part].to(device).float() / 255).softmax(dim=1).cpu()
        targets[part] = (trust * seen + (1 - trust) * targets[part].float()).half()
    return targets


@torch.no_grad()
def _move_average(average: nn.Module, network: nn.Module, step: int) -> None:
    """Let the kept weights follow the network's, slowly once it has found its way."""
    follow = max(1 / AVERAGED, 1 / (step / 10 + 1))
    state = network.state_dict()
    for name, kept in average.state_dict().items():
        if kept.dtype.is_floating_point:
            kept.lerp_(state[name], follow)
        else:
            kept.copy_(state[name])


def _report(
    network: nn.Module, digits: Digits, epoch: int, epochs: int, loss: float, began: float
) -> EpochReport:
    """What the averaged weights read right of the test images."""
    device = next(network.parameters()).device
    read = []
    for start in range(0, len(digits.test_images), 2000):
        images = torch.from_numpy(digits.test_images[start : start + 2000]).reshape(-1, 784)
        with torch.inference_mode():
            read.append(network(images.to(device).float() / 255).argmax(dim=1).cpu())
    reached = accuracy(torch.cat(read).numpy(), digits.test_labels)
    return EpochReport(epoch, epochs, loss, reached, time.perf_counter() - began)
