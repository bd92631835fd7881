"""Every kind of bad input in one table each, with what is said about it; the server answers afterwards.

Drawings and pictures go to the running page over HTTP, by both roads: the pad's own and the API. Files
and machines that are not as they should be meet the real commands, as a user runs them.
"""

from __future__ import annotations

import base64
import io
import json
import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from PIL import Image

from digits.errors import DigitsError
from digits.network.checkpoint import save_weights
from digits.network.config import LIMITS, ModelConfig
from digits.network.metadata import Card
from digits.network.model import MLP
from tests.support import web
from tests.support.files import REPO
from tests.support.requests import ONE, as_file, as_visitor, seven

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="uses what only Linux has")


# ---- the two roads to the running page -----------------------------------------------------------


@pytest.fixture(params=["the quick road", "Gradio's road"])
def pad(site: str, request: pytest.FixtureRequest) -> Iterator[Callable[[str], dict[str, Any]]]:
    """pad(drawing as JSON text) -> the pad's answer; checks at the end that the page still answers."""
    quick = request.param == "the quick road"
    components = web.get(f"{site}/config").json()["components"]
    number = next(part["id"] for part in components if part["props"].get("elem_id") == "pad")

    def ask(drawing: str) -> dict[str, Any]:
        question = f'{{"drawing": {drawing}, "language": "en"}}'
        named = f'"component_id": {number}, "session_hash": "bad", "fn_name": "read"'
        body = question if quick else f'{{"data": {question}, {named}}}'
        reply = web.post(
            site + ("/digits/read" if quick else "/gradio_api/component_server"),
            content=body.encode(),
            headers={"content-type": "application/json"},
        )
        assert reply.headers["content-type"].startswith("application/json"), reply.text
        return reply.json()

    yield ask
    assert ask(json.dumps({"strokes": ONE}))["label"] == 1


@pytest.fixture
def api(site: str) -> Iterator[Callable[[str, str], dict[str, Any]]]:
    """api(name, argument as JSON text) -> what the endpoint says; checks at the end that it lives."""

    def call(name: str, argument: str) -> dict[str, Any]:
        body = f'{{"data": [{argument}]}}'.encode()
        headers = {"content-type": "application/json"}
        reply = web.post(f"{site}/gradio_api/run/{name}", content=body, headers=headers)
        content = reply.json()
        return content if reply.status_code != 200 else content["data"][0]

    yield call
    assert call("predict", json.dumps(ONE))["label"] == "1"


def problem_of(message: dict[str, Any]) -> str:
    """A fault as the English sentence of its code."""
    return str(DigitsError(message["fault"]["code"], **message["fault"]["values"]))


def sentence(problem: object) -> str:
    """The message, if it is fit for people: one line, no Python in it."""
    text = str(problem)
    assert "\n" not in text and "Traceback" not in text and "object at 0x" not in text, text
    return text


# ---- strokes --------------------------------------------------------------------------------------

many = json.dumps([[[0.5, 0.5]] * 15_000] * 2)
STROKES = {
    "text": ('"7"', "list of strokes, not str"),
    "a number": ("7", "list of strokes, not int"),
    "an object": ('{"a": 1}', "list of strokes, not dict"),
    "a flat list": ("[1, 2]", "stroke 1 is not a list of points but int"),
    "points without strokes": ("[[0.1, 0.2]]", "stroke 1 must be a list of .x, y. pairs"),
    "nested too deeply": ("[[[[0.1, 0.2]]]]", "pairs of numbers"),
    "nested a hundred times": ("[" * 100 + "]" * 100, "pairs of numbers"),
    "three coordinates": ("[[[0.1, 0.2, 0.3]]]", "pairs of numbers"),
    "points of unlike length": ("[[[0.1, 0.2], [0.3]]]", "pairs of numbers"),
    "words for numbers": ('[[["a", "b"]]]', "pairs of numbers"),
    "true and false": ("[[[true, false]]]", "pairs of numbers"),
    "null inside": ("[[[null, 0.1]]]", "pairs of numbers"),
    "the second stroke": ("[[[0.1, 0.2]], 5]", "stroke 2 is not a list"),
    "not a number": ("[[[NaN, 0.5]]]", "not a finite number"),
    "infinite": ("[[[Infinity, 0.5]]]", "not a finite number"),
    "too large for a float": ("[[[1e999, 0.5]]]", "not a finite number"),
    "an enormous integer": (f"[[[{10**400}, 0.5]]]", "pairs of numbers"),
    "far off the pad": ("[[[0.5, 0.5], [3.0, 0.5]]]", "leaves the pad"),
    "too many points": (many, "20,000 points, not 30,000"),
    "too many strokes": (json.dumps([[[0.5, 0.5]]] * 5000), "1,000 strokes, not 5,000"),
}


@pytest.mark.parametrize(("given", "says"), STROKES.values(), ids=list(STROKES))
def test_bad_strokes_are_refused_in_a_sentence(
    pad: Callable[..., Any], api: Callable[..., Any], given: str, says: str
) -> None:
    assert re.search(says, sentence(problem_of(pad(f'{{"strokes": {given}}}'))))
    assert re.search(says, sentence(api("predict", given)["error"]))


@pytest.mark.parametrize("given", ["[]", "[[]]", "[[], [], []]"])
def test_strokes_of_nothing_are_a_blank_drawing(
    pad: Callable[..., Any], api: Callable[..., Any], given: str
) -> None:
    assert pad(f'{{"strokes": {given}}}')["blank"]
    assert api("predict", given) == {"label": None, "confidences": [], "sure": False}


DRAWINGS = {
    "a list": ("[]", "not list"),
    "text": ('"x"', "not str"),
    "pixels that are none": ('{"pixels": 7}', "base64 text"),
    "pixels that are no base64": ('{"pixels": "?"}', "base64"),
    "too few pixels": ('{"pixels": "AAAA"}', "784 bytes"),
    "too many pixels": (json.dumps({"pixels": "A" * 5000}), "at most 2,000 letters"),
    "a picture that is none": ('{"picture": null}', "base64 text"),
    "a picture of text": ('{"picture": "aGVsbG8="}', "no PNG or JPEG"),
    "a picture by its address": ('{"picture": "http://127.0.0.1/x.png"}', "base64"),
    "a picture too large to send": (json.dumps({"picture": "A" * 5_000_000}), "4,000,000 letters"),
}


@pytest.mark.parametrize(("given", "says"), DRAWINGS.values(), ids=list(DRAWINGS))
def test_what_is_no_drawing_is_refused_in_a_sentence(
    pad: Callable[..., Any], given: str, says: str
) -> None:
    assert re.search(says, sentence(problem_of(pad(given))))


NO_REQUESTS = {
    "nothing": b"",
    "half": b'{"data": [[[',
    "a list": b"[]",
    "null": b"null",
    "no text": b"\xff\xfe",
    "nested endlessly": b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", NO_REQUESTS.values(), ids=list(NO_REQUESTS))
def test_a_request_that_is_no_request_gets_a_status(
    site: str, api: Callable[..., Any], body: bytes
) -> None:
    headers = {"content-type": "application/json"}
    roads = ("run/predict", "call/predict", "component_server", "queue/join")
    for path in ("digits/read", *(f"gradio_api/{road}" for road in roads)):
        reply = web.post(f"{site}/{path}", content=body, headers=headers)
        if path == "digits/read" and body.startswith(b"{") and reply.status_code == 200:
            continue  # an object without a drawing is a question about a blank pad
        assert 400 <= reply.status_code < 500, (path, reply.status_code, reply.text)


# ---- pictures -------------------------------------------------------------------------------------


def with_alpha() -> bytes:
    """The seven in black on nothing: all colours are black, the shape is in the transparency."""
    paper = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    paper.putalpha(Image.fromarray(255 - np.asarray(seven(mode="L"))))
    return as_file(paper, "PNG")


def sixteen_bits() -> bytes:
    values = np.asarray(seven(mode="L")).astype(np.uint16) * 257
    return as_file(Image.fromarray(values), "PNG")


def turned() -> bytes:
    """As phones write it: the pixels lie on their side, a note says how to hold them."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to see it upright
    return as_file(seven().rotate(90, expand=True), "JPEG", exif=exif)


def animated() -> bytes:
    frames = [seven(mode="P"), Image.new("P", (300, 300)), Image.new("P", (300, 300), 9)]
    return as_file(frames[0], "GIF", save_all=True, append_images=frames[1:])


ODD_PICTURES: dict[str, Callable[[], bytes]] = {
    "alpha": with_alpha,
    "CMYK": lambda: as_file(seven(mode="CMYK"), "JPEG"),
    "16 bits": sixteen_bits,
    "1 bit": lambda: as_file(seven(mode="1"), "PNG"),
    "palette": lambda: as_file(seven(mode="P"), "PNG"),
    "grey with alpha": lambda: as_file(seven(mode="LA"), "PNG"),
    "20 megapixels": lambda: as_file(seven(4480), "JPEG", quality=90),
    "turned by EXIF": turned,
}


@pytest.mark.parametrize("make", ODD_PICTURES.values(), ids=list(ODD_PICTURES))
def test_odd_pictures_are_read(
    pad: Callable[..., Any],
    api: Callable[..., Any],
    upload: Callable[[bytes], str],
    make: Callable[[], bytes],
) -> None:
    content = make()
    assert api("predict_image", upload(content))["label"] == "7"
    if max(Image.open(io.BytesIO(content)).size) < 1000:  # the page shrinks what it sends
        assert pad(json.dumps({"picture": base64.b64encode(content).decode()}))["label"] == 7


def test_an_animation_is_read_by_its_first_picture(
    api: Callable[..., Any], upload: Callable[[bytes], str]
) -> None:
    assert api("predict_image", upload(animated()))["label"] == "7"


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1)])
def test_a_picture_too_small_to_hold_anything_is_blank(
    pad: Callable[..., Any],
    api: Callable[..., Any],
    upload: Callable[[bytes], str],
    size: tuple[int, int],
) -> None:
    content = as_file(Image.new("L", size, 200), "PNG")
    assert api("predict_image", upload(content))["label"] is None
    assert pad(json.dumps({"picture": base64.b64encode(content).decode()}))["blank"]


def bomb(side: int) -> bytes:
    """A small PNG that claims and holds side x side white pixels."""
    rows = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side // 8)
    data = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        sum_ = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + sum_

    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


BAD_PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not 0 bytes"),
    "text": (lambda: b"hello", "no picture that can be read"),
    "a program": (lambda: Path(sys.executable).resolve().read_bytes()[:9999], "no picture"),
    "a drawing in SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no picture"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
    "only the start": (lambda: as_file(seven(), "PNG")[:40], "cannot be read|no picture"),
    "cut in the middle": (lambda: as_file(seven(), "PNG")[:-400], "cannot be read"),
    "damaged": (
        lambda: as_file(seven(), "PNG").replace(b"IDAT", b"IDAX"),
        "cannot be read|no picture",
    ),
    "100 megapixels in 20 kB": (lambda: bomb(10_000), "send one of at most 50 million"),
    "900 megapixels in 200 kB": (lambda: bomb(30_000), "no picture|at most 50 million"),
    "11 MB": (lambda: as_file(seven(), "JPEG") + bytes(11_000_000), "maximum allowed size"),
}


@pytest.mark.parametrize(("make", "says"), BAD_PICTURES.values(), ids=list(BAD_PICTURES))
def test_bad_pictures_are_refused_in_a_sentence(
    api: Callable[..., Any], upload: Callable[[bytes], str], make: Callable[[], bytes], says: str
) -> None:
    file = upload(make())
    problem = api("predict_image", file)["error"] if file.startswith("{") else file
    assert re.search(says, sentence(problem), re.IGNORECASE)


def test_the_quick_road_takes_no_bomb_either(pad: Callable[..., Any]) -> None:
    for side in (4000, 10_000):
        encoded = base64.b64encode(bomb(side)).decode()
        problem = sentence(problem_of(pad(json.dumps({"picture": encoded}))))
        assert "million" in problem or "no PNG" in problem


@pytest.fixture
def upload(site: str) -> Callable[[bytes], str]:
    """upload(content) -> the file as an API argument in JSON, or what the server said against it."""

    def send(content: bytes) -> str:
        files = {"files": ("x.png", content, "image/png")}
        reply = web.post(f"{site}/gradio_api/upload", files=files)
        if reply.status_code != 200:
            return reply.text
        return json.dumps({"path": reply.json()[0], "meta": {"_type": "gradio.FileData"}})

    return send


NO_FILES = {
    "null": ("null", "no picture arrived"),
    "a number": ("3", "no picture arrived"),
    "a list": ("[]", "no picture arrived"),
    "no path": ('{"meta": {"_type": "gradio.FileData"}}', "no picture arrived"),
    "a path alone": ('{"path": "/etc/passwd"}', "only a file that was uploaded"),
    "a way out": (
        '{"path": "/tmp/gradio/../../etc/passwd"}',
        "only a file that was uploaded",
    ),
    "a number for a path": ('{"path": 7}', "no picture arrived"),
    "a zero byte": ('{"path": "/tmp/gradio/\\u0000"}', "no picture|only a file"),
    "a folder": ('{"path": "/tmp/gradio"}', "no picture|only a file"),
    "an address": ('{"path": "http://127.0.0.1/x.png"}', "only a file that was uploaded"),
    "an address as a file": (
        '{"path": "http://127.0.0.1/x.png", "meta": {"_type": "gradio.FileData"}}',
        "fetches nothing from other hosts",
    ),
}


@pytest.mark.parametrize(("given", "says"), NO_FILES.values(), ids=list(NO_FILES))
def test_what_is_no_uploaded_file_is_refused_in_a_sentence(
    api: Callable[..., Any], given: str, says: str
) -> None:
    assert re.search(says, sentence(api("predict_image", given)["error"]))


# ---- files and machines that are not as they should be --------------------------------------------


def run(*command: object, cwd: Path = REPO, **settings: Any) -> subprocess.CompletedProcess[str]:
    """A command with this Python, without the full data set.

    It writes no .pyc: on the full disk below, Python 3.10 would leave half of one behind.
    """
    environment = {**os.environ, "PYTHONPATH": str(REPO), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= settings.pop("env", {})
    environment.pop("MNIST_DIR", None)
    return subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        **settings,
    )


def last_line(result: subprocess.CompletedProcess[str]) -> str:
    """The last line of a command that failed; it must not have ended in a traceback."""
    assert result.returncode == 1, (result.returncode, result.stdout, result.stderr)
    assert "Traceback" not in result.stderr, result.stderr
    return result.stderr.strip().splitlines()[-1]


class Attack:
    """A pickle of this touches a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return (Path.touch, (self.path,))


def bad_weights(kind: str, folder: Path) -> Path:
    """Weights as they should not be."""
    path = folder / "bad.pt"
    save_weights(path, MLP(), Card())
    content = path.read_bytes()
    if kind == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "another shape":
        weights = MLP(ModelConfig((9, 6))).state_dict()
        torch.save({"card": Card().to_json(), "weights": weights}, path)
    elif kind == "a pickle that runs code":
        path.write_bytes(pickle.dumps(Attack(folder / "ran")))
    elif kind == "weights that run code":
        torch.save({"card": Attack(folder / "ran"), "weights": {}}, path)
    elif kind == "gone":
        path.unlink()
    return path


WEIGHTS = {
    "truncated": "damaged or not a file of weights",
    "another shape": "do not fit",
    "a pickle that runs code": "damaged or not a file of weights",
    "weights that run code": "damaged or not a file of weights",
    "gone": "bad.pt",
}


@pytest.mark.parametrize(("kind", "says"), WEIGHTS.items(), ids=list(WEIGHTS))
def test_bad_weights_end_the_commands_in_one_line(
    kind: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import app
    import export

    path = bad_weights(kind, tmp_path)
    for main, flags in ((export.main, []), (app.main, ["--backend", "torch", "--weights"])):
        assert main([*flags, str(path)]) == 1
        line = capsys.readouterr().err
        assert says in line and "bad.pt" in line and line.count("\n") == 1
    assert not (tmp_path / "ran").exists()


def test_weights_that_are_no_name_end_the_commands_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    import app
    import export
    from digits.evaluation.__main__ import main as evaluate

    commands = ((export.main, [""]), (export.main, ["--page", "/"]), (app.main, ["--weights", "."]))
    for main, flags in (*commands, (evaluate, ["--weights", ""])):
        assert main(flags) == 1
        line = capsys.readouterr().err
        assert "names no weights" in line and line.count("\n") == 1


def test_an_onnx_file_with_anothers_card_ends_the_commands_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import app
    import export

    proto = onnx.load(REPO / "weights" / "tutorial.onnx")
    card = next(item for item in proto.metadata_props if item.key == "card")
    card.value = Card(ModelConfig((32,))).to_json()
    onnx.save(proto, tmp_path / "odd.onnx")
    for main, flag in ((app.main, "--weights"), (export.main, "--page")):
        assert main([flag, str(tmp_path / "odd.onnx")]) == 1
        assert "odd.onnx was not written by export.py" in capsys.readouterr().err
    assert not (tmp_path / "odd.html").exists()


def test_bad_onnx_ends_the_page_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import app

    for content in (b"", b"hello", (REPO / "weights" / "tutorial.onnx").read_bytes()[:5000]):
        (tmp_path / "bad.onnx").write_bytes(content)
        assert app.main(["--weights", str(tmp_path / "bad")]) == 1
        assert "bad.onnx is damaged or not ONNX" in capsys.readouterr().err


def settings_outside() -> dict[str, tuple[list[str], str]]:
    """Every flag of train.py that has limits, below and above them."""
    flags = {"epochs": "--epochs", "batch_size": "--batch-size", "learning_rate": "--learning-rate"}
    cases = {}
    for name, flag in flags.items():
        low, high = LIMITS[name]
        words = name.replace("_", " ")
        for value in (low - 1, high + 1):
            number = f"{value:g}" if name == "learning_rate" else f"{value:.0f}"
            cases[f"{flag} {number}"] = ([f"{flag}={number}"], f"{words} must be between")
    cases["no layer"] = (["--hidden="], "not like 64,64,64")
    cases["a layer of none"] = (["--hidden=64,0"], "width must be between")
    cases["an enormous layer"] = (["--hidden=99999999"], "width must be between")
    cases["too many layers"] = (["--hidden=" + ",".join(["9"] * 99)], "layers must be between")
    cases["no number"] = (["--epochs=many"], "invalid int value")
    return cases


@pytest.mark.parametrize(
    ("flags", "says"), settings_outside().values(), ids=list(settings_outside())
)
def test_settings_out_of_range_end_in_one_line(
    flags: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import train

    try:
        assert train.main(flags) == 1
    except SystemExit as ended:  # argparse's own
        assert ended.code == 2
    assert says in capsys.readouterr().err.splitlines()[-1]


@LINUX
def test_a_full_disk_is_said_and_the_old_weights_stay(tmp_path: Path, few_folder: Path) -> None:
    out = tmp_path / "x.pt"
    save_weights(out, MLP(seed=1), Card())
    before = out.read_bytes()
    small = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (99, 99)); "
    script = small + "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    train = ["train.py", "--data", few_folder, "--epochs", 1, "--out", out]
    for command, file in ((train, "x.pt"), (["export.py", out, "--data", few_folder], "x.onnx")):
        line = last_line(run(sys.executable, "-c", script, *command))
        assert f"cannot write {tmp_path / file}: File too large" in line
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.json", "x.pt"]


@LINUX
def test_no_permission_to_write_is_said(tmp_path: Path, few_folder: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    save_weights(locked / "x.pt", MLP(), Card())
    locked.chmod(0o555)
    python = [*as_visitor(), sys.executable]
    train = ["train.py", "--data", few_folder, "--epochs", 1, "--out", locked / "y.pt"]
    for command in (train, ["export.py", locked / "x.pt", "--data", few_folder]):
        line = last_line(run(*python, *command))
        assert f"cannot write {locked}" in line and "Permission denied" in line
    locked.chmod(0o755)
    assert sorted(path.name for path in locked.iterdir()) == ["x.json", "x.pt"]


def test_a_port_in_use_ends_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = last_line(run(sys.executable, "app.py", "--port", port))
    assert f"{port}" in line and "--port" in line


WITHOUT = """
import runpy, sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None  # Python's own mark for a module that is not there
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
MISSING = {
    "the page without gradio": ("gradio", ["app.py"], "gradio is not installed"),
    "the page without Pillow": ("PIL", ["app.py"], "PIL is not installed"),
    "the page without any backend": (
        "onnxruntime,torch",
        ["app.py"],
        "pip install onnxruntime",
    ),
    "the page without the backend asked for": (
        "torch",
        ["app.py", "--backend", "torch"],
        "pip install torch",
    ),
    "training without torch": ("torch", ["train.py", "--data", "FEW"], "torch is not installed"),
    "training without numpy": ("numpy", ["train.py"], "numpy is not installed"),
    "training without tqdm": ("tqdm", ["train.py", "--data", "FEW"], "tqdm is not installed"),
    "export without torch": ("torch", ["export.py"], "torch is not installed"),
    "export without onnx": ("onnx", ["export.py"], "onnx is not installed"),
    "export without onnxruntime": (
        "onnxruntime",
        ["export.py", "--data", "FEW"],
        "onnxruntime is not installed",
    ),
}


@pytest.mark.parametrize(("gone", "command", "says"), MISSING.values(), ids=list(MISSING))
def test_what_is_not_installed_is_named_with_the_way_out(
    gone: str, command: list[str], says: str, tmp_path: Path, few_folder: Path
) -> None:
    for name in ("app.py", "train.py", "export.py"):  # a checkout without downloaded data
        shutil.copy(REPO / name, tmp_path)
    for name in ("digits", "weights"):
        shutil.copytree(REPO / name, tmp_path / name)
    command = [part.replace("FEW", str(few_folder)) for part in command]
    here = {"cwd": tmp_path, "env": {"PYTHONPATH": ""}}
    line = last_line(run(sys.executable, "-c", WITHOUT, gone, *command, **here))
    assert says in line and "pip install" in line
