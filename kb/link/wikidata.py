"""Items as Wikidata has them now, asked of any SPARQL endpoint that holds its data: a batch of ids a query, plain SPARQL 1.1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kb.errors import RemoteError
from kb.judgement import WIKIDATA
from kb.rows import Result, Row, Term

Ask = Callable[[str], Result]
BATCH = 50  # ids a query: seconds of work for the public endpoint, which ends a query after 60
LANGUAGES = ("en", "uk", "ru", "es", "fr", "de")
DIRECT, CLAIM, STATEMENT, QUALIFIER = (f"http://www.wikidata.org/prop/{part}" for part in ("direct/", "", "statement/", "qualifier/"))
ONTOLOGY = "http://wikiba.se/ontology#"
SAME, LABEL, DESCRIPTION = "http://www.w3.org/2002/07/owl#sameAs", "http://www.w3.org/2000/01/rdf-schema#label", "http://schema.org/description"
VERSION, MODIFIED, ABOUT = (f"http://schema.org/{name}" for name in ("version", "dateModified", "about"))
_ITEM = re.compile(r"Q[1-9][0-9]{0,11}", re.ASCII)
_DAY = re.compile(r"([+-]?\d{4,})-(\d\d)-(\d\d)(?:T.*)?", re.ASCII)
_PREFIXES = f"""PREFIX wd: <{WIKIDATA}>
PREFIX wdt: <{DIRECT}>
PREFIX pq: <{QUALIFIER}>
PREFIX pqv: <{QUALIFIER}value/>
PREFIX wikibase: <{ONTOLOGY}>
"""
# The ids stand in every branch, and predicates are fixed where they can be: engines that work from the inside out do not push them down.
_ITEMS = """SELECT DISTINCT ?item ?property ?value WHERE {{
  {{
    VALUES ?item {{ {items} }}
    VALUES ?property {{ {properties} }}
    ?item ?property ?value .
  }} UNION {{
    VALUES ?item {{ {items} }}
    VALUES ?property {{ <{version}> <{modified}> }}
    ?page <{about}> ?item ; ?property ?value .
  }}
  FILTER(!isLiteral(?value) || LANG(?value) IN ("", {languages}))
}}"""
_THERE = "SELECT DISTINCT ?item WHERE {{ VALUES ?item {{ {items} }} ?item ?property ?value }}"
_LABELS = """SELECT DISTINCT ?item ?value WHERE {{
  VALUES ?item {{ {items} }}
  ?item <{label}> ?value . FILTER(LANG(?value) IN ("en", "mul"))
}}"""
_CLASSES = """SELECT DISTINCT ?item ?class WHERE {{
  {{ VALUES ?item {{ {items} }} ?item wdt:P31/wdt:P279* ?class }} UNION {{ VALUES ?item {{ {items} }} ?item wdt:P279+ ?class }}
  VALUES ?class {{ {classes} }}
}}"""
_STATEMENTS = """SELECT DISTINCT ?item ?property ?statement ?value ?rank ?start ?startNode ?startExact ?end ?endNode ?endExact WHERE {{
  VALUES ?item {{ {items} }}
  VALUES (?property ?claim ?holds) {{ {properties} }}
  ?item ?claim ?statement .
  ?statement ?holds ?value ; wikibase:rank ?rank .
  OPTIONAL {{
    ?statement pq:P580 ?start
    OPTIONAL {{ ?statement pqv:P580 ?startNode . ?startNode wikibase:timeValue ?start ; wikibase:timePrecision ?startExact }}
  }}
  OPTIONAL {{
    ?statement pq:P582 ?end
    OPTIONAL {{ ?statement pqv:P582 ?endNode . ?endNode wikibase:timeValue ?end ; wikibase:timePrecision ?endExact }}
  }}
}}"""
_MOMENTS = """SELECT DISTINCT ?statement ?value ?node ?exact WHERE {{
  VALUES ?item {{ {items} }}
  VALUES (?claim ?full) {{ {properties} }}
  ?item ?claim ?statement .
  ?statement ?full ?node .
  ?node wikibase:timeValue ?value ; wikibase:timePrecision ?exact .
}}"""
_TIMES = frozenset({"P569", "P570", "P571", "P576", "P580", "P582", "P585"})  # properties whose value is a date


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as Wikidata writes it. `node` is the IRI of its full value, `precision` 11 for a day, 10 a month, 9 a year; empty and 0 when not told."""

    date: Term
    node: str = ""
    precision: int = 0

    def shown(self) -> str:
        """Return the day, month or year, as exactly as it is told; of a date that exists and is not known, that."""
        if not is_known(self.date):
            return "unknown"
        found = _DAY.fullmatch(self.date.value)
        if found is None or not self.precision:
            return day(self.date.value)
        return "-".join(found.group(1, 2, 3)[: max(1, self.precision - 8)])

    def bounds(self) -> tuple[str, str] | None:
        """Return the first and last day it may be, as YYYY-MM-DD; None for anything vaguer than a year, and before our era."""
        shown = self.shown()
        if not shown[:4].isdecimal() or 0 < self.precision < 9:
            return None
        return shown + "-01-01"[len(shown) - 4 :], shown + "-12-31"[len(shown) - 4 :]


@dataclass(slots=True)
class ItemNow:
    """One item as the endpoint has it. `values`: property → values of its best statements; `redirect`: the item it was merged into."""

    id: str
    is_there: bool = True
    redirect: str = ""
    version: str = ""
    modified: Term | None = None
    labels: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[Term]] = field(default_factory=dict)

    def ids(self, *properties: str) -> list[str]:
        """Return the items among the values of properties."""
        return [name for key in properties for value in self.values.get(key, ()) if (name := item_of(value))]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an item. `moment` is its value where that is a date; `start` and `end` say when it holds."""

    item: str
    property: str
    iri: str
    value: Term
    rank: str
    moment: Moment | None
    start: tuple[Moment, ...]
    end: tuple[Moment, ...]


def items_now(ask: Ask, ids: Iterable[str], *, properties: Sequence[str] = (), languages: Sequence[str] = ("en",)) -> dict[str, ItemNow]:
    """Return id → item for each of `ids`, with the direct values of `properties`. Raises RemoteError.

    An item of which the endpoint holds no statement at all `is_there` no more: it was deleted, or never was.
    """
    found = {name: ItemNow(name, is_there=False) for name in ids}
    wanted = [f"<{one}>" for one in (SAME, LABEL, DESCRIPTION, VERSION, MODIFIED)] + [f"wdt:{one}" for one in properties]
    tags = ", ".join(f'"{one}"' for one in dict.fromkeys((*languages, "mul")))
    words = {"properties": " ".join(wanted), "languages": tags, "about": ABOUT, "version": VERSION, "modified": MODIFIED}
    for item, property_, value in _rows(ask, _ITEMS, found, **words):
        if (now := found.get(item_of(item))) is not None and property_ and value:
            now.is_there = True
            _add(now, property_.value, value)
    for (item,) in _rows(ask, _THERE, [name for name, now in found.items() if not now.is_there]):
        if (now := found.get(item_of(item))) is not None:
            now.is_there = True
    return found


def _add(now: ItemNow, property_: str, value: Term) -> None:
    if property_ == SAME:
        now.redirect = item_of(value)
    elif property_ == VERSION:
        now.version = value.value
    elif property_ == MODIFIED:
        now.modified = value
    elif property_ == LABEL:
        now.labels[value.lang] = value.value
    elif property_ == DESCRIPTION:
        now.descriptions[value.lang] = value.value
    elif is_known(value):
        now.values.setdefault(property_.removeprefix(DIRECT), []).append(value)


def labels_of(ask: Ask, ids: Iterable[str]) -> dict[str, str]:
    """Return id → English label, or the one for all languages, of the items that have one. Raises RemoteError."""
    found: dict[str, dict[str, str]] = {}
    for item, value in _rows(ask, _LABELS, dict.fromkeys(ids), label=LABEL):
        if value is not None and value.lang.lower() in ("en", "mul"):  # an endpoint may give more than was asked for
            found.setdefault(item_of(item), {})[value.lang.lower()] = value.value
    return {name: texts.get("en") or texts.get("mul", "") for name, texts in found.items()}


def classes_of(ask: Ask, ids: Iterable[str], classes: Iterable[str]) -> dict[str, set[str]]:
    """Return id → which of `classes` the item is of, through any number of subclasses; without those of none. Raises RemoteError."""
    found: dict[str, set[str]] = {}
    for item, class_ in _rows(ask, _CLASSES, ids, classes=" ".join(f"wd:{one}" for one in classes)):
        found.setdefault(item_of(item), set()).add(item_of(class_))
    return found


def statements_of(ask: Ask, ids: Iterable[str], properties: Sequence[str]) -> list[Statement]:
    """Return the statements of items that are not deprecated, with their dates; those of unknown value left out. Raises RemoteError."""
    names, found = list(ids), {}
    exact = _moments(ask, names, [one for one in properties if one in _TIMES])
    ways = " ".join(f"(wd:{one} <{CLAIM}{one}> <{STATEMENT}{one}>)" for one in properties)
    for item, property_, node, value, rank, *when in _rows(ask, _STATEMENTS, names, properties=ways):
        if not (node and value and rank) or node.kind != "iri" or not is_known(value):
            continue
        if (kind := rank.value.removeprefix(ONTOLOGY)) == "DeprecatedRank":
            continue
        key = node.value, value.value
        moment = exact.get(key, Moment(value)) if item_of(property_) in _TIMES else None
        one = found.get(key) or Statement(item_of(item), item_of(property_), node.value, value, kind, moment, (), ())
        found[key] = replace(one, start=_with(one.start, *when[:3]), end=_with(one.end, *when[3:]))
    return list(found.values())


def _moments(ask: Ask, ids: Iterable[str], properties: Sequence[str]) -> dict[tuple[str, str], Moment]:
    """Return (statement, date) → the date with how exact it is, for properties whose value is a date."""
    if not properties:
        return {}
    ways = " ".join(f"(<{CLAIM}{one}> <{STATEMENT}value/{one}>)" for one in properties)
    rows = _rows(ask, _MOMENTS, ids, properties=ways)
    return {(statement.value, value.value): _moment(value, node, exact) for statement, value, node, exact in rows if statement and value}


def _with(moments: tuple[Moment, ...], date: Term | None, node: Term | None, exact: Term | None) -> tuple[Moment, ...]:
    return moments if date is None else tuple(dict.fromkeys((*moments, _moment(date, node, exact))))


def _moment(date: Term, node: Term | None, precision: Term | None) -> Moment:
    exact = int(precision.value) if precision is not None and precision.value.isdecimal() else 0
    return Moment(date, node.value if node is not None and node.kind == "iri" else "", exact)


def is_known(value: Term) -> bool:
    """Say whether a value is one: an unknown one is a blank node, or an IRI that stands for one."""
    return value.kind == "literal" or (value.kind == "iri" and "/.well-known/genid/" not in value.value)


def _rows(ask: Ask, query: str, ids: Iterable[str], **words: str) -> Iterator[Row]:
    """Yield the rows of a query for ids, a batch at a time. Raises RemoteError, for an answer to something else too."""
    names = [name for name in ids if _ITEM.fullmatch(name)]
    columns = tuple(re.findall(r"\?(\w+)", query.partition(" WHERE ")[0]))
    for at in range(0, len(names), BATCH):
        items = " ".join(f"wd:{name}" for name in names[at : at + BATCH])
        found = ask(_PREFIXES + query.format(items=items, **words))
        if found.columns != columns:
            raise RemoteError("answers something else than was asked", endpoint="", cure="look at the address: does it hold Wikidata's data?")
        yield from found.rows


def item_of(term: Term | None) -> str:
    """Return the id of an item or property, the empty string for anything else."""
    return term.value.removeprefix(WIKIDATA) if term is not None and term.kind == "iri" and term.value.startswith(WIKIDATA) else ""


def day(text: str) -> str:
    """Return the day, month or year of a date as Wikidata's RDF writes it, where a year is its first day and a month too.

    >>> day("1954-07-28T00:00:00Z"), day("2012-01-01T00:00:00Z"), day("-0043-03-15T00:00:00Z")
    ('1954-07-28', '2012', '-0043-03-15')
    """
    found = _DAY.fullmatch(text)
    if found is None:
        return text
    return found[1] if found[2] == found[3] == "01" else f"{found[1]}-{found[2]}-{found[3]}"
