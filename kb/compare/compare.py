"""The comparison itself: answers that exclude or rival each other and are both given, answers that several origins give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.compare.model import Agreement, Clash, Comparison, Given, Position, QuestionResult, Relation
from kb.compare.origins import fold
from kb.compare.read import Asked, Reading, read
from kb.query import StoredQuery
from kb.store import Store

_STRENGTHS = ("weak", "medium", "strong")
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
        clashes=tuple(clashes(asked.question, positions)), agreements=tuple(_agreements(asked.question, positions, reading)),
    )  # fmt: skip


def clashes(question: str, positions: Sequence[Position]) -> Iterator[Clash]:
    """Yield the pairs of answers that exclude or rival each other and are both given: their number grows with answers."""
    given = [position for position in positions if position.claims]
    for one in given:
        for other in given:
            if one.answer < other.answer:
                if other.answer in one.excludes:
                    yield clash(question, "contradiction", one, other)
                elif other.answer in one.competes:
                    yield clash(question, "rivalry", one, other)


def clash(question: str, kind: str, one: Position, other: Position) -> Clash:
    """Return how two answers stand to each other. Claims are looked at once, not pair by pair."""
    scopes, voices = _scopes(one.claims, other.claims)
    same, earliest, latest = _common_time(one.claims, other.claims)
    ends = "/".join(answer.removeprefix(f"{question}/") for answer in (one.answer, other.answer))
    return Clash(
        iri=f"{question}/{kind}/{ends}", kind=kind, one=one, other=other, scopes=scopes, voices=voices,
        same_time=same, earliest=earliest, latest=latest,
    )  # fmt: skip


def _scopes(one: Iterable[Given], other: Iterable[Given]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    left, right = list(one), list(other)
    speakers = {claim.speaker for claim in left}, {claim.speaker for claim in right}
    voices = speakers[0] & speakers[1]
    articles = {claim.article for claim in left if claim.is_own_voice} & {claim.article for claim in right if claim.is_own_voice}
    own = {claim.speaker for claim in (*left, *right) if claim.is_own_voice and claim.article in articles}
    scopes = [BETWEEN] if len(speakers[0] | speakers[1]) > 1 else []
    scopes += [SPEAKER] if voices - own else []
    scopes += [ARTICLE] if articles else []
    return tuple(scopes), tuple(sorted(voices))


def _common_time(one: Iterable[Given], other: Iterable[Given]) -> tuple[bool | None, date | None, date | None]:
    spans = [_span(side) for side in (one, other)]
    if None in spans:
        return None, None, None
    earliest, latest = max(span[0] for span in spans), min(span[1] for span in spans)
    if earliest > latest:
        return False, None, None
    return True, earliest if earliest > date.min else None, latest if latest < date.max else None


def _span(claims: Iterable[Given]) -> tuple[date, date] | None:
    dated = [(claim.earliest or date.min, claim.latest or date.max) for claim in claims if claim.is_dated]
    return (min(start for start, _ in dated), max(end for _, end in dated)) if dated else None


def _agreements(question: str, positions: Iterable[Position], reading: Reading) -> Iterator[Agreement]:
    for position in positions:
        if len({claim.speaker for claim in position.claims}) > 1:
            origins = fold(position.claims, reading.ties)
            if len(origins) > 1:
                local = position.answer.removeprefix(f"{question}/")
                yield Agreement(iri=f"{question}/corroboration/{local}", position=position, origins=origins)


def _parties(claims: Iterable[Given], reading: Reading) -> set[str]:
    """Return who stands behind claims: the camps of speakers, and each article's own voice for itself."""
    found: set[str] = set()
    for claim in claims:
        found |= {claim.speaker} if claim.is_own_voice else reading.ties.camps(claim.speaker)
    return found


def _with_adverse(results: list[QuestionResult], reading: Reading) -> list[QuestionResult]:
    """Return the results with each agreement's adverse parties: those of them that contradict each other on some question."""
    sides: dict[str, dict[int, set[int]]] = {}
    number = 0
    for result in results:
        for one in result.clashes:
            if one.kind == "contradiction":
                for side, position in enumerate((one.one, one.other)):
                    for party in _parties(position.claims, reading):
                        sides.setdefault(party, {}).setdefault(number, set()).add(side)
                number += 1

    def adverse(agreement: Agreement) -> Agreement:
        parties = sorted(_parties(agreement.position.claims, reading) & sides.keys())
        found = tuple((a, b) for a in parties for b in parties if a < b and _opposed(sides[a], sides[b]))
        return replace(agreement, adverse=found)

    return [replace(result, agreements=tuple(map(adverse, result.agreements))) for result in results]


def _opposed(one: dict[int, set[int]], other: dict[int, set[int]]) -> bool:
    """Whether two parties stand on different sides of some contradiction, neither of them on both."""
    return any(len(sides) == 1 and len(other[number]) == 1 and sides != other[number] for number, sides in one.items() if number in other)


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
        for agreement in result.agreements:
            found |= {party for pair in agreement.adverse for party in pair}
            found |= {source for origin in agreement.origins for source in (*origin.sources, *origin.folded)}
        for position in result.positions:
            found |= {claim.article for claim in position.claims} | {claim.speaker for claim in position.claims}
    return found


def pairs(clash_: Clash) -> Iterator[tuple[Given, Given, str, bool | None]]:
    """Yield each pair of claims of a clash, how they clash, and whether their times overlap: only when asked for, as it is quadratic."""
    for one in clash_.one.claims:
        for other in clash_.other.claims:
            [*_, scope] = _scopes([one], [other])[0]
            yield one, other, scope, _common_time([one], [other])[0]
