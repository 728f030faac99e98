"""The comparison itself: answers that exclude or rival each other and are both given, answers that several origins give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from kb.compare.adverse import Parties, Sides
from kb.compare.clashes import clashes
from kb.compare.model import Comparison, Corroboration, Position, QuestionResult, Relation
from kb.compare.origins import fold
from kb.compare.read import Reading, read
from kb.query import StoredQuery
from kb.store import Store

_STRENGTHS = ("weak", "medium", "strong")
MOST_ADVERSE = 50  # pairs of adverse parties told of one corroboration, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What to show. `entity` takes part in a claim or is where it comes from; `as_of`: only what had surely been said by that day."""

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
    found = _with_adverse(list(results(reading, wanted.as_of)), reading)
    relations = tuple(_relations(reading.related(words), found, reading)) if words else ()
    wide = [result for result in found if _is_wanted(result, wanted, reading)]
    shown = tuple(result for result in wide if wanted.as_of is None or any(position.claims for position in result.positions))
    claims = {claim.claim for result in shown for position in result.positions for claim in position.claims}
    if wanted.as_of is not None:
        relations = tuple(one for one in relations if claims.issuperset(one.members))
    elif len(shown) < len(found):
        relations = tuple(one for one in relations if claims & set(one.members))
    names = {thing: reading.label(thing) for thing in _things(shown)}
    return Comparison(questions=shown, relations=relations, names=names, undated=sum(len(result.undated) for result in wide))


def results(reading: Reading, as_of: date | None = None) -> Iterator[QuestionResult]:
    """Yield what becomes of each question; with `as_of` of what had surely been said by that day."""
    for asked in reading.asked:
        given = {answer: reading.given.get(answer, []) for answer in asked.answers}
        undated: list[str] = []
        if as_of is not None:
            undated = [claim.claim for claims in given.values() for claim in claims if claim.said_until is None]
            given = {answer: [one for one in claims if one.said_until and one.said_until <= as_of] for answer, claims in given.items()}
        positions = tuple(reading.position(answer, claims) for answer, claims in given.items())
        yield QuestionResult(
            question=asked.question, label=asked.label, kind=asked.kind, strength=asked.strength, positions=positions,
            clashes=tuple(clashes(asked.question, positions)), corroborations=tuple(_corroborations(asked.question, positions, reading)),
            undated=tuple(undated),
        )  # fmt: skip


def _corroborations(question: str, positions: Iterable[Position], reading: Reading) -> Iterator[Corroboration]:
    for position in positions:
        if len(origins := fold(position.claims, reading.ties)) > 1:
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


def _relations(rows: Iterable[Sequence[str]], results: Iterable[QuestionResult], reading: Reading) -> Iterator[Relation]:
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
    shown: dict[str, set[str]] = {}
    for claim, word, bearing, one, other, label in rows:
        before = found.get(claim) or Relation(claim=claim, label=label, word=word, bearing=bearing, members=())
        left, right = answers.get(one, set()), answers.get(other, set())
        shared = {a for a in left if opposed[a] & right} if bearing == "against" else left & right
        members = tuple(dict.fromkeys((*before.members, one, other)))
        where = tuple(sorted({*before.found, *(question_of[answer] for answer in shared)}))
        shown.setdefault(claim, set()).update((one, other) if shared else ())
        found[claim] = replace(before, members=members, found=where)
    speakers = reading.speakers({member for relation in found.values() for member in relation.members})
    for claim, relation in found.items():
        agreed = {speakers[member] for member in shown[claim]} if relation.bearing == "with" else set()
        missed = (member for member in relation.members if member not in shown[claim] and speakers[member] not in agreed)
        yield replace(relation, missed=tuple(missed))


def _is_wanted(result: QuestionResult, wanted: Filter, reading: Reading) -> bool:
    claims = {claim.claim for position in result.positions for claim in position.claims}
    return (
        (not wanted.questions or result.question in wanted.questions)
        and (not wanted.kinds or result.kind in wanted.kinds)
        and (wanted.min_strength is None or _rank(result.strength) >= _rank(wanted.min_strength))
        and (wanted.entity is None or not reading.claims_about(wanted.entity).isdisjoint(claims or result.undated) or _is_source(wanted.entity, result))
    )


def _is_source(entity: str, result: QuestionResult) -> bool:
    """Whether an answer to a question comes from an entity, as the wire or a further author of an article's own words."""
    return any(entity in (*claim.sources, *claim.voices) for position in result.positions for claim in position.claims)


def _rank(strength: str) -> int:
    return _STRENGTHS.index(strength) if strength in _STRENGTHS else -1


def _things(results: Iterable[QuestionResult]) -> set[str]:
    found: set[str] = set()
    for result in results:
        for corroboration in result.corroborations:
            found |= {party for pair in corroboration.adverse for party in pair}
            found |= {source for origin in corroboration.origins for source in (*origin.sources, *origin.folded)}
        for position in result.positions:
            found |= {claim.article for claim in position.claims} | {claim.speaker for claim in position.claims}
    return found
