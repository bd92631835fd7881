"""The digits for learning in the browser: their size, their form and how long a browser may keep them."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digits.data.dataset import Digits
from digits.data.mnist import load_digits
from digits.server.browser_digits import PATH, TEST, TRAIN, BrowserDigits, pack_digits


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_digits(download=False)


def unpack(content: bytes) -> tuple[dict[str, object], np.ndarray, np.ndarray]:
    """Header, images (N, 784), labels (N,)."""
    line, rest = content.split(b"\n", 1)
    header = json.loads(line)
    count = header["train"] + header["test"]
    values = np.frombuffer(rest, np.uint8)
    assert len(values) == count * 785
    return header, values[: count * 784].reshape(count, 784), values[count * 784 :]


def test_at_most_two_megabytes_go_over_the_wire(digits: Digits) -> None:
    assert len(pack_digits(digits).content) <= 2_000_000


def test_every_image_comes_with_its_own_label(digits: Digits) -> None:
    header, images, labels = unpack(gzip.decompress(pack_digits(digits).content))
    assert header == {
        "source": digits.source,
        "train": min(TRAIN, len(digits.train_labels)),
        "test": min(TEST, len(digits.test_labels)),
    }
    known = {
        image.tobytes(): label
        for image, label in zip(
            np.concatenate([digits.train_images, digits.test_images]),
            np.concatenate([digits.train_labels, digits.test_labels]),
            strict=True,
        )
    }
    assert [known[image.tobytes()] for image in images] == labels.tolist()


def test_no_test_digit_is_among_those_to_train_on(digits: Digits) -> None:
    header, images, _ = unpack(gzip.decompress(pack_digits(digits).content))
    train = {image.tobytes() for image in images[: header["train"]]}
    assert not any(image.tobytes() in train for image in images[header["train"] :])


def test_the_same_digits_give_the_same_address(digits: Digits) -> None:
    assert pack_digits(digits).digest == pack_digits(digits).digest


def test_the_address_leads_to_digits_that_may_be_kept_for_good() -> None:
    client = TestClient(Starlette(routes=BrowserDigits().routes()))
    first = client.get(PATH)
    assert first.history[0].headers["cache-control"] == "no-cache"
    assert "immutable" in first.headers["cache-control"]
    assert unpack(first.content)[0]["train"] >= 4_000
    again = client.get(first.url, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_digits_of_another_time_are_not_given_for_these() -> None:
    client = TestClient(Starlette(routes=BrowserDigits().routes()))
    assert client.get(f"{PATH}/0123456789abcdef").status_code == 404


def test_a_server_without_digits_says_so(tmp_path) -> None:
    client = TestClient(Starlette(routes=BrowserDigits(tmp_path).routes()))
    reply = client.get(PATH)
    assert reply.status_code == 503
    assert "no MNIST" in reply.json()["detail"]
