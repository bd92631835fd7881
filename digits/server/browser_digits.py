"""The digits that a network learns from in a visitor's browser: chosen once, packed, kept by the browser.

10,000 MNIST images to train on and 1,000 to test with, drawn by a seed; or the 5,000 bundled ones where
MNIST is not there. The stream is one line of JSON, {"source": "mnist", "train": 10000, "test": 1000},
then all the images (784 bytes each, training ones first), then their labels (a byte each), compressed by
gzip. Its address names a digest of it, so that a browser may keep it for good; `digits/learn` leads there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from digits.data.dataset import Digits
from digits.data.mnist import load_digits
from digits.errors import DataError
from digits.server.routes import FOREVER

PATH = "/digits/learn"
TRAIN, TEST = 10_000, 1_000
SEED = 0


@dataclass(frozen=True)
class Packed:
    """What goes over the wire, and the digest that its address names."""

    content: bytes
    digest: str
    source: str


def pack_digits(digits: Digits) -> Packed:
    """Choose from the digits by a seed and compress them; the same digits give the same bytes."""
    train, test = (order[:most] for order, most in zip(orders(digits), (TRAIN, TEST), strict=True))
    header = {"source": digits.source, "train": len(train), "test": len(test)}
    content = gzip.compress(
        b"".join(
            [
                json.dumps(header).encode() + b"\n",
                digits.train_images[train].tobytes(),
                digits.test_images[test].tobytes(),
                digits.train_labels[train].astype(np.uint8).tobytes(),
                digits.test_labels[test].astype(np.uint8).tobytes(),
            ]
        ),
        compresslevel=7,  # 9 takes ten times as long for half a percent
        mtime=0,  # the time would change the digest
    )
    return Packed(content, hashlib.sha256(content).hexdigest()[:16], digits.source)


def orders(digits: Digits) -> tuple[np.ndarray, np.ndarray]:
    """All training and all test digits in a random order: the first of each go to the browser."""
    random = np.random.default_rng(SEED)
    return random.permutation(len(digits.train_labels)), random.permutation(len(digits.test_labels))


class BrowserDigits:
    """The packed digits of one server, made when the first visitor asks."""

    def __init__(self, data: Path | None = None) -> None:
        self._data = data
        self._packed: Packed | None = None
        self._lock = threading.Lock()

    def find(self) -> Packed:
        """The digits; DataError if there are none. Nothing is downloaded: nobody shall wait for that."""
        with self._lock:
            if (
                self._packed is None or self._packed.source == "bundled"
            ):  # MNIST may have come since
                digits = load_digits(self._data, download=False)
                if self._packed is None or digits.source != self._packed.source:
                    self._packed = pack_digits(digits)
            return self._packed

    async def lead(self, request: Request) -> Response:
        """Say where the digits are now: an address that changes with them."""
        try:
            packed = await run_in_threadpool(self.find)
        except DataError as error:
            return JSONResponse({"detail": str(error)}, 503)
        # Relative to this address, so that a proxy may serve the page under any path.
        address = f"{PATH.rsplit('/', 1)[1]}/{packed.digest}"
        return RedirectResponse(address, headers={"cache-control": "no-cache"})

    async def send(self, request: Request) -> Response:
        """The digits themselves, or 304 to a browser that has them; 404 for those of another time."""
        try:
            packed = await run_in_threadpool(self.find)
        except DataError as error:
            return JSONResponse({"detail": str(error)}, 503)
        if request.path_params["digest"] != packed.digest:
            return JSONResponse({"detail": f"these digits are now at {PATH}"}, 404)
        etag = f'"{packed.digest}"'
        headers = {"etag": etag, "cache-control": FOREVER, "content-encoding": "gzip"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"etag": etag, "cache-control": FOREVER})
        return Response(packed.content, media_type="application/octet-stream", headers=headers)

    def routes(self) -> list[Route]:
        """For the web server below Gradio."""
        return [
            Route(PATH, self.lead, methods=["GET"]),
            Route(PATH + "/{digest}", self.send, methods=["GET"]),
        ]
