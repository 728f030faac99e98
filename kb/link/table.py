"""An SSSOM table as text: `#` lines with the prefixes, one line of columns, rows of cells with single tabs between them.

Stricter than SSSOM asks, so that every reader of such files sees the same cells: no quoting, no tab or line end in a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.errors import Fault, did_you_mean

_PREFIX = re.compile(r"#  (?P<prefix>[A-Za-z][A-Za-z0-9_.-]*): (?P<iri>https?://[!-~]*[/#_=])", re.ASCII)
_CURIE = re.compile(r"(?P<prefix>[A-Za-z][A-Za-z0-9_.-]*):(?P<local>[A-Za-z0-9][A-Za-z0-9._/-]*)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: column → cell, and its line in the file."""

    cells: Mapping[str, str]
    line: int


@dataclass(slots=True)
class Table:
    """A file as read. `header` is its `#` lines as they stand; `faults` is everything that is wrong with it."""

    path: str
    header: tuple[str, ...]
    prefixes: dict[str, str]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: list[Fault]

    def fault(self, line: int, message: str, cure: str = "") -> None:
        self.faults.append(Fault(self.path, line, message, cure))

    def expand(self, curie: str, column: str, line: int) -> str | None:
        """Return the IRI of a CURIE, or None after noting why there is none."""
        match = _CURIE.fullmatch(curie)
        if match is None:
            self.fault(line, f"{column} '{curie[:60]}' is no CURIE", "write it prefix:name")
            return None
        if match["prefix"] not in self.prefixes:
            cure = did_you_mean(match["prefix"], self.prefixes) or f"add  #  {match['prefix']}: …  below #curie_map:"
            self.fault(line, f"{column} '{curie}' has the undeclared prefix '{match['prefix']}'", cure)
            return None
        return self.prefixes[match["prefix"]] + match["local"]


def read_table(text: str, path: str, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """Return the table in `text`, with every fault of its form. It has just the given columns, in their order."""
    lines = text.split("\n")
    count = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    table = Table(path, tuple(lines[:count]), {}, (), (), [])
    _read_prefixes(table)
    if not text.endswith("\n"):
        table.fault(len(lines), "the last line has no end", "end the file with a line end")
    names = tuple(lines[count].split("\t")) if count < len(lines) else ()
    table.columns = names
    _check_columns(table, columns, needed, count + 1)
    table.rows = tuple(_rows(table, lines, count + 1))
    return table


def _read_prefixes(table: Table) -> None:
    if "#curie_map:" not in table.header:
        table.fault(1, "no `#curie_map:`", "start the file with #curie_map: and a line  #  prefix: IRI  for each prefix")
        return
    start = table.header.index("#curie_map:") + 1
    for number, line in enumerate(table.header[start:], start + 1):
        if not line.startswith("#  "):
            return
        match = _PREFIX.fullmatch(line)
        if match is None:
            table.fault(number, f"'{line[:60]}' declares no prefix", "write  #  prefix: IRI  with an http(s) IRI that ends in / # _ or =")
        elif match["prefix"] in table.prefixes:
            table.fault(number, f"the prefix '{match['prefix']}' is declared twice", "remove one of the two lines")
        else:
            table.prefixes[match["prefix"]] = match["iri"]


def _check_columns(table: Table, columns: Sequence[str], needed: Sequence[str], line: int) -> None:
    names = table.columns
    missing = [name for name in needed if name not in names]
    for name in missing:
        table.fault(line, f"no column '{name}'", f"the columns are {', '.join(columns)}")
    odd = [name for name in names if name not in columns]
    for name in odd:
        table.fault(line, f"unknown column '{name[:60]}'", did_you_mean(name, columns) or f"the columns are {', '.join(columns)}")
    if len(set(names)) != len(names):
        table.fault(line, "a column stands twice", "remove one of the two")
    if not missing and not odd and names != tuple(columns):
        table.fault(line, "the columns stand in another order, or some are missing", f"write them as {', '.join(columns)}")


def _rows(table: Table, lines: list[str], start: int) -> list[Row]:
    found = []
    for number, line in enumerate(lines[start:], start + 1):
        if number == len(lines) and line == "":
            break
        cells = line.split("\t")
        if line.startswith("#"):
            table.fault(number, "a comment among the rows", "use the column `comment`, or move it above the columns")
        elif len(cells) != len(table.columns):
            cure = "one tab between cells, none inside one, an empty cell where nothing is said"
            table.fault(number, f"{len(cells)} cells under {len(table.columns)} columns", cure)
        elif _is_plain(table, line, cells, number):
            found.append(Row(dict(zip(table.columns, cells, strict=True)), number))
    return found


def _is_plain(table: Table, line: str, cells: list[str], number: int) -> bool:
    before = len(table.faults)
    if '"' in line:
        table.fault(number, "a double quote, which other readers take for the start of a quoted cell", "write ’ or ' in its place")
    if _CONTROL.search(line):
        table.fault(number, "a control character or an invisible line separator", "remove it; lines end in a line feed alone")
    if any(cell != cell.strip() for cell in cells):
        table.fault(number, "a cell starts or ends with a space", "remove it")
    return len(table.faults) == before
