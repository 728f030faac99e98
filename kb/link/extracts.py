"""Extracts of Wikidata → items, one at a time whatever their size: TSV, SSSOM, JSON dumps, N-Triples; plain, .gz or .bz2."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from math import isfinite
from pathlib import Path

from kb.errors import InputError
from kb.judgement import WIKIDATA
from kb.link.items import ITEM, Item, Office, item_of, rdf_day

_TRIPLE = re.compile(r"\s*<([^<>]*)>\s*<([^<>]*)>\s*(?:<([^<>]*)>|\"((?:[^\"\\]|\\.)*)\"(?:@([A-Za-z0-9-]+)|\^\^<[^<>]*>)?)\s*\.\s*(?:#[^\n]*\n?)?")
_PAIR = r"u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})"  # one character in two halves, as some programs write it
_ESCAPE = re.compile(rf"\\(?:{_PAIR}|u([0-9A-Fa-f]{{4}})|U([0-9A-Fa-f]{{8}})|(.))")
_HALF = re.compile("[\ud800-\udfff]")
_API = re.compile(r'\{\s*"entities"')
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
    return opener(path, "rt", encoding="utf-8-sig", newline="\n")


def _bad(path: Path, line: int, what: str, cure: str = "mend the line or take it out") -> InputError:
    return InputError(what, path=path, line=line, cure=cure)


def _of_table(lines: Iterable[str], path: Path) -> Iterator[Item]:
    """A first line with the columns, cells between single tabs, `|` between several aliases or classes. No id: no item."""
    columns: list[str] = []
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\r\n").split("\t")
        if line.startswith("#") and not columns:
            continue
        if not columns:
            columns = [_COLUMNS.get(cell, "") for cell in cells]
            if missing := [name for name in ("id", "label") if name not in columns]:
                cure = f"name it {' or '.join(key for key, name in _COLUMNS.items() if name == missing[0])}; it has {', '.join(cells)[:200]}"
                raise _bad(path, number, f"the first line names no column for {' and '.join(missing)}", cure)
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
        if point and not all(map(isfinite, point)):
            raise ValueError
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
            entity = json.loads(text)
            if (odd := _odd(text, entity)) is not None:
                raise _bad(path, number, *odd)
            item = item_of(entity)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
            raise _bad(path, number, *(_odd(text, None) or (f"no entity of Wikidata: {type(wrong).__name__}",))) from None
        if item is not None:
            yield item


def _odd(text: str, entity: object) -> tuple[str, ...] | None:
    """Return what a line of JSON is in place of an entity, and what to do about it; None when nothing is odd."""
    if isinstance(entity, list):
        return "all entities in one line", "write an entity a line, as Wikidata's dumps do: jq -c '.[]'"
    if _API.match(text):
        return "an answer of the API, not a dump", "write an entity a line, as Wikidata's dumps do: jq -c '.entities[]'"
    if isinstance(entity, dict) and "id" not in entity:
        return ("no entity of Wikidata: it has no 'id'",)
    if "\\u" in text and _HALF.search(json.dumps(entity, ensure_ascii=False)):
        return ("half a surrogate pair, which is no character",)
    return None


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
    if not (start := line.lstrip()) or start.startswith(("#", "_:")):
        return None
    found = _TRIPLE.fullmatch(line)
    if found is None:
        if "_:" in line:
            return None
        raise _bad(path, number, "no triple")
    try:
        value = found[3] if found[3] is not None else _ESCAPE.sub(_character, found[4])
    except ValueError as wrong:
        raise _bad(path, number, str(wrong)) from None
    return found[1], found[2], value, (found[5] or "").lower()


def _character(found: re.Match[str]) -> str:
    """Return the character of an escape. Raises ValueError for a number that is no character's."""
    high, low, *codes, other = found.groups()
    if other is not None:
        return {"n": "\n", "t": "\t", "r": "\r"}.get(other, other)
    code = 0x10000 + (int(high, 16) - 0xD800) * 0x400 + int(low, 16) - 0xDC00 if high else int(codes[0] or codes[1], 16)
    if code > sys.maxunicode or 0xD800 <= code < 0xE000:
        raise ValueError(f"the escape {found[0]} is no character")
    return chr(code)
