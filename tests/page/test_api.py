"""The API as programs use it: docs/api.md's own examples, what is public, and what fuzzing finds."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digits.data.dataset import Digits
from digits.network.config import ACTIVATIONS, PAGE_LIMITS
from digits.page.app import create_app
from digits.server.requests import check_training
from tests.support import web
from tests.support.files import REPO
from tests.support.requests import as_file, data_url, page_of_digits, seven

ADDRESS = "http://127.0.0.1:7860"
FUZZ = int(os.environ.get("FUZZ_EXAMPLES", "20"))  # by hand: FUZZ_EXAMPLES=5000 pytest -k fuzz


def example(language: str, site: str) -> str:
    """The example in docs/api.md in `language`, for the page under test."""
    text = (REPO / "docs" / "api.md").read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return found[0].replace(ADDRESS, site)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a picture of a seven."""
    seven().save(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_python_example_runs(site: str, desk: Path) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(example("python", site), "docs/api.md", "exec"), {})
    lines = [line for line in said.getvalue().splitlines() if not line.startswith("Loaded")]
    assert lines[:2] == ["7 True", "7 True"]
    assert "'state': 'done'" in lines[-1] and "'epoch': 1" in lines[-1]
    assert 0.5 < float(re.search(r"'test_accuracy': ([\d.]+)", lines[-1])[1]) <= 1


def test_the_javascript_example_runs(site: str, desk: Path) -> None:
    node, modules = shutil.which("node"), os.environ.get("JS_MODULES")
    if not node or not modules:
        pytest.skip(
            "needs node, and JS_MODULES set to the node_modules folder that holds @gradio/client: "
            "npm install --prefix somewhere @gradio/client"
        )
    (desk / "node_modules").symlink_to(modules)
    (desk / "example.mjs").write_text(example("javascript", site))
    result = subprocess.run([node, "example.mjs"], capture_output=True, text=True, timeout=300)
    assert result.stdout.splitlines() == ["7 true", "7 true"], result.stderr


def test_the_example_without_a_client_runs(site: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("there is no curl here")
    result = subprocess.run(example("sh", site), shell=True, capture_output=True, text=True)
    assert json.loads(result.stdout)["data"][0]["label"] == "7"


def test_four_endpoints_are_public_and_documented(site: str) -> None:
    info = web.get(f"{site}/gradio_api/info").json()
    assert set(info["named_endpoints"]) == {"/predict", "/predict_image", "/read", "/train"}
    assert not info["unnamed_endpoints"]
    for endpoint in info["named_endpoints"].values():
        assert len(endpoint["description"]) > 20
        for parameter in endpoint["parameters"]:
            assert parameter["type"], parameter
            assert parameter["label"] == parameter["parameter_name"]
            assert len(parameter["python_type"]["description"]) > 20
    for name in ("/predict", "/predict_image"):
        returned = info["named_endpoints"][name]["returns"][0]["python_type"]["type"]
        assert returned.startswith("dict(label: None | str, confidences: list[")
    picture = info["named_endpoints"]["/predict_image"]["parameters"][0]
    assert picture["python_type"]["type"] == "filepath"


def test_train_is_documented_with_the_limits_that_are_checked(site: str) -> None:
    info = web.get(f"{site}/gradio_api/info").json()["named_endpoints"]["/train"]
    parameters = {one["parameter_name"]: one for one in info["parameters"]}
    said = {name: one["python_type"]["description"] for name, one in parameters.items()}
    for name in ("epochs", "batch_size", "learning_rate", "width"):
        low, high = (np.format_float_positional(limit, trim="-") for limit in PAGE_LIMITS[name])
        assert f"{low} to {high}" in said["hidden" if name == "width" else name]
    assert f"up to {PAGE_LIMITS['layers'][1]} layers" in said["hidden"]
    assert all(name in said["activation"] for name in ACTIVATIONS)
    asked = {name: one["parameter_default"] for name, one in parameters.items()}
    assert check_training(asked) == check_training({})


def test_the_documented_types_are_what_comes(site: str) -> None:
    body = {"data": [[[[0.5, 0.2], [0.5, 0.8]]]]}
    reading = web.post(f"{site}/gradio_api/run/predict", json=body).json()["data"][0]
    assert reading["label"] == "1" and reading["sure"] is True
    shares = [entry["confidence"] for entry in reading["confidences"]]
    assert sorted(entry["label"] for entry in reading["confidences"]) == list("0123456789")
    assert shares == sorted(shares, reverse=True) and math.isclose(sum(shares), 1, abs_tol=1e-5)


def test_all_digits_of_strokes_and_of_a_picture_are_read(site: str, bundled: Digits) -> None:
    one = [[0, 0], [0, 1]]  # along the pad's edge, over which its ink reaches
    seven = [[0.5, 0.2], [0.8, 0.2], [0.6, 0.8]]
    body = {"data": [None, [seven, one]]}
    found = ask_queued(site, "read", body)
    assert [digit["label"] for digit in found] == ["1", "7"]
    assert found[0]["box"][2] < found[1]["box"][0] and all(digit["sure"] for digit in found)
    assert all(0 <= side <= 1 for digit in found for side in digit["box"])
    page = as_file(page_of_digits(bundled.test_images[:6], columns=3), "PNG")
    uploaded = web.post(f"{site}/gradio_api/upload", files={"files": ("page.png", page)}).json()
    file = {"path": uploaded[0], "meta": {"_type": "gradio.FileData"}}
    found = ask_queued(site, "read", {"data": [file, None]})
    right = [
        digit["label"] == str(label)
        for digit, label in zip(found, bundled.test_labels[:6], strict=True)
    ]
    assert sum(right) >= 5


def ask_queued(site: str, name: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """What a function of the API gives that has a queue: asked for, then streamed."""
    event = web.post(f"{site}/gradio_api/call/{name}", json=body).json()["event_id"]
    told = web.get(f"{site}/gradio_api/call/{name}/{event}").text
    assert "event: complete" in told, told
    return list(json.loads(told.split("data: ", 1)[1].splitlines()[0])[0])


def test_the_example_page_shows_our_own_examples(site: str) -> None:
    """Gradio's own example of a file would be a PDF from another host."""
    info = web.get(f"{site}/gradio_api/info").json()["named_endpoints"]
    assert info["/predict"]["parameters"][0]["example_input"] == [[[0.5, 0.2], [0.5, 0.8]]]
    assert info["/predict_image"]["parameters"][0]["example_input"]["path"] == "seven.png"


def test_mcp_without_its_package_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import app

    monkeypatch.setattr(app, "find_spec", lambda name: None)
    assert app.main(["--mcp"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and 'pip install "gradio[mcp]"' in said


MCP_CLIENT = """
import asyncio, sys
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

async def main():
    async with streamablehttp_client(sys.argv[1]) as (read, write, _):
        async with ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            print(" ".join(sorted(tool.name for tool in tools)))
            predict = next(tool for tool in tools if tool.name.endswith("predict"))
            print(predict.description, predict.inputSchema)
            said = await session.call_tool(predict.name, {"strokes": [[[0.5, 0.2], [0.5, 0.8]]]})
            print(said.content[0].text)
            tool = next(tool for tool in tools if tool.name.endswith("predict_image"))
            for picture in (sys.argv[2], "https://example.org/seven.png"):
                said = await session.call_tool(tool.name, {"picture": picture})
                print(said.content[0].text)

asyncio.run(main())
"""


def test_mcp_offers_the_same_tools() -> None:
    with create_app().served(mcp_server=True) as address:
        picture = data_url(seven())
        command = [sys.executable, "-c", MCP_CLIENT, f"{address}/gradio_api/mcp/", picture]
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    names, schema, answer, seen, *refused = result.stdout.splitlines()
    tools = {name.rpartition("__")[2] if "__" in name else name for name in names.split()}
    assert len(tools) == 4
    for wanted in ("predict", "predict_image", "read", "train"):
        assert any(tool.endswith(wanted) for tool in tools), tools
    assert "Read a drawn digit" in schema and "strokes" in schema
    assert "'label': '1'" in answer or '"label": "1"' in answer
    assert "'label': '7'" in seen or '"label": "7"' in seen
    assert any("other hosts" in line for line in refused)


# ---- fuzzing: whatever comes, the answer is a reading or a sentence ------------------------------

numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.floats(-0.2, 1.2),
    st.booleans(),
    st.none(),
    st.text(max_size=5),
)
nested = st.recursive(numbers, lambda part: st.lists(part, max_size=5), max_leaves=30)
strokes = st.lists(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=9), max_size=4)
anything = st.recursive(
    numbers,
    lambda part: st.one_of(
        st.lists(part, max_size=4),
        st.dictionaries(
            st.sampled_from(["path", "url", "meta", "strokes", "pixels", "picture", "x"]),
            part,
            max_size=4,
        ),
    ),
    max_leaves=15,
)
fuzz = settings(
    max_examples=FUZZ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


connection = web.client()


def call(site: str, name: str, argument: Any) -> tuple[int, Any]:
    reply = connection.post(f"{site}/gradio_api/run/{name}", json={"data": [argument]})
    return reply.status_code, reply.json()


@fuzz
@given(argument=st.one_of(nested, strokes))
def test_fuzz_predict(site: str, argument: Any) -> None:
    status, said = call(site, "predict", argument)
    if status == 200:
        assert set(said["data"][0]) == {"label", "confidences", "sure"}
    else:
        assert (status == 500 and "stroke" in said["error"]) or "drawing" in said["error"], said


@fuzz
@given(argument=anything)
def test_fuzz_predict_image(site: str, argument: Any) -> None:
    status, said = call(site, "predict_image", argument)
    assert status in (422, 500) and "\n" not in said["error"], said
    assert any(word in said["error"] for word in ("picture", "file")), said


@fuzz
@given(drawing=anything, other=anything)
def test_fuzz_the_pads_road(site: str, drawing: Any, other: Any) -> None:
    components = connection.get(f"{site}/config").json()["components"]
    number = next(part["id"] for part in components if part["props"].get("elem_id") == "pad")
    for question in (
        {"drawing": drawing},
        {"drawing": {"strokes": [[[0.5, 0.2], [0.5, 0.8]]]}, "network": other, "language": other},
        other,
    ):
        body = {"data": question, "component_id": number, "session_hash": "f", "fn_name": "read"}
        if isinstance(question, dict):
            reply = connection.post(f"{site}/digits/read", json=question)
            assert reply.status_code in (200, 422), (question, reply.text)
            assert {"fault", "blank", "detail"} & set(reply.json()), (question, reply.text)
        reply = connection.post(f"{site}/gradio_api/component_server", json=body)
        assert reply.status_code in (200, 422), (question, reply.text)  # 422: a file named wrongly
        assert {"fault", "blank", "detail"} & set(reply.json()), (question, reply.text)


@fuzz
@given(
    arguments=st.fixed_dictionaries(
        {},
        optional={
            "epochs": st.one_of(st.integers(21), st.integers(max_value=0), st.text(max_size=3)),
            "batch_size": st.one_of(st.integers(1001), st.integers(max_value=0)),
            "learning_rate": st.one_of(st.floats(0.6, 1e9), st.floats(-1e9, 0)),
            "hidden": st.one_of(
                st.text("x,.-", max_size=9), st.just("9999"), st.just("1,1,1,1,1,1")
            ),
            "activation": st.text(max_size=9).filter(
                lambda word: word not in ("relu", "tanh", "sigmoid", "gelu", "")
            ),
        },
    ).filter(len)
)
def test_fuzz_train_outside_its_limits(site: str, arguments: dict[str, Any]) -> None:
    values = {
        "epochs": 1,
        "batch_size": 15,
        "learning_rate": 0.001,
        "hidden": "8",
        "activation": "relu",
        "train_images": 10,
        "seed": 0,
    }
    body = {"data": list((values | arguments).values())}
    event = connection.post(f"{site}/gradio_api/call/train", json=body).json()["event_id"]
    said = connection.get(f"{site}/gradio_api/call/train/{event}").text
    assert said.startswith("event: error"), (arguments, said)
    assert any(name.replace("_", " ") in said for name in (*arguments, "width", "layers")), said
