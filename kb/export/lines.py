"""N-Quads text → its terms, and the order they are written in. Terms stay as text, so no lexical form ever changes.

A parser that builds objects rewrites literals (pyoxigraph writes `@en-GB` small) and takes longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.errors import InputError, StoreError

_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_PLAIN = r'[^\x00-\x20<>"{}|^`\\]*+'
_IRI = rf"<[A-Za-z][A-Za-z0-9+.-]*+:{_PLAIN}(?:(?:{_ESCAPE}){_PLAIN})*+>"
_BLANK = r"_:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_LITERAL = rf'"[^"\\\r\n]*+(?:(?:\\[tbnrf"\'\\]|{_ESCAPE})[^"\\\r\n]*+)*+"(?:\^\^{_IRI}|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?'
_LINE = re.compile(
    rf"[ \t]*({_IRI}|{_BLANK})[ \t]*({_IRI})[ \t]*({_IRI}|{_BLANK}|{_LITERAL})[ \t]*({_IRI}|{_BLANK})?[ \t]*\.[ \t]*(?:#.*)?"
)
_EMPTY = re.compile(r"[ \t]*(?:#.*)?")

Quad = tuple[str, str, str, str]  # subject, predicate, object, graph as written in N-Quads; graph "" for the default graph
Facts = dict[str, list[tuple[str, str]]]  # subject → its predicates and objects


def read_quads(path: Path) -> list[Quad]:
    """Return the quads of an N-Quads file, each once, sorted as text. Raises StoreError for what is not N-Quads."""
    try:
        text = path.read_bytes().decode("utf-8")
        return sorted(set(quads(text)))
    except OSError as error:
        raise StoreError(f"cannot read: {(error.strerror or '').lower()}", path=path, cure="build again") from error
    except (UnicodeDecodeError, InputError) as error:
        line = getattr(error, "line", 0)
        raise StoreError("not N-Quads: the file is damaged", path=path, line=line, cure="remove it and build again") from error


def quads(text: str) -> Iterator[Quad]:
    """Yield the quads of N-Quads or N-Triples text in its order. Raises InputError with the line."""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        found = _LINE.fullmatch(line)
        if found is not None:
            subject, predicate, thing, graph = found.groups()
            yield subject, predicate, thing, graph or ""
        elif not _EMPTY.fullmatch(line):
            raise InputError("not a line of N-Quads", line=number)


def by_graph(quads: Iterable[Quad]) -> Iterator[tuple[str, Facts]]:
    """Yield each graph with its subjects in reading order: a thing before what lies below it, 2 before 10."""
    graphs: dict[str, Facts] = {}
    for subject, predicate, thing, graph in quads:
        graphs.setdefault(graph, {}).setdefault(subject, []).append((predicate, thing))
    for graph in sorted(graphs):
        facts = graphs[graph]
        yield graph, {subject: facts[subject] for subject in sorted(facts, key=reading_order)}


def reading_order(term: str) -> tuple[object, ...]:
    """Return the key that sorts terms as a person counts: by path segment, numbers by size."""
    parts = term[:-1].split("/") if term[-1] == ">" else [term]
    return (
        *((0, int(part), "") if part.isdecimal() and part.isascii() and len(part) < 19 else (1, 0, part) for part in parts),
        (1, 0, term),
    )


def literal_parts(term: str) -> tuple[str, str, str]:
    """Return a literal's quoted text, its language and its datatype (`<…>`); "" for what it has not.

    >>> literal_parts('"a"@en')
    ('"a"', 'en', '')
    """
    if term[-1] == '"':
        return term, "", ""
    if term[-1] == ">":
        cut = term.rindex('"^^<') + 1
        return term[:cut], "", term[cut + 2 :]
    cut = term.rindex('"@') + 1
    return term[:cut], term[cut + 1 :], ""


_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


def unescaped(text: str) -> str:
    """Return text without N-Quads escapes. Raises InputError for an escape that is no character.

    >>> unescaped('caf\\\\u00E9')
    'café'
    """
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _SHORT[found[3]]
    number = int(found[1] or found[2], 16)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        raise InputError(f"{found[0]} is not a character", cure="mend the text it comes from")
    return chr(number)
