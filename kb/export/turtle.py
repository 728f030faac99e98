"""Turtle and TriG that a person can read: a block a subject, a line a property, names as short as they can safely be.

pyoxigraph's writer puts prefixes in another order on every run, rdflib's needs the whole graph in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from kb import vocab
from kb.export.lines import Facts, literal_parts, reading_order

WIDTH = 120
TYPE = f"<{vocab.PREFIXES['rdf']}type>"
_LABELS = [
    f"<{vocab.PREFIXES['rdfs']}label>",
    *(f"<{vocab.PREFIXES['skos']}{name}>" for name in ("prefLabel", "altLabel", "hiddenLabel")),
]
_CONTENT = [f"<{vocab.term(name)}>" for name in ("reportedIn", "speaker", "subject", "predicate", "object", "value")]
_RANK = {term: rank for rank, term in enumerate([TYPE, *_LABELS, *_CONTENT])}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")  # needs no escape in Turtle or JSON-LD
_BELOW = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_][A-Za-z0-9._~-]*)*")  # resolves to itself below a base
_XSD = "<http://www.w3.org/2001/XMLSchema#"
_BARE = {  # rdflib would write -0 and 007 anew
    f"{_XSD}integer>": re.compile(r"-?[1-9][0-9]*|0"),
    f"{_XSD}decimal>": re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+"),
    f"{_XSD}boolean>": re.compile(r"true|false"),
}


class Names:
    """Short forms of IRIs under some prefixes (name → namespace) and below one base; "" for no base."""

    def __init__(self, prefixes: Mapping[str, str], below: str = "") -> None:
        self.below = below
        self.prefixes = dict(prefixes)
        self._of = {namespace: name for name, namespace in self.prefixes.items()}
        self.term = lru_cache(maxsize=4096)(self._term)

    def compact(self, iri: str) -> str | None:
        """Return `prefix:name`, None when no prefix fits or the name would need an escape."""
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = self._of.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix is not None and _LOCAL.fullmatch(iri, cut) else None

    def relative(self, iri: str) -> str | None:
        """Return what follows the base, None when the IRI does not lie below it or would not resolve to itself."""
        fits = self.below and iri.startswith(self.below) and _BELOW.fullmatch(iri, len(self.below))
        return iri[len(self.below) :] if fits else None

    def _term(self, term: str) -> str:
        """Return a term of N-Quads as Turtle writes it."""
        if term[0] == "<":
            short = self.compact(term[1:-1])
            if short is not None:
                return short
            below = self.relative(term[1:-1])
            return term if below is None else f"<{below}>"
        if term[0] == '"' and term[-1] == ">":
            text, _, datatype = literal_parts(term)
            bare = _BARE.get(datatype)
            return (
                text[1:-1] if bare is not None and bare.fullmatch(text, 1, len(text) - 1) else f"{text}^^{self.term(datatype)}"
            )
        return term

    def header(self) -> str:
        """Return the lines that declare base and prefixes, in the order given."""
        base = f"@base <{self.below}> .\n" if self.below else ""
        return base + "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in self.prefixes.items())


def graph_text(graph: str, facts: Facts, names: Names) -> Iterator[str]:
    """Yield the blocks of one graph in TriG; without a graph in Turtle."""
    if graph:
        yield f"\n{names.term(graph)} {{\n"
    indent = "    " if graph else ""
    first = True
    for subject, pairs in facts.items():
        yield ("" if graph and first else "\n") + block(subject, pairs, names, indent)
        first = False
    if graph:
        yield "}\n"


def block(subject: str, pairs: list[tuple[str, str]], names: Names, indent: str = "") -> str:
    """Return all that is said of one subject, a line a property, `a` and the label first."""
    lines = []
    for predicate, things in properties(pairs, names.term):
        verb = "a" if predicate == TYPE else names.term(predicate)
        lines.append(verb + _things(verb, things, names, indent))
    return f"{indent}{names.term(subject)} " + f" ;\n{indent}    ".join(lines) + " .\n"


def properties(pairs: list[tuple[str, str]], word: Callable[[str], str]) -> list[tuple[str, list[str]]]:
    """Return each predicate with its objects: type, labels and what is claimed first, the rest by how `word` writes them, 2 before 10."""
    grouped: dict[str, list[str]] = {}
    for predicate, thing in pairs:
        grouped.setdefault(predicate, []).append(thing)
    order = sorted(grouped, key=lambda term: (_RANK.get(term, len(_RANK)), word(term), term))
    return [(term, things if len(things := grouped[term]) == 1 else sorted(set(things), key=reading_order)) for term in order]


def _things(verb: str, things: list[str], names: Names, indent: str) -> str:
    if len(things) == 1:
        return " " + names.term(things[0])
    written = [names.term(thing) for thing in things]
    line = ", ".join(written)
    if len(indent) + 4 + len(verb) + 1 + len(line) <= WIDTH:
        return " " + line
    return f"\n{indent}        " + f" ,\n{indent}        ".join(written)
