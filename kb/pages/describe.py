"""What is known of one thing, as triples: what is said of it and of the nodes below it, and the names of what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.ids import NS
from kb.rows import Row, Term, iri
from kb.store import Store
from kb.vocab import PREFIXES

_LABELS = tuple(f"<{name}>" for name in (f"{PREFIXES['rdfs']}label", f"{PREFIXES['skos']}prefLabel"))
_DEPTH = 4  # a claim's flag, evidence, its selector: three levels


def describe(store: Store, thing: str) -> str:
    """Return N-Triples of a thing, sorted: its own, those of every node below it (`<thing>/…`) that it leads to or that was derived about it, and a label of all they name.

    Empty when nothing is said of it. Raises BadIri, StoreError.

    >>> from kb.store import open_store
    >>> store = open_store(":memory:")
    >>> store.load(['<a:x> <a:p> <a:x/1> <a:g> .', '<a:x/1> <a:p> "1" <a:g> .', '<a:y> <a:p> <a:x> <a:g> .'])
    >>> print(describe(store, "a:x"), end="")
    <a:x/1> <a:p> "1" .
    <a:x> <a:p> <a:x/1> .
    """
    found: dict[Row, None] = {}
    below, new, named = f"{thing}/", {iri(thing), *_derived(store, thing)}, set()
    for _ in range(_DEPTH):
        rows = [row for row in _facts(store, new, "?s ?p ?o") if row not in found]
        found.update(dict.fromkeys(rows))
        named |= {term for _, *pair in rows for term in pair if term.kind == "iri"}
        new = {row[2] for row in rows if row[2].kind == "iri" and row[2].value.startswith(below)}
        if not new:
            break
    if found:
        labels = f"?s ?p ?o FILTER(?p IN ({', '.join(_LABELS)}))"  # a second VALUES is joined with all labels there are: 100 times slower
        found.update(dict.fromkeys(_facts(store, named, labels)))
    return "".join(sorted({f"{s} {p} {o} .\n" for s, p, o in found}))


def _derived(store: Store, thing: str) -> Iterator[Term]:
    """Yield what was derived about a question: it lies below it and names it, but is not named by it."""
    rows = store.query(f"SELECT DISTINCT ?node WHERE {{ ?node <{NS}onQuestion> {iri(thing)} }} ORDER BY ?node").rows
    return (node for (node,) in rows if node.value.startswith(f"{thing}/"))


def _facts(store: Store, things: Iterable[Term], pattern: str) -> Iterator[Row]:
    values = " ".join(sorted(map(str, things)))
    return iter(store.query(f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {values} }} {pattern} }}").rows)
