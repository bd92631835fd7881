"""The page's rooms in a real browser: samples, pictures, links, what the network sees, inside, code."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw

from digits.network.metadata import read_card
from digits.training.standalone_script import write_script
from tests.support.browser import SEVEN, draw, state, until, wait_for_answer
from tests.support.files import REPO
from tests.support.requests import ONE

OpenPage = Callable[..., Any]
BLANK = """[...document.querySelectorAll("[data-text]")]
    .filter((node) => node.offsetParent && ["", node.dataset.text].includes(node.textContent.trim()))
    .map((node) => node.dataset.text)"""

WITHOUT_LONG_TIMERS = """() => {
    const { setTimeout } = window;
    window.setTimeout = (call, wait, ...given) => wait < 3000 ? setTimeout(call, wait, ...given) : 0;
}"""


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_no_room_leaves_a_text_blank_or_without_words(open_page: OpenPage, locale: str) -> None:
    page = open_page(locale=locale)
    draw(page, SEVEN)
    for room in ("see", "learn", "train", "inside", "code"):
        page.locator(f"#tab_{room}-button").click()
        page.locator(f"#tab_{room} [data-text]:visible").first.wait_for()
        if room == "learn":  # its workbench comes after the lesson
            page.wait_for_selector(".working.learn:not([hidden])")
        page.wait_for_function(f"!{BLANK}.length")


def picture_of_a_one() -> bytes:
    """A PNG of a thick white stroke on blue, wider than high."""
    picture = Image.new("RGB", (400, 300), "navy")
    ImageDraw.Draw(picture).line([(200, 60), (195, 240)], fill="white", width=24)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def hand_over(page: Any, event: str, content: bytes, kind: str = "image/png") -> None:
    """Drop or paste a file on the pad, as the browser does when the visitor does."""
    page.evaluate(
        """([event, content, kind]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "<b>one</b>.png", { type: kind }));
            const data = event === "drop" ? { dataTransfer: transfer } : { clipboardData: transfer };
            const Kind = event === "drop" ? DragEvent : ClipboardEvent;
            document.querySelector("#pad canvas").dispatchEvent(
                new Kind(event, { ...data, bubbles: true, cancelable: true }));
        }""",
        [event, base64.b64encode(content).decode(), kind],
    )


def wait_for_digit(page: Any, digit: str) -> None:
    page.wait_for_function(f"document.querySelector('.answer-digit').textContent === '{digit}'")


def test_samples_load_with_one_click_and_by_key(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="3 from MNIST").click()
    wait_for_digit(page, "3")
    page.get_by_role("button", name="7 with a bar").click()
    wait_for_digit(page, "7")
    page.locator("#pad canvas").focus()
    page.keyboard.press("5")
    wait_for_digit(page, "5")


def test_a_dropped_and_a_pasted_picture_are_read(open_page: OpenPage) -> None:
    page = open_page()
    for event in ("drop", "paste"):
        hand_over(page, event, picture_of_a_one())
        wait_for_digit(page, "1")
        page.get_by_role("button", name="Clear").click()
        assert "blank" in wait_for_answer(page)
    hand_over(page, "drop", b"no picture at all")
    page.get_by_text("That file could not be opened as a picture").wait_for()
    page.set_input_files(
        "input[data-for=picture]",
        {"name": "a.png", "mimeType": "image/png", "buffer": picture_of_a_one()},
    )
    wait_for_digit(page, "1")


def test_what_was_said_of_a_broken_file_goes_when_a_picture_is_opened(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(WITHOUT_LONG_TIMERS)  # the note would go by itself, later
    hand_over(page, "drop", b"")
    page.locator(".pad-note", has_text="could not be opened").wait_for()
    hand_over(page, "drop", picture_of_a_one())
    wait_for_digit(page, "1")
    assert page.locator(".pad-note").inner_text() == ""


def test_a_shared_link_opens_with_the_same_drawing(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.get_by_role("button", name="Share").click()
    page.wait_for_function("location.hash.startsWith('#draw=')")
    link = page.evaluate("location.hash")
    assert re.fullmatch(r"#draw=(\d{6})+", link)
    assert len(link) < 400
    assert wait_for_answer(open_page("/" + link)).startswith("7")


def test_a_link_that_holds_no_drawing_is_refused_and_never_becomes_html(
    open_page: OpenPage,
) -> None:
    for wrong in ("<img src=x onerror=alert(1)>", "12345", "9" * 30_000, "${alert(1)}"):
        page = open_page("/#draw=" + wrong)
        page.get_by_text("The link’s drawing could not be read").wait_for()  # it goes after 6 s
        assert "The pad is blank" in wait_for_answer(page)
        page.context.close()


def test_just_shrink_it_shows_what_that_does_to_the_answer(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="5, small and in a corner").click()
    wait_for_digit(page, "5")
    page.get_by_role("switch", name="Just shrink it").check()
    page.get_by_text("Merely shrunk, it is read as").wait_for()
    page.get_by_role("switch", name="Just shrink it").uncheck()
    page.get_by_text("which were all cut out, scaled and centred").wait_for()
    assert wait_for_answer(page).startswith("5")


def test_inside_has_the_sums_of_this_drawing(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.get_by_role("tab", name="Inside").click()
    page.wait_for_selector(".softmax-table tr.first")
    name, _, power, share = page.locator(".softmax-table tr.first td").all_inner_texts()
    assert name == "7"
    shown = float(share.removeprefix("> ").split()[0])
    assert 90 < shown < 100
    total = page.locator(".softmax-table tr.total td").all_inner_texts()[2]
    as_number = [float(words.replace(",", "")) for words in (power, total)]
    assert abs(100 * as_number[0] / as_number[1] - shown) < 0.1

    def parts() -> list[float]:
        cells = page.locator(".node-sum tbody tr td:last-child").all_inner_texts()
        return [float(words.replace("\u2212", "-")) for words in cells]

    page.locator("canvas.net").focus()
    for _ in range(3):
        *terms, total_sum, after = parts()
        assert round(sum(terms), 2) == total_sum
        assert abs(after - max(0.0, total_sum)) < 0.011
        page.keyboard.press("ArrowDown")
    before = page.locator(".node-name").inner_text()
    page.locator("canvas.net").click(position={"x": 560, "y": 200})
    assert page.locator(".node-name").inner_text() != before


def test_inside_shows_the_drawing_that_came_while_the_weights_were_fetched(
    open_page: OpenPage,
) -> None:
    page = open_page()
    held: list[Any] = []
    page.route("**/digits/weights/*", lambda route: held.append(route))
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    page.get_by_role("tab", name="Inside").click()
    draw(page, SEVEN)
    assert page.locator("#answer").inner_text().startswith("7")  # by the server
    page.get_by_text("The network’s weights are on their way").wait_for()
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_selector(".softmax-table tr.first")
    assert page.locator(".softmax-table tr.first td").first.inner_text() == "7"


def test_inside_follows_the_pen(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("tab", name="Inside").click()
    draw(page, ONE)
    page.wait_for_selector(".softmax-table tr.first")
    page.wait_for_function(
        """() => document.querySelector(".inside").dataset.serial
               === document.querySelector("#pad canvas").dataset.serial"""
    )
    assert page.locator(".softmax-table tr.first td").first.inner_text() == "1"


def test_code_is_the_whole_script_and_downloads(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("tab", name="Code").click()
    name = state(page, "choice")["network"]
    shown = page.locator("#code code").text_content()
    assert shown == write_script(name, read_card(REPO / "weights" / f"{name}.json"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "network.py"


def test_the_backend_can_be_switched_and_both_compared(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.get_by_label("Backend").select_option("torch")
    page.wait_for_function(
        "document.querySelector('.answer-by').textContent.includes('torch on cpu')"
    )
    assert page.locator("#answer").inner_text().startswith("7")
    page.get_by_role("button", name="Compare backends").click()
    page.wait_for_selector(".compare-lines li:nth-child(3)")
    lines = page.locator(".compare-lines li").all_inner_texts()
    assert [line.split(" ")[0] for line in lines] == ["onnxruntime", "torch", "this"]
    assert all(re.search(r": 7, .*, [\d.]+\sms", line) for line in lines)


def test_a_comparison_that_comes_too_late_is_not_shown(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    held: list[Any] = []
    page.route("**/component_server**", lambda route: held.append(route))
    page.get_by_role("button", name="Compare backends").click()
    until(page, lambda: bool(held))
    page.get_by_role("button", name="Clear").click()
    held[0].continue_()
    page.wait_for_selector(".compare:enabled")
    assert page.locator(".compare-lines li").count() == 0


def test_just_shrinking_is_compared_as_it_is_read(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="5, small and in a corner").click()
    wait_for_answer(page)
    page.get_by_role("switch", name="Just shrink it").check()
    page.get_by_role("button", name="Compare backends").click()
    page.wait_for_selector(".compare-lines li:nth-child(3)")
    lines = page.locator(".compare-lines li").all_inner_texts()
    assert len({line.split(": ")[1].split(",")[0] for line in lines}) == 1


def test_the_network_can_be_chosen_and_the_script_follows(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    names = page.get_by_label("Network").locator("option").all_inner_texts()
    for name in reversed(names):
        if len(names) > 1:
            page.get_by_label("Network").select_option(name)
        page.wait_for_function(
            f"document.querySelector('.answer-by').textContent.startsWith('{name}')"
        )
        page.wait_for_function(
            f"document.querySelector('#code code')?.textContent.includes('\"{name}\"') ?? true"
        )


def test_the_drawing_survives_tabs_and_the_choice_of_looks_a_reload(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    for tab in ("Code", "Inside", "What it sees"):
        page.get_by_role("tab", name=tab).click()
    assert wait_for_answer(page).startswith("7")
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    page.wait_for_selector("body.dark")


def test_nothing_in_the_answer_moves_when_it_changes(open_page: OpenPage) -> None:
    page = open_page()
    places = """[...document.querySelectorAll(".bar, #picker, #tabs")].map((node) => {
        const { left, top } = node.getBoundingClientRect();
        return `${left} ${Math.round(top + window.scrollY)}`;
    })"""
    before = page.evaluate(places)
    for name in ("7 with a bar", "no digit at all", "4 in one line", "1 from MNIST"):
        page.get_by_role("button", name=name).click()
        wait_for_answer(page)
        assert page.evaluate(places) == before, name
