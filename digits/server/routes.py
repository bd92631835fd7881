"""The quick road to an answer: one plain POST a question, past Gradio's events and server functions.

The pad asks some 30 times a second while somebody draws. A Gradio event, and even a server function of
gr.HTML, takes several times as long to pass on as the network to answer (docs/benchmarks.md). The web
server below Gradio takes routes of one's own (`app_kwargs` of launch, see app.py): this is the only one.
Next: digits/reading.py answers, digits/pad.js asks.
"""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from digits.server.reader import Reader

PATH = "/digits/read"
SHORT = 50_000  # bytes: about 2,000 points; more may take longer than others should wait
NO_QUESTION = "a question is a JSON object, as digits/pad.js sends it"


async def read(request: Request) -> JSONResponse:
    """Answer one question; Guard has seen to its size. What is wrong with it comes back as a sentence."""
    reader: Reader = request.app.get_blocks().reader
    body = await request.body()
    try:
        question = json.loads(body)
    except (ValueError, RecursionError):
        question = None
    if not isinstance(question, dict):
        return JSONResponse({"detail": NO_QUESTION, "error": NO_QUESTION}, 422)
    if len(body) <= SHORT and reader.is_quick(question):
        return JSONResponse(reader.read(question))  # another thread would cost more than the answer
    return JSONResponse(await run_in_threadpool(reader.read, question))


ROUTE = Route(PATH, read, methods=["POST"])
