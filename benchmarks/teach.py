"""How much of a writer's misread hand is gained from a few corrections, and what it costs on MNIST:

    python -m benchmarks.teach --strokes pendigits-orig.tra.Z
    python -m benchmarks.teach --strokes pendigits-orig.tra.Z --weights sketch --writers 1-30

Each of the 30 writers of the UCI pen strokes (CC BY 4.0, DOI 10.24432/C5MG6K) plays a visitor: of every
digit at most 3 misread drawings are corrected, the network learns from these as the page does
(digits/training/fine_tuning.py), and is scored on all the writer's other drawings. The settings were chosen
on the writers with odd numbers; those with even numbers had no say. Needs MNIST (see digits/data/mnist.py).
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from digits.data.dataset import Digits
from digits.data.drawings import Drawing
from digits.data.mnist import load_digits
from digits.data.preparation.strokes import prepare_strokes
from digits.data.unipen import read_unipen
from digits.network.checkpoint import file_of, find_weights, load_weights
from digits.network.model import MLP
from digits.training.fine_tuning import Correction, fine_tune
from digits.training.loop import evaluate, predictions

MOST_A_DIGIT = 3  # corrected drawings of each digit


@dataclass(frozen=True)
class Pupil:
    """What came of one writer's lesson; errors are counts among `others` drawings."""

    writer: int
    corrections: int
    others: int
    errors_before: int
    errors_after: int
    mnist: float  # accuracy after the lesson minus before
    strangers: float  # the same on all other writers' drawings
    seconds: float
    cpu_seconds: float  # of all threads together: what the lesson takes where nothing else runs


@dataclass(frozen=True)
class Hand:
    """All drawings of the file, prepared, and who wrote what."""

    drawings: list[Drawing]
    images: np.ndarray
    labels: np.ndarray
    writers: np.ndarray


def main(arguments: Sequence[str] | None = None) -> None:
    """Teach one writer after the other and print what came of it."""
    parser = argparse.ArgumentParser(description="Measure teaching by corrected drawings.")
    parser.add_argument("--strokes", type=Path, required=True, help="pendigits-orig.tra or .tra.Z")
    parser.add_argument("--weights", default="tutorial", help="a name in weights/ or a path")
    parser.add_argument("--writers", type=number_range, default=range(1, 31), metavar="1-30")
    parser.add_argument("--data", type=Path, help="folder with MNIST/raw")
    parser.add_argument("--threads", type=int, default=2, help="cores that torch may use")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    model, _ = load_weights(file_of(find_weights(options.weights), ".pt"))
    digits, hand = load_digits(options.data), read_hand(options.strokes)
    print(f"weights {options.weights}, {digits.note}, {options.threads} threads")
    pupils = []
    for writer in options.writers:
        pupil = teach_writer(model, digits, hand, writer)
        if pupil:
            pupils.append(pupil)
            print(describe(pupil), flush=True)
    for name, parity in (("odd", 1), ("even", 0)):
        print(summarise(f"{name} writers", [p for p in pupils if p.writer % 2 == parity]))
    print(summarise("all writers", pupils))


def number_range(text: str) -> range:
    """ "1-30" -> range(1, 31); "7" -> range(7, 8)."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def read_hand(path: Path) -> Hand:
    """Read and prepare every drawing of a UNIPEN file."""
    drawings = read_unipen(path)
    return Hand(
        drawings,
        np.stack([prepare_strokes(drawing.strokes).image for drawing in drawings]),
        np.array([drawing.label for drawing in drawings]),
        np.array([drawing.writer for drawing in drawings]),
    )


def teach_writer(model: MLP, digits: Digits, hand: Hand, writer: int) -> Pupil | None:
    """One lesson with a copy of `model`; None when the network misread nothing of this writer."""
    said = predictions(model, hand.images)
    chosen = choose_corrections(hand, said, writer)
    if not len(chosen):
        return None
    others = np.setdiff1d(np.flatnonzero(hand.writers == writer), chosen)
    strangers = np.flatnonzero(hand.writers != writer)
    corrections = [Correction(hand.drawings[i].strokes, int(hand.labels[i])) for i in chosen]
    taught = copy.deepcopy(model)
    start, cpu_start = time.perf_counter(), time.process_time()
    for _ in fine_tune(taught, corrections, digits.train_images, digits.train_labels, seed=writer):
        pass
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    says = predictions(taught, hand.images)

    def errors(answers: np.ndarray, places: np.ndarray) -> int:
        return int((answers[places] != hand.labels[places]).sum())

    lost = errors(says, strangers) - errors(said, strangers)
    test = (digits.test_images, digits.test_labels)
    return Pupil(
        writer,
        len(chosen),
        len(others),
        errors(said, others),
        errors(says, others),
        evaluate(taught, *test) - evaluate(model, *test),
        -lost / len(strangers),
        seconds,
        cpu_seconds,
    )


def choose_corrections(hand: Hand, said: np.ndarray, writer: int) -> np.ndarray:
    """Places of at most 3 misread drawings of each digit, drawn at random."""
    random = np.random.default_rng(writer)
    misread = (hand.writers == writer) & (said != hand.labels)
    places = [random.permutation(np.flatnonzero(misread & (hand.labels == d))) for d in range(10)]
    return np.concatenate([of_digit[:MOST_A_DIGIT] for of_digit in places])


def describe(pupil: Pupil) -> str:
    """One writer in a line."""
    before, after = (
        100 * (1 - errors / pupil.others) for errors in (pupil.errors_before, pupil.errors_after)
    )
    return (
        f"writer {pupil.writer:2}: {pupil.corrections:2} corrections, {before:5.1f} -> {after:5.1f} % "
        f"of {pupil.others} others, MNIST {100 * pupil.mnist:+.2f}, "
        f"strangers {100 * pupil.strangers:+.2f} points, {pupil.seconds:.2f} s, "
        f"{pupil.cpu_seconds:.2f} s of CPU"
    )


def summarise(name: str, pupils: list[Pupil]) -> str:
    """The figures over several writers; the gain is over all their drawings together."""
    if not pupils:
        return f"{name}: none"
    others = sum(pupil.others for pupil in pupils)
    before = sum(pupil.errors_before for pupil in pupils)
    after = sum(pupil.errors_after for pupil in pupils)
    mnist = np.array([pupil.mnist for pupil in pupils]) * 100
    strangers = np.array([pupil.strangers for pupil in pupils]) * 100
    seconds = [pupil.seconds for pupil in pupils]
    cpu = [pupil.cpu_seconds for pupil in pupils]
    return (
        f"{name}: {len(pupils)}, {np.mean([p.corrections for p in pupils]):.1f} corrections each; "
        f"others {100 - 100 * before / others:.2f} -> {100 - 100 * after / others:.2f} %, "
        f"{100 * (before - after) / max(before, 1):.1f} % of what was missing gained; "
        f"MNIST {mnist.mean():+.2f} points (worst {mnist.min():+.2f}), "
        f"strangers {strangers.mean():+.2f} (worst {strangers.min():+.2f}); "
        f"median {np.median(seconds):.2f} s, longest {max(seconds):.2f} s; "
        f"CPU median {np.median(cpu):.2f} s, longest {max(cpu):.2f} s"
    )


if __name__ == "__main__":
    main()
