"""Extracts of Wikidata → items, one at a time whatever their size: TSV, SSSOM, JSON dumps, N-Triples; plain, .gz or .bz2."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from kb.errors import InputError
from kb.judgement import WIKIDATA
from kb.link.items import ITEM, Item, Office, item_of, rdf_day

_TRIPLE = re.compile(r"<([^<>]*)>\s+<([^<>]*)>\s+(?:<([^<>]*)>|\"((?:[^\"\\]|\\.)*)\"(?:@([A-Za-z0-9-]+)|\^\^<[^<>]*>)?)\s*\.\s*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_COLUMNS = {
    "id": "id", "qid": "id", "item": "id", "object_id": "id", "label": "label", "label_en": "label", "object_label": "label",
    "aliases": "aliases", "description": "description", "classes": "classes", "kind": "classes", "country": "country",
    "lat": "latitude", "lon": "longitude", "born": "born", "died": "died", "begun": "begun", "ended": "ended", "offices": "offices",
}  # fmt: skip
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}", re.ASCII)
_OWNER = re.compile(r"http://www\.wikidata\.org/entity/(?:Q([1-9][0-9]{0,11})|statement/[Qq]([1-9][0-9]{0,11})-.+)", re.ASCII)
_PROP = "http://www.wikidata.org/prop/"
_RANK = "http://wikiba.se/ontology#rank"


def items(path: Path) -> Iterator[Item]:
    """Yield the items of an extract in its order. Raises InputError with the line that cannot be read."""
    name = path.name.removesuffix(".gz").removesuffix(".bz2")
    reader = {"tsv": _of_table, "json": _of_dump, "jsonl": _of_dump, "nt": _of_triples}.get(name.rpartition(".")[2])
    if reader is None:
        raise InputError("no extract we can read", path=path, cure="give .tsv, .sssom.tsv, .json, .jsonl or .nt, plain or as .gz or .bz2")
    try:
        with _open(path) as lines:
            yield from reader(lines, path)
    except (OSError, EOFError) as wrong:
        raise InputError(f"cannot be read: {wrong}", path=path, cure="fetch the file again, or look at its name") from None
    except UnicodeDecodeError as wrong:
        raise InputError(f"not UTF-8: {wrong.reason}", path=path, cure="save it as UTF-8") from None


def _open(path: Path) -> io.TextIOBase:
    opener = {".gz": gzip.open, ".bz2": bz2.open}.get(path.suffix, open)
    return opener(path, "rt", encoding="utf-8", newline="\n")


def _bad(path: Path, line: int, what: str) -> InputError:
    return InputError(what, path=path, line=line, cure="mend the line or take it out")


def _of_table(lines: Iterable[str], path: Path) -> Iterator[Item]:
    """A first line with the columns, cells between single tabs, `|` between several aliases or classes. No id: no item."""
    columns: list[str] = []
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\r\n").split("\t")
        if line.startswith("#") and not columns:
            continue
        if not columns:
            columns = [_COLUMNS.get(cell, "") for cell in cells]
            if "id" not in columns or "label" not in columns:
                raise _bad(path, number, "the first line names no column for id and label")
            continue
        if len(cells) != len(columns):
            raise _bad(path, number, f"{len(cells)} cells under {len(columns)} columns")
        row = {name: cell for name, cell in zip(columns, cells, strict=True) if name}
        found = ITEM.fullmatch(row["id"])
        if found and row["label"]:
            yield _of_row(int(found[1]), row, path, number)


def _of_row(number: int, row: dict[str, str], path: Path, line: int) -> Item:
    try:
        point = (float(row["latitude"]), float(row["longitude"])) if row.get("latitude") and row.get("longitude") else None
    except ValueError:
        raise _bad(path, line, "coordinates that are no numbers") from None
    split = {name: [part for part in row.get(name, "").split("|") if part] for name in ("aliases", "classes", "country", "offices")}
    offices = [Office(*(*part.split(" "), "", "")[:3]) for part in split["offices"]]
    dates = {name: row.get(name, "") for name in ("born", "died", "begun", "ended")}
    for day in (*dates.values(), *(day for one in offices for day in (one.start, one.end))):
        if day and not _DAY.fullmatch(day):
            raise _bad(path, line, f"'{day[:30]}' is not written YYYY, YYYY-MM or YYYY-MM-DD")
    return Item(
        number, row["label"], [row["label"], *split["aliases"]], row.get("description", ""), split["classes"], split["country"], point,
        offices=offices, **dates,
    )  # fmt: skip


def _of_dump(lines: Iterable[str], path: Path) -> Iterator[Item]:
    """An entity a line, as in Wikidata's JSON dumps; `[`, `]` and the commas between are passed over."""
    for number, line in enumerate(lines, 1):
        text = line.strip().rstrip(",")
        if text in ("", "[", "]"):
            continue
        try:
            item = item_of(json.loads(text))
            if item is not None:
                yield item
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
            raise _bad(path, number, f"no entity of Wikidata: {type(wrong).__name__}") from None


def _of_triples(lines: Iterable[str], path: Path) -> Iterator[Item]:
    """Labels, descriptions, direct properties and statements of offices; what is said of one item follows each other.

    Where the statements of an item stand apart from it, as in a sorted file, they come as an item without names.
    """
    owned = (found for number, line in enumerate(lines, 1) if (found := _triple(line, path, number)) is not None)
    named = ((owner, *triple) for triple in owned if (owner := _OWNER.fullmatch(triple[0])))
    for number, group in groupby(named, key=lambda one: int(one[0][1] or one[0][2])):
        item, nodes = Item(number), {}
        for owner, subject, predicate, value, language in group:
            if owner[1]:
                item.add(predicate, value, language)
            else:
                nodes.setdefault(subject, {})[predicate.removeprefix(_PROP)] = value
        item.offices = [office for node in nodes.values() if (office := _office(node)) is not None]
        item.label = item.label or next(iter(item.names), "")
        if item.names or item.offices:
            yield item


def _office(node: dict[str, str]) -> Office | None:
    held = node.get("statement/P39", "")
    if not held.startswith(WIKIDATA) or node.get(_RANK, "").endswith("DeprecatedRank"):
        return None
    return Office(held.removeprefix(WIKIDATA), *(rdf_day(node.get(f"qualifier/{key}", "")) for key in ("P580", "P582")))


def _triple(line: str, path: Path, number: int) -> tuple[str, str, str, str] | None:
    """Return subject, predicate, object and the object's language; None for a line that says nothing, or something of a blank node."""
    if not line.strip() or line.startswith(("#", "_:")):
        return None
    found = _TRIPLE.fullmatch(line)
    if found is None:
        if "_:" in line:
            return None
        raise _bad(path, number, "no triple")
    return found[1], found[2], found[3] if found[3] is not None else _ESCAPE.sub(_character, found[4]), (found[5] or "").lower()


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else {"n": "\n", "t": "\t", "r": "\r"}.get(found[3], found[3])
