"""Firefox and WebKit for the tests of this folder, and the page with small data to train on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import app
from digits.data.dataset import Digits
from tests.conftest import write_mnist
from tests.engines.firefox import Firefox
from tests.engines.tab import Engine, EngineMissingError, Tab
from tests.engines.visitor import Visitor
from tests.engines.webkit import WebKit

DESK = (1280, 800)
PHONE = (360, 740)
ENGINES: dict[str, Callable[[Path], Engine]] = {"firefox": Firefox, "webkit": WebKit}
OpenPage = Callable[..., Visitor]


@pytest.fixture(scope="package")
def site(bundled: Digits, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the real page, with the bundled digits in place of MNIST."""
    data = write_mnist(tmp_path_factory.mktemp("bundled"), bundled)
    page = app.build_page(app.Settings(data=data))
    page.queue()
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, **app.launch_options())
    yield address.rstrip("/")
    page.close()


@pytest.fixture(scope="package", params=ENGINES)
def engine(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One browser for all tests of an engine; without it they skip, and fail in CI."""
    give_up = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
    if not find_spec("selenium"):
        give_up("selenium is not installed: pip install selenium")
    try:
        started = ENGINES[request.param](tmp_path_factory.mktemp(request.param))
    except EngineMissingError as missing:
        give_up(str(missing))
    yield started
    started.close()


@pytest.fixture
def open_page(engine: Engine, site: str) -> Iterator[OpenPage]:
    """open_page(path="", size=DESK, locale="en-GB") -> a visitor before the page."""
    tabs: list[Tab] = []
    troubles: list[str] = []

    def open_one(path: str = "", size: tuple[int, int] = DESK, locale: str = "en-GB") -> Visitor:
        tabs.append(engine.open(*size, locale))
        return Visitor(tabs[-1], site + path)

    yield open_one
    for tab in tabs:
        troubles += tab.troubles()
        tab.close()
    assert not troubles, troubles
