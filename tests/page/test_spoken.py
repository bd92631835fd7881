"""What a screen reader hears: what changed, once it rests, and never all that moves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from tests.support.browser import SEVEN, draw, eventually, open_learn, set_state, until

OpenPage = Callable[..., Any]


def spoken(page: Any, room: str) -> str:
    """The words in a room's live region that nobody sees."""
    return str(page.locator(f"{room} p.spoken").text_content())


def test_the_node_that_arrow_keys_choose_is_spoken(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.get_by_role("tab", name="Inside").click()
    page.wait_for_selector(".softmax-table tr.first")
    assert spoken(page, ".inside") == ""  # nothing was chosen yet
    for key in ("ArrowRight",) * 20:  # to the last layer's ten
        page.locator(".inside canvas.net").press(key)
    until(page, lambda: spoken(page, ".inside").startswith("The output for digit"))
    name = page.locator(".node-name").inner_text()
    total = page.locator(".node-sum .total td").nth(2).inner_text()
    assert spoken(page, ".inside").startswith(f"{name}: sum {total}. The last layer")


def test_the_weight_that_arrow_keys_choose_is_spoken(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    open_learn(page)
    page.locator(".learn-net").press("ArrowDown")
    name = page.locator(".learn-node-name").inner_text()
    until(page, lambda: spoken(page, "#learn").startswith(f"{name}. "))
    assert " blame of the node × " in spoken(page, "#learn")
    assert not page.locator("#learn .learn-sum").get_attribute("aria-live")


def test_what_shrinking_does_is_spoken_when_the_pen_rests(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.get_by_role("switch", name="Just shrink it").check()
    until(page, lambda: spoken(page, ".see").startswith("Merely shrunk"))
    note = page.locator(".see-note")
    assert not note.get_attribute("aria-live")  # it changes 30 times a second
    eventually(page, lambda: _same(spoken(page, ".see"), str(note.text_content())))


def _same(one: str, other: str) -> None:
    assert one == other


def test_a_run_is_no_news_at_every_step(open_page: OpenPage) -> None:
    page = open_page()
    open_learn(page)
    said = page.locator(".learn-said")
    assert said.get_attribute("aria-live") == "polite"
    page.locator(".learn-bar").get_by_role("button", name="Run").click()
    page.wait_for_selector('.learn-said[aria-live="off"]')
    page.locator(".learn-bar").get_by_role("button", name="Pause").click()
    page.wait_for_selector('.learn-said[aria-live="polite"]')


def test_the_place_in_line_is_spoken_without_the_time_that_ticks(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("tab", name="Train").click()
    set_state(page, "training", {"state": "waiting", "place": 3, "wait": 40})
    status = page.locator(".run-headline").get_by_role("status")
    assert status.inner_text() == "You are number 3 in line"


def test_a_drawing_to_learn_from_has_a_name(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.locator("#teach .ask").get_by_role("button", name="1", exact=True).click()
    strip = page.get_by_role("list", name="Your drawings to learn from")
    assert strip.get_by_role("img", name="1, read as 7").is_visible()


HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter((heading) => heading.checkVisibility())
    .map((heading) => [Number(heading.tagName[1]), heading.textContent.trim()])"""


def test_headings_lead_through_every_tab_without_a_gap(open_page: OpenPage) -> None:
    """Many go from heading to heading by a key: each tab has its own under the page's."""
    page = open_page()
    draw(page, SEVEN)
    for tab in ("What it sees", "Train", "Inside", "Code", "Learn"):
        if tab == "Learn":
            open_learn(page)
        else:
            page.get_by_role("tab", name=tab).click()
        until(page, lambda tab=tab: [2, tab] in page.evaluate(HEADINGS))
        levels = [level for level, words in page.evaluate(HEADINGS) if words]
        assert levels[:2] == [1, 2]
        steps = itertools.pairwise(levels)
        assert all(below <= above + 1 for above, below in steps), (tab, levels)
