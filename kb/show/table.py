"""Rows for eyes: a table in a terminal, aligned text in a pipe."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from kb import vocab
from kb.export.turtle import Names
from kb.rows import Term
from kb.show.results import bare
from kb.show.terminal import is_rich, padded, safe, width

_MEASURED = 1000  # rows that settle the widths; later ones are written as they come
_WIDEST = 60  # columns that a cell may claim for its whole column
_NARROWEST = 14  # columns below which a cell of a terminal is no longer read
_KINDS = ("article/", "claim/", "entity/", "event/", "question/")
_XSD = vocab.PREFIXES["xsd"]
_NUMBERS = {
    f"{_XSD}{name}"
    for name in ("integer", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger", "int", "long")
}


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[Term | None]], out: TextIO, *, base: str) -> int:
    """Write a table of rows and return how many there were."""
    shown = shortener(base)
    rows = iter(rows)
    first = list(islice(rows, _MEASURED))
    numeric = [
        all(_is_number(row[place]) for row in first) and any(row[place] for row in first) for place in range(len(columns))
    ]
    cells = ([shown(term) for term in row] for row in chain(first, rows))
    if not first:
        out.write("no rows\n")
        return 0
    if not is_rich(out):
        return _aligned(columns, cells, numeric, out)
    if len(columns) * _NARROWEST > shutil.get_terminal_size().columns:
        return _records(columns, cells, out)
    return _rich(columns, cells, numeric, out)


def shortener(base: str) -> Callable[[Term | None], str]:
    """Return what shows a term in a table: things of ours by id, other IRIs by prefix, texts on one line."""
    names = Names(vocab.PREFIXES, f"{base}id/")

    def shown(term: Term | None) -> str:
        if term is None:
            return ""
        if term.kind != "iri":
            return safe(bare(term))
        below = names.relative(term.value)
        if below is None:
            return safe(names.compact(term.value) or term.value)
        kind = next((kind for kind in _KINDS if below.startswith(kind)), "")
        return below[len(kind) :]

    return shown


def _is_number(term: Term | None) -> bool:
    return term is None or term.datatype in _NUMBERS


def _aligned(columns: Sequence[str], cells: Iterator[list[str]], numeric: list[bool], out: TextIO) -> int:
    first = list(islice(cells, _MEASURED))
    widths = [max([width(name), *(min(width(row[place]), _WIDEST) for row in first)]) for place, name in enumerate(columns)]
    out.write(_line(columns, widths, numeric))
    out.write(_line(["-" * columns_ for columns_ in widths], widths, numeric))
    count = 0
    for row in chain(first, cells):
        out.write(_line(row, widths, numeric))
        count += 1
    return count


def _line(cells: Sequence[str], widths: list[int], numeric: list[bool]) -> str:
    return (
        "  ".join(padded(cell, wide, right=right) for cell, wide, right in zip(cells, widths, numeric, strict=True)).rstrip()
        + "\n"
    )


def _records(columns: Sequence[str], cells: Iterator[list[str]], out: TextIO) -> int:
    """Write a block a row, as a table so wide would break every word of this terminal."""
    wide = max(width(name) for name in columns)
    count = 0
    for row in cells:
        out.write("\n" * bool(count))
        out.writelines(f"{padded(name, wide)}  {cell}\n" for name, cell in zip(columns, row, strict=True) if cell)
        count += 1
    return count


def _rich(columns: Sequence[str], cells: Iterator[list[str]], numeric: list[bool], out: TextIO) -> int:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, right in zip(columns, numeric, strict=True):
        table.add_column(Text(safe(name)), justify="right" if right else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=out, highlight=False, width=shutil.get_terminal_size().columns).print(table)
    return table.row_count
