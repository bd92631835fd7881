"""A visitor signs in and pushes their network: the real page, with a stand-in for Hugging Face."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from gradio import OAuthToken
from huggingface_hub import ModelCard

from digits.data.dataset import Digits
from digits.data.preparation.centring import to_pixels
from digits.errors import HubError
from digits.network.backends import OnnxBackend, TorchBackend, load_backend
from digits.network.checkpoint import load_weights
from digits.network.metadata import Card
from digits.network.model import MLP
from digits.network.registry import Choice, Networks
from digits.page import hub
from digits.server.reader import Reader
from digits.server.sessions import Sessions
from tests.support.browser import DESK, PATIENCE, open_tab, press_train, wait_for_state
from tests.support.files import REPO
from tests.support.hub import Hub
from tests.support.servers import free_port, send, wait_for

TOKEN = "hf_oauth_secret"


class Huggingface(Hub):
    """Stands in for huggingface.co: its models, and signing in by OpenID Connect."""

    tokens: list[str]  # that came with what was written
    scopes: list[str]  # that were asked for
    refuses: list[int]  # a status for every repository, while there is one

    def do_GET(self) -> None:  # noqa: N802  http.server's name for it
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        home = f"http://{self.headers['host']}"
        if path == "/.well-known/openid-configuration":
            ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{home}/oauth/{end}" for name, end in ends.items()}
            send(self, 200, json.dumps({"issuer": home, **found}).encode())
        elif path == "/oauth/authorize":
            self.scopes.append(query["scope"][0])
            back = urlencode({"code": "1", "state": query["state"][0]})
            self.send_response(302)
            self.send_header("location", f"{query['redirect_uri'][0]}&{back}")
            self.send_header("content-length", "0")
            self.end_headers()
        elif self.refuses:
            send(self, self.refuses[0], b'{"error": "no"}')
        else:
            super().do_GET()

    def do_POST(self) -> None:  # noqa: N802
        if self.path.startswith("/oauth/token"):
            self.read()
            profile = {"sub": "1", "name": "Some Body", "preferred_username": "somebody"}
            profile |= {"profile": "", "picture": ""}
            send(
                self,
                200,
                json.dumps(
                    {
                        "access_token": TOKEN,
                        "token_type": "bearer",
                        "scope": "openid profile contribute-repos",
                        "expires_at": int(time.time()) + 3600,
                        "userinfo": profile,
                    }
                ).encode(),
            )
            return
        self.tokens.append(self.headers["authorization"])
        if self.refuses:
            self.read()
            send(self, self.refuses[0], b'{"error": "no"}')
            return
        if self.path.startswith("/api/repos/create"):
            made = json.loads(self.read())
            self.created.append(made)
            name = f"somebody/{made['name']}"
            self.say({"url": f"http://{self.headers['host']}/{name}", "id": name})
            return
        super().do_POST()


@dataclass(frozen=True)
class StandIn:
    """The stand-in's address, and what it was told."""

    address: str
    told: type[Huggingface]


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    lists: dict[str, Any] = {name: [] for name in ("created", "tokens", "scopes", "refuses")}
    told = type("OneHub", (Huggingface,), {**lists, "files": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), told) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield StandIn(f"http://127.0.0.1:{server.server_port}", told)
        server.shutdown()


def check_repository(files: dict[str, bytes], digits: Digits, tmp_path: Path) -> None:
    """All of the files are one network, and the card says how good it is."""
    assert set(files) == {
        "README.md",
        "model.safetensors",
        "model.onnx",
        "model.pt",
        "model.json",
        "page.html",
    }
    (tmp_path / "model.pt").write_bytes(files["model.pt"])
    model, card = load_weights(tmp_path / "model.pt")
    pixels = to_pixels(digits.test_images[:50])
    np.testing.assert_allclose(
        OnnxBackend(files["model.onnx"]).predict(pixels),
        TorchBackend(model, card).predict(pixels),
        atol=1e-4,
    )
    text = files["README.md"].decode()
    assert str(card.figures["test_accuracy"]) in text
    assert ModelCard(text).data.license == "mit"
    assert TOKEN not in "".join(content.decode("latin-1") for content in files.values())


# ---- without a page ------------------------------------------------------------------------------


def test_a_network_becomes_a_repository(bundled: Digits, tmp_path: Path) -> None:
    files = hub.make_files(load_backend("tutorial", "torch", "cpu"), "digits-1")
    check_repository(files, bundled, tmp_path)


@pytest.fixture
def endpoint(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    import huggingface_hub

    right = huggingface_hub.HfApi

    def make(token: str) -> Any:
        return right(endpoint=stand_in.address, token=token)

    monkeypatch.setattr(huggingface_hub, "HfApi", make)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return stand_in


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_refusal_is_one_sentence_without_the_token(endpoint: StandIn, status: int) -> None:
    endpoint.told.refuses.append(status)
    with pytest.raises(HubError, match=f"status {status}") as caught:
        hub.push_files({"README.md": b"x"}, "digits-1", TOKEN)
    assert TOKEN not in str(caught.value) and caught.value.__cause__ is None
    assert endpoint.told.files == {}


def test_another_network_is_another_repository(endpoint: StandIn) -> None:
    reader = Reader(Networks(Choice("tutorial")), Sessions())
    push = hub.make_push(reader)
    token = OAuthToken(token=TOKEN, scope="contribute-repos", expires_at=0)
    for session, seed in (("a" * 20, 1), ("b" * 20, 2), ("c" * 20, 1)):
        network = TorchBackend(MLP(seed=seed), Card())
        name: Any = {"key": "network_run", "values": {"number": 1}}
        own = reader.sessions.get_or_create(session).keep(network, name)
        assert "It is at" in push({"session": session, "network": own.id}, "en", token)
    first, second, again = (made["name"] for made in endpoint.told.created)
    assert first.startswith("digits-run-1-") and again == first != second


@pytest.mark.parametrize("missing", ["", "SYSTEM", *hub.NEEDED])
def test_it_is_off_unless_the_space_asks_for_it(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SYSTEM", *hub.NEEDED):
        monkeypatch.setenv(name, "spaces")
    monkeypatch.setattr(hub, "find_spec", lambda name: name)
    if missing:
        monkeypatch.delenv(missing)
    assert hub.can_sign_in() is not bool(missing)
    monkeypatch.setattr(hub, "find_spec", lambda name: None)
    assert hub.can_sign_in() is False


def test_the_page_has_no_sign_in_elsewhere(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.get_by_role("tab", name="Train").click()
    page.wait_for_selector(".data-note:not(:empty)", timeout=PATIENCE)
    assert page.get_by_text("Hugging Face").count() == 0


# ---- on a Space ----------------------------------------------------------------------------------


@pytest.fixture
def space(stand_in: StandIn, few_folder: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The page as a Space with hf_oauth: its address and its log."""
    if not find_spec("authlib"):
        pytest.skip("signing in needs authlib: pip install 'gradio[oauth]'")
    port, log = free_port(), tmp_path / "log"
    environment = os.environ | {
        "SYSTEM": "spaces",
        "SPACE_ID": "somebody/digits",
        "OAUTH_CLIENT_ID": "client",
        "OAUTH_CLIENT_SECRET": "secret",
        "OAUTH_SCOPES": "openid profile contribute-repos",
        "OPENID_PROVIDER_URL": stand_in.address,
        "HF_ENDPOINT": stand_in.address,
        "HF_HOME": str(tmp_path / "home"),
        "no_proxy": "127.0.0.1",
    }
    environment.pop("SPACE_HOST", None)
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port), "--data", str(few_folder)],
            cwd=REPO,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.terminate()
        process.wait(120)


def push(page: Any) -> str:
    """Press the button; what the page says then."""
    said = page.locator("#hub_said")
    before = said.inner_text()
    page.get_by_role("button", name="Push my network").click()
    page.wait_for_function(
        "(before) => ![before, ''].includes(document.querySelector('#hub_said').innerText)",
        arg=before,
    )
    return said.inner_text()


def test_a_visitor_trains_signs_in_and_pushes(
    browser: Any, space: tuple[str, Path], stand_in: StandIn, bundled: Digits, tmp_path: Path
) -> None:
    address, log = space
    context = browser.new_context(**DESK)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#answer .answer[data-serial]")
    open_tab(page, epochs=1)
    assert "Sign in with Hugging Face first" in push(page)
    press_train(page)
    wait_for_state(page, "done")
    with page.expect_navigation(url=f"{address}/**"):
        page.get_by_role("button", name="Sign in with Hugging Face").click()
    page.wait_for_selector("#answer .answer[data-serial]")
    page.get_by_role("tab", name="Train").click()
    page.get_by_role("button", name="Logout (somebody)").wait_for()
    assert "It is at" in push(page), log.read_text()[-3000:]
    assert stand_in.told.scopes == ["openid profile contribute-repos"]
    assert set(stand_in.told.tokens) == {f"Bearer {TOKEN}"}
    assert {kind for kind, _ in stand_in.told.files} == {"models"}
    files = {path: content for (_, path), content in stand_in.told.files.items()}
    check_repository(files, bundled, tmp_path)
    assert TOKEN not in log.read_text()
    home = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert TOKEN.encode() not in home and base64.b64encode(TOKEN.encode()) not in home
    assert f"{stand_in.address}/somebody/digits-" in page.locator("#hub_said").inner_text()
    context.close()
