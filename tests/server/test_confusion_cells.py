"""The digits behind a cell of the confusion matrix: as many as the matrix counts, and the right ones."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from digits.data.dataset import Digits
from digits.network.backends import predict_images
from digits.network.registry import Choice, Networks
from digits.server.confusion_cells import MOST_PICTURES, pictures_of_cell
from digits.server.datasets import DatasetCache
from digits.server.reader import Reader
from digits.server.sessions import Sessions

TOKEN = "c" * 20


class Given(DatasetCache):
    """Digits that are there already."""

    def __init__(self, digits: Digits) -> None:
        super().__init__(None)
        self._digits = digits


@pytest.fixture
def reader() -> Reader:
    """A session whose own network is the shipped one."""
    made = Reader(Networks(Choice("tutorial", "onnx")), Sessions())
    backend = Networks(Choice("tutorial", "onnx")).get(Choice("tutorial", "onnx"))
    made.sessions.get_or_create(TOKEN).keep(
        backend, {"key": "network_run", "values": {"number": 1}}
    )
    return made


def ask(reader: Reader, digits: Digits, label: object, said: object, token: str = TOKEN) -> Any:
    question = {"session": token, "network": "yours-1", "label": label, "said": said}
    told = pictures_of_cell(reader, Given(digits), question)
    json.dumps(told, allow_nan=False)
    return told


def test_the_cells_hold_every_test_digit_once(reader: Reader, bundled: Digits) -> None:
    backend = reader.sessions.get_or_create(TOKEN).networks[0].backend
    read = predict_images(backend, bundled.test_images).argmax(axis=1)
    for label in range(10):
        told = [ask(reader, bundled, label, said) for said in range(10)]
        expected = np.bincount(read[bundled.test_labels == label], minlength=10)
        assert [one["count"] for one in told] == expected.tolist()
        assert all(len(one["images"]) == min(one["count"], MOST_PICTURES) for one in told)


def test_the_pictures_are_digits_that_were_read_so(reader: Reader, bundled: Digits) -> None:
    backend = reader.sessions.get_or_create(TOKEN).networks[0].backend
    read = predict_images(backend, bundled.test_images).argmax(axis=1)
    wrong = np.flatnonzero(read != bundled.test_labels)
    label, said = int(bundled.test_labels[wrong[0]]), int(read[wrong[0]])
    shown = [
        np.frombuffer(base64.b64decode(image["bytes"]), np.uint8).reshape(28, 28)
        for image in ask(reader, bundled, label, said)["images"]
    ]
    of_cell = bundled.test_images[(read == said) & (bundled.test_labels == label)]
    assert {image.tobytes() for image in shown} == {image.tobytes() for image in of_cell}
    again = predict_images(backend, np.stack(shown)).max(axis=1)
    assert (np.diff(again) <= 1e-6).all()  # the surest first


def test_what_is_no_cell_is_empty_and_who_has_no_network_is_told(
    reader: Reader, bundled: Digits
) -> None:
    for label, said in ((10, 1), (-1, 0), ("1", 2), (None, None), (1.5, 2), ([], {})):
        assert ask(reader, bundled, label, said) == {"images": [], "count": 0}
    assert ask(reader, bundled, 1, 2, token="d" * 20)["fault"]["code"] == "weights_gone"
