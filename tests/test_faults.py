"""What breaks in the middle: the server under an open page, a browser that trains, export with kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from digits.data.dataset import Digits
from digits.network.backends import load_backend
from digits.page.texts import text
from tests.support import web
from tests.support.browser import (
    CHROMIUMS,
    DESK,
    PATIENCE,
    PHONE,
    SEVEN,
    draw,
    eventually,
    open_settings,
    wait_for_answer,
)
from tests.support.files import REPO, write_mnist
from tests.support.servers import free_port, wait_for

SERVE_ON_ONE_CORE = """
import os, sys
os.cpu_count = lambda: 1
import app
sys.exit(app.main(sys.argv[1:]))
"""


@contextmanager
def served(
    port: int, log: Path, *flags: str, program: str = SERVE_ON_ONE_CORE
) -> Iterator[subprocess.Popen[bytes]]:
    """The page as a process of its own on `port`, with one seat for training."""
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "--port", str(port), *flags],
            cwd=REPO,
            stdout=file,
            stderr=file,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", process, log)
        yield process
    finally:
        process.kill()
        process.wait(120)


def test_drawing_goes_on_after_the_server_was_restarted(browser: Any, tmp_path: Path) -> None:
    port = free_port()
    context = browser.new_context(**DESK)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    with served(port, tmp_path / "first"):
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_selector("#answer .answer[data-serial]")
        draw(page, SEVEN)
        assert page.locator("#answer").inner_text().startswith("7")
    page.get_by_role("button", name="Clear").click()  # nobody is there to answer
    page.wait_for_function(
        "document.querySelector('#answer').innerText.includes('server does not answer')"
    )
    with served(port, tmp_path / "second"):
        draw(page, SEVEN)  # without a reload
        assert wait_for_answer(page).startswith("7")
    context.close()


SERVE_OTHER_SCRIPTS = (
    """
from digits.page import script_bundle
script_bundle.OPENING = "// joined otherwise\\n" + script_bundle.OPENING
"""
    + SERVE_ON_ONE_CORE
)


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_page_of_another_version_than_the_server_s_says_so(
    browser: Any, tmp_path: Path, locale: str
) -> None:
    port, language = free_port(), locale[:2]
    renewed = text("page_renewed", language)
    context = browser.new_context(**{**(PHONE if language == "zh" else DESK), "locale": locale})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    # The other language's words would be here beforehand.
    page.route("**/locales/*.json", lambda route: only_of(route, language))
    with served(port, tmp_path / "first"):
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_selector("#answer .answer[data-serial]")
        draw(page, SEVEN)
        page.locator("#tab_train-button").click()
        page.wait_for_selector(".data-note:not(:empty)")
    with served(port, tmp_path / "second", program=SERVE_OTHER_SCRIPTS):
        page.evaluate("window.isTheSame = true")
        page.locator("#train [name=engine]").select_option("browser")
        page.locator("#train .go").click()
        page.locator(".run-note", has_text=renewed).wait_for()
        page.locator("#tab_learn-button").click()
        page.locator("#learn .lesson-room", has_text=renewed).wait_for()
        heading = page.locator("h1").inner_text()
        page.locator("button.language").click()
        notice = page.get_by_role("status").filter(has_text=renewed)
        notice.wait_for()
        assert notice.is_visible() and page.locator("h1").inner_text() == heading
        assert page.evaluate("window.isTheSame && !localStorage.getItem('digits-language')")
        page.get_by_role("button", name=text("page_reload", language)).click()
        page.wait_for_function("!window.isTheSame")
        assert wait_for_answer(page).startswith("7")
        assert not page.get_by_text(renewed).count()
    context.close()


def only_of(route: Any, language: str) -> None:
    """Let the words of one language through."""
    if route.request.url.endswith(f"/{language}.json"):
        route.continue_()
    else:
        route.abort()


def fill_form(page: Any, **values: object) -> None:
    """The Train tab's settings, in whatever language it speaks."""
    page.locator("#tab_train-button").click()
    page.wait_for_selector(".data-note:not(:empty)")
    open_settings(page)
    for name, value in values.items():
        page.locator(f"#train [name={name}]").fill(str(value))


def has_lost(page: Any, words: str) -> None:
    page.locator("#tab_train-button").click()
    note = page.locator(".run-note")
    assert note.count() and note.inner_text().strip() == words


def test_a_run_that_a_restarted_server_lost_is_said_to_be(
    browser: Any, tmp_path: Path, bundled: Digits
) -> None:
    data = write_mnist(tmp_path / "mnist", bundled)
    port = free_port()
    context = browser.new_context(**{**PHONE, "locale": "zh-CN"})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    with served(port, tmp_path / "first", "--data", str(data)):
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_selector("#answer .answer[data-serial]")
        fill_form(page, epochs=20, batch_size=1)
        page.locator("#train .go").click()
        page.wait_for_selector('.run.drawn[data-state="running"]')
    with served(port, tmp_path / "second", "--data", str(data)):
        eventually(page, lambda: has_lost(page, text("run_lost", "zh")))
        page.wait_for_timeout(3000)  # Gradio reloads the page by itself, sooner or later than that
        eventually(page, lambda: has_lost(page, text("run_lost", "zh")))
    context.close()


TRAIN_IN_A_BROWSER = """
import sys
from playwright.sync_api import sync_playwright
from tests.support.browser import CHROMIUM_FLAGS
from tests.support.browser import PATIENCE, start_long_run
page = sync_playwright().start().chromium.launch(
    executable_path=sys.argv[1], args=CHROMIUM_FLAGS
).new_context(locale="en-GB").new_page()
page.set_default_timeout(PATIENCE)
page.goto(sys.argv[2])
page.wait_for_selector("#answer .answer[data-serial]")
start_long_run(page)
print("training", page.evaluate("sessionStorage.getItem('digits-session')"), flush=True)
page.wait_for_timeout(600_000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_browser_killed_while_training_gives_up_its_seat(
    browser: Any, tmp_path: Path, bundled: Digits
) -> None:
    del browser  # only says whether there is one
    data = write_mnist(tmp_path / "mnist", bundled)
    port, executable = free_port(), next(filter(None, map(shutil.which, CHROMIUMS)))
    with served(port, tmp_path / "log", "--data", str(data)):
        site = f"http://127.0.0.1:{port}"
        visitor = subprocess.Popen(
            [sys.executable, "-c", TRAIN_IN_A_BROWSER, executable, site],
            cwd=REPO,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert visitor.stdout is not None
        word, session = visitor.stdout.readline().decode().split()
        assert word == "training"
        os.killpg(visitor.pid, signal.SIGKILL)  # the browser and what drives it
        visitor.wait()
        visitor.stdout.close()
        asked = {"data": [1, 100, 0.001, "16", "relu", 500, 1]}
        event = web.post(f"{site}/gradio_api/call/train", json=asked).json()["event_id"]
        told = web.get(f"{site}/gradio_api/call/train/{event}").text
        assert '"state": "done"' in told.strip().splitlines()[-1], told[-300:]
        left = web.post(f"{site}/digits/session", json={"session": session}).json()
        assert left["run"]["state"] == "cut"


EXPORT_FOR_EVER = """
import sys
import export
print("ready", flush=True)
while True:
    assert export.main(sys.argv[1:]) == 0
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_while_exporting_it_leaves_a_whole_file(tmp_path: Path, few_folder: Path) -> None:
    for suffix in (".pt", ".json", ".onnx"):
        shutil.copy(REPO / "weights" / f"tutorial{suffix}", tmp_path)
    command = [sys.executable, "-c", EXPORT_FOR_EVER, str(tmp_path / "tutorial.pt")]
    for wait in (0.0, 0.05, 0.13):
        process = subprocess.Popen(
            [*command, "--data", str(few_folder)],
            cwd=REPO,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(REPO)},
        )
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        process.stdout.readline()  # one was written: from now on there is always one being written
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        network = load_backend(tmp_path / "tutorial", "onnx", "cpu")
        assert network.card == load_backend(REPO / "weights" / "tutorial", "onnx", "cpu").card
