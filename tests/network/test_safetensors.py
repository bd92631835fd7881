"""The .safetensors files: the same network as .pt and .onnx, loaded as the model card says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from digits import __version__
from digits.data.dataset import Digits
from digits.data.preparation.centring import to_pixels
from digits.network.backends import load_backend
from digits.network.checkpoint import WEIGHTS_DIR, load_weights
from digits.network.metadata import card_from_json
from digits.network.model_card import CARD, EXAMPLE
from digits.network.safetensors_file import to_safetensors

SHIPPED = sorted(WEIGHTS_DIR.glob("*.safetensors"))


def test_each_shipped_set_has_its_file() -> None:
    stems = {path.stem for path in SHIPPED}
    assert stems and stems == {path.stem for path in WEIGHTS_DIR.glob("*.pt")}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_is_the_network_of_the_others(path: Path) -> None:
    model, card = load_weights(path.with_suffix(".pt"))
    tensors = load_file(path)
    assert set(tensors) == set(model.state_dict())
    for name, tensor in model.state_dict().items():
        np.testing.assert_array_equal(tensors[name], tensor.numpy())
    with safe_open(path, "numpy") as file:
        facts = file.metadata()
    assert card_from_json(facts["card"], path) == card
    assert facts["version"] == load_backend(path.stem, "onnx", "cpu").version
    assert facts["made_by"] == f"digits {__version__}"


def test_the_content_does_not_depend_on_who_computes() -> None:
    torch, onnx = (load_backend("tutorial", name, "cpu") for name in ("torch", "onnx"))
    written = [to_safetensors(network.layers(), network.card) for network in (torch, onnx)]
    assert written[0] == written[1]


# ---- the card's five lines -----------------------------------------------------------------------


class Hub(BaseHTTPRequestHandler):
    """Stands in for huggingface.co: one model repository, weights/."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        name = self.path.removeprefix("/your-name/digits-weights/resolve/main/")
        path = WEIGHTS_DIR / name
        if name == self.path or not path.is_file():
            return self.send_error(404)
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.send_header("etag", '"0123456789abcdef0123456789abcdef01234567"')
        self.send_header("x-repo-commit", "0" * 40)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture()
def hub() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_cards_five_lines_read_digits(hub: str, bundled: Digits, tmp_path: Path) -> None:
    card = CARD.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    assert code == EXAMPLE and len([line for line in code.splitlines() if line]) == 5
    pixels = to_pixels(bundled.test_images)
    np.save(tmp_path / "pixels.npy", pixels)
    before = "import numpy, sys, torch\nx = torch.from_numpy(numpy.load(sys.argv[1]))\n"
    after = "\nnumpy.save(sys.argv[2], x.log_softmax(1).numpy())"
    subprocess.run(
        [sys.executable, "-c", before + code + after, tmp_path / "pixels.npy", tmp_path / "x.npy"],
        env=os.environ
        | {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home"), "no_proxy": "127.0.0.1"},
        check=True,
        timeout=300,
    )
    found = np.load(tmp_path / "x.npy")
    wanted = load_backend("sketch", "onnx", "cpu").predict(pixels)
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    assert (found.argmax(axis=1) == bundled.test_labels).mean() > 0.95
