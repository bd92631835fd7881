"""A run on paper: one sheet with settings, charts, confusion and runs, dark on light in any case."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from digits.page.texts import text
from tests.support.browser import PATIENCE, SEVEN, draw, open_settings, wait_for_state

OpenPage = Callable[..., Any]
LANGUAGE = {"en-GB": "en", "zh-CN": "zh"}
SHOWN = (
    ".run-settings",
    "#train-status",
    ".run-loss",
    ".chart.accuracy",
    ".chart.loss",
    ".run .samples canvas",
    ".own canvas",
    ".confusion button",
    ".runs td",
)
HIDDEN = (
    "#lesson_offer .offer",
    "#pad canvas",
    ".tools",
    "#picker",
    "#train form",
    ".cell-note",
    ".out-downloads",
    ".print",
)
# The middle one of a canvas's inked pixels, 0 black to 255 white.
INK = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const inked = [];
    for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] > 250) inked.push((data[at] + data[at + 1] + data[at + 2]) / 3);
    }
    return inked.sort((one, other) => one - other)[inked.length >> 1];
}"""


def train_twice(page: Any) -> None:
    page.locator("#tab_train-button").click()
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    for rows in (2, 3):
        open_settings(page)
        page.locator("#train [name=epochs]").fill(str(rows))  # the same again would be the same run
        page.locator("#train [name=batch_size]").fill("500")
        page.locator("#train .go").click()
        page.wait_for_function(
            f"document.querySelectorAll('.runs tr').length === {rows}", timeout=PATIENCE
        )
        wait_for_state(page, "done")


def sheets(page: Any, paper: str) -> int:
    """How many sheets the page takes on paper of this size."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))


def says(page: Any, event: str) -> None:
    """Let the page hear that it is printed, or was."""
    page.evaluate(f"dispatchEvent(new Event('{event}'))")


@pytest.mark.parametrize("locale", LANGUAGE)
def test_a_run_is_one_sheet_dark_on_light(open_page: OpenPage, locale: str) -> None:
    page = open_page(locale=locale, color_scheme="dark", viewport={"width": 1366, "height": 768})
    draw(page, SEVEN)
    train_twice(page)
    page.locator(".overlay select").select_option(
        label=text("network_run", LANGUAGE[locale], number=1)
    )
    tile = page.locator(".run .samples canvas").first
    assert tile.evaluate(INK) > 200  # light on dark, on the screen
    assert [sheets(page, paper) for paper in ("A4", "Letter")] == [1, 1]
    page.emulate_media(media="print", color_scheme="dark")
    says(page, "beforeprint")
    for part in SHOWN:
        assert page.locator(part).first.is_visible(), part
    for part in HIDDEN:
        assert not page.locator(part).first.is_visible(), part
    assert page.locator("li:not(ul > li, ol > li)").count() == 0
    assert page.locator(".confusion button").first.inner_text().isdigit()
    assert page.locator(".runs tr").count() == 3
    for canvas in (tile, page.locator(".own canvas")):
        assert canvas.evaluate(INK) < 100
    good = "getComputedStyle(document.querySelector('.run')).getPropertyValue('--good').trim()"
    assert page.evaluate(good) == "#2b6a3c"
    says(page, "afterprint")
    page.emulate_media(media="screen", color_scheme="dark")
    page.wait_for_selector("body.dark")
    assert tile.evaluate(INK) > 200
    fold = page.locator(".outcome details").last
    assert not fold.evaluate("(part) => part.open")  # as it was before
    assert (
        page.locator(".key.other").all_inner_texts()
        == [text("network_run", LANGUAGE[locale], number=1)] * 2
    )


def test_without_a_run_the_drawing_is_printed(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    draw(page, SEVEN)
    says(page, "beforeprint")
    page.emulate_media(media="print")
    canvas = page.locator("#pad canvas")
    assert canvas.is_visible() and canvas.evaluate(INK) < 100
    assert page.locator("#answer .answer-line").is_visible()
    assert not page.locator("#lesson_offer .offer").is_visible()


def test_a_step_of_the_lesson_is_printed_with_its_words_and_pictures(open_page: OpenPage) -> None:
    """Words that are explained and squares to press are buttons, too."""
    page = open_page("#learn=1")
    page.wait_for_selector(".lesson-step .squares button", timeout=PATIENCE)
    page.emulate_media(media="print")
    for part in (".lesson-options button", ".squares button"):
        assert page.locator(f".lesson-step {part}").first.is_visible(), part
    for part in (".lesson-steps", ".lesson-foot button", ".lesson-room > details"):
        assert not page.locator(part).first.is_visible(), part
    page.evaluate("location.hash = 'learn=4'")
    page.get_by_role("button", name="Softmax").first.wait_for(timeout=PATIENCE)
