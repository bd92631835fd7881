"""How well digits are read from photos: made-up photos of MNIST's test digits, kind by kind.

    python -m benchmarks.photos --data data/mnist

Every kind (made_up_photos.py) has digits of its own, so that a few hard ones do not count again in each.
What the preparation was chosen on (`--choosing`: CHOOSING's kinds, training digits, seeds of their own) is
kept apart from what is reported (also REPORTING's kinds, test digits, other seeds).
`--save FOLDER` writes the photos that were not read rightly, to look at.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.conditions import REPO, conditions, table
from benchmarks.made_up_photos import (
    CHOOSING,
    PAGES,
    PAGES_REPORTED,
    REPORTING,
    Box,
    Kind,
    choose_digits,
    empty_kinds,
    flat_kinds,
    make_number,
    make_page,
    make_photo,
)
from digits.data.mnist import load_digits
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.pictures import Found, Picture, find_digits
from digits.network.backends import Backend, load_backend
from digits.network.calibration import Answer, answer
from digits.network.sureness import make_judge
from digits.server.page_reader import answer_about, doubt_about, find_one, read_picture
from digits.server.reader import FEWEST_SURE

A_KIND = 200  # digits
A_PAGE_KIND = 20  # pages
AN_EMPTY_KIND = 50  # pictures with nothing in them
TURNED_NUMBERS = (2, 3, 4, 6, 20)  # digits on a picture that lies turned
TURNED_PICTURES = 40  # of each number
NUMBERS = (2, 3)  # digits that touch
A_NUMBER = 200  # pictures of each
PARTS = ("photos", "pages", "touching", "turned", "empty", "large")
CHOOSING_SEED, REPORTING_SEED = 11, 4242

Images = NDArray[np.uint8]  # (n, 28, 28)
Labels = NDArray[np.uint8]  # (n,)


def measure_pages(
    name: str,
    kind: Kind,
    apart: float,
    images: Images,
    labels: Labels,
    network: Backend,
    seed: int,
    count: int,
    save: Path | None,
) -> list[str]:
    """Read `count` pages of 10 to 30 digits: the row of the table."""
    total = right = wrong = false = worst = 0
    seconds = 0.0
    for place in range(count):
        random = np.random.default_rng([seed, place, len(name), 3])
        chosen = choose_digits(images, int(random.integers(10, 31)), kind, random)
        photo, boxes = make_page(images[chosen], kind, apart, random)
        start = time.perf_counter()
        found = find_digits(photo, make_judge(network))
        seconds += time.perf_counter() - start
        marks = [mark_found(one, boxes, labels[chosen], network) for one in found]
        good = sum(mark.is_right for mark in marks)
        extra = sum(mark.label is None for mark in marks)
        total += len(boxes)
        right += good
        wrong += sum(mark.label is not None and mark.is_surely_wrong for mark in marks)
        false, worst = false + extra, max(worst, extra)
        if save and (good < len(boxes) or extra):
            save.mkdir(parents=True, exist_ok=True)
            shown = draw_marks(photo, marks)
            shown.save(save / f"{name.replace(' ', '-').replace(',', '')}_{place}.png")
    return [
        name,
        f"{100 * right / total:.1f} %",
        f"{100 * wrong / total:.1f} %",
        f"{false / count:.2f}",
        str(worst),
        f"{1000 * seconds / count:.0f} ms",
    ]


@dataclass(frozen=True)
class Mark:
    """What was found on a page: where, what it is read as, and which digit is there, if one is."""

    box: Box
    said: Answer
    label: int | None

    @property
    def is_right(self) -> bool:
        return self.said.label == self.label

    @property
    def is_surely_wrong(self) -> bool:
        return self.said.sure and not self.is_right


def mark_found(one: Found, boxes: Sequence[Box], labels: Labels, network: Backend) -> Mark:
    """One of the digits found on a page whose digits have these boxes and labels."""
    label = next(
        (int(its) for box, its in zip(boxes, labels, strict=True) if is_same(one.box, box)), None
    )
    return Mark(one.box, answer_about(network, one.prepared.image, is_picture=True), label)


def draw_marks(photo: Image.Image, marks: Sequence[Mark]) -> Image.Image:
    """The page with what was found: green where it is right, orange where wrong, red where nothing is."""
    shown = photo.convert("RGB")
    draw = ImageDraw.Draw(shown)
    for mark in marks:
        colour = "red" if mark.label is None else "green" if mark.is_right else "orange"
        box = [side * of for side, of in zip(mark.box, shown.size * 2, strict=True)]
        draw.rectangle(box, outline=colour, width=3)
        draw.text((box[0], box[1] - 22), str(mark.said.label), colour, ImageFont.load_default(22))
    return shown


def is_same(found: Box, box: Box) -> bool:
    """Whether a found box is that of a digit: they share at least half of what either covers."""
    across = min(found[2], box[2]) - max(found[0], box[0])
    down = min(found[3], box[3]) - max(found[1], box[1])
    if across <= 0 or down <= 0:
        return False
    areas = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (found, box))
    return across * down / (areas - across * down) >= 0.5


def measure_touching(
    digits: int, images: Images, labels: Labels, network: Backend, seed: int, save: Path | None
) -> list[str]:
    """Read A_NUMBER pictures of numbers whose digits touch: the row of the table."""
    kinds = [kind for kind, _ in {**PAGES, **PAGES_REPORTED}.values()]
    right = wrong = cut = place = made = 0
    while made < A_NUMBER:
        random = np.random.default_rng([seed, place, digits, 5])
        kind, place = kinds[place % len(kinds)], place + 1
        chosen = choose_digits(images, digits, kind, random)
        photo = make_number(images[chosen], kind, random)
        if photo is None:
            continue
        made += 1
        read = read_picture(network, Picture(photo))
        is_right = [one.answer.label for one in read] == labels[chosen].tolist()
        right += is_right
        cut += len(read) > 1
        if not is_right and read and all(one.answer.sure for one in read):
            wrong += 1
            said = "".join(str(one.answer.label) for one in read)
            name = f"touching-{''.join(map(str, labels[chosen]))}_{place}_read{said}"
            _save(save, photo, name, read[0].prepared.image)
    return [str(digits), *(f"{100 * part / A_NUMBER:.1f} %" for part in (cut, right, wrong))]


def measure_turned(
    number: int, images: Images, network: Backend, seed: int, count: int
) -> list[list[str]]:
    """Read `count` pictures of so many digits, upright and turned: rows of the table.

    How often there is a sure answer about what stands out, and of how many digits a picture's
    reading is sure; in brackets, by each digit alone.
    """
    kind, apart = PAGES["page, wide apart"]
    rows = []
    for degrees in (0, 90, 180, 270):
        one, one_alone, several, several_alone = 0, 0, 0, 0
        for place in range(count):
            random = np.random.default_rng([seed, place, number])
            chosen = choose_digits(images, number, kind, random)
            page, _ = make_page(images[chosen], kind, apart, random)
            picture = Picture(page.rotate(degrees, expand=True))
            prepared = find_one(network, picture)
            if prepared.box is not None:
                is_sure = answer_about(network, prepared.image, is_picture=True).sure
                one_alone += is_sure and not picture.is_among_letters(make_judge(network))
                one += is_sure and doubt_about(network, picture) is None
            found = picture.find_digits(make_judge(network))
            several_alone += sum(
                answer_about(network, its.prepared.image, is_picture=True).sure for its in found
            )
            several += sum(its.answer.sure for its in read_picture(network, picture))
        shares = [100 * part / count for part in (one, one_alone)]
        shares += [100 * part / (number * count) for part in (several, several_alone)]
        cells = [f"{shares[i]:.1f} % ({shares[i + 1]:.1f} %)" for i in (0, 2)]
        rows.append([str(number), str(degrees), *cells])
    return rows


def measure_empty(
    name: str,
    make: Callable[[np.random.Generator], Image.Image],
    network: Backend,
    seed: int,
    count: int,
    save: Path | None,
) -> list[str]:
    """How often something is read where nothing is: the row of the table."""
    judge = make_judge(network)
    none = sure = boxes = 0
    for place in range(count):
        photo = make(np.random.default_rng([seed, place, len(name)]))
        picture = Picture(photo)
        prepared = find_one(network, picture)
        boxes += len(picture.find_digits(judge))
        if prepared.box is None:
            none += 1
            continue
        said = answer_about(network, prepared.image, is_picture=True)
        if said.sure and doubt_about(network, picture) is None:
            sure += 1
            _save(save, photo, f"empty-{name}_{place}_read{said.label}", prepared.image)
    return [name, *(f"{100 * n / count:.1f} %" for n in (none, sure)), f"{boxes / count:.2f}"]


LARGE = (3024, 4032)  # height and width of 12 megapixels
READ_LARGE = """
import io, pathlib, sys, time
from PIL import Image
from digits.data.preparation.pictures import Picture
from digits.network.backends import load_backend
from digits.server.page_reader import doubt_about, find_one, read_picture
network, seconds = load_backend(sys.argv[2]), []
for _ in range(4):  # the first loads OpenCV
    start = time.process_time()
    picture = Picture(Image.open(sys.argv[1]))
    find_one(network, picture)
    doubt_about(network, picture)
    one = time.process_time()
    found = len(read_picture(network, picture))
    seconds.append((time.process_time() - start, one - start))
most = pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
print(found, *min(seconds), most)
"""


def measure_large(images: NDArray[np.uint8], weights: str, seed: int) -> list[list[str]]:
    """CPU seconds and memory of a process (Linux) that reads 12 megapixels: rows of the table."""
    random = np.random.default_rng([seed, 12])
    kind = Kind(paper="squared", pen=0.07, light="side", sides=(LARGE,), blur=0.0003)
    one = make_photo(images[0], kind, random)
    page = make_page(images[:24], kind, 0.25, random)[0].resize(LARGE[::-1])
    rows = []
    for name, photo in (("one digit", one), ("a page of 24", page)):
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            photo.convert("RGB").save(file, "JPEG", quality=90)
            file.flush()
            command = [sys.executable, "-c", READ_LARGE, file.name, weights]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPO)
        found, all_of_it, alone, most = map(float, done.stdout.split())
        megabytes = f"{most / 1000:.0f} MB"
        rows.append([name, f"{found:.0f}", f"{alone:.2f} s", f"{all_of_it:.2f} s", megabytes])
    return rows


@dataclass
class Score:
    """How many of a kind were read rightly, surely and wrongly, or not found."""

    right: int = 0
    sure_wrong: int = 0
    unsure: int = 0
    none: int = 0
    several: int = 0  # that the page would take apart into several digits
    files_right: int = 0  # of the digits' own files, which no photo can be expected to beat
    files_sure_wrong: int = 0
    total: int = 0
    seconds: float = 0.0

    def __add__(self, other: Score) -> Score:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Score(*(one + its for one, its in pairs))

    def row(self, name: str) -> list[str]:
        def part(count: int) -> str:
            return f"{100 * count / self.total:.1f} %"

        milliseconds = f"{1000 * self.seconds / self.total:.0f} ms"
        parts = (self.right, self.sure_wrong, self.unsure, self.none, self.several)
        parts += (self.files_right, self.files_sure_wrong)
        return [name, *(part(count) for count in parts), milliseconds]


def measure(
    name: str,
    make: Callable[[NDArray[np.uint8], np.random.Generator], Image.Image],
    images: Images,
    labels: Labels,
    network: Backend,
    seed: int,
    save: Path | None,
) -> Score:
    """Read one photo of every image; what was not read rightly is saved."""
    files = [answer(row, network.card.calibration) for row in network.predict(to_pixels(images))]
    is_right = [said.label == label for said, label in zip(files, labels, strict=True)]
    score = Score(total=len(images), files_right=sum(is_right))
    score.files_sure_wrong = sum(
        said.sure and not right for said, right in zip(files, is_right, strict=True)
    )
    for place, (image, label) in enumerate(zip(images, labels, strict=True)):
        photo = make(image, np.random.default_rng([seed, place, len(name), ord(name[0])]))
        start = time.perf_counter()
        picture = Picture(photo)
        prepared = find_one(network, picture)
        score.seconds += time.perf_counter() - start
        sure = sum(one.answer.sure for one in read_picture(network, picture))
        score.several += sure >= FEWEST_SURE
        if prepared.box is None:
            score.none += 1
            _save(save, photo, f"{name}_{place}_is{label}_none", prepared.image)
            continue
        said = answer_about(network, prepared.image, is_picture=True)
        is_sure = said.sure and doubt_about(network, picture) is None
        score.right += said.label == label
        score.unsure += not is_sure
        score.sure_wrong += is_sure and said.label != label
        if said.label != label:
            how = f"{said.label}_sure" if is_sure else f"{said.label}"
            _save(save, photo, f"{name}_{place}_is{label}_read{how}", prepared.image)
    return score


def _save(folder: Path | None, photo: Image.Image, name: str, image: NDArray[np.uint8]) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    name = name.replace(" ", "-").replace(",", "").replace("'", "").replace("%", "")
    photo.convert("RGBA").save(folder / f"{name}.png")
    Image.fromarray(image).resize((112, 112), 0).save(folder / f"{name}.prepared.png")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read all kinds of photos, print the table."""
    parser = argparse.ArgumentParser(description="How well digits are read from photos.")
    parser.add_argument("--data", type=Path, help="folder with MNIST")
    parser.add_argument("--weights", default="sketch", help="name in weights/ or path")
    parser.add_argument("--count", type=int, default=A_KIND, help="digits a kind")
    parser.add_argument("--choosing", action="store_true", help="training digits, other seeds")
    parser.add_argument("--pages", type=int, default=A_PAGE_KIND, help="pages a kind")
    parser.add_argument("--empty", type=int, default=AN_EMPTY_KIND, help="empty pictures a kind")
    parser.add_argument(
        "--parts", nargs="+", default=PARTS, choices=PARTS, help="which tables to make"
    )
    parser.add_argument("--only", default="", help="kinds whose name has this in it")
    parser.add_argument("--save", type=Path, help="folder for photos that were not read rightly")
    options = parser.parse_args(arguments)
    digits = load_digits(options.data, download=False)
    images, labels = (
        (digits.train_images, digits.train_labels)
        if options.choosing
        else (digits.test_images, digits.test_labels)
    )
    seed = CHOOSING_SEED if options.choosing else REPORTING_SEED
    network = load_backend(options.weights)
    print(conditions("opencv-python-headless", "onnxruntime", "numpy"))
    if "pages" in options.parts:
        print("\n" + table_of_pages(options, images, labels, network, seed), flush=True)
    if "touching" in options.parts:
        rows = [
            measure_touching(number, images, labels, network, seed, options.save)
            for number in NUMBERS
        ]
        head = ["digits that touch", "cut apart", "right", "sure and wrong"]
        print("\n" + table(head, rows), flush=True)
    if "turned" in options.parts:
        head = ["digits", "turned by degrees", "sure of what stands out", "sure of its digits"]
        rows = []
        for number in TURNED_NUMBERS:
            rows += measure_turned(number, images, network, seed, TURNED_PICTURES)
        print("\n" + table(head, rows), flush=True)
    if "empty" in options.parts:
        print("\n" + table_of_empty(options, network, seed), flush=True)
    if "large" in options.parts:
        head = ["12 megapixels", "found", "the one digit, CPU", "and all of them, CPU", "memory"]
        print("\n" + table(head, measure_large(images, options.weights, seed)), flush=True)
    if "photos" in options.parts:
        print("\n" + table_of_photos(options, images, labels, network, seed))


def table_of_pages(
    options: argparse.Namespace, images: Images, labels: Labels, network: Backend, seed: int
) -> str:
    """Pages of digits, kind by kind."""
    pages = PAGES if options.choosing else {**PAGES, **PAGES_REPORTED}
    rows = [
        measure_pages(name, *how, images, labels, network, seed, options.pages, options.save)
        for name, how in pages.items()
        if options.only in name
    ]
    head = ["kind", "found and right", "sure and wrong", "false boxes a page", "most", "time"]
    return table(head, rows)


def table_of_empty(options: argparse.Namespace, network: Backend, seed: int) -> str:
    """Pictures in which no digit is, kind by kind."""
    rows = [
        measure_empty(name, make_one, network, seed, options.empty, options.save)
        for name, make_one in empty_kinds().items()
        if options.only in name
    ]
    return table(["nothing is there", "nothing found", "sure", "boxes by find_digits"], rows)


def table_of_photos(
    options: argparse.Namespace, images: Images, labels: Labels, network: Backend, seed: int
) -> str:
    """Photos of one digit, kind by kind and together."""
    kinds = CHOOSING if options.choosing else {**CHOOSING, **REPORTING}
    makers = {
        name: (lambda image, random, kind=kind: make_photo(image, kind, random))
        for name, kind in kinds.items()
    } | flat_kinds()
    scores = {}
    for name in filter(lambda name: options.only in name, makers):
        random = np.random.default_rng([seed, zlib.crc32(name.encode())])
        chosen = choose_digits(images, options.count, kinds.get(name, Kind()), random)
        scores[name] = measure(
            name, makers[name], images[chosen], labels[chosen], network, seed, options.save
        )
        print(" ".join(scores[name].row(name)), flush=True)
    head = ["kind", "right", "sure and wrong", "not sure", "nothing found", "several"]
    head += ["own files right", "own files sure and wrong", "time"]
    rows = [score.row(name) for name, score in scores.items()]
    return table(head, [*rows, sum(scores.values(), Score()).row("all of them")])


if __name__ == "__main__":
    main()
