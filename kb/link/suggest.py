"""Candidates for what is not linked yet: found by name, dropped where class, country or place speak against them, scored.

A candidate is never a link: it waits in `predictions.sssom.tsv` for a person's judgement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import asin, cos, radians, sqrt

from kb.facts import Names
from kb.ids import Mint
from kb.judgement import SAME_AS, WIKIDATA, Judgement
from kb.link.index import Entry, Index
from kb.link.names import folded
from kb.model import Entity, Event
from kb.vocab import PREFIXES

LEAST = 0.72  # of a score: below it names share little more than a word
_BODIES = "body government armed-force medium group"
_KINDS = {  # our kinds → the classes of Wikidata that fit them, by id and by word
    "person": "Q5 human person",
    "state": "Q3624078 Q6256 country historical-country",
    "place": "Q515 city building settlement",
    "place region": "Q3348196 Q82794 Q56061 oblast region",
    _BODIES: "Q43229 organization",
    "body government": "Q192350 ministry",
    "body": "Q3918 Q1127126 university",
    "medium": "Q192283 Q11032 media",
    "armed-force": "Q772547 Q176799",
    "group body": "group",
    "materiel": "Q728 Q15142889 Q15142894 Q1184840 weapon weapon-class",
    "office": "Q4164871 Q294414 position rank occupation",
    "event": "Q1190554 Q645883 Q198 Q350604 Q178561 Q467011 Q831663 Q188686 Q3002772 Q858439 event",
    "": "class property",
}
_FITS = {word: frozenset(kinds.split()) for kinds, words in _KINDS.items() for word in words.split()}
_FAR = {"place": 50.0, "region": 400.0, "state": 1500.0}  # kilometres between two points of one thing


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be a thing of ours. `score` is 0 to 1; `reasons` say what speaks for it."""

    thing: str
    entry: Entry
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What judgements say already: the pairs decided, what needs no candidate, and the items of our states."""

    pairs: Collection[tuple[str, str]]
    done: Collection[str]
    items: Mapping[str, str]


def known(judgements: Iterable[Judgement]) -> Known:
    """Return what is decided: any answer settles its pair, a link or a thing without an item settles the thing."""
    judgements = list(judgements)
    same = {one.subject: one.object for one in judgements if one.is_link and one.is_identity}
    none = {one.subject for one in judgements if one.answer == "no" and not one.has_item}
    return Known({(one.subject, one.object) for one in judgements}, {*same, *none}, same)


def suggest(names: Names, judgements: Iterable[Judgement], index: Index, mint: Mint, *, limit: int = 5) -> Iterator[Candidate]:
    """Yield the best candidates of each entity and event that has neither a link nor the note that there is no item."""
    decided = known(judgements)
    for thing in (*names.entities, *names.events):
        if _iri(thing, mint) not in decided.done:
            yield from candidates(thing, index, decided, mint, limit=limit)


def candidates(thing: Entity | Event, index: Index, decided: Known, mint: Mint, *, limit: int = 5) -> list[Candidate]:
    """Return the candidates of one thing, best first; of equal score those more written about."""
    iri, ways = _iri(thing, mint), _ways(thing)
    numbers = dict.fromkeys(number for way, _ in ways for number in index.find(way))
    country = decided.items.get(mint.entity(thing.country)) if isinstance(thing, Entity) and thing.country else None
    found = []
    for entry in index.entries(numbers):
        if (iri, f"{WIKIDATA}Q{entry.number}") in decided.pairs or not _may_be(thing, entry, country):
            continue
        score, why = _likeness(ways, entry)
        fit = any(_kind(thing) in _FITS[word] for word in entry.classes if word in _FITS)
        score *= 1 if fit else 0.9
        if score >= LEAST:
            found.append(Candidate(iri, entry, score, (why, *_reasons(thing, entry, fit, country))))
    return sorted(found, key=lambda one: (-round(one.score, 3), -one.entry.weight, one.entry.number))[:limit]


def _iri(thing: Entity | Event, mint: Mint) -> str:
    return mint.entity(thing.id) if isinstance(thing, Entity) else mint.event(thing.id)


def _kind(thing: Entity | Event) -> str:
    return thing.kind if isinstance(thing, Entity) else "event"


def _ways(thing: Entity | Event) -> list[tuple[str, float]]:
    """Return the thing's names, folded, each with what its match is worth: a label says more than an alias or a slip."""
    ways = [(thing.label, 1.0)]
    if isinstance(thing, Entity):
        ways += [(name, 1.0) for name in thing.labels.values()] + [(name, 0.94) for name in thing.misspellings]
    ways += [(name, 0.97) for name in thing.aliases]
    best: dict[str, float] = {}
    for name, worth in ways:
        best[folded(name)] = max(worth, best.get(folded(name), 0.0))
    return [(name, worth) for name, worth in best.items() if name]


def _may_be(thing: Entity | Event, entry: Entry, country: str | None) -> bool:
    """Say whether nothing known speaks against it. What is not known speaks for nothing."""
    if entry.description.startswith(("Wikimedia ", "Wikipedia ")):
        return False
    fits = [_FITS[word] for word in entry.classes if word in _FITS]
    if fits and not any(_kind(thing) in kinds for kinds in fits):
        return False
    if country and entry.country and country != f"{WIKIDATA}{entry.country}":
        return False
    distance = _distance(thing, entry)
    return distance is None or distance <= _FAR.get(_kind(thing), 50.0)


def _distance(thing: Entity | Event, entry: Entry) -> float | None:
    """Return the kilometres between the two along the ground, None when either point is unknown."""
    if not isinstance(thing, Entity) or not thing.coordinates or entry.point is None:
        return None
    (north, east), (north2, east2) = map(radians, map(float, thing.coordinates)), map(radians, entry.point)
    part = (1 - cos(north2 - north)) / 2 + cos(north) * cos(north2) * (1 - cos(east2 - east)) / 2
    return 2 * 6371 * asin(min(1.0, sqrt(part)))


def _likeness(ways: Sequence[tuple[str, float]], entry: Entry) -> tuple[float, str]:
    """Return how like the names are at their likest, and which two those are. The item's own label weighs a little more."""
    from rapidfuzz import fuzz

    label = folded(entry.label)
    best = (0.0, "", "")
    for way, worth in ways:
        for name in entry.names:
            alike = max(fuzz.ratio(way, name), 0.98 * fuzz.token_sort_ratio(way, name)) / 100
            best = max(best, (alike * worth * (1 if name == label else 0.98), way, name))
    return best[0], f"'{best[1]}' is '{best[2]}'" if best[1] == best[2] else f"'{best[1]}' is like '{best[2]}'"


def _reasons(thing: Entity | Event, entry: Entry, fit: bool, country: str | None) -> Iterator[str]:
    if fit:
        yield f"its class fits the kind {_kind(thing)}"
    if country and entry.country:
        yield "same country"
    distance = _distance(thing, entry)
    if distance is not None:
        yield f"{distance:.0f} km away"


def predictions(found: Iterable[Candidate], names: Names, mint: Mint) -> Iterator[Judgement]:
    """Yield candidates as rows of SSSOM, for a person to judge."""
    things = {_iri(thing, mint): thing for thing in (*names.entities, *names.events)}
    for one in found:
        thing = things[one.thing]
        predicate = {"materiel": "exactMatch", "group": "relatedMatch"}.get(_kind(thing))
        yield Judgement(
            answer="predictions", subject=one.thing, predicate=f"{PREFIXES['skos']}{predicate}" if predicate else SAME_AS,
            object=f"{WIKIDATA}Q{one.entry.number}", subject_label=plain(thing.label), object_label=plain(one.entry.label),
            justification="semapv:LexicalMatching", confidence=Decimal(f"{one.score:.3f}"), comment=plain("; ".join(one.reasons)),
        )  # fmt: skip


def plain(text: str) -> str:
    """Return a text as a cell takes it: one line, no tab, no double quote, at most 300 characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).replace('"', "'").split())[:300].strip()
