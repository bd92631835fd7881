"""Everybody can use the page: axe-core finds nothing serious, in any tab, light, dark, or on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import PATIENCE, PHONE, SEVEN, draw

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="axe-core is not installed: pip install axe-playwright-python",
)
SERIOUS = ("serious", "critical")
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
# The page in the dark is the same page in other colours.
OF_COLOURS = ALL | {"runOnly": ["color-contrast", "link-in-text-block"]}

# What fades in has its own contrast in the end only.
AT_REST = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished.catch(() => null)))"""


def violations(page: Any, options: dict[str, Any]) -> list[str]:
    """What axe-core finds to be seriously wrong, with the first element of each."""
    found = axe.Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:200]} {rule['nodes'][0]['failureSummary']}"
        for rule in found
        if rule["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(
    ("settings", "options"),
    [({}, ALL), ({"color_scheme": "dark"}, OF_COLOURS), (PHONE | {"locale": "zh-CN"}, ALL)],
    ids=["light", "dark", "phone in Chinese"],
)
def test_axe_finds_nothing_serious(
    open_page: Callable[..., Any], settings: dict[str, Any], options: dict[str, Any]
) -> None:
    page = open_page(**settings)
    found = violations(page, options)
    draw(page, SEVEN)
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_timeout(300)
        page.evaluate(AT_REST)
        found += violations(page, options)
    assert not found, "\n".join(sorted(set(found)))


FILLED = """(selector) => getComputedStyle(document.querySelector(selector)).backgroundColor"""


def test_where_the_system_sets_the_colours_what_is_filled_or_chosen_is_still_seen(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("#learn=1", forced_colors="active")
    page.wait_for_selector(".lesson-step .squares button", timeout=PATIENCE)
    draw(page, SEVEN)
    page.locator("#teach .ask").get_by_role("button", name="1", exact=True).click()
    empty = page.evaluate(FILLED, "body")
    for part in (
        ".bar.first .bar-fill",
        "#teach .ask [aria-pressed=true]",
        "#tabs [role=tab][aria-selected=true]",
        ".lesson-steps [aria-current]",
        ".squares [aria-pressed=true]",
    ):
        assert page.evaluate(FILLED, part) != empty, part
    for part in (".bar:not(.first) .bar-track", "#teach .ask [aria-pressed=false]"):
        assert page.evaluate(FILLED, part) == empty, part


def test_a_switch_that_has_the_focus_shows_it(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.locator("#tab_code-button").focus()
    page.keyboard.press("Tab")
    switch = page.get_by_role("switch", name="Just shrink it")
    assert switch.evaluate("(node) => node === document.activeElement")
    assert switch.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"
