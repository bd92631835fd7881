"""Where the page is served: an address and a port, checked before anything is loaded.

Gradio would answer a wrong one with a traceback, or with "no empty port" whatever the reason was.
"""

from __future__ import annotations

import errno
import os
import socket
import urllib.request

from digits.errors import DigitsError

FIRST_PORT, LAST_PORT = 7860, 7959  # as Gradio's own pages; the first of them that is free
LOCALHOST = "127.0.0.1"


def choose_address(host: str | None, port: int | None) -> tuple[str, int]:
    """The host as Gradio takes it and a port that can be had; DigitsError says why there is none.

    Without a host or a port, GRADIO_SERVER_NAME and GRADIO_SERVER_PORT say which.
    """
    host = (host or os.environ.get("GRADIO_SERVER_NAME") or LOCALHOST).strip("[]")
    given = port if port is not None else os.environ.get("GRADIO_SERVER_PORT") or None
    if given is None:
        return as_url_host(host), first_free(host)
    port = check_port(given)
    try_port(host, port)
    return as_url_host(host), port


def as_url_host(host: str) -> str:
    """The host as it stands in an address: one of IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def check_port(given: object) -> int:
    """A port's number; DigitsError for anything else."""
    try:
        port = int(str(given))
    except ValueError:
        port = 0
    if not 1 <= port <= 65535:
        raise DigitsError("port_range", port=given)
    return port


def first_free(host: str) -> int:
    """The first port from 7860 on that nobody uses."""
    for port in range(FIRST_PORT, LAST_PORT + 1):
        try:
            try_port(host, port)
        except DigitsError as error:
            if error.code != "port_taken":
                raise
        else:
            return port
    raise DigitsError("ports_taken", host=host, first=FIRST_PORT, last=LAST_PORT)


def try_port(host: str, port: int) -> None:
    """Listen there for a moment; DigitsError says why that cannot be."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":  # elsewhere it would let two servers share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except (OSError, UnicodeError) as error:
        raise _as_fault(error, host, port) from error


def _as_fault(error: Exception, host: str, port: int) -> DigitsError:
    number = getattr(error, "errno", None)
    if number in (errno.EACCES, errno.EPERM) and port < 1024:
        return DigitsError("port_forbidden", port=port)
    if number in (errno.EADDRINUSE, errno.EACCES):  # Windows keeps some ports for virtual machines
        return DigitsError("port_taken", host=host, port=port)
    if isinstance(error, socket.gaierror | UnicodeError) or number == errno.EADDRNOTAVAIL:
        return DigitsError("host_unknown", host=host)
    return DigitsError("not_served", host=host, port=port, reason=str(error))


def keep_proxies_away() -> None:
    """Where the environment names a proxy, let what this machine asks itself go past it.

    Gradio looks at the page once before it says where it is; a proxy knows nothing of it.
    """
    proxies = urllib.request.getproxies_environment()
    if proxies:
        past = [proxies.get("no", ""), LOCALHOST, "localhost", "::1"]
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(filter(None, past))
