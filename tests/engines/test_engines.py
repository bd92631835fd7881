"""What matters most works in Firefox and in WebKit as it does in Chromium.

Written against what stays: `#pad canvas`, `#answer`, `#train-status`, the tabs' ids, names of buttons
and labels of fields.
"""

from __future__ import annotations

import re

import pytest

from tests.engines.visitor import DESK, PHONE, OpenPage
from tests.support.browser import SEVEN

TABS = ("tab_see", "tab_train", "tab_inside", "tab_code")
SEVEN_IS_SURE = r"""[...document.querySelectorAll("#tab_inside tr")].some(
    (row) => /^7\s[^]*\s(9\d|100)(\.\d+)?\s*%$/.test(row.innerText.trim()))"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_drawing_is_read_and_cleared(open_page: OpenPage, size: tuple[int, int]) -> None:
    visitor = open_page(size=size)
    visitor.draw(SEVEN, visitor.tab.finger if size == PHONE else "mouse")
    visitor.wait_for_answer("7")
    assert visitor.tab.run("scrollY") == 0, "the finger should draw, not scroll"
    visitor.press("Clear")
    visitor.wait_for_text("#answer", "The pad is blank")


def test_a_drawing_survives_a_reload(open_page: OpenPage) -> None:
    visitor = open_page()
    visitor.draw(SEVEN)
    visitor.wait_for_answer("7")
    visitor.load()
    visitor.wait_for_answer("7")


def test_a_network_is_trained_and_the_pad_uses_it(open_page: OpenPage) -> None:
    visitor = open_page()
    visitor.draw(SEVEN)
    visitor.wait_for_answer("7")
    visitor.open_tab("tab_train")
    visitor.fill("Epochs", 2)
    visitor.fill("Batch size", 20)
    visitor.press("Train")
    visitor.wait("document.body.innerText.includes('The pad now uses “run 1”')")
    told = re.search(r"(\d+(\.\d+)?)\s?%", visitor.text("#train-status"))
    assert told and float(told[1]) > 40, visitor.text("#train-status")
    visitor.wait("/run 1/.test(document.querySelector('#answer').innerText)")


def test_training_stops_when_asked(open_page: OpenPage) -> None:
    visitor = open_page()
    visitor.open_tab("tab_train")
    visitor.fill("Epochs", 20)
    visitor.fill("Batch size", 1)
    visitor.press("Train")
    visitor.wait(r"/\d\s?%/.test(document.querySelector('#train-status').innerText)")
    visitor.press("Stop")
    visitor.wait("document.body.innerText.includes('learnt so far')")


def test_inside_follows_the_drawing(open_page: OpenPage) -> None:
    visitor = open_page()
    visitor.open_tab("tab_inside")
    visitor.draw(SEVEN)
    visitor.wait_for_answer("7")
    visitor.wait(SEVEN_IS_SURE)


def test_the_language_can_be_switched_and_stays(open_page: OpenPage) -> None:
    visitor = open_page()
    visitor.press("中文")
    visitor.wait_for_text("#answer", "画板是空白的")
    visitor.wait(
        "document.querySelector('[role=tab][aria-controls=tab_train]').innerText === '训练'"
    )
    visitor.load()
    visitor.wait_for_text("#answer", "画板是空白的")
    visitor.press("English")
    visitor.wait_for_text("#answer", "The pad is blank")


# WebKitGTK's browser takes its language from the machine, which may have no other than English.
@pytest.mark.parametrize("engine", ["firefox"], indirect=True)
def test_the_page_opens_in_the_browsers_language(open_page: OpenPage) -> None:
    visitor = open_page(locale="zh-CN")
    visitor.wait_for_text("#answer", "画板是空白的")
    visitor.press("English")
    visitor.wait_for_text("#answer", "The pad is blank")


def test_a_phone_shows_every_tab_without_scrolling_sideways(open_page: OpenPage) -> None:
    visitor = open_page(size=PHONE)
    visitor.draw(SEVEN, visitor.tab.finger)
    visitor.wait_for_answer("7")
    for tab in TABS:
        visitor.open_tab(tab)
        assert visitor.tab.run("innerWidth") == PHONE[0]
        assert visitor.tab.run("document.documentElement.scrollWidth") <= PHONE[0], tab
