"""By which names a server lets itself be asked. Without this a page of any site could give its own name our address, and read all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from kb.endpoint import is_this_machine
from kb.serve.protocol import Refusal
from kb.serve.reply import Scope

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?", re.ASCII)
_ABSOLUTE = re.compile(r"https?://[^/]*", re.ASCII | re.IGNORECASE)


class Hosts:
    """The names in Host that are answered: of this machine, of `listening` itself, and `names`; any where others are to reach it and none is named."""

    def __init__(self, listening: str = "127.0.0.1", names: Iterable[str] = ()) -> None:
        self.names = frozenset(_plain(name) for name in (listening, *names))
        self.takes_any = not names and not is_this_machine(listening)
        self.known = lru_cache(256)(self._is_known)

    def check(self, scope: Scope) -> None:
        """Raise Refusal for a request that is meant for a server of another name. One without Host comes from no browser."""
        if self.takes_any:
            return
        for name, value in scope["headers"]:
            if name == b"host" and not self.known(value[:300]):
                raise Refusal(421, "this server is not asked by that name", "ask it by the name of this machine, or start it with --allow-host NAME")

    def _is_known(self, value: bytes) -> bool:
        found = _HOST.fullmatch(value.decode("latin-1"))
        name = _plain(found[1]) if found else ""
        return name in self.names or is_this_machine(name)


def _plain(name: str) -> str:
    return name.lower().strip("[]").rstrip(".")


def addressed(scope: Scope) -> None:
    """Let a whole address on the request line (RFC 9112, 3.2.2) count as path and Host."""
    found = _ABSOLUTE.match(scope["path"])
    if found is None:
        return
    scope["path"] = scope["path"][found.end() :] or "/"
    scope["headers"] = [*(pair for pair in scope["headers"] if pair[0] != b"host"), (b"host", urlsplit(found[0]).netloc.encode("latin-1", "replace"))]
