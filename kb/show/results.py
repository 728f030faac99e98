"""Rows for programs: SPARQL 1.1 CSV, TSV and JSON results, and one JSON object a line."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from kb import vocab
from kb.rows import Term

Rows = Iterable[Sequence[Term | None]]

_XSD = vocab.PREFIXES["xsd"]
_WHOLE = {f"{_XSD}{name}" for name in ("integer", "nonNegativeInteger", "positiveInteger", "int", "long")}
_WHOLE_TEXT = re.compile(r"-?[1-9][0-9]{0,14}|0")
_KINDS = {"iri": "uri", "blank": "bnode"}
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # OWASP, CSV injection; the last four are full-width
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
GUARD = (_FORMULA.pattern, _NUMBER.pattern)  # for those that write rows elsewhere


def write_csv(columns: Sequence[str], rows: Rows, out: TextIO, *, guard: bool = True) -> int:
    """Write RFC 4180 and return the number of rows. An unbound cell and an empty text look the same."""
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(columns)
    count = 0
    for row in rows:
        cells = ("" if term is None else bare(term) for term in row)
        sheet.writerow([guarded(cell) if guard else cell for cell in cells])
        count += 1
    return count


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet runs: `'` goes before what begins like a formula, also before one that has it.

    Numbers stay. Take one `'` away again from a cell that begins with `'` and then =, +, -, @, tab or line end.

    >>> guarded('=HYPERLINK("x")'), guarded("-5")
    ('\\'=HYPERLINK("x")', '-5')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def bare(term: Term) -> str:
    """Return a term's value alone."""
    return f"_:{term.value}" if term.kind == "blank" else term.value


def write_tsv(columns: Sequence[str], rows: Rows, out: TextIO) -> int:
    """Write terms as SPARQL does, tabs and line ends escaped, and return the number of rows."""
    out.write("\t".join(f"?{name}" for name in columns) + "\n")
    count = 0
    for row in rows:
        out.write("\t".join("" if term is None else str(term) for term in row) + "\n")
        count += 1
    return count


def write_json(columns: Sequence[str], rows: Rows, out: TextIO) -> int:
    """Write SPARQL 1.1 Query Results JSON, a row a line, and return the number of rows."""
    out.write(f'{{"head": {{"vars": {_json(list(columns))}}}, "results": {{"bindings": [')
    count = 0
    for row in rows:
        binding = {name: _binding(term) for name, term in zip(columns, row, strict=True) if term is not None}
        out.write(("," if count else "") + "\n" + _json(binding))
        count += 1
    out.write("\n]}}\n")
    return count


def _binding(term: Term) -> dict[str, str]:
    binding = {"type": _KINDS.get(term.kind, term.kind), "value": term.value}
    if term.lang:
        binding["xml:lang"] = term.lang
    elif term.datatype:
        binding["datatype"] = term.datatype
    return binding


def write_jsonl(columns: Sequence[str], rows: Rows, out: TextIO) -> int:
    """Write a JSON object a row and return their number: whole numbers and truths as such, else text, null where unbound."""
    count = 0
    for row in rows:
        out.write(_json({name: _native(term) for name, term in zip(columns, row, strict=True)}) + "\n")
        count += 1
    return count


def _native(term: Term | None) -> Any:
    if term is None:
        return None
    if term.datatype in _WHOLE and _WHOLE_TEXT.fullmatch(term.value):
        return int(term.value)
    if term.datatype == f"{_XSD}boolean" and term.value in ("true", "false"):
        return term.value == "true"
    return bare(term)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
