"""When the corpus hears a thing speak, names it, or gives it an office: read from the built store, a few queries in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from kb.store import Store
from kb.vocab import HOLDS_OFFICE, PREFIXES

_HEAD = f"PREFIX kb: <{PREFIXES['kb']}>\nPREFIX schema: <{PREFIXES['schema']}>\n"
_SPOKE = """SELECT ?who (MAX(?earliest) AS ?from) (MIN(?latest) AS ?by) {
  ?said kb:source ?who ; kb:step ?step ; kb:earliest ?earliest ; kb:latest ?latest . FILTER (?step > 0)
} GROUP BY ?who ORDER BY ?who"""
_DATED = """SELECT DISTINCT ?claim ?who {
  ?said kb:source ?who ; kb:step ?step ; kb:earliest ?day . FILTER (?step > 0)
  ?claim kb:attribution ?said .
} ORDER BY ?claim ?who"""
_TOLD = "SELECT ?claim ?who ?article { ?claim kb:speaker ?who ; kb:reportedIn ?article } ORDER BY ?claim"
_ARTICLES = "SELECT ?article ?earliest ?latest { ?article a schema:NewsArticle ; kb:earliest ?earliest ; kb:latest ?latest } ORDER BY ?article"
_NAMED = """SELECT ?who (MIN(?latest) AS ?by) {
  { SELECT DISTINCT ?who ?article { ?claim kb:participant ?who ; kb:reportedIn ?article } }
  ?article kb:latest ?latest .
} GROUP BY ?who ORDER BY ?who"""
_HELD = f"""SELECT DISTINCT ?who ?office ?since ?until ?from ?by {{
  ?claim kb:predicate "{HOLDS_OFFICE}" ; kb:subject ?who ; kb:object ?office ; kb:reportedIn ?article ; kb:polarity <{PREFIXES['kb']}polarity/affirmed> .
  OPTIONAL {{ ?claim kb:earliest ?since }} OPTIONAL {{ ?claim kb:latest ?until }}
  OPTIONAL {{ ?article kb:earliest ?from }} OPTIONAL {{ ?article kb:latest ?by }}
}} ORDER BY ?who ?office ?since ?until ?from ?by"""


@dataclass(frozen=True, slots=True)
class Held:
    """An office (IRI of ours) that a claim gives someone, some time between two days; None where that is open."""

    office: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """Days that bound when a thing must have been there; None when nothing is known.

    It spoke on `spoke_from` or later, in words with a date; and it spoke, or was named, on `spoke_by`, `named_by` or
    earlier. `told_from` is the day of the youngest article that has it speak without saying when: perhaps in old words.
    """

    spoke_from: date | None = None
    spoke_by: date | None = None
    told_from: date | None = None
    named_by: date | None = None
    offices: tuple[Held, ...] = ()


def heard(store: Store) -> Mapping[str, Heard]:
    """Return IRI of a thing → when the corpus hears it."""
    found: dict[str, Heard] = {}
    for who, since, by in _rows(store, _SPOKE):
        found[who] = Heard(spoke_from=_day(since), spoke_by=_day(by))
    _tell(store, found)
    for who, by in _rows(store, _NAMED):
        found[who] = replace(found.get(who, Heard()), named_by=_day(by))
    for who, office, since, until, start, by in _rows(store, _HELD):
        known = found.get(who, Heard())
        dated = (since, until) if since or until else (start, by)
        found[who] = replace(known, offices=(*known.offices, Held(office, *map(_day, dated))))
    return found


def _tell(store: Store, found: dict[str, Heard]) -> None:
    """Add when articles have things speak. Joined here: a test for each claim inside the query takes minutes on 15,000."""
    days = {article: (_day(earliest), _day(latest)) for article, earliest, latest in _rows(store, _ARTICLES)}
    dated = {(claim, who) for claim, who in _rows(store, _DATED)}
    told: dict[tuple[str, str], bool] = {}
    for claim, who, article in _rows(store, _TOLD):
        told[who, article] = told.get((who, article), False) or (claim, who) not in dated
    for (who, article), has_undated in told.items():
        known, (earliest, latest) = found.get(who, Heard()), days.get(article, (None, None))
        since = max(filter(None, (known.told_from, earliest if has_undated else None)), default=None)
        found[who] = replace(known, told_from=since, spoke_by=min(filter(None, (known.spoke_by, latest)), default=None))


def _rows(store: Store, query: str) -> Iterator[list[str]]:
    for row in store.query(_HEAD + query).rows:
        yield ["" if term is None else term.value for term in row]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
