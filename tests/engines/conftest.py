"""Firefox and WebKit for the tests of this folder, and the page with small data to train on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from digits.page.app import Settings, create_app
from tests.engines.firefox import Firefox
from tests.engines.tab import Engine, EngineMissingError, Tab
from tests.engines.visitor import DESK, OpenPage, Visitor
from tests.engines.webkit import WebKit
from tests.support.tools import give_up

ENGINES: dict[str, Callable[[Path], Engine]] = {"firefox": Firefox, "webkit": WebKit}


@pytest.fixture(scope="package")
def site(few_folder: Path) -> Iterator[str]:
    """Address of the real page, with a few digits to train on in place of MNIST."""
    with create_app(Settings(data=few_folder)).served() as address:
        yield address


@pytest.fixture(scope="package", params=ENGINES)
def engine(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One browser for all tests of an engine; without it they skip, and fail in CI."""
    if not find_spec("websocket"):
        give_up("websocket-client is not installed: pip install websocket-client")
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
