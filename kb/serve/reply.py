"""What goes back to a client: headers every answer has, whole answers, refusals, and what is kept of them."""

from __future__ import annotations

import asyncio
import gzip
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from kb.assets import page_policy
from kb.serve.accept import content_type
from kb.serve.protocol import Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PAGE_POLICY = page_policy("", live=True)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Retry-After"),
]
TAKE = 20.0  # seconds for a client to take a piece
_PIECE = 128 << 10
_SMALL = 1024
_AROUND = 500  # bytes that keeping an answer takes beside it and its key
_HEADERS = 2500  # bytes of headers, packed and not


def headers_of(media: str, more: Mapping[str, str] | None = None, *, policy: str = "") -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer as ASGI takes them."""
    policy = policy or (PAGE_POLICY if media.startswith("text/html") else _DATA_POLICY)
    found = [(b"content-type", content_type(media).encode()), (b"content-security-policy", policy.encode()), *_ALWAYS]
    return found + [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in (more or {}).items()]


@dataclass(frozen=True)
class Reply:
    """A whole answer. The same bytes have the same ETag, so what did not change need not be sent again."""

    body: bytes
    media: str
    status: int = 200
    headers: Mapping[str, str] | None = None
    policy: str = ""

    @cached_property
    def tag(self) -> str:
        return sha256(self.body).hexdigest()[:24]

    @cached_property
    def packed(self) -> bytes | None:
        """The body in gzip, None where that gains nothing."""
        text = self.media.startswith("text/") or self.media.endswith(("json", "xml", "javascript", "wasm", "triples", "quads", "trig"))
        return gzip.compress(self.body, 6, mtime=0) if text and len(self.body) >= _SMALL else None

    @cached_property
    def _heads(self) -> dict[bool, list[tuple[bytes, bytes]]]:
        """Headers without and with gzip."""
        return {packed: self._head(packed) for packed in (False, True)}

    def _head(self, packed: bool) -> list[tuple[bytes, bytes]]:
        body = self.packed if packed else self.body
        found = headers_of(self.media, self.headers, policy=self.policy)
        if self.status not in (204, 304):
            found.append((b"content-length", str(len(body or b"")).encode()))
        if self.status == 200:
            found.append((b"etag", f'"{self.tag}{"-gz" * packed}"'.encode()))
            if not any(name == b"cache-control" for name, _ in found):
                found.append((b"cache-control", b"no-cache"))
        if not any(name == b"vary" for name, _ in found):
            found.append((b"vary", b"Accept-Encoding"))
        return found + ([(b"content-encoding", b"gzip")] if packed else [])

    @property
    def size(self) -> int | None:
        """Bytes that keeping it takes. None for what is wrong now and may be right the next time."""
        return _HEADERS + len(self.body) + len(self.packed or b"") if self.status == 200 else None

    async def send(self, scope: Scope, send: Send) -> None:
        packed = takes_gzip(scope) and self.packed is not None
        head, body, status = self._heads[packed], self.packed if packed else self.body, self.status
        if status == 200 and is_known(scope, self.tag):
            head, body, status = [pair for pair in head if pair[0] not in (b"content-length", b"content-encoding", b"content-type")], b"", 304
        await send({"type": "http.response.start", "status": status, "headers": head})
        if len(body) > _PIECE and scope["method"] != "HEAD":
            await send_large(body, send)
        else:
            await send({"type": "http.response.body", "body": body})


async def send_large(body: bytes, send: Send) -> None:
    """Send a body piece by piece, each once the client took the one before; one that takes nothing is cut off."""
    view = memoryview(body)
    with suppress(TimeoutError):
        for start in range(0, len(body), _PIECE):
            await asyncio.wait_for(send({"type": "http.response.body", "body": bytes(view[start : start + _PIECE]), "more_body": True}), TAKE)
        await asyncio.wait_for(send({"type": "http.response.body", "body": b""}), TAKE)


def header(scope: Scope, name: bytes) -> str:
    """Return a request's header, its lines joined as HTTP does; the empty string where it has none."""
    return ", ".join(value.decode("latin-1") for one, value in scope["headers"] if one == name)


def takes_gzip(scope: Scope) -> bool:
    for one, value in scope["headers"]:
        if one == b"accept-encoding" and b"gzip" in value:
            words = value.decode("latin-1").lower().replace(" ", "").split(",")
            return any(word.partition(";")[0] == "gzip" and not word.endswith((";q=0", ";q=0.0")) for word in words)
    return False


def unchanged(tag: str) -> Reply:
    """Return a 304 for what bears a weak tag."""
    return Reply(b"", "text/plain", 304, {"ETag": f'W/"{tag}"', "Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"})


def is_known(scope: Scope, tag: str) -> bool:
    """Say whether the client has what bears this tag."""
    for one, value in scope["headers"]:
        if one == b"if-none-match":
            tags = [word.strip().removeprefix("W/").strip('"').removesuffix("-gz") for word in value.decode("latin-1").split(",")]
            return tag in tags or tags == ["*"]
    return False


def refused(why: Refusal) -> Reply:
    """Return a refusal as plain text: a sentence, and what to do."""
    text = "".join(f"{one[:1].upper()}{one[1:]}{'' if one[-1] in '.?!' else '.'}\n" for one in (why.message, why.cure) if one)
    return Reply(text.encode("utf-8", "replace"), "text/plain", why.status, {"Cache-Control": "no-store", **why.headers})


def allowed(methods: str) -> Reply:
    """Return the answer to OPTIONS: what may be asked, from any origin, without credentials."""
    headers = {
        "Allow": methods, "Access-Control-Allow-Methods": methods, "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }  # fmt: skip
    return Reply(b"", "text/plain", 204, headers)


def redirect(place: str, more: Mapping[str, str] | None = None) -> Reply:
    """Return a 303: what is asked for is no document, but one about it lies there."""
    return Reply(f"See {place}\n".encode(), "text/plain", 303, {"Location": place, "Vary": "Accept", **(more or {})})


def weight(key: Any) -> int:
    """Return the bytes that a key of texts and tuples takes."""
    size = sys.getsizeof(key)
    if type(key) is tuple:
        for one in key:
            size += weight(one) if type(one) is tuple else sys.getsizeof(one)
    return size


class Kept:
    """Answers kept by key, the ones used last, within so many bytes."""

    def __init__(self, most: int, largest: int) -> None:
        self.most, self.largest, self.size = most, largest, 0
        self.found: OrderedDict[Any, tuple[Any, int]] = OrderedDict()

    def get(self, key: Any) -> Any:
        one = self.found.get(key)
        if one is None:
            return None
        self.found.move_to_end(key)
        return one[0]

    def put(self, key: Any, value: Any, size: int) -> None:
        """Keep a value of so many bytes; its key and what both stand in are counted too."""
        size += weight(key) + _AROUND
        if size > self.largest or key in self.found:
            return
        self.found[key] = value, size
        self.size += size
        while self.size > self.most:
            self.size -= self.found.popitem(last=False)[1][1]

    def clear(self) -> None:
        self.found.clear()
        self.size = 0
