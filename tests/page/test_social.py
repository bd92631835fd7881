"""What the page is called elsewhere: icon, a link's card, its foot, links out of the Hub's frame."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import app
from digits import __version__
from digits.page import social
from tests.support import web
from tests.support.browser import DESK, PATIENCE, SEVEN, draw
from tests.support.files import REPO
from tests.support.servers import free_port, wait_for

TAG = re.compile(
    r'<meta (?:property|name)="((?:og|twitter):[\w:]+|description)" content="([^"]*)">'
)


def test_a_links_card_is_the_pages_own(site: str) -> None:
    reply = web.get(site)
    assert int(reply.headers["content-length"]) == len(reply.content)
    tags = dict(TAG.findall(reply.text))
    assert tags["og:title"] == "Digit playground"
    assert tags["og:description"] == tags["description"] != ""
    assert tags["og:url"] == f"{site}/"
    assert len(re.findall(r"og:title", reply.text)) == 1
    assert "@Gradio" not in reply.text and "Click to try out" not in reply.text
    picture = Image.open(io.BytesIO(web.get(tags["og:image"]).content))
    assert picture.size == (1200, 630)


def test_a_host_that_is_made_up_cannot_write_into_the_page(site: str) -> None:
    evil = '"><script>alert(1)</script>'
    text = web.get(site, headers={"host": evil}).text
    assert evil not in text and "<script>alert" not in text


def test_the_icon_is_the_pages_own(site: str) -> None:
    icon = web.get(f"{site}/favicon.ico")
    assert icon.headers["content-type"] == "image/png"
    assert icon.content == social.FAVICON.read_bytes()
    assert social.FAVICON.stat().st_size < 20_000


def test_the_pictures_are_small_enough() -> None:
    moving = Image.open(REPO / "docs" / "moving.webp")
    assert moving.is_animated and moving.n_frames >= 20  # type: ignore[attr-defined]
    assert (REPO / "docs" / "moving.webp").stat().st_size < 2_000_000


def test_the_foot_says_the_version_and_what_changed(open_page: Callable[..., Any]) -> None:
    page = open_page()
    foot = page.locator("#foot")
    assert foot.inner_text().strip() == f"Digit playground {__version__}"
    assert not page.locator("#foot .duplicate").is_visible()
    page.get_by_role("button", name="中文").click()
    page.wait_for_function("() => !document.querySelector('#foot').innerText.includes('Digit')")
    changes = web.get(page.evaluate("document.querySelector('#foot a').href")).text
    assert f"## {__version__}\n" in changes


def test_the_change_log_names_this_version_first() -> None:
    found = re.findall(r"^## (\S+)", (REPO / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert found[0] == __version__


@pytest.mark.parametrize("bad", ["", "x", "a/b/c", 'a/b"><script>', "a b/c"])
def test_only_a_spaces_name_is_one(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", bad)
    assert social.space_id() == "" and social.canonical_link() == ""


@pytest.mark.parametrize(
    ("space", "installed", "offers"),
    [("a/b", True, True), ("a/b", False, False), ("", True, False)],
)
def test_mcp_comes_unasked_on_a_space_that_has_it(
    space: str, installed: bool, offers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACE_ID", space)
    monkeypatch.setattr(app, "find_spec", lambda name: installed or None)
    assert app.offers_mcp() is offers


# ---- in the Hub's frame --------------------------------------------------------------------------

HUB = "https://huggingface.co/spaces/somebody/digits"
# As the Hub does it: what stands behind the page's address is handed to the frame once, when it opens; what
# the frame tells is put into the page's address.
FRAME = """<!doctype html><meta charset="utf-8">
<style>iframe {{ width: 1270px; height: 780px; border: 0 }}</style>
<iframe allow="clipboard-write"></iframe><script>
addEventListener("message", ({{ data, origin }}) => {{
  if (origin === "{space}" && typeof data.hash === "string")
    history.replaceState(null, "", data.hash || location.pathname);
}});
document.querySelector("iframe").src = "{space}/?__sign=secret" + location.hash;
</script>"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page started as a Space."""
    port, log = free_port(), tmp_path_factory.mktemp("space") / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)],
            cwd=REPO,
            env=os.environ | {"SPACE_ID": "somebody/digits", "SYSTEM": "spaces"},
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", process, Path(log))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(120)


@pytest.fixture
def on_the_hub(browser: Any, space: str) -> Iterator[Callable[..., Any]]:
    """on_the_hub(address) -> the Hub's page and the frame in it, ready to draw on."""
    # The stand-in for the Hub is a public host to the browser, and the frame's is this machine.
    context = browser.new_context(**DESK, permissions=["local-network-access"])
    context.set_default_timeout(PATIENCE)
    html = FRAME.format(space=space)
    context.route(
        "https://huggingface.co/**",
        lambda route: route.fulfill(content_type="text/html", body=html),
    )

    def open_one(address: str) -> Any:
        page = context.new_page()
        page.goto(address)
        frame = page.frames[1]
        frame.wait_for_selector("#answer .answer[data-serial]")
        return page, frame

    yield open_one
    context.close()


class InFrame:
    """A frame as the tests' helpers take a page: the mouse is the page's."""

    def __init__(self, page: Any, frame: Any) -> None:
        self.mouse, self.bring_to_front = page.mouse, page.bring_to_front
        self.locator, self.wait_for_function = frame.locator, frame.wait_for_function


def test_a_link_to_a_drawing_survives_the_hubs_frame(on_the_hub: Callable[..., Any]) -> None:
    page, frame = on_the_hub(HUB)
    draw(InFrame(page, frame), SEVEN)
    frame.get_by_role("button", name="Share").click()
    page.wait_for_function("() => location.hash.startsWith('#draw=')")
    shared = page.url
    assert shared.startswith(f"{HUB}#draw=")  # a reload of the Hub's page opens with the drawing
    given = (
        frame.locator(".pad-link input").input_value()
        if frame.locator(".pad-link input").is_visible()
        else shared
    )
    assert given == shared and "secret" not in given
    _, other = on_the_hub(given)
    other.wait_for_function("() => document.querySelector('#answer').innerText.includes('7')")


def test_a_link_to_a_step_survives_the_hubs_frame(on_the_hub: Callable[..., Any]) -> None:
    page, frame = on_the_hub(f"{HUB}#learn=2")
    frame.wait_for_selector('#lesson[data-step="2"] .lesson-part > *')
    frame.locator(".lesson-foot").get_by_role("button", name="Next").click()
    frame.wait_for_selector('#lesson[data-step="3"]')
    page.wait_for_function("() => location.hash === '#learn=3'")
    assert page.url == f"{HUB}#learn=3"  # a reload of the Hub's page opens this step


def test_a_space_says_how_to_have_ones_own(on_the_hub: Callable[..., Any]) -> None:
    _, frame = on_the_hub(HUB)
    link = frame.locator("#foot .duplicate")
    link.wait_for()
    assert link.get_attribute("href") == f"{HUB}?duplicate=true"
    assert link.inner_text() == "Duplicate this Space"


def test_a_space_serves_mcp(space: str) -> None:
    assert web.get(f"{space}/gradio_api/mcp/schema").status_code == 200


def test_elsewhere_it_does_not(site: str) -> None:
    assert web.get(f"{site}/gradio_api/mcp/schema").status_code == 404
