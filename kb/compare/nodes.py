"""What a comparison finds, in the words of the derived graph: the whole of a node, and that part which no query tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.compare.model import Clash, Corroboration, Position, QuestionResult
from kb.quads.terms import LABEL, TYPE, XSD, Pairs, count, own, plain, tagged, time_pairs, typed, word

RULES = {"contradiction": "contradictions", "rivalry": "rivalries", "corroboration": "corroborations"}


def node_triples(result: QuestionResult) -> Iterator[str]:
    """Yield the triples of what was found on a question, as the build derives them, without their final dot."""
    for clash in result.clashes:
        pairs = [*_pairs(result, clash.kind, (clash.one, clash.other)), *clash_pairs(clash)]
        yield from (f"<{clash.iri}> {property_} {value}" for property_, value in pairs)
    for one in result.corroborations:
        pairs = [*_pairs(result, "corroboration", (one.position,)), *corroboration_pairs(one)]
        yield from (f"<{one.iri}> {property_} {value}" for property_, value in pairs)


def clash_pairs(clash: Clash) -> Pairs:
    """Yield whether one voice gives both answers, and the time that both sides speak of."""
    if clash.voices:
        yield own("internal"), typed("true", f"{XSD}boolean")
    if clash.same_time is not None:
        yield own("sameTime"), typed(str(clash.same_time).lower(), f"{XSD}boolean")
    if clash.earliest or clash.latest:
        start, end = (day.isoformat() if day else ".." for day in (clash.earliest, clash.latest))
        yield from time_pairs(f"{start}/{end}", "inferred")


def corroboration_pairs(one: Corroboration) -> Pairs:
    yield own("origins"), count(len(one.origins))


def _pairs(result: QuestionResult, kind: str, positions: Sequence[Position]) -> Pairs:
    yield TYPE, own(kind.capitalize())
    yield LABEL, tagged(" / ".join(one.label for one in positions))
    yield own("rule"), plain(RULES[kind])
    yield own("onQuestion"), f"<{result.question}>"
    yield own("questionKind"), word("question-kind", result.kind)
    if result.strength:
        yield own("strength"), word("strength", result.strength)
    for position in positions:
        yield own("position"), f"<{position.answer}>"
        yield from ((own("member"), f"<{claim.claim}>") for claim in position.claims)
