"""How fast training is, against the loop of most tutorials and against scikit-learn:

    python -m benchmarks.training                  everything, some ten minutes
    python -m benchmarks.training rivals           the whole run and training alone, side by side
    python -m benchmarks.training seeds            accuracy over five seeds
    python -m benchmarks.training threads limits growth

Rivals: benchmarks/plain_loop.py and benchmarks/sklearn_mlp.py. Runs alternate, each in a process of its
own with one thread, and the ratio is the median of the rounds' ratios. Seconds are CPU seconds, which
other programs on the machine hardly change; on an idle one they are those of the clock, which is shown
beside them. All run on the CPU: no GPU was there to measure. Needs MNIST (MNIST_DIR or data/).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

import torch
from torch import Tensor

from benchmarks.conditions import REPO, busy, conditions, median_ratio, table
from digits.data.dataset import Digits
from digits.data.mnist import DATA_DIR, load_digits
from digits.network.config import ModelConfig
from digits.network.model import MLP
from digits.training.adam import Adam
from digits.training.backprop import Backprop
from digits.training.loop import EpochReport, batches, evaluate, on_device, one_hot, train
from digits.training.recipes import RECIPES, Recipe
from digits.training.standardization import PlainPixels, StandardPixels

SEEDS = range(5)
REACHED = 0.975  # what scikit-learn is asked to reach
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Run:
    """One process from start to end: CPU and clock seconds in all, CPU seconds of training alone.

    Training alone is every step with its batches, without start-up, reading files and tests.
    """

    whole: float
    clock: float
    alone: float
    accuracies: list[float]  # on the test images, the last one at the end


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts that were asked for, one after another."""
    parts: dict[str, Callable[[int], None]] = {
        "rivals": compare_rivals,
        "seeds": compare_accuracy,
        "threads": compare_threads,
        "limits": measure_limits,
        "growth": measure_growth,
    }
    parser = argparse.ArgumentParser(description="How fast training is, against its rivals.")
    parser.add_argument("parts", nargs="*", choices=[*parts, []], help="default: all of them")
    parser.add_argument("--rounds", type=int, default=3, help="times that everything is repeated")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(conditions("torch", "torchvision", "scikit-learn", "numpy"))
    for name in options.parts or parts:
        print(f"\n{name} ({busy()} at the start)", flush=True)
        parts[name](options.rounds)


def compare_rivals(rounds: int) -> None:
    """Whole runs, imports and all, and training alone."""
    contestants: dict[str, Callable[[int], Run]] = {
        "plain loop, 2 epochs": run_plain,
        "train.py, 2 epochs": lambda seed: run_ours(["--recipe", "tutorial"], seed),
        "train.py --recipe fast": lambda seed: run_ours(["--recipe", "fast"], seed),
        "the same --epochs 3": lambda seed: run_ours(["--recipe", "fast", "--epochs", "3"], seed),
        f"scikit-learn to {REACHED:.1%}": run_sklearn,
    }
    runs: dict[str, list[Run]] = {name: [] for name in contestants}
    for seed in range(rounds):
        for name, run in contestants.items():
            runs[name].append(run(seed))
            print(f"  seed {seed}, {name}: {runs[name][-1]}", file=sys.stderr, flush=True)
    print(rivals_table(runs))


def rivals_table(runs: dict[str, list[Run]]) -> str:
    """Medians of every contestant, and how many times faster it is than plain and scikit-learn."""
    head = ["", "whole run", "by the clock", "training alone", "test accuracy"]
    head += ["x plain: whole", "alone", "x scikit-learn: whole", "alone"]
    plain, *_, sklearn = runs.values()
    rows = []
    for name, ours in runs.items():
        last = [run.accuracies[-1] * 100 for run in ours]
        seconds = [
            median(getattr(run, field) for run in ours) for field in ("whole", "clock", "alone")
        ]
        row = [
            name,
            *(f"{value:.2f} s" for value in seconds),
            f"{min(last):.2f} to {max(last):.2f} %",
        ]
        rows.append(
            row + [f"{ratio:.1f}" for rival in (plain, sklearn) for ratio in ratios(rival, ours)]
        )
    return table(head, rows)


def ratios(rival: list[Run], ours: list[Run]) -> list[float]:
    """How many times faster ours is: the whole run, and training alone."""
    return [
        median_ratio([run.whole for run in rival], [run.whole for run in ours]),
        median_ratio([run.alone for run in rival], [run.alone for run in ours]),
    ]


def compare_accuracy(rounds: int) -> None:
    """The recipe `tutorial` must learn as much as the plain loop, and `fast` reach 97 %."""
    del rounds  # here it is five seeds
    rows = []
    for name, run in {
        "plain loop": lambda seed: run_plain(seed).accuracies[-1],
        "tutorial": lambda seed: run_alone("tutorial", seed)[1],
        "fast": lambda seed: run_alone("fast", seed)[1],
        "fast, 3 epochs": lambda seed: run_alone("fast", seed, epochs=3)[1],
    }.items():
        accuracies = [run(seed) * 100 for seed in SEEDS]
        each = " ".join(f"{accuracy:.2f}" for accuracy in accuracies)
        rows.append([name, each, f"{statistics.mean(accuracies):.2f} %"])
    print(table(["", f"test accuracy, seeds 0 to {SEEDS[-1]}", "mean"], rows))


def compare_threads(rounds: int) -> None:
    """Training by the clock with one thread and with two; two only pay when both cores are free."""
    rows = []
    for name in ("tutorial", "fast"):
        times: dict[int, list[float]] = {1: [], 2: []}
        for seed in range(rounds):
            for threads, seconds in times.items():
                torch.set_num_threads(threads)
                began = time.perf_counter()
                run_alone(name, seed)
                seconds.append(time.perf_counter() - began)
        rows.append([name, *(f"{median(seconds):.2f} s" for seconds in times.values())])
    torch.set_num_threads(1)
    print(table(["training alone, by the clock", "1 thread", "2 threads"], rows))


def run_plain(seed: int) -> Run:
    """The plain tutorial loop, in a process of its own."""
    folder = os.environ.get("MNIST_DIR") or str(DATA_DIR)
    return _rival(["-m", "benchmarks.plain_loop", folder, "--seed", str(seed), "--threads", "1"])


def run_sklearn(seed: int) -> Run:
    """scikit-learn until the test images say 97.5 %, in a process of its own."""
    return _rival(["-m", "benchmarks.sklearn_mlp", "--seed", str(seed), "--target", str(REACHED)])


def run_ours(flags: list[str], seed: int) -> Run:
    """train.py as anybody runs it, in a process of its own; then its training alone, here."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder) / "weights.pt")]
        whole, clock, printed = _timed(["train.py", *flags, "--seed", str(seed), *out])
    reports = [line for line in printed.splitlines() if "test accuracy" in line]
    accuracies = [float(line.partition("test accuracy ")[2].split(",")[0]) for line in reports]
    alone, _ = run_alone(flags[1], seed, len(reports) - 1)
    return Run(whole, clock, alone, accuracies)


def run_alone(name: str, seed: int, epochs: int | None = None) -> tuple[float, float]:
    """CPU seconds of train() with one recipe, and the accuracy it ends with.

    The network is tested afterwards: the rivals' seconds do not count their tests either.
    """
    recipe = replace(RECIPES[name], epochs=epochs or RECIPES[name].epochs)
    model, digits = MLP(recipe.model, seed), load_digits()
    untested = replace(
        digits, test_images=digits.test_images[:1], test_labels=digits.test_labels[:1]
    )
    began = time.process_time()
    for _ in train(model, untested, recipe, seed=seed):
        pass
    seconds = time.process_time() - began
    return seconds, evaluate(model, digits.test_images, digits.test_labels)


def _rival(command: list[str]) -> Run:
    whole, clock, printed = _timed(command)
    fields = json.loads(printed.splitlines()[-1])
    return Run(whole, clock, fields["training"], fields["accuracies"])


def _timed(command: list[str]) -> tuple[float, float, str]:
    """CPU seconds, clock seconds and output of a Python command with one thread."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=REPO,
        env=os.environ | ONE_THREAD,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    after = os.times()
    used = sum(after[2:4]) - sum(before[2:4])  # user and system time of children that ended
    return used, time.perf_counter() - began, done.stdout


def measure_limits(rounds: int) -> None:
    """Where a step's time goes, and how far that is from the machine's matrix products alone."""
    digits = load_digits()
    rows = [limits_row(RECIPES[name], digits, rounds) for name in ("tutorial", "fast")]
    head = ["a step, 1 thread", "fetch batch", "gradients", "Adam", "whole step"]
    head += ["its matrix products", "outside them", "GFLOP/s", "of a large product"]
    print(table(head, rows))


def limits_row(recipe: Recipe, digits: Digits, rounds: int) -> list[str]:
    """The parts of one step of a recipe, each timed by itself in turn, in microseconds."""
    images, labels = on_device(digits.train_images, digits.train_labels, "cpu")
    targets, order = one_hot(labels), torch.randperm(len(labels))
    size = recipe.batch_size
    model = MLP(recipe.model, seed=0)
    inputs = StandardPixels(model, images) if recipe.standardised else PlainPixels(model)
    batch, batch_targets = next(batches(images, targets, order, size, inputs))
    backprop = Backprop(inputs.learner)
    adam = Adam(backprop.weights, backprop.gradients)
    products = matrix_products(recipe.model, size, batch.dtype)
    square = torch.rand(1024, 1024)
    parts: dict[str, tuple[Callable[[], object], int]] = {
        "fetch": (
            lambda: [None for _ in batches(images, targets, order, size, inputs)],
            -(-len(labels) // size),
        ),
        "gradients": (lambda: backprop.gradients_of(batch, batch_targets), 1),
        "adam": (lambda: adam.step(0.0), 1),
        "products": (lambda: [product() for product in products], 1),
        "square": (lambda: square @ square, 1),
    }
    best = dict.fromkeys(parts, float("inf"))
    for _ in range(10 * rounds):
        for name, (work, steps) in parts.items():
            best[name] = min(best[name], _seconds(work, 1 if steps > 1 else 20) / steps)
    step = best["fetch"] + best["gradients"] + best["adam"]
    operations = 2 * size * sum(product_sizes(recipe.model))
    microseconds = [best["fetch"], best["gradients"], best["adam"], step, best["products"]]
    return [
        f"{recipe.name}, batch {size}",
        *(f"{seconds * 1e6:.0f} us" for seconds in microseconds),
        f"{1 - best['products'] / step:.0%}",
        f"{operations / step / 1e9:.0f}",
        f"{2 * 1024**3 / best['square'] / 1e9:.0f}",
    ]


def product_sizes(config: ModelConfig) -> list[int]:
    """Multiplications an image of every matrix product in a step: forwards, by weight, by input."""
    layers = [a * b for a, b in zip(config.sizes[:-1], config.sizes[1:], strict=True)]
    return [*layers, *layers, *layers[1:]]  # nobody asks for the gradient by the pixels


def matrix_products(
    config: ModelConfig, size: int, kind: torch.dtype
) -> list[Callable[[], Tensor]]:
    """The same products on tensors of the same shapes, and nothing around them; pixels are of `kind`."""
    products: list[Callable[[], Tensor]] = []
    for number, (inputs, outputs) in enumerate(
        zip(config.sizes[:-1], config.sizes[1:], strict=True)
    ):
        of = torch.float32 if number else kind
        given, weight = torch.rand(size, inputs).to(of), torch.rand(outputs, inputs).to(of)
        errors, gradient = torch.rand(size, outputs).to(of), torch.empty(outputs, inputs, dtype=of)
        products.append(partial(torch.mm, given, weight.t()))
        products.append(partial(torch.mm, errors.t(), given, out=gradient))
        if number:
            products.append(partial(torch.mm, errors, weight))
    return products


def _seconds(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


def measure_growth(rounds: int) -> None:
    """Training time by number of images, and by width of the hidden layers; recipe `fast`."""
    digits = load_digits()
    fast = RECIPES["fast"]
    cases = [(count, 64) for count in (10_000, 20_000, 40_000, 60_000)]
    cases += [(60_000, width) for width in (128, 256, 512)]
    times: dict[tuple[int, int], list[float]] = {case: [] for case in cases}
    for _ in range(rounds):
        for count, width in cases:
            recipe = replace(fast, epochs=1, model=ModelConfig((width,) * 3))
            times[count, width].append(one_epoch(recipe, digits, count))
    first = median(times[cases[0]]) / cases[0][0]
    rows = []
    for count, width in cases:
        seconds, parameters = median(times[count, width]), ModelConfig((width,) * 3).parameters
        a_image = seconds / count
        rows.append(
            [
                f"{count:,} images, 3 x {width}",
                f"{parameters:,}",
                f"{seconds:.2f} s",
                f"{a_image * 1e6:.1f} us",
                f"{a_image / first:.1f} x",
            ]
        )
    head = ["one epoch, 1 thread", "parameters", "time", "an image", "of the first row's"]
    print(table(head, rows))


def one_epoch(recipe: Recipe, digits: Digits, count: int) -> float:
    """Seconds between the reports before and after one epoch on the first `count` images."""
    some = replace(
        digits, train_images=digits.train_images[:count], train_labels=digits.train_labels[:count]
    )
    reports = list(train(MLP(recipe.model, seed=0), some, recipe, seed=0))
    assert all(isinstance(report, EpochReport) for report in reports)
    return reports[-1].seconds - reports[0].seconds


if __name__ == "__main__":
    main()
