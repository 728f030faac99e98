"""One polite client for SPARQL endpoints: SPARQLWrapper writes the request, we send it under limits.

SPARQLWrapper's own sending has no deadline, no size cap, follows redirects to any host and takes HTML for an answer.
Here the whole talk, waits and redirects included, ends at `timeout`; an answer is checked before anyone reads it.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import socket
import threading
import time
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

from kb.errors import RemoteError
from kb.rows import N_TRIPLES, TURTLE, Result, literal, read_json

MAX_BYTES = 64 << 20
LONGEST_WAIT = 120.0  # seconds; an endpoint that asks for more is told to the user instead
_GET_LIMIT = 1500  # characters of query; shorter ones go by GET, which caches may answer
_REDIRECTS = 4
_RETRIED = frozenset({429, 502, 503, 504})
_JSON = ("application/sparql-results+json", "application/json")
_ACCEPT = f"{_JSON[0]}, {N_TRIPLES};q=0.9, {TURTLE};q=0.8, {_JSON[1]};q=0.5"
_CONTACT = re.compile(r"[^\s()<>@]+@[^\s()<>@]+\.[^\s()<>@]+|https?://[^\s()<>]+", re.ASCII)


def ask(
    url: str, query: str, *, timeout: float = 60.0, contact: str | None = None, max_bytes: int = MAX_BYTES, pause: float = 1.0
) -> Result:
    """Return what the endpoint at `url` answers to a SPARQL query; triples stay text, N-Triples or Turtle.

    Tries three times when the endpoint is busy (429, 502, 503, 504), as late as its Retry-After says, else after
    `pause` seconds, then twice that. `contact` (mail or web address; else KB_CONTACT) is told to any host but this
    machine; without one we do not ask. Raises RemoteError.
    """
    request = _request(url, query, contact)
    end = time.monotonic() + timeout
    reply = _follow(request, end, max_bytes)
    for wait in (pause, 2 * pause):
        after = _retry_after(reply.headers)
        seconds = wait if after is None else after
        if reply.status not in _RETRIED or seconds > min(end - time.monotonic(), LONGEST_WAIT):
            break
        time.sleep(seconds)
        reply = _follow(request, end, max_bytes)
    if reply.status != 200:
        raise _refused(url, reply)
    return _read(url, reply)


def _request(url: str, query: str, contact: str | None) -> urllib.request.Request:
    import SPARQLWrapper

    host = _host(url)
    wrapper = SPARQLWrapper.SPARQLWrapper(url, returnFormat=SPARQLWrapper.JSON, agent=_agent(url, host, contact))
    wrapper.setMethod(SPARQLWrapper.GET if len(query) < _GET_LIMIT and "?" not in url else SPARQLWrapper.POST)
    wrapper.setOnlyConneg(True)
    wrapper.addCustomHttpHeader("Accept", _ACCEPT)
    wrapper.addCustomHttpHeader("Accept-Encoding", "gzip")
    wrapper.queryString = literal(query).value  # not setQuery: its regular expressions guess the kind wrongly, and slowly
    return wrapper._createRequest()


def _host(url: str) -> str:
    """Return the host of an endpoint's address. Raises RemoteError when it is not http(s), or carries a password."""
    try:
        parts = urllib.parse.urlsplit(url)
        good = (
            parts.scheme in ("http", "https") and parts.hostname and not (parts.username or parts.fragment) and parts.port != 0
        )
    except ValueError:
        good = False
    if not good or not url.isascii() or re.search(r"[\s<>\"\x00-\x20]", url):
        raise RemoteError("not the address of an endpoint", endpoint=url, cure="write it like https://example.org/sparql")
    return parts.hostname or ""


def is_this_machine(host: str) -> bool:
    """True for localhost and loopback addresses.

    >>> is_this_machine("127.0.0.1"), is_this_machine("127.0.0.1.example.org")
    (True, False)
    """
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _agent(url: str, host: str, contact: str | None) -> str:
    from importlib.metadata import PackageNotFoundError, version

    import SPARQLWrapper

    contact = contact or os.environ.get("KB_CONTACT", "")
    if contact and not _CONTACT.fullmatch(contact):
        raise RemoteError(f"{contact[:60]!r} is no contact", endpoint=url, cure="give a mail address or a web address of yours")
    if not contact and not is_this_machine(host):
        cure = "set KB_CONTACT to your mail or web address: public endpoints ask who is calling"
        raise RemoteError("not asked: nobody to contact is named", endpoint=url, cure=cure)
    ours = "0"
    with suppress(PackageNotFoundError):
        ours = version("conflict-kb")
    return " ".join(
        part for part in (f"kb/{ours}", contact and f"({contact})", f"SPARQLWrapper/{SPARQLWrapper.__version__}") if part
    )


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(slots=True)
class _Wire:
    """The connection in use, so that another thread can cut it."""

    end: float
    socket: socket.socket | None = None

    def cut(self) -> None:
        with suppress(OSError):
            if self.socket is not None:
                self.socket.shutdown(socket.SHUT_RDWR)

    def connect(self, make: type[http.client.HTTPConnection]) -> Callable[..., http.client.HTTPConnection]:
        wire = self

        class Connection(make):  # type: ignore[misc,valid-type]
            def connect(self) -> None:
                super().connect()
                wire.socket = self.sock

        return Connection


class _Open(urllib.request.HTTPSHandler):
    """Opens http and https on a wire. It stands alone: no handler of redirects, errors, cookies or files."""

    def __init__(self, wire: _Wire) -> None:
        super().__init__()
        self.wire = wire

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.wire.connect(http.client.HTTPConnection), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.wire.connect(http.client.HTTPSConnection), request)

    http_request = urllib.request.HTTPSHandler.https_request


def _follow(request: urllib.request.Request, end: float, max_bytes: int) -> _Reply:
    """Send, and follow redirects on the same host only: a query is not handed to strangers."""
    for _ in range(_REDIRECTS):
        reply = _within(end, request, max_bytes)
        target = reply.headers.get("Location")
        if reply.status not in (301, 302, 303, 307, 308) or target is None:
            return reply
        url = urllib.parse.urljoin(request.full_url, target)
        reason = _strange(request, url, reply.status)
        if reason:
            raise RemoteError(
                f"{reason}: {url[:200]}",
                endpoint=_place(request),
                status=reply.status,
                cure="ask that address, if you trust it",
            )
        request = urllib.request.Request(url, data=request.data, headers=dict(request.header_items()))
    raise RemoteError("redirects without end", endpoint=_place(request), cure="tell its operator, or try another address")


def _strange(request: urllib.request.Request, url: str, status: int) -> str:
    """Return why a redirect is not followed, or the empty string."""
    here, there = urllib.parse.urlsplit(request.full_url), urllib.parse.urlsplit(url)
    upgrade = (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname
    if not upgrade and (here.scheme, here.netloc) != (there.scheme, there.netloc):
        return "sends us elsewhere"
    return "has moved" if request.data is not None and status < 307 else ""  # urllib would drop the query


def _place(request: urllib.request.Request) -> str:
    return request.full_url.partition("?")[0]


def _within(end: float, request: urllib.request.Request, max_bytes: int) -> _Reply:
    """Send in a thread of its own: name look-up and slow drips know no deadline, the waiting for a thread does."""
    wire, answer = _Wire(end), Future()

    def work() -> None:
        try:
            answer.set_result(_send(wire, request, max_bytes))
        except BaseException as error:  # handed to the asking thread
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True, name="kb-endpoint").start()
    try:
        return answer.result(max(0.0, end - time.monotonic()))
    except TimeoutError:
        cure = "ask for less, or give it longer with --timeout"
        raise RemoteError("gave no whole answer in time", endpoint=_place(request), cure=cure) from None
    except (OSError, http.client.HTTPException, EOFError, zlib.error) as error:
        reason = str(getattr(error, "reason", error)) or type(error).__name__
        raise RemoteError(
            f"cannot be asked: {reason}", endpoint=_place(request), cure="look at the address, or try later"
        ) from None
    finally:
        wire.cut()


def _send(wire: _Wire, request: urllib.request.Request, max_bytes: int) -> _Reply:
    opener = urllib.request.OpenerDirector()
    opener.add_handler(_Open(wire))
    if not is_this_machine(urllib.parse.urlsplit(request.full_url).hostname or ""):
        opener.add_handler(urllib.request.ProxyHandler())
    with opener.open(request, timeout=max(0.01, wire.end - time.monotonic())) as response:
        body = _body(response, max_bytes, _place(request))
        return _Reply(response.status, response.headers, body)


def _body(response: http.client.HTTPResponse, max_bytes: int, endpoint: str) -> bytes:
    coding = response.headers.get("Content-Encoding", "identity").lower()
    if coding not in ("identity", "gzip"):
        raise RemoteError(
            f"answers in an encoding we did not ask for: {coding[:20]}", endpoint=endpoint, status=response.status
        )
    unzip = zlib.decompressobj(31) if coding == "gzip" else None
    pieces, size = [], 0
    while piece := response.read(1 << 16):
        piece = unzip.decompress(piece, max_bytes - size + 1) if unzip else piece  # so a bomb stays small
        pieces.append(piece)
        size += len(piece)
        if size > max_bytes:
            cure = "ask for less: LIMIT, or fewer columns"
            raise RemoteError(
                f"answers with more than {max_bytes >> 10} KiB", endpoint=endpoint, status=response.status, cure=cure
            )
    if response.length or (unzip and size and not unzip.eof):
        raise EOFError("the answer broke off")
    return b"".join(pieces)


def _retry_after(headers: http.client.HTTPMessage) -> float | None:
    """Return the seconds that Retry-After names; a date is taken against the answer's own Date."""
    from email.utils import parsedate_to_datetime

    said = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        return float(said)
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("Date", ""))).total_seconds())
    return None


_REASONS: Mapping[int, tuple[str, str]] = {
    400: ("does not take this query", "look at the query; what it says follows"),
    401: ("does not let us in", "ask its operator"),
    403: ("does not let us in", "it may want another contact; ask its operator"),
    404: ("is not an endpoint: nothing stands there", "look at the address"),
    429: ("is asked too often", "wait, then ask again"),
    503: ("is busy", "wait, then ask again"),
}


def _refused(url: str, reply: _Reply) -> RemoteError:
    message, cure = _REASONS.get(reply.status, ("failed", "ask for less, or try again later"))
    words = " ".join("".join(c if c.isprintable() else " " for c in reply.body[:2000].decode("utf-8", "replace")).split())
    html = "html" in reply.headers.get("Content-Type", "")
    said = "" if html or not words or reply.status in (401, 403, 404) else f": {words[:200]}"
    after = _retry_after(reply.headers)
    cure = cure if after is None else f"ask again in {after:.0f} seconds"
    return RemoteError(f"{message} ({reply.status}){said}", endpoint=url, status=reply.status, retry_after=after, cure=cure)


def _read(url: str, reply: _Reply) -> Result:
    media = reply.headers.get_content_type()
    try:
        if media in (N_TRIPLES, TURTLE):
            return Result("construct", triples=reply.body.decode(), media=media)
        if media in _JSON:
            return read_json(reply.body)
        message, cure = (
            f"answers with {media}, not with SPARQL results",
            "this may be a page for people; look for its SPARQL address",
        )
    except ValueError as error:
        message, cure = f"answers with broken SPARQL results ({error})", "it may have run out of time: ask for less"
    raise RemoteError(message, endpoint=url, status=reply.status, cure=cure)
