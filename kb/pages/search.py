"""The search: every claim of a build in short, filtered by facets, each facet's values counted under the other filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from kb.errors import KbError, UnknownName, did_you_mean
from kb.pages.cards import Card, cards
from kb.pages.reading import Reader, Thing
from kb.query.names import plain_form, resolve_name
from kb.rows import Row, Term, iri, literal

PER_PAGE = 60
VALUES = 12  # of a facet shown at once
FACETS = ("speaker", "article", "type", "polarity", "modality", "contested")
BY_LINK = {"about": ("kb:participant", "iri"), "event": ("kb:about", "event"), "question": ("kb:supportsAnswer/^kb:answer", "question")}
KEYS = ("q", "from", "until", *FACETS, *BY_LINK)
_CONTESTED = {"contradiction": "contradicted", "rivalry": "has a rival", "no": "uncontested"}
COLUMNS = ("claim", "label", "speaker", "speakerLabel", "article", "type", "polarity", "modality", "earliest", "latest", "contested")


class Entry(NamedTuple):
    """A claim in short; things are IRIs, days ISO texts, empty when open."""

    claim: str
    label: str
    speaker: str
    article: str
    type: str
    polarity: str
    modality: str
    earliest: str
    latest: str
    contested: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: how many claims have it, and the address that takes or drops it."""

    label: str
    number: int
    address: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    choices: tuple[Choice, ...]
    rest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """Some of the claims found. `given` are the filters as words; `kept` the hidden fields of the form."""

    template = "claims.html"
    title = "Claims"
    claims: tuple[Card, ...]
    number: int
    page: int
    pages: int
    before: str
    after: str
    facets: tuple[Facet, ...]
    given: tuple[tuple[str, str, str], ...]
    fields: Mapping[str, str]
    kept: tuple[tuple[str, str], ...]
    downloads: tuple[tuple[str, str], ...]
    problem: str


class ClaimIndex:
    """All claims of a build, in the order of their articles' dates and their places in the text."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.found = lru_cache(64)(self._found)

    @cached_property
    def entries(self) -> list[Entry]:
        rows = self.reader.rows
        optional = {name: dict(rows(f"SELECT ?claim ?value {{ ?claim a kb:Claim ; kb:{name} ?value }}")) for name in ("eventType", "earliest", "latest")}
        members = [(claim, self.reader.clashes[node][0]) for node, claim in rows("SELECT ?node ?claim { ?node kb:member ?claim }") if node in self.reader.clashes]
        clashes = dict(sorted(members, key=lambda pair: pair[1], reverse=True))  # of two, the contradiction
        star = "SELECT ?claim ?label ?speaker ?article ?polarity ?modality { ?claim kb:reportedIn ?article ; rdfs:label ?label ; kb:speaker ?speaker ; kb:polarity ?polarity ; kb:modality ?modality }"
        found = [
            Entry(claim, label, speaker, article, optional["eventType"].get(claim, ""), polarity, modality, optional["earliest"].get(claim, ""), optional["latest"].get(claim, ""), clashes.get(claim, "no"))
            for claim, label, speaker, article, polarity, modality in rows(star)
        ]  # fmt: skip
        found.sort(key=lambda one: self.reader.order.get(one.claim, 0))
        return found

    @cached_property
    def plain(self) -> dict[str, str]:
        """Claim → its wording without case and accents."""
        return {one.claim: plain_form(one.label) for one in self.entries}

    def _found(self, given: tuple[tuple[str, str], ...]) -> tuple[list[Entry], dict[str, Counter[str]]]:
        """Return the claims that pass all filters, and for each facet how many have which value under the other filters."""
        tests = [(name, test) for name, value in given for test in [self._test(name, value)]]
        passed: list[Entry] = []
        counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
        for one in self.entries:
            failed = [name for name, test in tests if not test(one)]
            if not failed:
                passed.append(one)
            elif len(failed) == 1 and failed[0] in counts:
                counts[failed[0]][getattr(one, failed[0])] += 1
        for facet in FACETS:
            counts[facet].update(getattr(one, facet) for one in passed)
        return passed, counts

    def _test(self, name: str, value: str) -> Callable[[Entry], bool]:
        if name == "q":
            plain, words = self.plain, plain_form(value).split()
            return lambda one: all(word in plain[one.claim] for word in words)
        if name == "from":
            return lambda one: bool(one.latest or one.earliest) and (one.latest or "9999") >= value
        if name == "until":
            return lambda one: bool(one.latest or one.earliest) and (one.earliest or "0000") <= value
        if name in BY_LINK:
            some = {row[0] for row in self.reader.rows(f"SELECT DISTINCT ?claim {{ ?claim {BY_LINK[name][0]} {iri(value)} ; a kb:Claim }}")}
            return lambda one: one.claim in some
        return lambda one: getattr(one, name) == value

    def rows(self, entries: Sequence[Entry]) -> Iterator[Row]:
        """Yield entries as rows of `COLUMNS`."""
        for one in entries:
            speaker = literal(self.reader.thing(one.speaker).label, "", "en")
            cells = [Term("iri", one.claim), literal(one.label, "", "en"), Term("iri", one.speaker), speaker, Term("iri", one.article)]
            cells += [literal(self.reader.word(concept).id) if concept else None for concept in (one.type, one.polarity, one.modality)]
            yield (*cells, *(literal(day) if day else None for day in (one.earliest, one.latest)), literal(one.contested))


def read_filters(reader: Reader, params: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """Return the filters in a request as (name, IRI or text), in a fixed order. Raises UnknownName and BadIri with the nearest names."""
    found = []
    for name in params:
        if name not in KEYS and name != "page":
            raise UnknownName(f"claims have no filter '{name[:80]}'", cure=did_you_mean(name[:80], KEYS) or f"take one of {', '.join(KEYS)}")
    for name in KEYS:
        value = next((value.strip() for value in params.get(name, ()) if value.strip()), "")[:300]
        if value:
            found.append((name, _read(reader, name, value)))
    return tuple(found)


def _read(reader: Reader, name: str, value: str) -> str:
    if name in ("from", "until"):
        from kb.query import Param, read_value

        return read_value(reader.store, Param(name, "date"), value)
    if name == "contested" and value not in _CONTESTED:
        raise UnknownName(f"contested: {value!r} is none of {', '.join(_CONTESTED)}")
    if name in ("speaker", "article", *BY_LINK):
        return resolve_name(reader.store, value, {"speaker": "iri", "article": "article"}.get(name) or BY_LINK[name][1])
    if name in ("type", "polarity", "modality"):
        return resolve_name(reader.store, value, "concept", hint="event-type" if name == "type" else name)
    return value


def search_view(index: ClaimIndex, params: Mapping[str, Sequence[str]], *, live: bool, page: int = 1) -> SearchView:
    """Return one page of what a request finds; a filter that names nothing is told, and finds nothing."""
    reader, problem = index.reader, ""
    try:
        given = read_filters(reader, params) if live else ()
        found, counts = index.found(given)
    except KbError as wrong:
        given, found, counts, problem = (), [], {facet: Counter() for facet in FACETS}, f"{wrong.message}. {wrong.cure}"
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(page, 1), pages)
    here = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    words = [(name, short(reader, name, value)) for name, value in given]

    def address(number: int) -> str:
        if live:
            return _query([*words, ("page", str(number))] if number > 1 else words)
        return f"claims-{number}.html" if number > 1 else "claims.html"

    return SearchView(
        claims=tuple(cards(reader, [one.claim for one in here]).values()), number=len(found), page=page, pages=pages, problem=problem,
        before=address(page - 1) if page > 1 else "", after=address(page + 1) if page < pages else "",
        facets=tuple(_facets(reader, given, counts)) if live else (),
        given=tuple((name, shown(reader, name, value), _query([pair for pair in words if pair[0] != name])) for name, value in given),
        fields={name: next((word for key, word in words if key == name), "") for name in ("q", "from", "until")},
        kept=tuple(pair for pair in words if pair[0] not in ("q", "from", "until")),
        downloads=tuple((form, f"claims.{form}" + (f"?{urlencode(words)}" if words else "")) for form in ("csv", "json", "ttl")),
    )  # fmt: skip


def short(reader: Reader, name: str, value: str) -> str:
    """Return a filter's value as an address writes it: an id where it is a thing or concept of ours."""
    if not value.startswith(("http://", "https://")) or name == "q":
        return value
    if reader.is_known(value) and name in ("speaker", "about"):
        return "/".join(value.rsplit("/", 2)[1:])
    return value.rpartition("/")[2]


def shown(reader: Reader, name: str, value: str) -> str:
    """Return a filter's value as people read it."""
    if name == "contested":
        return _CONTESTED[value]
    thing: Thing | None = reader.thing(value) if reader.is_known(value) else None
    return thing.label if thing else reader.word(value).label if "/ns/" in value else value


def _query(words: Sequence[tuple[str, str]]) -> str:
    return f"claims.html?{urlencode(words)}" if words else "claims.html"


def _facets(reader: Reader, given: Sequence[tuple[str, str]], counts: Mapping[str, Counter[str]]) -> Iterator[Facet]:
    words = [(name, short(reader, name, value)) for name, value in given]
    for name in FACETS:
        taken = dict(given).get(name)
        others = [pair for pair in words if pair[0] != name]
        ranked = sorted(((value, number) for value, number in counts[name].items() if value), key=lambda pair: (pair[0] != taken, -pair[1], pair[0]))
        choices = tuple(
            Choice(shown(reader, name, value), number, _query(others if value == taken else [*others, (name, short(reader, name, value))]), value == taken)
            for value, number in ranked[:VALUES]
        )
        yield Facet(name, facet_label(name), choices, max(0, len(ranked) - VALUES))


def facet_label(name: str) -> str:
    return {"type": "called"}.get(name, name)
