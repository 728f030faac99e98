"""The pages that explain: what this is and how to read it, the queries there are, and SPARQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.pages.cards import PRESUPPOSED, Mark, mark
from kb.pages.front import Corpus
from kb.pages.reading import Reader
from kb.pages.times import time_of
from kb.query import StoredQuery

EXAMPLE = """PREFIX kb: <https://w3id.org/conflict-kb/ns/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

# Who says what, and where?
SELECT ?speaker ?label ?article WHERE {
  ?claim a kb:Claim ; kb:speaker/rdfs:label ?speaker ; rdfs:label ?label ; kb:reportedIn ?article .
}
ORDER BY ?article ?claim
LIMIT 50
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutView:
    template = "about.html"
    title = "About"
    marks: tuple[Mark, ...]
    dates: str
    licence: str
    texts: bool


@dataclass(frozen=True, slots=True)
class QueriesView:
    template = "queries.html"
    title = "Queries"
    queries: tuple[StoredQuery, ...]


@dataclass(frozen=True, slots=True)
class SparqlView:
    template = "sparql.html"
    title = "SPARQL"
    example: str = EXAMPLE


def about_view(reader: Reader, corpus: Corpus, *, texts: bool) -> AboutView:
    """Return the page about the whole. `texts`: whether texts lie at hand that may be shown."""
    words = [word for scheme, usual in (("polarity", "affirmed"), ("modality", "asserted")) for word in reader.words(scheme) if word.id != usual]
    dates = time_of(f"{corpus.first}/{corpus.last}", corpus.first, corpus.last) if corpus.first and corpus.last else None
    licence = corpus.licence if corpus.licence.startswith(("https://", "http://")) else ""
    return AboutView(marks=tuple(mark(word) for word in (*words, PRESUPPOSED)), dates=dates.shown if dates else "", licence=licence, texts=texts)


def queries_view(queries: Sequence[StoredQuery]) -> QueriesView:
    return QueriesView(tuple(queries))
