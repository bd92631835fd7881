"""The real page in a real browser: drawing by mouse, touch and keyboard, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.support.browser import (
    DESK,
    PATIENCE,
    PHONE,
    SEVEN,
    draw,
    eventually,
    until,
    wait_for_answer,
)


def test_a_drawn_seven_is_read_as_seven(open_page: Callable[..., Any]) -> None:
    page = open_page()
    draw(page, SEVEN)
    assert page.locator("#answer").inner_text().startswith("7")
    page.locator(".answer-by", has_text=re.compile(r"onnxruntime on cpu, [\d.]+\sms")).wait_for()


def test_a_blank_pad_says_so_and_shows_no_digit(open_page: Callable[..., Any]) -> None:
    page = open_page()
    text = page.locator("#answer").inner_text()
    assert text.strip().startswith("The pad is blank")


def test_bars_grow_while_the_pen_is_still_down(open_page: Callable[..., Any]) -> None:
    page = open_page()
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=10)
    assert wait_for_answer(page).startswith("1")
    page.mouse.up()


def test_undo_redo_and_clear_go_back_and_forth(open_page: Callable[..., Any]) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.get_by_role("button", name="Clear").click()
    assert wait_for_answer(page).strip().startswith("The pad is blank")
    page.get_by_role("button", name="Undo").click()
    assert wait_for_answer(page).startswith("7")
    page.get_by_role("button", name="Redo").click()
    assert wait_for_answer(page).strip().startswith("The pad is blank")


def test_touch_draws_and_does_not_scroll_the_page(open_page: Callable[..., Any]) -> None:
    page = open_page(**PHONE)
    canvas = page.locator("#pad canvas")
    box = canvas.bounding_box()
    client = page.context.new_cdp_session(page)

    def touch(kind: str, part: float | None = None) -> None:
        points = []
        if part is not None:
            points = [{"x": box["x"] + box["width"] / 2, "y": box["y"] + part * box["height"]}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.85)
    for step in range(1, 13):
        touch("touchMove", 0.85 - step * 0.055)
    touch("touchEnd")
    assert wait_for_answer(page).startswith("1")
    assert page.evaluate("window.scrollY") == 0


def test_keyboard_alone_draws_a_one_and_clears_it(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.locator("#pad canvas").focus()
    page.keyboard.down("Space")
    page.keyboard.down("Space")  # held down, a key repeats
    page.keyboard.up("Space")
    for _ in range(22):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert wait_for_answer(page).startswith("1")
    page.keyboard.press("Delete")
    assert wait_for_answer(page).strip().startswith("The pad is blank")


def test_a_drawing_survives_a_reload(open_page: Callable[..., Any]) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    assert wait_for_answer(page).startswith("7")


def test_nothing_scrolls_sideways(open_page: Callable[..., Any]) -> None:
    page = open_page()

    def is_as_wide_as_its_window() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    for width in (1280, 768, 360):
        page.set_viewport_size({"width": width, "height": 740})
        eventually(page, is_as_wide_as_its_window)


def test_chinese_browsers_get_chinese_and_the_switch_brings_english(
    open_page: Callable[..., Any],
) -> None:
    page = open_page(locale="zh-CN")
    assert "画板是空白的" in page.locator("#answer").inner_text()
    page.get_by_role("tab", name="训练").wait_for()
    page.get_by_role("button", name="English").click()
    page.get_by_role("tab", name="Train").wait_for()
    page.locator("#answer").get_by_text("The pad is blank").first.wait_for()
    assert page.get_by_role("button", name="Clear").count() == 1
    page.reload()
    page.get_by_role("tab", name="Train").wait_for()
    page.locator("#answer").get_by_text("The pad is blank").first.wait_for()


COUNT_FRAMES = """
const request = window.requestAnimationFrame;
window.frames_asked_for = 0;
window.requestAnimationFrame = (callback) => {
  window.frames_asked_for += 1;
  return request.call(window, callback);
};
window.frames_in = (count) => new Promise((resolve) => {
  const before = window.frames_asked_for;
  const next = (left) => left
    ? request.call(window, () => next(left - 1))
    : resolve(window.frames_asked_for - before);
  next(count);
});
"""


def test_a_page_at_rest_asks_for_no_frames(browser: Any, site: str) -> None:
    """Gradio's own would, as long as it is open: a phone's battery pays for that."""
    context = browser.new_context(**DESK)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(COUNT_FRAMES)
    page.goto(site)
    page.wait_for_selector("#answer .answer[data-serial]")
    until(page, lambda: page.evaluate("frames_in(60)") == 0)
    draw(page, SEVEN)
    assert page.evaluate("frames_asked_for") > 0
    until(page, lambda: page.evaluate("frames_in(60)") == 0)
    context.close()
