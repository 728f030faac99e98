"""Values put into a stored query: each is checked and written as one RDF term, so no word can become query text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from kb.errors import BadDate, InputError, UnknownName, did_you_mean
from kb.query.header import PLAIN, Param, StoredQuery
from kb.query.names import resolve_name
from kb.query.slots import pieces
from kb.rows import XSD, Term, iri, literal
from kb.store import Store, open_store


def read_value(where: str | Path | Store, param: Param, word: str) -> str:
    """Return what a word given for a parameter means in the store at `where`: an IRI for a name, else the word, checked.

    Raises UnknownName, BadIri, BadDate, InputError.
    """
    if param.type in PLAIN:
        _value_term(param, word)
        return word
    store = open_store(where) if isinstance(where, str | Path) else where
    return resolve_name(store, word, param.type, hint=param.name)


def bind(query: StoredQuery, values: Mapping[str, str | Sequence[str]]) -> str:
    """Return the query's text with each `VALUES ?x { UNDEF }` holding the values given for x, else its default.

    Values are IRIs, texts, dates as 2031-05-04, or whole numbers, by the parameter's type; several stand side by side.
    A parameter with neither stays open. Raises BadIri, BadDate, InputError, and UnknownName for a parameter it has not.
    """
    for name in values:
        if name not in query.params:
            cure = did_you_mean(name, query.params) or f"it takes {', '.join(query.params) or 'none'}"
            raise UnknownName(f"the query '{query.name}' has no parameter '{name}'", cure=cure)
    found = []
    for name, text in pieces(query.text):
        param = query.params.get(name)
        given = values.get(name, param.default or ()) if param else ()
        terms = [str(_value_term(param, value)) for value in ((given,) if isinstance(given, str) else given)]
        found.append(" ".join(dict.fromkeys(terms)) or text)  # a value given twice would give each row twice
    return "".join(found)


def _value_term(param: Param, value: str) -> Term:
    if param.type == "string":
        return literal(value)
    if param.type == "date":
        return literal(_date(param, value), f"{XSD}date")
    if param.type == "integer":
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", value, re.ASCII):
            raise InputError(f"{param.name}: {value[:40]!r} is not a whole number", cure="write it like 12")
        return literal(str(int(value)), f"{XSD}integer")
    return iri(value)


def _date(param: Param, value: str) -> str:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise BadDate(f"{param.name}: {value[:40]!r} is not a day", cure="write it like 2031-05-04")
