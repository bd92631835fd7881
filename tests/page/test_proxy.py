"""The page below a path, behind a proxy that does not say so."""

from __future__ import annotations

from typing import Any

from tests.support.browser import (
    DESK,
    PATIENCE,
    SEVEN,
    draw,
    open_tab,
    press_train,
    wait_for_answer,
    wait_for_state,
)
from tests.support.proxy import proxied


def test_it_reads_and_trains_below_a_path(browser: Any, site: str) -> None:
    with proxied(site, "/rooms/digits") as address:
        page = browser.new_context(**DESK).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.wait_for_selector("#answer .answer[data-serial]")
        draw(page, SEVEN)
        assert wait_for_answer(page).startswith("7")
        open_tab(page, epochs=1, batch_size=100, train_images=1000)
        press_train(page)
        wait_for_state(page, "done")
        assert page.evaluate("window.gradio_config.root") == address.rstrip("/")
        page.context.close()
