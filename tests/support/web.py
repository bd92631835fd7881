"""HTTP as tests need it: with patience, since a busy machine answers late, and without certificates.

httpx gives up after 5 seconds, and reads the certificates of all the world for every request, which takes
ten times as long as the rest of it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import httpx

PATIENCE = 300  # seconds


def get(address: str, **more: Any) -> httpx.Response:
    return httpx.get(address, verify=False, timeout=PATIENCE, **more)


def post(address: str, **more: Any) -> httpx.Response:
    return httpx.post(address, verify=False, timeout=PATIENCE, **more)


def stream(method: str, address: str, **more: Any) -> AbstractContextManager[httpx.Response]:
    """The answer while it comes."""
    return httpx.stream(method, address, verify=False, timeout=PATIENCE, **more)


def client() -> httpx.Client:
    """Many requests over few connections."""
    return httpx.Client(verify=False, timeout=PATIENCE)
