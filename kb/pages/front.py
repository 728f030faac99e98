"""The front page: what is here in numbers, the strongest disagreements, and the ways in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.pages.cards import Card, cards
from kb.pages.reading import Reader, Thing, Word, clip, values

_STRENGTHS = {"strong": 0, "medium": 1, "weak": 2}
SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What the whole is called and how much it holds."""

    title: str
    description: str
    licence: str
    creators: tuple[str, ...]
    articles: int
    claims: int
    entities: int
    events: int
    questions: int
    contradictions: int
    rivalries: int
    corroborations: int
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facing:
    """Two answers of one question that exclude each other, with a claim for each."""

    question: Thing
    kind: Word
    strength: Word
    sides: tuple[tuple[str, Card, int], ...]
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    question: Thing
    answer: str
    origins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontView:
    template = "index.html"
    disagreements: tuple[Facing, ...]
    agreed: tuple[Agreed, ...]
    speakers: tuple[tuple[Thing, int], ...]
    articles: tuple[tuple[Thing, int], ...]
    title = ""


def corpus_of(reader: Reader) -> Corpus:
    """Return what the dataset says of itself, and how much there is."""
    about = {"title": "", "description": "", "license": "", "creator": []}
    query = "SELECT ?property ?value { ?dataset a void:Dataset ; void:uriSpace ?space ; ?property ?value . FILTER(STRSTARTS(STR(?property), STR(dcterms:))) } ORDER BY ?property ?value"
    for property_, value in reader.rows(query):
        name = property_.rpartition("/")[2]
        if name == "creator":
            about["creator"].append(clip(value))
        elif name in about:
            about[name] = clip(value)
    derived = dict(reader.rows("SELECT ?class (COUNT(?node) AS ?nodes) { VALUES ?class { kb:Contradiction kb:Rivalry kb:Corroboration } ?node a ?class } GROUP BY ?class"))
    counts = {class_.rpartition("/")[2]: int(nodes) for class_, nodes in derived.items()}
    [first, last] = next(reader.rows("SELECT (MIN(?early) AS ?first) (MAX(?late) AS ?last) { ?article a schema:NewsArticle ; kb:earliest ?early ; kb:latest ?late }"))
    return Corpus(
        title=about["title"] or "Claims", description=about["description"], licence=about["license"], creators=tuple(about["creator"]), first=first, last=last,
        claims=reader.number("SELECT (COUNT(?claim) AS ?claims) { ?claim a kb:Claim }"), contradictions=counts.get("Contradiction", 0),
        rivalries=counts.get("Rivalry", 0), corroborations=counts.get("Corroboration", 0),
        **{f"{kind}s".replace("entitys", "entities"): len(reader.things(kind)) for kind in ("article", "entity", "event", "question")},
    )  # fmt: skip


def front_view(reader: Reader) -> FrontView:
    """Return the front page: the clearest contradictions first, then what independent origins agree on."""
    agreed = reader.rows("SELECT ?question ?label ?origins { ?node a kb:Corroboration ; kb:onQuestion ?question ; kb:position ?answer ; kb:origins ?origins . ?answer rdfs:label ?label } ORDER BY DESC(?origins) ?question ?answer LIMIT 6")
    speakers = reader.rows("SELECT ?speaker (COUNT(?claim) AS ?claims) { ?claim kb:speaker ?speaker . FILTER EXISTS { ?speaker a kb:Entity } } GROUP BY ?speaker ORDER BY DESC(?claims) ?speaker LIMIT 12")
    articles = reader.rows("SELECT ?article (COUNT(?claim) AS ?claims) { ?claim kb:reportedIn ?article } GROUP BY ?article ORDER BY ?article LIMIT 6")
    return FrontView(
        disagreements=tuple(_disagreements(reader)), agreed=tuple(Agreed(question=reader.thing(question), answer=clip(label), origins=int(origins)) for question, label, origins in agreed),
        speakers=tuple((reader.thing(speaker), int(claims)) for speaker, claims in speakers), articles=tuple((reader.thing(article), int(claims)) for article, claims in articles),
    )  # fmt: skip


def _disagreements(reader: Reader) -> Iterator[Facing]:
    """Yield the contradictions between speakers, strong ones and those of many claims first, one for each question."""
    query = "SELECT ?node ?question ?kind ?strength (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(DISTINCT ?speaker) AS ?speakers) { ?node a kb:Contradiction ; kb:onQuestion ?question ; kb:questionKind ?kind ; kb:member ?claim . ?claim kb:speaker ?speaker . OPTIONAL { ?node kb:strength ?strength } } GROUP BY ?node ?question ?kind ?strength"
    rows = [(node, question, kind, strength, int(claims)) for node, question, kind, strength, claims, speakers in reader.rows(query) if int(speakers) > 1]
    rows.sort(key=lambda row: (_STRENGTHS.get(row[3].rpartition("/")[2], 3), -row[4], row[0]))
    first: dict[str, tuple[str, str, str, str, int]] = {}
    for row in rows:
        first.setdefault(row[1], row)
    for node, question, kind, strength, claims in list(first.values())[:SHOWN]:
        sides = tuple(_sides(reader, node))
        if len(sides) == 2:
            yield Facing(question=reader.thing(question), kind=reader.word(kind), strength=reader.word(strength), sides=sides, members=claims)


def _sides(reader: Reader, node: str) -> Iterator[tuple[str, Card, int]]:
    query = f"SELECT ?answer ?label (COUNT(DISTINCT ?claim) AS ?claims) (MIN(?claim) AS ?one) {{ {values('node', [node])} ?node kb:position ?answer ; kb:member ?claim . ?claim kb:supportsAnswer ?answer . ?answer rdfs:label ?label }} GROUP BY ?answer ?label ORDER BY ?answer"
    rows = list(reader.rows(query))
    told = cards(reader, [row[3] for row in rows])
    for _, label, claims, one in rows:
        if one in told:
            yield clip(label), told[one], int(claims)
