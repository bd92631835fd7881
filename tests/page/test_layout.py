"""Nothing lies over anything else and a run is seen whole, in the windows that people have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import (
    IN_SIGHT,
    PATIENCE,
    RUN_PARTS,
    SEVEN,
    draw,
    open_settings,
    wait_for_answer,
    wait_for_state,
)

OpenPage = Callable[..., Any]
TOUCH = {"has_touch": True, "is_mobile": True}
WINDOWS: dict[str, dict[str, Any]] = {
    "laptop": {"viewport": {"width": 1366, "height": 768}},
    "projector at 125 %": {"viewport": {"width": 1093, "height": 614}, "device_scale_factor": 1.25},
    "tablet": {"viewport": {"width": 768, "height": 1024}, **TOUCH},
    "tablet held sideways": {"viewport": {"width": 1180, "height": 820}, **TOUCH},
    "small tablet held sideways": {"viewport": {"width": 1024, "height": 600}, **TOUCH},
    "phone": {"viewport": {"width": 390, "height": 844}, **TOUCH},
    "phone held sideways": {"viewport": {"width": 844, "height": 390}, **TOUCH},
}
# What lies wrong, a line each.
WRONG = """() => {
    const wrong = [];
    const boxes = (selector) =>
        [...document.querySelectorAll(selector)].map((node) => node.getBoundingClientRect());
    const [pad, answer, tabs, teach, note] =
        ["#pad", "#answer", "#tabs", "#teach", ".teach-note"].map((selector) => boxes(selector)[0]);
    for (const { left, right, width } of boxes(".tools button")) {
        if (width && (left < pad.left - 1 || right > pad.right + 1)) wrong.push("a tool beside the pad");
    }
    for (const row of document.querySelectorAll(".own ol li")) {
        const cells = [...row.children].map((cell) => cell.getBoundingClientRect());
        if (cells.some(({ right }, at) => at + 1 < cells.length && right > cells[at + 1].left)) {
            wrong.push("words over a bar");
        }
    }
    for (const fact of document.querySelectorAll(".dotted > span")) {
        if (fact.getClientRects().length > 1) wrong.push(`broken: ${fact.textContent}`);
    }
    if (Math.abs(tabs.left - answer.left) > 1) wrong.push("tabs out of line");
    const [one, other] = boxes("svg.chart.accuracy, svg.chart.loss");
    if (Math.abs(one.top - other.top) > 1) wrong.push("charts at two heights");
    if (innerWidth <= 860 && note.width && note.width < 0.95 * teach.width) wrong.push("a narrow note");
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) wrong.push("wider than the window");
    return wrong;
}"""


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("window", WINDOWS)
def test_a_run_is_seen_whole_and_nothing_lies_over_it(
    open_page: OpenPage, window: str, locale: str
) -> None:
    page = open_page(locale=locale, **WINDOWS[window])
    draw(page, SEVEN)
    page.locator("#tab_train-button").click()
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    open_settings(page)
    page.locator("#train [name=epochs]").fill("20")
    page.locator("#train [name=batch_size]").fill("1")
    page.locator("#train .go").click()
    page.wait_for_selector(".run.drawn", timeout=PATIENCE)
    for part in RUN_PARTS:
        page.wait_for_function(IN_SIGHT, arg=part)
    assert page.evaluate(WRONG) == []
    page.locator(".stop").click()
    wait_for_state(page, "stopped")
    wait_for_answer(page)
    assert page.evaluate(WRONG) == []


OVERLAPPING = """() => {
    const boxes = [...document.querySelectorAll(".run .samples :is(canvas, small)")].map((node) => {
        const words = document.createRange();
        words.selectNodeContents(node);
        return (node.localName === "canvas" ? node : words).getBoundingClientRect();
    });
    const meet = (one, other) => one.left < other.right && other.left < one.right
        && one.top < other.bottom && other.top < one.bottom;
    return boxes.length !== 8 || boxes.some((one, i) => boxes.slice(i + 1).some((other) => meet(one, other)));
}"""
SPILLING = """() => [...document.querySelectorAll(".recipe")].filter((card) => {
    const words = document.createRange();
    words.selectNodeContents(card);
    return words.getBoundingClientRect().right > card.getBoundingClientRect().right - 8;
}).map((card) => card.textContent)"""


def test_at_200_percent_nothing_of_a_run_or_a_recipe_lies_over_the_next(
    open_page: OpenPage,
) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 683, "height": 384}, device_scale_factor=2)
    page.locator("#tab_train-button").click()
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    page.locator("button.language").click()  # in English some tabs are in a menu
    page.wait_for_function("document.documentElement.lang.startsWith('en')")
    assert page.evaluate(SPILLING) == []
    open_settings(page)
    page.locator("#train [name=train_images]").fill("2000")
    page.locator("#train .go").click()
    wait_for_state(page, "done")
    page.wait_for_selector(".run .samples canvas")
    assert page.evaluate(OVERLAPPING) is False


@pytest.mark.parametrize("window", ["laptop", "projector at 125 %"])
def test_a_room_that_is_opened_low_down_comes_up(open_page: OpenPage, window: str) -> None:
    page = open_page(**WINDOWS[window])
    draw(page, SEVEN)
    top = "document.querySelector('#tabs').getBoundingClientRect().top / innerHeight"
    assert page.evaluate(top) > 0.6
    page.locator("#tab_inside-button").click()
    page.wait_for_function(f"{top} < 0.1")
    page.wait_for_function(IN_SIGHT, arg="#pad canvas")  # the pad stays


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_phones_first_screen_leads_on(open_page: OpenPage, locale: str) -> None:
    """Pad, answer and tabs; a newcomer is offered the lesson there until the Learn tab was opened."""
    page = open_page(locale=locale, **WINDOWS["phone"])
    offer, corrections = page.locator(".offer"), page.locator("#teach .ask")
    for seen in (offer, page.locator("#tab_train-button"), page.locator("#tab_code-button")):
        seen.wait_for()
    assert all(page.evaluate(IN_SIGHT, part) for part in (".offer", "#tab_code-button"))
    assert not corrections.is_visible()
    draw(page, SEVEN)
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(IN_SIGHT, "#tab_code-button")
    assert corrections.is_visible() and not offer.is_visible()
    page.locator('#pad [data-do="clear"]').click()
    offer.wait_for()
    page.locator("#tab_learn-button").click()
    offer.wait_for(state="hidden")
    corrections.wait_for()


# What of the lesson's live part and of the workbench reaches out of its room; code may be scrolled.
CUT = """() => {
    const room = document.querySelector(".lesson-room").getBoundingClientRect();
    const parts = document.querySelectorAll(".lesson-part *, .working.learn *");
    const seen = [...parts].filter((part) => !part.closest(".spoken, .part-code, code, pre"));
    const boxes = seen.map((part) => [part, part.getBoundingClientRect()]);
    const out = boxes.filter(([, { width, right }]) => width && right > room.right + 2);
    const thin = boxes.filter(([part, { width }]) => part.type === "range" && width && width < 60);
    const figures = [...document.querySelectorAll(".outputs-row :is(output, em, b)")];
    const wide = figures.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => [part]);
    return [...out, ...thin, ...wide].map(([part]) => part.outerHTML.slice(0, 80));
}"""


@pytest.mark.parametrize(
    "size", [(683, 384), (900, 700), (360, 740)], ids=["200 percent", "small window", "phone"]
)
def test_in_little_room_no_step_of_the_lesson_and_no_workbench_is_cut(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("#learn=1", viewport={"width": size[0], "height": size[1]})
    draw(page, SEVEN)
    page.wait_for_selector("#step-loss:has-text('.')", timeout=PATIENCE)
    cut = []
    for step in range(1, 12):  # the twelfth is code
        page.evaluate(f"location.hash = 'learn={step}'")
        page.wait_for_selector(f'#lesson[data-step="{step}"] .lesson-part > *', timeout=PATIENCE)
        if step == 4:
            page.get_by_role("button", name="Sums of your drawing").click()
        cut += [f"{step}: {part}" for part in page.evaluate(CUT)]
    assert not cut, "\n".join(cut)


OVER_PICTURES = """() => {
    const [table, pictures] = [".node-sum", ".node-pictures"].map((selector) =>
        document.querySelector(`.inside ${selector}`).getBoundingClientRect());
    return table.right > pictures.left && table.bottom > pictures.top;
}"""


def test_at_200_percent_a_nodes_sum_does_not_lie_under_its_pictures(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    page.locator("#tab_inside-button").click()  # in a narrow window it is in a menu
    page.wait_for_selector(".softmax-table tr.first")
    page.set_viewport_size({"width": 683, "height": 384})
    page.wait_for_function("innerWidth === 683")
    assert page.evaluate(OVER_PICTURES) is False
