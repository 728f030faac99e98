"""The two ways to ask: `ask` for a store that happens to be far away, `Client` for public services and their manners."""

from __future__ import annotations

import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kb.endpoint.address import agent, host_of
from kb.endpoint.answers import JSON, is_busy, read_json, read_sparql, refused
from kb.endpoint.cache import keep, keep_wait, key_of, make_folder, read_kept, read_wait
from kb.endpoint.wire import LONGEST_WAIT, MAX_BYTES, RETRIED, Reply, talk
from kb.errors import RemoteError, StoreBusy
from kb.rows import N_TRIPLES, TURTLE, Result, literal

DAY = 86_400.0  # seconds
_NOTICED = 3.0  # seconds of waiting in silence
_GET_LIMIT = 1500  # characters of query; shorter ones go by GET, which caches may answer
_ACCEPT = f"{JSON[0]}, {N_TRIPLES};q=0.9, {TURTLE};q=0.8, {JSON[1]};q=0.5"
_ONE = threading.Lock()  # held while a Client talks: one request at a time
_T = TypeVar("_T")


def ask(
    url: str, query: str, *, timeout: float = 60.0, contact: str | None = None, max_bytes: int = MAX_BYTES, pause: float = 1.0
) -> Result:
    """Return what the endpoint at `url` answers to a SPARQL query; triples stay text, N-Triples or Turtle.

    Tries three times when the endpoint is busy (429, 502, 503, 504), as late as its Retry-After says, else after
    `pause` seconds, then twice that. `contact` (mail or web address; else KB_CONTACT) is told to any host but this
    machine; without one we do not ask. Raises RemoteError.
    """
    reply = talk(_query_request(url, query, contact), timeout=timeout, max_bytes=max_bytes, pause=pause)
    if reply.status != 200:
        raise refused(url, reply)
    return read_sparql(url, reply)


@dataclass(frozen=True)
class Client:
    """Asks public services, one request at a time for all threads, and for all processes that share the folder `cache`.

    `contact` is as in `ask`. An answer in `cache` counts for `max_age` seconds; `offline` takes it at any age and asks
    nobody. `timeout` is for each try, `patience` for the waits between them; both in seconds. `clock` tells the time,
    `sleep` waits, `tell` gets a sentence before a wait that a person would notice, and `met` when a kept answer that is
    taken came, and the time now.
    """

    contact: str | None = None
    cache: Path | None = None
    max_age: float = 7 * DAY
    offline: bool = False
    timeout: float = 60.0
    patience: float = LONGEST_WAIT
    pause: float = 1.0
    max_bytes: int = MAX_BYTES
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda _: None
    met: Callable[[float, float], None] = lambda asked, now: None

    def ask(self, url: str, query: str) -> Result:
        """Return what a SPARQL endpoint answers, as `ask` does. Raises RemoteError."""
        literal(query)
        return self._answer(url, query, lambda: _query_request(url, query, self.contact), read_sparql)

    def get_json(self, url: str, params: Mapping[str, str]) -> Any:
        """Return the JSON that `url` answers to `params`, sent by POST when they are long.

        Raises RemoteError, for an error that the answer carries inside too.
        """
        return self._answer(url, params, lambda: _json_request(url, params, self.contact), read_json)

    def asked_at(self, url: str, query: str) -> float:
        """Return when the answer to a query came, in seconds since 1970: now, unless it is kept."""
        found = None if self.cache is None else read_kept(self.cache, key_of(url, query))
        return self.clock() if found is None else found.asked

    def _answer(
        self, url: str, asked: str | Mapping[str, str], request: Callable[[], urllib.request.Request], read: Callable[[str, Reply], _T]
    ) -> _T:
        host_of(url)
        key = key_of(url, asked)
        kept = self._kept(key, url, read)
        if kept is not None:
            return kept
        if self.offline:
            cure = "ask once without --offline; its answer is then kept"
            raise RemoteError("not asked: we are offline, and no answer to this is kept", endpoint=url, cure=cure)
        ready = request()
        with self._turn(url):
            kept = self._kept(key, url, read)  # another process may have asked while we waited
            return self._talk(key, url, ready, read) if kept is None else kept

    def _kept(self, key: str, url: str, read: Callable[[str, Reply], _T]) -> _T | None:
        found = None if self.cache is None else read_kept(self.cache, key)
        if found is None or not (self.offline or 0 <= self.clock() - found.asked < self.max_age):
            return None
        try:
            answer = read(url, found.reply)
        except RemoteError:
            return None
        self.met(found.asked, self.clock())
        return answer

    def _talk(self, key: str, url: str, request: urllib.request.Request, read: Callable[[str, Reply], _T]) -> _T:
        self._respect_wait(url)
        reply = talk(
            request, timeout=self.timeout, max_bytes=self.max_bytes, pause=self.pause, patience=self.patience,
            is_busy=lambda reply: reply.status in RETRIED or is_busy(reply),
            clock=self.clock, sleep=lambda seconds: self._wait(url, seconds),
        )  # fmt: skip
        try:
            if reply.status != 200:
                raise refused(url, reply)
            answer = read(url, reply)
        except RemoteError as error:
            if error.retry_after and self.cache is not None:
                keep_wait(self.cache, _netloc(url), self.clock() + error.retry_after)
            raise
        if self.cache is not None:
            keep(self.cache, key, url, reply, self.clock())
        return answer

    def _wait(self, url: str, seconds: float) -> None:
        if seconds >= _NOTICED:
            self.tell(f"{url.partition('?')[0]} is busy; it is asked again in {seconds:.0f} seconds")
        self.sleep(seconds)

    def _respect_wait(self, url: str) -> None:
        """Do not ask a host again before the time that it named: some answer that with a ban."""
        left = 0.0 if self.cache is None else read_wait(self.cache, _netloc(url)) - self.clock()
        if left > 0:
            message, cure = "not asked: it wants to be left alone for a while", f"ask again in {left:.0f} seconds"
            raise RemoteError(message, endpoint=url, retry_after=left, cure=cure)

    @contextmanager
    def _turn(self, url: str) -> Iterator[None]:
        from kb.files import lock

        longest = self.timeout + self.patience
        busy = RemoteError("not asked: another request is still under way", endpoint=url, cure="try again when it has ended")
        with ExitStack() as held:
            if not _ONE.acquire(timeout=longest):
                raise busy
            held.callback(_ONE.release)
            if self.cache is not None:
                make_folder(self.cache)
                try:
                    held.enter_context(lock(self.cache / "lock", wait=longest))
                except StoreBusy:
                    raise busy from None
            yield


def _netloc(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc


def _query_request(url: str, query: str, contact: str | None) -> urllib.request.Request:
    import SPARQLWrapper

    host_of(url)
    ours = agent(url, contact, f"SPARQLWrapper/{SPARQLWrapper.__version__}")
    wrapper = SPARQLWrapper.SPARQLWrapper(url, returnFormat=SPARQLWrapper.JSON, agent=ours)
    wrapper.setMethod(SPARQLWrapper.GET if len(query) < _GET_LIMIT and "?" not in url else SPARQLWrapper.POST)
    wrapper.setOnlyConneg(True)
    wrapper.addCustomHttpHeader("Accept", _ACCEPT)
    wrapper.addCustomHttpHeader("Accept-Encoding", "gzip")
    wrapper.queryString = literal(query).value  # not setQuery: its regular expressions guess the kind wrongly, and slowly
    return wrapper._createRequest()


def _json_request(url: str, params: Mapping[str, str], contact: str | None) -> urllib.request.Request:
    headers = {"User-Agent": agent(url, contact), "Accept": JSON[1], "Accept-Encoding": "gzip"}
    text = urllib.parse.urlencode({key: literal(value).value for key, value in params.items()})
    if len(text) < _GET_LIMIT:
        joint = "" if not text else "&" if "?" in url else "?"
        return urllib.request.Request(f"{url}{joint}{text}", headers=headers)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return urllib.request.Request(url, data=text.encode("ascii"), headers=headers)
