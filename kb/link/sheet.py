"""Answers from a spreadsheet → judgements: every fault of the sheet at once, and nothing taken from a sheet that has one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kb.errors import FactFileError, Fault, InputError, did_you_mean
from kb.facts import read_source
from kb.judgement import NO_TERM, WIKIDATA, Judgement
from kb.link.answers import ALIKE, Answer, alike_of, judgement_of, read_answer
from kb.link.review import Review
from kb.link.suggest import plain

_NEEDED = ("thing", "item", "answer")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?')
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says. `rows`: judgements to be made, each with the sheet's path and line; `open`: lines without an answer;
    `told`: lines that say what is judged already."""

    rows: tuple[Judgement, ...]
    open: int
    told: int


def read_sheet(path: Path, review: Review, *, day: str) -> Sheet:
    """Return the judgements in a CSV or TSV file as `kb link --format csv` or tsv writes it, with a column `answer` put in.

    Columns `predicate` (same, exact, close, broad, narrow, related) and `comment` may stand there too; others are not read.
    Raises FactFileError with every fault: an answer that is none, an item that is no candidate of its thing, two answers
    to one question, and what `kb check` would find in the judgements.
    """
    return _Reader(path, review, day).read()


class _Reader:
    def __init__(self, path: Path, review: Review, day: str) -> None:
        self.path, self.review, self.day = path, review, day
        self.faults: list[Fault] = []
        self.rows: dict[Key, Judgement] = {}
        self.judged = review.judged()
        self.before: dict[Key, list[Judgement]] = {}
        for one in self.judged:
            self.before.setdefault(_key(one), []).append(one)
        self.candidates = {_key(one): one for _, many in review.waiting() for one in many}

    def read(self) -> Sheet:
        left = told = 0
        for number, cells in _lines(self.path, self.faults):
            if cells["answer"].strip().lower() in ("", "s", "skip"):
                left += 1
                continue
            answer = self.answer(number, cells)
            if answer is not None:
                told += self.take(number, (_name(cells["thing"].strip()), _name(cells["item"].strip())), answer)
        self.check()
        if self.faults:
            raise FactFileError(self.faults)
        return Sheet(tuple(self.rows.values()), left, told)

    def fault(self, line: int, message: str, cure: str = "") -> None:
        self.faults.append(Fault(str(self.path), line, message, cure))

    def answer(self, line: int, cells: dict[str, str]) -> Answer | None:
        alike = cells.get("predicate", "").strip().lower()
        try:
            answer = read_answer(cells["answer"])
        except InputError as wrong:
            self.fault(line, wrong.message, wrong.cure)
            return None
        if answer is None:
            self.fault(line, f"'{plain(cells['answer'])[:40]}' is no answer", "yes, no, unsure or not there; an empty cell leaves the candidate for later")
        elif alike and alike not in ALIKE:
            self.fault(line, f"'{plain(alike)[:40]}' is no predicate", did_you_mean(alike, ALIKE) or f"one of {', '.join(ALIKE)}, or nothing")
        else:
            said = " ".join(filter(None, (answer.comment, plain(cells.get("comment", "")))))
            return replace(answer, predicate=answer.predicate or ALIKE.get(alike, ""), comment=said)
        return None

    def take(self, line: int, key: Key, answer: Answer) -> bool:
        """Note the judgement of a line, or what is wrong with it; say whether it was told before."""
        kind, asked = ("no", (key[0], _name(NO_TERM))) if answer.kind == "none" else (answer.kind, key)
        before, other = self.before.get(asked, []), self.rows.get(asked)
        if any(one.answer == kind and answer.predicate in ("", one.predicate) for one in before):
            return True
        if before:
            self.fault(line, f"judged already: {_said(before[0])} in {before[0].path}:{before[0].line}", "change it there, or empty the cell")
        elif key not in self.candidates:
            self.fault(line, f"{key[1]!r} is no candidate of {key[0]!r}", self.near(key))
        elif other is not None:
            row = self.judgement(key, answer, line)
            if (row.answer, row.predicate) != (other.answer, other.predicate) and row.has_item:
                self.fault(line, f"answered {_said(other)} in line {other.line} already", "keep one of the two")
        else:
            self.rows[asked] = self.judgement(key, answer, line)
        return False

    def judgement(self, key: Key, answer: Answer, line: int) -> Judgement:
        row = judgement_of(self.candidates[key], answer, author=self.review.author, day=self.day)
        return replace(row, path=str(self.path), line=line)

    def check(self) -> None:
        """Note what the checks would find in the judgements with these rows."""
        for one in self.review.objections(self.rows.values(), self.judged):
            self.fault(one.line, one.message.replace(one.path, str(self.path)), f"{one.cure}; or judge it in a terminal, where you are asked again")

    def near(self, key: Key) -> str:
        items = [item for thing, item in self.candidates if thing == key[0]]
        if items:
            return f"its candidates are {', '.join(items)}; a spreadsheet that fills a column downwards counts ids up"
        return did_you_mean(key[0], {thing for thing, _ in self.candidates}) or "nothing of that name waits; `kb link` makes candidates anew"


def _said(one: Judgement) -> str:
    """Return an answer in words; of a yes and an unsure, how the two are alike."""
    return one.answer if one.negated or not one.has_item else f"{one.answer} ({alike_of(one.predicate)})"


def _key(one: Judgement) -> Key:
    return _name(one.subject), _name(one.object)


def _name(iri: str) -> str:
    """Return the short name of a thing or item, however it is written: whole, as a CURIE, or as itself.

    >>> _name("http://www.wikidata.org/entity/Q42"), _name("wd:Q42"), _name("https://example.org/kb/id/entity/ada")
    ('Q42', 'Q42', 'entity/ada')
    """
    short = iri.removeprefix(WIKIDATA).removeprefix("wd:").rpartition("/id/")[2]
    return re.sub(r"^(entity|event):", r"\1/", short)


def _lines(path: Path, faults: list[Fault]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row that fits the columns with its line; note the others. Raises FactFileError for a file without the columns."""
    text = read_source(path).removeprefix("\ufeff")
    first = text.partition("\n")[0]
    sparql, sign = first.startswith("?"), max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, quoting=csv.QUOTE_NONE if sparql else csv.QUOTE_MINIMAL, strict=not sparql)
    columns, line = _columns(reader, path), reader.line_num + 1
    try:
        for cells in reader:
            if any(cells) and len(cells) != len(columns):
                faults.append(Fault(str(path), line, f"{len(cells)} cells under {len(columns)} columns", "look for a separator too many, or a quote left open"))
            elif any(cells):
                yield line, dict(zip(columns, map(_plain, cells) if sparql else cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as wrong:
        faults.append(Fault(str(path), line, f"no CSV: {wrong}", "save the sheet again as CSV (UTF-8)"))


def _columns(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        columns = [name.strip().removeprefix("?").lower() for name in next(reader, [])]
    except csv.Error as wrong:
        raise FactFileError([Fault(str(path), 1, f"no CSV: {wrong}", "save the sheet again as CSV (UTF-8)")]) from None
    for name in _NEEDED:
        if columns.count(name) != 1:
            said = f"no column '{name}'" if name not in columns else f"the column '{name}' stands twice"
            cure = did_you_mean(name, columns) if name not in columns else "remove one"
            raise FactFileError([Fault(str(path), 1, said, cure or "take what `kb link --format csv` writes, and put in a column `answer`")])
    return columns


def _plain(cell: str) -> str:
    """Return the text of a cell of SPARQL's TSV."""
    found = _QUOTED.fullmatch(cell)
    return re.sub(r"\\(.)", lambda sign: _ESCAPES.get(sign[1], sign[1]), found[1]) if found else cell.removeprefix("<").removesuffix(">")
