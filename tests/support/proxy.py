"""A proxy that serves a page below a path and says nothing of it to the server behind."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.support.servers import free_port

OWN_OF_A_HOP = {"host", "accept-encoding", "content-length", "transfer-encoding", "connection"}


@contextmanager
def proxied(site: str, path: str) -> Iterator[str]:
    """The address, below `path` such as "/digits", of a proxy in front of `site`; all else there is 404."""

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=None) as client:
            app.state.client = client
            yield

    async def forward(request: Request) -> Response:
        client: httpx.AsyncClient = request.app.state.client
        asked = client.build_request(
            request.method,
            f"{site}/{request.path_params['rest']}",
            params=request.query_params,
            headers=others(request.headers.items()),
            content=await request.body(),
        )
        reply = await client.send(asked, stream=True)
        headers, close = dict(others(reply.headers.items())), BackgroundTask(reply.aclose)
        return StreamingResponse(reply.aiter_raw(), reply.status_code, headers, background=close)

    route = Route(f"{path}/{{rest:path}}", forward, methods=["GET", "POST", "PUT"])
    port = free_port()
    settings = uvicorn.Config(
        Starlette(routes=[route], lifespan=life), "127.0.0.1", port, log_level="error"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}{path}/"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


def others(headers: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that are passed on."""
    return [(name, value) for name, value in headers if name.lower() not in OWN_OF_A_HOP]
