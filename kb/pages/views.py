"""The three overviews: when, where, and who stands against whom. Each a table; a script may draw it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kb.pages.cards import Card
from kb.pages.figures import MOST, Figure, graph, places, timeline
from kb.pages.reading import Reader, Thing, Word, values
from kb.pages.times import Time, time_of

SPEAKERS = 40  # of the graph of contradictions
PAIRS = 120  # of them shown
AROUND = 24  # claims in the graph around a thing


@dataclass(frozen=True, slots=True)
class When:
    """An event at one time as claims give it."""

    event: Thing
    type: Word
    time: Time
    claims: int
    is_contested: bool


@dataclass(frozen=True, slots=True)
class Where:
    place: Thing
    latitude: str
    longitude: str
    claims: int


@dataclass(frozen=True, slots=True)
class Against:
    """Two speakers and the questions on which they contradict each other."""

    one: Thing
    other: Thing
    questions: tuple[Thing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    template = "timeline.html"
    title = "Timeline"
    rows: tuple[When, ...]
    number: int
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    template = "map.html"
    title = "Map"
    rows: tuple[Where, ...]
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphView:
    template = "graph.html"
    title = "Who contradicts whom"
    rows: tuple[Against, ...]
    more: int
    figure: Figure


def timeline_view(reader: Reader) -> TimelineView:
    """Return the events at the times that claims give them; those of most claims where there are too many."""
    contested = {row[0] for row in reader.rows("SELECT DISTINCT ?event { ?node a kb:Contradiction ; kb:onQuestion/kb:about ?event }")}
    types = dict(reader.rows("SELECT ?event ?type { ?event a kb:Event ; kb:eventType ?type }"))
    query = "SELECT ?event ?time ?earliest ?latest ?basis (COUNT(?claim) AS ?claims) { ?claim kb:about ?event ; kb:time ?time ; kb:timeBasis ?basis . OPTIONAL { ?claim kb:earliest ?earliest } OPTIONAL { ?claim kb:latest ?latest } } GROUP BY ?event ?time ?earliest ?latest ?basis"
    found = []
    for event, text, earliest, latest, basis, claims in reader.rows(query):
        time = time_of(text, earliest, latest, reader.word(basis))
        if time is not None and (earliest or latest):
            found.append(When(reader.thing(event), reader.word(types.get(event, "")), time, int(claims), event in contested))
    kept = sorted(found, key=lambda row: (-row.claims, row.event.iri, row.time.text, row.time.basis.iri))[:MOST]
    kept.sort(key=lambda row: (row.time.earliest or row.time.latest, row.time.latest, row.event.iri, row.time.text, row.time.basis.iri))
    drawn = (
        {"label": row.event.label, "href": row.event.path, "earliest": row.time.earliest, "latest": row.time.latest, "lane": row.event.label, "contested": row.is_contested}
        for row in kept
    )
    return TimelineView(rows=tuple(kept), number=len(found), figure=timeline("When claims say that it was; a broad bar is an uncertain date, not a long event.", drawn))


def map_view(reader: Reader) -> MapView:
    """Return the places whose coordinates are known, with how many claims name them."""
    query = "SELECT ?place ?lat ?long (COUNT(DISTINCT ?claim) AS ?claims) { ?place geo:lat ?lat ; geo:long ?long OPTIONAL { ?claim kb:participant ?place } } GROUP BY ?place ?lat ?long ORDER BY DESC(?claims) ?place"
    rows = [Where(reader.thing(place), lat, long, int(claims)) for place, lat, long, claims in reader.rows(query)][:MOST]
    drawn = ((row.place.label, row.place.path, float(row.latitude), float(row.longitude), row.claims) for row in rows)
    return MapView(rows=tuple(rows), figure=places("Places that claims name. Outlines are for finding one’s way; who holds a place is for claims to say.", drawn))


def graph_view(reader: Reader) -> GraphView:
    """Return which speakers contradict each other; the forty who do most where there are more."""
    query = "SELECT DISTINCT ?question ?node ?answer ?speaker { ?node a kb:Contradiction ; kb:onQuestion ?question ; kb:position ?answer ; kb:member ?claim . ?claim kb:supportsAnswer ?answer ; kb:speaker ?speaker } ORDER BY ?node ?answer ?speaker"
    sides: dict[tuple[str, str], dict[str, set[str]]] = {}
    for question, node, answer, speaker in reader.rows(query):
        sides.setdefault((question, node), {}).setdefault(answer, set()).add(speaker)
    most = Counter(speaker for answers in sides.values() for speakers in answers.values() for speaker in speakers)
    kept = {speaker for speaker, _ in sorted(most.items(), key=lambda pair: (-pair[1], pair[0]))[:SPEAKERS]}
    pairs: dict[tuple[str, str], set[str]] = {}
    for (question, _), answers in sides.items():
        for one, other in _facing([speakers & kept for speakers in answers.values()]):
            pairs.setdefault((one, other), set()).add(question)
    rows = [Against(reader.thing(one), reader.thing(other), tuple(reader.thing(name) for name in sorted(questions))) for (one, other), questions in pairs.items()]
    rows.sort(key=lambda row: (-len(row.questions), row.one.label, row.other.label, row.one.iri, row.other.iri))
    things = {thing.iri: thing for row in rows[:PAIRS] for thing in (row.one, row.other)}
    nodes = [(thing.id, thing.label, thing.kind, thing.path) for _, thing in sorted(things.items())]
    edges = [(row.one.id, row.other.id, row.questions[0].label if len(row.questions) == 1 else f"{len(row.questions)} questions", "contradiction") for row in rows[:PAIRS]]
    return GraphView(rows=tuple(rows[:PAIRS]), more=max(0, len(rows) - PAIRS), figure=graph("Who gives answers that exclude each other. A line says nothing about who is right.", nodes, edges))


def _facing(sides: list[set[str]]) -> Iterator[tuple[str, str]]:
    for place, one in enumerate(sides):
        for other in sides[place + 1 :]:
            yield from {tuple(sorted((a, b))) for a in one for b in other if a != b}


def claims_graph(reader: Reader, centre: Thing, claims: list[Card], root: str) -> Figure | None:
    """Return the graph around a thing: some of its claims, who says them, what else they name."""
    some = claims[:AROUND]
    if not some:
        return None
    nodes = {centre.iri: (centre.id, centre.label, centre.kind, root + centre.path)}
    edges = []
    for card in some:
        nodes[card.iri] = (f"claim/{card.article.id}/{card.id}", card.saying, "claim", root + card.path)
        nodes.setdefault(card.speaker.iri, (card.speaker.id, card.speaker.label, card.speaker.kind, root + card.speaker.path))
        edges.append((nodes[card.speaker.iri][0], nodes[card.iri][0], "says", "says"))
    query = f"SELECT DISTINCT ?claim ?thing {{ {values('claim', [card.iri for card in some])} ?claim kb:participant ?thing }} ORDER BY ?claim ?thing"
    for claim, name in reader.rows(query):
        if reader.is_known(name):
            thing = reader.thing(name)
            nodes.setdefault(name, (thing.id, thing.label, thing.kind, root + thing.path))
            edges.append((nodes[claim][0], nodes[name][0], "names", "names"))
    return graph(f"Claims around {centre.label}, who says them, and what else they name", list(nodes.values()), edges)


def claims_timeline(claims: list[Card], root: str) -> Figure | None:
    """Return the claims that have a time, by speaker."""
    rows = [
        {"label": card.saying, "href": root + card.path, "earliest": card.time.earliest, "latest": card.time.latest, "lane": card.speaker.label, "certainty": card.certainty.id, "contested": card.contested == "contradiction"}
        for card in claims
        if card.time is not None and (card.time.earliest or card.time.latest)
    ]  # fmt: skip
    return timeline("When it was, as each claim says; a broad bar is an uncertain date", rows) if len(rows) > 1 else None
