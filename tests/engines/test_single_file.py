"""The page as one file opens from a disk, in every engine, and reads without a server."""

from __future__ import annotations

from pathlib import Path

from digits.network.backends import load_backend
from digits.page.single_file import write_page
from tests.engines.tab import Engine
from tests.engines.visitor import PHONE, Visitor
from tests.support.browser import SEVEN


def test_it_reads_what_is_drawn_and_shows_the_inside(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "taken home.html"
    path.write_text(write_page(load_backend("tutorial")), encoding="utf-8")
    tab = engine.open(*PHONE, "en-GB")
    try:
        visitor = Visitor(tab, path.as_uri())
        visitor.draw(SEVEN)
        visitor.wait_for_answer("7")
        visitor.press("Clear")
        visitor.wait_for_text("#answer", "The pad is blank")
        visitor.press("Undo")
        visitor.wait_for_answer("7")
        tab.run("document.querySelector('#tab_inside-button').click()")
        visitor.wait("document.querySelector('.inside[data-state=drawn]')?.offsetHeight > 0")
        visitor.press("中文")
        visitor.wait_for_text("#answer", r"7[^]*本浏览器")
        asked = "performance.getEntriesByType('resource').map((entry) => entry.name)"
        assert [
            name for name in tab.run(asked) if not name.startswith(("file:", "data:", "blob:"))
        ] == []
        assert tab.troubles() == []
    finally:
        tab.close()
