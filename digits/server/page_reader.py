"""Reads all the digits of a picture or a drawing, each with its box and its own "not sure"."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digits.data.drawings import Strokes
from digits.data.preparation.centring import Prepared, to_pixels
from digits.data.preparation.pad_digits import group_strokes
from digits.data.preparation.pictures import Picture
from digits.data.preparation.strokes import prepare_strokes
from digits.network.backends import Backend
from digits.network.calibration import Answer, answer
from digits.network.looks import answer_pictures
from digits.network.sureness import lie_turned, make_judge, reads_only_turned
from digits.server.requests import ParsedDrawing

NOTHING_FOUND = "nothing_found"  # closer, more light or plain paper would help
TURNED = "turned"  # digits are there, but lie on their sides or their heads
PICTURE_DOUBT = "picture_doubt"  # drawn like that it would be sure, but a photo can lose a stroke
AMONG_LETTERS = "among_letters"  # it is most likely a letter, or a spot of a wall


@dataclass(frozen=True, eq=False)
class DigitRead:
    """One digit of several: what it was prepared to, and what the network says of it."""

    prepared: Prepared
    answer: Answer
    hint: str | None  # TURNED, AMONG_LETTERS, or None


def read_picture(network: Backend, picture: Picture) -> list[DigitRead]:
    """All digits of a picture in reading order; none is sure that is in a word, or where all lie turned."""
    found = picture.find_digits(make_judge(network))
    digits = _read(network, [one.prepared for one in found], is_picture=True)
    if digits and _lies_turned(network, picture):
        return [_doubted(one, TURNED) for one in digits]
    return [
        _doubted(read, AMONG_LETTERS) if one.is_in_word else read
        for one, read in zip(found, digits, strict=True)
    ]


def _doubted(one: DigitRead, why: str) -> DigitRead:
    return replace(one, answer=replace(one.answer, sure=False), hint=why)


def read_strokes(network: Backend, strokes: Strokes) -> list[DigitRead]:
    """All digits of a pad's drawing in reading order; DrawingError when it cannot be read."""
    groups = group_strokes(strokes, make_judge(network))
    return _read(network, [prepare_strokes(group) for group in groups], is_picture=False)


def prepare_for(network: Backend, drawing: ParsedDrawing) -> Prepared:
    """The one digit of a drawing or a picture."""
    return drawing.prepared if drawing.picture is None else find_one(network, drawing.picture)


def find_one(network: Backend, picture: Picture) -> Prepared:
    """The digit that stands out in a picture, with all pieces that make one as the network sees it.

    Where that is not surely one, as what was crossed out, the only sure one that there is beside it.
    """
    prepared = picture.prepare(make_judge(network))
    if prepared.box is None or answer_about(network, prepared.image, is_picture=True).sure:
        return prepared
    sure = [one for one in read_picture(network, picture) if one.answer.sure]
    return sure[0].prepared if len(sure) == 1 else prepared


def answer_about(network: Backend, image: NDArray[np.uint8], is_picture: bool) -> Answer:
    """What the network says of an image (28, 28): of one out of a picture by three looks."""
    if is_picture:
        return answer_pictures(network, image[None])[0]
    return answer(network.predict(to_pixels(image))[0], network.card.calibration)


def doubt_about(network: Backend, picture: Picture | None) -> str | None:
    """Why the one digit of a picture is in doubt, however sure the network is of it by itself.

    TURNED, AMONG_LETTERS, or None where it isn't.
    """
    if picture is None:
        return None
    if _lies_turned(network, picture):
        return TURNED
    return AMONG_LETTERS if picture.is_among_letters(make_judge(network)) else None


def _lies_turned(network: Backend, picture: Picture) -> bool:
    return lie_turned(network, picture.find_alike(make_judge(network)))


def hint_of(network: Backend, prepared: Prepared) -> str | None:
    """What would help to have a picture read: NOTHING_FOUND, TURNED, or None."""
    if prepared.box is None:
        return NOTHING_FOUND
    return TURNED if reads_only_turned(network, prepared.image) else None


def _read(network: Backend, digits: list[Prepared], is_picture: bool) -> list[DigitRead]:
    return [
        DigitRead(one, answer_about(network, one.image, is_picture), hint_of(network, one))
        for one in digits
    ]
