"""What a site holds: every page, the data of every thing, whole dumps, and the engine that answers SPARQL in the page."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from kb.assets import asset, asset_paths, packed, read_map
from kb.errors import InputError, StoreError
from kb.export import export_quads, serialize_triples
from kb.home import Home
from kb.ids import Mint
from kb.pages import Site
from kb.query import run_query
from kb.site.folder import MARK, new_folder
from kb.store import open_store

DUMPS = {"data/kb.ttl": "turtle", "data/kb.trig": "trig", "data/kb.nq": "nquads", "data/kb.nt": "ntriples", "data/kb.jsonld": "jsonld"}
GRAPHS = {".well-known/void": "dataset", "data/void.ttl": "dataset", "ns.ttl": "ontology"}  # in Turtle
PATIENCE = 60.0  # seconds for one stored query with nothing given: more than any but the hopeless take, however busy the machine
MANY = 400  # pages from which on more than one process makes them
_BATCH = 64
_site: Site | None = None  # a worker's own


@dataclass(frozen=True, slots=True)
class Written:
    """How many files a site has, how many of them pages for people, and bytes in all."""

    files: int
    pages: int
    bytes: int
    seconds: float


def write_site(
    home: Home,
    folder: Path,
    graphs: Sequence[Path],
    base: str,
    *,
    map_file: Path | None = None,
    force: bool = False,
    jobs: int | None = None,
    progress: Callable[[str, int, int], None] = lambda step, done, all_: None,
) -> Written:
    """Write the built knowledge base as a site into `folder`, which afterwards holds all of it or what it held before.

    `graphs` are the N-Quads files of the build, `base` its base IRI; the same build gives the same bytes.
    `progress` hears of pages done. Raises InputError for a folder that is something else, StoreError when nothing is built.
    """
    start = time.monotonic()
    if map_file is not None:
        read_map(map_file)
    make = partial(open_site, home, home.store.resolve(), map_file)
    with new_folder(folder, home, force=force) as aside:
        site = make()
        paths = list(dict.fromkeys(site.paths()))
        sizes = dict(_written_pages(make, site, paths, aside, jobs or os.cpu_count() or 1, progress))
        others = dict(_written_others(site, home, graphs, base, aside, map_file))
    pages = sum(path.endswith(".html") for path in sizes)
    return Written(len(sizes) + len(others), pages, sum(sizes.values()) + sum(others.values()), time.monotonic() - start)


def open_site(home: Home, store: Path, map_file: Path | None) -> Site:
    """Return the pages of the store in a folder, for files. Raises StoreError."""
    return Site(open_store(store), home, run=partial(run_query, store, timeout=PATIENCE), live=False, map_file=map_file)


def _written_pages(
    make: Callable[[], Site], site: Site, paths: list[str], aside: Path, jobs: int, progress: Callable[[str, int, int], None]
) -> Iterator[tuple[str, int]]:
    if len(paths) < MANY or jobs == 1:
        done = (_write_page(site, path, aside) for path in paths)
        yield from _counted(done, len(paths), progress)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    batches = _batches(paths)
    try:
        with ProcessPoolExecutor(min(jobs, len(batches)), get_context("spawn"), _start_worker, (make,)) as pool:
            found = (size for sizes in pool.map(partial(_write_batch, aside), batches) for size in sizes)
            yield from _counted(found, len(paths), progress)
    except BrokenProcessPool:
        raise StoreError("a process that wrote pages was ended from outside", cure="was memory short? the site stands as it was before") from None


def _batches(paths: list[str]) -> list[list[str]]:
    rest = iter(paths)
    return list(iter(lambda: list(islice(rest, _BATCH)), []))


def _counted(done: Iterator[tuple[str, int]], all_: int, progress: Callable[[str, int, int], None]) -> Iterator[tuple[str, int]]:
    for number, one in enumerate(done, 1):
        progress("page", number, all_)
        yield one


def _start_worker(make: Callable[[], Site]) -> None:
    global _site
    _site = make()


def _write_batch(aside: Path, paths: list[str]) -> list[tuple[str, int]]:
    assert _site is not None
    return [_write_page(_site, path, aside) for path in paths]


def _write_page(site: Site, path: str, aside: Path) -> tuple[str, int]:
    page = site.page(path)
    if page is None:
        raise StoreError(f"there is no page {path}, though it is listed", cure="report this; it is a bug of ours")
    return path, _write(aside, path, page.body)


def _written_others(site: Site, home: Home, graphs: Sequence[Path], base: str, aside: Path, map_file: Path | None) -> Iterator[tuple[str, int]]:
    for path in asset_paths(site=True):
        body = asset(path, map_file=map_file)
        assert body is not None
        yield path, _write(aside, path, body)
    context = home.ontology / "context.jsonld"
    for path, format in DUMPS.items():
        target = _place(aside, path)
        with target.open("wb") as out:
            export_quads(graphs, format, out, context=context, base=base)
        yield path, target.stat().st_size
    for path, name in GRAPHS.items():
        found = site.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{Mint(base).graph(name)}> {{ ?s ?p ?o }} }}")
        yield path, _write(aside, path, serialize_triples(found.triples, "turtle", base=base).encode())
    yield "data/quads.js", _write(aside, "data/quads.js", packed("kbQuads", {"quads": (aside / "data" / "kb.nq").read_bytes()}))
    yield "404.html", _write(aside, "404.html", site.missing("404.html").body)
    yield ".nojekyll", _write(aside, ".nojekyll", b"")
    yield MARK, _write(aside, MARK, f"A site of kb, build {site.version}. kb site replaces this folder whole.\n".encode())


def _write(aside: Path, path: str, body: bytes) -> int:
    with _place(aside, path).open("wb") as out:
        out.write(body)
    return len(body)


def _place(aside: Path, path: str) -> Path:
    """Return where a page lies. A path that leaves the folder is none of ours."""
    target = aside / path
    if ".." in Path(path).parts or Path(path).is_absolute():
        raise InputError(f"the path {path!r} leaves the site's folder", path=aside, cure="report this; it is a bug of ours")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
