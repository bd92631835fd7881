"""Labels that are doubtful: what a stroke file calls a digit and nobody would.

    python -m digits.distillation.cleaning --strokes unipen-1a.dat

Some drawings in files that were cut by machine are half a digit, two digits or another digit than the
label says. A drawing is doubtful when two networks that cannot have learnt its label by heart both give
that label next to nothing: the shipped weights from before the file was used, and a network that has
learnt from two thirds of the file's writers and reads the other third. The first alone would throw away
what it does not know yet, such as slashed zeros; the second has seen them in other people's hands.

The outcome is kept in doubtful.json beside this file, by source and place in the file, so that a
training does not depend on weights that it is about to replace.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digits.data.dataset import Digits
from digits.data.drawings import Drawing
from digits.data.mnist import load_digits
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.strokes import prepare_strokes
from digits.data.unipen import read_unipen
from digits.errors import StrokesError
from digits.network.checkpoint import WEIGHTS_DIR
from digits.process import run_command

DOUBTFUL = Path(__file__).with_name("doubtful.json")
EARLIER = WEIGHTS_DIR / "earlier" / "sketch.pt"
FOLDS = 3
LIKELY = 0.02  # a label to which both networks give less is doubtful
VARIATIONS = 12  # of every drawing, for a fold's network to learn from
EPOCHS, BATCH, RATE = 8, 256, 0.002


def without_doubtful(drawings: Sequence[Drawing], path: Path = DOUBTFUL) -> list[Drawing]:
    """`drawings` without those that doubtful.json lists for their source."""
    listed = {
        source: set(numbers)
        for source, numbers in json.loads(path.read_text(encoding="utf-8")).items()
    }
    return [one for one in drawings if one.number not in listed.get(one.source, ())]


def find_doubtful(digits: Digits, drawings: Sequence[Drawing]) -> list[int]:
    """Places in `drawings` whose label both networks give less than LIKELY."""
    images = np.stack([prepare_strokes(drawing.strokes).image for drawing in drawings])
    labels = np.array([drawing.label for drawing in drawings])
    writers = np.array([drawing.writer for drawing in drawings])
    before = _read_with_shipped(images)
    among_others = np.empty_like(before)
    for fold in range(FOLDS):
        unseen = writers % FOLDS == fold
        among_others[unseen] = _read_as_stranger(
            digits, images[~unseen], labels[~unseen], images[unseen], fold
        )
    places = np.arange(len(labels))
    doubtful = np.maximum(before[places, labels], among_others[places, labels]) < LIKELY
    return np.flatnonzero(doubtful).tolist()


def _read_with_shipped(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Probabilities (N, 10) by the weights from before."""
    from digits.evaluation.metrics import predict
    from digits.network.backends import load_backend

    return predict(load_backend(str(EARLIER), "torch", device="cpu"), images)


def _read_as_stranger(
    digits: Digits,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    unseen: NDArray[np.uint8],
    seed: int,
) -> NDArray[np.float32]:
    """Probabilities (N, 10) of `unseen` by a network fitted to `images`, varied, and to MNIST."""
    import torch
    from torch.nn import functional

    from digits.augmentation.images import vary_images
    from digits.network.model import MLP

    generator = torch.Generator().manual_seed(seed)
    many = torch.from_numpy(np.repeat(images, VARIATIONS, axis=0))
    varied = torch.cat([vary_images(part, generator) for part in many.split(256)])
    pixels = torch.cat([varied, torch.from_numpy(digits.train_images)]).reshape(-1, 784)
    wanted = torch.from_numpy(
        np.concatenate([np.repeat(labels, VARIATIONS), digits.train_labels]).astype(np.int64)
    )
    model = MLP(seed=seed)
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.01, fused=True)
    steps = EPOCHS * len(wanted) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps + 1)
    for _ in range(steps):
        picked = torch.randint(len(wanted), (BATCH,), generator=generator)
        loss = functional.nll_loss(model(pixels[picked].float() / 255), wanted[picked])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    with torch.inference_mode():
        read: NDArray[np.float32] = model(torch.from_numpy(to_pixels(unseen))).exp().numpy()
    return read


def write_doubtful(source: str, numbers: Collection[int], path: Path = DOUBTFUL) -> None:
    """Put the places of a source's drawings into doubtful.json, beside those of other sources."""
    listed = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    listed[source] = sorted(numbers)
    path.write_text(json.dumps(listed) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m digits.distillation.cleaning", description="List doubtful labels."
    )
    parser.add_argument("--strokes", type=Path, metavar="FILE", required=True)
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with MNIST/raw")
    options = parser.parse_args(arguments)
    return run_command(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    """Find the doubtful labels of one stroke file and list them."""
    drawings = [one for one in read_unipen(options.strokes) if one.label in range(10)]
    if not drawings:
        raise StrokesError("strokes_no_digit", path=options.strokes)
    places = find_doubtful(load_digits(options.data), drawings)
    write_doubtful(drawings[0].source, [drawings[place].number for place in places])
    print(f"{len(places)} of {len(drawings):,} labels are doubtful: {DOUBTFUL}")


if __name__ == "__main__":
    sys.exit(main())
