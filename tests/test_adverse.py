"""Adverse parties and entered pairs, counted at once, beside the same counted pair by pair."""

from __future__ import annotations

from itertools import combinations, product
from random import Random

import pytest

from kb.compare import Clash, Comparison, Given, Position, QuestionResult, Ties, score
from kb.compare.adverse import Parties, Sides
from kb.compare.compare import MOST_ADVERSE, _with_adverse
from kb.compare.model import Corroboration
from kb.compare.ties import Links


def position(answer: str, claims: list[tuple[str, str]]) -> Position:
    given = (
        Given(claim=claim, answer=answer, label="", article="a", speaker=speaker, speaker_label="", voice="direct", zone="body")
        for claim, speaker in claims
    )
    return Position(answer=answer, label="", claims=tuple(given))


def clash(number: int, one: list[tuple[str, str]], other: list[tuple[str, str]]) -> Clash:
    ends = position(f"{number}/a", one), position(f"{number}/b", other)
    return Clash(iri=str(number), kind="contradiction", one=ends[0], other=ends[1], scopes=())


def result(number: int, *found: Clash, corroborations: tuple[Corroboration, ...] = ()) -> QuestionResult:
    return QuestionResult(question=str(number), label="", kind="fact", strength="", positions=(), clashes=found, corroborations=corroborations)


def some(rng: Random, number: int) -> list[tuple[str, str]]:
    """Return claims of a few speakers; a claim may answer other questions too, and both ways."""
    return [(f"c{rng.randrange(12)}", f"s{rng.randrange(8)}") for _ in range(number)]


@pytest.mark.parametrize("seed", range(12))
def test_adverse_parties_are_those_that_pairs_of_sides_show(seed: int) -> None:
    rng = Random(seed)
    found = [clash(number, some(rng, 4), some(rng, 3)) for number in range(5)]
    sides = [({c.speaker for c in one.one.claims}, {c.speaker for c in one.other.claims}) for one in found]
    alone = [(left - right, right - left) for left, right in sides]
    names = [f"s{number}" for number in range(8)]
    expected = [
        (a, b) for a, b in combinations(names, 2) if any((a in x and b in y) or (a in y and b in x) for x, y in alone)
    ]
    assert list(Sides(found, Parties(Ties(Links()))).opposed(set(names))) == expected


def test_nobody_is_adverse_where_nothing_is_contradicted() -> None:
    assert not list(Sides([], Parties(Ties(Links()))).opposed({"one", "other"}))


class Read:
    ties = Ties(Links())


def test_of_thousands_of_adverse_pairs_the_first_are_told_and_that_there_are_more() -> None:
    east, west = ([(f"{side}{n:03}", f"{side}{n:03}") for n in range(60)] for side in ("e", "w"))
    agreed = Corroboration(iri="1/corroboration/a", position=position("1/a", east + west), origins=())
    [_, found] = _with_adverse([result(0, clash(0, east, west)), result(1, corroborations=(agreed,))], Read())
    [told] = found.corroborations
    assert told.adverse == (*((east[0][0], other) for other, _ in west[:MOST_ADVERSE]),) and told.has_more_adverse


@pytest.mark.parametrize("seed", range(12))
def test_pairs_entered_are_counted_as_if_each_were_listed(seed: int) -> None:
    rng = Random(seed)
    results = [result(number, clash(number, some(rng, 5), some(rng, 5))) for number in range(4)]
    pairs = {
        frozenset((one.claim, other.claim)) for each in results for found in each.clashes
        for one, other in product(found.one.claims, found.other.claims)
    }  # fmt: skip
    assert score([], Comparison(questions=tuple(results))).curated == len(pairs)
