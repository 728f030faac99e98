"""A comparison for eyes, question by question, and for programs as JSON, rows or Turtle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from kb.compare import Clash, Comparison, Corroboration, Given, Position, QuestionResult, Relation, pairs
from kb.rows import Term, literal
from kb.show.results import write_csv
from kb.show.terminal import safe

COLUMNS = ("question", "kind", "strength", "answer", "claim", "label", "speaker", "said", "article", "start", "end", "excluded_by", "rivals")
PAIR_COLUMNS = ("question", "clash", "scope", "same_time", "one", "other", "one_speaker", "other_speaker", "one_label", "other_label")
_SIGN = {"contradiction": "excludes", "rivalry": "rivals"}


class _Short:
    """IRIs as a person types them, names of things by their label."""

    def __init__(self, comparison: Comparison, base: str) -> None:
        self.names, self.below = comparison.names, f"{base}id/"

    def id(self, thing: str) -> str:
        return thing.removeprefix(self.below).partition("/")[2] if thing.startswith(self.below) else thing

    def answer(self, answer: str) -> str:
        return answer.rpartition("/")[2]

    def name(self, thing: str) -> str:
        return safe(self.names.get(thing) or self.id(thing))


def write_table(comparison: Comparison, out: TextIO, base: str, *, with_pairs: bool = False) -> None:
    """Write the questions with their answers, claims and clashes, then what is agreed, the articles' own words, and the sum."""
    short = _Short(comparison, base)
    for question in comparison.questions:
        out.write(f"{short.id(question.question)}  ({', '.join(filter(None, (question.kind, question.strength)))})\n  {safe(question.label)}\n")
        for position in question.positions:
            out.writelines(_position_lines(position, short))
        for clash in question.clashes:
            out.write(f"  * {_clash_line(clash, short)}\n")
            if with_pairs:
                out.writelines(f"      {line}\n" for line in _pair_lines(clash, short))
        out.write("\n")
    if comparison.corroborations:
        out.write("Agreed by independent origins:\n")
        out.writelines(f"{line}\n" for one in comparison.corroborations for line in _corroboration_lines(one, short))
        out.write("\n")
    missed = [relation for relation in comparison.relations if relation.missed]
    out.writelines(f"{line}\n" for relation in missed for line in _missed_lines(relation, short))
    out.write(f"{summary(comparison)}\n")


def _position_lines(position: Position, short: _Short) -> Iterator[str]:
    limits = "".join(f" (limits {short.answer(one)})" for one in position.qualifies)
    yield f"  {short.answer(position.answer)}: {safe(position.label)}{limits}\n"
    for claim in position.claims:
        yield f"    {_where(claim, short)}\n      {safe(claim.label)}\n"


def _where(claim: Given, short: _Short) -> str:
    places = ", ".join(f"{start}-{end}" for start, end in claim.evidence)
    who = short.name(claim.speaker) + (" (own voice)" if claim.is_own_voice else "")
    zone = "" if claim.zone == "body" else f" in the {claim.zone}"
    return f"{who}{f', {claim.said}' if claim.said else ''}: {short.id(claim.claim)} {places}{zone}"


def _clash_line(clash: Clash, short: _Short) -> str:
    voices = f" ({', '.join(short.name(voice) for voice in clash.voices)})" if clash.voices else ""
    time = {True: "", False: ", of times apart", None: ", of times not known"}[clash.same_time]
    ends = f"{short.answer(clash.one.answer)} {_SIGN[clash.kind]} {short.answer(clash.other.answer)}"
    return f"{clash.kind}: {ends}, {' and '.join(clash.scopes)}{voices}{time}"


def _pair_lines(clash: Clash, short: _Short) -> Iterator[str]:
    for one, other, scope, same in pairs(clash):
        time = {True: "same time", False: "times apart", None: "time not known"}[same]
        yield f"{short.id(one.claim)} / {short.id(other.claim)}: {scope}, {time}"


def _corroboration_lines(one: Corroboration, short: _Short) -> Iterator[str]:
    question, _, _ = one.iri.partition("/corroboration/")
    parties = [*(f"{short.name(a)} and {short.name(b)}" for a, b in one.adverse), *(["others"] if one.has_more_adverse else [])]
    adverse = f", of adverse parties ({'; '.join(parties)})" if parties else ""
    yield f"  {short.id(question)}: {short.answer(one.position.answer)}, {len(one.origins)} origins{adverse}"
    for origin in one.origins:
        beside = f" (with {', '.join(map(short.name, origin.folded))})" if origin.folded else ""
        said = f": {len(origin.claims)} claims in {origin.utterances} utterance{'s' * (origin.utterances != 1)}" if len(origin.claims) > 1 else ""
        yield f"    {', '.join(map(short.name, origin.sources))}{beside}{said}"


def _missed_lines(relation: Relation, short: _Short) -> Iterator[str]:
    yield f"not found: the article itself says '{safe(relation.word)}' ({short.id(relation.claim)})"
    yield f"  give {' and '.join(map(short.id, relation.members))} answers of one question in corpus/questions.yaml\n"


def summary(comparison: Comparison) -> str:
    """Return what was found in a line."""
    clashes = [clash for question in comparison.questions for clash in question.clashes]
    contradictions, rivalries = comparison.clashes("contradiction"), comparison.clashes("rivalry")
    internal = sum(bool(clash.voices) for clash in clashes)
    adverse = sum(bool(one.adverse) for one in comparison.corroborations)
    found = sum(not one.missed for one in comparison.relations)
    claims = {claim.claim for question in comparison.questions for one in question.positions for claim in one.claims}
    words = f"; {found} of {len(comparison.relations)} words of relation found" if comparison.relations else ""
    when = "it is not known when it was given" if comparison.undated == 1 else "it is not known when they were given"
    undated = f"; {_n(comparison.undated, 'answer')} left out, as {when}" if comparison.undated else ""
    return (
        f"{_n(len(comparison.questions), 'question')}, {_n(len(claims), 'claim')}: {_n(len(contradictions), 'contradiction')} and "
        f"{_n(len(rivalries), 'rivalry')}, {internal} of them within one voice; {_n(len(comparison.corroborations), 'corroboration')}, "
        f"{adverse} of adverse parties{words}{undated}"
    )


def _n(count: int, what: str) -> str:
    many = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{count:,} {what if count == 1 else many}"


def write_json(comparison: Comparison, out: TextIO, *, with_pairs: bool = False) -> None:
    """Write one object: questions, corroborations (adverse first), the articles' own words, the summary."""
    whole = {
        "questions": [_question(question, with_pairs) for question in comparison.questions],
        "corroborations": [_corroboration(one) for one in comparison.corroborations],
        "relations": [_relation(one) for one in comparison.relations],
        "undated": comparison.undated,
        "summary": summary(comparison),
    }
    json.dump(whole, out, ensure_ascii=False, indent=1)
    out.write("\n")


def write_jsonl(comparison: Comparison, out: TextIO, *, with_pairs: bool = False) -> None:
    """Write a question a line, each with its corroborations."""
    for question in comparison.questions:
        row = _question(question, with_pairs) | {"corroborations": [_corroboration(one) for one in question.corroborations]}
        if with_pairs:
            json.dump(row, out, ensure_ascii=False)
            out.write("\n")
        else:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _question(question: QuestionResult, with_pairs: bool) -> dict[str, Any]:
    return {
        "question": question.question, "label": question.label, "kind": question.kind, "strength": question.strength or None,
        "answers": [_position(one) for one in question.positions], "clashes": [_clash(one, with_pairs) for one in question.clashes],
    }  # fmt: skip


def _position(one: Position) -> dict[str, Any]:
    ties = {"excludes": list(one.excludes), "competes_with": list(one.competes), "qualifies": list(one.qualifies)}
    return {"answer": one.answer, "label": one.label} | ties | {"claims": [_given(claim) for claim in one.claims]}


def _given(claim: Given) -> dict[str, Any]:
    return {
        "claim": claim.claim, "label": claim.label, "speaker": claim.speaker, "voice": claim.voice, "zone": claim.zone,
        "said": claim.said or None, "article": claim.article, "evidence": [list(span) for span in claim.evidence],
        "earliest": _day(claim.earliest), "latest": _day(claim.latest),
    }  # fmt: skip


def _clash(one: Clash, with_pairs: bool) -> dict[str, Any]:
    found = {
        "id": one.iri, "kind": one.kind, "answers": [one.one.answer, one.other.answer], "scopes": list(one.scopes),
        "voices": list(one.voices), "same_time": one.same_time, "earliest": _day(one.earliest), "latest": _day(one.latest),
    }  # fmt: skip
    return found | ({"pairs": _Pairs(one)} if with_pairs else {})


class _Pairs(list):
    """The pairs of a clash as the JSON encoder takes them: made one by one while they are written, as there may be millions."""

    def __init__(self, clash: Clash) -> None:
        super().__init__()
        self.clash = clash

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for one, other, scope, same in pairs(self.clash):
            yield {"claims": [one.claim, other.claim], "scope": scope, "same_time": same}


def _corroboration(one: Corroboration) -> dict[str, Any]:
    origins = [
        {"sources": list(o.sources), "folded": list(o.folded), "utterances": o.utterances, "claims": [claim.claim for claim in o.claims]}
        for o in one.origins
    ]
    return {"id": one.iri, "answer": one.position.answer, "origins": origins, "adverse": [list(pair) for pair in one.adverse]} | (
        {"more_adverse": True} if one.has_more_adverse else {}
    )


def _relation(one: Relation) -> dict[str, Any]:
    return {"claim": one.claim, "word": one.word, "bearing": one.bearing, "members": list(one.members), "found": list(one.found), "missed": list(one.missed)}


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def write_rows(comparison: Comparison, out: TextIO, *, with_pairs: bool = False) -> int:
    """Write CSV: a row for each answer that a claim gives, or for each pair of claims that clash."""
    if with_pairs:
        return write_csv(PAIR_COLUMNS, _rows(comparison, _pair_rows), out)
    return write_csv(COLUMNS, _rows(comparison, _claim_rows), out)


def _rows(comparison: Comparison, of: Callable[[QuestionResult], Iterator[tuple[str, ...]]]) -> Iterator[list[Term]]:
    for question in comparison.questions:
        for row in of(question):
            yield [literal(cell) for cell in row]


def _claim_rows(question: QuestionResult) -> Iterator[tuple[str, ...]]:
    against: dict[str, list[str]] = {}
    for clash in question.clashes:
        for one, other in ((clash.one, clash.other), (clash.other, clash.one)):
            against.setdefault(f"{clash.kind} {one.answer}", []).append(other.answer)
    for position in question.positions:
        ends = (" ".join(against.get(f"{kind} {position.answer}", ())) for kind in ("contradiction", "rivalry"))
        clashing = tuple(ends)
        for claim in position.claims:
            start, end = claim.evidence[0] if claim.evidence else ("", "")
            yield (
                question.question, question.kind, question.strength, position.answer, claim.claim, claim.label, claim.speaker,
                claim.said, claim.article, str(start), str(end), *clashing,
            )  # fmt: skip


def _pair_rows(question: QuestionResult) -> Iterator[tuple[str, ...]]:
    for clash in question.clashes:
        for one, other, scope, same in pairs(clash):
            time = "" if same is None else str(same).lower()
            yield (
                question.question, clash.iri, scope, time, one.claim, other.claim, one.speaker, other.speaker, one.label, other.label,
            )  # fmt: skip


def triples(comparison: Comparison) -> str:
    """Return the nodes of a comparison as N-Triples, in the words of the derived graph."""
    from kb.compare.nodes import node_triples

    return "".join(f"{triple} .\n" for question in comparison.questions for triple in node_triples(question))
