"""From the store to objects: a few flat queries, each once, joined here by IRI; the work grows with claims that take positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache

from kb.compare.model import Given, Position
from kb.compare.ties import Holding, Links, Ties, holding
from kb.ids import NS, concept
from kb.query import StoredQuery
from kb.rows import iri
from kb.store import Store
from kb.vocab import HELD_AS, HOLDS_OFFICE, OWN_VOICE, PREFIXES

_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("kb", "rdfs", "dcterms", "schema", "oa"))
# An article's graph holds all of its claims' nodes: to stay in it halves the work. Joined and sorted here, as each lookup
# of the engine takes 10 to 20 µs, and DISTINCT and ORDER BY as long again.
_GIVEN = "VALUES ?question { %s } ?question kb:answer ?answer . GRAPH ?graph { ?claim kb:supportsAnswer ?answer . "
_ARTICLE = "?article a schema:NewsArticle . "


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
    """What one store says of some questions, of all when none are named.

    With `bare`, claims have what tells origins and times apart (speaker, voice, when, on whose behalf, article's head, time), and nothing else.
    """

    store: Store
    questions: Sequence[str] = ()
    labels: dict[str, str] = field(default_factory=dict)
    held: Sequence[Holding] | None = None
    bare: bool = False
    _about: dict[str, set[str]] = field(default_factory=dict)

    def rows(self, text: str) -> Iterator[list[str]]:
        """Yield the rows of a query as texts, the empty text where unbound."""
        values = " ".join(str(iri(one)) for one in self.questions) or "UNDEF"
        return self.store.texts(_HEAD + text.replace("%s", values))

    @cached_property
    def asked(self) -> list[Asked]:
        pattern = "VALUES ?question { %s } ?question a kb:Question ; rdfs:label ?label ; kb:questionKind ?kind ; kb:answer ?answer . ?answer rdfs:label ?words"
        found: dict[str, Asked] = {}
        query = f"SELECT * {{ {pattern} OPTIONAL {{ ?question kb:strength ?strength }} }} ORDER BY ?question ?answer"
        for row in self.named(query, "question label kind strength answer words"):
            question, label, kind, strength, answer, words = row
            self.labels |= {question: label, answer: words}
            before = found[question].answers if question in found else ()
            found[question] = Asked(question, label, word(kind), word(strength), (*before, answer))
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
        evidence = {} if self.bare else self._evidence()
        said, heads, anchors = self._said(), self._heads(), self._anchors()
        found: dict[str, list[Given]] = {}
        for claim, answer, article, speaker, voice, time, earliest, latest, *more in self._claims():
            label, zone = more or ("", "")
            anchor = anchors.get(article, _Said())
            words, head = said.get(claim, anchor), heads.get(article, {})
            dated = anchor if word(voice) in OWN_VOICE else words
            until = min((day for day in (dated.latest, anchor.latest) if day), default=None)
            found.setdefault(answer, []).append(Given(
                claim=claim, answer=answer, label=label, article=article, speaker=speaker, voice=word(voice), zone=word(zone),
                speaker_label="" if self.bare else self.label(speaker), evidence=tuple(evidence.get(claim, ())), is_dated=bool(time),
                earliest=_day(earliest), latest=_day(latest), said=words.text, said_from=dated.earliest,
                said_until=until, when=_days(dated) or _days(anchor) or ("", ""), behalf=words.behalf, wires=head.get("origin", ()), authors=head.get("author", ()),
                publisher="".join(head.get("publisher", ())), text="".join(head.get("sha256", ())),
            ))  # fmt: skip
        for claims in found.values():
            claims.sort(key=lambda one: (one.article, one.evidence, one.claim))
        return found

    def _claims(self) -> Iterator[list[str]]:
        pattern = "?claim kb:reportedIn ?article ; kb:speaker ?speaker ; kb:voice ?voice " + ("" if self.bare else "; rdfs:label ?label ; kb:zone ?zone ")
        columns = "claim answer article speaker voice time earliest latest" + ("" if self.bare else " label zone")
        return self.named(f"SELECT * {{ {_GIVEN}{pattern}. {_optional('claim', 'time', 'earliest', 'latest')}}} }}", columns)

    def _evidence(self) -> dict[str, list[tuple[int, int]]]:
        path = "?claim kb:evidence ?evidence . ?evidence oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end"
        found: dict[str, set[tuple[int, int]]] = {}
        for claim, start, end in self.rows(f"SELECT ?claim ?start ?end {{ {_GIVEN}{path} }} }}"):
            found.setdefault(claim, set()).add((int(start), int(end)))
        return {claim: sorted(places) for claim, places in found.items()}

    def _said(self) -> dict[str, _Said]:
        """Claim → its last step of attribution, the speaker's; none where that is the article's own step, which has its time."""
        names = ("onBehalfOf", "time", "earliest", "latest")
        pattern = "?claim kb:attribution ?node . ?node kb:step ?step . FILTER(?step > 0) " + _optional("node", *names)
        found: dict[str, _Said] = {}
        for claim, number, behalf, time, earliest, latest in self.named(f"SELECT * {{ {_GIVEN}{pattern}}} }}", " ".join(("claim", "step", *names))):
            step, before = int(number), found.get(claim)
            if before is None or step > before.step:
                found[claim] = _Said(step, time, _day(earliest), _day(latest), (behalf,) if behalf else ())
            elif step == before.step and behalf and behalf not in before.behalf:
                before.behalf = tuple(sorted((*before.behalf, behalf)))
        return found

    def _of_articles(self, pattern: str, columns: str) -> Iterator[list[str]]:
        """Yield rows on every article, or only on those whose claims answer the questions that are named."""
        where = f"{_GIVEN}?claim kb:reportedIn ?article . {pattern}}}" if self.questions else f"{_ARTICLE}{pattern}"
        return self.named(f"SELECT * {{ {where} }}", columns)

    def _heads(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Article → property → where its own words come from: its wires, who signs it, its outlet, its text.

        Asked one by one: with the property in a VALUES the engine takes five times as long.
        """
        found: dict[str, dict[str, set[str]]] = {}
        for property_ in ("kb:origin", "schema:author", "schema:publisher", "kb:sha256"):
            for article, thing in self._of_articles(f"?article {property_} ?thing ", "article thing"):
                found.setdefault(article, {}).setdefault(property_.partition(":")[2], set()).add(thing)
        return {article: {name: tuple(sorted(things)) for name, things in head.items()} for article, head in found.items()}

    def _anchors(self) -> dict[str, _Said]:
        """Article → when it speaks in its own voice."""
        rows = self._of_articles(_optional("article", "time", "earliest", "latest"), "article time earliest latest")
        return {article: _Said(0, time, _day(earliest), _day(latest)) for article, time, earliest, latest in rows}

    @cached_property
    def _names(self) -> dict[str, str]:
        query = "SELECT ?thing ?label { VALUES ?class { kb:Entity schema:NewsArticle } ?thing a ?class ; rdfs:label ?label }"
        return dict(self.rows(query))

    def label(self, thing: str) -> str:
        return self._names.get(thing) or self.labels.get(thing) or thing.rpartition("/")[2]

    @cached_property
    def offices(self) -> list[Holding]:
        """Return who holds which office as claims assert it, each once: it decides who speaks for a state."""
        if self.held is not None:
            return list(self.held)
        plain = " ; ".join(f"kb:{name} <{concept(name, value)}>" for name, value in HELD_AS.items())
        pattern = f'?claim kb:predicate "{HOLDS_OFFICE}" ; {plain} ; kb:subject ?person ; kb:object ?office ; kb:reportedIn ?article . '
        times = _optional("claim", "earliest", "latest") + "OPTIONAL { ?article kb:earliest ?first } OPTIONAL { ?article kb:latest ?last } "
        rows = self.named(f"SELECT * {{ GRAPH ?graph {{ {pattern}{times}}} }}", "person office earliest latest first last")
        return sorted({holding(person, office, (earliest, latest), (first, last)) for person, office, earliest, latest, first, last in rows})

    @cached_property
    def ties(self) -> Ties:
        links = Links()
        for name, class_ in self.rows("SELECT ?name ?class { ?name a kb:Entity ; a ?class }"):
            links.classes.setdefault(name, set()).add(class_)
        for name, country in self.rows("SELECT ?name ?country { ?name kb:country ?country }"):
            links.country.setdefault(name, set()).add(country)
        for name, other in self.rows("SELECT ?name ?other { ?name a kb:Entity ; dcterms:isPartOf|schema:memberOf ?other }"):
            links.above.setdefault(name, set()).add(other)
        links.hold(self.offices)
        return Ties(links)

    def claims_about(self, entity: str) -> set[str]:
        """Return the claims that an entity takes part in or says."""
        if entity not in self._about:
            self._about[entity] = {row[0] for row in self.rows(f"SELECT ?claim {{ ?claim kb:participant|kb:speaker {iri(entity)} }}")}
        return self._about[entity]

    def speakers(self, claims: Iterable[str]) -> dict[str, str]:
        """Return claim → its speaker."""
        values = " ".join(str(iri(claim)) for claim in sorted(claims))
        return dict(self.rows(f"SELECT ?claim ?speaker {{ VALUES ?claim {{ {values} }} ?claim kb:speaker ?speaker }}"))

    def related(self, query: StoredQuery) -> list[list[str]]:
        """Return the rows of `claims-set-against-each-other`."""
        return list(self.store.texts(query.text))


def read(
    store: Store, questions: Sequence[str] = (), *, held: Sequence[Holding] | None = None, bare: bool = False
) -> Reading:
    """Return what a store says of some questions; nothing is asked before it is needed.

    `held` is who holds which office, where the caller knows it: to ask a store of millions for it takes seconds.
    With `bare`, claims have only what tells origins and times apart.
    """
    return Reading(store, questions, held=held, bare=bare)


def _optional(node: str, *names: str) -> str:
    return "".join(f"OPTIONAL {{ ?{node} kb:{name} ?{name} }} " for name in names)


@cache
def word(concept: str) -> str:
    """Return the word of a concept's IRI in its scheme."""
    return concept.rpartition("/")[2]


def _days(said: _Said) -> tuple[str, str] | None:
    days = tuple(day.isoformat() if day else "" for day in (said.earliest, said.latest))
    return days if any(days) else None


@lru_cache(10_000)
def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
