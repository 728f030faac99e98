"""Entities, events and questions as last read, kept as JSON: thousands of them need not be read again for one edited article."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from kb.facts import Names, read_names
from kb.files import write_atomically
from kb.home import Home
from kb.model import Answer, Entity, Event, Question


def names_of(home: Home, digest: str, engine: str) -> Names:
    """Return what `read_names` gives, from the cache when it was read from files of this digest by this engine.

    Raises FactFileError with every fault of the files.
    """
    path = home.cache / "names.json"
    record = _record(path)
    if record.get("digest") == digest and record.get("engine") == engine:
        return _thawed(record)
    names = read_names(home.name_files())
    kept = {"digest": digest, "engine": engine, "places": dict(names.places)}
    kept |= {key: [asdict(one) for one in getattr(names, key)] for key in ("entities", "events", "questions")}
    write_atomically(path, json.dumps(kept, ensure_ascii=False, separators=(",", ":"), default=str))
    return names


def _record(path: Path) -> Mapping[str, Any]:
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _thawed(record: Mapping[str, Any]) -> Names:
    entities = tuple(Entity(**_tuples(row) | {"coordinates": _decimals(row)}) for row in record["entities"])
    events = tuple(Event(**_tuples(row)) for row in record["events"])
    questions = tuple(
        Question(**_tuples(row) | {"answers": tuple(Answer(**_tuples(answer)) for answer in row["answers"])})
        for row in record["questions"]
    )
    return Names.of(entities, events, questions, record["places"])


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _decimals(row: Mapping[str, Any]) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in row["coordinates"])
