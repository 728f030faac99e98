"""SPARQL 1.1 Protocol, query side: from a request to one query and its dataset, or to why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_to_bytes

from kb.errors import BadIri
from kb.rows import iri

MAX_BODY = 256 << 10  # a form of 64 KiB of query, every byte of it escaped, and some graphs
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
METHODS = "GET, HEAD, POST, OPTIONS"
_DATASET = ("default-graph-uri", "named-graph-uri")
_MOST_GRAPHS = 100


class Refusal(Exception):
    """Why there is no answer: an HTTP status, a sentence, what to do, and headers that belong to it."""

    def __init__(self, status: int, message: str, cure: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.cure = status, message, cure
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and the graphs that the request names; None where it names none of either kind."""

    query: str
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


def read_url(search: bytes) -> Asked | None:
    """Return what a GET asks; None for a request without any parameter: it wants the service's description. Raises Refusal."""
    pairs = _pairs(search, "the address")
    return _asked(pairs, "the address") if pairs else None


def read_body(kind: str, search: bytes, body: bytes) -> Asked:
    """Return what a POST asks: `kind` is its Content-Type. Raises Refusal."""
    media, _, rest = kind.partition(";")
    media = media.strip().lower()
    if media not in (FORM, QUERY, UPDATE):
        raise Refusal(415, f"a query is not sent as {media[:80] or 'nothing that is named'}", f"send it as {FORM} or {QUERY}", Accept_Post=f"{FORM}, {QUERY}")
    charset = rest.lower().partition("charset=")[2].split(";")[0].strip().strip('"')
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Refusal(415, f"a query in {charset[:40]} is not read", "send it in UTF-8")
    if media == UPDATE:
        raise _read_only()
    if media == FORM:
        if any(name in ("query", "update") for name, _ in _pairs(search, "the address")):
            raise Refusal(400, "the query of a form stands in its body, not in the address", "send it once")
        if any(name in _DATASET for name, _ in _pairs(search, "the address")):
            raise Refusal(400, "the graphs of a form stand in its body, not in the address", "send them with the query")
        return _asked(_pairs(body, "the form"), "the form")
    pairs = _pairs(search, "the address")
    if any(name in ("query", "update") for name, _ in pairs):
        raise Refusal(400, "there is a query in the address and one in the body", "send one")
    return _asked([*pairs, ("query", _text(body, "the query"))], "the request")


def _pairs(text: bytes, what: str) -> list[tuple[str, str]]:
    try:
        if text.startswith(b"query=") and b"&" not in text:  # nearly all are such, and need a third of the time
            return [("query", unquote_to_bytes(text[6:].replace(b"+", b" ")).decode())]
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=2 * _MOST_GRAPHS)
    except UnicodeDecodeError:
        raise Refusal(400, f"{what} is not UTF-8 in percent signs", "encode it as UTF-8") from None
    except ValueError:
        raise Refusal(400, f"{what} has too many parts", f"name {_MOST_GRAPHS} graphs at most") from None


def _text(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(400, f"{what} is not UTF-8", "encode it as UTF-8") from None


def _asked(pairs: Sequence[tuple[str, str]], what: str) -> Asked:
    queries = [value for name, value in pairs if name == "query"]
    updates = [value for name, value in pairs if name in ("update", "using-graph-uri", "using-named-graph-uri")]
    if queries and updates:
        raise Refusal(400, "a request holds a query or an update, not both", "send one `query`")
    if updates:
        raise _read_only()
    if len(queries) != 1:
        raise Refusal(400, f"{what} holds {'no query' if not queries else f'{len(queries)} queries'}", "send one `query`")
    return Asked(queries[0], *(_graphs(pairs, name) for name in _DATASET))


def _read_only() -> Refusal:
    return Refusal(403, "this endpoint only reads: it takes no update", "change the corpus, then run `kb build`")


def _graphs(pairs: Sequence[tuple[str, str]], name: str) -> tuple[str, ...] | None:
    found = tuple(dict.fromkeys(value for one, value in pairs if one == name))
    if len(found) > _MOST_GRAPHS:
        raise Refusal(400, f"{name} stands {len(found)} times", f"name {_MOST_GRAPHS} graphs at most")
    for value in found:
        _check_graph(name, value)
    return found or None


def _check_graph(name: str, value: str) -> None:
    try:
        iri(value)
    except BadIri as wrong:
        raise Refusal(400, f"{name}: {wrong.message}", wrong.cure) from None
    if not value.lower().startswith(("http://", "https://", "urn:", "tag:")):
        raise Refusal(403, f"the query would read from elsewhere ({name}={value[:80]})", "name a graph that is here")
