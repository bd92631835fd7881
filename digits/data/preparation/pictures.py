"""A picture (photo, scan, screenshot) becomes 28x28 pixels, or one such image for each digit in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.data.preparation.centring import SIDE, Prepared, blank
from digits.data.preparation.group_image import prepare_group
from digits.data.preparation.grouping import (
    AS_STRONG,
    SURE,
    PictureJudge,
    gap,
    join_pieces,
    reading_order,
)
from digits.data.preparation.letters import Mark, find_text, without_small_print
from digits.data.preparation.mnist_like import is_mnist_like, keep_mnist_like
from digits.data.preparation.pad_digits import WHOLE
from digits.data.preparation.picture_files import load_picture

if TYPE_CHECKING:
    from digits.data.preparation.stroke_groups import Group, Sheet

LEAST_SIDE = 240  # a smaller one is enlarged to at least this
LEAST_EDGE = 2  # pixels: a line of them holds no digit
PAGE_NEAR = 0.05  # of the digits' size: pieces closer than this are one, on a page of digits
PAGE_WIDEST = 0.12  # of the shorter side: no stroke is wider where there may be several digits
PAGE_LARGEST = 0.95  # of the picture's longer side
AS_LARGE = (
    0.75  # of the longer side of a digit's piece: so high are letters that make it one of theirs
)
AMONG = 0.5  # of the longer side of what stands out: lower writing is no letter beside it
CRUMBS = 25  # groups: what looks like a digit among so many of the same strokes is one by chance
SAME = 0.8  # of the longer side: as large is what was found in two ways
SPOTS = 8  # groups: what looks like a digit among so many is one of a wall's, not ink on wood
AS_THICK = 1.5  # times as thick as another, at most: strokes of the same pen
MANY = 7  # pieces: of so many that are no digits, some look like one by chance
SMALL_PRINT = 0.06  # of the shorter side: of lower words only the stems may be found
MOST_SMALL = 0.8  # of many pieces: so many that are small are small print
MOST_WIDE = 8  # groups that may be digits that touch; more are words
FEW = 0.35  # of the pieces: a page of digits has more that are digits as they are
LEAST_SURE = 0.3  # what the judge takes for a digit less surely than this is left out


@dataclass(frozen=True)
class Found:
    """One digit of several in a picture."""

    prepared: Prepared
    is_in_word: bool = False  # what it stands in has more letters than digits: it may be one

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in 0..1 of the picture."""
        assert self.prepared.box is not None
        return self.prepared.box


class Picture:
    """A picture of any mode and reasonable size, from which one digit or all of them are read.

    What both need is computed once. DrawingError says why a picture cannot be read.
    """

    def __init__(self, picture: Image.Image | NDArray[Any]) -> None:
        self.colours = load_picture(picture)  # (h, w, 3)
        self._is_empty = min(self.colours.shape[:2]) < LEAST_EDGE
        self._is_mnist_like = is_mnist_like(self.colours)
        self._wholes: dict[PictureJudge, Group | None] = {}
        self._pages: dict[PictureJudge, _Page] = {}

    @cached_property
    def _sheet(self) -> Sheet:
        from digits.data.preparation.stroke_groups import Sheet  # loads OpenCV

        return Sheet(_enlarge(self.colours))

    @cached_property
    def prepared(self) -> Prepared:
        """The digit that stands out, as it is found without a judge; blank where nothing looks like one."""
        if self._is_empty:
            return blank()
        if self._is_mnist_like:
            return keep_mnist_like(self.colours)
        return blank() if self._standing_out is None else self._prepare(self._standing_out)

    def prepare(self, judge: PictureJudge) -> Prepared:
        """The digit that stands out, with all that `judge` sees as one digit with it; blank as `prepared`.

        `judge` says how surely an image is a digit.
        """
        whole = self._find_whole(judge)
        return self.prepared if whole is None else self._prepare(whole)

    @cached_property
    def _groups(self) -> list[Group]:
        return self._sheet.find_groups()

    @cached_property
    def _standing_out(self) -> Group | None:
        """The largest group that is like a digit, with its pieces unless these make it words."""
        from digits.data.preparation.digit_pieces import with_what_reaches_in
        from digits.data.preparation.stroke_groups import is_words, stands_out

        best = stands_out(self._groups)
        if best is None:
            return None
        whole = with_what_reaches_in(best, self._groups)
        return best if is_words(whole) else whole

    def _find_whole(self, judge: PictureJudge) -> Group | None:
        """What stands out in all its pieces; None where nothing does, or nothing was to be found."""
        if judge not in self._wholes:
            self._wholes[judge] = self._complete(judge)
        return self._wholes[judge]

    def _complete(self, judge: PictureJudge) -> Group | None:
        if self._is_empty or self._is_mnist_like or self._standing_out is None:
            return None
        from digits.data.preparation.digit_pieces import what_completes
        from digits.data.preparation.stroke_groups import join_groups

        best = self._standing_out
        pieces = what_completes(best, self._groups, lambda group: self._prepare(group).image, judge)
        if not pieces or self._has_letters_beside(best, judge):
            return best
        whole = reduce(join_groups, pieces, best)
        # A letter's neighbours are no pieces of it, and a bar has no letters of its size beside it.
        size = AS_LARGE * min(piece.longer for piece in pieces)
        return best if self._has_letters_beside(whole, judge, size) else whole

    def is_among_letters(self, judge: PictureJudge) -> bool:
        """Whether what stands out has more beside it, about as large, that is no digit than digits.

        Then it is most likely no digit itself, but a letter as an l or an o, a spot of a wall or a
        crumb of the paper's lines, whatever it looks like alone. `judge` says how surely an image is
        a digit.
        """
        best = self._find_whole(judge)
        return best is not None and (
            self._is_among_crumbs(best)
            or self._has_letters_beside(best, judge)
            or self._is_in_text(best, judge)
        )

    def _is_in_text(self, best: Group, judge: PictureJudge) -> bool:
        """Whether a group is one of a text's, or of a word's that has more letters than digits."""
        page = self._read_page(judge)
        letters = page.marks if page.is_text else page.in_words
        return any(_is_same(best, mark.group) for mark in letters)

    def _is_among_crumbs(self, best: Group) -> bool:
        """Whether very many groups have strokes as strong and as thick as one has.

        Or, where it is not on paper but may be on wood or skin, several that are no digits: a wall's spots.
        """
        from digits.data.preparation.stroke_groups import is_digit_like, is_on_paper

        strong = [group for group in self._groups if group.contrast >= AS_STRONG * best.contrast]
        if not is_on_paper(best) and sum(not is_digit_like(group) for group in strong) >= SPOTS:
            return True
        alike = [
            group for group in strong if 1 / AS_THICK < group.thickness / best.thickness < AS_THICK
        ]
        return len(alike) >= CRUMBS

    def _has_letters_beside(
        self, best: Group, judge: PictureJudge, height: float | None = None
    ) -> bool:
        """Whether a group has more letters or spots beside it than digits, itself counted.

        Of at least that `height`, in pixels; where none is given, of AMONG its own size.
        """
        from digits.data.preparation.stroke_groups import is_digit_like, is_on_paper, is_words

        lowest = AMONG * best.longer if height is None else height
        others = [group for group in self._beside(best) if group.height >= lowest]
        spots = [group for group in others if not is_on_paper(group)]
        written = [group for group in others if is_words(group) or is_digit_like(group)]
        marks = [self._mark(group, judge) for group in written]
        digits = 1 + sum(mark.is_digit for mark in marks)
        return len(spots) + sum(mark.letters for mark in marks) > digits

    def _beside(self, best: Group) -> list[Group]:
        """What lies beside a group in ink as strong."""
        return [
            group
            for group in self._groups
            if gap(group.box, best.box) > 0 and group.contrast >= AS_STRONG * best.contrast
        ]

    def find_alike(self, judge: PictureJudge) -> NDArray[np.uint8]:
        """What stands out, and what has a digit's shape beside it, about as large: images (n, 28, 28).

        No matter whether it reads as a digit. `judge` says how surely an image is one.
        """
        best = self._find_largest(judge)
        if best is None:
            return np.empty((0, SIDE, SIDE), np.uint8)
        beside = [self._mark(group, judge) for group in self._beside(best.group)]
        for written in (self._read_page(judge).marks, [best, *beside]):
            alike = [
                mark.prepared.image
                for mark in written
                if mark.prepared and mark.group.longer >= AMONG * best.group.longer
            ]
            if len(alike) > 1:
                break
        return np.stack(alike)

    def find_digits(self, judge: PictureJudge) -> list[Found]:
        """Every digit, line by line, each line from left to right.

        `judge` says how surely an image is a digit: it joins the pieces of one, and what is none is
        left out.
        """
        if self._is_empty:
            return []
        if self._is_mnist_like:
            return [Found(keep_mnist_like(self.colours))]
        page, largest = self._read_page(judge), self._find_largest(judge)
        found = (
            [] if page.is_text else [mark for mark in reading_order(page.marks) if mark.prepared]
        )
        if not any(mark.sureness >= SURE for mark in found) and not self.is_among_letters(judge):
            # Only as a whole it is one.
            found = [largest] if largest and largest.sureness >= SURE else found
        return [
            Found(mark.prepared, mark in page.in_words)
            for mark in _alike(found)
            if mark.prepared and mark.sureness >= LEAST_SURE
        ]

    def _find_largest(self, judge: PictureJudge) -> Mark | None:
        best = self._find_whole(judge)
        return None if best is None else self._judge(best, judge)

    def _read_page(self, judge: PictureJudge) -> _Page:
        """All that is written, without a digit's small print."""
        if judge not in self._pages:
            self._pages[judge] = self._read_text(judge)
        return self._pages[judge]

    def _read_text(self, judge: PictureJudge) -> _Page:
        from digits.data.preparation.stroke_groups import is_words, join_groups

        groups = [
            group
            for group in self._sheet.find_groups(PAGE_NEAR, PAGE_WIDEST)
            if group.longer < PAGE_LARGEST * max(self._size) and not group.at_edge
        ]
        words = [group for group in groups if is_words(group)]
        pieces = [group for group in groups if not is_words(group)]
        if self._is_texture(pieces, judge):
            return _Page([], [], False)
        if not _is_small_print(pieces):
            pieces = join_pieces(
                pieces, join_groups, lambda group: self._prepare(group).image, judge
            )
        marks = [self._mark(group, judge) for group in [*pieces, *words]]
        marks = without_small_print(marks, self._find_largest(judge))
        marks = self._cut_apart(marks, judge)
        is_text, is_in_word = find_text(marks, SMALL_PRINT * min(self._size))
        in_words = [mark for mark, inside in zip(marks, is_in_word, strict=True) if inside]
        return _Page(marks, in_words, is_text)

    def _cut_apart(self, marks: list[Mark], judge: PictureJudge) -> list[Mark]:
        """`marks` with digits that touch cut apart, unless the others are more letters than digits."""
        from digits.data.preparation.touching import cut_apart, may_touch

        wide = [mark for mark in marks if may_touch(mark.group) and mark.sureness <= WHOLE]
        others = [mark for mark in marks if mark not in wide]
        digits = sum(mark.is_digit for mark in others)
        if len(wide) > MOST_WIDE or sum(mark.letters for mark in others) > digits:
            return marks
        for mark in wide:
            found = cut_apart(mark.group, lambda group: self._prepare(group).image, judge)
            if len(found) > 1:
                others += [self._judge(group, judge) for group in found]
            else:
                others.append(mark)
        return others

    def _is_texture(self, pieces: list[Group], judge: PictureJudge) -> bool:
        """Whether there are many pieces of which few are digits: a wall, a lawn, a face.

        Of so many, some make something like a digit with one of their neighbours.
        """
        if len(pieces) < MANY:
            return False
        images = np.stack([self._prepare(piece).image for piece in pieces])
        return bool((judge(images) >= SURE).mean() < FEW)

    @property
    def _size(self) -> tuple[int, int]:
        """Width and height in the pixels of a Group."""
        height, width = self.colours.shape[:2]
        return width * _enlarging(self.colours), height * _enlarging(self.colours)

    def _prepare(self, group: Group) -> Prepared:
        return prepare_group(group, *self._size)

    def _mark(self, group: Group, judge: PictureJudge) -> Mark:
        from digits.data.preparation.stroke_groups import is_digit_like, is_words

        if not is_digit_like(group):
            return Mark(group, None, 0.0, is_words(group))
        return self._judge(group, judge)

    def _judge(self, group: Group, judge: PictureJudge) -> Mark:
        """The mark of a group that is taken for a digit, whatever its shape."""
        prepared = self._prepare(group)
        return Mark(group, prepared, float(judge(prepared.image[None])[0]), False)


def prepare_picture(picture: Image.Image | NDArray[Any]) -> Prepared:
    """Prepare the digit that stands out in a picture, dark on light or light on dark.

    Of any mode and reasonable size; a blank image where nothing looks like a digit. A 28x28 image
    that is MNIST-like goes in untouched. DrawingError says why a picture cannot be read.
    """
    return Picture(picture).prepared


def find_digits(picture: Image.Image | NDArray[Any], judge: PictureJudge) -> list[Found]:
    """Every digit in a picture, as Picture.find_digits; DrawingError as prepare_picture."""
    return Picture(picture).find_digits(judge)


@dataclass(frozen=True)
class _Page:
    """All that is written in a picture, as one judge sees it."""

    marks: list[Mark]
    in_words: list[Mark]  # those of them that are in a word of letters
    is_text: bool


def _is_small_print(pieces: list[Group]) -> bool:
    """Whether nearly all of many pieces are much smaller than the largest: its size is not the digits'.

    Where some characters of a text touch, the others would be put together to what is as large as these.
    """
    longer = np.array([piece.longer for piece in pieces])
    return len(longer) >= CRUMBS and bool((longer < 0.5 * longer.max()).mean() > MOST_SMALL)


def _is_same(one: Group, other: Group) -> bool:
    """Whether two searches found the same strokes, one perhaps a speck more."""
    return gap(one.box, other.box) == 0 and SAME < other.longer / one.longer < 1 / SAME


def _alike(marks: list[Mark]) -> list[Mark]:
    """Those that are about as large and as strong as the others are."""
    if not marks:
        return []
    size = float(np.median([mark.group.longer for mark in marks]))
    contrast = float(np.median([mark.group.contrast for mark in marks]))
    return [
        mark
        for mark in marks
        if 0.5 * size <= mark.group.longer <= 2 * size
        and mark.group.contrast >= AS_STRONG * contrast
    ]


def _enlarging(colours: NDArray[np.uint8]) -> int:
    return max(1, -(-LEAST_SIDE // max(colours.shape[:2])))


def _enlarge(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`colours` with at least LEAST_SIDE pixels a side, so that a stroke has a few."""
    factor = _enlarging(colours)
    if factor == 1:
        return colours
    height, width = colours.shape[:2]
    large = Image.fromarray(colours).resize(
        (width * factor, height * factor), Image.Resampling.NEAREST
    )
    return np.asarray(large)
