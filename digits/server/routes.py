"""The server's own routes: plain POSTs of JSON, past Gradio's events and server functions.

The pad asks when the pen rests. A Gradio event, and even a server function of gr.HTML, takes several times as
long to pass on as the network to answer (docs/benchmarks.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from digits.server import limits

READ = "/digits/read"  # a question of the pad -> Answer, Blank or Problem
SESSION = "/digits/session"  # {"session", "seen"} -> SessionState
PAGE = "x-digits-page"  # header of what SESSION answers: the version of the page's files
FOREVER = "public, max-age=31536000, immutable"  # a year, the longest that caches take
NO_QUESTION = "a question is a JSON object, as the page's scripts send it"

Answerer = Callable[[Mapping[str, Any]], Any]


def make_routes(
    read: Answerer, is_quick: Callable[[Mapping[str, Any]], bool], state: Answerer, page: str
) -> list[Route]:
    """The routes, answered by these functions; RequestLimits has seen to the size of what they get.

    Args:
        read: answers a question of the pad.
        is_quick: whether `read` takes no longer than a thread would cost.
        state: what the server keeps of a session.
        page: the version of the page's files; a page that was opened before it changed learns of it so.
    """

    async def answer_reading(request: Request) -> JSONResponse:
        body = await request.body()
        question = parse(body)
        if question is None:
            return refuse()
        if len(body) <= limits.QUICK_BODY and is_quick(question):
            return JSONResponse(read(question))
        return JSONResponse(await run_in_threadpool(read, question))

    async def answer_session(request: Request) -> JSONResponse:
        question = parse(await request.body())
        if question is None:
            return refuse()
        return JSONResponse(state(question), headers={PAGE: page})

    return [
        Route(READ, answer_reading, methods=["POST"]),
        Route(SESSION, answer_session, methods=["POST"]),
    ]


def parse(body: bytes) -> dict[str, Any] | None:
    """The question in a request's body; None if it is none."""
    try:
        question = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return question if isinstance(question, dict) else None


def refuse() -> JSONResponse:
    """What is no question at all."""
    return JSONResponse({"detail": NO_QUESTION, "error": NO_QUESTION}, 422)
