"""What the web server refuses before the page sees it: too much, and errands to other hosts.

Gradio bounds one uploaded file, but neither a request as a whole nor its JSON; and it fetches any public
address that a request names as a file, whole, into memory and on the disk. A class of forty on one
small machine must not depend on everybody's good will, so `RequestLimits` stands in front of every request.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from digits.server.limits import MAX_JSON, MAX_UPLOAD

UPLOAD = "/gradio_api/upload"  # the one path that takes files as a form
ADDRESSES = ("http:", "https:", "//")
TOO_LARGE = "this is too large: a request may have {limit:,} bytes"
NO_LENGTH = "the request's content-length is no number"
NO_ERRANDS = "this server fetches nothing from other hosts; send the file itself, not its address"
NO_FORM = "only files to upload come as a form; send JSON"
NO_FILE = "this is no file as Gradio's clients send one: use handle_file()"

Message = MutableMapping[str, Any]

Receive = Callable[[], Awaitable[Message]]

Send = Callable[[Message], Awaitable[None]]


class TooLargeError(Exception):
    """A request went on beyond its limit."""


class RequestLimits:
    """ASGI middleware: answers 400, 403, 413, 415 or 422 itself, passes everything else on unchanged."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif is_errand(scope["path"]):
            await refuse(send, 403, NO_ERRANDS)
        elif scope["method"] not in ("POST", "PUT", "PATCH"):
            await self.app(scope, receive, send)
        else:
            await self.check_body(scope, receive, send)

    async def check_body(
        self, scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        """Pass a request with a body on if it is small enough and asks for nothing from elsewhere."""
        headers = dict(reversed(scope["headers"]))  # of two the first counts, as for who reads them
        is_form = headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data")
        if is_form and not scope["path"].endswith(UPLOAD):
            await refuse(send, 415, NO_FORM)
            return
        limit = MAX_UPLOAD if is_form else MAX_JSON
        try:
            length = int(headers.get(b"content-length", b"0"))
        except ValueError:
            await refuse(send, 400, NO_LENGTH)
            return
        try:
            if length > limit:
                raise TooLargeError
            if is_form:  # uploads go to the disk as they come
                await self.app(scope, bounded(receive, limit), send)
                return
            body = await collect(bounded(receive, limit))
        except TooLargeError:
            await refuse(send, 413, TOO_LARGE.format(limit=limit))
            return
        if fault := find_fault(body):
            await refuse(send, 422, fault)
        else:
            await self.app(scope, replay(body, receive), send)


def bounded(receive: Receive, limit: int) -> Receive:
    """`receive` that raises TooLargeError once more than `limit` bytes came."""
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLargeError
        return message

    return receive_bounded


async def collect(receive: Receive) -> bytes:
    """The whole body of a request; what came so far if the client went away."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` again, and after it what the client does next."""
    told = False

    async def receive_again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def is_errand(path: str) -> bool:
    """Whether the page is asked to fetch another host's file: /gradio_api/file=https://..."""
    _, asked, target = unquote(path).partition("file=")
    return bool(asked) and is_address(target)


def find_fault(body: bytes) -> str | None:
    """What is wrong with the files that JSON names, as Gradio writes a file: {"path", "meta"}."""
    # Most requests have nothing to look for. JSON may also be UTF-16 or UTF-32, which zero bytes tell.
    if not any(sign in body for sign in (b"path", b"\\u", b"\0")):
        return None
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None  # the page says what is wrong with it
    for part in parts_of(content):
        if "path" not in part or "meta" not in part:
            continue
        if not isinstance(part["meta"], dict):  # Gradio would stumble over it
            return NO_FILE
        if any(is_address(part.get(key)) for key in ("path", "url")):
            return NO_ERRANDS
    return None


def is_address(path: object) -> bool:
    """Whether a file's path is an address on the net."""
    return isinstance(path, str) and path.lstrip().lower().startswith(ADDRESSES)


def parts_of(content: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a JSON value, without recursion: what came may be nested deeply."""
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(item for item in part if isinstance(item, dict | list))


async def refuse(send: Send, status: int, problem: str) -> None:
    """Answer with one sentence, in the form in which Gradio's clients look for one."""
    detail: Any = problem
    if status == 422:
        found = {"__type__": "validate", "is_valid": False, "message": problem}
        detail = [found | {"parameter_name": "file"}]
    body = json.dumps({"detail": detail, "error": problem}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
