"""The page with the small packages alone: requirements-small.txt and what those bring, no torch.

Everything else that happens to be installed here is hidden from the server's process.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.browser import (
    DESK,
    PATIENCE,
    SEVEN,
    draw,
    open_learn,
    open_tab,
    press_train,
    step_accuracy,
    wait_for_answer,
    wait_for_network,
    wait_for_state,
)
from tests.support.files import REPO
from tests.support.requests import seven
from tests.support.servers import free_port, wait_for

SMALL = REPO / "requirements-small.txt"
# What Python's own `None` in sys.modules says to whoever imports: there is no such module.
SERVE = """
import json, runpy, sys
sys.modules.update(dict.fromkeys(json.loads(sys.argv[1])))
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def lines(path: Path) -> list[str]:
    found = path.read_text(encoding="utf-8").splitlines()
    return [line for line in found if line and not line.startswith("#")]


def brought_by(wanted: list[Requirement]) -> set[str]:
    """The names of all packages that these bring, themselves included."""
    found: set[tuple[str, str]] = set()
    while wanted:
        one = wanted.pop()
        for extra in ("", *one.extras):
            name = canonicalize_name(one.name)
            if (name, extra) in found:
                continue
            found.add((name, extra))
            try:
                needs = [Requirement(line) for line in requires(name) or []]
            except PackageNotFoundError:
                continue  # for another system or Python
            wanted += [
                need for need in needs if not need.marker or need.marker.evaluate({"extra": extra})
            ]
    return {name for name, _ in found}


def hidden_modules() -> list[str]:
    """Every installed module that is not among the small packages."""
    small = brought_by([Requirement(line) for line in lines(SMALL)])
    return [
        module
        for module, packages in packages_distributions().items()
        if not small & {canonicalize_name(package) for package in packages}
    ]


@pytest.fixture(scope="module")
def small_site(few_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address, served by a Python that has the small packages only."""
    hidden = hidden_modules()
    assert {"torch", "torchvision", "matplotlib", "sklearn", "scipy"} <= set(hidden)
    assert not {"gradio", "onnxruntime", "numpy", "PIL", "cv2", "tqdm"} & set(hidden)
    port, log = free_port(), tmp_path_factory.mktemp("small") / "log"
    flags = ["app.py", "--port", str(port), "--data", str(few_folder)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, json.dumps(hidden), *flags],
            cwd=REPO,
            stdout=output,
            stderr=output,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process, log)
        yield address
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(120)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture
def open_small(browser: Any, small_site: str) -> Iterator[Callable[[], Any]]:
    context = browser.new_context(**DESK)
    context.set_default_timeout(PATIENCE)
    troubles: list[str] = []

    def open_one() -> Any:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(small_site)
        page.wait_for_selector("#answer .answer[data-serial]")
        return page

    yield open_one
    context.close()
    assert troubles == []


def test_the_small_packages_are_the_large_ones_without_torch() -> None:
    assert set(lines(SMALL)) < set(lines(REPO / "requirements.txt"))
    assert not {"torch", "torchvision", "matplotlib"} & {
        Requirement(line).name for line in lines(SMALL)
    }


def test_it_draws_and_reads(open_small: Callable[[], Any]) -> None:
    page = open_small()
    draw(page, SEVEN)
    assert re.search(r"\b7\b", wait_for_answer(page))


def test_a_network_learns_in_the_browser(open_small: Callable[[], Any]) -> None:
    page = open_small()
    draw(page, SEVEN)
    open_learn(page)
    before = step_accuracy(page)
    page.locator("#learn .learn-buttons [data-do=run]").first.click()
    page.wait_for_function(
        "(before) => parseFloat(document.querySelector('#step-test-accuracy').textContent) > before + 30",
        arg=before,
    )


def test_what_needs_torch_says_how_to_get_it_and_this_browser_trains(
    open_small: Callable[[], Any], tmp_path: Path
) -> None:
    page = open_small()
    draw(page, SEVEN)
    open_tab(page, epochs=5, batch_size=10)
    assert "pip install torch torchvision" in page.locator(".data-note").inner_text()
    assert page.locator("#train .engine").is_hidden()
    press_train(page)
    wait_for_state(page, "done")
    assert float(page.locator("#train-status").inner_text().split("%")[0]) > 75
    wait_for_network(page, "run 1")
    assert page.locator(".downloads").is_hidden()
    page.reload()
    wait_for_network(page, "run 1")
    assert page.locator("select[name=backend]").input_value() == "browser"
    assert (
        page.locator("#picker .take-home").is_hidden()
        and not page.locator(".confusion button").count()
    )
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("!document.querySelector('.answer-by').innerText.trim()")
    seven().save(tmp_path / "seven.png")
    page.locator("#pad input[data-for=picture]").set_input_files(tmp_path / "seven.png")
    wait_for_network(page, "run 1")
    assert re.search(r"\d", wait_for_answer(page))
    page.get_by_role("button", name="Compare backends").click()
    page.wait_for_selector(".compare-lines li:not(:empty)")
    (line,) = page.locator(".compare-lines li").all_inner_texts()
    assert line.startswith("this browser: ")
