"""What a person or a program sees: rows, an answer and findings, in the format asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from kb.errors import InputError, did_you_mean
from kb.ids import DEFAULT_BASE
from kb.model import Finding
from kb.rows import Result, Term
from kb.show import findings as _findings
from kb.show import results, table
from kb.show.findings import counted, looked_line

__all__ = ["FINDING_FORMATS", "ROW_FORMATS", "counted", "looked_line", "show_answer", "show_findings", "show_result", "show_rows"]

ROW_FORMATS = ("table", "csv", "tsv", "json", "jsonl")
FINDING_FORMATS = ("table", "json", "jsonl", "sarif")


def show_rows(
    columns: Sequence[str],
    rows: Iterable[Sequence[Term | None]],
    format: str,
    out: TextIO,
    *,
    base: str = DEFAULT_BASE,
    guard: bool = True,
) -> int:
    """Write rows as they come and return how many there were.

    table: IRIs as ids and prefixed names, nothing that could steer a terminal · csv: RFC 4180, where `guard` puts `'` before
    a cell that a spreadsheet would run as a formula · tsv and json: SPARQL 1.1 Results, lossless · jsonl: plain values.
    Open `out` with newline="" where the system rewrites line ends. Raises InputError for an unknown format.
    """
    _check(format, ROW_FORMATS)
    if format == "table":
        return table.write_rows(columns, rows, out, base=base)
    if format == "csv":
        return results.write_csv(columns, rows, out, guard=guard)
    return {"tsv": results.write_tsv, "json": results.write_json, "jsonl": results.write_jsonl}[format](columns, rows, out)


def show_result(result: Result, format: str, out: TextIO, *, base: str = DEFAULT_BASE, guard: bool = True) -> int:
    """Write the rows or the answer of a query as `show_rows` and `show_answer` do, and return the number of rows."""
    if result.boolean is not None:
        show_answer(result.boolean, format, out)
        return 1
    return show_rows(result.columns, result.rows, format, out, base=base, guard=guard)


def show_answer(answer: bool, format: str, out: TextIO) -> None:
    """Write what an ASK query gave: yes or no, or true or false for programs. Raises InputError."""
    _check(format, ROW_FORMATS)
    word = str(answer).lower()
    texts = {
        "table": "yes" if answer else "no",
        "json": f'{{"head": {{}}, "boolean": {word}}}',
        "jsonl": f'{{"boolean": {word}}}',
    }
    out.write(texts.get(format, word) + "\n")


def show_findings(findings: Iterable[Finding], looked_at: Mapping[str, int], format: str, out: TextIO) -> int:
    """Write findings by file and line, with what was looked at, and return how many there were.

    jsonl holds findings alone: print `looked_line` beside it. Raises InputError for an unknown format.
    """
    _check(format, FINDING_FORMATS)
    found = sorted(findings, key=_findings.order)
    getattr(_findings, f"write_{format}")(found, looked_at, out)
    return len(found)


def _check(format: str, formats: tuple[str, ...]) -> None:
    if format not in formats:
        raise InputError(f"no format {format!r}", cure=did_you_mean(format, formats) or f"take one of {', '.join(formats)}")
