"""The words of N-Quads: canonical literals, terms of the ontology, and a time with its bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from kb import vocab
from kb.ids import concept
from kb.vocab import term
from kb.when import read_edtf

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
TYPE = f"<{vocab.PREFIXES['rdf']}type>"
LABEL = f"<{vocab.PREFIXES['rdfs']}label>"
COMMENT = f"<{vocab.PREFIXES['rdfs']}comment>"
XSD = vocab.PREFIXES["xsd"]
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@cache
def own(curie: str) -> str:
    """Return a term as `<IRI>`: `speaker` is ours, `oa:start` another's."""
    prefix, _, name = curie.rpartition(":")
    return f"<{vocab.PREFIXES[prefix]}{name}>" if prefix else f"<{term(curie)}>"


@cache
def word(scheme: str, word: str) -> str:
    return f"<{concept(scheme, word)}>"


def plain(text: str) -> str:
    """Return a plain literal in N-Quads."""
    return f'"{text.translate(_ESCAPES)}"'


def tagged(text: str, language: str = "en") -> str:
    return f'"{text.translate(_ESCAPES)}"@{language.lower()}'


def typed(text: str, datatype: str) -> str:
    return f'"{text.translate(_ESCAPES)}"^^<{datatype}>'


def number(value: Decimal) -> str:
    """Return a canonical xsd:decimal: no exponent, no plus, no needless zeros."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return typed(f"{text or '0'}.0" if "." not in text else text, f"{XSD}decimal")


def count(value: int) -> str:
    return typed(str(value), f"{XSD}nonNegativeInteger")


Pairs = Iterator[tuple[str, str]]


def time_pairs(edtf: str | None, basis: str | None) -> Pairs:
    if edtf is None:
        return
    time = read_edtf(edtf)
    yield own("time"), typed(edtf, vocab.EDTF)
    if time.earliest is not None:
        yield own("earliest"), typed(time.earliest.isoformat(), f"{XSD}date")
    if time.latest is not None:
        yield own("latest"), typed(time.latest.isoformat(), f"{XSD}date")
    yield own("timeBasis"), word("time-basis", basis or "stated")
