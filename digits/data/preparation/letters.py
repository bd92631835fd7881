"""Tells digits from letters: an o looks like a zero and an l like a one, but not what stands beside them.

What is close together is a word. In a word with more letters than digits nothing is a digit, and where the
letters of a picture outnumber its digits, all of it is a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.centring import Prepared
from digits.data.preparation.grouping import AS_STRONG, SURE

if TYPE_CHECKING:
    from digits.data.preparation.stroke_groups import Group

SURE_IN_TEXT = 0.95  # how sure the judge must be of a digit that stands against letters
HARDLY = 0.3  # of a letter: what is taken for a digit less surely than that
LOWEST = 0.35  # of the digits' longer side: lower is a sign or a dot
HIGHEST = 3  # times the digits' longer side: higher is a drawing or a line
SMALLER = 0.6  # of the largest digit's longer side: what is smaller beside it may be letters
WORD_NEAR = 0.18  # of the longer sides of two marks: closer than that they are of one word
IN_WORD = 0.5  # letters for each digit: a word that has more has letters that look like digits
IN_TEXT = 1.2  # the same of a whole picture; more: a label may stand beside a number
FEW_LETTERS = 2  # where there is no digit for sure, so many letters make no text
MANY_STEMS = 8  # of small print; fewer may be the ones of a number
STEM = 0.5  # of its height: narrower is a one, or the stem of an l, an i or a t


@dataclass(frozen=True, eq=False)
class Mark:
    """A group of strokes, and how surely it is a digit by itself."""

    group: Group
    prepared: Prepared | None  # None: it has not a digit's shape
    sureness: float  # of the judge, 0..1
    is_words: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels."""
        return self.group.box

    @property
    def size(self) -> int:
        """How large its letters or the digit are, in pixels."""
        return self.group.height if self.is_words else self.group.longer

    @property
    def is_digit(self) -> bool:
        return self.sureness >= SURE_IN_TEXT

    @property
    def letters(self) -> float:
        """About how many letters it is."""
        if self.is_words:
            return max(1, round(self.group.width / self.group.height))
        return 0.0 if self.is_digit else HARDLY if self.sureness >= SURE else 1.0


def without_small_print(marks: Sequence[Mark], largest: Mark | None) -> list[Mark]:
    """`marks` without what is much smaller than the largest digit, if at least half of that are letters.

    That digit may be one of `marks`, or `largest`, when they are its pieces. An o or an l beside a digit
    is a letter; many small digits beside a stain are digits.
    """
    candidates = [*marks, largest] if largest else marks
    size = max((mark.size for mark in candidates if mark.sureness >= SURE), default=0)
    small = [mark for mark in marks if mark.prepared and mark.size < SMALLER * size]
    words = [mark for mark in marks if mark.is_words and mark.size < size]
    if 2 * sum(mark.letters for mark in small + words) < len(small):
        return list(marks)
    return [mark for mark in marks if mark.size >= SMALLER * size]


def find_text(marks: Sequence[Mark], least: float) -> tuple[bool, NDArray[np.bool_]]:
    """Whether all of a picture is a text, and which of its marks (n,) are in a word of letters.

    Many narrow marks lower than `least`, in pixels, are most likely all that was found of small print.
    """
    words = _words_of(marks)
    is_digit = np.array([mark.is_digit for mark in marks], bool)
    is_stem = np.array([_is_stem(mark, least) for mark in marks], bool)
    is_printed = np.array([mark.is_words for mark in marks], bool)
    letters = np.array([mark.letters for mark in marks], float)
    longer = np.array([mark.group.longer for mark in marks], float)
    height = np.array([mark.group.height for mark in marks], float)
    contrast = np.array([mark.group.contrast for mark in marks], float)
    in_word = np.zeros(len(marks), bool)
    for word in np.unique(words):
        inside = words == word
        digits = inside & is_digit
        size = np.median(longer[digits]) if digits.any() else 0.0
        counted = letters[inside & (height >= LOWEST * size)].sum()
        # What stands alone is no word, however unlike a digit it is.
        in_word[inside] = inside.sum() > 1 and counted > IN_WORD * max(digits.sum(), 1)
    digits = is_digit & ~in_word
    if (digits & is_stem).sum() >= MANY_STEMS:
        digits &= ~is_stem
    if not digits.any():
        return bool(np.where(is_digit, 1.0, letters).sum() > FEW_LETTERS), in_word
    size = np.median(longer[digits])
    as_large = (height >= LOWEST * size) & ((height < HIGHEST * size) | is_printed)
    as_strong = contrast >= AS_STRONG * np.median(contrast[digits])  # a table's grain is no text
    counted = np.where(is_digit, 1.0, letters)[as_large & as_strong & ~digits].sum()
    return bool(counted > IN_TEXT * digits.sum()), in_word


def _is_stem(mark: Mark, least: float) -> bool:
    return mark.group.height < least and mark.group.width < STEM * mark.group.height


def _words_of(marks: Sequence[Mark]) -> NDArray[np.int_]:
    """Which word each of the marks (n,) is in: a number that those of one word share."""
    boxes = np.array([mark.group.box for mark in marks], float).reshape(-1, 4)
    longer = np.array([mark.group.longer for mark in marks], float)
    left, top, right, bottom = boxes.T
    across = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    down = np.maximum.outer(top, top) - np.minimum.outer(bottom, bottom)
    apart = np.hypot(np.maximum(0, across), np.maximum(0, down))
    is_close = apart <= WORD_NEAR / 2 * np.add.outer(longer, longer)
    words = np.arange(len(marks))
    while True:  # each takes the lowest number beside it, until none does
        lowest = np.where(is_close, words, len(marks)).min(axis=1, initial=len(marks))
        if (lowest == words).all():
            return words
        words = lowest
