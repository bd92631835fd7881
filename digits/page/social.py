"""What the page is called outside of itself: a tab's icon, a link's card, the Hub's frame.

Gradio's page bears Gradio's own title, text and picture for links that people send each other, and offers no
setting for them. `SocialTags` replaces them in the one answer that holds them, the page itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from digits import __version__
from digits.page.gradio_compat import REST_SCRIPT, ROOT_SCRIPT
from digits.page.texts import text
from digits.server.middleware import Message, Receive, Send

REPO = Path(__file__).resolve().parents[2]
THUMBNAIL = REPO / "docs" / "thumbnail.png"  # 1200x630, made by benchmarks/pictures.py
CHANGES = REPO / "CHANGELOG.md"
FAVICON = Path(__file__).with_name("favicon.png")  # made there, too
PICTURE_PATH, CHANGES_PATH = "/digits/thumbnail.png", "/digits/changes"
HUB = "https://huggingface.co/spaces/"
SPACE = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
GRADIOS = re.compile(
    rb'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>'
)  # title, text, picture, address


def space_id() -> str:
    """ "somebody/digits" where the page is that Space on the Hub, else ""."""
    found = os.environ.get("SPACE_ID", "")
    return found if SPACE.fullmatch(found) else ""


def canonical_link() -> str:
    """For <head>: on a Space the address that people know, with the Hub around the page; else nothing.

    A link to a drawing starts from there (static/services/drawing_link.js): the frame's own address may hold
    a token of whoever looks at a private Space.
    """
    space = space_id()
    return f'<link rel="canonical" href="{HUB}{space}">' if space else ""


def social_tags(base: str) -> str:
    """Title, text and picture of a link to the page whose address is `base`, in the words of Open Graph."""
    title, said = escape(text("title", "en")), escape(text("lead", "en"))
    base = escape(base.rstrip("/"))
    tags = {
        "og:type": "website",
        "og:title": title,
        "og:description": said,
        "og:url": f"{base}/",
        "twitter:card": "summary_large_image",
    }
    if THUMBNAIL.is_file():
        tags |= {
            "og:image": f"{base}{PICTURE_PATH}",
            "og:image:width": "1200",
            "og:image:height": "630",
        }
    lines = [f'<meta property="{name}" content="{content}">' for name, content in tags.items()]
    return "\n".join([f'<meta name="description" content="{said}">', *lines])


class SocialTags:
    """ASGI middleware: the page with its own social tags in place of Gradio's, and the address it has here.

    All else is unchanged.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                await self.send_page(scope, start, body, send)

        await self.app(scope, receive, hold)

    async def send_page(
        self, scope: MutableMapping[str, Any], start: Message, body: bytes, send: Send
    ) -> None:
        """Send the whole page at once, its <head> changed."""
        if b"<head>" in body:
            own = social_tags(str(Request(scope).base_url)).encode()
            body = GRADIOS.sub(b"", body).replace(b"<head>", b"<head>\n" + own, 1)
            scripts = (ROOT_SCRIPT + REST_SCRIPT).encode()
            body = body.replace(b"</head>", scripts + b"</head>", 1)
        headers = [item for item in start["headers"] if item[0].lower() != b"content-length"]
        length = (b"content-length", str(len(body)).encode())
        await send({**start, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": body})


def make_social_routes() -> list[Route]:
    """The picture of links, and what changed from version to version."""

    async def picture(request: Request) -> Response:
        return FileResponse(THUMBNAIL) if THUMBNAIL.is_file() else Response(status_code=404)

    async def changes(request: Request) -> Response:
        if not CHANGES.is_file():
            return PlainTextResponse(__version__)
        return PlainTextResponse(CHANGES.read_text(encoding="utf-8"))

    return [Route(PICTURE_PATH, picture), Route(CHANGES_PATH, changes)]
