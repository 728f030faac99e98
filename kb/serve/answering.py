"""One query's answer on its way from a worker to a client: whole when it is small, as it comes when it is not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from kb.errors import QueryRefused, QueryStopped, QuerySyntaxError
from kb.query.refuse import MAX_CHARACTERS, check_query, explain_syntax, plain_kind
from kb.query.tokens import tokens
from kb.rows import Result
from kb.serve.job import DONE, Busy, Job
from kb.serve.pool import Pool
from kb.serve.protocol import Refusal
from kb.serve.reply import TAKE, Kept, Receive, Scope, Send, headers_of, takes_gzip
from kb.vocab import PREFIXES

MEDIA = {
    "json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv", "tsv": "text/tab-separated-values",
    "jsonl": "application/jsonl", "turtle": "text/turtle", "ntriples": "application/n-triples", "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml", "trig": "application/trig", "nquads": "application/n-quads",
}  # fmt: skip
_SHORT = {name: PREFIXES[name] for name in ("kb", "rdf", "rdfs", "skos", "schema", "oa", "dcterms", "xsd")}
_NEVER_TWICE = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_MANY = 8 << 20  # bytes of a result held for a page


@dataclass(frozen=True, slots=True)
class Question:
    """A query that passed, and how its answer is wanted."""

    text: str
    format: str
    graphs: tuple[str, ...] = ()
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    guard: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_own: bool = False  # a document of ours, as long as it is

    def request(self, max_rows: int, gzip: bool) -> dict[str, Any]:
        prefixes = _SHORT if self.format in ("turtle", "trig", "rdfxml") else {}
        return {
            "query": self.text, "graphs": self.graphs, "default": self.default, "named": self.named, "format": self.format,
            "max_rows": sys.maxsize if self.is_own else max_rows, "max_bytes": _MANY, "gzip": gzip, "guard": self.guard, "prefixes": prefixes,
        }  # fmt: skip


def checked(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the kind of a query from outside and the graphs it names. Raises Refusal for what we never run."""
    kind = plain_kind(text)
    if kind and text.isascii():
        return kind, ()
    if len(text) > MAX_CHARACTERS or len(text.encode("utf-8", "replace")) > MAX_CHARACTERS:
        raise Refusal(413, f"the query is longer than {MAX_CHARACTERS >> 10} KiB", "ask for less at once")
    try:
        found = check_query(text)
    except QuerySyntaxError as wrong:
        raise Refusal(400, wrong.message, wrong.cure) from None
    except QueryRefused as wrong:
        raise Refusal(403, wrong.message, wrong.cure.replace("ask that server itself with --store URL", "ask that server itself")) from None
    return found.kind, tuple(dict.fromkeys(iri for iri, _ in found.graphs))


class Answering:
    """Runs questions in the pool, and keeps small answers for as long as the store is the same."""

    def __init__(self, pool: Pool, *, max_rows: int, kept: int) -> None:
        self.pool, self.max_rows = pool, max_rows
        self.kept = Kept(kept, 64 << 10)

    async def send(self, question: Question, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a client. Raises Refusal as long as nothing was sent."""
        key = (self.pool.store, question.text, question.format, question.default, question.named, question.guard, gzip := takes_gzip(scope))
        found = self.kept.get(key)
        if found is not None:
            return await self._whole(question, *found, send)
        job = self._ask(question, gzip)
        await job.settled()
        if job.state == DONE:
            await self._refuse(job, question)
            body = b"".join(data for _, data in job.pieces)
            zipped = any(letter == b"Z" for letter, _ in job.pieces)
            if len(body) <= self.kept.largest and not _differs(question.text):
                self.kept.put(key, (body, zipped), len(body))
            return await self._whole(question, body, zipped, send)
        await self._stream(job, question, scope, receive, send)

    def _ask(self, question: Question, gzip: bool) -> Job:
        try:
            return self.pool.ask(question.request(self.max_rows, gzip))
        except QueryStopped as why:
            raise _stopped(why) from None

    async def _whole(self, question: Question, body: bytes, zipped: bool, send: Send) -> None:
        head = _head(question, zipped)
        head.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    async def _stream(self, job: Job, question: Question, scope: Scope, receive: Receive, send: Send) -> None:
        watch = asyncio.create_task(self._watch(job, receive))
        out = _Stream(question, send, scope["method"] == "HEAD")
        try:
            await out.take(job.answer())
        except QueryStopped as why:
            if not out.started and not job.is_left:
                raise _stopped(why) from None
            return  # the connection breaks off, so nobody takes the part for the whole
        except TimeoutError:
            return
        finally:
            watch.cancel()
            if job.state != DONE:
                self.pool.leave(job)
        if not out.started and not job.is_left:
            await self._refuse(job, question)
        if (job.failed is None or out.is_head) and not job.is_left:
            await send({"type": "http.response.body", "body": b""})

    async def _watch(self, job: Job, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.pool.leave(job)

    async def result(self, question: Question) -> Result:
        """Return an answer as our own pages take it: format `cells`. Raises QueryStopped, QueryRefused, QuerySyntaxError."""
        import json

        from kb.query.sandbox import read_answer

        job = self.pool.ask(question.request(self.max_rows, False))
        lines = (await self._taken(job)).splitlines()
        if job.failed is not None:
            await self._refuse(job, question)
        answer = map(json.loads, lines)
        return read_answer(next(answer), answer)

    async def body(self, question: Question) -> bytes:
        """Return an answer whole. Raises Refusal."""
        job = self._ask(question, False)
        try:
            found = await self._taken(job)
        except QueryStopped as why:
            raise _stopped(why) from None
        await self._refuse(job, question)
        return found

    async def _taken(self, job: Job) -> bytes:
        """Return what comes of a job, which ends when nobody waits for it any more. Raises QueryStopped."""
        try:
            return b"".join([data async for _, data in job.answer()])
        finally:
            self.pool.leave(job)

    async def _refuse(self, job: Job, question: Question) -> None:
        """Raise the Refusal that fits what went wrong, if anything did."""
        said = job.failed
        if said is None:
            return
        if isinstance(said, QueryStopped):
            raise _stopped(said)
        if "syntax" in said:
            loop = asyncio.get_running_loop()
            wrong = await asyncio.to_thread(explain_syntax, question.text, "query", partial(self._again, loop, question))
            raise Refusal(400, wrong.message, wrong.cure)
        if "unknown" in said:
            raise Refusal(400, f"the query reads from a graph that is not here: {said['unknown'][:300]}", "leave it out: all graphs are read")
        if "format" in said:
            raise Refusal(406, f"the answer cannot be written in this format: {said['format']}", "ask for another format")
        if said.get("stopped") == "rows":
            raise Refusal(503, f"the answer has more than {self.max_rows} rows", "ask for less: LIMIT, or names in the place of variables")
        raise Refusal(503, "the store cannot be read just now", "ask again in a while", Retry_After="5")

    def _again(self, loop: asyncio.AbstractEventLoop, question: Question, text: str) -> str:
        """Return, in a thread, what the engine complains of in another wording of a query."""

        async def ask() -> str:
            job = self.pool.ask(Question(text, question.format).request(1, False))
            try:
                async for _ in job.answer():
                    pass
            except QueryStopped:
                return ""
            return job.failed.get("syntax", "") if isinstance(job.failed, dict) else ""

        return asyncio.run_coroutine_threadsafe(ask(), loop).result()


@dataclass(slots=True)
class _Stream:
    """An answer that goes out as it comes; its head with the first piece, as until then it may be refused."""

    question: Question
    send: Send
    is_head: bool
    started: bool = False

    async def take(self, pieces: AsyncIterator[tuple[bytes, bytes]]) -> None:
        async for letter, data in pieces:
            if not self.started:
                self.started = True
                await self.send({"type": "http.response.start", "status": 200, "headers": _head(self.question, letter == b"Z")})
            if self.is_head:
                return
            await asyncio.wait_for(self.send({"type": "http.response.body", "body": data, "more_body": True}), TAKE)


def _head(question: Question, zipped: bool) -> list[tuple[bytes, bytes]]:
    more = [(name.lower().encode(), value.encode()) for name, value in question.headers.items()]
    return [*_common_head(question.format, zipped), *more]


@cache
def _common_head(format: str, zipped: bool) -> tuple[tuple[bytes, bytes], ...]:
    head = [*headers_of(MEDIA[format]), (b"vary", b"Accept, Accept-Encoding"), (b"cache-control", b"no-cache")]
    return (*head, (b"content-encoding", b"gzip")) if zipped else tuple(head)


def _differs(text: str) -> bool:
    """True when asking again may give another answer, though the store is the same."""
    upper = text.upper()
    return any(word in upper for word in _NEVER_TWICE) and any(token.upper in _NEVER_TWICE for token in tokens(text))


def _stopped(why: QueryStopped) -> Refusal:
    if isinstance(why, Busy):
        return Refusal(503, why.message, why.cure, Retry_After="2")
    cure = "ask for less: LIMIT, names in the place of variables, no ORDER BY on everything" if why.cure.startswith("ask for less") else why.cure
    return Refusal(503, why.message, cure, Retry_After="30")
