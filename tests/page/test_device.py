"""The visitor's own device reads: while the pen moves, and when the server is gone or has forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.browser import (
    ONE,
    PATIENCE,
    SEVEN,
    draw,
    eventually,
    forget_everything,
    open_tab,
    press_train,
    state,
    until,
    wait_for_answer,
    wait_for_state,
)

OpenPage = Callable[..., Any]
READ = "**/digits/read"
CONFIRMED = re.compile(
    r"^sketch: this browser, [\d.]+\sms · confirmed by onnxruntime on cpu, [\d.]+\sms"
)

ALONE = re.compile(r"^sketch: this browser, [\d.]+\sms$")


def open_with_weights(open_page: OpenPage) -> Any:
    """The page, once this browser has the weights."""
    page = open_page()
    wait_for_weights(page)
    return page


def wait_for_weights(page: Any) -> None:
    def are_there() -> None:
        assert state(page, "network")

    eventually(page, are_there)


def session_of(page: Any) -> str:
    return str(page.evaluate("sessionStorage.getItem('digits-session')"))


def line(page: Any) -> str:
    return str(page.locator(".answer-by").inner_text()).strip()


def wait_for_line(page: Any, words: str) -> str:
    page.locator(".answer-by", has_text=words).wait_for()
    return line(page)


def test_this_browser_answers_and_the_server_is_asked_once_at_rest(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    draw(page, ONE)
    wait_for_line(page, "confirmed")  # nothing is under way any more
    page.get_by_role("button", name="Clear").click()
    assert "blank" in wait_for_answer(page)
    asked: list[Any] = []
    page.on(
        "request", lambda request: asked.append(request) if "digits/read" in request.url else None
    )
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for part in range(2, 9):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + part / 10 * box["height"])
        assert wait_for_answer(page)  # an answer to every point, the pen still down
    assert page.locator(".answer-digit").inner_text() == "1"
    page.mouse.up()
    assert CONFIRMED.match(wait_for_line(page, "confirmed"))
    last = json.loads(asked[-1].post_data)
    assert last["drawing"]["strokes"] == state(page, "drawing")["strokes"]
    same = [one for one in asked if json.loads(one.post_data)["drawing"] == last["drawing"]]
    assert len(same) == 1


def test_a_disagreement_is_said_openly(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)

    def disagree(route: Any) -> None:
        reply = route.fetch()
        told = reply.json()
        told["label"] = 4
        route.fulfill(response=reply, json=told)

    page.route(READ, disagree)
    draw(page, SEVEN)
    assert "onnxruntime on cpu reads it as 4" in wait_for_line(page, "reads it as")
    assert page.locator(".answer-by.differs").count() == 1
    assert page.locator(".answer-digit").inner_text() == "7"


def test_this_browser_can_be_chosen_alone(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    draw(page, ONE)
    wait_for_line(page, "confirmed")  # nothing is under way any more
    page.locator("select[name=backend]").select_option("browser")
    page.locator(".answer-by", has_text=ALONE).wait_for()
    page.get_by_role("button", name="Clear").click()
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if "digits/read" in request.url else None,
    )
    draw(page, SEVEN)
    page.wait_for_timeout(600)  # longer than a pen rests before the server is asked
    assert ALONE.match(line(page))
    assert not asked
    assert page.locator("select[name=device] option").all_inner_texts() == ["here"]


def test_without_a_server_drawing_goes_on_and_it_comes_back_by_itself(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    draw(page, SEVEN)
    wait_for_line(page, "confirmed")
    page.route("**/digits/**", lambda route: route.abort())
    page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    assert page.locator(".answer-digit").inner_text() == "1"
    assert "Drawing goes on" in wait_for_line(page, "does not answer")
    page.locator(".sample-row button").nth(2).click()
    assert wait_for_answer(page).startswith("2")
    page.get_by_role("tab", name="Inside").click()
    page.wait_for_selector(".inside[data-state=drawn]")
    page.get_by_role("button", name="Share").click()
    page.wait_for_selector(".pad-note:not(:empty)")
    page.unroute("**/digits/**")
    assert "confirmed" in wait_for_line(page, "confirmed")


def test_a_picture_waits_for_the_server_and_says_so(open_page: OpenPage, tmp_path: Path) -> None:
    from tests.support.requests import seven

    page = open_with_weights(open_page)
    page.route("**/digits/**", lambda route: route.abort())
    seven().save(tmp_path / "seven.png")
    page.locator("#pad input[data-for=picture]").set_input_files(tmp_path / "seven.png")
    page.locator(".answer-line", has_text="The server does not answer").wait_for()
    page.unroute("**/digits/**")
    assert wait_for_answer(page)
    page.wait_for_function("document.querySelector('.answer-digit').innerText === '7'")


def test_all_three_backends_are_compared(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    draw(page, SEVEN)
    page.get_by_role("button", name="Compare backends").click()
    page.wait_for_selector(".compare-lines li:nth-child(3)")
    lines = page.locator(".compare-lines li").all_inner_texts()
    assert [words.split(":")[0] for words in lines] == [
        "onnxruntime (cpu)",
        "torch (cpu)",
        "this browser",
    ]
    assert all(": 7, over 99\u00a0%" in words for words in lines)
    page.get_by_role("button", name="Clear").click()  # no drawing, nothing that was said of it
    assert page.locator(".compare-lines li").count() == 0


def test_what_was_trained_survives_a_reload_and_a_server_that_forgot(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    draw(page, SEVEN)
    open_tab(page, epochs=1, batch_size=100, width=16, layers=1, train_images=1000)
    press_train(page)
    wait_for_state(page, "done")
    wait_for_line(page, "run 1: this browser")
    version = state(page, "own")[0]["version"]
    draw(page, ONE)
    page.get_by_role("group", name="Wrong? It is").get_by_role(
        "button", name="1", exact=True
    ).click()
    session = session_of(page)
    address = page.url.split("#")[0].rstrip("/")
    told = page.request.post(f"{address}/digits/forget", data={"session": session})
    assert told.json() == {"forgotten": True}
    page.reload()
    wait_for_line(page, "run 1: this browser")
    assert state(page, "own")[0]["version"] == version  # the server has it again, number for number
    assert page.locator(".strip li").count() == 1
    wait_for_line(page, "confirmed by torch")


def test_a_network_that_the_server_lost_is_handed_over_without_a_reload(
    open_page: OpenPage,
) -> None:
    page = open_with_weights(open_page)
    open_tab(page, epochs=1, batch_size=100, width=16, layers=1, train_images=1000)
    press_train(page)
    wait_for_state(page, "done")
    draw(page, SEVEN)
    wait_for_line(page, "confirmed by torch")
    session = session_of(page)
    page.request.post(
        page.url.split("#")[0].rstrip("/") + "/digits/forget", data={"session": session}
    )
    page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    assert "run 1" in wait_for_line(page, "confirmed by torch")


CLICK_TWICE = """(button) => {
    button.click();
    const seen = [button.textContent.trim(), document.querySelectorAll(".strip li").length];
    button.click();
    return seen;
}"""


PICTURES = """(kept) => new Promise((resolve) => {
    indexedDB.open("digits").onsuccess = ({ target }) => {
        const pictures = target.result.transaction("pictures", "readwrite").objectStore("pictures");
        if (kept) pictures.put({ picture: kept, when: Date.now() }, "a tab that was closed");
        pictures.getAllKeys().onsuccess = ({ target }) => resolve(target.result.length);
    };
})"""


def test_a_button_forgets_everything(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    assert page.evaluate(PICTURES, "data:image/png;base64,") == 1
    assert page.locator(".forget").is_hidden()
    draw(page, ONE)
    page.get_by_role("group", name="Wrong? It is").get_by_role(
        "button", name="1", exact=True
    ).click()
    # Within one breath, since the button asks anew when nobody answers for some seconds.
    said, kept = page.locator(".forget").evaluate(CLICK_TWICE)
    assert said == "Really? Click again" and kept == 1  # one click forgets nothing
    page.locator(".forget").wait_for(state="hidden")
    assert page.locator(".strip li").count() == 0
    assert page.evaluate(PICTURES, "") == 0
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    wait_for_weights(page)
    assert page.locator(".strip li").count() == 0


def train_a_little(page: Any) -> None:
    open_tab(page, epochs=1, batch_size=100, width=16, layers=1, train_images=1000)
    press_train(page)
    wait_for_state(page, "done")
    until(page, lambda: len(state(page, "own")) == 1)


def is_known_to_the_server(page: Any, session: str) -> bool:
    """Whether the server keeps anything of a tab."""
    address = page.url.split("#")[0].rstrip("/")
    reply = page.request.post(f"{address}/digits/session", data={"session": session, "seen": -1})
    return bool(reply.json()["known"])


def open_and_forget_offline(open_page: OpenPage) -> Any:
    """A page that trained and has everything forgotten while the server cannot be reached."""
    page = open_with_weights(open_page)
    train_a_little(page)
    page.context.set_offline(True)
    forget_everything(page)
    until(page, lambda: state(page, "server") == "gone")
    return page


def test_what_is_forgotten_offline_is_forgotten_when_the_server_is_back(
    open_page: OpenPage,
) -> None:
    page = open_and_forget_offline(open_page)
    assert not state(page, "own")
    page.context.set_offline(False)
    until(page, lambda: state(page, "server") == "here")
    assert not state(page, "own") and not is_known_to_the_server(page, session_of(page))
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    wait_for_weights(page)
    assert not state(page, "own")


def test_a_tab_that_is_closed_offline_leaves_what_is_to_be_forgotten_to_the_next(
    open_page: OpenPage,
) -> None:
    page = open_and_forget_offline(open_page)
    address, session = page.url, session_of(page)
    next_tab = page.context.new_page()
    page.close()
    next_tab.context.set_offline(False)
    next_tab.goto(address)
    until(next_tab, lambda: not is_known_to_the_server(next_tab, session))


def test_what_is_forgotten_in_one_tab_is_forgotten_in_all(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    train_a_little(page)
    draw(page, ONE)
    page.locator('#teach [data-digit="1"]').click()
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".strip li")
    until(other, lambda: len(state(other, "own")) == 1)
    forget_everything(page)
    until(other, lambda: not state(other, "own"))
    assert other.locator(".strip li").count() == 0
    draw(other, SEVEN)
    other.locator('#teach [data-digit="7"]').click()
    page.locator(".strip li b", has_text="7").wait_for()
    for tab in (page, other):
        tab.reload()
        tab.wait_for_selector(".strip li")
        wait_for_weights(tab)
        assert tab.locator(".strip li b").all_inner_texts() == ["7"]
        assert not state(tab, "own")


def test_what_is_handed_over_while_it_is_forgotten_is_forgotten(open_page: OpenPage) -> None:
    page = open_with_weights(open_page)
    train_a_little(page)
    draw(page, ONE)
    page.locator('#teach [data-digit="1"]').click()  # else there would be nothing to forget yet
    session, address = session_of(page), page.url.split("#")[0].rstrip("/")
    page.goto("about:blank")  # a page that is still open would hand over before it is opened again
    page.request.post(f"{address}/digits/forget", data={"session": session})
    handed: list[Any] = []

    def hold(route: Any) -> None:
        if route.request.method == "PUT":
            handed.append(route)
        else:
            route.continue_()

    page.route("**/digits/weights", hold)
    page.goto(address)
    page.wait_for_selector(".strip li")
    until(page, lambda: bool(handed))
    with page.expect_response("**/digits/forget"):
        forget_everything(page)
    with page.expect_response("**/digits/forget"):
        handed[0].continue_()
    until(page, lambda: not is_known_to_the_server(page, session))
    assert not state(page, "own")


def test_a_copied_tab_has_a_picture_of_its_own(open_page: OpenPage, tmp_path: Path) -> None:
    from PIL import Image

    from tests.support.requests import seven

    page = open_page()
    seven().save(tmp_path / "seven.png")
    Image.new("L", (28, 28), 255).save(tmp_path / "blank.png")
    page.locator("#pad input[data-for=picture]").set_input_files(tmp_path / "seven.png")
    page.wait_for_function("document.querySelector('.answer-digit').innerText === '7'")
    with page.expect_popup() as opening:
        page.evaluate("window.open(location.href)")  # with what this tab has in its storage
    copy = opening.value
    copy.wait_for_function("document.querySelector('.answer-digit')?.innerText === '7'")
    shown = state(page, "drawing")
    copy.locator("#pad input[data-for=picture]").set_input_files(tmp_path / "blank.png")
    until(copy, lambda: state(copy, "drawing") != shown)
    assert "picture" in state(copy, "drawing")
    other = state(copy, "drawing")
    for tab, kept in ((page, shown), (copy, other)):
        tab.reload()
        tab.wait_for_selector("#answer .answer[data-serial]")
        assert state(tab, "drawing") == kept


def test_the_page_goes_home_as_one_file(open_page: OpenPage, browser: Any, tmp_path: Path) -> None:
    page = open_with_weights(open_page)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download as a web page (.html)").click()
    path = tmp_path / "taken home.html"
    coming.value.save_as(path)
    assert coming.value.suggested_filename == "digits-sketch.html"
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", offline=True
    )
    context.set_default_timeout(PATIENCE)
    asked: list[str] = []
    troubles: list[str] = []
    home = context.new_page()
    home.on("request", lambda request: asked.append(request.url))
    home.on("pageerror", lambda error: troubles.append(str(error)))
    home.goto(path.as_uri())
    home.wait_for_selector("#answer .answer[data-serial]")
    draw(home, SEVEN)
    assert home.locator(".answer-digit").inner_text() == "7"
    home.locator("#tab_inside-button").click()
    home.wait_for_selector(".inside[data-state=drawn]")
    home.get_by_role("button", name="English").click()
    assert "this browser" in line(home)
    assert home.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert asked == [path.as_uri()] and not troubles
