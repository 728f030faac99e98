"""Lists of articles, entities, events and questions: a row a thing, counted, as page, CSV, JSON and Turtle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.pages.reading import Reader, Thing
from kb.pages.times import time_of
from kb.rows import XSD, Row, Term, literal

PER_PAGE = 250
KINDS = {"articles": "article", "entities": "entity", "events": "event", "questions": "question"}
_CLASSES = {"articles": "schema:NewsArticle", "entities": "kb:Entity", "events": "kb:Event", "questions": "kb:Question", "claims": "kb:Claim"}
_STRENGTHS = ("", "weak", "medium", "strong")


class Line(NamedTuple):
    """A thing of a list; `sort` says under what it stands, `notes` are shown beside it, `numbers` are counted."""

    thing: Thing
    group: str
    notes: tuple[str, ...]
    numbers: tuple[int, ...]
    clash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """One page of a list. `columns` name the notes, `counted` the numbers."""

    template = "list.html"
    name: str
    title: str
    about: str
    columns: tuple[str, ...]
    counted: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    number: int
    page: int
    pages: int

    def address(self, page: int) -> str:
        return f"{self.name}-{page}.html" if page > 1 else f"{self.name}.html"


_ABOUT = {
    "articles": ("Articles", "Every article whose claims are kept, with the dates it gives itself.", ("kind", "date"), ("claims",)),
    "entities": ("Entities", "People, bodies, states, places and things that claims name.", (), ("says", "named by")),
    "events": ("Events", "What is claimed to happen. The names are ours and neutral; the claims name it as they like.", ("widest type", "spoken of as"), ("claims", "speakers")),
    "questions": ("Questions", "What claims answer differently. The clearest contradictions stand first; nothing says who is right.", ("kind", "strength"), ("answers", "claims", "speakers")),
}  # fmt: skip


def lines(reader: Reader, name: str) -> list[Line]:
    """Return every line of a list, in order."""
    return {"articles": _articles, "entities": _entities, "events": _events, "questions": _questions}[name](reader)


def list_view(name: str, found: Sequence[Line], page: int = 1) -> ListView | None:
    """Return one page of a list; None beyond its last."""
    pages = max(1, -(-len(found) // PER_PAGE))
    if not 1 <= page <= pages:
        return None
    groups: dict[str, list[Line]] = {}
    for line in found[(page - 1) * PER_PAGE : page * PER_PAGE]:
        groups.setdefault(line.group, []).append(line)
    title, about, columns, counted = _ABOUT[name]
    return ListView(
        name=name, title=title, about=about, columns=columns, counted=counted, groups=tuple((group, tuple(some)) for group, some in groups.items()),
        number=len(found), page=page, pages=pages,
    )  # fmt: skip


def columns(name: str) -> tuple[str, ...]:
    """Return the columns of a list as data."""
    _, _, notes, counted = _ABOUT[name]
    return (KINDS[name], "label", *(("kind",) if name == "entities" else ()), *(word.replace(" ", "_") for word in (*notes, *counted)), *(("clash",) if name == "questions" else ()))


def rows(name: str, found: Sequence[Line]) -> Iterator[Row]:
    """Yield a list as rows of terms."""
    for line in found:
        cells: list[Term] = [Term("iri", line.thing.iri), literal(line.thing.label, "", line.thing.lang)]
        cells += [literal(line.thing.kind)] if name == "entities" else []
        cells += [literal(note) for note in line.notes] + [literal(str(number), f"{XSD}integer") for number in line.numbers]
        yield (*cells, *((literal(line.clash),) if name == "questions" else ()))


def triples(name: str) -> str:
    """Return the CONSTRUCT of what is said of each thing of a list itself."""
    return f"CONSTRUCT {{ ?thing ?property ?value }} WHERE {{ ?thing a {_CLASSES[name]} ; ?property ?value }}"


def _counts(reader: Reader, query: str) -> dict[str, tuple[int, ...]]:
    return {row[0]: tuple(int(cell) for cell in row[1:]) for row in reader.rows(query)}


def _articles(reader: Reader) -> list[Line]:
    counts = _counts(reader, "SELECT ?article (COUNT(?claim) AS ?claims) { ?claim kb:reportedIn ?article } GROUP BY ?article")
    kinds = dict(reader.rows("SELECT ?article (MIN(?name) AS ?kind) { ?article a schema:NewsArticle, ?class . BIND(LCASE(STRBEFORE(STRAFTER(STR(?class), STR(schema:)), \"NewsArticle\")) AS ?name) FILTER(?name != \"\") } GROUP BY ?article"))
    dates = {row[0]: row[1:] for row in reader.rows("SELECT ?article ?time ?earliest ?latest { ?article a schema:NewsArticle ; kb:time ?time . OPTIONAL { ?article kb:earliest ?earliest } OPTIONAL { ?article kb:latest ?latest } }")}
    found = []
    for thing in reader.things("article"):
        when = time_of(*dates[thing.iri]) if thing.iri in dates else None
        found.append(Line(thing, "", (kinds.get(thing.iri, "news"), when.shown if when else ""), counts.get(thing.iri, (0,))))
    return sorted(found, key=lambda line: (dates.get(line.thing.iri, ["", "", ""])[1], line.thing.iri))


def _entities(reader: Reader) -> list[Line]:
    says = _counts(reader, "SELECT ?entity (COUNT(?claim) AS ?claims) { ?claim kb:speaker ?entity } GROUP BY ?entity")
    told = _counts(reader, "SELECT ?entity (COUNT(?claim) AS ?claims) { ?claim kb:participant ?entity } GROUP BY ?entity")
    found = [Line(thing, thing.kind, (), (says.get(thing.iri, (0,))[0], told.get(thing.iri, (0,))[0])) for thing in reader.things("entity")]
    return sorted(found, key=lambda line: (line.group, line.thing.label.casefold(), line.thing.iri))


def _events(reader: Reader) -> list[Line]:
    counts = _counts(reader, "SELECT ?event (COUNT(?claim) AS ?claims) (COUNT(DISTINCT ?speaker) AS ?speakers) { ?claim kb:about ?event ; kb:speaker ?speaker } GROUP BY ?event")
    words = {row[0]: row[1:] for row in reader.rows("SELECT ?event ?type ?status { ?event a kb:Event ; kb:eventType ?type ; kb:eventStatus ?status }")}
    clashes = dict(reader.rows("SELECT DISTINCT ?event (\"contradiction\" AS ?how) { ?node a kb:Contradiction ; kb:onQuestion/kb:about ?event }"))
    found = []
    for thing in reader.things("event"):
        notes = tuple(reader.word(word).label for word in words.get(thing.iri, ()))
        found.append(Line(thing, "", notes, counts.get(thing.iri, (0, 0)), clashes.get(thing.iri, "")))
    return sorted(found, key=lambda line: (-line.numbers[0], line.thing.label.casefold(), line.thing.iri))


def _questions(reader: Reader) -> list[Line]:
    counts = _counts(reader, "SELECT ?question (COUNT(DISTINCT ?answer) AS ?answers) (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(DISTINCT ?speaker) AS ?speakers) { ?question kb:answer ?answer . ?claim kb:supportsAnswer ?answer ; kb:speaker ?speaker } GROUP BY ?question")
    words = {row[0]: row[1:] for row in reader.rows("SELECT ?question ?kind ?strength { ?question a kb:Question ; kb:questionKind ?kind . OPTIONAL { ?question kb:strength ?strength } }")}
    clashes = dict(reader.rows("SELECT DISTINCT ?question (\"rivalry\" AS ?how) { ?node a kb:Rivalry ; kb:onQuestion ?question }"))
    clashes |= dict(reader.rows("SELECT DISTINCT ?question (\"contradiction\" AS ?how) { ?node a kb:Contradiction ; kb:onQuestion ?question }"))
    found = []
    for thing in reader.things("question"):
        kind, strength = (reader.word(word) for word in words.get(thing.iri, ("", "")))
        clash = clashes.get(thing.iri, "")
        group = {"contradiction": "Contradictions", "rivalry": "Rivalries", "": "Without a clash"}[clash]
        found.append((strength.id, Line(thing, group, (kind.label, strength.label), counts.get(thing.iri, (0, 0, 0)), clash)))
    order = {"Contradictions": 0, "Rivalries": 1, "Without a clash": 2}
    found.sort(key=lambda pair: (order[pair[1].group], -_STRENGTHS.index(pair[0]) if pair[0] in _STRENGTHS else 0, -pair[1].numbers[1], pair[1].thing.iri))
    return [line for _, line in found]
