"""Nobody gets in where they don't belong: files, uploads, other visitors' work, HTML."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from digits.page.app import Settings, create_app
from digits.server.middleware import RequestLimits
from tests.support import web
from tests.support.browser import module, set_state
from tests.support.files import REPO
from tests.support.requests import as_file, seven

ONE = [[[0.5, 0.2], [0.5, 0.8]]]
SECRETS = [
    "app.py",
    "digits/server/sessions.py",
    "weights/tutorial.pt",
    ".git/config",
    "requirements.txt",
]


def number_of(site: str, element: str) -> int:
    """The page's number for a component."""
    parts = web.get(f"{site}/config").json()["components"]
    return next(part["id"] for part in parts if part["props"].get("elem_id") == element)


def ask(site: str, element: str, function: str, question: dict[str, Any]) -> Any:
    """What a room's script asks the server."""
    body = {"data": question, "component_id": number_of(site, element), "session_hash": "x"}
    reply = web.post(f"{site}/gradio_api/component_server", json=body | {"fn_name": function})
    assert reply.status_code == 200, reply.text
    return reply.json()


# ---- files ---------------------------------------------------------------------------------------


def ways_to(path: str) -> list[str]:
    """Addresses that have led out of web servers before."""
    up = "../" * 12
    encoded = path.replace("/", "%2F")
    return [
        f"/gradio_api/file={path}",
        f"/gradio_api/file=/{path}",
        f"/gradio_api/file={up}{path}",
        f"/gradio_api/file=%2E%2E%2F{encoded}",
        f"/gradio_api/file=/tmp/gradio/../..{path}",
        f"/gradio_api/file=file://{path}",
        f"/gradio_api/file/{path}",
        f"/static/{up}{path}",
        f"/static/..%2f..%2f..%2f{encoded}",
        f"/assets/{up}{path}",
        f"/svelte/{up}{path}",
        f"/gradio_api/proxy=file://{path}",
        f"/gradio_api/custom_component/1/client/component/{up}{path}",
        f"//{path}",
    ]


@pytest.mark.parametrize("path", [*(str(REPO / name) for name in SECRETS), "/etc/passwd"])
def test_no_file_of_the_machine_can_be_read(site: str, path: str) -> None:
    assert Path(path).is_file() or path.endswith(".git/config")
    content = Path(path).read_bytes()[:200] if Path(path).is_file() else b"[core]"
    for way in [*ways_to(path), *ways_to(os.path.relpath(path, REPO))]:
        reply = web.get(site + way)
        assert content not in reply.content, way
        assert reply.status_code != 200 or "<!doctype html>" in reply.text.lower()[:200], way


@pytest.mark.parametrize("path", ["/proc/self/environ", "/proc/self/mem", "/proc/self/maps"])
def test_the_process_cannot_be_read(site: str, path: str) -> None:
    for way in ways_to(path):
        assert web.get(site + way).status_code != 200, way


def test_the_servers_own_files_are_no_uploads(site: str) -> None:
    for path in (*SECRETS, "/etc/passwd", "weights/tutorial.onnx"):
        file = {"path": str(REPO / path), "meta": {"_type": "gradio.FileData"}}
        reply = web.post(f"{site}/gradio_api/run/predict_image", json={"data": [file]})
        assert "not uploaded by a user" in reply.text, reply.text


def test_it_fetches_nothing_for_visitors(site: str) -> None:
    for address in ("http://127.0.0.1:1/x", "https://example.com/x", "HTTP://[::1]/", "//host/x"):
        assert web.get(f"{site}/gradio_api/file={address}").status_code == 403
        file = {"path": address, "meta": {"_type": "gradio.FileData"}}
        for endpoint, data in (("run/predict_image", [file]), ("call/predict", [[file]])):
            reply = web.post(f"{site}/gradio_api/{endpoint}", json={"data": data})
            assert reply.status_code == 422 and "fetches nothing" in reply.text
    hidden = r'{"data": [{"\u0070ath": "\u0068ttp://example.com/", "m\u0065ta": {}}]}'
    headers = {"content-type": "application/json"}
    plain = '{"data": [{"path": "http://example.com/", "meta": {}}]}'
    wide = [plain.encode(code) for code in ("utf-16", "utf-16-be", "utf-32", "utf-32-le")]
    for endpoint in ("run/predict_image", "queue/join"):
        for body in (hidden.encode(), *wide):
            reply = web.post(f"{site}/gradio_api/{endpoint}", content=body, headers=headers)
            assert reply.status_code == 422 and "fetches nothing" in reply.text, body


def test_a_second_content_type_hides_nothing(site: str) -> None:
    """Of two the first counts for Starlette: what is JSON there must be JSON for the limits."""
    form = "multipart/form-data; boundary=x"
    body = b'{"data": [{"path": "http://example.com/", "meta": {}}]}'
    twice = [("content-type", "application/json"), ("content-type", form)]
    reply = web.post(f"{site}/gradio_api/run/predict_image", content=body, headers=twice)
    assert reply.status_code == 422 and "fetches nothing" in reply.text
    for path in ("digits/read", "gradio_api/run/predict_image"):
        reply = web.post(f"{site}/{path}", content=body, headers={"content-type": form})
        assert reply.status_code == 415, path


def test_no_usage_is_shown_to_everybody(site: str) -> None:
    for path in ("/monitoring", "/monitoring/summary", "/gradio_api/runs"):
        reply = web.get(site + path)
        assert reply.status_code in (403, 404), (path, reply.status_code)


# ---- uploads are bounded and cleaned up ------------------------------------------------------------


def test_uploads_are_bounded(site: str) -> None:
    upload = f"{site}/gradio_api/upload"
    one = web.post(upload, files={"files": ("x.png", bytes(10_000_001))})
    assert one.status_code == 413
    many = web.post(upload, files=[("files", (f"{i}.png", bytes(5_000_000))) for i in range(3)])
    assert many.status_code == 413 and "12,000,000 bytes" in many.text


def endless(size: int) -> Iterator[bytes]:
    """A body whose length is not told before."""
    for _ in range(size // 100_000):
        yield b"[" * 100_000


def test_requests_are_bounded_even_when_they_hide_their_length(site: str) -> None:
    roads = ("run/predict", "component_server", "queue/join")
    for path in ("digits/read", *(f"gradio_api/{road}" for road in roads)):
        with web.client() as client:
            reply = client.post(f"{site}/{path}", content=endless(8_000_000))
            assert reply.status_code == 413, path
    assert web.get(f"{site}/config").status_code == 200


def test_a_fault_of_the_page_is_not_called_too_large() -> None:
    async def page(*_: Any) -> None:
        raise ValueError("a fault of its own")

    client = TestClient(RequestLimits(page))
    with pytest.raises(ValueError, match="of its own"):
        client.post("/gradio_api/upload", files={"files": ("x.png", b"x")})
    reply = client.post("/digits/read", content=b"{}", headers={"content-length": "many"})
    assert reply.status_code == 400 and "content-length" in reply.text


def test_uploads_are_deleted_when_they_are_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    removed, remove = [], os.remove

    def watched(path: Any, **more: Any) -> None:
        remove(path, **more)
        removed.append(str(path))

    monkeypatch.setattr(os, "remove", watched)
    assert all(seconds <= 3600 for seconds in Settings().cache_seconds)
    every_second = create_app(Settings(cache_seconds=(1, 1)))  # for what is a second old
    with every_second.served() as address:
        files = {"files": ("x.png", as_file(seven(), "PNG"))}
        path = Path(web.post(f"{address}/gradio_api/upload", files=files).json()[0])
        assert path.is_relative_to(tmp_path)
        deadline = time.monotonic() + web.PATIENCE
        while str(path) not in removed and time.monotonic() < deadline:
            time.sleep(0.2)
        assert str(path) in removed and not path.exists()


# ---- visitors ------------------------------------------------------------------------------------


def test_a_wrong_secret_opens_nobodys_network(site: str) -> None:
    for secret in ("", "x", None, 7, ["x"], {"a": 1}, "../x"):
        said = ask(
            site,
            "pad",
            "read",
            {"drawing": {"strokes": ONE}, "network": "yours", "session": secret},
        )
        assert said["fault"]["code"] == "weights_gone"


def test_each_visit_has_a_secret_of_its_own(open_page: Callable[..., Any]) -> None:
    secrets = []
    for page in (open_page(), open_page()):
        code = """(address) => import(address).then(
            ({ modules }) => modules["services/session_token.js"]().session)"""
        secrets.append(page.evaluate(code, module(page)))
    assert secrets[0] != secrets[1] and min(map(len, secrets)) >= 20


def test_a_session_is_told_to_who_has_its_secret_only(site: str) -> None:
    for secret in ("", "x", None, 7, ["x"], {"a": 1}, "0" * 20):
        said = web.post(f"{site}/digits/session", json={"session": secret}).json()
        assert said == {"serial": 0, "known": False}


def test_private_functions_are_not_offered(site: str) -> None:
    from gradio_client import Client

    client = Client(site, verbose=False)
    for name in ("/learn", "/disconnect", "/switch_language", "/train_1", "/show_code"):
        with pytest.raises(ValueError, match="Cannot find a function"):
            client.predict(api_name=name)


def test_only_the_rooms_own_functions_can_be_asked(site: str) -> None:
    for name in ("__init__", "postprocess", "get_config", "render", "load", "_read", "read\0"):
        body = {"data": {}, "component_id": number_of(site, "pad"), "session_hash": "x"}
        reply = web.post(f"{site}/gradio_api/component_server", json=body | {"fn_name": name})
        assert reply.status_code == 404, name


# ---- untrusted text ------------------------------------------------------------------------------

EVIL = "<img src=x onerror=window.hurt=1>${window.hurt=1}{{window.hurt=1}}"


def test_no_answer_holds_what_was_sent_as_html(open_page: Callable[..., Any], site: str) -> None:
    """Names and drawings that hold markup come back in messages: the page shows them as text."""
    page = open_page()
    set_state(page, "choice", {"network": EVIL, "backend": EVIL, "device": EVIL})
    page.wait_for_function("document.querySelector('#answer').innerText.includes('onerror')")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hurt") is None
    assert page.locator("img[src='x']").count() == 0


def test_a_link_with_markup_does_no_harm(open_page: Callable[..., Any]) -> None:
    from urllib.parse import quote

    drawn = json.dumps({"strokes": EVIL})
    for link in (f"/#draw={quote(EVIL)}", f"/#draw={quote(drawn)}", f"/?__theme={quote(EVIL)}"):
        page = open_page(link)
        assert page.evaluate("window.hurt") is None
        assert page.locator("img[src='x']").count() == 0
        page.context.close()


def test_scripts_write_no_html() -> None:
    scripts = list((REPO / "digits").rglob("*.js"))
    assert len(scripts) > 20
    for path in scripts:
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way not in path.read_text(encoding="utf-8"), (path.name, way)
