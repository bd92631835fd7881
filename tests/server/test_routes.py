"""The quick road answers as the Reader does, and the page goes on where it is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from digits.network.registry import YOURS, Choice, Networks
from digits.server import routes
from digits.server.drawing_files import load
from digits.server.limits import QUICK_BODY
from digits.server.reader import Reader
from digits.server.sessions import Sessions
from tests.support import web
from tests.support.browser import SEVEN, draw

STROKES = [[[0.3, 0.25], [0.7, 0.24], [0.6, 0.5], [0.45, 0.8]]]


@pytest.fixture
def reader() -> Reader:
    return Reader(Networks(Choice("sketch")), Sessions())


def test_it_answers_as_the_reader_does(site: str, reader: Reader) -> None:
    question = {"drawing": {"strokes": STROKES}, "language": "zh"}
    told = web.post(site + routes.READ, json=question).json()
    expected = json.loads(json.dumps(reader.read(question)))
    for answer in (told, expected):
        del answer["milliseconds"]
    assert {name: told[name] for name in expected} == expected and told["label"] == 7


def test_it_has_no_other_methods(site: str) -> None:
    assert web.get(site + routes.READ).status_code == 405


def test_only_what_is_quick_is_answered_between_other_requests(reader: Reader) -> None:
    question: dict[str, Any] = {"drawing": {"strokes": STROKES}}
    assert not reader.is_quick(question)  # the network must be loaded first
    reader.read(question)
    assert reader.is_quick(question)
    assert reader.is_quick({**question, "network": YOURS})
    assert not reader.is_quick({"drawing": {"strokes": STROKES * 21}})
    assert not reader.is_quick({"drawing": {"picture": "data:image/png;base64,"}})
    assert not reader.is_quick({**question, "network": "tutorial"})
    assert not reader.is_quick({**question, "backend": "torch"})


def test_a_long_drawing_and_a_picture_are_answered_too(site: str) -> None:
    long = [[[0.3 + 0.4 * i / 5000, 0.5] for i in range(5000)]]
    body = json.dumps({"drawing": {"strokes": long}})
    assert len(body) > QUICK_BODY
    assert "label" in web.post(site + routes.READ, content=body.encode()).json()
    problem = web.post(site + routes.READ, json={"drawing": {"picture": "x"}}).json()
    assert problem["fault"]["code"] == "base64_bad"


@pytest.mark.parametrize("name", ["network", "backend", "device"])
def test_half_a_letter_is_a_fault_like_any_other(site: str, name: str) -> None:
    reply = web.post(site + routes.READ, content=f'{{"{name}": "\\ud800"}}'.encode())
    assert reply.status_code == 200 and "?" in json.dumps(reply.json()["fault"]["values"])
    stroke = {"text": '.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n\ud800 7\n'}
    assert "? 7" in load(stroke)["fault"]["values"]["text"]  # type: ignore[typeddict-item]


def test_the_pad_asks_there(open_page: Callable[..., Any]) -> None:
    page = open_page()
    with page.expect_response(lambda reply: reply.url.endswith(routes.READ)):
        draw(page, SEVEN)


def test_without_the_quick_road_the_pad_takes_gradios(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.route("**" + routes.READ, lambda route: route.fulfill(status=404, body="not here"))
    draw(page, SEVEN)
    assert page.locator("#answer").inner_text().startswith("7")
