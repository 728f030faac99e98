"""Every IRI we mint, and the rule that an id must keep to stand in one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.errors import BadIri

NS = "https://w3id.org/conflict-kb/ns/"
DEFAULT_BASE = "https://w3id.org/conflict-kb/"
GRAPHS = ("entities", "events", "questions", "links", "derived", "ontology", "dataset", "wikidata", "same-as")
SLUG = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
_ID = re.compile(SLUG, re.ASCII)
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/", re.ASCII)


def check_id(word: str, *, graph: bool = False) -> str:
    """Return `word` if it can be an id: small letters, digits, single `-`, `_` or `.` between them, 100 at most.

    With `graph`, names of the graphs we keep for ourselves are refused too, as an article's id names its graph.
    Raises BadIri.

    >>> check_id("olaf-scholz")
    'olaf-scholz'
    """
    if len(word) > 100 or not _ID.fullmatch(word):
        raise BadIri(f"{word[:60]!r} is not an id", cure="use small letters, digits and single hyphens, at most 100 characters")
    if graph and word in GRAPHS:
        raise BadIri(f"the id {word!r} is kept for the graph of that name", cure="give the article another id")
    return word


def check_base(base: str) -> str:
    """Return `base` if things can be minted below it: http(s), ends in `/`, no query, no escapes. Raises BadIri."""
    if not _BASE.fullmatch(base):
        raise BadIri(f"{base[:80]!r} cannot be a base IRI", cure="write it like https://example.org/kb/ (http or https, final slash)")
    return base


@dataclass(frozen=True, slots=True)
class Mint:
    """IRIs below one base. Parts are checked ids, so nothing needs escaping."""

    base: str = DEFAULT_BASE

    def article(self, article: str) -> str:
        return f"{self.base}id/article/{article}"

    def claim(self, article: str, claim: str) -> str:
        return f"{self.base}id/claim/{article}/{claim}"

    def entity(self, entity: str) -> str:
        return f"{self.base}id/entity/{entity}"

    def event(self, event: str) -> str:
        return f"{self.base}id/event/{event}"

    def question(self, question: str) -> str:
        return f"{self.base}id/question/{question}"

    def answer(self, question: str, answer: str) -> str:
        return f"{self.base}id/question/{question}/{answer}"

    def article_of(self, iri: str) -> str:
        """Return the article id in the IRI of an article, a claim or a part of one; of anything else what stands there."""
        return iri.removeprefix(f"{self.base}id/").partition("/")[2].partition("/")[0]

    def graph(self, name: str) -> str:
        return f"{self.base}id/graph/{name}"

    def dataset(self) -> str:
        return f"{self.base}id/dataset"


def concept(scheme: str, name: str) -> str:
    """Return the IRI of a concept of one of our schemes.

    >>> concept("polarity", "negated")
    'https://w3id.org/conflict-kb/ns/polarity/negated'
    """
    return f"{NS}{scheme}/{name}"
