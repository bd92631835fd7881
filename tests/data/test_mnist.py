"""Finding, checking, downloading MNIST, and the bundled digits when there is no network."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits.data import mnist as data
from digits.data.bundled import BUNDLED, choose_bundled, pack_bundled, read_bundled
from digits.data.dataset import Digits
from digits.data.mnist import FILES, RAW, load_digits, read_mnist
from digits.errors import DataError
from tests.support.files import idx_bytes, write_mnist


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setattr(data, "DATA_DIR", tmp_path / "data")


def test_a_folder_that_is_named_is_read(few: Digits, few_folder: Path) -> None:
    digits = load_digits(few_folder)
    np.testing.assert_array_equal(digits.train_images, few.train_images)
    np.testing.assert_array_equal(digits.test_labels, few.test_labels)
    assert str(few_folder) in digits.note


def test_mnist_dir_names_a_folder_too(few_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(few_folder))
    assert len(load_digits().train_labels) == 1000


def test_data_in_the_checkout_comes_before_a_download(few: Digits) -> None:
    write_mnist(data.DATA_DIR, few)
    assert load_digits().source == "own"


def test_mnist_itself_is_recognised(mnist: Digits) -> None:
    assert mnist.source == "mnist"
    assert (mnist.train_images.shape, mnist.test_images.shape) == (
        (60_000, 28, 28),
        (10_000, 28, 28),
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "empty", "text", "gone", "longer"])
def test_a_damaged_file_is_named(few: Digits, tmp_path: Path, name: str, damage: str) -> None:
    path = write_mnist(tmp_path / "mnist", few) / RAW / name
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        harm = {"cut": content[:-1], "empty": b"", "text": b"<html>", "longer": content + b"x"}
        path.write_bytes(harm[damage])
    with pytest.raises(DataError, match=name):
        load_digits(tmp_path / "mnist")


def test_one_flipped_bit_of_mnist_is_noticed(mnist: Digits, tmp_path: Path) -> None:
    whole = write_mnist(tmp_path / "mnist", mnist)
    read_mnist(whole)
    path = whole / RAW / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[5_000_000] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="t10k-images-idx3-ubyte is damaged"):
        read_mnist(whole)


def test_labels_and_images_must_match(few: Digits, tmp_path: Path) -> None:
    raw = write_mnist(tmp_path / "mnist", few) / RAW
    labels = raw / "train-labels-idx1-ubyte"
    labels.write_bytes(idx_bytes(few.train_labels[:-1]))
    with pytest.raises(DataError, match="999 labels for 1000 images"):
        load_digits(tmp_path / "mnist")
    labels.write_bytes(idx_bytes(np.full(1000, 11)))
    with pytest.raises(DataError, match="digits from 0 to 9"):
        load_digits(tmp_path / "mnist")


def test_an_empty_folder_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no MNIST in"):
        load_digits(tmp_path)


def test_bundled_digits_are_stratified(bundled: Digits) -> None:
    assert np.bincount(bundled.train_labels).tolist() == [400] * 10
    assert np.bincount(bundled.test_labels).tolist() == [100] * 10
    assert bundled.train_images.shape == (4000, 28, 28)
    assert bundled.train_images.max() == 255


def test_bundled_digits_are_mixed(bundled: Digits) -> None:
    for labels in (bundled.train_labels, bundled.test_labels):
        assert np.bincount(labels[:500], minlength=10).min() > 30
    assert len(set(bundled.test_labels[:4].tolist())) > 1  # those that a training shows


def test_bundled_digits_are_all_from_mnists_training_part(bundled: Digits, mnist: Digits) -> None:
    training = {image.tobytes() for image in mnist.train_images}
    for images in (bundled.train_images, bundled.test_images):
        assert all(image.tobytes() in training for image in images)


def test_the_bundled_digits_come_packed_and_with_their_credit() -> None:
    assert BUNDLED.stat().st_size <= 1_000_000
    with np.load(BUNDLED) as file:
        assert "Yann LeCun" in str(file["credit"]) and "CC BY-SA 3.0" in str(file["credit"])


def test_the_bundled_digits_are_made_from_mnist_again(mnist: Digits) -> None:
    images, labels = choose_bundled(mnist.train_images, mnist.train_labels)
    assert pack_bundled(images, labels) == pack_bundled(*read_bundled())


@pytest.mark.parametrize("content", [None, b"", b"<html>", BUNDLED.read_bytes()[:5000]])
def test_bundled_digits_that_are_gone_or_damaged_are_named(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bundled.npz"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr("digits.data.bundled.BUNDLED", path)
    monkeypatch.setattr(data, "read_bundled", read_bundled.__wrapped__)
    with pytest.raises(DataError, match=r"bundled\.npz, are missing or damaged"):
        load_digits(download=False)


PACKED = [
    pytest.param(lambda raw, name: raw / f"{name}.gz", id="only packed"),
    pytest.param(lambda raw, name: raw / name.replace("-idx", ".idx"), id="dotted"),
    pytest.param(lambda raw, name: raw / f"{name.replace('-idx', '.idx')}.gz", id="dotted, packed"),
    pytest.param(lambda raw, name: raw / name / name, id="in folders"),
    pytest.param(
        lambda raw, name: raw / name.replace("-idx", ".idx") / name.replace("-idx", ".idx"),
        id="dotted, in folders",
    ),
    pytest.param(lambda raw, name: raw / name / f"{name}.gz", id="in folders, packed"),
]


@pytest.mark.parametrize("keep", PACKED)
@pytest.mark.parametrize("below", ["", "raw", "MNIST/raw"])
def test_mnist_is_read_as_people_have_it(
    few: Digits, few_folder: Path, tmp_path: Path, keep: Any, below: str
) -> None:
    for name in FILES:
        content = (few_folder / RAW / name).read_bytes()
        path = keep(tmp_path / "mine" / below, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    digits = load_digits(tmp_path / "mine")
    np.testing.assert_array_equal(digits.train_images, few.train_images)
    np.testing.assert_array_equal(digits.test_labels, few.test_labels)
    digits.train_images[0, 0, 0] = 1  # torch wants arrays that may be written to


def test_a_damaged_packed_file_is_named(few: Digits, tmp_path: Path) -> None:
    raw = write_mnist(tmp_path / "mnist", few) / RAW
    path = raw / "train-images-idx3-ubyte"
    packed = raw / "train-images-idx3-ubyte.gz"
    packed.write_bytes(gzip.compress(path.read_bytes())[:-50])
    path.unlink()
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz"):
        load_digits(tmp_path / "mnist")


# The download, from a server on this machine.


@pytest.fixture()
def mirror(
    few: Digits, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dict[str, bytes]]:
    """A mirror whose files a test may damage: name -> what is sent of it."""
    source = write_mnist(tmp_path / "source", few) / RAW
    contents = {name: (source / name).read_bytes() for name in FILES}
    archives = {f"{name}.gz": gzip.compress(content) for name, content in contents.items()}
    sums = {
        name: (int.from_bytes(content[4:8], "big"), hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    }
    sent = dict(archives)

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            if name not in sent:
                return self.send_error(403)
            self.send_response(200)
            self.send_header("Content-Length", str(len(archives[name])))
            self.end_headers()
            self.wfile.write(sent[name])  # less than was promised: the line was cut

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(data, "MIRRORS", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(data, "FILES", sums)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield sent
    server.shutdown()
    server.server_close()


def test_a_download_lands_complete(mirror: dict[str, bytes], few: Digits) -> None:
    digits = load_digits()
    np.testing.assert_array_equal(digits.train_images, few.train_images)
    assert {path.name for path in data.DATA_DIR.iterdir()} == {"MNIST"}
    mirror.clear()
    assert load_digits().source == "own"  # the second time nothing is downloaded


def test_a_download_fetches_what_is_missing_and_touches_nothing_else(
    mirror: dict[str, bytes], few: Digits
) -> None:
    raw = data.DATA_DIR / RAW
    raw.mkdir(parents=True)
    name, *_ = FILES
    there = raw / f"{name}.gz"
    there.write_bytes(mirror.pop(there.name))  # the mirror has it no more
    notes = [raw.parent / "notes.txt", raw / "notes.txt"]
    for path in notes:
        path.write_text("mine")
    np.testing.assert_array_equal(load_digits().test_labels, few.test_labels)
    assert all(path.read_text() == "mine" for path in notes)
    assert {path.name for path in raw.iterdir()} == {there.name, "notes.txt", *list(FILES)[1:]}


@pytest.mark.parametrize("whose", ["own", "damaged"])
def test_a_file_that_is_not_mnists_is_no_part_of_a_download(
    mirror: dict[str, bytes], few: Digits, whose: str
) -> None:
    """Somebody's own digits would be tested with MNIST's, or lie in the way."""
    del mirror
    path = data.DATA_DIR / RAW / "train-labels-idx1-ubyte"
    path.parent.mkdir(parents=True)
    content = idx_bytes(few.train_labels[:500])
    path.write_bytes(content if whose == "own" else content[:-1])
    digits = load_digits()
    assert digits.source == "bundled" and len(path.read_bytes()) == len(content) - (whose != "own")
    words = "no train-images-idx3-ubyte in" if whose == "own" else "train-labels-idx1-ubyte is cut"
    assert words in digits.note
    assert list(path.parent.iterdir()) == [path]


def test_a_download_leaves_the_patience_of_other_connections_alone(
    mirror: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeout for all of Python's sockets was once set meanwhile, in a server's thread."""
    del mirror
    during = []
    fetch = data.urlopen

    def watched(address: str, timeout: float) -> Any:
        during.append(socket.getdefaulttimeout())
        return fetch(address, timeout=timeout)

    monkeypatch.setattr(data, "urlopen", watched)
    assert load_digits().source == "own"
    assert during == [None] * 4


def test_the_second_mirror_is_asked_when_the_first_is_gone(
    mirror: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    del mirror
    monkeypatch.setattr(data, "MIRRORS", ["http://127.0.0.1:9/", *data.MIRRORS])
    assert load_digits().source == "own"


@pytest.mark.parametrize("fault", ["refused", "cut", "other"])
def test_a_failed_download_falls_back_and_leaves_nothing(
    mirror: dict[str, bytes], fault: str
) -> None:
    name = "train-images-idx3-ubyte.gz"
    if fault == "refused":
        del mirror[name]
    else:
        mirror[name] = mirror[name][:1000] if fault == "cut" else b"x" * len(mirror[name])
    digits = load_digits()
    assert digits.source == "bundled"
    assert "could not be downloaded" in digits.note
    assert "\n" not in digits.note
    assert list(data.DATA_DIR.iterdir()) == []


def test_a_folder_that_cannot_be_written_falls_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr(data, "DATA_DIR", tmp_path / "file" / "data")
    assert load_digits().source == "bundled"
