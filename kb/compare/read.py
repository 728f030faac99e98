"""From the store to objects: a few flat queries, each once, joined here by IRI; the work grows with claims that take positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kb.compare.model import Given, Position
from kb.compare.ties import Links, Ties
from kb.ids import NS
from kb.query import StoredQuery
from kb.rows import Term, iri
from kb.store import Store
from kb.vocab import HOLDS_OFFICE, PREFIXES

_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("kb", "rdfs", "dcterms", "schema", "oa"))
_GIVEN = "VALUES ?question { %s } ?question kb:answer ?answer . ?claim kb:supportsAnswer ?answer . "


@dataclass(frozen=True, slots=True)
class Asked:
    """A question without its answers' claims."""

    question: str
    label: str
    kind: str
    strength: str
    answers: tuple[str, ...]


@dataclass(slots=True)
class _Said:
    step: int = -1
    text: str = ""
    earliest: date | None = None
    latest: date | None = None
    behalf: tuple[str, ...] = ()


@dataclass
class Reading:
    """What one store says of some questions, of all when none are named."""

    store: Store
    questions: Sequence[str] = ()
    labels: dict[str, str] = field(default_factory=dict)
    held: Sequence[tuple[str, str]] | None = None

    def rows(self, text: str) -> Iterator[list[str]]:
        """Yield the rows of a query as texts, the empty text where unbound."""
        values = " ".join(str(iri(one)) for one in self.questions) or "UNDEF"
        for row in self.store.query(_HEAD + text.replace("%s", values)).rows:
            yield [_text(term) for term in row]

    @cached_property
    def asked(self) -> list[Asked]:
        pattern = "VALUES ?question { %s } ?question a kb:Question ; rdfs:label ?label ; kb:questionKind ?kind ; kb:answer ?answer . ?answer rdfs:label ?words"
        found: dict[str, Asked] = {}
        query = f"SELECT * {{ {pattern} OPTIONAL {{ ?question kb:strength ?strength }} }} ORDER BY ?question ?answer"
        for row in self.named(query, "question label kind strength answer words"):
            question, label, kind, strength, answer, words = row
            self.labels |= {question: label, answer: words}
            before = found[question].answers if question in found else ()
            found[question] = Asked(question, label, _word(kind), _word(strength), (*before, answer))
        return list(found.values())

    def named(self, text: str, columns: str) -> Iterator[list[str]]:
        """Yield rows of a `SELECT *` in the order of `columns`."""
        return self.rows(text.replace("SELECT *", "SELECT " + " ".join(f"?{name}" for name in columns.split())))

    @cached_property
    def answer_ties(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Property → answer → answers."""
        found: dict[str, dict[str, tuple[str, ...]]] = {"excludes": {}, "competesWith": {}, "qualifies": {}}
        values = " ".join(f"kb:{name}" for name in found)
        query = f"SELECT ?one ?tie ?other {{ VALUES ?tie {{ {values} }} ?one ?tie ?other }} ORDER BY ?one ?tie ?other"
        for one, tie, other in self.rows(query):
            by_answer = found[tie.removeprefix(NS)]
            by_answer[one] = (*by_answer.get(one, ()), other)
        return found

    def position(self, answer: str, claims: Iterable[Given]) -> Position:
        ties = self.answer_ties
        return Position(
            answer=answer, label=self.labels.get(answer, ""), claims=tuple(claims), excludes=ties["excludes"].get(answer, ()),
            competes=ties["competesWith"].get(answer, ()), qualifies=ties["qualifies"].get(answer, ()),
        )  # fmt: skip

    @cached_property
    def given(self) -> dict[str, list[Given]]:
        """Answer → the claims that give it, by article and place in the text."""
        evidence, said = self._evidence(), self._said()
        wires, anchors = self._wires(), self._anchors()
        pattern = _GIVEN + "?claim rdfs:label ?label ; kb:reportedIn ?article ; kb:speaker ?speaker ; kb:voice ?voice ; kb:zone ?zone . "
        bounds = "".join(f"OPTIONAL {{ ?claim kb:{name} ?{name} }} " for name in ("time", "earliest", "latest"))
        columns = "claim answer label article speaker voice zone time earliest latest"
        found: dict[str, list[Given]] = {}
        for row in self.named(f"SELECT * {{ {pattern}{bounds}}}", columns):
            claim, answer, label, article, speaker, voice, zone, time, earliest, latest = row
            words, anchor = said.get(claim, _Said()), anchors.get(article, (None, None))
            own = _word(voice) in ("article", "metadata") or words.step < 1
            until = anchor[1] if own else min((day for day in (words.latest, anchor[1]) if day), default=None)
            found.setdefault(answer, []).append(Given(
                claim=claim, answer=answer, label=label, article=article, speaker=speaker, voice=_word(voice), zone=_word(zone),
                speaker_label=self.label(speaker), evidence=tuple(evidence.get(claim, ())), is_dated=bool(time),
                earliest=_day(earliest), latest=_day(latest), said=words.text, said_from=anchor[0] if own else words.earliest,
                said_until=until, behalf=words.behalf, wires=wires.get(article, ()),
            ))  # fmt: skip
        for claims in found.values():
            claims.sort(key=lambda one: (one.article, one.evidence, one.claim))
        return found

    def _evidence(self) -> dict[str, list[tuple[int, int]]]:
        path = "?claim kb:evidence/oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end"
        found: dict[str, list[tuple[int, int]]] = {}
        for claim, start, end in self.rows(f"SELECT DISTINCT ?claim ?start ?end {{ {_GIVEN}{path} }} ORDER BY ?claim ?start"):
            found.setdefault(claim, []).append((int(start), int(end)))
        return found

    def _said(self) -> dict[str, _Said]:
        """Claim → its last step of attribution, the speaker's."""
        step = "?claim kb:attribution ?node . ?node kb:step ?step . "
        parts = {"time": "time", "earliest": "earliest", "latest": "latest", "onBehalfOf": "behalf"}
        optional = "".join(f"OPTIONAL {{ ?node kb:{name} ?{column} }} " for name, column in parts.items())
        found: dict[str, _Said] = {}
        query = f"SELECT DISTINCT * {{ {_GIVEN}{step}{optional} }} ORDER BY ?claim ?step ?behalf"
        for claim, number, time, earliest, latest, behalf in self.rows(query.replace("*", "?claim ?step ?time ?earliest ?latest ?behalf", 1)):
            before = found.get(claim, _Said())
            if int(number) > before.step:
                found[claim] = _Said(int(number), time, _day(earliest), _day(latest), (behalf,) if behalf else ())
            elif int(number) == before.step and behalf and behalf not in before.behalf:
                before.behalf += (behalf,)
        return found

    def _wires(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for article, wire in self.rows("SELECT ?article ?wire { ?article a schema:NewsArticle ; kb:origin ?wire } ORDER BY ?article ?wire"):
            found[article] = (*found.get(article, ()), wire)
        return found

    def _anchors(self) -> dict[str, tuple[date | None, date | None]]:
        query = "SELECT ?article ?earliest ?latest { ?article a schema:NewsArticle . OPTIONAL { ?article kb:earliest ?earliest } OPTIONAL { ?article kb:latest ?latest } }"
        return {article: (_day(earliest), _day(latest)) for article, earliest, latest in self.rows(query)}

    @cached_property
    def _names(self) -> dict[str, str]:
        query = "SELECT ?thing ?label { VALUES ?class { kb:Entity schema:NewsArticle } ?thing a ?class ; rdfs:label ?label }"
        return dict(self.rows(query))

    def label(self, thing: str) -> str:
        return self._names.get(thing) or self.labels.get(thing) or thing.rpartition("/")[2]

    @cached_property
    def offices(self) -> list[tuple[str, str]]:
        """Return (person, office) as claims have it, each once: it decides who speaks for a state."""
        if self.held is not None:
            return list(self.held)
        query = f'SELECT DISTINCT ?person ?office {{ ?claim kb:predicate "{HOLDS_OFFICE}" ; kb:subject ?person ; kb:object ?office }} ORDER BY ?person ?office'
        return [(person, office) for person, office in self.rows(query)]

    @cached_property
    def ties(self) -> Ties:
        links = Links()
        for name, class_ in self.rows("SELECT ?name ?class { ?name a kb:Entity ; a ?class }"):
            links.classes.setdefault(name, set()).add(class_)
        for name, country in self.rows("SELECT ?name ?country { ?name kb:country ?country }"):
            links.country.setdefault(name, set()).add(country)
        for name, other in self.rows("SELECT ?name ?other { ?name a kb:Entity ; dcterms:isPartOf|schema:memberOf ?other }"):
            links.above.setdefault(name, set()).add(other)
        for person, office in self.offices:
            links.offices.setdefault(person, set()).add(office)
        return Ties(links)

    def related(self, query: StoredQuery) -> list[list[str]]:
        """Return the rows of `claims-set-against-each-other`."""
        return [[_text(term) for term in row] for row in self.store.query(query.text).rows]


def read(store: Store, questions: Sequence[str] = (), *, held: Sequence[tuple[str, str]] | None = None) -> Reading:
    """Return what a store says of some questions; nothing is asked before it is needed.

    `held` is who holds which office, where the caller knows it: to ask a store of millions for it takes seconds.
    """
    return Reading(store, questions, held=held)


def _text(term: Term | None) -> str:
    return "" if term is None else term.value


def _word(concept: str) -> str:
    return concept.rpartition("/")[2]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
