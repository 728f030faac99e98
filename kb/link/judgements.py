"""Judgements ⇄ `corpus/links/{yes,no,unsure}.sssom.tsv`: every fault of the files at once, rows in a fixed order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from kb.errors import FactFileError, Fault, InputError, did_you_mean
from kb.facts import read_source
from kb.ids import Mint
from kb.judgement import ANSWERS, NO_TERM, PREDICATES, SAME_AS, WIKIDATA, Judgement
from kb.link.table import Row, Table, read_table
from kb.vocab import PREFIXES

COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label", "mapping_justification",
    "author_id", "reviewer_id", "object_source_version", "mapping_date", "confidence", "comment",
)  # fmt: skip
_NEEDED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_ITEM = re.compile(r"Q[1-9][0-9]{0,11}", re.ASCII)
_CONFIDENCE = re.compile(r"0(\.[0-9]{1,3})?|1(\.0{1,3})?", re.ASCII)
_SEMAPV = "https://w3id.org/semapv/vocab/"
_JUSTIFICATIONS = tuple(f"{_SEMAPV}{name}" for name in (
    "ManualMappingCuration", "LexicalMatching", "LexicalSimilarityThresholdMatching", "CompositeMatching", "MappingReview",
    "MappingInversion", "MappingChaining", "LogicalReasoning", "InstanceBasedMatching", "StructuralMatching",
    "SemanticSimilarityThresholdMatching", "BackgroundKnowledgeBasedMatching", "UnspecifiedMatching",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class JudgementFile:
    """One file of judgements. `header` is its `#` lines, kept as they stand; `prefixes` what they declare."""

    answer: str
    header: tuple[str, ...]
    prefixes: Mapping[str, str]
    judgements: tuple[Judgement, ...]


def read_judgements(files: Iterable[tuple[Path, str]]) -> tuple[Judgement, ...]:
    """Return the judgements of `(path, name shown)` files. Raises FactFileError with the faults of all."""
    found: list[Judgement] = []
    faults: list[Fault] = []
    for path, name in files:
        try:
            found += read_file(read_source(path, name=name), name).judgements
        except FactFileError as wrong:
            faults += wrong.faults
        except InputError as wrong:
            faults.append(Fault(name, 0, wrong.message, wrong.cure))
    if faults:
        raise FactFileError(faults)
    return tuple(found)


def read_file(text: str, path: str) -> JudgementFile:
    """Return one file's judgements, or candidates; its name tells their answer. Raises FactFileError with every fault."""
    answer = Path(path).name.removesuffix(".sssom.tsv")
    if answer not in (*ANSWERS, "predictions"):
        cure = did_you_mean(answer, ANSWERS) or f"judgements lie in {', '.join(f'{one}.sssom.tsv' for one in ANSWERS)}"
        raise FactFileError([Fault(path, 0, "no file of judgements has this name", cure)])
    table = read_table(text, path, COLUMNS, _NEEDED)
    if table.faults and not set(_NEEDED) <= set(table.columns):
        raise FactFileError(table.faults)
    _check_prefixes(table)
    read = [_judgement(table, row, answer) for row in table.rows]
    _check_doubled(table)
    if table.faults:
        raise FactFileError(table.faults)
    return JudgementFile(answer, table.header, table.prefixes, tuple(one for one in read if one is not None))


def _check_prefixes(table: Table) -> None:
    for prefix, iri in table.prefixes.items():
        if "wikidata.org/entity/" in iri and iri != WIKIDATA:
            line = next(number for number, text in enumerate(table.header, 1) if text.startswith(f"#  {prefix}:"))
            table.fault(line, f"items of Wikidata are not named below {iri}", f"write {WIKIDATA}, with http and www")


def _check_doubled(table: Table) -> None:
    first: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        key = tuple(row.cells.get(name, "") for name in ("subject_id", "predicate_id", "object_id"))
        if key in first:
            table.fault(row.line, f"the same link as in line {first[key]}", "keep one of the two")
        first.setdefault(key, row.line)


def _judgement(table: Table, row: Row, answer: str) -> Judgement | None:
    cells, before = {name: row.cells.get(name, "") for name in COLUMNS}, len(table.faults)
    subject = table.expand(cells["subject_id"], "subject_id", row.line)
    predicate = table.expand(cells["predicate_id"], "predicate_id", row.line)
    item = table.expand(cells["object_id"], "object_id", row.line)
    for name in ("mapping_justification", "author_id", "reviewer_id"):
        iri = table.expand(cells[name], name, row.line) if cells[name] else None
        if name == "mapping_justification" and iri is not None and iri not in _JUSTIFICATIONS:
            cure = did_you_mean(iri.removeprefix(_SEMAPV), [one.removeprefix(_SEMAPV) for one in _JUSTIFICATIONS])
            table.fault(row.line, f"mapping_justification '{cells[name]}' is none that SEMAPV has", cure)
    if predicate is not None and predicate not in PREDICATES:
        table.fault(row.line, f"predicate_id '{cells['predicate_id']}' is no link", "schema:sameAs, or one of the skos:…Match")
    _check_object(table, row, item)
    _check_answer(table, row, answer, item)
    _check_values(table, row)
    if len(table.faults) > before or subject is None or predicate is None or item is None:
        return None
    return Judgement(
        answer=answer, subject=subject, predicate=predicate, object=item, negated=cells["predicate_modifier"] == "Not",
        subject_label=cells["subject_label"], object_label=cells["object_label"], justification=cells["mapping_justification"],
        author=cells["author_id"], reviewer=cells["reviewer_id"], version=cells["object_source_version"],
        date=cells["mapping_date"], confidence=Decimal(cells["confidence"]) if cells["confidence"] else None,
        comment=cells["comment"], path=table.path, line=row.line,
    )  # fmt: skip


def _check_object(table: Table, row: Row, item: str | None) -> None:
    if item is None or item == NO_TERM:
        return
    if not item.startswith(WIKIDATA):
        table.fault(row.line, f"object_id '{row.cells['object_id']}' is no item of Wikidata", f"write wd:Q… with wd: {WIKIDATA}")
    elif not _ITEM.fullmatch(item.removeprefix(WIKIDATA)):
        table.fault(row.line, f"object_id '{row.cells['object_id']}' is no id of an item", "write Q and its number, such as wd:Q42")


def _check_answer(table: Table, row: Row, answer: str, item: str | None) -> None:
    """A file says one thing: yes affirms an item, no denies one or says that there is none, unsure leaves it open."""
    modifier = row.cells.get("predicate_modifier", "")
    if modifier not in ("", "Not"):
        table.fault(row.line, f"predicate_modifier '{modifier[:40]}'", "write Not, or nothing")
    if answer == "no" and modifier != "Not" and item != NO_TERM:
        table.fault(row.line, "a row among the refused links that refuses nothing", "write Not as predicate_modifier, or move the row")
    if answer != "no" and modifier == "Not":
        table.fault(row.line, f"a refused link in the file of {answer}", "move the row to no.sssom.tsv")
    if answer in ("yes", "predictions") and item == NO_TERM:
        table.fault(row.line, "sssom:NoTermFound among the links", "move the row to no.sssom.tsv or unsure.sssom.tsv")
    if item == NO_TERM and modifier == "Not":
        table.fault(row.line, "Not and sssom:NoTermFound in one row", "take Not out")


def _check_values(table: Table, row: Row) -> None:
    confidence, when = row.cells.get("confidence", ""), row.cells.get("mapping_date", "")
    if confidence and not _CONFIDENCE.fullmatch(confidence):
        table.fault(row.line, f"confidence '{confidence[:40]}'", "write a number from 0 to 1, such as 0.9")
    try:
        if when and date.fromisoformat(when).isoformat() != when:
            raise ValueError
    except ValueError:
        table.fault(row.line, f"mapping_date '{when[:40]}' is no day", "write it YYYY-MM-DD")


def file_text(file: JudgementFile) -> str:
    """Return the file's text: its header as it stood, then a row a judgement, in order.

    Reading it and writing it again gives the same bytes. Raises InputError for a cell that would not read back.
    """
    rows = (_cells(one, file.prefixes) for one in sorted(file.judgements, key=order))
    text = "\n".join([*file.header, "\t".join(COLUMNS), *("\t".join(row) for row in rows)]) + "\n"
    read_file(text, f"{file.answer}.sssom.tsv")
    return text


def order(one: Judgement) -> tuple[object, ...]:
    """Return what judgements are sorted by in their file: subject, predicate (schema:sameAs first), object (none first)."""
    return one.subject, one.predicate != SAME_AS, one.predicate, one.has_item, one.object


def _cells(one: Judgement, prefixes: Mapping[str, str]) -> tuple[str, ...]:
    return (
        curie(one.subject, prefixes), one.subject_label, curie(one.predicate, prefixes), "Not" if one.negated else "",
        curie(one.object, prefixes), one.object_label, one.justification, one.author, one.reviewer, one.version, one.date,
        "" if one.confidence is None else str(one.confidence), one.comment,
    )  # fmt: skip


def curie(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI as prefix:name. Raises InputError when no prefix fits."""
    fitting = [(len(space), prefix) for prefix, space in prefixes.items() if iri.startswith(space)]
    if not fitting:
        raise InputError(f"no prefix for <{iri}>", cure="declare one below #curie_map:")
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def new_file(answer: str, judgements: Iterable[Judgement], mint: Mint, *, licence: str) -> JudgementFile:
    """Return a file of judgements with the header we give it."""
    prefixes = {
        "agent": f"{mint.base}id/agent/", "entity": mint.entity(""), "event": mint.event(""), "orcid": "https://orcid.org/",
        "schema": PREFIXES["schema"], "semapv": _SEMAPV, "skos": PREFIXES["skos"], "sssom": "https://w3id.org/sssom/", "wd": WIKIDATA,
    }  # fmt: skip
    titles = {"yes": "Links that hold", "no": "Links refused, and things for which there is no item", "unsure": "Links left open"}
    titles["predictions"] = "Candidates for a person to judge"
    header = ["#curie_map:", *(f"#  {prefix}: {iri}" for prefix, iri in prefixes.items())]
    header += [f"#mapping_set_id: {mint.base}links/{answer}.sssom.tsv", f"#mapping_set_title: {titles[answer]}"]
    return JudgementFile(answer, (*header, f"#license: {licence}"), prefixes, tuple(judgements))
