"""Corrected drawings: checked, saved, loaded, learnt from in the real page."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits.errors import DigitsError, DrawingError
from digits.server.drawing_files import load, save
from digits.server.limits import MOST_DRAWINGS, MOST_TEXT
from digits.server.requests import check_drawings
from tests.support.browser import (
    PATIENCE,
    draw,
    eventually,
    open_tab,
    press_train,
    set_state,
    state,
    until,
    wait_for_answer,
    wait_for_state,
)
from tests.support.sites import TrainingSite

OpenPage = Callable[..., Any]
SQUARE = [[[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7], [0.3, 0.3]]]
LINES = [[[0.2, 0.2], [0.8, 0.8]], [[0.8, 0.2], [0.2, 0.8]]]
DRAWINGS = [{"strokes": SQUARE, "label": 6}, {"strokes": LINES, "label": 8}]


def same(one: Any, other: Any, tolerance: float) -> bool:
    return all(
        a["label"] == b["label"]
        and all(
            np.abs(np.array(p) - np.array(q)).max() <= tolerance
            for p, q in zip(a["strokes"], b["strokes"], strict=True)
        )
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize(("kind", "tolerance"), [("json", 1e-4), ("unipen", 1e-3)])
def test_saved_drawings_are_loaded_again(kind: str, tolerance: float) -> None:
    file = save({"kind": kind, "drawings": DRAWINGS})
    read = load({"text": file["text"]})
    assert same(read["drawings"], DRAWINGS, tolerance), read


def test_unipen_is_written_as_others_write_it() -> None:
    text = save({"kind": "unipen", "drawings": DRAWINGS})["text"]
    assert '.SEGMENT DIGIT 0 ? "6"' in text and text.count(".PEN_DOWN") == 3


@pytest.mark.parametrize("kind", ["json", "unipen"])
def test_of_a_file_with_too_many_drawings_the_first_are_loaded_and_all_are_counted(
    kind: str,
) -> None:
    half = [DRAWINGS[0]] * (MOST_DRAWINGS // 2 + 1)
    texts = [save({"kind": kind, "drawings": half})["text"] for _ in range(2)]
    joined = "".join(texts) if kind == "unipen" else json.dumps(half + half)
    read = load({"text": joined})
    assert len(read["drawings"]) == MOST_DRAWINGS
    assert read["found"] == 2 * len(half)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "no drawing"),
        ([], "no drawing"),
        ([7], "drawing 1 must have strokes and a label"),
        ([{"strokes": SQUARE}], "drawing 1: the label must be a digit"),
        ([{"strokes": SQUARE, "label": 10}], "the label must be a digit"),
        ([{"strokes": SQUARE, "label": True}], "the label must be a digit"),
        ([{"strokes": SQUARE, "label": "7"}], "the label must be a digit"),
        ([{"strokes": [], "label": 7}], "drawing 1 is blank"),
        ([DRAWINGS[0], {"strokes": [[[0, "x"]]], "label": 7}], "numbers"),
        ([{"strokes": [[[0, 9]]], "label": 7}], "leaves the pad"),
        (DRAWINGS * MOST_DRAWINGS, f"at most {MOST_DRAWINGS} drawings"),
    ],
)
def test_what_cannot_be_learnt_is_refused_in_a_sentence(raw: Any, words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        check_drawings(raw)


@pytest.mark.parametrize(
    "given",
    [None, 7, "", "{", "[]", "[" * 100_000, "hello", ".SEGMENT DIGIT", '{"drawings": 3}', "\0"],
)
def test_a_file_that_holds_no_drawings_is_a_sentence_too(given: object) -> None:
    told = load({"text": given})
    assert told.keys() == {"fault"}
    sentence = str(DigitsError(told["fault"]["code"], **told["fault"]["values"]))
    assert sentence and "/tmp" not in sentence


def test_packed_text_is_not_unpacked() -> None:
    """A few kilobytes would become hundreds of megabytes."""
    unipen = str(save({"kind": "unipen", "drawings": DRAWINGS})["text"])
    told = load({"text": gzip.compress(unipen.encode()).decode("latin-1")})
    assert told == {"fault": {"code": "strokes_empty", "values": {"path": "the file"}}}


@pytest.fixture
def site(training_site: TrainingSite) -> str:
    return training_site.address


def correct(page: Any, strokes: Any, label: int) -> None:
    """Draw on a clear pad and say what it is."""
    clear = page.get_by_role("button", name="Clear")
    if clear.is_enabled():
        clear.click()
    draw(page, strokes)
    page.locator(f'#teach [data-digit="{label}"]').click()


def test_a_visitor_teaches_drawings_and_the_pad_reads_them(open_page: OpenPage) -> None:
    page = open_page()
    correct(page, LINES, 8)
    correct(page, SQUARE, 6)
    assert page.locator(".answer-digit").inner_text() != "6"
    page.get_by_role("button", name="Learn from these (2)").press("Enter")
    page.get_by_text("It knows your handwriting now").wait_for(timeout=PATIENCE)
    assert page.evaluate("document.activeElement.className") == "learn primary"
    assert "→ 2 of 2 right" in page.locator(".teach-note").inner_text()
    page.wait_for_function("document.querySelector('.answer-digit').textContent === '6'")
    assert "+ 2 drawings" in page.locator(".answer-by").inner_text()
    assert all("✓" in text for text in page.locator(".strip li small").all_inner_texts())
    page.get_by_role("tab", name="Code").click()
    page.get_by_text("It was also taught 2 drawings on the page").wait_for()
    page.get_by_role("button", name="Back to “tutorial”").first.click()
    page.wait_for_function("document.querySelector('.answer-digit').textContent !== '6'")
    note = page.locator(".teach-note")
    assert "The pad now uses" not in note.inner_text()  # another network does
    note.get_by_role("button", name="Use “tutorial + 2 drawings”").click()
    page.wait_for_function("document.querySelector('.answer-digit').textContent === '6'")
    assert "The pad now uses “tutorial + 2 drawings”" in note.inner_text()
    tiles = page.locator(".strip li small").all_inner_texts()
    page.reload()
    page.wait_for_selector(".strip li")
    assert page.locator(".strip li small").all_inner_texts() == tiles


@pytest.mark.parametrize("breaks", ["before it is sent", "once it is sent"])
def test_a_teaching_whose_connection_breaks_comes_to_an_end(
    open_page: OpenPage, breaks: str
) -> None:
    """What the page cannot hear it asks for; what never reached the server can be asked for again."""
    page = open_page()
    correct(page, LINES, 8)
    silent = "join" if breaks == "before it is sent" else "data"
    page.route(f"**/gradio_api/queue/{silent}*", lambda route: None)
    page.get_by_role("button", name="Learn from this one").click()
    ends = "does not have these drawings" if "before" in breaks else "It knows your handwriting now"
    page.get_by_text(ends).wait_for(timeout=PATIENCE)
    assert page.get_by_role("button", name="Learn from this one").is_enabled()


def test_what_nobody_is_there_to_learn_stays_and_is_learnt_later(open_page: OpenPage) -> None:
    page = open_page()
    correct(page, LINES, 8)
    learn = page.get_by_role("button", name="Learn from this one")
    page.context.set_offline(True)
    learn.click()
    page.locator(".teach-note", has_text="The server does not answer").wait_for()
    assert learn.is_enabled() and page.locator(".strip li").count() == 1
    page.context.set_offline(False)
    page.locator(".teach-note", has_text="or let it learn").wait_for()
    learn.click()
    page.get_by_text("It knows your handwriting now").wait_for(timeout=PATIENCE)


def test_a_page_that_comes_back_takes_up_the_teaching(open_page: OpenPage) -> None:
    page = open_page()
    correct(page, LINES, 8)
    page.get_by_role("button", name="Learn from this one").click()
    page.wait_for_selector('.teach[data-state="learning"]', timeout=PATIENCE)
    page.reload()
    # Whether it ended before the page was back or later: it is over, and the network is there.
    page.wait_for_function(
        "[...document.querySelectorAll('#picker option')].some((one) => one.text.includes('+ 1 drawing'))",
        timeout=PATIENCE,
    )
    page.wait_for_selector('.teach:not([data-state="learning"])', timeout=PATIENCE)


KEPT = """() => new Promise((resolve) => {
    indexedDB.open("digits").onsuccess = ({ target }) => {
        const networks = target.result.transaction("networks").objectStore("networks");
        networks.getAll().onsuccess = ({ target }) => resolve(target.result.map(({ name }) => name));
    };
})"""


def wait_for_kept(page: Any, expected: list[str]) -> None:
    """Until this browser keeps just these networks: "run 1", "2 drawings"."""

    def check() -> None:
        values = [name["values"] for name in page.evaluate(KEPT)]
        said = [
            f"{one['drawings']} drawings" if "drawings" in one else f"run {one['number']}"
            for one in values
        ]
        assert sorted(said) == expected

    eventually(page, check)


def test_taught_again_a_network_is_another_and_one_that_the_server_lost_is_handed_over(
    open_page: OpenPage, site: str
) -> None:
    page = open_page()
    for count, strokes in enumerate((LINES, SQUARE), 1):
        correct(page, strokes, 8)
        page.locator("#teach .learn").click()
        page.wait_for_selector('.teach[data-state="done"]', timeout=PATIENCE)
        wait_for_kept(page, [f"{count} drawings"])
    session = page.evaluate("sessionStorage.getItem('digits-session')")
    page.request.post(f"{site}/digits/forget", data={"session": session})
    open_tab(page, epochs=1, batch_size=100, width=8, layers=1, train_images=200)
    press_train(page)
    wait_for_state(page, "done")
    wait_for_kept(page, ["2 drawings", "run 1"])
    page.wait_for_function(
        "[...document.querySelectorAll('#picker option')].some((one) => one.text.includes('2 drawings'))"
    )


def test_taught_anew_from_the_same_drawings_a_network_is_kept_again(open_page: OpenPage) -> None:
    """The same drawings make the same network, which went when another took its place."""
    page = open_page()
    for count in (1, 2, 1):
        if count == 2:
            correct(page, SQUARE, 8)
        elif labels(page):
            page.get_by_role("button", name="Remove this 8").last.click()
        else:
            correct(page, LINES, 8)
        set_state(page, "teaching", None)
        page.locator("#teach .learn").click()
        page.wait_for_selector('.teach[data-state="done"]', timeout=PATIENCE)
        wait_for_kept(page, [f"{count} drawings"])


def test_readings_are_of_the_drawings_that_were_sent_whatever_another_tab_removes(
    open_page: OpenPage,
) -> None:
    """Also where the page was reloaded while it learns."""
    page = open_page()
    correct(page, LINES, 3)
    correct(page, SQUARE, 6)
    page.route("**/gradio_api/queue/join*", lambda route: None)  # the server's words are made up
    page.locator("#teach .learn").click()
    page.wait_for_selector('.teach[data-state="sent"]')
    learning = {"serial": 1, "known": True, "networks": [], "run": {"state": "idle"}, "runs": []}
    learning |= {"outcome": None, "fine_tuning": {"state": "learning", "share": 0.1}}
    page.route("**/digits/session", lambda route: route.fulfill(json=learning))
    page.reload()
    page.wait_for_selector('.teach[data-state="learning"]')
    other = open_again(page)
    other.get_by_role("button", name="Remove this 3").click()
    until(page, lambda: labels(page) == ["6"])
    readings = [{"before": 8, "after": 3}, {"before": 0, "after": 6}]
    network = {**state(page, "networks")[0], "id": "yours-9", "kind": "taught", "version": "9"}
    network["name"] = {"key": "network_run", "values": {"number": 9}}
    done = {"state": "done", "seconds": 1, "drawings": readings, "mnist": [0.96, 0.96]}
    set_state(page, "teaching", {**done, "network": network, "replaced": None})
    assert "0 → 6" in page.locator(".strip li small").inner_text()
    assert "→ 2 of 2 right" in page.locator(".teach-note").inner_text()


def test_another_click_on_the_same_drawing_changes_its_digit(open_page: OpenPage) -> None:
    page = open_page()
    correct(page, SQUARE, 6)
    page.locator('#teach [data-digit="0"]').click()
    assert page.locator(".strip li b").all_inner_texts() == ["0"]


def test_a_blank_pad_cannot_be_corrected(open_page: OpenPage) -> None:
    page = open_page()
    assert page.locator('#teach [data-digit="3"]').is_disabled()
    draw(page, LINES)
    assert page.locator('#teach [data-digit="3"]').is_enabled()


def test_drawings_can_be_removed_and_survive_a_reload(open_page: OpenPage) -> None:
    page = open_page()
    correct(page, LINES, 8)
    correct(page, SQUARE, 6)
    page.reload()
    until(page, lambda: labels(page) == ["8", "6"])
    page.get_by_role("button", name="Remove this 8").focus()
    page.keyboard.press("Enter")
    until(page, lambda: labels(page) == ["6"])


def test_drawings_are_downloaded_and_loaded_again(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    correct(page, LINES, 8)
    with page.expect_download() as download:
        page.locator('[data-save="json"]').click()
    path = tmp_path / "mine.json"
    download.value.save_as(path)
    assert json.loads(path.read_text())["drawings"][0]["label"] == 8
    page.locator("#teach input[type=file]").set_input_files(path)
    page.get_by_text("One drawing loaded").wait_for()
    assert page.locator(".strip li b").all_inner_texts() == ["8", "8"]
    path.write_text("<b>no drawings</b>")
    page.locator("#teach input[type=file]").set_input_files(path)
    page.get_by_text("That file could not be read").wait_for()
    wait_for_answer(page)


def labels(page: Any) -> list[str]:
    """The digits of the drawings in the strip."""
    return list(page.locator(".strip li b").all_inner_texts())


def open_again(page: Any) -> Any:
    """The same page in another tab of the same browser."""
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#answer .answer[data-serial]")
    return other


def load_file(page: Any, path: Path, drawings: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"drawings": drawings}))
    page.locator("#teach input[type=file]").set_input_files(path)


def test_two_tabs_have_the_same_drawings(open_page: OpenPage) -> None:
    """Each adds to them and takes away from them without losing what the other did."""
    page = open_page()
    other = open_again(page)
    correct(page, LINES, 8)
    correct(page, SQUARE, 6)
    until(page, lambda: labels(other) == ["8", "6"])
    correct(other, LINES, 3)
    until(page, lambda: labels(page) == ["8", "6", "3"])
    page.locator('#teach [data-digit="0"]').click()  # it still knows which one is on its pad
    until(page, lambda: labels(other) == ["8", "0", "3"])
    other.get_by_role("button", name="Remove this 8").click()
    until(page, lambda: labels(page) == ["0", "3"])
    for tab in (page, other):
        tab.reload()
        tab.wait_for_selector(".strip li")
        assert labels(tab) == ["0", "3"]


OLD_FORM = """(drawings) => new Promise((resolve) => {
    indexedDB.open("digits").onsuccess = ({ target }) => {
        const store = target.result.transaction("lessons", "readwrite").objectStore("lessons");
        store.put(drawings, "corrections").onsuccess = resolve;
    };
})"""


def test_drawings_that_were_kept_as_one_list_are_still_there(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(OLD_FORM, DRAWINGS)
    page.reload()
    page.wait_for_selector(".strip li")
    assert labels(page) == ["6", "8"]
    page.get_by_role("button", name="Remove this 6").click()
    correct(page, LINES, 3)
    page.reload()
    page.wait_for_selector(".strip li")
    assert labels(page) == ["8", "3"]


def test_without_a_database_the_strip_lasts_as_long_as_the_page(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('private') }")
    page.reload()
    page.wait_for_selector("#answer .answer[data-serial]")
    other = open_again(page)
    correct(page, LINES, 8)
    correct(other, SQUARE, 6)
    correct(page, SQUARE, 0)
    assert labels(page) == ["8", "0"]


def test_a_file_is_loaded_as_far_as_there_is_room_and_that_is_said(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    load_file(page, tmp_path / "some.json", [DRAWINGS[0]] * (MOST_DRAWINGS - 9))
    page.get_by_text(f"{MOST_DRAWINGS - 9} drawings loaded.").wait_for()
    load_file(page, tmp_path / "more.json", [DRAWINGS[1]] * 50)
    page.get_by_text(f"9 of 50 drawings loaded: {MOST_DRAWINGS} is the most at a time").wait_for()
    assert len(labels(page)) == MOST_DRAWINGS
    load_file(page, tmp_path / "none.json", [DRAWINGS[1]])
    page.get_by_text(f"0 of 1 drawings loaded: {MOST_DRAWINGS} is the most at a time").wait_for()
    page.reload()
    page.wait_for_selector(".strip li")
    assert labels(page) == ["6"] * (MOST_DRAWINGS - 9) + ["8"] * 9


def test_a_file_that_is_too_long_is_refused_rather_than_read_in_part(open_page: OpenPage) -> None:
    page = open_page()
    text = str(save({"kind": "unipen", "drawings": DRAWINGS})["text"])
    file = {"name": "long.dat", "mimeType": "text/plain", "buffer": (text * 16_000).encode()}
    assert len(file["buffer"]) > MOST_TEXT
    page.locator("#teach input[type=file]").set_input_files([file])
    page.get_by_text("A file of drawings may have 4,000,000 letters").wait_for()
    assert not labels(page)


def test_drawings_that_are_loaded_while_it_learns_are_not_counted(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    correct(page, LINES, 8)
    correct(page, SQUARE, 6)
    held: list[Any] = []
    sent: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    def note(route: Any) -> None:
        sent.append(route)
        route.continue_()

    page.route("**/gradio_api/queue/data*", hold)  # nothing is heard of how it goes
    page.route("**/gradio_api/queue/join*", note)
    page.route("**/digits/session", lambda route: hold(route) if sent else route.continue_())
    page.get_by_role("button", name="Learn from these (2)").click()
    until(page, lambda: bool(sent))
    load_file(page, tmp_path / "more.json", [DRAWINGS[0]] * 6)
    page.get_by_text("6 drawings loaded.").wait_for()
    sent.clear()
    for route in held:
        if "session" in route.request.url:
            route.continue_()
    page.get_by_text("→ 2 of 2 right").wait_for(timeout=PATIENCE)
    tiles = page.locator(".strip li small").all_inner_texts()
    assert all("→" in tile for tile in tiles[:2]) and not any(tiles[2:])


@pytest.mark.parametrize(
    ("readings", "mnist", "said"),
    [
        ([(1, 6), (8, 8)], 0.97, "It knows your handwriting now."),
        ([(6, 6), (8, 8)], 0.97, "It reads all of yours, as before."),
        ([(1, 1), (1, 8)], 0.97, "It reads more of yours now."),
        ([(1, 1), (8, 8)], 0.97, "It reads no more of yours than before."),
        ([(1, 8), (8, 8)], 0.1, "This network has learnt nothing yet."),
    ],
)
def test_what_came_of_the_teaching_is_said_as_it_is(
    open_page: OpenPage, tmp_path: Path, readings: Any, mnist: float, said: str
) -> None:
    page = open_page()
    end_teaching(page, tmp_path / "mine.json", readings, mnist)
    assert page.locator(".teach-note b").inner_text().startswith(said)


def end_teaching(page: Any, path: Path, readings: Any, mnist: float) -> None:
    """Let the page hear that it was taught `DRAWINGS`, which were read so before and after."""
    load_file(page, path, DRAWINGS)
    page.get_by_text("2 drawings loaded.").wait_for()
    page.route("**/gradio_api/queue/join*", lambda route: None)  # the server's words are made up
    page.locator("#teach .learn").click()
    page.wait_for_selector('.teach[data-state="sent"]')
    message = {
        "state": "done",
        "seconds": 1,
        "mnist": [mnist, mnist],
        "drawings": [{"before": before, "after": after} for before, after in readings],
        "network": state(page, "networks")[0],
    }
    set_state(page, "teaching", message)


def test_in_another_language_the_teaching_says_the_same_again(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    end_teaching(page, tmp_path / "mine.json", [(1, 6), (8, 8)], 0.97)
    note = page.locator(".teach-note")
    page.get_by_role("button", name="中文").click()
    page.wait_for_function("document.documentElement.lang === 'zh-CN'")
    assert "它学会认你的字了。你的字：认对 1/2 → 2/2" in note.inner_text()
    set_state(page, "teaching", {"state": "waiting", "place": 2, "wait": 30})
    page.get_by_role("button", name="English").click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    assert page.locator(".learn-words").inner_text() == "Number 2 in line …"
    assert note.inner_text().startswith("About 30")
