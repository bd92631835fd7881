"""The Train tab in a real browser: to the end, stopped, two visitors at once, a page that is closed.

The page trains on the bundled digits and has one seat, whatever machine this is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits.data.dataset import Digits
from digits.data.preparation.centring import to_pixels
from digits.network.backends import OnnxBackend
from digits.network.checkpoint import load_weights
from digits.page import layout as train_layout
from digits.page.app import Settings, create_app
from digits.training.loop import predictions
from tests.support.browser import (
    PATIENCE,
    PHONE,
    SEVEN,
    draw,
    forget_everything,
    open_settings,
    open_tab,
    press_train,
    run_accuracy,
    start_long_run,
    wait_for_answer,
    wait_for_network,
    wait_for_state,
)
from tests.support.requests import ONE
from tests.support.sites import TrainingSite

OpenPage = Callable[..., Any]


@pytest.fixture
def site(training_site: TrainingSite) -> str:
    return training_site.address


def wait_for_runs(page: Any, count: int) -> None:
    """Until the last of so many runs is in the table and shown as done."""
    page.wait_for_function(
        f"document.querySelectorAll('.runs tr').length === {count + 1}", timeout=PATIENCE
    )
    wait_for_state(page, "done")


def test_until_the_server_has_looked_no_more_digits_are_promised_than_it_may_have(
    open_page: OpenPage,
) -> None:
    page = open_page()
    held: list[Any] = []
    page.route("**/component_server**", lambda route: held.append(route))
    page.get_by_role("tab", name="Train").click()
    facts, shape = page.locator(".recipe-facts"), page.locator("#train .shape")
    page.wait_for_function("document.querySelector('#train .shape').textContent.includes('·')")
    assert facts.first.inner_text().startswith("up to 60,000 images")
    assert facts.last.inner_text().startswith("100 images")  # any server has as many
    assert "up to 8,000 steps" in shape.inner_text()
    for route in held:
        route.continue_()
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    assert facts.first.inner_text().startswith("4,000 images")
    assert shape.inner_text().endswith(" · 534 steps")


def test_a_visitor_trains_to_the_end_and_the_pad_uses_the_network(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    open_tab(page, epochs=2, batch_size=20, width=32, layers=2)
    assert (
        "26,506 parameters (weights and biases) · 400 steps" in page.locator(".shape").inner_text()
    )
    press_train(page)
    wait_for_state(page, "done")
    assert run_accuracy(page) > 80
    assert "of 1,000 test digits read right" in page.locator(".run").inner_text()
    assert "Done. The pad now uses “run 1”." in page.locator(".run-note").inner_text()
    wait_for_answer(page)
    wait_for_network(page, "run 1")
    readings = page.locator(".own ol li").all_inner_texts()
    assert [text.split("\n")[0] for text in readings] == ["untrained", "epoch 1", "epoch 2"]
    page.get_by_role("button", name="Back to “tutorial”").click()
    wait_for_network(page, "tutorial")


def test_afterwards_it_shows_confusion_mistakes_and_runs(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page, epochs=1, batch_size=50)
    for number in (1, 2):
        press_train(page)
        wait_for_runs(page, number)
    counts = page.locator(".confusion td:not(.share)").all_inner_texts()
    assert len(counts) == 100 and sum(int(count or 0) for count in counts) == 1000
    diagonal = sum(int(count or 0) for count in counts[::11])
    assert diagonal == pytest.approx(10 * run_accuracy(page), abs=1)
    page.get_by_text("Sure of itself, and wrong").click()
    caption = page.locator(".mistakes li span").first.inner_text()
    label, said = re.findall(r"\d", caption)
    assert label != said


def test_four_test_digits_say_right_or_wrong_in_words_too(open_page: OpenPage) -> None:
    page = open_page()
    start_long_run(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "stopped")  # from here on they stand still
    tiles = page.locator(".samples li").all()
    assert len(tiles) == 4
    for tile in tiles:
        mark = tile.locator("small").inner_text()[0]
        label = tile.get_attribute("aria-label")
        assert (mark == "✓") == label.endswith("right") and (mark == "✗") == ("wrong" in label)


def test_curves_grow_while_it_learns(open_page: OpenPage) -> None:
    page = open_page()
    start_long_run(page)
    page.evaluate(
        """() => {
            window.grown = 0;
            const watched = document.querySelector(".chart.loss");
            new MutationObserver(() => { window.grown += 1; }).observe(watched, { childList: true });
        }"""
    )
    page.wait_for_function("window.grown >= 9", timeout=PATIENCE)
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "stopped")


def test_stop_keeps_what_was_learnt(open_page: OpenPage) -> None:
    page = open_page()
    start_long_run(page)
    page.wait_for_function(
        r"/\b([3-9]\d|100)(\.\d+)?\s?%/.test(document.querySelector('#train-status').innerText)",
        timeout=PATIENCE,
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "stopped")
    assert run_accuracy(page) > 20  # more than by chance: what was learnt, not what it began with
    assert "learnt so far" in page.locator(".run-note").inner_text()
    epochs = page.locator(".runs tr").last.locator("td").nth(3).text_content()
    assert 0 < float(epochs) < 20
    assert f"{epochs} of 20 epochs" in page.locator(".run-when").inner_text()
    assert f", {epochs} epoch" in page.locator("#picker").inner_text()


def test_by_keyboard_the_focus_goes_from_train_to_stop_and_back(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page, epochs=20, batch_size=1)
    page.locator("#train .go").press("Enter")
    assert page.evaluate("document.activeElement.className") == "stop"
    page.wait_for_selector('.run.drawn[data-state="running"]', timeout=PATIENCE)
    page.locator(".stop:focus").press("Enter")
    wait_for_state(page, "stopped")
    page.locator("#train .go:focus").wait_for()


def test_train_again_goes_on_from_the_own_network_or_afresh(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page, epochs=2, batch_size=20)
    press_train(page)
    wait_for_state(page, "done")
    reached = run_accuracy(page)
    for runs, (start, is_better) in enumerate((("yours-1", True), ("afresh", False)), start=2):
        page.locator("#train [name=start]").select_option(start)
        page.locator("#train [name=epochs]").fill("1")
        press_train(page)
        wait_for_runs(page, runs)
        first = page.locator(".chart.accuracy circle").first.get_attribute("cy")
        # Upwards is less: the curve begins where the last run ended, or at guessing.
        assert (float(first) < 40) == is_better
    assert reached > 80


def test_two_visitors_train_in_turn_and_see_their_place(open_page: OpenPage) -> None:
    one, other = open_page(), open_page()
    start_long_run(one)
    open_tab(other, epochs=1, batch_size=50)
    press_train(other)
    other.get_by_text("You are number 1 in line").wait_for()
    one.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(one, "stopped")
    wait_for_state(other, "done")
    draw(one, ONE)
    wait_for_network(one, "run 1")


def test_a_stop_that_the_server_did_not_hear_can_be_given_again(open_page: OpenPage) -> None:
    page = open_page()
    start_long_run(page)
    page.route("**/component_server**", lambda route: route.abort())
    page.get_by_role("button", name="Stop", exact=True).click()
    page.wait_for_selector(".stop:not([aria-disabled=true])")
    page.unroute("**/component_server**")
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "stopped")


def test_an_order_that_does_not_arrive_can_be_given_again(open_page: OpenPage) -> None:
    """The server answers, but the order was lost on the way: a proxy, a queue that is full."""
    page = open_page()
    open_tab(page, epochs=1, batch_size=50)
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, body="{}"))
    press_train(page)
    page.wait_for_selector('.run[data-state="lost"]', timeout=PATIENCE)
    assert "never began" in page.locator(".run-note").inner_text()
    page.unroute("**/queue/join*")
    press_train(page)
    wait_for_state(page, "done")


def test_what_is_forgotten_while_the_server_trains_does_not_come_back(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page, epochs=1, batch_size=50)
    press_train(page)
    wait_for_state(page, "done")
    start_long_run(page)
    forget_everything(page)
    wait_for_state(page, "idle")
    assert page.locator(".outcome").is_hidden()
    assert set(page.locator("select[name=network] option").all_inner_texts()) == {
        "sketch",
        "tutorial",
    }
    assert not page.locator(".run-note").inner_text().strip()


def test_stop_while_waiting_leaves_the_line(open_page: OpenPage) -> None:
    one, other = open_page(), open_page()
    start_long_run(one)
    open_tab(other, epochs=1)
    press_train(other)
    wait_for_state(other, "waiting")
    other.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(other, "idle")
    assert other.get_by_role("button", name="Train", exact=True).is_enabled()
    one.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(one, "stopped")


def test_a_closed_page_gives_up_its_seat(open_page: OpenPage) -> None:
    one, other = open_page(), open_page()
    start_long_run(one)
    open_tab(other, epochs=1, batch_size=50)
    press_train(other)
    wait_for_state(other, "waiting")
    one.close()  # its run would take minutes
    wait_for_state(other, "done")


def test_settings_out_of_range_are_named_and_refused(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page, epochs=99)
    assert "Epochs: a whole number from 1 to 20, please." in page.locator(".shape").inner_text()
    page.locator("#train summary").click()  # folded, the wrong field is out of sight
    press_train(page)
    assert page.locator("#train [name=epochs]").evaluate(
        "(field) => field === document.activeElement"
    )
    assert page.locator(".run").get_attribute("data-state") == "idle"  # nothing was sent
    page.locator("#train [name=epochs]").fill("1")
    press_train(page)
    wait_for_state(page, "done")


def test_the_own_network_can_be_taken_away(
    open_page: OpenPage, bundled: Digits, tmp_path: Path
) -> None:
    page = open_page()
    open_tab(page, epochs=1, batch_size=50)
    press_train(page)
    wait_for_state(page, "done")
    paths = {}
    for kind in ("pt", "onnx", "py"):
        with page.expect_download() as download:
            page.locator(f"[data-kind={kind}]").click()
        paths[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(paths[kind])
    pixels = to_pixels(bundled.test_images)
    said = OnnxBackend(paths["onnx"]).predict(pixels).argmax(axis=1)
    assert 100 * (said == bundled.test_labels).mean() == pytest.approx(run_accuracy(page), abs=0.06)
    model, card = load_weights(paths["pt"])
    assert card.recipe["batch_size"] == 50 and card.recipe["epochs"] == 1
    assert np.array_equal(said, predictions(model, bundled.test_images))
    script = paths["py"].read_text(encoding="utf-8")
    compile(script, "script", "exec")
    assert "split(50)" in script


def test_without_torch_the_panel_says_what_to_install(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_layout, "is_installed", lambda package: False)
    built = create_app(Settings(weights="tutorial"))
    with built.served() as address:
        look_at_train_without_torch(browser, address)


def look_at_train_without_torch(browser: Any, address: str) -> None:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#answer .answer[data-serial]")
    page.get_by_role("tab", name="Train").click()
    page.get_by_text("pip install torch torchvision", exact=False).first.wait_for()
    assert page.locator(
        "#train .engine"
    ).is_hidden()  # this browser trains: tests/page/test_small.py
    assert page.get_by_role("button", name="Train", exact=True).is_enabled()
    draw(page, ONE)
    assert page.locator(".answer-digit").inner_text() == "1"
    context.close()


def test_whatever_fails_in_a_training_its_visitor_can_try_again(
    open_page: OpenPage, training_site: TrainingSite
) -> None:
    page = open_page()
    training_site.failures.append(RuntimeError("out of something"))
    open_tab(page, epochs=1, batch_size=50)
    press_train(page)
    wait_for_state(page, "problem")
    assert "Press Train to try again" in page.locator(".run-note").inner_text()
    press_train(page)
    wait_for_state(page, "done")


@pytest.mark.parametrize("settings", [{}, PHONE, {"locale": "zh-CN"}])
def test_the_tab_has_no_sideways_scroll(open_page: OpenPage, settings: dict[str, Any]) -> None:
    page = open_page(**settings)
    page.locator("[role=tab][aria-controls=tab_train]").click()
    open_settings(page)
    page.locator("#train [name=epochs]").fill("1")
    page.locator("#train .go").click()
    wait_for_state(page, "done")
    page.wait_for_selector(".confusion td")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
