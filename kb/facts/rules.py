"""What one fact file must keep beyond the form of each key: names that exist, spans inside the text, dates that resolve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kb import when
from kb.errors import BadDate, did_you_mean
from kb.facts.read import Reading, Use
from kb.facts.yaml import Mapping as Keys
from kb.model import Article, Claim, Entity, Event, Question, Span, Step


@dataclass(frozen=True, slots=True)
class Names:
    """What fact files may name. `things`: id → entity kind, or `event`; `answers`: question → its answers.

    With `is_known` false nothing is known of them, and no name is a fault.
    """

    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    questions: tuple[Question, ...] = ()
    things: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    is_known: bool = True

    @classmethod
    def of(
        cls, entities: tuple[Entity, ...], events: tuple[Event, ...], questions: tuple[Question, ...], places: Mapping[str, str]
    ) -> Names:
        """Return the names with the tables that fact files are read by."""
        things = {entity.id: entity.kind for entity in entities} | {event.id: "event" for event in events}
        answers = {question.id: frozenset(answer.id for answer in question.answers) for question in questions}
        return cls(entities, events, questions, things, answers, places)

    def hint(self, word: str, to: tuple[str, ...]) -> str:
        fitting = [name for name, kind in self.things.items() if ("event" if kind == "event" else "entity") in to]
        cure = did_you_mean(word, fitting)
        near = cure.split("'")[1] if cure else ""
        return f"{cure} ({self.places[near]})" if near in self.places else cure


def check_uses(uses: list[Use], names: Names, claims: Mapping[str, object], reading: Reading) -> dict[str, str]:
    """Return what each used name turned out to be, id → kind; those that are nothing are noted as faults."""
    found: dict[str, str] = {}
    for use in uses:
        if use.name.startswith("claim:"):
            _check_claim_use(use, claims, reading)
            found |= {use.name: "claim"} if "/" in use.name else {}
            continue
        kind = names.things.get(use.name)
        if not names.is_known:
            continue  # their own files are at fault, which is told already
        if kind is None:
            what = " or ".join(word for word in use.to if word != "claim")
            cure = names.hint(use.name, use.to) or f"add it to the corpus's {'entities' if 'entity' in use.to else 'events'}"
            reading.fault(use.line, f"no {what} '{use.name}'", cure)
        elif ("event" if kind == "event" else "entity") not in use.to:
            wanted = " or ".join(use.to)
            reading.fault(use.line, f"'{use.name}' is {'an event' if kind == 'event' else 'an entity'}; this key takes {wanted}")
        else:
            found[use.name] = kind
    return found


def _check_claim_use(use: Use, claims: Mapping[str, object], reading: Reading) -> None:
    if "claim" not in use.to:
        reading.fault(use.line, f"'{use.name}' is a claim; this key takes {' or '.join(use.to)}")
    elif "/" not in use.name and use.name.removeprefix("claim:") not in claims:
        reading.fault(use.line, f"no claim '{use.name.removeprefix('claim:')}' in this file", did_you_mean(use.name[6:], claims))


def _line(node: Keys, *keys: str) -> int:
    return next((node.entries[key][0] for key in keys if key in node.entries), node.line)


def check_article(article: Article, node: Keys, stem: str, reading: Reading) -> None:
    """Note an id that is not the file's name, and zones past the end of the text."""
    if article.id != stem:
        reading.fault(_line(node, "id"), f"the article '{article.id}' lies in a file named {stem}.yaml", "give both one name")
    for spans in article.zones.values():
        _check_spans(article, spans, _line(node, "zones"), reading)


def _check_spans(article: Article, spans: tuple[Span, ...], line: int, reading: Reading) -> None:
    end = article.text.characters if article.text else None
    for span in spans:
        if end is not None and span.end > end:
            reading.fault(line, f"the span {span.start}-{span.end} ends past the text, which has {end} characters")


def check_claim(article: Article, claim: Claim, node: Keys, names: Names, reading: Reading) -> Claim:
    """Return the claim with its dates resolved, after noting what is wrong with it."""
    _check_spans(article, claim.evidence, _line(node, "evidence"), reading)
    _check_spans(article, claim.attribution_evidence, _line(node, "attribution-evidence"), reading)
    last = claim.attribution[-1].source if claim.attribution else claim.speaker
    if claim.speaker and last != claim.speaker:
        line = _line(node, "speaker")
        reading.fault(line, f"the speaker is '{claim.speaker}' but the attribution ends with '{last}'", "let the last step be the speaker")
    for question, given in claim.answers.items() if names.is_known else ():
        for answer in given:
            _check_answer(question, answer, _line(node, "answers"), names, reading)
    try:
        return _settle(article, claim)
    except BadDate as wrong:
        reading.fault(_line(node, "time", "attribution"), wrong.message, wrong.cure)
        return claim


def _check_answer(question: str, answer: str, line: int, names: Names, reading: Reading) -> None:
    if question not in names.answers:
        reading.fault(line, f"no question '{question}'", did_you_mean(question, names.answers) or "add it to corpus/questions.yaml")
    elif answer not in names.answers[question]:
        of = names.answers[question]
        reading.fault(line, f"the question '{question}' has no answer '{answer}'", did_you_mean(answer, of) or f"it has {', '.join(sorted(of))}")


def _settle(article: Article, claim: Claim) -> Claim:
    """Dates as EDTF with their basis. Words inside quotation marks hang on the time of saying, all others on the article's."""
    anchor = when.read_edtf(article.anchor) if article.anchor else None
    steps = tuple(_settle_step(step, anchor) for step in claim.attribution)
    speaker = claim.speaker or (steps[-1].source if steps else None)
    time, basis = claim.time, claim.time_basis
    if time is not None:
        said = steps[-1].said if steps and claim.voice in ("direct", "mixed") else None
        resolved, how = when.read_time(time, when.read_edtf(said) if said else anchor)
        time, basis = resolved.edtf, basis or how
    if steps == claim.attribution and time == claim.time and basis == claim.time_basis and speaker == claim.speaker:
        return claim
    return replace(claim, attribution=steps, speaker=speaker, time=time, time_basis=basis)


def _settle_step(step: Step, anchor: when.When | None) -> Step:
    if step.said is None:
        return step
    said, how = when.read_time(step.said, anchor)
    return replace(step, said=said.edtf, said_basis=step.said_basis or how)


def doubled(nodes: list[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield each id that stands again, with its line and the line of the first."""
    first: dict[str, int] = {}
    for name, line in nodes:
        if name in first:
            yield name, line, first[name]
        first.setdefault(name, line)
