"""What a source says of an item of Wikidata: its names and the few facts that speak for or against a candidate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from kb.judgement import WIKIDATA
from kb.link.inner import says_inner
from kb.link.names import folded

ITEM = re.compile(r"(?:wd:|http://www\.wikidata\.org/entity/)?Q([1-9][0-9]{0,11})", re.ASCII)
_TIME = re.compile(r"\+?(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+Z?)?", re.ASCII)
BORN, DIED = ("P569",), ("P570",)
BEGUN, ENDED = ("P571", "P580", "P585"), ("P576", "P582")  # bodies and states; events carry the later ones
COUNTRIES = ("P17", "P27")
LABEL, DESCRIPTION = "http://www.w3.org/2000/01/rdf-schema#label", "http://schema.org/description"
ALIAS = "http://www.w3.org/2004/02/skos/core#altLabel"
DIRECT, SITELINKS = "http://www.wikidata.org/prop/direct/", "http://wikiba.se/ontology#sitelinks"
_NAMES = (LABEL, ALIAS, "http://www.w3.org/2004/02/skos/core#prefLabel", "http://schema.org/name")
_LAST = 9  # the rank of a text that is not there
_DEGREES = r"(-?[0-9]+(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]{1,2})?)"
_POINT = re.compile(rf"Point\({_DEGREES} {_DEGREES}\)", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Office:
    """An office held: its item (`Q…`) and the EDTF dates from and to; an empty one is not known."""

    office: str
    start: str = ""
    end: str = ""


@dataclass(slots=True)
class Item:
    """One item as a source gives it, names as written.

    `classes` are ids of classes or words for them; `point` is latitude and longitude; `weight` how many wikis write of it.
    `is_inner` says that a class of it is one of inner pages of the wikis. Dates are EDTF, empty when unknown: of several the earliest beginning and the latest end, so that neither shuts out too much.
    """

    number: int
    label: str = ""
    names: list[str] = field(default_factory=list)
    description: str = ""
    classes: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    point: tuple[float, float] | None = None
    weight: int = 0
    born: str = ""
    died: str = ""
    begun: str = ""
    ended: str = ""
    offices: list[Office] = field(default_factory=list)
    is_inner: bool = False
    version: str = ""
    ranks: dict[str, int] = field(default_factory=dict, compare=False, repr=False)  # of the label and the description, the lower the better

    def add_date(self, key: str, day: str) -> None:
        """Take in the value of a property of time; other properties and empty days are passed over."""
        if day and key in BORN + BEGUN:
            name = "born" if key in BORN else "begun"
            setattr(self, name, min(filter(None, (getattr(self, name), day))))
        elif day and key in DIED + ENDED:
            name = "died" if key in DIED else "ended"
            setattr(self, name, max(getattr(self, name), day))

    def add(self, predicate: str, value: str, language: str = "") -> None:
        """Take in a triple of Wikidata's RDF; predicates that say nothing to us are passed over."""
        if predicate in _NAMES:
            self.names.append(value)
        if predicate in (LABEL, DESCRIPTION):
            self._say("label" if predicate == LABEL else "description", value, _rank(language, value, is_label=predicate == LABEL))
        elif predicate == SITELINKS and value.isdecimal() and len(value) < 10:
            self.weight = int(value)
        elif predicate.startswith(DIRECT):
            self._add_direct(predicate.removeprefix(DIRECT), value)

    def _say(self, name: str, value: str, rank: int) -> None:
        if rank < self.ranks.get(name, _LAST):
            self.ranks[name] = rank
            setattr(self, name, value)

    def _add_direct(self, key: str, value: str) -> None:
        thing = value.removeprefix(WIKIDATA)
        if key == "P31":
            self.classes.append(thing)
        elif key in COUNTRIES and thing not in self.countries:
            self.countries.append(thing)
        elif key == "P625" and (point := _POINT.match(value)):
            self.point = (float(point[2]), float(point[1]))
        elif key in BORN + DIED + BEGUN + ENDED:
            self.add_date(key, rdf_day(value))


def _rank(language: str, text: str, *, is_label: bool) -> int:
    """Return how good a label or description is: one in English best, then one for all languages; but one of an inner page counts in any."""
    return -1 if not is_label and says_inner(text) else {"en": 0, "mul": 1}.get(language, 2)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as candidates are made of it: as in Item, its names folded. `is_bare`: its source tells no dates, countries, points or offices. `version` is its revision."""

    number: int
    label: str
    description: str = ""
    classes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    weight: int = 0
    names: tuple[str, ...] = ()
    born: str = ""
    died: str = ""
    begun: str = ""
    ended: str = ""
    offices: tuple[Office, ...] = ()
    sources: tuple[str, ...] = ()
    is_inner: bool = False
    is_bare: bool = False
    version: str = ""

    @property
    def country(self) -> str:
        return self.countries[0] if self.countries else ""


def entry_of(item: Item, source: str = "") -> Entry:
    """Return the entry of an item that the named source gave."""
    return Entry(
        item.number, item.label, item.description, tuple(item.classes), tuple(item.countries), item.point, item.weight, folded_names(item.names),
        item.born, item.died, item.begun, item.ended, tuple(sorted(set(item.offices))), (source,) if source else (), item.is_inner, version=item.version,
    )  # fmt: skip


def folded_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names folded, each once, none empty."""
    return tuple(dict.fromkeys(name for name in map(folded, names) if name))


def joined(one: Entry, other: Entry) -> Entry:
    """Return one entry of what two sources say of an item; where both speak the first is taken, lists are put together."""
    return Entry(
        one.number, one.label or other.label, one.description or other.description, _both(one.classes, other.classes),
        _both(one.countries, other.countries), one.point or other.point, max(one.weight, other.weight), _both(one.names, other.names),
        one.born or other.born, one.died or other.died, one.begun or other.begun, one.ended or other.ended,
        _both(one.offices, other.offices), _both(one.sources, other.sources), one.is_inner or other.is_inner,
        one.is_bare and other.is_bare, one.version or other.version,
    )  # fmt: skip


def _both(one: tuple, other: tuple) -> tuple:
    return tuple(dict.fromkeys(one + other))


def rdf_day(text: str) -> str:
    """Return the EDTF date of an `xsd:dateTime`. The first of January may stand for the whole year, so the year is all we take.

    >>> rdf_day("1954-07-28T00:00:00Z"), rdf_day("2021-01-01T00:00:00Z"), rdf_day("-0044-03-15T00:00:00Z")
    ('1954-07-28', '2021', '')
    """
    found = _TIME.fullmatch(text)
    return "" if found is None else found["day"].removesuffix("-01-01")


def json_day(value: Any) -> str:
    """Return the EDTF date of a value of time in Wikibase's JSON, as exact as its precision (9 year, 10 month, 11 day) says."""
    found = _TIME.fullmatch(value["time"]) if isinstance(value, dict) and isinstance(value.get("time"), str) else None
    kept = {9: 4, 10: 7, 11: 10}.get(value["precision"]) if found and isinstance(value.get("precision"), int) else None
    return found["day"][:kept] if found and kept else ""


def item_of(entity: Any) -> Item | None:
    """Return the item of an entity in Wikibase's JSON, of a dump or the API; None for a property or another kind.

    Raises KeyError, TypeError, AttributeError or ValueError for what is no entity.
    """
    found = ITEM.fullmatch(entity["id"])
    if found is None:
        return None
    labels = {language: text_of(one, "value") for language, one in (entity.get("labels") or {}).items()}
    names = [*labels.values(), *(text_of(one, "value") for many in (entity.get("aliases") or {}).values() for one in many)]
    descriptions, claims = {language: text_of(one, "value") for language, one in (entity.get("descriptions") or {}).items()}, entity.get("claims") or {}
    label, description = (min(texts, key=lambda key: _rank(key, texts[key], is_label=texts is labels), default="") for texts in (labels, descriptions))
    points = [value for value in _values(claims, "P625") if "latitude" in value and all(isfinite(float(value[key])) for key in ("latitude", "longitude"))]
    item = Item(
        int(found[1]), labels.get(label, ""), list(dict.fromkeys(names)), descriptions.get(description, ""),
        [text_of(value, "id") for value in _values(claims, "P31")],
        list(dict.fromkeys(text_of(value, "id") for key in COUNTRIES for value in _values(claims, key))),
        (float(points[0]["latitude"]), float(points[0]["longitude"])) if points else None, len(entity.get("sitelinks") or {}), offices=list(_offices(claims)),
    )  # fmt: skip
    for key in BORN + DIED + BEGUN + ENDED:
        for value in _values(claims, key):
            item.add_date(key, json_day(value))
    return item


def text_of(one: Any, key: str) -> str:
    """Return the text under a key of some JSON. Raises KeyError or TypeError when there is none."""
    if not isinstance(one[key], str):
        raise TypeError(key)
    return one[key]


def _values(claims: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    for statement in claims.get(key, ()):
        value = statement["mainsnak"].get("datavalue", {}).get("value")
        if isinstance(value, dict) and statement.get("rank") != "deprecated":
            yield value


def _offices(claims: dict[str, Any]) -> Iterator[Office]:
    for statement in claims.get("P39", ()):
        value = statement["mainsnak"].get("datavalue", {}).get("value")
        if isinstance(value, dict) and statement.get("rank") != "deprecated":
            qualifiers = statement.get("qualifiers") or {}
            days = [next((json_day(one.get("datavalue", {}).get("value")) for one in qualifiers.get(key, ())), "") for key in ("P580", "P582")]
            yield Office(text_of(value, "id"), *days)
