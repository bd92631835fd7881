"""The weights' way to the page and back: digits/weights, digits/page and digits/forget.

A shipped network has an address of its own content, so caches may keep it for good. A visitor's own one is
asked for and handed back with their session's token, which stands in no address and in no cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from digits.errors import BackendError, DigitsError, WeightsError
from digits.network.backends import Backend, TorchBackend, is_installed
from digits.network.metadata import version_of
from digits.network.registry import Choice
from digits.network.weights_file import pack_network, unpack_network
from digits.server.messages import Handed, Name, Problem, fault_of
from digits.server.reader import Reader, entry_of
from digits.server.requests import token_in
from digits.server.routes import FOREVER, parse, refuse

WEIGHTS = "/digits/weights"
FORGET = "/digits/forget"
PAGE = "/digits/page"  # a network as a page to take home
SESSION_HEADER = "x-digits-session"  # PUT has no JSON to carry it
NAME_HEADER = "x-digits-name"  # the network's Name as JSON, percent-encoded
PRIVATE = "private, no-store"
BINARY = "application/octet-stream"
MOST_NUMBER = 10_000  # of a run, or of drawings, in a name
DEEPEST = 3  # names within a name


def make_weights_routes(reader: Reader, write_page: Callable[[Backend], str]) -> list[Route]:
    """The routes, for what `reader` knows; `write_page` makes a page of a network."""

    @lru_cache(maxsize=32)  # 240 KB each, and reading them again takes a while
    def packed(version: str) -> bytes | None:
        network = find_shipped(reader, version)
        return None if network is None else pack_network(network)

    async def get_shipped(request: Request) -> Response:
        version = request.path_params["version"]
        headers = {"cache-control": FOREVER, "etag": f'"{version}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        content = await run_in_threadpool(packed, version)
        if content is None:
            return Response(status_code=404, headers={"cache-control": "no-store"})
        return Response(content, media_type=BINARY, headers=headers)

    async def get_own(request: Request) -> Response:
        question = parse(await request.body())
        if question is None:
            return refuse()
        try:
            content = await run_in_threadpool(pack_asked, reader, question)
        except DigitsError as error:
            return problem(error)
        return Response(content, media_type=BINARY, headers={"cache-control": PRIVATE})

    async def take_back(request: Request) -> Response:
        token, name = request.headers.get(SESSION_HEADER), request.headers.get(NAME_HEADER, "")
        try:
            told = await run_in_threadpool(restore, reader, token, name, await request.body())
        except DigitsError as error:
            return problem(error)
        return JSONResponse(told, headers={"cache-control": PRIVATE})

    async def take_home(request: Request) -> Response:
        question = parse(await request.body())
        if question is None:
            return refuse()
        try:
            page = await run_in_threadpool(lambda: write_page(find_asked(reader, question)))
        except DigitsError as error:
            return problem(error)
        return HTMLResponse(page, headers={"cache-control": PRIVATE})

    async def forget(request: Request) -> Response:
        question = parse(await request.body())
        if question is None:
            return refuse()
        return JSONResponse({"forgotten": reader.sessions.forget(token_in(question))})

    return [
        Route(f"{WEIGHTS}/{{version}}", get_shipped, methods=["GET"]),
        Route(WEIGHTS, get_own, methods=["POST"]),
        Route(WEIGHTS, take_back, methods=["PUT"]),
        Route(PAGE, take_home, methods=["POST"]),
        Route(FORGET, forget, methods=["POST"]),
    ]


def problem(error: DigitsError) -> JSONResponse:
    """What cannot be done, as the page words it."""
    told: Problem = {"fault": fault_of(error)}
    return JSONResponse(told, 422, headers={"cache-control": "no-store"})


def find_shipped(reader: Reader, version: str) -> Backend | None:
    """The shipped network of that version; only those of the page's list are looked at."""
    names = (entry["id"] for entry in reader.shipped if entry["version"] == version)
    name = next(names, None)
    return None if name is None else reader.networks.get(Choice(name))


def find_asked(reader: Reader, question: Mapping[str, Any]) -> Backend:
    """The network that the question names, one of the session's own or a shipped one."""
    return reader.find_network({**question, "backend": "auto", "device": "auto"})


def pack_asked(reader: Reader, question: Mapping[str, Any]) -> bytes:
    """The same as a file."""
    return pack_network(find_asked(reader, question))


def restore(reader: Reader, token: object, name: str, content: bytes) -> Handed:
    """Make what a browser kept one of its session's networks again, unless the session still has it."""
    session = reader.sessions.get_or_create(token)
    layers, card = unpack_network(content)
    version = version_of(layers, card)
    with session.handing_in:
        there = next((one for one in session.networks if one.backend.version == version), None)
        if there:
            return {"network": entry_of(there)}
        if not is_installed("torch"):
            raise BackendError("backend_missing", package="torch")
        from digits.network.model import from_layers

        network = TorchBackend(from_layers(layers, card.config), card)
        own = session.restore(network, check_name(parse(unquote(name).encode()), reader))
    reader.sessions.check_weights()
    return {"network": entry_of(own)}


def check_name(raw: object, reader: Reader, depth: int = 0) -> Name:
    """A network's name as the server makes them; WeightsError for anything else."""
    name = raw if isinstance(raw, dict) else {}
    values = name.get("values")
    values = values if isinstance(values, dict) else {}
    if depth < DEEPEST and name.get("key") == "network_taught":
        base = check_name(values.get("base"), reader, depth + 1)
        drawings = _check_number(values.get("drawings"))
        return {"key": "network_taught", "values": {"base": base, "drawings": drawings}}
    if name.get("key") == "network_run":
        number = _check_number(values.get("number"))
        return {"key": "network_run", "values": {"number": number}}
    if (
        depth
        and name.get("key") == "network_shipped"
        and values.get("name") in reader.networks.names
    ):
        return {"key": "network_shipped", "values": {"name": values["name"]}}
    raise WeightsError("upload_format")


def _check_number(raw: object) -> int:
    if type(raw) is not int or not 0 <= raw <= MOST_NUMBER:
        raise WeightsError("upload_format")
    return raw
