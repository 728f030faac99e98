"""One request and its answer over a wire of our own: urllib has no deadline, no size cap, and follows redirects to any host."""

from __future__ import annotations

import http.client
import math
import re
import socket
import threading
import time
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

from kb.endpoint.address import is_this_machine
from kb.errors import RemoteError

MAX_BYTES = 64 << 20
LONGEST_WAIT = 120.0  # seconds; an endpoint that asks for more is told to the user instead
_DAY = 86_400.0  # seconds; who asks for more has a broken clock or a broken number, and must not be lost for good
_LONGEST_PAUSE = 30.0  # seconds between two tries when the endpoint does not say how long
_TRIES = 3
_REDIRECTS = 4
RETRIED = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
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


def talk(
    request: urllib.request.Request,
    *,
    timeout: float,
    max_bytes: int,
    pause: float,
    patience: float | None = None,
    is_busy: Callable[[Reply], bool] = lambda reply: reply.status in RETRIED,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Reply:
    """Return the last reply to a request that is sent again while the endpoint is busy, three times at most.

    It is sent again as late as Retry-After says, else after `pause` seconds, then twice that. Without `patience` all of it,
    waits included, ends after `timeout` seconds; with it each try has `timeout`, and the waits together `patience`.
    `clock` tells the time, in seconds since 1970, for a reply that does not; `sleep` waits.
    """
    end, left = time.monotonic() + timeout, LONGEST_WAIT if patience is None else patience
    reply = _dated(follow(request, end, max_bytes), clock)
    for number in range(_TRIES - 1):
        after = retry_after(reply.headers)
        seconds = min(pause * 2**number, _LONGEST_PAUSE) if after is None else after
        if not is_busy(reply) or seconds > (min(left, end - time.monotonic()) if patience is None else left):
            break
        sleep(seconds)
        left -= seconds
        reply = _dated(follow(request, end if patience is None else time.monotonic() + timeout, max_bytes), clock)
    return reply


def _dated(reply: Reply, clock: Callable[[], float]) -> Reply:
    """Return a reply with the day it came, where it does not say so itself (RFC 9110, 6.6.1)."""
    from email.utils import formatdate

    if _moment(reply.headers.get("Date", "")) is None:
        del reply.headers["Date"]
        reply.headers["Date"] = formatdate(clock(), usegmt=True)
    return reply


def follow(request: urllib.request.Request, end: float, max_bytes: int) -> Reply:
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
                endpoint=place(request),
                status=reply.status,
                cure="ask that address, if you trust it",
            )
        request = urllib.request.Request(url, data=request.data, headers=dict(request.header_items()), method=request.get_method())
    raise RemoteError("redirects without end", endpoint=place(request), cure="tell its operator, or try another address")


def _strange(request: urllib.request.Request, url: str, status: int) -> str:
    """Return why a redirect is not followed, or the empty string."""
    here, there = urllib.parse.urlsplit(request.full_url), urllib.parse.urlsplit(url)
    upgrade = (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname
    if not upgrade and (here.scheme, here.netloc) != (there.scheme, there.netloc):
        return "sends us elsewhere"
    return "has moved" if request.data is not None and status < 307 else ""  # urllib would drop the query


def place(request: urllib.request.Request) -> str:
    return request.full_url.partition("?")[0]


def _within(end: float, request: urllib.request.Request, max_bytes: int) -> Reply:
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
        raise RemoteError("gave no whole answer in time", endpoint=place(request), cure=cure) from None
    except (OSError, http.client.HTTPException, EOFError, zlib.error) as error:
        reason = str(getattr(error, "reason", error)) or type(error).__name__
        raise RemoteError(
            f"cannot be asked: {reason}", endpoint=place(request), cure="look at the address, or try later"
        ) from None
    finally:
        wire.cut()


def _send(wire: _Wire, request: urllib.request.Request, max_bytes: int) -> Reply:
    opener = urllib.request.OpenerDirector()
    opener.add_handler(_Open(wire))
    if not is_this_machine(urllib.parse.urlsplit(request.full_url).hostname or ""):
        opener.add_handler(urllib.request.ProxyHandler())
    with opener.open(request, timeout=max(0.01, wire.end - time.monotonic())) as response:
        body = _body(response, max_bytes, place(request))
        return Reply(response.status, response.headers, body)


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


def retry_after(headers: http.client.HTTPMessage) -> float | None:
    """Return the seconds that Retry-After names, a day at most; a date is taken against the answer's own Date. None when it names none."""
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+", said):
        return min(float(said), _DAY)
    then, now = _moment(said), _moment(headers.get("Date", ""))
    return None if then is None or now is None else min(max(0.0, math.ceil(then - now)), _DAY)


def _moment(said: str) -> float | None:
    """Return an HTTP date in seconds since 1970; None for what is none."""
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    with suppress(ValueError, TypeError, OverflowError):
        found = parsedate_to_datetime(said)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return None
