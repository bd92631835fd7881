"""The lesson in the real page: every step opens by its address, and a visitor does its task."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digits.network.config import ModelConfig
from digits.network.metadata import Card
from digits.page.texts import TEXTS
from digits.training.standalone_script import write_script
from tests.support.browser import PATIENCE, SEVEN, Line, draw, eventually, module, wait_for_answer

DESK = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "locale": "zh-CN",
}
VISITORS = {"en": DESK, "zh": PHONE}
STEPS = 12
LEARN = "#tab_learn-button"


def open_step(page: Any, step: int) -> Any:
    """Go to the step by its address and wait for its live part."""
    page.evaluate(f"location.hash = 'learn={step}'")
    page.wait_for_selector(f'#lesson[data-step="{step}"] .lesson-part > *')
    return page.locator("#lesson")


def is_done(page: Any) -> bool:
    return bool(page.locator("#lesson .lesson-task.done").count())


def press_squares(part: Any, squares: list[int]) -> None:
    for square in squares:
        part.locator(f'[data-square="{square}"]').click()


def make_a_one(lesson: Any) -> None:
    press_squares(lesson, [0, 1, 3, 4, 9, 13, 7, 12])


def tell_seven_from_one(lesson: Any) -> None:
    lesson.locator('[data-brush="-1"]').click()
    press_squares(lesson.locator(".node-weights"), [7, 12])
    lesson.locator('[data-brush="1"]').click()
    press_squares(lesson.locator(".node-weights"), [3, 4])


def silence_a_node(lesson: Any) -> None:
    lesson.locator('[name="bias-3"]').fill("-4")


def make_alike(lesson: Any) -> None:
    lesson.locator('[name="sum-8"]').fill("3.5")


def break_it(lesson: Any) -> None:
    for _ in range(60):
        if lesson.locator(".lesson-task.done").count():
            return
        lesson.locator(".break-nodes .break-buttons button").first.click()


def draw_weights_until_lucky(lesson: Any) -> None:
    for _ in range(200):
        lesson.locator(".part-buttons button").first.click()
        if is_done(lesson.page):
            return


def find_the_largest_loss(lesson: Any) -> None:
    lesson.locator(".part-table button").nth(8).wait_for()
    for button in lesson.locator(".part-table button").all():
        button.click()
        if is_done(lesson.page):
            assert lesson.locator(".part-facts .wrong").count() == 1  # a misread one was found
            return


def overshoot_and_come_down(lesson: Any) -> None:
    rate, step = lesson.locator("[name=rate]"), lesson.locator(".part-buttons button").first
    for position in range(int(rate.get_attribute("max")), -1, -1):
        rate.fill(str(position))
        for _ in range(4):
            step.click()
        if is_done(lesson.page):
            return


def run_to_ninety(lesson: Any) -> None:
    lesson.locator("[name=fast]").check()
    lesson.locator(".part-run").click()


def guess_and_see(lesson: Any) -> None:
    lesson.locator("[name=guess]").fill("60")
    lesson.locator(".part-go").click()


def find_a_saved_drawing(lesson: Any) -> None:
    for button in lesson.locator(".part-buttons button").all():
        button.click()
        wait_for_answer(lesson.page)
        if is_done(lesson.page):
            return


def take_another_script(lesson: Any) -> None:
    lines = lesson.locator(".part-script code").all_inner_texts()
    assert script_of(lines) == own_script(epochs=2)
    lesson.locator("[name=script_epochs]").fill("5")
    lines = lesson.locator(".part-script code").all_inner_texts()
    assert script_of(lines) == own_script(epochs=5)
    assert lesson.locator(".part-script a").count() > 12
    with lesson.page.expect_download() as download:
        lesson.locator(".part-take").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == "\n".join(
        [*own_script(epochs=5), ""]
    )
    lesson.locator(".part-four figcaption").first.wait_for()
    assert lesson.locator(".part-four figcaption").count() == 4


def script_of(lines: list[str]) -> list[str]:
    return [line if line.strip() else "" for line in lines]


def own_script(epochs: int) -> list[str]:
    """What the Code tab's writer writes for these settings, below its first lines."""
    card = Card(ModelConfig(), {"name": "tutorial", "epochs": epochs, "seed": 0})
    return write_script("tutorial", card).split('"""\n\n')[1].splitlines()


TASKS: dict[int, Callable[[Any], None]] = {
    1: make_a_one,
    2: tell_seven_from_one,
    3: silence_a_node,
    4: make_alike,
    5: draw_weights_until_lucky,
    6: find_the_largest_loss,
    7: overshoot_and_come_down,
    8: run_to_ninety,
    9: guess_and_see,
    10: find_a_saved_drawing,
    11: break_it,
    12: take_another_script,
}


@pytest.mark.parametrize("language", VISITORS)
def test_every_step_has_all_its_words(language: str) -> None:
    texts = TEXTS[language]
    for step in range(1, STEPS + 1):
        for part in ("title", "say", "ask", "answer", "task", "done"):
            assert texts[f"lesson_{step}_{part}"]
        assert 2 <= len(texts[f"lesson_{step}_options"].split(" | ")) <= 4
        stops = "。！？" if language == "zh" else (". ", "! ", "? ")
        said = texts[f"lesson_{step}_say"] + " "
        assert sum(said.count(stop) for stop in stops) <= 3


@pytest.mark.parametrize("language", VISITORS)
def test_a_visitor_does_every_task(open_page: Callable[..., Any], language: str) -> None:
    page = open_page(**VISITORS[language])
    draw(page, SEVEN)
    for step, do in TASKS.items():
        lesson = open_step(page, step)
        assert lesson.locator("h3").inner_text() == TEXTS[language][f"lesson_{step}_title"]
        assert not is_done(page)
        answer = lesson.locator(".lesson-answer").inner_text()
        lesson.locator(".lesson-options button").first.click()
        assert lesson.locator(".lesson-answer").inner_text() != answer
        do(lesson)
        page.wait_for_selector("#lesson .lesson-task.done", timeout=PATIENCE)
        assert lesson.locator(".lesson-well").inner_text() == TEXTS[language][f"lesson_{step}_done"]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator(".lesson-steps a.done").count() == len(TASKS)
    page.reload()
    page.wait_for_selector("#lesson .lesson-part > *")
    assert page.locator("#lesson").get_attribute("data-step") == str(max(TASKS))
    assert page.locator(".lesson-steps a.done").count() == len(TASKS)


# Scrawls that are not surely read when prepared; merely shrunk, the first two are, one as another digit.
DOUBTFUL: list[Line] = [
    [(0.78, 0.26), (0.38, 0.42), (0.9, 0.5)],
    [(0.58, 0.58), (0.18, 0.86), (0.86, 0.74)],
    [(0.26, 0.12), (0.72, 0.68), (0.42, 0.92)],
]


def test_what_is_said_of_the_preparation_is_what_both_readings_say(
    open_page: Callable[..., Any],
) -> None:
    page = open_page()
    draw(page, SEVEN)
    lesson, texts = open_step(page, 10), TEXTS["en"]

    def told() -> str:
        wait_for_answer(page)
        words = lesson.locator(".part-way b").all_inner_texts()
        shrunk, prepared = (re.sub(", .* sure$", "", said) for said in words)
        doubt = "doubt" if "not sure" in prepared else "saved"
        found = "same" if shrunk == prepared else doubt
        assert lesson.locator(".part-status").inner_text() == texts[f"part_hand_{found}"], words
        return found

    for button in lesson.locator(".part-buttons button").all():
        button.click()
        assert told() in ("same", "saved")
    for line in DOUBTFUL:
        page.get_by_role("button", name="Clear").click()
        draw(page, [line])
        assert told() == "doubt"


def test_half_a_task_is_not_done(open_page: Callable[..., Any]) -> None:
    page = open_page("#learn=1")
    lesson = page.locator("#lesson")
    lesson.locator(".lesson-part .squares").wait_for()
    press_squares(lesson, [0, 1, 3, 4])
    open_step(page, 3).locator('[name="bias-0"]').fill("-4")  # silent for the seven and the one
    assert page.locator("#lesson .lesson-task.done").count() == 0
    page.locator('#lesson [name="bias-0"]').fill("-5")
    assert is_done(page)
    lesson = open_step(page, 2)
    lesson.locator('[name="bias"]').fill("3")  # bright for both
    assert not is_done(page)


def test_the_figures_of_squares_are_spoken_of_once_they_are_there(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("#learn=1")
    count = page.locator("#lesson .picture-count")
    count.wait_for(state="attached")
    assert not count.is_visible()
    page.locator("#lesson .lesson-options button").first.click()
    assert count.is_visible()


def test_a_sample_is_not_called_the_visitors_own(open_page: Callable[..., Any]) -> None:
    page = open_page()
    named = {2: "figcaption", 4: ".outputs-of", 6: ".part-table button span", 11: ".break-status"}
    for by, words in (("sample", "sample"), ("drawing", "draw|yours")):
        if by == "drawing":
            draw(page, SEVEN)
        for step, place in named.items():
            said = open_step(page, step).locator(place).first
            eventually(page, lambda said=said, words=words: is_said(said, words))


def is_said(place: Any, words: str) -> None:
    assert re.search(words, place.inner_text(), re.IGNORECASE), place.inner_text()


def test_the_sums_and_shares_of_a_drawing_are_those_of_inside(
    open_page: Callable[..., Any],
) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.locator("#tab_inside-button").click()
    page.wait_for_selector(".softmax-table tr.first")
    rows = ".softmax-table tbody tr:not(.total)"
    inside = page.locator(f"{rows} td:nth-child(2)").all_inner_texts()
    shares = page.locator(f"{rows} td:nth-child(4)").all_inner_texts()
    divided = page.locator(".softmax-exp").inner_text()
    lesson = open_step(page, 4)
    lesson.get_by_role("button", name="Sums of your drawing").click()
    shown = lesson.locator("label.outputs-row output").all_inner_texts()
    for one, other in zip(shown, inside, strict=True):
        assert read_number(one) == read_number(other)
    assert lesson.locator("label.outputs-row .outputs-share b").all_inner_texts() == shares
    assert "< 0.01\u00a0%" in shares and len(shares) == 10
    assert not {"0\u00a0%", "0.00\u00a0%", "100\u00a0%", "100.00\u00a0%"} & set(shares)
    read = lesson.locator(".outputs-said").inner_text().split(" = ")[1]
    assert 99 < percent_of(read) < 100
    assert divided in lesson.locator(".outputs-head").inner_text()
    assert "divides each sum by" in lesson.locator(".outputs-why").inner_text()


# The page's network with all that it says a thousand times as loud: sums that e cannot be raised to.
LOUD = """async (address) => {
    const { modules } = await import(address);
    const { state } = modules["services/state.js"]();
    const { createNetwork } = modules["core/network.js"]();
    const loaded = state.get("network");
    const network = createNetwork({ ...loaded.network, weights: loaded.network.weights.slice() });
    const { weight, bias } = network.layers.at(-1);
    for (const row of [weight, bias]) row.forEach((value, i) => { row[i] = 1000 * value; });
    state.set("network", { ...loaded, network });
}"""


def test_sums_that_e_cannot_be_raised_to_have_shares_all_the_same(
    open_page: Callable[..., Any],
) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.locator("#tab_inside-button").click()
    page.wait_for_selector(".softmax-table tr.first")
    page.evaluate(LOUD, module(page))
    assert "NaN" not in page.locator(".softmax-table").inner_text()
    seven = page.locator(".softmax-table tr.first td").all_inner_texts()
    assert (seven[0], seven[2:]) == ("7", ["> 10³⁰⁸", "> 99.99\u00a0%"])
    assert page.locator(".softmax-table tr.total td").nth(2).inner_text() == "> 10³⁰⁸"
    lesson = open_step(page, 4)
    lesson.get_by_role("button", name="Sums of your drawing").click()
    table = lesson.locator(".outputs-table").inner_text()
    assert "NaN" not in table and "∞" not in table and "> 10³⁰⁸" in table
    said = lesson.locator(".outputs-said").inner_text()
    assert said.startswith("For the 7: > 10³⁰⁸ ÷ > 10³⁰⁸ = ")
    assert 99.99 < percent_of(said.split(" = ")[1]) < 100


def percent_of(words: str) -> float:
    return read_number(words.split()[0].removesuffix("%"))


def read_number(words: str) -> float:
    return float(words.replace("\u2212", "-"))


def test_a_charts_words_are_not_shrunk_on_a_phone(open_page: Callable[..., Any]) -> None:
    page = open_page("#learn=8", **PHONE)
    page.wait_for_selector("#lesson .part-chart .tick", timeout=PATIENCE)
    size = """(words) => parseFloat(getComputedStyle(words).fontSize) * words.getScreenCTM().a"""
    assert page.locator("#lesson .part-chart .tick").first.evaluate(size) >= 11


def test_the_script_says_what_it_cannot_take_and_stays_as_it_was(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("#learn=12")
    field, problem = page.locator("[name=script_epochs]"), page.locator(".part-problem")
    field.fill("999")
    assert "from 1 to 20" in problem.inner_text()
    assert "range(2)" in page.locator(".part-script").inner_text()
    page.locator("[name=script_learning_rate]").fill("0")
    field.fill("3")
    assert "from 0.00001 to 0.5" in problem.inner_text()
    page.locator("[name=script_learning_rate]").fill("0.01")
    assert problem.inner_text() == ""
    assert "range(3)" in page.locator(".part-script").inner_text()


def test_train_takes_what_was_changed_in_the_script_and_leaves_the_rest(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("#learn=12")
    form, train = page.locator("#train form"), page.get_by_role("button", name="Go to Train")

    def settings() -> list[str]:
        names = ("epochs", "batch_size", "learning_rate")
        return [form.locator(f"[name={name}]").input_value() for name in names]

    page.get_by_role("tab", name="Train").click()
    form.locator('[data-preset="overfit"]').click()
    chosen = settings()
    page.get_by_role("tab", name="Learn").click()
    train.click()
    assert settings() == chosen  # nothing was changed in the script
    page.get_by_role("tab", name="Learn").click()
    page.locator("[name=script_epochs]").fill("5")
    train.click()
    form.locator(".go").wait_for()
    assert settings() == ["5", "15", "0.001"]
    assert form.locator('.recipe[aria-pressed="true"]').count() == 0


def test_train_opens_where_its_tab_is_in_the_menu_of_the_others(
    open_page: Callable[..., Any],
) -> None:
    """At 200 % zoom a laptop's window has room for two tabs."""
    page = open_page("#learn=12")
    page.set_viewport_size({"width": 683, "height": 384})
    page.locator("#tab_train-button").wait_for(state="detached")
    page.get_by_role("button", name="Go to Train").click()
    page.locator("#train form .go").wait_for()


# The WCAG's contrast of each figure with its square, the least of all.
LEAST_CONTRAST = """() => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const luminance = (colour) => {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        const parts = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((byte) => byte / 255);
        const [r, g, b] = parts.map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const squares = [...document.querySelectorAll(".bend-product [data-square]")];
    return Math.min(...squares.filter((one) => one.textContent).map((one) => {
        const { color, backgroundColor } = getComputedStyle(one);
        const [dark, light] = [luminance(color), luminance(backgroundColor)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    }));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_weights_figure_can_be_read_on_its_colour(
    open_page: Callable[..., Any], scheme: str
) -> None:
    page = open_page("#learn=3", color_scheme=scheme)
    page.wait_for_selector(".bend-product [data-square]")

    def is_readable() -> None:
        assert page.evaluate(LEAST_CONTRAST) >= 4.5

    eventually(page, is_readable)


def test_back_next_and_keys(open_page: Callable[..., Any]) -> None:
    page = open_page("#learn=1")
    page.locator("#lesson .squares").wait_for()
    page.locator("#lesson [data-go=next]").click()
    page.wait_for_selector('#lesson[data-step="2"]')
    assert page.evaluate("location.hash") == "#learn=2"
    page.go_back()
    page.wait_for_selector('#lesson[data-step="1"] .squares')
    square = page.locator('#lesson [data-square="0"]')
    square.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.locator("#lesson .picture-row li.on").count() == 9
    page.keyboard.press("Space")
    assert page.locator("#lesson .picture-row li").nth(6).locator("b").inner_text() == "1"


def test_a_link_that_is_being_made_stays_at_other_steps_and_in_another_language(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("#learn=1")
    page.locator(".lesson-extras summary", has_text=TEXTS["en"]["class_title"]).click()
    page.locator(".class-steps input").nth(4).uncheck()
    page.locator("#lesson [data-go=next]").click()
    page.wait_for_selector('#lesson[data-step="2"]')
    page.locator("button.language").click()
    page.locator(".lesson-extras summary", has_text=TEXTS["zh"]["class_title"]).wait_for()
    box = page.locator(".class-steps input").nth(4)
    assert box.is_visible() and not box.is_checked()
    assert page.locator(".class-steps legend").inner_text() == TEXTS["zh"]["class_steps"]


def test_a_class_gets_its_steps_alone(open_page: Callable[..., Any]) -> None:
    page = open_page("#learn=2&class=2,4&lang=zh")
    page.wait_for_selector('#lesson[data-step="2"] .squares')
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
    assert page.locator(".lesson-steps a span").all_inner_texts() == ["2", "4"]
    page.locator("#lesson [data-go=next]").click()
    page.wait_for_selector('#lesson[data-step="4"]')
    assert page.locator(".lesson-count").inner_text() == "第 4 步（2/2）"
    assert page.locator("#lesson [data-go=next]").is_disabled()
    assert page.locator("#lesson_offer").is_hidden()
    page.locator(".class-line button").click()
    assert page.locator(".lesson-steps a").count() == len(TASKS)
    assert page.locator(".lesson-count").inner_text() == "第 4 步，共 12 步"


@pytest.mark.parametrize("settings", VISITORS.values(), ids=VISITORS)
def test_the_offer_goes_for_good_and_moves_no_pad(
    open_page: Callable[..., Any], settings: dict[str, Any]
) -> None:
    page = open_page(**settings)
    pad, answer = page.locator("#pad canvas"), page.locator("#answer")
    before = pad.bounding_box(), answer.bounding_box()["y"]
    page.locator(".offer [data-do=later]").click()
    assert page.locator("#lesson_offer").is_hidden()
    assert pad.bounding_box() == before[0]
    if settings is PHONE:
        assert answer.bounding_box()["y"] == before[1]
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    assert page.locator("#lesson_offer").is_hidden()


def test_start_opens_the_first_step(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.locator(".offer [data-do=start]").click()
    page.wait_for_selector('#lesson[data-step="1"] .squares')
    assert page.locator("#lesson_offer").is_hidden()
    assert page.locator(LEARN).get_attribute("aria-selected") == "true"


def test_who_comes_by_a_drawings_link_gets_no_offer(open_page: Callable[..., Any]) -> None:
    page = open_page("#draw=anything")
    assert page.locator("#lesson_offer").is_hidden()
