"""The comparison itself: answers that exclude or rival each other and are both given, answers that several origins give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from kb.compare.adverse import Parties, Sides
from kb.compare.model import Clash, Comparison, Corroboration, Given, Position, QuestionResult, Relation
from kb.compare.origins import fold
from kb.compare.read import Asked, Reading, read
from kb.query import StoredQuery
from kb.store import Store

_STRENGTHS = ("weak", "medium", "strong")
MOST_ADVERSE = 50  # pairs of adverse parties told of one corroboration, at most
BETWEEN, SPEAKER, ARTICLE = "between speakers", "within one speaker", "within one article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What to show. `entity` takes part in a claim or says it; `as_of`: only what had surely been said by that day."""

    questions: Collection[str] = ()
    entity: str | None = None
    kinds: Collection[str] = ()
    min_strength: str | None = None
    as_of: date | None = None


def compare(store: Store, wanted: Filter | None = None, *, words: StoredQuery | None = None) -> Comparison:
    """Return what the claims in a store disagree and agree on.

    `words` is the query for an article's own words of relation; without it none are looked for.
    """
    wanted, reading = wanted or Filter(), read(store)
    results, undated = [], 0
    for asked in reading.asked:
        positions, left_out = _positions(asked, reading, wanted.as_of)
        undated += left_out
        results.append(_result(asked, positions, reading))
    results = _with_adverse(results, reading)
    relations = tuple(_relations(reading.related(words), results)) if words else ()
    shown = tuple(_shown(results, reading, wanted))
    claims = {claim.claim for result in shown for position in result.positions for claim in position.claims}
    if wanted.as_of is not None:
        relations = tuple(one for one in relations if claims.issuperset(one.members))
    elif len(shown) < len(results):
        relations = tuple(one for one in relations if claims & set(one.members))
    names = {thing: reading.label(thing) for thing in _things(shown)}
    return Comparison(questions=shown, relations=relations, names=names, undated=undated)


def _positions(asked: Asked, reading: Reading, as_of: date | None) -> tuple[tuple[Position, ...], int]:
    """Return the answers with their claims, and how many claims are left out because it is not known when they were said."""
    positions, undated = [], 0
    for answer in asked.answers:
        claims = reading.given.get(answer, [])
        if as_of is not None:
            undated += sum(claim.said_until is None for claim in claims)
            claims = [claim for claim in claims if claim.said_until is not None and claim.said_until <= as_of]
        positions.append(reading.position(answer, claims))
    return tuple(positions), undated


def _result(asked: Asked, positions: tuple[Position, ...], reading: Reading) -> QuestionResult:
    return QuestionResult(
        question=asked.question, label=asked.label, kind=asked.kind, strength=asked.strength, positions=positions,
        clashes=tuple(clashes(asked.question, positions)), corroborations=tuple(_corroborations(asked.question, positions, reading)),
    )  # fmt: skip


def clashes(question: str, positions: Sequence[Position]) -> Iterator[Clash]:
    """Yield the pairs of answers that exclude or rival each other and are both given: their number grows with answers."""
    given = {position.answer: Side(position) for position in positions if position.claims}
    for answer, one in given.items():
        kinds = dict.fromkeys(one.position.competes, "rivalry") | dict.fromkeys(one.position.excludes, "contradiction")
        for other in sorted(kinds.keys() & given.keys()):
            if answer < other:
                yield _clash(question, kinds[other], one, given[other])


class Side:
    """An answer that is given: who gives it, in which articles' own voice, and of which time; claims are looked at once."""

    def __init__(self, position: Position) -> None:
        self.position, own = position, [claim for claim in position.claims if claim.is_own_voice]
        self.speakers = {claim.speaker for claim in position.claims}
        self.articles = {claim.article for claim in own}
        self.own = {(claim.article, claim.speaker) for claim in own}
        self.span = _span(position.claims)


def _clash(question: str, kind: str, one: Side, other: Side) -> Clash:
    scopes, voices = _scopes(one, other)
    same, earliest, latest = _common_time(one.span, other.span)
    ends = "/".join(side.position.answer.removeprefix(f"{question}/") for side in (one, other))
    return Clash(
        iri=f"{question}/{kind}/{ends}", kind=kind, one=one.position, other=other.position, scopes=scopes, voices=voices,
        same_time=same, earliest=earliest, latest=latest,
    )  # fmt: skip


def _scopes(one: Side, other: Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return between and within whom two sides clash, and the voices that give both."""
    voices, articles = one.speakers & other.speakers, one.articles & other.articles
    own = {speaker for article, speaker in (one.own | other.own if articles else ()) if article in articles}
    scopes = [BETWEEN] if len(one.speakers) > 1 or one.speakers != other.speakers else []
    scopes += [SPEAKER] if voices - own else []
    scopes += [ARTICLE] if articles else []
    return tuple(scopes), tuple(sorted(voices))


_Span = tuple[date, date] | None


def _common_time(one: _Span, other: _Span) -> tuple[bool | None, date | None, date | None]:
    if one is None or other is None:
        return None, None, None
    earliest, latest = max(one[0], other[0]), min(one[1], other[1])
    if earliest > latest:
        return False, None, None
    return True, earliest if earliest > date.min else None, latest if latest < date.max else None


def _span(claims: Iterable[Given]) -> _Span:
    dated = [(claim.earliest or date.min, claim.latest or date.max) for claim in claims if claim.is_dated]
    return (min(start for start, _ in dated), max(end for _, end in dated)) if dated else None


def _corroborations(question: str, positions: Iterable[Position], reading: Reading) -> Iterator[Corroboration]:
    for position in positions:
        if len({claim.speaker for claim in position.claims}) > 1:
            origins = fold(position.claims, reading.ties)
            if len(origins) > 1:
                local = position.answer.removeprefix(f"{question}/")
                yield Corroboration(iri=f"{question}/corroboration/{local}", position=position, origins=origins)


def _with_adverse(results: list[QuestionResult], reading: Reading) -> list[QuestionResult]:
    """Return the results with each corroboration's adverse parties: those of them that contradict each other on some question."""
    parties = Parties(reading.ties)
    sides = Sides((one for result in results for one in result.clashes if one.kind == "contradiction"), parties)

    def adverse(corroboration: Corroboration) -> Corroboration:
        found = tuple(islice(sides.opposed(parties.of(corroboration.position)), MOST_ADVERSE + 1))
        return replace(corroboration, adverse=found[:MOST_ADVERSE], has_more_adverse=len(found) > MOST_ADVERSE)

    return [replace(result, corroborations=tuple(map(adverse, result.corroborations))) for result in results]


def _relations(rows: Iterable[Sequence[str]], results: Iterable[QuestionResult]) -> Iterator[Relation]:
    """Yield each word of relation once, with the questions where the comparison finds the same."""
    answers: dict[str, set[str]] = {}
    opposed: dict[str, set[str]] = {}
    question_of: dict[str, str] = {}
    for result in results:
        for position in result.positions:
            question_of[position.answer] = result.question
            opposed[position.answer] = {*position.excludes, *position.competes}
            for claim in position.claims:
                answers.setdefault(claim.claim, set()).add(position.answer)
    found: dict[str, Relation] = {}
    for claim, word, bearing, one, other, label in rows:
        before = found.get(claim) or Relation(claim=claim, label=label, word=word, bearing=bearing, members=())
        left, right = answers.get(one, set()), answers.get(other, set())
        shared = {a for a in left if opposed[a] & right} if bearing == "against" else left & right
        members = tuple(dict.fromkeys((*before.members, one, other)))
        where = tuple(sorted({*before.found, *(question_of[answer] for answer in shared)}))
        found[claim] = replace(before, members=members, found=where)
    yield from found.values()


def _shown(results: Iterable[QuestionResult], reading: Reading, wanted: Filter) -> Iterator[QuestionResult]:
    about = _claims_about(reading, wanted.entity) if wanted.entity else set()
    for result in results:
        claims = {claim.claim for position in result.positions for claim in position.claims}
        if wanted.questions and result.question not in wanted.questions:
            continue
        if wanted.kinds and result.kind not in wanted.kinds:
            continue
        if wanted.min_strength and _rank(result.strength) < _rank(wanted.min_strength):
            continue
        if wanted.entity and not claims & about:
            continue
        if claims or wanted.as_of is None:
            yield result


def _rank(strength: str) -> int:
    return _STRENGTHS.index(strength) if strength in _STRENGTHS else -1


def _claims_about(reading: Reading, entity: str) -> set[str]:
    from kb.rows import iri

    return {row[0] for row in reading.rows(f"SELECT DISTINCT ?claim {{ ?claim kb:participant|kb:speaker {iri(entity)} }}")}


def _things(results: Iterable[QuestionResult]) -> set[str]:
    found: set[str] = set()
    for result in results:
        for corroboration in result.corroborations:
            found |= {party for pair in corroboration.adverse for party in pair}
            found |= {source for origin in corroboration.origins for source in (*origin.sources, *origin.folded)}
        for position in result.positions:
            found |= {claim.article for claim in position.claims} | {claim.speaker for claim in position.claims}
    return found


def pairs(clash: Clash) -> Iterator[tuple[Given, Given, str, bool | None]]:
    """Yield each pair of claims of a clash, how they clash, and whether their times overlap: only when asked for, as it is quadratic."""
    others = [(claim, _span([claim])) for claim in clash.other.claims]
    for one in clash.one.claims:
        span = _span([one])
        for other, time in others:
            yield one, other, _scope(one, other), _common_time(span, time)[0]


def _scope(one: Given, other: Given) -> str:
    if one.article == other.article and one.is_own_voice and other.is_own_voice:
        return ARTICLE
    return SPEAKER if one.speaker == other.speaker else BETWEEN
