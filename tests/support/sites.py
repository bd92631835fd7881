"""Real pages for tests: one for all to look at, one to train on; known everywhere by tests/conftest.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from digits.data.dataset import Digits
from tests.support.files import write_mnist


@dataclass
class TrainingSite:
    """A page to train on, and the errors that its next runs end with."""

    address: str = ""
    failures: list[Exception] = field(default_factory=list)

    def run(self, *given: Any) -> Iterator[Any]:
        """A run as the page does it, or the next failure."""
        from digits.training.page_run import run_training

        if self.failures:
            raise self.failures.pop()
        yield from run_training(*given)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the real page, served in this process."""
    from digits.page.app import create_app

    with create_app().served() as address:
        yield address


@pytest.fixture(scope="session")
def training_site(
    bundled: Digits, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TrainingSite]:
    """The real page with one seat for training, and the bundled digits in place of MNIST.

    All tests share it: each must leave its seat free.
    """
    from digits.page.app import Settings, create_app

    data = write_mnist(tmp_path_factory.mktemp("bundled"), bundled)
    made = TrainingSite()
    settings = Settings(weights="tutorial", data=data, seats=1)
    with create_app(settings, run=made.run).served() as made.address:
        yield made
