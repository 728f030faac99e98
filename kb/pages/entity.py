"""One entity: its names, what it says, and what others say about it. One event: how each side tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.pages.cards import Card, cards
from kb.pages.claim import Properties, one, properties
from kb.pages.figures import Figure
from kb.pages.reading import Reader, Thing, Word, clip
from kb.pages.views import claims_graph, claims_timeline
from kb.rows import Term, iri
from kb.vocab import PREFIXES

MOST = 40  # claims shown in one list
SIDES, EACH = 16, 5  # speakers who tell of an event, and claims of each
_LINKS = {
    f"{PREFIXES['schema']}sameAs": "the same as", f"{PREFIXES['skos']}exactMatch": "exactly matches", f"{PREFIXES['skos']}closeMatch": "is close to",
    f"{PREFIXES['skos']}broadMatch": "is a kind or part of", f"{PREFIXES['skos']}narrowMatch": "is wider than", f"{PREFIXES['skos']}relatedMatch": "is related to",
}  # fmt: skip
_TIES = {"country": "country", f"{PREFIXES['dcterms']}isPartOf": "part of", f"{PREFIXES['schema']}memberOf": "member of", "metonym": "also named by the name of"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a thing: `kind` is name, other name or wrong spelling."""

    text: str
    lang: str
    kind: str


@dataclass(frozen=True, slots=True)
class Link:
    how: str
    address: str

    @property
    def id(self) -> str:
        return self.address.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Some of a number of claims."""

    claims: tuple[Card, ...]
    number: int

    @property
    def more(self) -> int:
        return self.number - len(self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityView:
    template = "entity.html"
    entity: Thing
    names: tuple[Name, ...]
    description: str
    comment: str
    ties: tuple[tuple[str, Thing], ...]
    members: tuple[Thing, ...]
    links: tuple[Link, ...]
    coordinates: tuple[str, str] | None
    says: Listed
    told: Listed
    questions: tuple[tuple[Thing, str], ...]
    figures: tuple[Figure, ...]

    @property
    def title(self) -> str:
        return self.entity.label


def entity_view(reader: Reader, entity: str) -> EntityView | None:
    """Return an entity with its claims; None for what is none."""
    thing = reader.thing(entity)
    if not (reader.is_known(entity) and thing.path.startswith("id/entity/")):
        return None
    own = properties(reader, f"BIND({iri(entity)} AS ?node) ?node ?property ?value").get(entity, {})
    geo = PREFIXES["geo"]
    lat, long = one(own, f"{geo}lat"), one(own, f"{geo}long")
    members = [row[0] for row in reader.rows(f"SELECT DISTINCT ?part {{ ?part dcterms:isPartOf|schema:memberOf|kb:country {iri(entity)} }} ORDER BY ?part") if reader.is_known(row[0])]
    says = listed(reader, f"?claim kb:speaker {iri(entity)}")
    told = listed(reader, f"?claim kb:participant {iri(entity)} . FILTER NOT EXISTS {{ ?claim kb:speaker {iri(entity)} }}")
    claims = [*says.claims, *told.claims]
    figures = (claims_timeline(claims, "../../"), claims_graph(reader, thing, claims, "../../"))
    return EntityView(
        entity=thing, names=tuple(names(own)), description=clip(one(own, f"{PREFIXES['dcterms']}description")), comment=clip(one(own, f"{PREFIXES['rdfs']}comment")),
        ties=tuple((word, reader.thing(value.value)) for name, word in _TIES.items() for value in own.get(name, ())), members=tuple(reader.thing(name) for name in members[:MOST]),
        links=tuple(links(own)), coordinates=(lat, long) if lat and long else None, says=says, told=told, figures=tuple(one for one in figures if one is not None), questions=tuple(_questions(reader, entity)),
    )  # fmt: skip


def names(own: Properties) -> Iterator[Name]:
    """Yield every name a thing has, wrong spellings last and marked as such."""
    for local, kind in (("prefLabel", "name"), ("altLabel", "other name"), ("hiddenLabel", "wrong spelling")):
        yield from (Name(clip(value.value), value.lang, kind) for value in own.get(PREFIXES["skos"] + local, ()))


def links(own: Properties) -> Iterator[Link]:
    """Yield the judged links to Wikidata; only addresses that a browser may follow."""
    for property_, how in _LINKS.items():
        for value in own.get(property_, ()):
            if value.value.startswith(("http://www.wikidata.org/entity/", "https://www.wikidata.org/entity/")):
                yield Link(how, value.value.replace("http://www.wikidata.org/entity/", "https://www.wikidata.org/wiki/"))


def listed(reader: Reader, pattern: str) -> Listed:
    """Return the first claims of a pattern that binds ?claim, and how many there are. By article's date, then place in the text."""
    claims = reader.claims(pattern)
    return Listed(claims=tuple(cards(reader, claims[:MOST]).values()), number=len(claims))


def _questions(reader: Reader, entity: str) -> Iterator[tuple[Thing, str]]:
    """Yield the questions on which it stands against another or itself."""
    query = f"SELECT DISTINCT ?node {{ ?claim kb:speaker {iri(entity)} . ?node kb:member ?claim }}"
    found = {reader.clashes[row[0]] for row in reader.rows(query) if row[0] in reader.clashes}
    first = dict(sorted(((question, how) for how, question in found), reverse=True))  # of two, the contradiction
    yield from ((reader.thing(question), how) for question, how in sorted(first.items(), key=lambda pair: (pair[1], pair[0]))[:MOST])


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one speaker tells of an event."""

    speaker: Thing
    types: tuple[Word, ...]
    claims: tuple[Card, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    template = "event.html"
    event: Thing
    type: Word
    status: Word
    names: tuple[Name, ...]
    description: str
    links: tuple[Link, ...]
    parts: tuple[Thing, ...]
    wholes: tuple[Thing, ...]
    tellings: tuple[Telling, ...]
    number: int
    more: int
    named: Listed
    questions: tuple[tuple[Thing, str], ...]

    @property
    def title(self) -> str:
        return self.event.label


def event_view(reader: Reader, event: str) -> EventView | None:
    """Return an event as each speaker tells it; None for what is none."""
    thing = reader.thing(event)
    if not (reader.is_known(event) and thing.path.startswith("id/event/")):
        return None
    own = properties(reader, f"BIND({iri(event)} AS ?node) ?node ?property ?value").get(event, {})
    tellings, number = _tellings(reader, event)
    part_of: list[Term] = own.get(f"{PREFIXES['dcterms']}isPartOf", [])
    parts = reader.rows(f"SELECT ?part {{ ?part dcterms:isPartOf {iri(event)} ; a kb:Event }} ORDER BY ?part LIMIT {MOST}")
    asked = reader.rows(f"SELECT ?question (SAMPLE(?name) AS ?how) {{ ?question kb:about {iri(event)} ; a kb:Question OPTIONAL {{ ?node kb:onQuestion ?question ; a kb:Contradiction BIND(\"contradiction\" AS ?name) }} }} GROUP BY ?question ORDER BY ?question LIMIT {MOST}")
    return EventView(
        event=thing, type=reader.word(one(own, "eventType")), status=reader.word(one(own, "eventStatus")), names=tuple(names(own)),
        description=clip(one(own, f"{PREFIXES['dcterms']}description")), links=tuple(links(own)), parts=tuple(reader.thing(row[0]) for row in parts),
        wholes=tuple(reader.thing(value.value) for value in part_of), tellings=tuple(tellings), number=number, more=number - sum(len(one.claims) for one in tellings),
        named=listed(reader, f"?claim kb:participant {iri(event)} . FILTER NOT EXISTS {{ ?claim kb:about {iri(event)} }}"),
        questions=tuple((reader.thing(question), how) for question, how in asked),
    )  # fmt: skip


def _tellings(reader: Reader, event: str) -> tuple[list[Telling], int]:
    """Return what each speaker tells, those who say most first, some claims of each so that every side is there; and how many claims there are."""
    by_speaker: dict[str, list[str]] = {}
    for claim, speaker in reader.rows(f"SELECT DISTINCT ?claim ?speaker {{ ?claim kb:about {iri(event)} ; kb:speaker ?speaker }}"):
        by_speaker.setdefault(speaker, []).append(claim)
    ranked = sorted(by_speaker.items(), key=lambda pair: (-len(pair[1]), reader.thing(pair[0]).label, pair[0]))[:SIDES]
    told = {speaker: reader.in_order(claims)[:EACH] for speaker, claims in ranked}
    known = cards(reader, [claim for claims in told.values() for claim in claims])
    found = []
    for speaker, claims in told.items():
        some = tuple(known[claim] for claim in claims if claim in known)
        types = {card.type.iri: card.type for card in some if card.type.id}
        more = len(by_speaker[speaker]) - len(some)
        found.append(Telling(speaker=reader.thing(speaker), types=tuple(types[name] for name in sorted(types)), claims=some, more=more))
    return found, sum(map(len, by_speaker.values()))
