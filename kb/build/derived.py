"""The graph `derived`: what `queries/derive/` finds in a new version's store, only for the questions that a change touched.

A node hangs on answers of one question, so the lines of all other questions are taken over from the last version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import compare, query
from kb.build.articles import BATCH, write_quads
from kb.build.manifest import Manifest, as_rows
from kb.build.touched import touched_questions
from kb.check import shacl
from kb.compare import Reading
from kb.compare.nodes import clash_pairs, corroboration_pairs
from kb.compare.ties import Holding
from kb.errors import InputError
from kb.home import Home
from kb.ids import Mint
from kb.quads.terms import TYPE, Pairs, own
from kb.store import Store, file_lines, open_store, text_lines

SHAPES = "comparison.ttl"  # the shapes that look at derived nodes
_CORROBORATION = f" {TYPE} {own('Corroboration')} ."
_MEMBERS = {own("member"): "Claim", own("position"): "Answer", own("onQuestion"): "Question"}


@dataclass(frozen=True, slots=True)
class Derived:
    """Digest and size of the quads file, what SHACL found in it, and how many questions were derived anew."""

    quads: tuple[str, int, int]
    results: tuple[tuple[str, ...], ...]
    questions: int


def derive(home: Home, manifest: Manifest, store: Path, old: Manifest | None, mint: Mint, questions: int) -> Derived:
    """Return the derived graph of the version in `store`, which holds all other graphs, of so many questions in all.

    Raises QueryHeaderError, InputError.
    """
    touched = None
    if old is not None and _quads_file(home, old).is_file():
        touched = touched_questions(manifest, old, home.cache, mint)
    kept, results = _kept(home, old, touched, mint) if touched is not None and old is not None else ([], [])
    fresh = list(_triples(home, open_store(store), touched, manifest.held(mint), mint))
    graph = f"<{mint.graph('derived')}>"
    lines = [f"{triple.removesuffix(' .')} {graph} ." for triple in fresh]
    found = as_rows(_check(lines, home))
    return Derived(write_quads([*kept, *lines], home.cache), (*results, *found), questions if touched is None else len(touched))


def _quads_file(home: Home, old: Manifest) -> Path:
    return home.cache / "quads" / f"{old.graphs['derived'][0]}.nq"


def _kept(home: Home, old: Manifest, touched: set[str], mint: Mint) -> tuple[list[str], list[tuple[str, ...]]]:
    stem = mint.question("")

    def stays(iri: str) -> bool:
        return iri.startswith(stem) and iri.removeprefix(stem).partition("/")[0] not in touched

    lines = file_lines(_quads_file(home, old))
    return [line for line in lines if stays(line[1 : line.index(">")])], [row for row in old.derived if stays(row[0])]


def _triples(home: Home, store: Store, touched: set[str] | None, held: list[Holding], mint: Mint) -> Iterator[str]:
    """Yield what each query constructs, completed by what no query tells."""
    questions = None if touched is None else [mint.question(name) for name in sorted(touched)]
    if questions == []:
        return
    triples: list[str] = []
    for one in query.stored_queries(home.queries):
        if one.folder == "derive":
            if one.kind != "construct" or "question" not in one.params:
                raise InputError("a query that derives is a CONSTRUCT with the parameter `question`", path=one.path)
            values = {} if questions is None else {"question": questions}
            triples += text_lines(store.query(query.bind(one, values)).triples)
    yield from _completed(triples, compare.read(store, questions or (), held=held, bare=True))


def _completed(triples: Sequence[str], reading: Reading) -> Iterator[str]:
    """Yield triples, and what `kb compare` finds too of their nodes; a corroboration only if it has independent origins."""
    constructed = {line.partition(" ")[0] for line in triples}
    agreed = {line.partition(" ")[0] for line in triples if line.endswith(_CORROBORATION)}
    found: dict[str, Pairs] = {}
    for result in compare.results(reading) if constructed else ():
        found |= {f"<{clash.iri}>": clash_pairs(clash) for clash in result.clashes}
        found |= {f"<{one.iri}>": corroboration_pairs(one) for one in result.corroborations}
    yield from (line for line in triples if (node := line.partition(" ")[0]) not in agreed or node in found)
    for node in sorted(constructed & found.keys()):
        yield from (f"{node} {property_} {value} ." for property_, value in found[node])


def _check(lines: list[str], home: Home) -> Iterator[shacl.Result]:
    """Yield what SHACL finds in derived lines, some nodes at a time; of what they name only the class is at hand."""
    files = [path for path in home.shape_files() if path.name == SHAPES] or home.shape_files()
    shapes = shacl.load_shapes(tuple(files))
    by_node: dict[str, list[str]] = {}
    for line in lines:
        by_node.setdefault(line.partition(" ")[0], []).append(line)
    nodes = sorted(by_node)
    for start in range(0, len(nodes), BATCH * 10):
        some = [line for node in nodes[start : start + BATCH * 10] for line in by_node[node]]
        yield from shacl.validate(some, sorted(set(_classes(some))), shapes)


def _classes(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        _, property_, rest = line.removesuffix(" .").split(" ", 2)
        thing, _, graph = rest.rpartition(" ")
        if property_ in _MEMBERS:
            yield f"{thing} {TYPE} {own(_MEMBERS[property_])} {graph} ."
