"""YAML ⇄ model: the corpus's files, read strictly, every fault of a file at once and each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb import ids
from kb.errors import FactFileError, Fault, InputError, did_you_mean
from kb.facts.answers import check_answers
from kb.facts.read import WRONG, Reading, read_as
from kb.facts.rules import Names, check_article, check_claim, check_uses, doubled
from kb.facts.yaml import Mapping as Keys
from kb.facts.yaml import Node, Scalar, Sequence, read_node
from kb.model import Article, Claim, Corpus, Entities, Events, FactFile, Questions

__all__ = ["Names", "ReadFile", "claim_lines", "read_corpus", "read_facts", "read_names", "read_source"]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A fact file and what its names turned out to be (id → kind, `question/answer` → answer), which decides if a cached reading still holds."""

    file: FactFile
    uses: Mapping[str, str]


def read_source(path: Path, *, name: str | None = None) -> str:
    """Return the text of a corpus file; `\\r\\n` counts as one line end. Raises InputError when it cannot be read or is not UTF-8."""
    where = name or str(path)
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise InputError(f"not UTF-8 at byte {wrong.start}", path=where, cure="save the file as UTF-8") from None
    except OSError as wrong:
        raise InputError(f"cannot be read: {wrong.strerror}", path=where, cure="check that it is there and may be read") from None


def read_facts(text: str, path: str, names: Names) -> ReadFile:
    """Return the fact file in `text`, dates resolved. Raises FactFileError with every fault of the file."""
    reading = Reading(path)
    node = read_node(text, path)
    article, claims = _parts(node, reading)
    if isinstance(article, Article):
        check_article(article, node.entries["article"][1], Path(path).stem, reading)
    ids_seen = {_id_of(inner): inner for inner in claims}
    for name, line, first in doubled([(_id_of(inner), inner.line) for inner in claims if _id_of(inner)]):
        reading.fault(line, f"two claims have the id '{name}' (first in line {first})", "give the second its own id")
    read = [(inner, read_as(Claim, inner, reading)) for inner in claims]
    uses = check_uses(reading.uses, names, ids_seen, reading)
    if isinstance(article, Article):
        read = [(inner, claim if claim is WRONG else check_claim(article, claim, inner, names, reading)) for inner, claim in read]
    if reading.faults:
        raise FactFileError(reading.faults)
    done = tuple(claim for _, claim in read)
    uses |= {f"{question}/{answer}": "answer" for claim in done for question, given in claim.answers.items() for answer in given}
    return ReadFile(FactFile(article=article, claims=done), uses)


def _parts(node: Node | None, reading: Reading) -> tuple[Any, tuple[Keys, ...]]:
    """Return the article and the nodes of the claims, so that one bad claim hides no fault of another."""
    if not isinstance(node, Keys):
        reading.fault(node.line if node else 1, "a fact file has the keys `article:` and `claims:`", "see `kb init` for an example")
        return WRONG, ()
    for key, (line, _) in node.entries.items():
        if key not in ("article", "claims"):
            reading.fault(line, f"unknown key '{key}' in a fact file", did_you_mean(key, ["article", "claims"]))
    if "article" not in node.entries:
        reading.fault(node.line, "the fact file has no `article:`", "add `article:`")
        return WRONG, ()
    inner = node.entries["claims"][1] if "claims" in node.entries else Sequence((), node.line)
    items = inner.items if isinstance(inner, Sequence) else (inner,)
    for item in items:
        if not isinstance(item, Keys):
            reading.fault(item.line, "a claim is written as keys and values", "start it with `- id:`")
    return read_as(Article, node.entries["article"][1], reading), tuple(item for item in items if isinstance(item, Keys))


def _id_of(node: Keys) -> str:
    inner = node.entries.get("id", (0, None))[1]
    return inner.text if isinstance(inner, Scalar) else ""


def claim_lines(text: str, path: str) -> dict[str, dict[str, int]]:
    """Return claim id → key → line, to lead a finding back to its place; the key "" is the claim itself."""
    node = read_node(text, path)
    _, claims = _parts(node, Reading(path))
    return {_id_of(inner): {"": inner.line} | {key: line for key, (line, _) in inner.entries.items()} for inner in claims}


def read_corpus(path: Path, *, name: str | None = None) -> Corpus:
    """Return `corpus.yaml`. Raises FactFileError with every fault."""
    where = name or str(path)
    node = read_node(read_source(path, name=where), where)
    reading = Reading(where)
    corpus = read_as(Corpus, node, reading)
    if corpus is not WRONG:
        try:
            ids.check_base(corpus.base)
        except InputError as wrong:
            reading.fault(node.entries["base"][0], wrong.message, wrong.cure)
    if reading.faults:
        raise FactFileError(reading.faults)
    return corpus


def read_names(files: Iterable[tuple[Path, str]]) -> Names:
    """Return all entities, events and questions of `(path, name shown)` files. Raises FactFileError with the faults of all."""
    found: dict[str, list] = {"entities": [], "events": [], "questions": []}
    faults: list[Fault] = []
    lines: list[tuple[str, str, int]] = []
    uses: list[tuple[Reading, list]] = []
    for path, name in files:
        reading = Reading(name)
        try:
            lines += [(ident, name, line) for ident, line in _read_one(path, reading, found)]
        except FactFileError as wrong:
            faults += wrong.faults
        except InputError as wrong:
            faults.append(Fault(name, 0, wrong.message, wrong.cure))
        uses.append((reading, reading.uses))
    places = {ident: f"{name}:{line}" for ident, name, line in reversed(lines)}
    names = Names.of(tuple(found["entities"]), tuple(found["events"]), tuple(found["questions"]), places)
    faults += [fault for reading, _ in uses for fault in reading.faults] + _doubled_names(lines)
    if not faults:  # else what a faulty file holds is not known, and names of it would be told as missing
        for reading, used in uses:
            check_uses(used, names, {}, reading)
            faults += reading.faults
    if faults:
        raise FactFileError(faults)
    return names


_TOPS = {"entities": Entities, "events": Events, "questions": Questions}


def _read_one(path: Path, reading: Reading, found: dict[str, list]) -> list[tuple[str, int]]:
    node = read_node(read_source(path, name=reading.path), reading.path)
    top = next((key for key in _TOPS if isinstance(node, Keys) and key in node.entries), None)
    if top is None:
        reading.fault(1, "the file has none of the keys `entities:`, `events:`, `questions:`", "put its list below one of them")
        return []
    read = read_as(_TOPS[top], node, reading)
    if read is not WRONG:
        found[top] += getattr(read, top)
    inner = node.entries[top][1]
    items = [item for item in (inner.items if isinstance(inner, Sequence) else (inner,)) if isinstance(item, Keys)]
    if read is not WRONG and top == "questions":
        for question, item in zip(read.questions, items, strict=True):
            check_answers(question, item, reading)
    space = "question " if top == "questions" else ""
    return [(space + _id_of(item), item.line) for item in items]


def _doubled_names(lines: list[tuple[str, str, int]]) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for ident, name, line in lines:
        if ident in first:
            faults.append(Fault(name, line, f"the id '{ident}' is taken (first at {first[ident]})", "give it another id, or join the two"))
        first.setdefault(ident, f"{name}:{line}")
    return faults
