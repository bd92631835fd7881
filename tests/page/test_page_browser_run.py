"""The Train tab with this browser as the engine: to the end, out of the line, and with the server gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import (
    ONE,
    PATIENCE,
    SEVEN,
    draw,
    eventually,
    forget_everything,
    module,
    open_tab,
    press_train,
    run_accuracy,
    start_long_run,
    state,
    until,
    wait_for_answer,
    wait_for_network,
    wait_for_state,
)
from tests.support.sites import TrainingSite

OpenPage = Callable[..., Any]
TRAIN_NOTHING = """async (address) => {
    const { createTraining } = await import(new URL("services/trainer_client.js", address));
    return new Promise((done) => {
        const hear = (message) => message.kind !== "opened" && done(message);
        const settings = { sizes: [784, 10], activation: "none", batchSize: 15, seed: 1 };
        createTraining("digits/learn", hear).send({ kind: "begin", settings });
    });
}"""


@pytest.fixture
def site(training_site: TrainingSite) -> str:
    return training_site.address


def choose_browser(page: Any, **settings: object) -> None:
    open_tab(page, **settings)
    page.get_by_label("Trains with").select_option("browser")


def train_on_the_server(page: Any) -> None:
    """A run of a moment, to its end."""
    page.get_by_role("tab", name="Train").click()
    page.get_by_label("Trains with").select_option("server")  # a reload takes up the last settings
    open_tab(page, epochs=1, batch_size=50, train_images=1000)
    press_train(page)
    wait_for_state(page, "done")


def test_what_fails_in_the_worker_reaches_the_page(open_page: OpenPage) -> None:
    """A network that cannot be: the worker's work fails after its command was heard."""
    page = open_page()
    told = page.evaluate(TRAIN_NOTHING, module(page))
    assert told["kind"] == "failed"
    assert "no activation" in told["reason"]


def test_this_browser_trains_and_everything_is_as_ever(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, SEVEN)
    choose_browser(page, epochs=2, batch_size=20, width=32, layers=2, train_images=2000)
    press_train(page)
    wait_for_state(page, "done")
    assert run_accuracy(page) > 75
    assert "Done. The pad now uses “run 1”." in page.locator(".run-note").inner_text()
    wait_for_answer(page)
    wait_for_network(page, "run 1")
    readings = page.locator(".own ol li").all_inner_texts()
    assert [text.split("\n")[0] for text in readings] == ["untrained", "epoch 1", "epoch 2"]
    counts = page.locator(".confusion td:not(.share)").all_inner_texts()
    assert sum(int(count or 0) for count in counts) == 1000
    assert sum(int(count or 0) for count in counts[::11]) == pytest.approx(
        10 * run_accuracy(page), abs=1
    )
    assert len(page.locator(".runs tr").all()) == 2
    assert "this browser" in page.locator(".runs").text_content()
    with page.expect_download() as download:
        page.locator("[data-kind=pt]").click()
    assert download.value.suggested_filename.endswith(".pt")
    page.get_by_role("tab", name="Code").click()
    page.locator(".code code", has_text="It learnt in a browser").wait_for()
    script = page.locator(".code code").text_content()
    assert "another than the page's" in script and "On the page it read" not in script
    page.get_by_role("tab", name="Inside").click()
    assert state(page, "network")["network"]["sizes"] == [784, 32, 32, 10]
    page.reload()
    wait_for_network(page, "run 1")


def reopen(page: Any) -> None:
    """Reload. Gradio does that by itself once it is connected again, which may come in between."""
    from playwright.sync_api import Error

    try:
        page.reload()
    except Error as error:
        assert "ERR_ABORTED" in str(error)
        page.wait_for_load_state()
    page.get_by_role("tab", name="Train").click()


def curves(page: Any) -> list[str]:
    lines = page.locator(".run .chart path").all()
    return [line.get_attribute("d") for line in lines]


def test_it_goes_on_from_a_network_that_ships_and_a_reload_shows_it_again(
    open_page: OpenPage,
) -> None:
    page = open_page()
    choose_browser(page)
    page.locator('.recipe[data-preset="fast"]').click()
    page.get_by_label("Start from").select_option(label="go on from “sketch”")
    page.locator("#train [name=width]").fill("32")  # it keeps its shape all the same
    press_train(page)
    wait_for_state(page, "done")
    assert run_accuracy(page) > 93  # what it began with reads, and the recipe does no harm
    assert "It goes on from “sketch”" in page.locator(".run-notes").inner_text()
    assert "784 → 64 → 64 → 64 → 10" in page.locator(".run-settings").inner_text()
    shown = page.locator(".run-settings").inner_text()
    assert "from “sketch”" in shown and "this browser" in shown
    page.locator("summary", has_text="Your runs on this page").click()
    assert "from “sketch”" in page.locator(".runs").inner_text()

    then = [curves(page), run_accuracy(page), shown, page.locator(".runs").inner_text()]
    reopen(page)
    wait_for_state(page, "done")
    page.locator("summary", has_text="Your runs on this page").click()
    now = [
        curves(page),
        run_accuracy(page),
        page.locator(".run-settings").inner_text(),
        page.locator(".runs").inner_text(),
    ]
    assert now == then
    assert "The pad now uses “run 1”" in page.locator(".run-note").inner_text()

    session = page.evaluate("sessionStorage.getItem('digits-session')")
    address = page.url.split("#")[0].rstrip("/")
    page.request.post(f"{address}/digits/forget", data={"session": session})
    reopen(page)  # the server remembers nothing of it now
    wait_for_state(page, "done")
    assert curves(page) == then[0]
    page.wait_for_function(
        "document.querySelector('.run-note').innerText.includes('The pad now uses')"
    )

    forget_everything(page)
    wait_for_state(page, "idle")
    assert page.locator(".outcome").is_hidden()
    reopen(page)
    page.wait_for_selector(".data-note:not(:empty)", state="attached")
    assert page.locator(".run").get_attribute("data-state") == "idle"


def test_it_goes_on_from_an_own_network_and_lies_over_its_curve(open_page: OpenPage) -> None:
    page = open_page()
    choose_browser(page, epochs=1, batch_size=20, width=16, layers=1, train_images=1000)
    press_train(page)
    wait_for_state(page, "done")
    first = run_accuracy(page)
    page.get_by_label("Start from").select_option(label="go on from “run 1”")
    assert "784 → 16 → 10" in page.locator(".shape").inner_text()
    press_train(page)
    page.wait_for_function("document.querySelectorAll('.runs tr').length === 3", timeout=PATIENCE)
    wait_for_state(page, "done")
    assert run_accuracy(page) > first - 3
    start = state(page, "training")["curve"][0]
    assert start[2] > 0.5  # untrained, it would guess
    page.reload()
    page.get_by_role("tab", name="Train").click()
    wait_for_state(page, "done")
    page.locator(".overlay select").select_option(label="run 1")
    assert page.locator(".chart.accuracy .other").count() == 1


def test_who_waits_in_line_may_train_here_instead(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    start_long_run(first)
    open_tab(second, epochs=1, batch_size=50)
    press_train(second)
    wait_for_state(second, "waiting")
    second.get_by_role("button", name="Train in this browser instead").click()
    wait_for_state(second, "done")
    assert run_accuracy(second) > 50
    assert state(second, "training")["engine"] == "browser"
    stop = first.get_by_role("button", name="Stop", exact=True)
    if stop.is_visible():  # on a slow machine that run may be over
        stop.click()
    first.wait_for_selector(
        '.run:is([data-state="stopped"], [data-state="done"])', timeout=PATIENCE
    )


def test_inside_of_a_layer_of_four_nodes_adds_up_four_terms(open_page: OpenPage) -> None:
    page = open_page()
    choose_browser(page, epochs=1, batch_size=50, width=4, layers=1, train_images=1000)
    press_train(page)
    wait_for_state(page, "done")
    draw(page, ONE)
    page.get_by_role("tab", name="Inside").click()
    page.wait_for_selector(".softmax-table tr.first")
    page.locator("canvas.net").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")  # to the outputs
    rows = page.locator(".node-sum tbody tr:visible")
    assert rows.count() == 8  # four terms, the others, the bias, the sum, and where it goes
    names = rows.locator("td:first-child").all_inner_texts()
    assert names[4] == "0 others"
    cells = rows.locator("td:last-child").all_inner_texts()
    *terms, total, _ = (float(words.replace("\u2212", "-")) for words in cells)
    assert round(sum(terms), 2) == total


def test_a_stop_while_the_digits_are_fetched_is_at_once_and_leaves_nothing(
    open_page: OpenPage,
) -> None:
    page = open_page()
    choose_browser(page, epochs=1, batch_size=50, train_images=1000)
    held: list[Any] = []
    page.context.route("**/digits/learn", lambda route: held.append(route))  # it hangs
    press_train(page)
    page.wait_for_selector('.run[data-state="loading"]')
    until(page, lambda: bool(held))
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "idle")
    assert state(page, "own") == []
    page.context.unroute("**/digits/learn")
    press_train(page)
    wait_for_state(page, "done")


def test_stop_keeps_what_was_learnt(open_page: OpenPage) -> None:
    page = open_page()
    choose_browser(page, epochs=20, batch_size=10)
    press_train(page)
    page.wait_for_function(
        "parseFloat(document.querySelector('#train-status').textContent) > 50", timeout=PATIENCE
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "stopped")
    assert state(page, "choice")["network"] == state(page, "training")["network"]["id"]


def test_a_run_that_leaving_ended_is_said_to_be_gone_whatever_the_server_has(
    open_page: OpenPage,
) -> None:
    page = open_page()
    train_on_the_server(page)
    choose_browser(page, epochs=20, batch_size=1, train_images=10000)
    press_train(page)
    page.wait_for_selector(".run.drawn[data-state=running]", timeout=PATIENCE)
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    reopen(page)
    assert asked == ["beforeunload"]
    note = page.get_by_text("A training in this browser ends with the page that began it")
    note.wait_for(timeout=PATIENCE)
    assert page.locator(".run").get_attribute("data-state") == "idle"
    chosen = [page.locator(f"#train [name={name}]") for name in ("engine", "epochs", "batch_size")]
    assert [field.input_value() for field in chosen] == ["browser", "20", "1"]  # as it was
    reopen(page)  # said once
    wait_for_state(page, "done")
    assert asked == ["beforeunload"]


def test_the_server_goes_in_the_middle_and_the_network_is_there_all_the_same(
    open_page: OpenPage,
) -> None:
    page = open_page()
    draw(page, SEVEN)
    train_on_the_server(page)
    choose_browser(page, epochs=20, batch_size=20, train_images=10000)
    press_train(page)
    page.wait_for_selector(".run.drawn[data-state=running]", timeout=PATIENCE)
    page.context.set_offline(True)
    page.wait_for_function(
        "parseFloat(document.querySelector('#train-status').textContent) > 75", timeout=PATIENCE
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "stopped")
    wait_for_answer(page)
    wait_for_network(page, "run 2")
    counts = page.locator(".confusion td:not(.share)").all_inner_texts()
    assert sum(int(count or 0) for count in counts) == 1000
    assert "keeps this network" in page.locator(".download-what").inner_text()
    page.context.set_offline(False)
    page.wait_for_function(
        "!document.querySelector('.downloads').hidden", timeout=PATIENCE
    )  # handed over
    wait_for_network(page, "run 2")
    then = curves(page)
    reopen(page)
    wait_for_state(page, "stopped")
    assert curves(page) == then
    page.wait_for_function("document.querySelectorAll('.runs tr').length === 3")
    others = page.locator(".overlay option").all_text_contents()
    assert others[1:] == ["run 1"]  # there are two runs, by whatever version they are known
    page.wait_for_function("!document.querySelector('.downloads').hidden", timeout=PATIENCE)
    train_on_the_server(page)  # which heard of the network, and not of the run that made it
    page.wait_for_function("document.querySelectorAll('.runs tr').length === 4")
    names = page.locator(".runs tr td:first-child").all_text_contents()
    assert names == ["run 1", "run 2", "run 3"]


def test_what_is_chosen_offline_is_told_once_online_and_the_page_stays(open_page: OpenPage) -> None:
    """Gradio reloads the page where it told of an event while nobody was there to hear it."""
    page = open_page()
    for line in (SEVEN, ONE):
        draw(page, line)
    choose_browser(page, epochs=20, batch_size=1, train_images=10000)
    press_train(page)
    page.wait_for_selector(".run.drawn[data-state=running]", timeout=PATIENCE)
    page.evaluate("window.isTheSame = true")
    page.context.set_offline(True)
    page.get_by_label("Network").select_option("sketch")
    eventually(page, lambda: is_server(page, "gone"))
    page.context.set_offline(False)
    eventually(page, lambda: is_server(page, "here"))
    page.get_by_role("tab", name="Code").click()
    page.locator(".code code", has_text="sketch").wait_for()
    assert page.evaluate("window.isTheSame") and state(page, "run") == "running"
    assert page.get_by_role("button", name="Undo").is_enabled()
    assert not page.get_by_text("Connection Lost").count()


def is_server(page: Any, where: str) -> None:
    assert state(page, "server") == where
