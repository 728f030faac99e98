"""Questions that nobody has entered yet, proposed by rules: an editor decides. Claims are compared event by event, side by side.

A proposal has as many sides as there are values, never a pair for each two claims, so the work grows with claims; at most
1,000 of its pairs are set against what people entered, and the others are counted. Not paired:
claims on different events or of times apart, values of which one contains the other (a type and a wider one, one cause of two),
what is denied of another actor, thing or place than is told of, what stands in the same characters of one article by one
speaker, a denied inference. Judgements and degrees of effect are paired only where
annotators gave them (`valence:`, `impact:`), and only between speakers: what one voice says of several sides of a thing fits together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from kb.compare.meeting import Placed, count, meeting
from kb.compare.model import Comparison
from kb.compare.read import Reading, read, word
from kb.compare.sides import Side, by, by_amount, by_things, by_type, by_value
from kb.compare.stated import Stated, stated
from kb.store import Store

_TREND = {"build-up": "growing", "deployment": "growing", "withdrawal": "shrinking", "unchanged-strength": "constant"}
_COMMITTED = ("asserted", "evaluative", "predicted")
_LASTING = frozenset({"endurance", "economic-downturn"})  # to hold out for a time and to fail in the end fit together
MOST_PAIRS = 1_000  # pairs of claims listed from one proposal, at most
MOST_WEIGHED = 20_000  # pairs that meet of which so many are weighed, at most, for whether they are of one act


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Values that may exclude or rival each other, said of one thing at one time."""

    rule: str
    about: str
    sides: tuple[Side, ...]
    between: bool = False  # whether only claims of different speakers are paired
    fits: Callable[[Stated, Stated], bool] | None = None  # whether two claims may clash at all

    def pairs(self) -> Iterator[tuple[Stated, Stated]]:
        """Yield pairs of claims of different sides, the first 1,000 in order of time."""
        placed = (((number,), claim) for number, side in enumerate(self.sides) for claim in side.claims)
        yield from islice(self.meeting(placed), MOST_PAIRS)

    def meeting(self, placed: Iterable[Placed]) -> Iterator[tuple[Stated, Stated]]:
        """Yield pairs of claims of different groups that may clash."""
        found = meeting(placed, between=self.between)
        yield from found if self.fits is None else (pair for pair in islice(found, MOST_WEIGHED) if self.fits(*pair))

    def count(self) -> int:
        """Return how many pairs there are, those beyond 1,000 too."""
        return count([side.claims for side in self.sides], between=self.between)


@dataclass(frozen=True, slots=True)
class Score:
    """How proposals stand to what people entered, in pairs of claims: entered, proposed, and both.

    `left_out`: pairs beyond 1,000 of a proposal, which count as neither.
    """

    curated: int
    proposed: int
    found: int
    left_out: int = 0

    @property
    def false(self) -> int:
        return self.proposed - self.found


def propose(store: Store) -> list[Proposal]:
    """Return what the rules propose on the claims of a store, by rule and thing; also what has been entered already."""
    reading = read(store)
    return propose_on(stated(reading), _wider(reading))


def propose_on(claims: Iterable[Stated], wider: dict[str, set[str]]) -> list[Proposal]:
    """Return what the rules propose on claims; `wider`: event type → all wider ones."""
    claims = [claim for claim in claims if claim.modality != "denied-inference"]
    found: list[Proposal] = []
    for event, same in sorted(by((claim for claim in claims if claim.event), lambda claim: claim.event).items()):
        for together in _of_one_time(same):
            found += _on_one_event(event, together, wider)
    for force, same in sorted(_by_force(claims).items()):
        for together in _of_one_time(same):
            found += _proposal("force-trend", force, by_value(together, lambda claim: _TREND[claim.type]))
    for thing, same in sorted(_judgements(claims).items()):
        for together in _of_one_time(same):
            found += _proposal("valence", thing, by_value(together, lambda claim: claim.valence), between=True)
    effects = (
        one for effect, same in sorted(_effects(claims).items()) for together in _of_one_time(same)
        for one in _proposal("impact", " ".join(effect), by_value(together, lambda claim: claim.impact), between=True)
    )  # fmt: skip
    found += _each_once(list(effects))
    return sorted(found, key=lambda one: (one.rule, one.about, one.sides[0].claims[0].claim))


def score(proposals: Iterable[Proposal], comparison: Comparison) -> Score:
    """Return how many pairs of claims people entered as clashing, how many the rules propose, and how many are both."""
    stands: dict[str, list[int]] = {}  # claim → the sides it stands on: of clash n, 2n and 2n + 1
    for number, clash in enumerate(clash for question in comparison.questions for clash in question.clashes):
        for side, position in enumerate((clash.one, clash.other)):
            for claim in position.claims:
                stands.setdefault(claim.claim, []).append(2 * number + side)
    alike = Counter(map(tuple, stands.values()))
    against: dict[int, set[tuple[int, ...]]] = {}
    for sides in alike:
        for side in sides:
            against.setdefault(side ^ 1, set()).add(sides)
    clashing = {(min(one, other), max(one, other)) for one in alike for side in one for other in against.get(side, ())}
    curated = sum(alike[one] * alike[other] if one != other else alike[one] * (alike[one] + 1) // 2 for one, other in clashing)
    proposed: set[tuple[str, ...]] = set()
    left_out = 0
    for proposal in proposals:
        pairs = [tuple(sorted((one.claim, other.claim))) for one, other in proposal.pairs()]
        left_out += proposal.count() - len(pairs) if len(pairs) == MOST_PAIRS else 0
        proposed.update(pairs)
    ends = ((stands.get(one, ()), stands.get(other, ())) for one, other in proposed)
    found = sum(any(side ^ 1 in other for side in one) for one, other in ends)
    return Score(curated, len(proposed), found, left_out)


def new_ones(proposals: Iterable[Proposal], comparison: Comparison) -> Iterator[Proposal]:
    """Yield the proposals of which no pair of claims has been entered."""
    answers: dict[str, set[tuple[str, str]]] = {}
    for question in comparison.questions:
        for position in question.positions:
            for claim in position.claims:
                answers.setdefault(claim.claim, set()).add((question.question, position.answer))

    return (one for one in proposals if not _is_entered(one, answers))


def _is_entered(proposal: Proposal, answers: dict[str, set[tuple[str, str]]]) -> bool:
    """Whether two claims of different sides, which meet, give different answers to one question."""
    given: dict[str, list[Placed]] = {}
    for number, side in enumerate(proposal.sides):
        for claim in side.claims:
            for question, answer in answers.get(claim.claim, ()):
                given.setdefault(question, []).append(((answer, number), claim))
    return any(next(proposal.meeting(placed), None) for placed in given.values())


def _on_one_event(event: str, claims: list[Stated], wider: dict[str, set[str]]) -> Iterator[Proposal]:
    asserted = [claim for claim in claims if claim.modality == "asserted"]
    affirmed = [claim for claim in asserted if claim.polarity == "affirmed"]
    yield from _proposal("occurred", event, by_value(claims, _occurred), fits=Stated.is_of_one_act)
    yield from _proposal("types", event, by_type(affirmed, wider), fits=_are_of_types_apart)
    yield from _proposal("causes", event, by_things(affirmed, "cause"))
    yield from _proposal("voluntariness", event, by_value(affirmed, _voluntariness))
    yield from _proposal("means", event, by_things(affirmed, "instrument"))
    for _, same in sorted(by((claim for claim in affirmed if claim.quantity), _counted_thing).items()):
        yield from _proposal("quantities", event, by_amount(same))


def _are_of_types_apart(one: Stated, other: Stated) -> bool:
    return not {one.type, other.type} <= _LASTING


def _occurred(claim: Stated) -> str:
    """Return the place of a claim on the dimension yes · unverified · not seen · no; empty where it takes none."""
    if claim.modality == "required":
        return "unverified"
    if claim.modality != "asserted":
        return ""
    return {"affirmed": "yes", "negated": "no", "not-observed": "not seen"}[claim.polarity]


def _voluntariness(claim: Stated) -> str:
    return "forced" if claim.roles.get("cause") else "planned" if claim.roles.get("purpose") else ""


def _counted_thing(claim: Stated) -> tuple[str, ...]:
    things = sorted({*claim.roles.get("theme", ()), *claim.roles.get("subject", ())})
    return (*claim.quantity[:2], *things) if claim.quantity else ()


def _proposal(rule: str, about: str, sides: list[Side], *, between: bool = False, fits: Callable[[Stated, Stated], bool] | None = None) -> Iterator[Proposal]:
    if len(sides) < 2:
        return
    found = Proposal(rule=rule, about=about, sides=tuple(sides), between=between, fits=fits)
    if fits is None:
        yield from [found] if next(found.pairs(), None) else []
        return
    paired = {claim.claim for pair in found.pairs() for claim in pair}
    kept = (replace(side, claims=tuple(claim for claim in side.claims if claim.claim in paired)) for side in sides)
    if paired:
        yield replace(found, sides=tuple(side for side in kept if side.claims))


def _by_force(claims: Iterable[Stated]) -> dict[str, list[Stated]]:
    """Return force → claims of what becomes of it, told as so."""
    found: dict[str, list[Stated]] = {}
    for claim in claims:
        if claim.type in _TREND and claim.polarity == "affirmed" and claim.modality == "asserted":
            for force in sorted(claim.roles.get("theme", ()) or claim.roles.get("agent", ())):
                found.setdefault(force, []).append(claim)
    return found


def _judgements(claims: Iterable[Stated]) -> dict[str, list[Stated]]:
    """Return thing → claims that judge it good or bad; a mixed judgement is opposed to neither."""
    found: dict[str, list[Stated]] = {}
    for claim in claims:
        for thing in claim.toward if claim.valence in ("favourable", "unfavourable") and claim.modality in _COMMITTED else ():
            found.setdefault(thing, []).append(claim)
    return found


def _effects(claims: Iterable[Stated]) -> dict[tuple[str, ...], list[Stated]]:
    """Return (what has an effect, what is affected) → claims of how strong it is. An event and a cause have effects."""
    found: dict[tuple[str, ...], list[Stated]] = {}
    for claim in claims:
        if claim.impact and claim.modality in _COMMITTED:
            affected = next((claim.roles[role] for role in ("recipient", "theme", "agent") if claim.roles.get(role)), {""})
            for source in sorted({claim.event, *claim.roles.get("cause", ())} - {""}):
                for thing in sorted(affected):
                    found.setdefault((source, thing) if thing else (source,), []).append(claim)
    return found


def _each_once(proposals: list[Proposal]) -> Iterator[Proposal]:
    """Yield the proposals all of whose claims stand in no other one: an effect may be told of an event and of its cause."""
    claims = [frozenset(claim.claim for side in one.sides for claim in side.claims) for one in proposals]
    holding: dict[str, list[int]] = {}
    for number, names in enumerate(claims):
        for name in names:
            holding.setdefault(name, []).append(number)
    for number, one in enumerate(proposals):
        others = holding[one.sides[0].claims[0].claim]
        if not any(claims[number] < claims[other] or (claims[number] == claims[other] and other < number) for other in others):
            yield one


def _of_one_time(claims: list[Stated]) -> Iterator[list[Stated]]:
    """Yield claims whose times hang together; a claim without time goes with all."""
    together: list[Stated] = []
    latest = date.min
    for claim in sorted(claims, key=lambda one: (one.earliest, one.claim)):
        if together and claim.earliest > latest:
            yield together
            together = []
        together.append(claim)
        latest = max(latest, claim.latest)
    yield together


def _wider(reading: Reading) -> dict[str, set[str]]:
    """Return concept → all wider ones, among them of event types."""
    skos = "<http://www.w3.org/2004/02/skos/core#broader>"
    found: dict[str, set[str]] = {}
    for one, other in reading.rows(f"SELECT ?one ?other {{ ?one {skos}+ ?other }}"):
        found.setdefault(word(one), set()).add(word(other))
    return found
