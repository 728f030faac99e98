"""Claims that meet: the same pairs as by looking at all, counted without a list, in work that grows with claims."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb.compare
from kb.compare import Comparison, Proposal, new_ones, score
from kb.compare.meeting import MOST_OF_ONE_VOICE, count, meeting
from kb.compare.model import Clash, Given, Position, QuestionResult
from kb.compare.proposals import MOST_PAIRS, Score, Side, propose_on
from kb.compare.stated import Stated
from kb.show.proposals import summary, write_table

CODE = str(Path(kb.compare.__file__).parent)
DAY = date(2031, 5, 3)


def claim(name: str, *, speaker: str = "ada", article: str = "one", start: int = 0, days: int = 1, **more: object) -> Stated:
    words = {"label": "", "speaker_label": speaker, "event": "storm", "type": "movement", "polarity": "affirmed", "modality": "asserted"} | more
    return Stated(claim=name, speaker=speaker, article=article, earliest=DAY + timedelta(start), latest=DAY + timedelta(start + days - 1), **words)


@st.composite
def sides(draw: st.DrawFn) -> list[list[Stated]]:
    number = st.integers(0, 2)
    found: list[list[Stated]] = [[], [], []]
    for place in range(draw(st.integers(0, 14))):
        at = draw(st.integers(0, 6))
        words = {"speaker": "abc"[draw(number)], "article": "xy"[draw(st.integers(0, 1))], "evidence": ((at, at + 3),)}
        found[draw(number)].append(claim(f"c{place:02}", start=draw(st.integers(0, 9)), days=draw(st.integers(1, 5)), **words))
    return found


@given(sides(), st.booleans())
def test_pairs_are_those_found_by_looking_at_all_and_as_many_as_are_counted(sides: list[list[Stated]], between: bool) -> None:
    def clash(one: Stated, other: Stated) -> bool:
        same_time = one.earliest <= other.latest and other.earliest <= one.latest
        return same_time and not one.overlaps(other) and not (between and one.speaker == other.speaker)

    wanted = {frozenset((a.claim, b.claim)) for one, other in combinations(sides, 2) for a in one for b in other if clash(a, b)}
    placed = [((number,), each) for number, side in enumerate(sides) for each in side]
    found = [frozenset((a.claim, b.claim)) for a, b in meeting(placed, between=between)]
    assert set(found) == wanted and len(found) == len(wanted) == count(sides, between=between)


def test_claims_meet_only_where_all_their_groups_differ() -> None:
    placed = [(("yes", 0), claim("a")), (("yes", 1), claim("b")), (("no", 0), claim("c")), (("no", 1), claim("d"))]
    assert [(one.claim, other.claim) for one, other in meeting(placed)] == [("b", "c"), ("a", "d")]


def test_a_claim_is_weighed_against_a_hundred_of_its_own_voice() -> None:
    placed = [((number,), claim(f"{number:04}")) for number in range(MOST_OF_ONE_VOICE + 2)]
    pairs = list(meeting(placed))
    assert len(pairs) == len(placed) * (len(placed) - 1) // 2 - 1 == count([[each] for _, each in placed])


def test_pairs_beyond_a_thousand_of_a_proposal_are_counted_and_left_out() -> None:
    claims = tuple(tuple(claim(f"{word}{number}", speaker=f"{word}{number}") for number in range(40)) for word in ("a", "b"))
    proposal = Proposal(rule="occurred", about="storm", sides=tuple(Side(value=str(number), claims=side) for number, side in enumerate(claims)))
    found = score([proposal], Comparison(questions=()))
    assert (found.proposed, found.left_out, proposal.count()) == (MOST_PAIRS, 600, 1_600)


def two_sides(number: int) -> dict[str, object]:
    return {"speaker": f"s{number}", "polarity": "negated" if number % 2 else "affirmed"}


WORLDS: dict[str, Callable[[int], dict[str, object]]] = {
    "all of one day": two_sides,
    "each of its own day": lambda number: two_sides(number) | {"start": number},
    "of days that hang together, and one for all": lambda number: two_sides(number) | {"start": number if number else -9, "days": 2 if number else 9_999},
    "one voice, one place": lambda number: two_sides(number) | {"speaker": "ada", "evidence": ((0, 9),)},
    "one voice that judges both ways": lambda number: {"speaker": "ada", "valence": ("favourable", "unfavourable")[number % 2], "toward": ("boats",)},
    "each its own cause": lambda number: two_sides(number) | {"roles": {"cause": frozenset({f"cause-{number}"})}},
    "each its own amount": lambda number: two_sides(number) | {"quantity": ("count", "boat", float(number), float(number))},
    "each its own actor": lambda number: two_sides(number) | {"act": {"agent": (frozenset({f"actor-{number}"}),) * 2}},
    "causes that bridge each other": lambda number: two_sides(0) | {"speaker": f"s{number}", "roles": {"cause": frozenset({f"c-{number // 2}", f"c-{number // 2 + number % 2}"})}},
    "ranges that bridge each other": lambda number: {"speaker": f"s{number}", "quantity": ("count", "boat", float(number), float(number + number % 3))},
    "effects of an event and of a cause each": lambda number: {
        "speaker": f"s{number}", "impact": ("none", "severe")[number % 2], "roles": {"cause": frozenset({f"cause-{number // 4}"})},
    },
    "each its own event": lambda number: two_sides(number) | {"event": f"event-{number // 4}"},
}


@pytest.mark.parametrize("answers", [1, 2], ids=["one answer entered", "two answers entered"])
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_work_grows_no_faster_than_claims(world: Callable[[int], dict[str, object]], answers: int) -> None:
    few, many = (_work([claim(f"c{number:05}", **world(number)) for number in range(count)], answers) for count in (250, 1_000))
    assert many < 4.8 * few


def _work(claims: list[Stated], answers: int) -> int:
    """Return how many instructions of this package it takes to propose, and to set that against what is entered."""
    comparison = _entered(claims, answers)
    done = 0

    def each(frame: object, event: str, _: object) -> object:
        nonlocal done
        if not frame.f_code.co_filename.startswith(CODE):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        done += event == "opcode"
        return each

    before = sys.gettrace()
    sys.settrace(each)
    try:
        found = propose_on(claims, {})
        list(new_ones(found, comparison))
        score(found, comparison)
    finally:
        sys.settrace(before)
    return done


def _entered(claims: list[Stated], answers: int) -> Comparison:
    """Return a comparison in which the claims give answers in turn; two exclude each other."""
    given: list[list[Given]] = [[] for _ in range(answers)]
    for number, one in enumerate(claims):
        words = {"label": "", "article": one.article, "speaker": one.speaker, "speaker_label": "", "voice": "quoted", "zone": "body"}
        given[number // 2 % answers].append(Given(claim=one.claim, answer=f"a{number // 2 % answers}", **words))
    positions = tuple(Position(answer=f"a{number}", label="", claims=tuple(each)) for number, each in enumerate(given))
    clashes = (Clash(iri="q/clash", kind="contradiction", one=positions[0], other=positions[1], scopes=()),) if answers > 1 else ()
    return Comparison(questions=(QuestionResult(question="q", label="", kind="fact", strength="", positions=positions, clashes=clashes),))


def test_a_table_is_bounded_and_says_how_much_more_there_is() -> None:
    sides = tuple(Side(value=str(value), claims=tuple(claim(f"c{value}-{number}") for number in range(14))) for value in range(12))
    out = io.StringIO()
    write_table([Proposal(rule="quantities", about="storm", sides=sides)], "sum", out, "https://kb.example/")
    assert out.getvalue().count("    and 4 more\n") == 10 and "  and 2 more values, of 28 claims\n" in out.getvalue()
    assert "2 pairs beyond the first 1,000 of a proposal are left out" in summary([], [], Score(3, 2, 1, 2))
    assert summary([], [], Score(3, 2, 1)).endswith("propose 1 that are not")
