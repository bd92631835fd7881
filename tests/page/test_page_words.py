"""The page's words where the network fails: once, for good, or while the language is switched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import DESK, PATIENCE, SEVEN, draw, eventually, wait_for_answer

OpenPage = Callable[..., Any]
WORDS = "**/locales/{}.json"
NO_WORDS = '{"error": "not found", "detail": "Not Found"}'


def fails_once(page: Any, how: str) -> None:
    """The first request for the English words ends in that way, all others are answered."""
    failed: list[str] = []

    def answer(route: Any) -> None:
        if failed:
            route.continue_()
        elif how == "abort":
            route.abort()
        else:
            body = NO_WORDS if how == "503" else '["no table"]'
            route.fulfill(status=503 if how == "503" else 200, body=body)
        failed.append(how)

    page.route(WORDS.format("en"), answer)


@pytest.mark.parametrize("how", ["abort", "503", "something else"])
def test_words_that_do_not_come_at_first_are_asked_for_again(
    browser: Any, site: str, how: str
) -> None:
    context = browser.new_context(**DESK)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    fails_once(page, how)
    page.goto(site)
    page.get_by_role("heading", name="Digit playground").wait_for()
    page.wait_for_selector("#answer .answer[data-serial]")
    draw(page, SEVEN)
    assert wait_for_answer(page).startswith("7")
    context.close()


def language_kept(page: Any) -> str | None:
    kept = page.evaluate("localStorage.getItem('digits-language')")
    return None if kept is None else str(kept)


def test_a_language_whose_words_do_not_come_leaves_the_page_as_it_is_until_they_do(
    browser: Any, site: str
) -> None:
    context = browser.new_context(**DESK)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.route(WORDS.format("zh"), lambda route: route.fulfill(status=404, body=NO_WORDS))
    page.goto(site)
    page.wait_for_selector("#answer .answer[data-serial]")
    page.get_by_role("button", name="中文").click()
    page.locator(".notice", has_text="The server does not answer").wait_for()
    assert page.locator("h1").inner_text() == "Digit playground"
    assert language_kept(page) is None
    page.unroute(WORDS.format("zh"))
    page.get_by_role("button", name="English").wait_for()
    assert page.locator("h1").inner_text() == "手写数字游乐场"
    assert page.locator(".notice").inner_text() == ""
    assert language_kept(page) == "zh"
    context.close()


def test_the_language_can_be_switched_offline_and_gradio_hears_of_it_later(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.wait_for_function(
        "performance.getEntriesByType('resource').some(({ name }) => name.includes('locales/zh'))"
    )
    page.evaluate("window.isTheSame = true")
    page.context.set_offline(True)
    page.get_by_role("button", name="中文").click()
    page.get_by_role("tab", name="训练").wait_for()
    assert language_kept(page) == "zh"
    with page.expect_request("**/gradio_api/**") as asked:
        page.context.set_offline(False)
    eventually(page, lambda: told(asked.value))
    assert page.evaluate("window.isTheSame")


def told(request: Any) -> None:
    assert '"zh"' in (request.post_data or "")
