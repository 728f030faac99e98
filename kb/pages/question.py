"""One question: its answers side by side, who gives which, and how the answers stand to each other. No verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.pages.cards import Card, cards
from kb.pages.figures import Figure, graph
from kb.pages.reading import Reader, Thing, Word, clip
from kb.rows import iri

MOST = 40  # claims shown of each answer
DRAWN = 20  # of which have their speaker in the graph
_TIES = {"excludes": "excludes", "competesWith": "rivals", "qualifies": "limits"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An answer and the claims that give it, `place` counted from 0. `letter` names it on the page; `origins` is 0 where nobody agrees."""

    id: str
    place: int
    letter: str
    label: str
    lang: str
    claims: tuple[Card, ...]
    number: int
    speakers: int
    origins: int

    @property
    def more(self) -> int:
        return self.number - len(self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """How two answers stand to each other: excludes, rivals or limits. `is_met`: both are given by claims."""

    how: str
    one: Column
    other: Column
    is_met: bool
    scope: str

    @property
    def span(self) -> tuple[int, int]:
        """The columns it joins, counted from 0."""
        left, right = sorted((self.one.place, self.other.place))
        return left, right


@dataclass(frozen=True, slots=True)
class Arc:
    """One tie as drawn: an SVG path, and where its sign stands."""

    how: str
    path: str
    x: int
    y: int
    is_met: bool


@dataclass(frozen=True, slots=True)
class Arcs:
    arcs: tuple[Arc, ...]
    height: int


def arcs(ties: Sequence[Tie]) -> Arcs:
    """Return the ties as arcs from column to column, those above that would cross another; a column is 300 wide."""
    levels = _levels([tie.span for tie in ties])
    highest = max(levels, default=1)
    height = 30 + 40 * highest
    found = []
    for tie, level in zip(ties, levels, strict=True):
        apart = 8 + 14 * (highest - level)  # so that arcs of one column do not end in one point
        start, end, top = tie.span[0] * 300 + 150 + apart, tie.span[1] * 300 + 150 - apart, height - 40 * level - 10
        path = f"M{start} {height} C{start} {top} {start + 20} {top} {start + 40} {top} L{end - 40} {top} C{end - 20} {top} {end} {top} {end} {height}"
        found.append(Arc(tie.how, path, (start + end) // 2, top, tie.is_met))
    return Arcs(tuple(found), height)


def _levels(spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return for each span the lowest level, from 1, on which it lies over none that it overlaps; narrow ones first.

    >>> _levels([(0, 2), (1, 3), (0, 1), (1, 2)])
    [2, 3, 1, 1]
    """
    found: dict[int, int] = {}
    for place in sorted(range(len(spans)), key=lambda at: (spans[at][1] - spans[at][0], spans[at])):
        left, right = spans[place]
        below = [level for other, level in found.items() if max(left, spans[other][0]) < min(right, spans[other][1])]
        found[place] = max(below, default=0) + 1
    return [found[place] for place in range(len(spans))]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    template = "question.html"
    question: Thing
    kind: Word
    strength: Word
    events: tuple[Thing, ...]
    columns: tuple[Column, ...]
    ties: tuple[Tie, ...]

    @property
    def title(self) -> str:
        return self.question.label

    @property
    def clash(self) -> str:
        """contradiction, rivalry or none: the strongest that claims really give."""
        met = {tie.how for tie in self.ties if tie.is_met}
        return "contradiction" if "excludes" in met else "rivalry" if "rivals" in met else ""

    @property
    def figure(self) -> Figure | None:
        """The graph of who gives which answer, where anybody does."""
        root = "../../"
        given = [column for column in self.columns if column.number]
        if not given:
            return None
        nodes = [(column.id, f"{column.letter}: {column.label}", "answer", f"#answer-{column.id}") for column in given]
        speakers = {card.speaker.iri: card.speaker for column in given for card in column.claims[:DRAWN]}
        nodes += [(thing.iri, thing.label, thing.kind, root + thing.path) for thing in speakers.values()]
        pairs = {(card.speaker.iri, column.id): None for column in given for card in column.claims[:DRAWN]}
        edges = [(speaker, answer, "gives", "gives") for speaker, answer in pairs]
        edges += [(tie.one.id, tie.other.id, tie.how, tie.how) for tie in self.ties if tie.is_met]
        return graph("Who gives which answer, and how the answers stand to each other", nodes, edges)

    @property
    def arcs(self) -> Arcs:
        """The drawing of the ties over the columns."""
        return arcs(self.ties)


def question_view(reader: Reader, question: str) -> QuestionView | None:
    """Return a question with its answers in order; None for what is none."""
    thing = reader.thing(question)
    if not (reader.is_known(question) and thing.path.startswith("id/question/")):
        return None
    columns = {answer: column for answer, column in _columns(reader, question)}
    query = f"SELECT ?kind ?strength {{ {iri(question)} kb:questionKind ?kind . OPTIONAL {{ {iri(question)} kb:strength ?strength }} }}"
    kind, strength = next(reader.rows(query), ["", ""])
    events = reader.rows(f"SELECT ?event {{ {iri(question)} kb:about ?event }} ORDER BY ?event")
    return QuestionView(
        question=thing, kind=reader.word(kind), strength=reader.word(strength), events=tuple(reader.thing(row[0]) for row in events),
        columns=tuple(columns.values()), ties=tuple(_ties(reader, question, columns)),
    )  # fmt: skip


def _columns(reader: Reader, question: str) -> Iterator[tuple[str, Column]]:
    me = iri(question)
    query = f"SELECT ?answer ?label {{ {me} kb:answer ?answer . ?answer rdfs:label ?label }} ORDER BY ?answer"
    counts = f"SELECT ?answer (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(DISTINCT ?speaker) AS ?speakers) {{ {me} kb:answer ?answer . ?claim kb:supportsAnswer ?answer ; kb:speaker ?speaker }} GROUP BY ?answer"
    given = {answer: (int(claims), int(speakers)) for answer, claims, speakers in reader.rows(counts)}
    agreed = f"SELECT ?answer ?origins {{ ?node a kb:Corroboration ; kb:onQuestion {me} ; kb:position ?answer ; kb:origins ?origins }}"
    origins = {answer: int(number) for answer, number in reader.rows(agreed)}
    answers = reader.terms(query)
    order = sorted(answers, key=lambda row: (-given.get(row[0].value, (0, 0))[0], row[0].value))
    for place, (answer, label) in enumerate(order):
        number, speakers = given.get(answer.value, (0, 0))
        yield answer.value, Column(
            id=answer.value.rpartition("/")[2], place=place, letter=_letter(place), label=clip(label.value), lang=label.lang,
            claims=tuple(cards(reader, reader.claims(f"?claim kb:supportsAnswer {answer}")[:MOST]).values()) if number else (), number=number, speakers=speakers, origins=origins.get(answer.value, 0),
        )  # fmt: skip


def _letter(place: int) -> str:
    """Return A to Z, then AA, AB …"""
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


def _ties(reader: Reader, question: str, columns: dict[str, Column]) -> Iterator[Tie]:
    """Yield each pair of answers once, and what is one-sided (limits) from the one that limits."""
    scopes = _scopes(reader, question)
    query = f"SELECT ?one ?tie ?other {{ {iri(question)} kb:answer ?one . ?one ?tie ?other . FILTER(?tie IN (kb:excludes, kb:competesWith, kb:qualifies)) }} ORDER BY ?one ?tie ?other"
    found = []
    for one, property_, other in reader.rows(query):
        how = _TIES[property_.rpartition("/")[2]]
        if other in columns and (how == "limits" or columns[one].place < columns[other].place):
            met = bool(columns[one].number and columns[other].number)
            found.append(Tie(how=how, one=columns[one], other=columns[other], is_met=met, scope=scopes.get(frozenset((one, other)), "")))
    yield from sorted(found, key=lambda tie: (list(_TIES.values()).index(tie.how), tie.one.place, tie.other.place))


def _scopes(reader: Reader, question: str) -> dict[frozenset[str], str]:
    """Return which pairs of answers are (also) given by one and the same voice."""
    query = f"SELECT ?one ?other {{ ?node kb:onQuestion {iri(question)} ; kb:internal true ; kb:position ?one, ?other . FILTER(STR(?one) < STR(?other)) }}"
    return {frozenset(row): "within one voice" for row in map(tuple, reader.rows(query))}
