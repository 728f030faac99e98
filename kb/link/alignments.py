"""Our terms beside those of others: `ontology/align/*.sssom.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.errors import FactFileError, Fault, InputError
from kb.facts import read_source
from kb.judgement import PREDICATES
from kb.link.table import read_table

_COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "comment")
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+", re.ASCII)


def read_alignments(files: Iterable[tuple[Path, str]]) -> list[tuple[str, str, str]]:
    """Return (our term, predicate, their term) of `(path, name shown)` files. Raises FactFileError with the faults of all."""
    faults: list[Fault] = []
    found = [row for path, name in files for row in _rows(path, name, faults)]
    if faults:
        raise FactFileError(faults)
    return found


def _rows(path: Path, name: str, faults: list[Fault]) -> Iterator[tuple[str, str, str]]:
    try:
        text = read_source(path, name=name)
    except InputError as wrong:
        faults.append(Fault(name, 0, wrong.message, wrong.cure))
        return
    table = read_table(text, name, _COLUMNS, _COLUMNS)
    for row in table.rows:
        terms = [table.expand(row.cells.get(part, ""), part, row.line) for part in ("subject_id", "predicate_id", "object_id")]
        if None in terms:
            continue
        if terms[1] not in PREDICATES[1:]:
            table.fault(row.line, f"predicate_id '{row.cells['predicate_id']}' is no skos:…Match")
        elif not all(_IRI.fullmatch(term) for term in terms):
            table.fault(row.line, "an id that makes no IRI", "look at the prefixes in the file's head")
        else:
            yield tuple(terms)
    faults += table.faults
