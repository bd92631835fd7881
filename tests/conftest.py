"""What the tests share: real digits without a network, small folders in MNIST's layout, the real page.

The page is served once for all tests (tests/support/sites.py); each test opens it in a browser context of
its own, which is watched: an error in its scripts or a request to another host fails the test. Browser
tests skip with a reason where there is no browser, and fail instead where REQUIRE_BROWSER is set.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from digits.data.dataset import Digits
from digits.data.mnist import bundled_digits, read_mnist
from tests.support.browser import CHROMIUM_FLAGS, CHROMIUMS, DESK, PATIENCE
from tests.support.files import write_mnist
from tests.support.tools import find_node

pytest_plugins = ["tests.support.sites"]
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# Products as small as ours gain nothing by a second thread, which on a busy machine keeps the first waiting.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Nothing that hypothesis tries fails because the machine is busy.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
# A shell that starts the tests in the background lets them, and all that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def bundled() -> Digits:
    """The 5,000 real digits that come with the code."""
    return bundled_digits("the tests need no network")


@pytest.fixture(scope="session")
def few(bundled: Digits) -> Digits:
    """1,000 to train on and 200 to test with, every class alike: enough to see a network learn."""
    return replace(
        bundled,
        train_images=bundled.train_images[::4],
        train_labels=bundled.train_labels[::4],
        test_images=bundled.test_images[::5],
        test_labels=bundled.test_labels[::5],
    )


@pytest.fixture(scope="session")
def few_folder(few: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`few` as files in torchvision's layout, for --data."""
    return write_mnist(tmp_path_factory.mktemp("few"), few)


@pytest.fixture(scope="session")
def mnist() -> Digits:
    """All of MNIST, where MNIST_DIR points at it."""
    if not os.environ.get("MNIST_DIR"):
        pytest.skip("needs the full MNIST: set MNIST_DIR to its folder")
    return read_mnist(Path(os.environ["MNIST_DIR"]))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for all tests."""
    give_up = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
    if not find_spec("playwright"):
        give_up("Playwright is not installed: pip install playwright")
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not chromium:
        give_up(f"no Chromium on this machine: looked for {', '.join(CHROMIUMS)}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """open_page(path="", **context settings) -> a Playwright page with the pad ready to draw on."""
    contexts, troubles = [], []

    def watch(page: Any) -> None:
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.on(
            "request",
            lambda request: (
                troubles.append(f"fetched {request.url}")
                if not request.url.startswith((site, "data:", "blob:"))
                else None
            ),
        )

    def open_one(path: str = "", **settings: Any) -> Any:
        context = browser.new_context(**(DESK | settings))
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(site + path)
        page.wait_for_selector("#answer .answer[data-serial]")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not troubles, troubles


@pytest.fixture(scope="session")
def node() -> str:
    """The path of node."""
    return find_node()
