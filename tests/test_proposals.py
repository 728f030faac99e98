"""Proposals: each rule with what it pairs and what it must not, and how it does on the pairs that people entered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_world import built, world

from kb.build import build
from kb.compare import Proposal, compare, new_ones, propose, score
from kb.compare.proposals import Side
from kb.compare.stated import Stated
from kb.home import Home
from kb.store import open_store

ROOT = Path(__file__).parent.parent


def tells(claim: str, speaker: str | None = None, **more: str) -> dict[str, str]:
    words = {"event": "emptying", "type": "movement", "time": "2031-05-03"} | more
    return {"id": claim} | ({"speaker": speaker} if speaker else {}) | {key: word for key, word in words.items() if word}


def counted(claim: str, speaker: str, amount: str, **more: str) -> dict[str, str]:
    return tells(claim, speaker, theme="boats", quantity=f"{{{amount}, unit: boat, kind: count}}", **more)


def judges(claim: str, speaker: str | None, valence: str, **more: str) -> dict[str, str]:
    words = {"valence": valence, "subject": "harbour", "predicate": "is", "value": "so", "time": "2031-05-03"} | more
    return {"id": claim} | ({"speaker": speaker} if speaker else {}) | words


def hits(claim: str, speaker: str, impact: str, **more: str) -> dict[str, str]:
    return tells(claim, speaker, impact=impact, recipient="fishers", **more)


GOOD, BAD = "favourable", "unfavourable"
NO_EVENT = {"event": "", "type": "", "subject": "fishers", "predicate": "fare"}
CASES = {
    "affirmed and denied": ([tells("a", "ada"), tells("b", "bo", polarity="negated")], {"occurred"}),
    "affirmed and not seen": ([tells("a", "ada"), tells("b", "bo", polarity="not-observed")], {"occurred"}),
    "affirmed and still to be checked": ([tells("a", "ada"), tells("b", "bo", modality="required")], {"occurred"}),
    "affirmed twice": ([tells("a", "ada"), tells("b", "bo")], set()),
    "affirmed, and denied of another event": ([tells("a", "ada"), tells("b", "bo", polarity="negated", event="storm")], set()),
    "affirmed, and denied of another time": ([tells("a", "ada"), tells("b", "bo", polarity="negated", time="2031-07")], set()),
    "affirmed, and denied as an inference": ([tells("a", "ada"), tells("b", "bo", polarity="negated", modality="denied-inference")], set()),
    "affirmed, and denied of another actor": ([tells("a", "ada", agent="wim"), tells("b", "bo", agent="sol", polarity="negated")], set()),
    "affirmed, and denied of another place": ([tells("a", "ada", place="town"), tells("b", "bo", place="harbour", polarity="negated")], set()),
    "affirmed, and denied of other things": ([tells("a", "ada", theme="boats"), tells("b", "bo", theme="fishers", polarity="negated")], set()),
    "affirmed of a town, and denied of its oblast": ([tells("a", "ada", place="town"), tells("b", "bo", place="oblast", polarity="negated")], {"occurred"}),
    "affirmed of a state, and denied of its government": (
        [tells("a", "ada", agent="northland"), tells("b", "bo", agent="ministry-of-northland", polarity="negated")], {"occurred"},
    ),
    "affirmed of a government, and denied of its ministry": (
        [tells("a", "ada", agent="government-of-northland"), tells("b", "bo", agent="ministry-of-northland", polarity="negated")], {"occurred"},
    ),
    "affirmed of one, and denied of another of his country": ([tells("a", "cy", agent="ada"), tells("b", "bo", agent="government-of-northland", polarity="negated")], set()),
    "affirmed of someone, and denied of all": ([tells("a", "ada", agent="wim"), tells("b", "bo", polarity="negated")], {"occurred"}),
    "affirmed, and only planned": ([tells("a", "ada"), tells("b", "bo", modality="planned")], set()),
    "two types side by side": ([tells("a", "ada", type="withdrawal"), tells("b", "bo", type="regrouping")], {"types"}),
    "survival for a time and eventual collapse": ([tells("a", "ada", type="endurance"), tells("b", "bo", type="economic-downturn")], set()),
    "a type and a wider one": ([tells("a", "ada", type="withdrawal"), tells("b", "bo", type="movement")], set()),
    "amounts apart": ([counted("a", "ada", "value: 40"), counted("b", "bo", "value: 90")], {"quantities"}),
    "an amount in the range of another": ([counted("a", "ada", "value: 40, approximation: more-than"), counted("b", "bo", "value: 90")], set()),
    "an amount denied, and another": ([counted("a", "ada", "value: 40", polarity="negated"), counted("b", "bo", "value: 90", polarity="negated")], set()),
    "an amount below zero, and about as much": ([counted("a", "ada", "value: -5, approximation: about"), counted("b", "bo", "value: -5")], set()),
    "amounts below zero apart": ([counted("a", "ada", "value: -5, approximation: about"), counted("b", "bo", "value: -9")], {"quantities"}),
    "amounts of different things": ([counted("a", "ada", "value: 40"), counted("b", "bo", "value: 90") | {"theme": "fishers"}], set()),
    "a manner and a duration": (
        [tells("a", "ada", quantity="{value: 3, unit: day, kind: duration}"), counted("b", "bo", "value: 90")], set(),
    ),
    "two causes": ([tells("a", "ada", cause="frost"), tells("b", "bo", cause="flood")], {"causes"}),
    "a cause and that with another": ([tells("a", "ada", cause="frost"), tells("b", "bo", cause="[frost, flood]")], set()),
    "two causes, neither with the other": ([tells("a", "ada", cause="[frost, boats]"), tells("b", "bo", cause="[flood, fishers]")], {"causes"}),
    "a cause told, and another denied": ([tells("a", "ada", cause="frost"), tells("b", "bo", cause="flood", polarity="negated")], set()),
    "a cause told, and the same denied": ([tells("a", "ada", cause="frost"), tells("b", "bo", cause="frost", polarity="negated")], {"occurred"}),
    "not by one cause, and by another": (
        [tells("a", "ada", cause="flood", polarity="negated"), tells("b", "bo", cause="frost", polarity="negated")], set(),
    ),
    "one cause of two events": ([tells("a", "ada", cause="frost"), tells("b", "bo", cause="flood", event="storm")], set()),
    "two actors of one act": ([tells("a", "ada", agent="bo"), tells("b", "bo", agent="cy")], set()),
    "a town in its oblast": ([tells("a", "ada", place="town"), tells("b", "bo", place="oblast")], set()),
    "a means and that with another": ([tells("a", "ada", instrument="boats"), tells("b", "bo", instrument="[boats, flood]")], set()),
    "two means": ([tells("a", "ada", instrument="boats"), tells("b", "bo", instrument="flood")], {"means"}),
    "forced and planned": ([tells("a", "ada", cause="frost"), tells("b", "bo", purpose="harvest-loss")], {"voluntariness"}),
    "growing and shrinking": (
        [tells("a", "ada", type="build-up", theme="boats"), tells("b", "bo", type="withdrawal", theme="boats", event="storm")], {"force-trend"},
    ),
    "a force that grows and one that stays as large": (
        [tells("a", "ada", type="build-up", theme="boats"), tells("b", "bo", type="unchanged-strength", theme="boats", event="storm")], {"force-trend"},
    ),
    "a force that is there and one that grows": ([tells("a", "ada", type="build-up", theme="boats"), tells("b", "bo", type="presence", theme="boats")], set()),
    "a force that is there and one that stays as large": (
        [tells("a", "ada", type="unchanged-strength", theme="boats"), tells("b", "bo", type="presence", theme="boats")], set(),
    ),
    "growing here, shrinking there": (
        [tells("a", "ada", type="build-up", theme="boats"), tells("b", "bo", type="withdrawal", theme="fishers", event="storm")], set(),
    ),
    "two causes in one and the same words": (
        [tells("a", "ada", cause="frost", evidence=f"0-50 {'a' * 64}"), tells("b", "ada", cause="flood", evidence=f"20-40 {'a' * 64}")], set(),
    ),
    "praised and blamed": ([judges("a", "ada", GOOD), judges("b", "bo", BAD)], {"valence"}),
    "praised in a report, blamed in a judgement": (
        [judges("a", "ada", GOOD), judges("b", "bo", BAD, modality="evaluative", polarity="negated")], {"valence"},
    ),
    "praised by one, blamed by the article itself": ([judges("a", "ada", GOOD), judges("b", None, BAD)], {"valence"}),
    "praised on the way to something else, and blamed": (
        [judges("a", "ada", GOOD, subject="cy", toward="[boats, harbour]"), judges("b", "bo", BAD)], {"valence"},
    ),
    "an event praised and blamed": ([tells("a", "ada", valence=GOOD, toward="emptying"), tells("b", "bo", valence=BAD, toward="emptying")], {"valence"}),
    "praised twice": ([judges("a", "ada", GOOD), judges("b", "bo", GOOD)], set()),
    "praised, and another thing blamed": ([judges("a", "ada", GOOD), judges("b", "bo", BAD, subject="boats")], set()),
    "praised, and blamed as what someone else is judged by": ([judges("a", "ada", GOOD), judges("b", "bo", BAD, toward="cy")], set()),
    "a place praised, and what it lies in blamed": ([judges("a", "ada", GOOD, subject="town"), judges("b", "bo", BAD, subject="oblast")], set()),
    "praised, and blamed at another time": ([judges("a", "ada", GOOD), judges("b", "bo", BAD, time="2031-07")], set()),
    "praised and blamed by one voice": ([judges("a", "ada", GOOD), judges("b", "ada", BAD)], set()),
    "praised and judged both ways": ([judges("a", "ada", GOOD), judges("b", "bo", "mixed")], set()),
    "praised, and blamed as one might": ([judges("a", "ada", GOOD), judges("b", "bo", BAD, modality="hypothetical")], set()),
    "hit hard and not at all": ([hits("a", "ada", "severe"), hits("b", "bo", "none")], {"impact"}),
    "hit hard and somewhat by one cause, told of two events": (
        [hits("a", "ada", "severe", cause="frost"), hits("b", "bo", "some", cause="frost", event="harvest-loss")], {"impact"},
    ),
    "hit hard and not at all by a cause, told of no event": (
        [hits("a", "ada", "severe", cause="frost", **NO_EVENT), hits("b", "bo", "none", cause="frost", **NO_EVENT)], {"impact"},
    ),
    "hit hard and not at all, told of an event and its cause": ([hits("a", "ada", "severe", cause="frost"), hits("b", "bo", "none", cause="frost")], {"impact"}),
    "who bears it is hit hard and not at all": (
        [tells("a", "ada", impact="severe", agent="fishers"), tells("b", "bo", impact="none", agent="fishers")], {"impact"},
    ),
    "hit hard, others not at all": ([hits("a", "ada", "severe"), hits("b", "bo", "none") | {"recipient": "boats"}], set()),
    "hit hard, and not at all by something else": ([hits("a", "ada", "severe"), hits("b", "bo", "none", event="storm")], set()),
    "hit hard, and not at all at another time": ([hits("a", "ada", "severe"), hits("b", "bo", "none", time="2031-07")], set()),
    "hit hard in one way and somewhat in another, by one voice": ([hits("a", "ada", "severe"), hits("b", "ada", "some")], set()),
    "hit hard, and perhaps not at all": ([hits("a", "ada", "severe"), hits("b", "bo", "none", modality="possible")], set()),
}  # fmt: skip


@pytest.mark.parametrize(("claims", "rules"), CASES.values(), ids=CASES)
def test_a_rule_pairs_what_may_clash_and_nothing_compatible(tmp_path: Path, claims: list, rules: set[str]) -> None:
    home = world(tmp_path, {"one": claims})
    built(home)
    found = propose(open_store(home.store.resolve()))
    assert [one.rule for one in found] == sorted(rules)
    assert all(len(list(one.pairs())) == 1 for one in found)


def test_a_proposal_has_a_side_for_each_value_and_no_more(tmp_path: Path) -> None:
    claims = [counted(f"c{number}", "ada" if number % 2 else "bo", f"value: {number % 3 * 100 + 1}") for number in range(60)]
    home = world(tmp_path, {"one": claims})
    built(home)
    [proposal] = [one for one in propose(open_store(home.store.resolve())) if one.rule == "quantities"]
    assert [len(side.claims) for side in proposal.sides] == [20, 20, 20]


def test_a_range_that_bridges_two_amounts_hides_neither(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [counted("a", "ada", "value: 100"), counted("b", "bo", "min: 50, max: 300"), counted("c", "wim", "value: 250")]})
    built(home)
    [proposal] = propose(open_store(home.store.resolve()))
    assert [[claim.claim[-1] for claim in side.claims] for side in proposal.sides] == [["a"], ["c"]]


def test_only_what_is_of_one_act_stands_in_a_proposal(tmp_path: Path) -> None:
    claims = [tells("a", "ada", agent="wim"), tells("b", "bo", agent="sol", polarity="negated"), tells("c", "cy", agent="wim", polarity="negated")]
    home = world(tmp_path, {"one": claims})
    built(home)
    [proposal] = propose(open_store(home.store.resolve()))
    assert [[claim.claim[-1] for claim in side.claims] for side in proposal.sides] == [["c"], ["a"]]


def test_a_voice_that_judges_both_ways_ten_thousand_times_is_no_proposal_and_takes_no_time() -> None:
    claim = {"label": "", "article": "one", "speaker": "ada", "speaker_label": "Ada", "event": "", "type": "", "polarity": "affirmed", "modality": "asserted"}
    sides = [Side(value=word, claims=tuple(Stated(claim=f"{word}-{n}", earliest=date.min, latest=date.max, **claim) for n in range(10_000))) for word in (GOOD, BAD)]
    assert list(Proposal(rule="valence", about="harbour", sides=tuple(sides), between=True).pairs()) == []


def test_what_people_entered_is_not_proposed_again(tmp_path: Path) -> None:
    claims = [tells("a", "ada", answers="{was-it-emptied: emptied}"), tells("b", "bo", polarity="negated", answers="{was-it-emptied: not-emptied}")]
    home = world(tmp_path, {"one": claims})
    built(home)
    store = open_store(home.store.resolve())
    found, comparison = propose(store), compare(store)
    assert len(found) == 1 and list(new_ones(found, comparison)) == []
    assert (score(found, comparison).found, score(found, comparison).false) == (1, 0)


def test_on_the_two_articles_the_rules_find_23_of_115_entered_pairs_and_propose_26_others(tmp_path: Path) -> None:
    (tmp_path / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    build(Home(tmp_path))
    store = open_store(Home(tmp_path).store.resolve())
    found, comparison = propose(store), compare(store)
    result = score(found, comparison)
    by_rule = {rule: score([one for one in found if one.rule == rule], comparison) for rule in sorted({one.rule for one in found})}
    for rule, one in by_rule.items():
        print(f"{rule}: {one.found} of {one.curated} entered pairs found, {one.false} others proposed")
    assert (result.curated, result.found, result.false) == (115, 23, 26)
    assert len(found) == 11 and len(list(new_ones(found, comparison))) == 2
