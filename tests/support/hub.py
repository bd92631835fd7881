"""A server that stands in for huggingface.co."""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.servers import send


class Hub(BaseHTTPRequestHandler):
    """Stands in for huggingface.co: keeps the files of every commit."""

    created: list[dict[str, Any]]
    files: dict[tuple[str, str], bytes]  # ("spaces" or "models", path) -> content

    def do_GET(self) -> None:
        self.say({})

    def do_POST(self) -> None:
        body = self.read()
        home = f"http://{self.headers['host']}/spaces/your-name/digits"
        if self.path.startswith("/api/repos/create"):
            self.created.append(json.loads(body))
            self.say({"url": home, "id": "your-name/digits"})
        elif "/preupload/" in self.path:
            asked = [file["path"] for file in json.loads(body)["files"]]
            each = {"uploadMode": "regular", "shouldIgnore": False}
            self.say({"files": [{"path": path, **each} for path in asked]})
        elif "/commit/" in self.path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    file = line["value"]
                    self.files[self.path.split("/")[2], file["path"]] = base64.b64decode(
                        file["content"]
                    )
            self.say({"commitUrl": f"{home}/commit/1", "commitOid": "1", "hookOutput": ""})
        else:
            self.say({})

    def read(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def say(self, answer: dict[str, Any]) -> None:
        send(self, 200, json.dumps(answer).encode())

    def log_message(self, *_: Any) -> None:
        pass
