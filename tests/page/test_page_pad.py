"""The pad under hands: palm and pen, keyboard and mouse, links, pictures, small windows, noisy browsers."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import (
    ONE,
    SEVEN,
    draw,
    eventually,
    open_tab,
    set_state,
    state,
    wait_for_answer,
)
from tests.support.requests import as_file, seven

OpenPage = Callable[..., Any]

FIRE = """([kind, id, type, x, y]) => {
    const pad = document.querySelector("#pad canvas"), box = pad.getBoundingClientRect();
    pad.dispatchEvent(new PointerEvent(kind, { pointerId: id, pointerType: type, bubbles: true,
        button: 0, clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
}"""
LOW_WINDOWS = [
    (740, 360),
    (667, 375),
    (844, 390),
    (911, 430),
    (683, 330),
]  # the last: 1366x768 at 150, 200 %


def fire(page: Any, kind: str, pointer: int, device: str, x: float, y: float) -> None:
    page.evaluate(FIRE, [f"pointer{kind}", pointer, device, x, y])


def draw_down(page: Any, pointer: int, device: str, x: float, then: Callable[[], None]) -> None:
    """A line downwards by one pointer; `then` happens in the middle of it."""
    fire(page, "down", pointer, device, x, 0.2)
    for step in range(1, 13):
        fire(page, "move", pointer, device, x, 0.2 + step * 0.05)
        if step == 6:
            then()
    fire(page, "up", pointer, device, x, 0.8)


def strokes(page: Any) -> list[list[list[float]]]:
    return list(state(page, "drawing").get("strokes") or [])


def test_the_pen_wins_over_a_palm_and_each_pointer_is_its_own(open_page: OpenPage) -> None:
    page = open_page()

    def palm_comes_and_is_cancelled() -> None:
        fire(page, "down", 8, "touch", 0.8, 0.9)
        fire(page, "cancel", 8, "touch", 0.8, 0.9)

    draw_down(page, 7, "pen", 0.5, palm_comes_and_is_cancelled)
    assert wait_for_answer(page).startswith("1")
    assert [len(stroke) for stroke in strokes(page)] == [13]

    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(800)  # the pen is gone: a touch is a finger again
    fire(page, "down", 8, "touch", 0.8, 0.9)  # the palm rests first
    draw_down(page, 7, "pen", 0.5, lambda: None)
    fire(page, "up", 8, "touch", 0.8, 0.9)
    assert [len(stroke) for stroke in strokes(page)] == [13]


def test_a_cancelled_stroke_is_taken_back_and_two_fingers_draw_two(open_page: OpenPage) -> None:
    page = open_page()
    fire(page, "down", 3, "touch", 0.5, 0.5)
    fire(page, "move", 3, "touch", 0.6, 0.6)
    fire(page, "cancel", 3, "touch", 0.6, 0.6)
    assert strokes(page) == []
    assert "blank" in wait_for_answer(page)

    def other_finger() -> None:
        fire(page, "down", 4, "touch", 0.7, 0.2)
        fire(page, "move", 4, "touch", 0.7, 0.8)
        fire(page, "up", 4, "touch", 0.7, 0.8)

    draw_down(page, 3, "touch", 0.3, other_finger)
    assert sorted(stroke[0][0] for stroke in strokes(page)) == pytest.approx([0.3, 0.7], abs=0.01)


def test_no_key_keeps_the_mouse_or_clear_from_working(open_page: OpenPage) -> None:
    page = open_page()
    pad, clear = page.locator("#pad canvas"), page.get_by_role("button", name="Clear")
    pad.focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "Delete"):
        page.keyboard.press(key)
    draw(page, ONE)
    assert wait_for_answer(page).startswith("1") and len(strokes(page)) == 1
    clear.click()
    pad.focus()
    page.keyboard.press("Space")  # the keyboard's pen is down
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#pad [data-do=clear]:enabled")
    draw(page, ONE)
    assert len(strokes(page)) == 2
    pad.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    clear.click()
    assert "blank" in wait_for_answer(page) and strokes(page) == []


def test_what_was_drawn_after_a_link_wins_over_it(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.get_by_role("button", name="Share").click()
    page.wait_for_function("location.hash.startsWith('#draw=')")
    page.reload()
    assert wait_for_answer(page).startswith("7")
    page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    assert page.evaluate("location.hash") == ""
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    assert wait_for_answer(page).startswith("1")


def test_kept_strokes_that_are_none_leave_the_pad_blank(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(
        """sessionStorage.setItem("digits-drawing", '{"strokes": [[[0.5, 0.2], [null]]]}')"""
    )
    page.reload()
    page.wait_for_selector('.answer[data-state="blank"]')
    assert page.locator(".pad-hint").is_visible()


def test_a_scribble_fits_into_a_link_or_is_refused(open_page: OpenPage) -> None:
    page = open_page()

    def share(count: int) -> None:
        lines = [[[(i * 7919 % 997) / 997, (i * 6007 % 991) / 991] for i in range(20)]] * count
        set_state(page, "drawing", {"strokes": lines})
        page.get_by_role("button", name="Share").click()

    share(60)
    page.wait_for_function("location.hash.startsWith('#draw=')")
    assert len(page.evaluate("location.hash")) <= 20_006
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    assert len(strokes(page)) == 60
    share(900)
    page.get_by_text("too many lines for a link").wait_for()


def test_in_a_frame_the_link_is_offered_as_text(open_page: OpenPage, site: str) -> None:
    page = open_page()
    page.set_content(f"<iframe src='{site}' width=900 height=700></iframe>")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="7 with a bar").click()
    page.context.clear_permissions()
    frame.locator("body").evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(); }"
    )
    frame.get_by_role("button", name="Share").click()
    frame.get_by_text("Copy this link").wait_for()
    link = frame.get_by_label("Link", exact=True).input_value()
    assert re.fullmatch(re.escape(site) + r"/#draw=[\d-]+", link)


def test_pad_and_answer_are_both_in_sight_in_low_windows(open_page: OpenPage) -> None:
    width, height = LOW_WINDOWS[0]
    page = open_page(viewport={"width": width, "height": height})
    draw(page, SEVEN)

    def all_is_in_sight() -> None:
        for part in ("#pad canvas", ".answer-digit", ".bars"):
            box = page.locator(part).bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= height, (width, height, part)
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, (width, height, part)
        assert page.evaluate("scrollY") == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    for width, height in LOW_WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        eventually(page, all_is_in_sight)


DROP = """([content, where]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "seven.png", { type: "image/png" }));
    const target = document.querySelector(where);
    return ["dragover", "drop"].map((kind) =>
        target.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true })));
}"""


def drop(page: Any, where: str, content: bytes) -> list[bool]:
    """Drop a picture; False for each event whose default, to leave the page, was prevented."""
    return list(page.evaluate(DROP, [base64.b64encode(content).decode(), where]))


def test_a_picture_dropped_beside_the_pad_is_read_and_survives_a_reload(
    open_page: OpenPage,
) -> None:
    page = open_page()
    picture = as_file(seven(), "PNG")
    for where in ("#answer", "footer", "#pad canvas"):
        assert drop(page, where, picture) == [False, False], where
        page.wait_for_function("document.querySelector('.answer-digit').textContent === '7'")
    sent = state(page, "drawing")["picture"]
    assert (
        base64.b64decode(sent.partition(",")[2]) == picture
    )  # the file itself, no pixels read back
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    assert wait_for_answer(page).startswith("7")
    assert state(page, "drawing")["picture"] == sent


def test_drawing_on_a_picture_or_sample_says_so_and_undo_brings_it_back(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.get_by_role("button", name="3 from MNIST").click()
    page.wait_for_function("document.querySelector('.answer-digit').textContent === '3'")
    draw(page, ONE)
    assert (
        page.locator(".pad-note").inner_text() == "A new drawing. Undo brings back what was here."
    )
    assert wait_for_answer(page).startswith("1")
    page.get_by_role("button", name="Undo").click()
    assert wait_for_answer(page).startswith("3")


def test_after_a_correction_the_next_stroke_begins_another_drawing(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.locator("[data-digit='4']").click()
    draw(page, ONE)
    assert len(strokes(page)) == 1
    assert wait_for_answer(page).startswith("1")
    page.get_by_role("button", name="Undo").click()
    assert wait_for_answer(page).startswith("7")


NOISE = """
    const honest = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...box) {
        const read = honest.apply(this, box);
        for (let i = 0; i < read.data.length; i += 3) read.data[i] ^= 1 + (i % 200);
        return read;
    };
    HTMLCanvasElement.prototype.toDataURL = () => { throw new Error("read back"); };
"""


def test_a_browser_that_falsifies_canvases_reads_pictures_rightly_or_says_why_not(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.add_init_script(NOISE)
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    drop(page, "#pad canvas", as_file(seven(), "PNG"))
    page.wait_for_function("document.querySelector('.answer-digit').textContent === '7'")
    drop(page, "#pad canvas", as_file(seven(1500), "PNG"))  # too large to go as it is
    page.get_by_text("This browser changes the colours of large pictures").wait_for()


def test_translated_options_keep_their_values(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page)
    page.evaluate(
        "for (const option of document.querySelectorAll('option')) option.textContent += 'a';"
    )
    page.locator("#train [name=activation]").select_option("sigmoid")
    assert page.locator("#train [name=activation]").input_value() == "sigmoid"
    for option in page.locator("option").all():
        assert option.get_attribute("value") is not None


def test_a_learning_rate_is_stepped_through_by_keys(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page)
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("0.001")
    rate.focus()
    said = []
    for key in (
        "ArrowUp",
        "ArrowUp",
        "ArrowUp",
        "ArrowDown",
        "ArrowDown",
        "ArrowDown",
        "ArrowDown",
    ):
        page.keyboard.press(key)
        said.append(rate.input_value())
    assert said == ["0.002", "0.005", "0.01", "0.005", "0.002", "0.001", "0.0005"]
    rate.fill("0.6")
    assert page.locator(".shape").inner_text() == "Learning rate: from 0.00001 to 0.5, please."
