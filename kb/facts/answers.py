"""What the answers of one question must keep beyond their form: each id once, relations to its other answers, none that clash."""

from __future__ import annotations

from collections.abc import Iterator

from kb.errors import did_you_mean
from kb.facts.read import Reading
from kb.facts.rules import doubled
from kb.facts.yaml import Mapping as Keys
from kb.facts.yaml import Sequence
from kb.model import Answer, Question

_VERBS = {"excludes": "excludes", "competes-with": "competes with", "qualifies": "qualifies"}


def check_answers(question: Question, node: Keys, reading: Reading) -> None:
    """Note what is wrong with the answers of a question, whose node read well, at the line of each."""
    inner = node.entries["answers"][1] if "answers" in node.entries else Sequence((), node.line)
    answers = list(zip(question.answers, inner.items if isinstance(inner, Sequence) else (inner,), strict=True))
    for name, line, first in doubled([(answer.id, keys.line) for answer, keys in answers]):
        message = f"two answers of '{question.id}' have the id '{name}' (first in line {first})"
        reading.fault(line, message, "give the second its own id, or join the two")
    known = {answer.id for answer in question.answers}
    excluded: dict[frozenset[str], int] = {}
    for answer, key, other, line in _relations(answers):
        if other == answer.id or other not in known:
            _fault_unknown(question, answer, other, known - {answer.id}, line, reading)
        elif key == "excludes":
            excluded.setdefault(frozenset({answer.id, other}), line)
    for answer, key, other, line in _relations(answers):
        first = excluded.get(frozenset({answer.id, other}))
        if key != "excludes" and first is not None:
            message = f"the answer '{answer.id}' {_VERBS[key]} '{other}', but the two exclude each other (line {first})"
            reading.fault(line, message, f"keep `excludes:` where both cannot hold, else `{key}:`")


def _relations(answers: list[tuple[Answer, Keys]]) -> Iterator[tuple[Answer, str, str, int]]:
    """Yield each answer with the key and id of another that it names, and the line of that key."""
    for answer, keys in answers:
        for key in _VERBS:
            for other in getattr(answer, key.replace("-", "_")):
                yield answer, key, other, keys.entries[key][0]


def _fault_unknown(question: Question, answer: Answer, other: str, others: set[str], line: int, reading: Reading) -> None:
    message = f"the answer '{answer.id}' names '{other}', which is no other answer of '{question.id}'"
    near = did_you_mean(other, sorted(others)) if other != answer.id else ""
    listed = f"its other answers are {', '.join(sorted(others))}" if others else "add the other answer to the question"
    reading.fault(line, message, near or listed)
