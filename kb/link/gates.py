"""What speaks against a candidate, and what for it: inner pages of the wikis, class, country, place, dates, offices.

A gate shuts on evidence only. What is not known speaks for nothing; what is odd but possible lowers the score, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import asin, cos, radians, sqrt

from kb.errors import BadDate
from kb.judgement import WIKIDATA
from kb.link.heard import Heard
from kb.link.inner import names_inner, says_inner
from kb.link.items import Entry, Office
from kb.model import Entity, Event
from kb.when import read_edtf

_INNER_CLASSES = frozenset({"Q4167410"})  # disambiguation page
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
_BARE, _ODD, _UNLIKE, _RARE = 0.97, 0.95, 0.9, 0.85  # what an oddity leaves of the score
_LIVES = {"person": ("born", "died")}


def known_classes() -> list[str]:
    """Return the ids of the classes of Wikidata of which we know what they fit."""
    return [word for word in _FITS if word.startswith("Q") and word[1:].isdecimal()]


def kinds_that_fit(class_: str) -> frozenset[str]:
    """Return the kinds of ours that an item of a class can be; none for a class that we do not know."""
    return _FITS.get(class_, frozenset())


@dataclass(frozen=True, slots=True)
class About:
    """What is known of our side: the thing, its state's item, when it speaks or is named, and office → item."""

    thing: Entity | Event
    country: str | None = None
    heard: Heard = field(default_factory=Heard)
    items: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.thing.kind if isinstance(self.thing, Entity) else "event"


@dataclass(frozen=True, slots=True)
class Mark:
    """One gate's word: what is left of the score (0 shuts it out), and why."""

    factor: float
    reason: str = ""


def weigh(about: About, entry: Entry) -> tuple[float, tuple[str, ...]]:
    """Return what the gates leave of a candidate's score, 0 to 1, and their reasons; 0 as soon as one shuts."""
    factor, reasons = 1.0, []
    for mark in _marks(about, entry):
        factor *= mark.factor
        if mark.reason:
            reasons.append(mark.reason)
        if factor == 0:
            break
    return factor, tuple(reasons)


def _marks(about: About, entry: Entry) -> Iterator[Mark]:
    yield Mark(0, "an inner page of the wikis") if is_inner(entry) else Mark(1)
    yield _class(about.kind, entry)
    if entry.is_bare:
        yield Mark(_UNLIKE, f"nothing but the name{' and the class' if entry.classes else ''} was compared")
    offices = list(_offices(about, entry))
    yield _country(about, entry, any(mark.factor == 1 for mark in offices))
    yield _distance(about, entry)
    yield from _life(about, entry)
    yield from offices


def is_inner(entry: Entry) -> bool:
    """Say whether an item is no thing of the world: a disambiguation page, template, category, list, or a mere name."""
    return entry.is_inner or says_inner(entry.description) or names_inner(entry.label) or not _INNER_CLASSES.isdisjoint(entry.classes)


def _class(kind: str, entry: Entry) -> Mark:
    fits = [_FITS[word] for word in entry.classes if word in _FITS]
    if any(kind in kinds for kinds in fits):
        return Mark(1, f"its class fits the kind {kind}")
    return Mark(0, "its class does not fit") if fits else Mark(_UNLIKE)


def _country(about: About, entry: Entry, known_by_office: bool) -> Mark:
    """A place lies in one state; a person may have had another passport, or several, and holds an office all the same."""
    if not about.country or not entry.countries or known_by_office:
        return Mark(1)
    if about.country in {f"{WIKIDATA}{country}" for country in entry.countries}:
        return Mark(1, "same country")
    return Mark(_UNLIKE, "of another country") if about.kind == "person" else Mark(0, "of another country")


def _distance(about: About, entry: Entry) -> Mark:
    far = kilometres(about.thing, entry)
    return Mark(1) if far is None else Mark(1 if far <= _FAR.get(about.kind, 50.0) else 0, f"{far:.0f} km away")


def kilometres(thing: Entity | Event, entry: Entry) -> float | None:
    """Return the kilometres between the two along the ground, None when either point is unknown."""
    if not isinstance(thing, Entity) or not thing.coordinates or entry.point is None:
        return None
    (north, east), (north2, east2) = map(radians, map(float, thing.coordinates)), map(radians, entry.point)
    part = (1 - cos(north2 - north)) / 2 + cos(north) * cos(north2) * (1 - cos(east2 - east)) / 2
    return 2 * 6371 * asin(min(1.0, sqrt(part)))


def _life(about: About, entry: Entry) -> Iterator[Mark]:
    """Who speaks lives, or exists, on that day. Words without a day may be old ones, told again."""
    first, last = _LIVES.get(about.kind, ("begun", "ended"))
    start, end, heard = earliest(getattr(entry, first)), latest(getattr(entry, last)), about.heard
    if about.kind == "event" or (start is None and end is None):
        return
    if start and heard.spoke_by and start > heard.spoke_by:
        yield Mark(0, f"{first} {entry_day(entry, first)}, after it speaks")
    elif start and heard.named_by and start > heard.named_by:
        yield Mark(0 if about.kind == "person" else _UNLIKE, f"{first} {entry_day(entry, first)}, after an article names it")
    if end and heard.spoke_from and end < heard.spoke_from:
        yield Mark(0, f"{last} {entry_day(entry, last)}, before it speaks")
    elif end and heard.told_from and end < heard.told_from:
        yield Mark(_RARE, f"{last} {entry_day(entry, last)}, before the article that has it speak")
    elif heard.spoke_by:
        yield Mark(1, "alive when it speaks" if about.kind == "person" else "there when it speaks")


def entry_day(entry: Entry, name: str) -> str:
    return str(getattr(entry, name))


def _offices(about: About, entry: Entry) -> Iterator[Mark]:
    """An office that claims give someone, against those that the item is known to have held; who holds one is seldom without any."""
    for one in about.heard.offices:
        item = about.items.get(one.office, "").removeprefix(WIKIDATA)
        held = [office for office in entry.offices if office.office == item]
        if not item:
            continue
        day = str(one.until or one.since or "")
        if not entry.offices:
            yield Mark(_BARE)
        elif not held:
            yield Mark(_ODD, f"not known to have held {item}")
        elif any(covers(office, one.since, one.until) for office in held):
            yield Mark(1, f"held {item} on {day}" if day else f"held {item}")
        else:
            yield Mark(_RARE, f"held {item}, but not on {day}")


def covers(office: Office, since: date | None, until: date | None) -> bool:
    """Say whether an office may have been held at a time between two days; an end that is not known is open."""
    start, end = earliest(office.start), latest(office.end)
    return not (start and until and start > until) and not (end and since and end < since)


def earliest(day: str) -> date | None:
    """Return the first day that an EDTF date may mean; None when it is unknown or cannot be read."""
    try:
        return read_edtf(day).earliest if day else None
    except BadDate:
        return None


def latest(day: str) -> date | None:
    """Return the last day that an EDTF date may mean; None when it is unknown or cannot be read."""
    try:
        return read_edtf(day).latest if day else None
    except BadDate:
        return None
