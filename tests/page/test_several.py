"""Several digits at once, on the pad and in a picture: each in its frame, one of them looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from digits.data.dataset import Digits
from digits.page.texts import text
from tests.support.browser import DESK, PHONE, draw, eventually, state, wait_for_answer
from tests.support.requests import (
    as_file,
    hardly_sure,
    page_of_digits,
    seven,
    word,
    word_and_number,
)

OpenPage = Callable[..., Any]
Lines = list[list[tuple[float, float]]]

FOUR: Lines = [[(0.12, 0.3), (0.08, 0.5), (0.22, 0.5)], [(0.2, 0.3), (0.19, 0.72)]]
SEVEN: Lines = [[(0.38, 0.32), (0.55, 0.31), (0.44, 0.72)]]
ONE: Lines = [[(0.78, 0.3), (0.77, 0.72)]]
FIVE: Lines = [
    [(0.4, 0.3), (0.4, 0.5), (0.55, 0.47), (0.6, 0.6), (0.52, 0.72), (0.38, 0.7)],
    [(0.42, 0.27), (0.62, 0.26)],
]
PRESSED = ".several button[aria-pressed=true]"


def use_picture(page: Any, picture: Image.Image) -> None:
    file = {"name": "digits.png", "mimeType": "image/png", "buffer": as_file(picture, "PNG")}
    serial = page.locator("#pad canvas").get_attribute("data-serial")
    page.locator("#pad input[data-for=picture]").set_input_files([file])
    page.wait_for_function(
        "(old) => document.querySelector('#pad canvas').dataset.serial !== old", arg=serial
    )
    wait_for_answer(page)


@pytest.mark.parametrize("visitor", [DESK, PHONE], ids=["desk", "phone"])
def test_471_on_the_pad_is_read_here_and_one_of_it_looked_at(
    open_page: OpenPage, visitor: dict[str, Any]
) -> None:
    page = open_page(**visitor)
    page.wait_for_function("document.querySelector('.answer-by') !== null")
    draw(page, FOUR + SEVEN + ONE)
    page.wait_for_function("document.querySelector('.answer-digit').innerText === '471'")
    assert page.locator(".answer-line").inner_text() == text("several_read", "en", count=3)
    assert page.locator("#answer").inner_text().startswith("471")
    assert page.locator(".frames button").count() == 3
    assert page.locator(PRESSED).inner_text() == "4"
    before = state(page, "answer")["shown"]["image"]["bytes"]
    page.locator(".several button").nth(1).click()
    assert page.locator(PRESSED).inner_text() == "7"
    assert state(page, "answer")["shown"]["guess"]["label"] == 7
    assert state(page, "answer")["shown"]["image"]["bytes"] != before
    page.wait_for_function("document.querySelector('.answer-by').innerText.includes('confirmed')")
    draw(
        page, [[(0.3, 0.85), (0.33, 0.95), (0.5, 0.88), (0.4, 0.97)]]
    )  # the pen goes through frames
    assert len(state(page, "drawing")["strokes"]) == 5


def test_another_language_keeps_the_frames_and_words_what_is_seen(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, FOUR + SEVEN + ONE)
    page.wait_for_function("document.querySelector('.answer-digit').innerText === '471'")
    page.locator("button.language").click()
    page.locator(".see-note", has_text=text("see_lead", "zh")).wait_for()
    frames = page.locator(".frames button")
    assert frames.count() == 3
    sureness = frames.nth(1).get_attribute("aria-label")
    assert sureness and sureness.startswith(
        text("several_one", "zh", number=2, label=7, percent="")[:4]
    )


def test_one_digit_in_two_strokes_stays_one(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, FIVE)
    assert page.locator(".answer-digit").inner_text() == "5"
    assert page.locator(".several").is_hidden() and page.locator(".frames").is_hidden()


def test_one_of_several_can_be_corrected(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, FOUR + SEVEN + ONE)
    page.locator(".several button").nth(2).click()
    page.locator("#teach [data-digit='1']").click()
    page.wait_for_selector("#teach .strip li")
    kept = page.evaluate("localStorage.length + sessionStorage.length")
    assert kept and page.locator("#teach .strip li b").inner_text() == "1"


def test_of_several_each_can_be_corrected_and_each_mind_be_changed(open_page: OpenPage) -> None:
    """One drawing of a digit in the strip has one label, in whatever order they are looked at."""
    page = open_page()
    draw(page, FOUR + SEVEN + ONE)
    labels, chosen = page.locator("#teach .strip li b"), "#teach [data-digit][aria-pressed=true]"
    for at, label in ((1, 2), (0, 4), (1, 7)):
        page.locator(".several button").nth(at).click()
        page.locator(f"#teach [data-digit='{label}']").click()
    assert labels.all_inner_texts() == ["4", "7"]
    page.locator(".several button").nth(0).click()
    assert page.locator(chosen).all_inner_texts() == ["4"]
    page.locator(".several button").nth(2).click()
    assert page.locator(chosen).count() == 0


def test_a_page_of_digits_is_read_in_order_and_its_frames_lie_on_the_digits(
    open_page: OpenPage, bundled: Digits
) -> None:
    images, labels = bundled.test_images[:10], bundled.test_labels[:10]
    page = open_page()
    use_picture(page, page_of_digits(images))
    digits = page.locator(".answer-digit").inner_text().replace(" ", "").replace("\n", "")
    right = sum(said == str(label) for said, label in zip(digits, labels, strict=True))
    assert right >= 9
    pad = page.locator("#pad canvas").bounding_box()
    for place in (0, 9):  # the paper is 1000 x 440 in the middle of the pad
        box = page.locator(".frames button").nth(place).bounding_box()
        x = (box["x"] + box["width"] / 2 - pad["x"]) / pad["width"]
        y = (box["y"] + box["height"] / 2 - pad["y"]) / pad["height"]
        assert x == pytest.approx((96 + 200 * (place % 5)) / 1000, abs=0.03)
        assert y == pytest.approx(0.28 + (106 + 220 * (place // 5)) / 1000, abs=0.03)
    page.locator(".frames button").nth(
        3
    ).click()  # on a picture the frames themselves can be pressed
    assert page.locator(".several button").nth(3).get_attribute("aria-pressed") == "true"
    page.reload()
    wait_for_answer(page)
    page.wait_for_function("document.querySelectorAll('.frames button').length === 10")


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_picture_without_digits_says_what_would_help(open_page: OpenPage, locale: str) -> None:
    page = open_page(locale=locale)
    use_picture(page, Image.new("RGB", (300, 240), (235, 235, 230)))
    language = locale[:2]
    assert page.locator(".answer-line").inner_text() == text("picture_nothing", language)
    assert page.locator(".answer-why").inner_text() == text("picture_nothing_more", language)


def test_a_digit_on_its_head_is_not_sure_and_says_that_it_is_turned(open_page: OpenPage) -> None:
    page = open_page()
    use_picture(page, seven().rotate(90, fillcolor="white"))
    assert "not sure" in page.locator("#answer").inner_text().lower()
    assert page.locator(".answer-why").inner_text() == text("picture_turned", "en")


def test_a_page_on_its_head_is_turned_upright_on_the_pad(
    open_page: OpenPage, bundled: Digits
) -> None:
    page = open_page()
    turn = page.locator("#pad .turn")
    assert turn.is_hidden()
    use_picture(page, page_of_digits(bundled.test_images[:10]).rotate(180))
    assert page.locator(".answer-why").inner_text() == text("picture_turned", "en")
    assert page.locator(".several").is_hidden()
    turn.dblclick()  # two quarters
    page.wait_for_function("document.querySelectorAll('.frames button').length === 10")
    digits = page.locator(".answer-digit").inner_text().replace(" ", "").replace("\n", "")
    right = sum(
        said == str(label) for said, label in zip(digits, bundled.test_labels[:10], strict=True)
    )
    assert right >= 9
    for _ in range(2):
        page.locator("#pad [data-do=undo]").click()
    page.wait_for_function("document.querySelector('.frames').hidden")
    assert turn.is_visible()
    page.locator("#pad [data-do=clear]").click()
    assert turn.is_hidden()


def is_read_here(page: Any) -> None:
    assert state(page, "answer")["shown"]["by"]["backend"] == "browser"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_letter_among_letters_is_not_sure_and_says_why(
    open_page: OpenPage, language: str
) -> None:
    page = open_page(locale={"en": "en-GB", "zh": "zh-CN"}[language])
    use_picture(page, word())
    assert page.locator(".answer-line").inner_text() == text("unsure", language)
    assert page.locator(".answer-why").inner_text() == text("picture_among", language)
    page.locator("#picker [name=backend]").select_option("browser")  # it is in doubt there, too
    eventually(page, lambda: is_read_here(page))
    assert page.locator(".answer-line").inner_text() == text("unsure", language)
    assert page.locator(".answer-why").inner_text() == text("picture_among", language)


def test_a_letter_beside_a_number_is_not_sure(open_page: OpenPage, bundled: Digits) -> None:
    page = open_page()
    use_picture(page, word_and_number(bundled.test_images[:3]))
    number = "?" + "".join(str(label) for label in bundled.test_labels[:3])
    assert page.locator(".answer-digit").inner_text() == number
    page.locator("#picker [name=backend]").select_option("browser")  # it is in doubt there, too
    eventually(page, lambda: is_read_here(page))
    assert page.locator(".answer-digit").inner_text() == number


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_photo_that_is_hardly_sure_says_so_and_where_to_look(
    open_page: OpenPage, language: str
) -> None:
    page = open_page(locale={"en": "en-GB", "zh": "zh-CN"}[language])
    use_picture(page, Image.fromarray(hardly_sure()))
    percent = text("picture_perhaps", language).split("{label}")[0]
    assert page.locator(".answer-line").inner_text().startswith(percent)
    assert page.locator(".answer-why").inner_text() == text("picture_perhaps_more", language)
    page.locator("#picker [name=backend]").select_option("browser")  # it is in doubt there, too
    eventually(page, lambda: is_read_here(page))
    assert page.locator(".answer-line").inner_text().startswith(percent)
    assert page.locator(".answer-why").inner_text() == text("picture_perhaps_more", language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_that_a_picture_is_looked_at_three_times(
    open_page: OpenPage, language: str
) -> None:
    page = open_page(locale={"en": "en-GB", "zh": "zh-CN"}[language])
    inside = page.get_by_role("tab", name=text("tab_inside", language))
    use_picture(page, seven())
    page.wait_for_function("document.querySelector('.answer-digit')?.innerText === '7'")
    note, lead = page.locator(".see-note"), page.locator(".inside-lead")
    assert note.inner_text() == text("see_looks", language)
    inside.click()
    eventually(page, lambda: expect_text(lead, text("inside_lead_picture", language)))
    page.get_by_role("button", name=text("clear", language)).click()
    draw(page, SEVEN)
    eventually(page, lambda: expect_text(lead, text("inside_lead", language)))


def test_all_backends_look_at_a_picture_three_times_when_they_are_compared(
    open_page: OpenPage,
) -> None:
    page = open_page()
    use_picture(page, Image.fromarray(hardly_sure()))
    probabilities = state(page, "answer")["shown"]["guess"]["probabilities"]
    percent = f"{100 * max(probabilities):.0f}\u00a0%"
    page.locator(".compare").click()
    page.wait_for_selector(".compare-lines li:nth-child(3)")
    for line in page.locator(".compare-lines li").all_inner_texts():
        assert percent in line, line


def expect_text(shown: Any, wanted: str) -> None:
    assert shown.inner_text() == wanted


def test_a_photo_is_shown_as_it_was_held_and_survives_a_reload(open_page: OpenPage) -> None:
    turned = seven(300).rotate(90, expand=True)
    exif = turned.getexif()
    exif[0x0112] = 6  # the camera was held upright: turn it by 270 degrees
    photo = as_file(turned, "JPEG", exif=exif)
    page = open_page()
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
    page.locator("#pad input[data-for=picture]").set_input_files([file])
    page.wait_for_function("document.querySelector('.answer-digit')?.innerText === '7'")
    wait_for_upright(page)
    page.reload()
    page.wait_for_function("document.querySelector('.answer-digit')?.innerText === '7'")
    wait_for_upright(page)


def wait_for_upright(page: Any) -> None:
    """Until the pad is dark where a seven's bar is, and not where a seven on its side would have it."""
    code = """() => {
        const pad = document.querySelector("#pad canvas"), pen = pad.getContext("2d");
        const ink = (x, y) => pen.getImageData(x * pad.width, y * pad.height, 1, 1).data;
        const [bar, side] = [ink(0.5, 0.25), ink(0.25, 0.5)];
        return bar[3] > 0 && bar[0] < 100 && side[0] >= 100;
    }"""
    page.wait_for_function(code)


def test_white_ink_on_transparency_can_be_seen_on_the_light_pad(open_page: OpenPage) -> None:
    ink = Image.new("RGBA", (300, 300), (255, 255, 255, 0))
    ink.paste((255, 255, 255, 255), mask=seven(300, "L").point(lambda grey: 255 - grey))
    page = open_page(color_scheme="light")
    use_picture(page, ink)
    assert page.locator(".answer-digit").inner_text() == "7"
    code = """() => {
        const pad = document.querySelector("#pad canvas"), pen = pad.getContext("2d");
        const at = (x, y) => pen.getImageData(x * pad.width, y * pad.height, 1, 1).data;
        const grey = ([red, , , alpha]) => alpha ? red : 253;  // the pad's own colour below
        return Math.abs(grey(at(0.5, 0.25)) - grey(at(0.1, 0.9))) > 60;
    }"""
    page.wait_for_function(code)
