"""What a person needs to see to judge a candidate: the thing and its claims, the item and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kb.facts import Names
from kb.judgement import WIKIDATA, Judgement
from kb.link.index import Index
from kb.link.items import Entry
from kb.link.suggest import plain
from kb.link.wikidata import Ask, day, items_now, labels_of
from kb.model import Entity, Event
from kb.rows import iri
from kb.store import Store

CLAIMS = 5  # shown of each thing: enough to see what the texts mean by it
_CLAIMS = """PREFIX kb: <https://w3id.org/conflict-kb/ns/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?claim ?label ?article WHERE {{
  {{ ?claim ?role {thing} }} UNION {{ ?claim kb:attribution ?step . ?step ?part {thing} }}
  ?claim a kb:Claim ; rdfs:label ?label ; kb:reportedIn ?article .
}}
ORDER BY ?claim"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an item. `classes` are labels or ids; `dates` are as `born 1954-07-28`; `version` is its revision."""

    item: str
    label: str = ""
    description: str = ""
    classes: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    country: str = ""
    version: str = ""


Look = Callable[[str], Seen | None]


def claims_of(thing: str, store: Store) -> list[tuple[str, str]]:
    """Return (label, article id) of the claims that name a thing, or that it makes."""
    rows = store.query(_CLAIMS.format(thing=iri(thing))).rows
    return [(label.value, article.value.rpartition("/")[2]) for _, label, article in rows if label and article]


def thing_lines(thing: Entity | Event, names: Names) -> Iterator[str]:
    """Yield what the corpus says of a thing, a line each."""
    entity = isinstance(thing, Entity)
    yield f"{thing.label} ({thing.kind if entity else f'event, {thing.type}'})"
    others = [*thing.aliases, *(thing.labels.values() if entity else ())]
    if others:
        yield f"also: {', '.join(dict.fromkeys(others))}"
    if thing.description:
        yield thing.description
    labels = {one.id: one.label for one in (*names.entities, *names.events)}
    rows = [("part of", thing.part_of)]
    if entity:
        rows = [("country", (thing.country,) if thing.country else ()), *rows, ("member of", thing.member_of), ("said as", thing.metonym)]
    yield from (f"{word}: {', '.join(labels.get(name, name) for name in many)}" for word, many in rows if many)
    if thing.comment if entity else False:
        yield f"note: {thing.comment}"


def item_lines(candidate: Judgement, seen: Seen | None) -> Iterator[str]:
    """Yield what is known of a candidate's item, a line each, and why it is one."""
    item = candidate.object.removeprefix(WIKIDATA)
    yield f"{item}  {(seen.label if seen else '') or candidate.object_label}"
    if seen is not None:
        if seen.label and seen.label != candidate.object_label:
            yield f"label when it was suggested: {candidate.object_label}"
        facts = (("", seen.description), ("class: ", ", ".join(seen.classes)), ("dates: ", ", ".join(seen.dates)), ("country: ", seen.country))
        yield from (f"{word}{fact}" for word, fact in facts if fact)
    else:
        yield "nothing more is at hand about it"
    score = f" ({candidate.confidence})" if candidate.confidence is not None else ""
    yield f"why: {candidate.comment or 'no reason is given'}{score}"
    yield f"see: {candidate.object}"


def from_index(index: Index) -> Look:
    """Return a look-up in the local index."""

    def look(item: str) -> Seen | None:
        entry = _entry(index, item)
        if entry is None:
            return None
        classes, countries = (tuple(_named(index, one) for one in many) for many in (entry.classes, entry.countries))
        words = (("born", entry.born), ("died", entry.died), ("from", entry.begun), ("to", entry.ended))
        offices = (f"{_named(index, one.office)} {one.start or '…'} to {one.end or '…'}" for one in entry.offices)
        dates = (*(f"{word} {day}" for word, day in words if day), *offices)
        return Seen(item, entry.label, entry.description, classes, dates, ", ".join(countries))

    return look


def _entry(index: Index, item: str) -> Entry | None:
    number = item.removeprefix("Q")
    if not (item.startswith("Q") and number.isdecimal()):
        return None  # a word for a class
    try:
        return next(index.entries([int(number)]))
    except ValueError:  # the index does not hold it
        return None


def _named(index: Index, word: str) -> str:
    found = _entry(index, word)
    return f"{found.label} ({word})" if found else word


def from_wikidata(ask: Ask) -> Look:
    """Return a look-up at a SPARQL endpoint of Wikidata, which raises RemoteError."""
    born = {"P569": "born", "P570": "died", "P571": "founded", "P576": "ended", "P580": "from", "P582": "to", "P585": "on"}

    def look(item: str) -> Seen | None:
        found = items_now(ask, [item], properties=("P31", "P17", "P27", *born)).get(item)
        if found is None or not found.is_there:
            return None
        if found.redirect:
            return Seen(item, description=f"merged into {found.redirect}; say no, and look at that one")
        named = {value: f"{label} ({value})" for value, label in labels_of(ask, found.ids("P31", "P17", "P27")).items()}
        dates = tuple(f"{word} {day(value.value)}" for key, word in born.items() for value in found.values.get(key, ()) if value.kind == "literal")
        classes, countries = ([named.get(one, one) for one in found.ids(*keys)] for keys in (("P31",), ("P17", "P27")))
        label, description = (texts.get("en") or texts.get("mul", "") for texts in (found.labels, found.descriptions))
        return Seen(item, label, description, tuple(classes), dates, ", ".join(countries), found.version)

    return look


def with_seen(candidate: Judgement, seen: Seen | None) -> Judgement:
    """Return a candidate with the label and the revision that the person who judges it saw."""
    if seen is None or not seen.version:
        return candidate
    return replace(candidate, object_label=plain(seen.label) or candidate.object_label, version=seen.version)
