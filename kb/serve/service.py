"""What a server answers from: the published build, its pages and stored queries; and the turn to the next build when there is one."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.errors import KbError, StoreError
from kb.home import Home
from kb.ids import DEFAULT_BASE
from kb.query import StoredQuery, stored_queries
from kb.query.header import JOINED
from kb.query.sandbox import MEMORY
from kb.rows import Result
from kb.serve.answering import Answering, Question
from kb.serve.host import Hosts
from kb.serve.pool import Pool
from kb.serve.reply import Kept, Receive
from kb.serve.shared import Shared
from kb.serve.watch import Watch
from kb.store import LocalStore, check_folder, open_store
from kb.vocab import PREFIXES

WATCH = 0.5  # seconds between two looks at which build is published
PAGES = 64 << 20  # bytes of pages kept
ANSWERS = 16 << 20  # bytes of answers kept
_THREADS = 3  # that make pages, none of which waits for a query


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: `timeout` in seconds, `max_rows`; `workers` run small queries at once, and as many long ones."""

    timeout: float = 30.0
    max_rows: int = 100_000
    workers: int = 2
    memory: int = MEMORY


class Build:
    """One published build, opened."""

    def __init__(self, home: Home, map_file: Path | None) -> None:
        from kb.pages import Site

        self.folder = published(home)
        self.store: LocalStore = open_store(self.folder / "store")
        self.site = Site(self.store, home, run=None, live=True, map_file=map_file)
        self.queries: dict[str, StoredQuery] = {one.name: one for one in stored_queries(home.queries) if one.folder != JOINED}
        _ = self.site.queries  # read now, so that pages and addresses have the same

    @cached_property
    def base(self) -> str:
        """The IRI that all things are minted below."""
        found = self.store.query(f"SELECT ?space {{ ?dataset <{PREFIXES['void']}uriSpace> ?space }} ORDER BY ?space LIMIT 1").rows
        return found[0][0].value.removesuffix("id/") if found else DEFAULT_BASE

    def knows(self, iri: str) -> bool:
        """Say whether anything is said of an IRI, which must have been checked."""
        return bool(self.store.query(f"ASK {{ <{iri}> ?p ?o }}").boolean)

    def knows_term(self, iri: str) -> bool:
        """Say whether an IRI is one of the ontology's: a term, a scheme, a part, or a version of one."""
        return self.knows(iri) or bool(self.store.query(f"ASK {{ ?part <{PREFIXES['owl']}versionIRI> <{iri}> }}").boolean)

    def knows_graph(self, iri: str) -> bool:
        """Say whether a named graph is there, by an IRI that must have been checked."""
        return bool(self.store.query(f"ASK {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}").boolean)


def published(home: Home) -> Path:
    """Return the folder of the published build. Raises StoreError when there is none, or it cannot be read."""
    if not home.current.exists():
        raise StoreError("nothing is built yet", path=home.root, cure="run `kb build`")
    folder = home.current.resolve()
    check_folder(folder / "store")
    return folder


def _seen(home: Home) -> tuple[Path, tuple[tuple[str, int, int], ...]]:
    """Return which build is published, and a mark of each query file of the knowledge base."""
    files = ((str(path), path.stat()) for path in sorted((home.root / "queries").glob("*/*.rq")))
    return home.current.resolve(), tuple((name, status.st_mtime_ns, status.st_size) for name, status in files)


class Service:
    """The state of one server. `start` and `stop` run in its event loop."""

    def __init__(self, home: Home, limits: Limits, *, hosts: Hosts, map_file: Path | None = None, say: Callable[[str], None] = print) -> None:
        self.home, self.limits, self.hosts, self.map_file, self.say = home, limits, hosts, map_file, say
        self.seen = _seen(home)
        self.build, self.turns = Build(home, map_file), 0
        self.pool = Pool(self.build.folder / "store", workers=limits.workers, timeout=limits.timeout, memory=limits.memory)
        self.answering = Answering(self.pool, max_rows=limits.max_rows, kept=ANSWERS)
        self.pages = Kept(PAGES, PAGES // 8)
        self.threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pages")
        self.aside = ThreadPoolExecutor(1, thread_name_prefix="aside")  # what needs no page made does not wait for one
        self.making: dict[Any, Shared] = {}

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        gc.collect()
        gc.freeze()  # what is here now stays: looking through it again and again would stop the server for a while
        gc.set_threshold(20_000, 20, 50)
        self.pool.start()
        self.watching = Watch(self._watch)

    async def stop(self) -> None:
        self.watching.cancel()
        self.pool.close()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.aside.shutdown(wait=False, cancel_futures=True)

    async def in_thread(self, function: Callable[..., Any], *given: Any) -> Any:
        """Return what a function gives that takes the processor for a while."""
        return await self.loop.run_in_executor(self.threads, function, *given)

    async def aside_of_pages(self, function: Callable[..., Any], *given: Any) -> Any:
        """Return what a short function gives, however many pages are to be made."""
        return await self.loop.run_in_executor(self.aside, function, *given)

    async def answered(self, text: str) -> Callable[[str], Result]:
        """Return what gives a page the answer of its query, or raises what kept it from having one. Raises Refusal."""
        try:
            result: Result | KbError = await self.answering.result(Question(text, "cells"))
        except KbError as wrong:
            result = wrong

        def run(_text: str) -> Result:
            if isinstance(result, KbError):
                raise result
            return result

        return run

    async def _watch(self) -> None:
        """Turn to a new build once it is published, and to queries of the knowledge base that changed; what runs ends on the old one."""
        while True:
            await asyncio.sleep(WATCH)
            with contextlib.suppress(OSError):
                seen = await self.aside_of_pages(_seen, self.home)
                if seen != self.seen and seen[0].is_dir():
                    self.seen = seen
                    await self._turn()

    async def _turn(self) -> None:
        try:
            build = await asyncio.to_thread(Build, self.home, self.map_file)
        except KbError as wrong:
            self.say(f"kb: a new build cannot be served: {wrong}")
            return
        is_new, self.build, self.turns = build.folder != self.build.folder, build, self.turns + 1
        self.pages.clear()
        self.answering.kept.clear()
        if is_new:
            self.pool.swap(build.folder / "store")
        self.say(f"now serving the build {build.folder.name}{'' if is_new else ' with the queries as they are now'}")

    async def kept(self, key: Any, make: Callable[[], Coroutine[Any, Any, Any]], size: Callable[[Any], int | None], receive: Receive) -> Any:
        """Return what `make` gives, kept for as long as the build is the same; asked for by many at once, it is made once.

        It is not kept where `size` says None, nor made any longer once all who asked have left. Raises Left.
        """
        key = (self.turns, key)
        found = self.pages.get(key)
        if found is not None:
            return found
        shared = self.making.get(key)
        if shared is None or shared.is_over:
            shared = self.making[key] = Shared(make())
        try:
            found = await shared.result(receive)
        finally:
            if shared.is_over and self.making.get(key) is shared:
                del self.making[key]
        if found is not None and (bytes_ := size(found)) is not None:
            self.pages.put(key, found, bytes_)
        return found
