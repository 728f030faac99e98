"""`kb serve`: a read-only SPARQL endpoint, linked data and pages over HTTP, on this machine unless told otherwise."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kb.endpoint import is_this_machine
from kb.errors import InputError
from kb.home import Home
from kb.serve.host import Hosts
from kb.serve.service import Limits, Service

__all__ = ["Limits", "check_installed", "listening", "make_server", "serve"]

_CONNECTIONS = 1000


def check_installed() -> None:
    """Raise InputError with the cure when a package that only `serve` needs is missing."""
    missing = [name for name in ("starlette", "uvicorn", "jinja2") if find_spec(name) is None]
    if missing:
        raise InputError(f"`kb serve` needs {', '.join(missing)}", cure="install it with  pip install 'conflict-kb[serve]'")


def listening(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address. Raises InputError when the port is taken or the host is not this machine's."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        found = socket.socket(family, kind, proto)
    except OSError as wrong:
        raise InputError(f"no such host: {host!r} ({wrong.strerror})", cure="take 127.0.0.1, or an address of this machine") from None
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(address)
    except OSError as wrong:
        found.close()
        cure = f"stop what runs there, or take another with --port {port + 1 if port < 65535 else 8000}"
        raise InputError(f"cannot listen on {host}:{port}: {(wrong.strerror or '').lower()}", cure=cure) from None
    return found


def make_server(service: Service) -> Any:
    """Return uvicorn's server of a service, ready to run on a socket."""
    import uvicorn

    from kb.serve.web import Web

    config = uvicorn.Config(
        Web(service).app(), lifespan="on", log_level="warning", access_log=False, server_header=False, ws="none", proxy_headers=False,
        http=_protocol(), limit_concurrency=_CONNECTIONS, timeout_keep_alive=10, timeout_graceful_shutdown=3, h11_max_incomplete_event_size=224 << 10,
    )  # fmt: skip
    logging.getLogger("uvicorn.error").addFilter(_is_news)

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """End queries first: their clients are told so, and nobody is waited for."""
            service.pool.close()
            await super().shutdown(sockets)

    return Server(config)


def _protocol() -> type:
    from kb.serve.connection import careful

    if find_spec("httptools"):
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Protocol
    else:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Protocol
    return careful(Protocol)


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out what clients do and we do on purpose: half requests, too many, answers broken off at a limit."""
    said = str(record.msg)
    if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):  # a client that was still there at the end
        return False
    return not said.startswith(("Invalid HTTP request", "Exceeded concurrency", "ASGI callable returned without completing", "Unsupported upgrade", "No supported WebSocket", "Cancel %s running"))


def serve(
    home: Home, host: str, port: int, limits: Limits, *, say: Callable[[str], None], names: Sequence[str] = (), map_file: Path | None = None
) -> None:
    """Answer on an address until stopped by SIGINT or SIGTERM; `names` may stand in Host beside its own. Raises InputError, StoreError."""
    check_installed()
    service = Service(home, limits, hosts=Hosts(host, names), map_file=map_file, say=say)
    found = listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    say(f"serving {service.build.folder.name} on http://{shown}:{found.getsockname()[1]}/ (SPARQL at /sparql); stop it with Ctrl-C")
    if not is_this_machine(host):
        say("anyone who reaches this address can read the whole knowledge base; with --host 127.0.0.1 only programs of this machine can, and pages open in its browsers")
    server = make_server(service)
    server.run(sockets=[found])
