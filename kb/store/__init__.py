"""The quad store: in memory, in a folder, or behind an endpoint. Same questions, same results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from kb.errors import QuerySyntaxError, StoreError
from kb.rows import XSD, Result, Term
from kb.store.folder import REBUILD, change_store, check_folder, create_store, open_folder, store_ok, update_store
from kb.store.nquads import file_lines, parse_quads, text_lines, turtle_quads

__all__ = [
    "LocalStore", "RemoteStore", "Store", "change_store", "check_folder", "create_store", "file_lines", "is_endpoint", "open_store", "parse_quads",
    "store_ok", "syntax_error", "text_lines", "turtle_quads", "update_store",
]  # fmt: skip
_SYNTAX = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class Store(Protocol):
    """Anything that answers SPARQL."""

    def query(self, text: str) -> Result:
        """Return what a query gives, over the union of all graphs. Raises QuerySyntaxError, StoreError or RemoteError."""

    def texts(self, text: str) -> Iterator[list[str]]:
        """Yield the rows of a SELECT as plain texts, the empty text where unbound: a third of the time of `query`."""


class LocalStore:
    """An embedded store, for our own queries: they run in this process, without limits. Others go through `run_query`."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def __len__(self) -> int:
        return len(self.engine)

    def query(self, text: str) -> Result:
        with _told():
            return _result(self.engine.query(text, use_default_graph_as_union=True))

    def texts(self, text: str) -> Iterator[list[str]]:
        with _told():
            for row in self.engine.query(text, use_default_graph_as_union=True):
                yield ["" if term is None else term.value for term in row]

    def load(self, quads: Iterable[str]) -> None:
        """Add N-Quads lines; only a store in memory takes them."""
        self.engine.extend(parse_quads(quads))


class RemoteStore:
    """A SPARQL endpoint."""

    def __init__(self, url: str, *, timeout: float = 60.0, contact: str | None = None) -> None:
        self.url, self.timeout, self.contact = url, timeout, contact

    def query(self, text: str) -> Result:
        from kb.endpoint import ask

        return ask(self.url, text, timeout=self.timeout, contact=self.contact)

    def texts(self, text: str) -> Iterator[list[str]]:
        for row in self.query(text).rows:
            yield ["" if term is None else term.value for term in row]


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the engine raises into our errors."""
    try:
        yield
    except SyntaxError as error:
        raise syntax_error(str(error)) from None
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the store cannot be read: {error}", cure=REBUILD) from None


def is_endpoint(where: str | Path) -> bool:
    return str(where).startswith(("http://", "https://"))


def open_store(where: str | Path, *, timeout: float = 60.0, contact: str | None = None) -> LocalStore | RemoteStore:
    """Return the store at `where`: `:memory:` (new and empty), a folder (read only) or an http(s) address.

    `timeout` (in seconds) and `contact` are for an address, as `kb.endpoint.ask` takes them. Raises StoreError when the folder
    holds none, a damaged one, or one of another version.
    """
    if is_endpoint(where):
        return RemoteStore(str(where), timeout=timeout, contact=contact)
    if str(where) == ":memory:":
        from pyoxigraph import Store as Engine

        return LocalStore(Engine())
    return LocalStore(open_folder(where))


def syntax_error(said: str) -> QuerySyntaxError:
    """Return the engine's complaint about a query, without its pages of character classes.

    Its column lies behind the place by up to the length of a keyword; `run_query` finds the place itself.
    """
    found = _SYNTAX.fullmatch(said)
    line, column, rest = (int(found[1]), int(found[2]), found[3]) if found else (0, 0, said)
    hint = rest if re.fullmatch(r"expected (?:BY|WHERE|AS|IN|\"[^\"]+\")", rest) else ""  # others mislead
    return QuerySyntaxError("the query is not SPARQL 1.1", line=line, column=column, cure=hint)


def _result(answer: Any) -> Result:
    from pyoxigraph import QueryBoolean, QueryTriples

    if isinstance(answer, QueryBoolean):
        return Result("ask", boolean=bool(answer))
    if isinstance(answer, QueryTriples):
        return Result("construct", triples="".join(sorted({f"{triple} .\n" for triple in answer})))
    columns = tuple(variable.value for variable in answer.variables)
    return Result("select", columns, tuple(tuple(map(_term, solution)) for solution in answer))


def _term(term: Any) -> Term | None:
    kind = type(term).__name__
    if kind == "NamedNode":
        return Term("iri", term.value)
    if kind == "Literal":
        datatype = "" if term.language else term.datatype.value
        return Term("literal", term.value, "" if datatype == f"{XSD}string" else datatype, term.language or "")
    return None if term is None else Term("blank", term.value) if kind == "BlankNode" else Term("triple", f"<<( {term} )>>")
