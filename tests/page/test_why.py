"""Why this answer, break it and mend it, the glossary and a class's link, in the real page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from digits.page.static_files import address
from tests.support.browser import PATIENCE, PHONE, SEVEN, draw, module, open_tab, press_train, state

OpenPage = Callable[..., Any]

MOUNT = """async (part) => {
    const { mount } = await import(part);
    const root = document.createElement("div");
    root.id = "part";
    document.querySelector(".inside").before(root);
    const done = () => { root.dataset.done = "yes"; };
    mount(root, { done });
}"""


def number(words: str) -> float:
    """The first number in a text, whatever its minus and its thousands look like."""
    found = re.search(r"[-+]?\d[\d,]*\.?\d*", words.replace("\u2212", "-"))
    assert found, words
    return float(found[0].replace(",", ""))


def open_inside(page: Any) -> None:
    draw(page, SEVEN)
    page.locator("#tab_inside-button").evaluate("(tab) => tab.click()")  # a phone has it in a menu


def open_why(page: Any) -> None:
    open_inside(page)
    page.locator(".inside-why").scroll_into_view_if_needed()
    page.wait_for_selector('.why-tip[data-state="found"]')


def mount(page: Any, part: str) -> Any:
    """A lazy part of the lesson, mounted where the room Inside is."""
    site = page.evaluate("document.baseURI")
    page.evaluate(MOUNT, site + address(part))
    return page.locator("#part")


def balance(page: Any) -> list[float]:
    return [number(words) for words in page.locator(".why-balance .amount").all_inner_texts()]


def test_what_the_pixels_gave_adds_up_to_the_networks_own_sum(open_page: OpenPage) -> None:
    page = open_page()
    open_why(page)
    plus, minus, rest, lead = balance(page)
    assert plus > 0 > minus
    assert round(plus + minus + rest, 2) == lead
    sums = {
        int(row.locator("td").nth(0).inner_text()): number(row.locator("td").nth(1).inner_text())
        for row in page.locator(".softmax-table tbody tr:not(.total)").all()
    }
    second = int(page.locator('.why-choice [aria-pressed="true"]').inner_text())
    assert second == sorted(sums, key=lambda label: -sums[label])[1]
    assert abs(lead - (sums[7] - sums[second])) < 0.02
    page.get_by_role("button", name="its sum alone").click()
    plus, minus, rest, own = balance(page)
    assert round(plus + minus + rest, 2) == own and abs(own - sums[7]) < 0.011
    page.locator(".why-choice").get_by_role("button", name="1", exact=True).click()
    assert abs(balance(page)[3] - (sums[7] - sums[1])) < 0.02


WITHOUT_ACTIVATION = """async (address) => {
    const { modules } = await import(address);
    const { state } = modules["services/state.js"]();
    const loaded = state.get("network");
    const { sizes, weights } = loaded.network;
    const { createNetwork } = modules["core/network.js"]();
    state.set("network", { ...loaded, network: createNetwork({ sizes, weights, activation: "identity" }) });
}"""


def test_nothing_bends_in_a_network_without_activation(open_page: OpenPage) -> None:
    page = open_page()
    page.wait_for_selector("#pad canvas[data-serial]")
    page.evaluate(WITHOUT_ACTIVATION, module(page))
    open_why(page)
    assert "with the same weights for every drawing" in page.locator(".why-how").inner_text()
    assert page.locator(".node-said").inner_text() == (
        "This network has no activation: the sum goes on as it is."
    )
    plus, minus, rest, lead = balance(page)
    assert round(plus + minus + rest, 2) == lead


def test_the_smallest_change_tips_the_answer_and_half_of_it_does_not(open_page: OpenPage) -> None:
    page = open_page()
    open_why(page)
    after = page.locator(".why-tip .after")
    tipped = after.inner_text()
    assert re.fullmatch("reads [0-689]", tipped)
    said = page.locator(".why-tip-said").inner_text()
    assert f"it {tipped}" in said or f"becomes {tipped[-1]}" in said
    slider = page.get_by_label("How much of it")
    slider.fill("50")
    assert after.inner_text() == "reads 7"
    slider.fill("120")
    assert after.inner_text() != "reads 7"
    assert "tipped" in after.get_attribute("class")


# How far the pixel moves that moves most, in percent, where the drawing on the pad is made another digit.
MOST_CHANGED = """async ([script, explanation, wanted]) => {
    const { modules } = await import(script);
    const { findChange } = await import(explanation);
    const { toPixels } = modules["core/network.js"]();
    const { state } = modules["services/state.js"]();
    const pixels = toPixels(modules["core/base64.js"]().unpack(state.get("answer").shown.image.bytes));
    const work = findChange(state.get("network").network, pixels, 7, wanted);
    for (let next = work.next(); ; next = work.next()) if (next.done) return 100 * next.value.largest;
}"""


def test_no_pixel_changes_by_more_than_is_said(open_page: OpenPage) -> None:
    page = open_page()
    open_why(page)
    explanation = page.evaluate("document.baseURI") + address("core/explanation.js")
    for wanted in (1, 2, 3, 9):
        page.locator(f'.why-choice [data-digit="{wanted}"]').click()
        page.wait_for_selector('.why-tip[data-state="found"]')
        largest = page.evaluate(MOST_CHANGED, [module(page), explanation, wanted])
        said = page.locator(".why-tip-said").inner_text()
        assert 0 <= number(said.split("by more than ")[1]) - largest < 1, (said, largest)


def test_the_most_similar_digits_are_found_by_pixels_and_by_the_last_layer(
    open_page: OpenPage,
) -> None:
    page = open_page()
    open_why(page)
    for name in ("By pixels", "By the last hidden layer"):
        page.get_by_role("button", name=name).click()
        page.wait_for_selector(".why-tiles li:nth-child(10)", timeout=PATIENCE)
        labels = page.locator(".why-tiles li").all_inner_texts()
        assert labels.count("7") >= 8, labels
        words = page.locator(".why-similar-said").inner_text()
        assert f"{labels.count('7')} of them are 7" in words
    said = page.locator(".why-similar-said").inner_text()
    page.locator("#pad canvas").focus()
    page.keyboard.press("3")  # a sample: what is found follows the drawing
    page.wait_for_function(
        "(before) => !['', before].includes(document.querySelector('.why-similar-said').innerText)"
        " && document.querySelectorAll('.why-tiles li').length === 10"
        " && document.querySelector('.why-similar-said').innerText.includes('are 3')",
        arg=said,
        timeout=PATIENCE,
    )


def marks(page: Any) -> float:
    """The accuracy, once all digits are counted."""
    page.wait_for_function(
        "/\\d/.test(document.querySelector('.break-marks:not(.counting) b')?.textContent)",
        timeout=PATIENCE,
    )
    return number(page.locator(".break-marks b").inner_text())


def test_a_broken_network_reads_worse_and_undo_mends_it(open_page: OpenPage) -> None:
    page = open_page()
    open_inside(page)
    part = mount(page, "break_it.js")
    whole = marks(page)
    assert whole > 90
    assert part.locator(".break-said b").inner_text() == "7"
    before = part.locator(".break-drawing canvas").evaluate("(canvas) => canvas.toDataURL()")
    for name, value, worse in (("keep", "12", 60), ("noise", "3", 60), ("right", "8", 60)):
        part.locator(f"[name={name}]").fill(value)
        page.wait_for_function(
            "(most) => parseFloat(document.querySelector('.break-marks b').textContent) < most",
            arg=worse,
            timeout=PATIENCE,
        )
        part.get_by_role("button", name="Undo").click()
        page.wait_for_function(
            "(whole) => parseFloat(document.querySelector('.break-marks b').textContent) === whole",
            arg=whole,
            timeout=PATIENCE,
        )
    assert before == part.locator(".break-drawing canvas").evaluate("(one) => one.toDataURL()")
    assert part.get_by_role("button", name="Undo").is_disabled()
    part.get_by_label("Take the biases away").check()
    page.wait_for_function(
        "(whole) => parseFloat(document.querySelector('.break-marks b').textContent) < whole",
        arg=whole,
        timeout=PATIENCE,
    )
    assert part.get_attribute("data-done") is None  # the task is about nodes
    part.get_by_role("button", name="Mend everything").click()
    assert not part.get_by_label("Take the biases away").is_checked()


def test_enough_nodes_off_make_it_fail_and_the_page_sees_that(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    open_inside(page)
    part = mount(page, "break_it.js")
    first = part.locator(".break-grid button").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    second = part.locator(".break-grid button").nth(1)
    assert second.get_attribute("aria-pressed") == "true"
    assert first.get_attribute("aria-pressed") == "false"
    warmest = part.get_by_role("button", name="Off: the warmest one")
    for _ in range(190):
        if part.get_attribute("data-done"):
            break
        warmest.click()
    assert part.get_attribute("data-done") == "yes"
    off = part.locator('.break-grid [aria-pressed="true"]').count()
    assert f"It took {off} of 192 nodes" in part.locator(".break-status").inner_text()
    assert part.locator(".break-said b").inner_text() != "7"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_half_a_stroke_proves_nothing(open_page: OpenPage) -> None:
    page = open_page()
    open_inside(page)
    part = mount(page, "break_it.js")
    for _ in range(20):
        part.get_by_role("button", name="Off: 10 at random").click()
    status = part.locator(".break-status")
    waiting = part.locator(".break-status", has_text="How many nodes")
    assert "of 192" in status.inner_text()
    box = page.locator("#pad canvas").bounding_box()
    x, y = (box[side] + box[long] / 2 for side, long in (("x", "width"), ("y", "height")))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y, steps=4)  # a bar through the seven
    waiting.wait_for()
    page.mouse.up()
    waiting.wait_for(state="detached")
    assert "of 192" in status.inner_text()


def test_it_still_copes_only_where_the_drawing_is_read_as_before_with_nodes_off_alone(
    open_page: OpenPage,
) -> None:
    page = open_page()
    open_inside(page)
    part = mount(page, "break_it.js")
    status, said = part.locator(".break-status"), part.locator(".break-said")
    for _ in range(20):
        part.get_by_role("button", name="Off: 10 at random").click()
    assert part.locator('.break-grid [aria-pressed="true"]').count() == 192

    def put_on_pad(sample: str) -> None:
        page.locator("#pad canvas").focus()
        page.keyboard.press(sample)
        said.locator("span", has_text=f"reads {sample}").wait_for()

    def is_judged() -> None:
        is_misread = "wrong" in said.get_attribute("class").split()
        assert ("still copes" in status.inner_text()) != is_misread, status.inner_text()
        assert ("It took" in status.inner_text()) == is_misread

    is_judged()
    for sample in "310":  # whatever the biases alone read, it is not all of these
        put_on_pad(sample)
        is_judged()
    part.get_by_role("button", name="Mend everything").click()
    put_on_pad("6")
    for name, value in (("noise", "3"), ("keep", "12"), ("right", "8")):
        part.locator(f"[name={name}]").fill(value)
        part.get_by_role("button", name="Off: the warmest one").click()
        assert status.inner_text().startswith("How many nodes must be off until it fails")
        part.get_by_role("button", name="Mend everything").click()


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desk", "phone"])
def test_a_term_opens_its_entry_by_key_and_gives_the_focus_back(
    open_page: OpenPage, settings: dict[str, Any]
) -> None:
    page = open_page(**settings)
    open_why(page)
    term = page.get_by_role("button", name="weight", exact=True)
    term.focus()
    page.keyboard.press("Enter")
    entry = page.get_by_role("dialog", name="Weight")
    assert "A number on a connection" in entry.inner_text()
    assert term.get_attribute("aria-expanded") == "true"
    box = entry.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    assert box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]
    assert entry.locator("svg *").count() > 3
    page.keyboard.press("Escape")
    assert entry.count() == 0
    assert term.evaluate("(button) => button === document.activeElement")
    term.click()
    page.mouse.click(5, 5)
    assert page.locator(".term-entry").count() == 0


def test_a_class_gets_a_link_of_what_was_chosen(open_page: OpenPage) -> None:
    page = open_page()
    open_inside(page)
    part = mount(page, "class_link.js")
    field = part.get_by_label("The link")
    assert field.input_value().endswith("/#learn=1&class=1-12")
    part.get_by_role("button", name="None").click()
    assert field.input_value() == "" and part.get_by_role("button", name="Copy").is_disabled()
    for step in (2, 3, 4, 11):
        part.locator(f"input[value='{step}']").check()
    part.get_by_label("Recipe").select_option("fast")
    part.get_by_label("Epochs").fill("99")
    assert "From 1 to 20" in part.locator(".class-note").inner_text()
    part.get_by_label("Epochs").fill("3")
    part.get_by_label("Learning rate").fill("0.002")
    part.get_by_label("Language").select_option("zh")
    link = "#learn=2&class=2-4,11&recipe=fast&epochs=3&rate=0.002&lang=zh"
    assert field.input_value().endswith("/" + link)


def test_a_classs_link_sets_language_and_training_and_hides_the_rest(open_page: OpenPage) -> None:
    link = "/#learn=2&class=2-4&recipe=fast&epochs=3&rate=0.002&lang=zh"
    page = open_page(link)
    page.get_by_text("这是老师选好的课。").wait_for()
    assert state(page, "language") == "zh"
    assert not page.locator("#tab_code-button").is_visible()
    page.locator("#tab_train-button").evaluate("(tab) => tab.click()")
    assert page.locator("#train [name=epochs]").input_value() == "3"
    assert page.locator("#train [name=learning_rate]").input_value() == "0.002"
    assert page.locator("#train [name=batch_size]").input_value() == "320"
    page.locator("#tab_learn-button").click()
    page.get_by_role("button", name="显示整个页面").click()
    assert page.locator("#tab_code-button").is_visible()


def test_a_cell_of_the_confusion_matrix_shows_its_digits(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page, epochs=1, batch_size=100)
    press_train(page)
    page.wait_for_selector(".confusion td button", timeout=PATIENCE)
    cell = page.locator(".confusion td:not(.diagonal) button").first
    count = int(cell.inner_text())
    cell.click()
    page.wait_for_selector(".cell-pictures:not([hidden]) canvas", timeout=PATIENCE)
    assert page.locator(".cell-pictures canvas").count() == min(count, 24)
    note = page.locator(".cell-note").inner_text()
    assert note.startswith(f"{count} of the ")
