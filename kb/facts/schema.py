"""The JSON Schema of the corpus's files, generated from `model`: what completion and red lines in an editor work by."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from kb.facts.read import SPAN
from kb.form import Date, Degrees, Match, OneOf, Ref, Slug
from kb.ids import SLUG
from kb.model import Corpus, Entities, Events, FactFile, Questions, Span

FILES: dict[str, type] = {
    "fact-file": FactFile,
    "entities": Entities,
    "events": Events,
    "questions": Questions,
    "corpus": Corpus,
}
_TEXT = {"type": ["string", "number", "boolean"]}
_SPAN = {"type": "string", "pattern": f"^{SPAN.pattern}$"}


def json_schema(kind: type) -> dict[str, Any]:
    """Return the schema of one kind of file (JSON Schema 2020-12)."""
    definitions: dict[str, Any] = {}
    top = _object(kind, definitions)
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": (kind.__doc__ or "").split("\n")[0], **top, "$defs": dict(sorted(definitions.items()))}


def schema_text(name: str) -> str:
    """Return the committed text of `kb/schema/<name>.json`."""
    return json.dumps(json_schema(FILES[name]), indent=1, ensure_ascii=False) + "\n"


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    properties = {one.name.replace("_", "-"): _property(one, hints[one.name], definitions) for one in fields(kind)}
    needed = [one.name.replace("_", "-") for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _property(one: Field, hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    about = one.metadata.get("about")
    return ({"description": about} if about else {}) | _of(hint, definitions)


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, parts = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return _SPAN if hint is Span else _reference(hint, definitions)
    if origin in (Union, UnionType):
        return _of(next(part for part in parts if part is not type(None)), definitions)
    if origin is Annotated:
        return _marked(parts[1])
    if origin is tuple:
        one = _of(parts[0], definitions)
        return {"anyOf": [one, {"type": "array", "items": one}]}
    if origin is dict:
        return {"type": "object", "propertyNames": _of(parts[0], definitions), "additionalProperties": _of(parts[1], definitions)}
    return {str: _TEXT, bool: {"type": "boolean"}, int: {"type": "integer"}, Decimal: {"type": "number"}}[hint]


def _reference(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # stands for itself while its own fields are read
        definitions[kind.__name__] = _object(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _marked(mark: Any) -> dict[str, Any]:
    if isinstance(mark, Degrees):
        limits = [{"type": "number", "minimum": -most, "maximum": most} for most in (90, 180)]
        return {"type": "array", "prefixItems": limits, "items": False, "minItems": 2}
    if isinstance(mark, Slug):
        return {"type": "string", "pattern": f"^{SLUG}$"}
    if isinstance(mark, Ref):
        start = "(claim:)?" if "claim" in mark.to else ""
        return {"type": "string", "pattern": f"^{start}[a-z0-9][a-z0-9._/-]*$"}
    if isinstance(mark, OneOf):
        spaced = [word.replace("-", " ") for word in mark.words if "-" in word]
        return {"enum": [*mark.words, *spaced]}
    if isinstance(mark, Match):
        return {"type": "string", "pattern": f"^(?:{mark.pattern})$"}
    return {"type": ["string", "number"]} if isinstance(mark, Date) else {"type": "string"}
