"""Extracts of Wikidata → items, one at a time whatever their size: TSV, SSSOM, JSON dumps, N-Triples; plain, .gz or .bz2."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from kb.errors import InputError
from kb.judgement import WIKIDATA

_ITEM = re.compile(r"(?:wd:|http://www\.wikidata\.org/entity/)?Q([1-9][0-9]{0,11})", re.ASCII)
_TRIPLE = re.compile(r"<([^<>]*)>\s+<([^<>]*)>\s+(?:<([^<>]*)>|\"((?:[^\"\\]|\\.)*)\"(?:@[A-Za-z0-9-]+|\^\^<[^<>]*>)?)\s*\.\s*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_POINT = re.compile(r"Point\((-?[0-9.]+) (-?[0-9.]+)\)", re.ASCII)
_COLUMNS = {
    "id": "id", "qid": "id", "item": "id", "object_id": "id", "label": "label", "label_en": "label", "object_label": "label",
    "aliases": "aliases", "description": "description", "classes": "classes", "kind": "classes", "country": "country",
    "lat": "latitude", "lon": "longitude",
}  # fmt: skip
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_NAMES = (_LABEL, "http://www.w3.org/2004/02/skos/core#altLabel", "http://www.w3.org/2004/02/skos/core#prefLabel", "http://schema.org/name")
_DESCRIPTION = "http://schema.org/description"
_DIRECT = "http://www.wikidata.org/prop/direct/"


@dataclass(slots=True)
class Item:
    """One item as an extract gives it. `classes` are ids of classes or words for them; `point` is latitude and longitude."""

    number: int
    label: str = ""
    names: list[str] = field(default_factory=list)
    description: str = ""
    classes: list[str] = field(default_factory=list)
    country: str = ""
    point: tuple[float, float] | None = None
    weight: int = 0


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
        found = _ITEM.fullmatch(row["id"])
        if found and row["label"]:
            yield _of_row(int(found[1]), row, path, number)


def _of_row(number: int, row: dict[str, str], path: Path, line: int) -> Item:
    try:
        point = (float(row["latitude"]), float(row["longitude"])) if row.get("latitude") and row.get("longitude") else None
    except ValueError:
        raise _bad(path, line, "coordinates that are no numbers") from None
    split = {name: [part for part in row.get(name, "").split("|") if part] for name in ("aliases", "classes")}
    return Item(
        number, row["label"], [row["label"], *split["aliases"]], row.get("description", ""), split["classes"], row.get("country", ""), point
    )


def _of_dump(lines: Iterable[str], path: Path) -> Iterator[Item]:
    """An entity a line, as in Wikidata's JSON dumps; `[`, `]` and the commas between are passed over."""
    for number, line in enumerate(lines, 1):
        text = line.strip().rstrip(",")
        if text in ("", "[", "]"):
            continue
        try:
            entity = json.loads(text)
            found = _ITEM.fullmatch(entity["id"])
            if found:
                yield _of_entity(int(found[1]), entity)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
            raise _bad(path, number, f"no entity of Wikidata: {type(wrong).__name__}") from None


def _of_entity(number: int, entity: dict[str, Any]) -> Item:
    labels = {language: one["value"] for language, one in (entity.get("labels") or {}).items()}
    names = [*labels.values(), *(one["value"] for many in (entity.get("aliases") or {}).values() for one in many)]
    descriptions, claims = entity.get("descriptions") or {}, entity.get("claims") or {}
    label = labels.get("en") or labels.get("mul") or next(iter(labels.values()), "")
    points = [value for value in _values(claims, "P625") if "latitude" in value]
    countries = [value["id"] for key in ("P17", "P27") for value in _values(claims, key)]
    return Item(
        number, label, list(dict.fromkeys(names)), descriptions.get("en", {}).get("value", ""), [value["id"] for value in _values(claims, "P31")],
        countries[0] if countries else "", (points[0]["latitude"], points[0]["longitude"]) if points else None, len(entity.get("sitelinks") or {}),
    )  # fmt: skip


def _values(claims: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    for statement in claims.get(key, ()):
        value = statement["mainsnak"].get("datavalue", {}).get("value")
        if isinstance(value, dict) and statement.get("rank") != "deprecated":
            yield value


def _of_triples(lines: Iterable[str], path: Path) -> Iterator[Item]:
    """Labels, descriptions and direct properties; the triples of one item follow each other."""
    triples = (found for number, line in enumerate(lines, 1) if (found := _triple(line, path, number)) is not None)
    for subject, group in groupby(triples, key=lambda triple: triple[0]):
        found = _ITEM.fullmatch(subject)
        if found is None:
            continue
        item = Item(int(found[1]))
        for _, predicate, value in group:
            _add(item, predicate, value)
        if item.names:
            item.label = item.label or item.names[0]
            yield item


def _triple(line: str, path: Path, number: int) -> tuple[str, str, str] | None:
    if not line.strip() or line.startswith(("#", "_:")):
        return None
    found = _TRIPLE.fullmatch(line)
    if found is None:
        if "_:" in line:
            return None
        raise _bad(path, number, "no triple")
    return found[1], found[2], found[3] if found[3] is not None else _ESCAPE.sub(_character, found[4])


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else {"n": "\n", "t": "\t", "r": "\r"}.get(found[3], found[3])


def _add(item: Item, predicate: str, value: str) -> None:
    if predicate in _NAMES:
        item.names.append(value)
        item.label = item.label or (value if predicate == _LABEL else "")
    elif predicate == _DESCRIPTION:
        item.description = item.description or value
    elif predicate == f"{_DIRECT}P31":
        item.classes.append(value.removeprefix(WIKIDATA))
    elif predicate in (f"{_DIRECT}P17", f"{_DIRECT}P27"):
        item.country = item.country or value.removeprefix(WIKIDATA)
    elif predicate == f"{_DIRECT}P625" and (point := _POINT.match(value)):
        item.point = (float(point[2]), float(point[1]))
