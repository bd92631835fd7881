"""The checkout as a Hugging Face Space: what it starts like there, and its front matter."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard
from packaging.requirements import Requirement
from packaging.version import Version
from PIL import Image

from digits.network.model_card import CARD, read_cards, write_card
from tests.support import web
from tests.support.files import REPO
from tests.support.hub import Hub
from tests.support.requests import ONE, as_visitor
from tests.support.servers import free_port, wait_for

NOWHERE = "http://127.0.0.1:9"  # nobody listens there: every download is refused


def copy_checkout(folder: Path) -> Path:
    """The files that a Space runs, which nobody may change."""
    for name in ("app.py", "README.md", "requirements.txt"):
        shutil.copy(REPO / name, folder)
    for name in ("digits", "weights"):
        shutil.copytree(REPO / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as a Space starts it: its variables, nothing writable but /tmp, no network, no GPU."""
    if sys.platform == "win32":
        pytest.skip("Spaces run Linux")
    base = tmp_path_factory.mktemp("space")
    for name in ("app", "home", "elsewhere", "tmp"):
        (base / name).mkdir()
    checkout = copy_checkout(base / "app")
    (base / "home").chmod(0o555)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(base / "home"),
        "TMPDIR": str(base / "tmp"),
        "SYSTEM": "spaces",
        "SPACE_ID": "somebody/digits",
        "SPACE_HOST": "somebody-digits.hf.space",
        "SPACE_AUTHOR_NAME": "somebody",
        "GRADIO_SERVER_NAME": "127.0.0.1",  # a Space says 0.0.0.0; a test opens no door
        "GRADIO_SERVER_PORT": str(port),
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
    } | dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    log = (base / "log").open("w")
    process = subprocess.Popen(
        [*as_visitor(), sys.executable, str(checkout / "app.py")],
        cwd=base / "elsewhere",
        env=environment,
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process, base / "log")
        yield address
        assert process.poll() is None, (base / "log").read_text()
    finally:
        process.terminate()
        process.wait(120)
        log.close()
    assert not list(checkout.rglob("*.part")) and not (checkout / "data").exists()


def test_a_space_answers_without_training_or_download(space: str) -> None:
    assert "Digit playground" in web.get(space).text
    body = {"data": [ONE]}
    reading = web.post(f"{space}/gradio_api/run/predict", json=body).json()["data"][0]
    assert reading["label"] == "1"


def test_a_space_without_network_says_what_it_trains_on_and_trains(space: str) -> None:
    parts = web.get(f"{space}/config").json()["components"]
    functions = [
        (part["id"], name)
        for part in parts
        for name in part["props"].get("server_fns") or []
        if name == "prepare"
    ]
    number, name = functions[0]
    body = {"data": {}, "component_id": number, "session_hash": "x", "fn_name": name}
    said = web.post(f"{space}/gradio_api/component_server", json=body).json()
    assert said["source"] == "bundled" and said["trained"] == 4000, said
    data = [1, 50, 0.01, "16", "relu", 500, 1]
    event = web.post(f"{space}/gradio_api/call/train", json={"data": data}).json()["event_id"]
    told = web.get(f"{space}/gradio_api/call/train/{event}").text
    last = [line for line in told.splitlines() if line.startswith("data: [")][-1]
    assert '"state": "done"' in last and '"test_accuracy"' in last, told[-500:]


# ---- the upload ----------------------------------------------------------------------------------


FILES = (
    "app.py",
    "train.py",
    "export.py",
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "requirements.txt",
    "LICENSE",
)


def test_the_guides_commands_upload_the_space_and_nothing_else(tmp_path: Path) -> None:
    guide = (REPO / "docs" / "spaces.md").read_text(encoding="utf-8")
    commands = [
        shlex.split(line) for line in re.findall(r"^ *(hf (?:repos|upload) .*)$", guide, re.M)
    ]
    assert [command[1] for command in commands] == ["repos", "upload", "upload"]
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in FILES:
        shutil.copy(REPO / name, checkout)
    for name in ("digits", "weights", "docs"):
        shutil.copytree(REPO / name, checkout / name, ignore=shutil.ignore_patterns("*.pyc"))
    wanted = {str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_file()}
    for litter in (".venv/lib/x.py", "data/MNIST/raw/x", "digits/__pycache__/x.pyc", "venv/app.py"):
        (checkout / litter).parent.mkdir(parents=True, exist_ok=True)
        (checkout / litter).write_text("litter")
    handler = type("OneHub", (Hub,), {"created": [], "files": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = os.environ | {
            "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "HF_TOKEN": "hf_none",
            "HF_HOME": str(tmp_path / "home"),
            "no_proxy": "127.0.0.1",
        }
        for command in commands:
            subprocess.run(
                [sys.executable, "-m", "huggingface_hub.cli.hf", *command[1:]],
                cwd=checkout,
                env=environment,
                check=True,
                timeout=300,
            )
        server.shutdown()
    created = handler.created[0]
    assert (created["organization"], created["name"]) == ("your-name", "digits")
    assert (created["type"], created["sdk"]) == ("space", "gradio")
    weights = {path.removeprefix("weights/") for path in wanted if path.startswith("weights/")}
    assert set(handler.files) == {("spaces", path) for path in wanted} | {
        ("models", path) for path in weights
    }
    assert {"README.md", "sketch.safetensors", "sketch.json"} <= weights
    for (kind, path), content in handler.files.items():
        folder = checkout / "weights" if kind == "models" else checkout
        assert content == (folder / path).read_bytes(), path


# ---- front matter ----------------------------------------------------------------------------------


def front_matter(path: Path) -> dict[str, Any]:
    found = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"{path} has no front matter"
    return yaml.safe_load(found[1])


def requirement(name: str) -> Requirement:
    lines = (REPO / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return next(item for item in found if item.name == name)


def test_the_readme_configures_a_space() -> None:
    settings = front_matter(REPO / "README.md")
    assert settings["sdk"] == "gradio"
    assert (REPO / settings["app_file"]).is_file()
    assert 0 < len(settings["short_description"]) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {settings["colorFrom"], settings["colorTo"]} <= colours
    assert settings["python_version"] in ("3.10", "3.12")  # text, not the number 3.1
    assert {"title", "emoji", "license", "tags", "pinned"} <= set(settings)
    assert Version(settings["sdk_version"]) in requirement("gradio").specifier
    assert settings["header"] == "mini" and settings["suggested_hardware"] == "cpu-basic"
    assert settings["datasets"] == ["ylecun/mnist"]
    owner, home = settings["models"][0].split("/")[0], "https://huggingface.co/spaces"
    resolved = f"{home}/{owner}/digits/resolve/main/"
    assert settings["thumbnail"].startswith(resolved)
    assert Image.open(REPO / settings["thumbnail"].removeprefix(resolved)).size == (1200, 630)


@pytest.mark.parametrize("version", ["2.8.0", "2.9.1", "2.10.0", "2.11.0"])
def test_zerogpus_versions_of_torch_are_allowed(version: str) -> None:
    assert Version(version) in requirement("torch").specifier


def test_the_model_card_says_what_was_measured() -> None:
    cards = read_cards()
    assert CARD.read_text(encoding="utf-8") == write_card(cards), (
        "run: python -m digits.network.model_card"
    )
    measured = {result.metric_value for result in ModelCard.load(CARD).data.eval_results or []}
    assert measured == {card.figures["test_accuracy"] for card in cards.values()}
