"""Answering a drawing, without a browser: what goes in is checked, what comes out is complete."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from digits.data.dataset import Digits
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.pictures import Picture
from digits.errors import DigitsError, DrawingError
from digits.network.calibration import answer
from digits.network.checkpoint import WEIGHTS_DIR
from digits.network.looks import answer_pictures
from digits.network.metadata import Card, read_card
from digits.network.registry import Choice, Networks
from digits.page.api import read
from digits.server.page_reader import read_picture
from digits.server.reader import Reader, summary_of
from digits.server.requests import parse_drawing
from digits.server.sessions import Sessions
from digits.training.page_run import make_backend
from tests.support.requests import (
    data_url,
    five_in_two_parts,
    hardly_sure,
    page_of_digits,
    seven,
    word,
    word_and_number,
)

SEVEN = [[[0.3, 0.25], [0.7, 0.24], [0.45, 0.8]]]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Networks(Choice("tutorial")), Sessions())


def test_a_seven_comes_back_with_all_that_the_page_shows(reader: Reader) -> None:
    told = reader.read({"drawing": {"strokes": SEVEN}})
    assert told["label"] == 7 and told["sure"]
    assert len(told["probabilities"]) == 10
    assert sum(told["probabilities"]) == pytest.approx(1, abs=1e-3)
    assert told["by"]["network"] == "tutorial" and told["by"]["backend"] == "onnx"
    assert len(base64.b64decode(told["image"]["bytes"])) == 784
    assert max(told["small"]["height"], told["small"]["width"]) == 20
    assert "prepared" not in told
    assert told["milliseconds"] > 0


@pytest.mark.parametrize("drawing", [None, {}, {"strokes": []}, {"strokes": [[]]}])
def test_a_blank_drawing_has_no_label(reader: Reader, drawing: Any) -> None:
    told = reader.read({"drawing": drawing})
    assert told["blank"] and "label" not in told


def test_the_three_kinds_of_drawing_are_read_alike(reader: Reader) -> None:
    prepared = parse_drawing({"strokes": SEVEN}).prepared
    pixels = base64.b64encode(prepared.image.tobytes()).decode()
    picture = Image.fromarray(255 - np.kron(prepared.image, np.ones((8, 8), np.uint8)))
    for drawing in ({"pixels": pixels}, {"picture": data_url(picture)}):
        assert reader.read({"drawing": drawing})["label"] == 7


def test_several_digits_of_a_picture_come_with_their_places(
    reader: Reader, bundled: Digits
) -> None:
    picture = page_of_digits(bundled.test_images[:3], columns=3)
    told = reader.read({"drawing": {"picture": data_url(picture)}})
    labels = [one["guess"]["label"] for one in told["several"]]
    assert labels == bundled.test_labels[:3].tolist()
    left, top, right, bottom = told["several"][0]["box"]
    assert (
        0 < left < right < 0.3 and 0.4 < top < bottom < 0.6
    )  # the picture lies in the pad's middle


def test_a_picture_of_one_digit_is_not_several(reader: Reader) -> None:
    assert "several" not in reader.read({"drawing": {"picture": data_url(seven())}})


def test_a_digit_in_two_parts_is_one_wherever_it_is_asked_for(reader: Reader) -> None:
    drawing = {"picture": data_url(five_in_two_parts())}
    question = {"drawing": drawing, "network": "sketch"}
    told = reader.read(question)
    assert told["label"] == 5 and "several" not in told
    assert told["box"][2] > 360 / 560  # with its bar
    assert {one["label"] for one in reader.compare(question)["guesses"]} == {5}
    shown = np.frombuffer(base64.b64decode(told["image"]["bytes"]), np.uint8).reshape(28, 28)
    sketch = Reader(Networks(Choice("sketch")), Sessions())
    np.testing.assert_array_equal(sketch.image_in(drawing), shown)
    assert read(sketch, parse_drawing(drawing))["label"] == "5"


def test_an_empty_picture_says_that_nothing_was_found(reader: Reader) -> None:
    told = reader.read({"drawing": {"picture": data_url(Image.new("L", (200, 200), 230))}})
    assert told["blank"] and told["hint"] == "nothing_found"


def test_a_digit_out_of_a_picture_must_be_surer_than_one_that_was_drawn() -> None:
    reader = Reader(Networks(Choice("sketch")), Sessions())
    image = hardly_sure()
    drawn = {"drawing": {"pixels": base64.b64encode(image.tobytes()).decode()}}
    photo = {"drawing": {"picture": data_url(Image.fromarray(image))}}  # goes in untouched
    told, of_photo = reader.read(drawn), reader.read(photo)
    looks = answer_pictures(reader.networks.get(Choice("sketch")), image[None])[0]
    assert told["label"] == of_photo["label"] == looks.label
    np.testing.assert_allclose(of_photo["probabilities"], looks.probabilities, atol=1e-4)
    assert told["sure"] and "hint" not in told
    assert not of_photo["sure"] and of_photo["hint"] == "picture_doubt"
    assert not any(guess["sure"] for guess in reader.compare(photo)["guesses"])
    assert not read(reader, parse_drawing(photo["drawing"]))["sure"]


def test_a_letter_of_a_word_is_never_a_sure_digit() -> None:
    reader = Reader(Networks(Choice("sketch")), Sessions())
    network = reader.networks.get(Choice("sketch"))
    question = {"drawing": {"picture": data_url(word())}}
    drawing = parse_drawing(question["drawing"])
    row = network.predict(to_pixels(drawing.prepared.image))[0]
    assert answer(row, network.card.calibration).sure  # alone the l is a 1
    told = reader.read(question)
    assert not told["sure"] and told["hint"] == "among_letters"
    assert not any(guess["sure"] for guess in reader.compare(question)["guesses"])
    assert not read(reader, drawing)["sure"]  # what /predict_image gives


def test_of_a_word_beside_a_number_no_letter_is_sure_and_all_digits_are(bundled: Digits) -> None:
    reader = Reader(Networks(Choice("sketch")), Sessions())
    photo = word_and_number(bundled.test_images[:3])
    told = reader.read({"drawing": {"picture": data_url(photo)}})["several"]
    said = [(one["guess"]["label"], one["guess"]["sure"], one.get("hint")) for one in told]
    digits = [(int(label), True, None) for label in bundled.test_labels[:3]]
    assert said == [(1, False, "among_letters"), *digits]
    read = read_picture(reader.networks.get(Choice("sketch")), Picture(photo))  # what /read gives
    assert [(one.answer.label, one.answer.sure, one.hint) for one in read] == said


def test_just_shrinking_gives_both_answers(reader: Reader) -> None:
    small = [[[x / 4 + 0.7, y / 4 + 0.05] for x, y in stroke] for stroke in SEVEN]
    told = reader.read({"drawing": {"strokes": small}, "shrink": True})
    assert told["prepared"]["label"] == 7
    assert told["prepared"]["probabilities"] != told["probabilities"]


@pytest.mark.parametrize(
    "question",
    [
        {"drawing": "strokes"},
        {"drawing": {"strokes": "x"}},
        {"drawing": {"strokes": [[["a", "b"]]]}},
        {"drawing": {"strokes": [[[float("nan"), 0.5]]]}},
        {"drawing": {"pixels": "not base64!"}},
        {"drawing": {"pixels": base64.b64encode(b"short").decode()}},
        {"drawing": {"picture": "data:image/png;base64," + base64.b64encode(b"GIF8").decode()}},
        {"drawing": {"picture": "A" * 5_000_000}},
        {"drawing": {"strokes": SEVEN}, "network": "../../etc/passwd"},
        {"drawing": {"strokes": SEVEN}, "network": "yours"},
        {"drawing": {"strokes": SEVEN}, "backend": "abacus"},
        {"drawing": {"strokes": SEVEN}, "device": "cuda"},
    ],
)
def test_what_cannot_be_read_is_one_clear_sentence(reader: Reader, question: Any) -> None:
    told = reader.read(question)
    assert set(told) == {"fault"} and json.loads(json.dumps(told)) == told
    sentence = str(DigitsError(told["fault"]["code"], **told["fault"]["values"]))
    assert 10 < len(sentence) < 300
    assert "\n" not in sentence and "Traceback" not in sentence


@pytest.mark.parametrize("question", [None, [], "x", 7])
def test_a_question_that_is_none_is_taken_for_a_blank_pad(reader: Reader, question: Any) -> None:
    assert reader.read(question)["blank"]


def test_yours_is_answered_by_the_visitors_own_network_only(reader: Reader) -> None:
    mine, other = (reader.sessions.get_or_create(letter * 20) for letter in "ab")
    layers = reader.networks.get(Choice("tutorial")).layers()
    own = mine.keep(make_backend(layers, Card()), {"key": "network_run", "values": {"number": 1}})
    for network in ("yours", own.id):
        question = {"drawing": {"strokes": SEVEN}, "network": network}
        told = reader.read({**question, "session": mine.token})
        assert told["by"]["backend"] == "torch" and told["by"]["network"] == network
        for wrong in (other.token, ["x"], None, "c" * 20):
            told = reader.read({**question, "session": wrong})
            assert told == {"fault": {"code": "weights_gone", "values": {}}}


def test_compare_tells_of_both_backends(reader: Reader) -> None:
    guesses = reader.compare({"drawing": {"strokes": SEVEN}})["guesses"]
    assert [guess["backend"] for guess in guesses] == ["onnx", "torch"]
    assert all(guess["label"] == 7 and guess["sure"] for guess in guesses)
    assert reader.compare({"drawing": None}) == {"blank": True, "guesses": []}


def test_a_network_of_ones_own_is_compared_once(reader: Reader) -> None:
    session = reader.sessions.get_or_create("d" * 20)
    layers = reader.networks.get(Choice("tutorial")).layers()
    own = session.keep(
        make_backend(layers, Card()), {"key": "network_run", "values": {"number": 1}}
    )
    question = {"drawing": {"strokes": SEVEN}, "network": own.id, "session": session.token}
    assert [guess["backend"] for guess in reader.compare(question)["guesses"]] == ["torch"]


def test_a_path_as_weights_is_one_more_network(tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes((WEIGHTS_DIR / "tutorial.onnx").read_bytes())
    networks = Networks(Choice(str(tmp_path / "mine.onnx")))
    assert networks.names[0] == "mine" and "tutorial" in networks.names
    assert networks.get(networks.default).card.config.hidden == (64, 64, 64)


def test_a_name_with_dots_has_a_card_of_its_own(tmp_path: Path) -> None:
    for name, shipped in (("run", "tutorial"), ("run.v2", "sketch")):
        for ending in (".onnx", ".json"):
            shutil.copy(WEIGHTS_DIR / f"{shipped}{ending}", tmp_path / f"{name}{ending}")
    reader = Reader(Networks(Choice("run"), tmp_path), Sessions())
    entries = {entry["id"]: entry["card"] for entry in reader.shipped}
    assert entries["run.v2"] == summary_of(read_card(WEIGHTS_DIR / "sketch.json"))
    assert entries["run"] == summary_of(read_card(WEIGHTS_DIR / "tutorial.json"))


def test_errors_are_raised_where_a_program_asks() -> None:
    with pytest.raises(DrawingError, match="784"):
        parse_drawing({"pixels": base64.b64encode(b"12").decode()})
