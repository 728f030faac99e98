"""A page as it goes out: HTML, or rows as CSV, TSV and JSON, or what went wrong as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.errors import KbError
from kb.pages.asked import status_of
from kb.rows import Result, Row
from kb.show.results import write_csv, write_json, write_tsv

HTML = "text/html; charset=utf-8"
_WRITERS = {
    "csv": (write_csv, "text/csv; charset=utf-8"), "tsv": (write_tsv, "text/tab-separated-values; charset=utf-8"),
    "json": (write_json, "application/sparql-results+json"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it goes out."""

    body: bytes
    media: str
    status: int = 200


def table(columns: Sequence[str], rows: Iterable[Row], form: str) -> Page:
    """Return rows as csv, tsv or json (SPARQL 1.1 results)."""
    write, media = _WRITERS[form]
    out = io.StringIO(newline="")
    write(columns, rows, out)
    return Page(out.getvalue().encode("utf-8", "replace"), media)


def truth(result: Result) -> Page:
    return Page(json.dumps({"head": {}, "boolean": result.boolean}).encode() + b"\n", _WRITERS["json"][1])


def told(wrong: KbError) -> Page:
    """Return an error as data: its message and cure, with the status that says whose it is."""
    return Page(json.dumps({"error": wrong.message, "cure": wrong.cure}, ensure_ascii=False).encode("utf-8", "replace") + b"\n", "application/json", status_of(wrong))
