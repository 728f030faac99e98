"""The pages that somebody may have meant who asked for one that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.errors import nearest
from kb.ids import NS, SLUG
from kb.pages.reading import Reader, Thing
from kb.query import StoredQuery

_MOST = 8


def nearest_pages(path: str, reader: Reader, queries: Iterable[StoredQuery]) -> list[Thing]:
    """Return things, claims of an article, stored queries or terms with names near to the one asked for, by the kind of the path."""
    wanted = re.sub(r"\.[a-z]+$", "", path.strip("/"))[-200:]
    folder, _, name = wanted.rpartition("/")
    if not name:
        return []
    if folder == "query":
        return _near(name, [Thing(one.name, one.summary, f"query/{one.name}.html", "stored query") for one in queries])
    if wanted.startswith("ns/"):
        return _near(name, _terms(reader))
    article = re.fullmatch(rf"id/claim/({SLUG})", folder, re.ASCII)
    claims = _claims(reader, article[1]) if article else []
    return _near(name, claims) or _near(name, [thing for kind in ("article", "entity", "event", "question") for thing in reader.things(kind)])


def _claims(reader: Reader, article: str) -> list[Thing]:
    query = f"SELECT ?claim {{ ?claim kb:reportedIn <{reader.iri('article', article)}> }} ORDER BY ?claim"
    return [Thing(claim, claim.rpartition("/")[2], reader.path(claim), "claim") for (claim,) in reader.rows(query)]


def _terms(reader: Reader) -> list[Thing]:
    query = "SELECT DISTINCT ?term ?label { ?term rdfs:isDefinedBy ?module ; rdfs:label ?label } ORDER BY ?term"
    return [Thing(term, label, reader.path(term), "term") for term, label in reader.rows(query) if term.startswith(NS)]


def _near(name: str, things: list[Thing]) -> list[Thing]:
    by_name = {word: thing for thing in things for word in (thing.label, thing.id)}
    return list(dict.fromkeys(by_name[word] for word in nearest(name, by_name, limit=_MOST)))
