"""Which of the formats we have a client wants most: Accept with q-values (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_RANGE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*((?:;[^,]*)?)\Z")
_Q = re.compile(r";\s*q\s*=\s*([^;]*)", re.IGNORECASE)
_NUMBER = re.compile(r"0(?:\.[0-9]*)?|1(?:\.0*)?", re.ASCII)

# What a client may ask for, best first, with the names that older clients use; then what we answer.
ROWS = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
GRAPHS = {
    "turtle": ("text/turtle", "application/x-turtle"),
    "ntriples": ("application/n-triples", "text/plain"),
    "jsonld": ("application/ld+json", "application/json"),
    "rdfxml": ("application/rdf+xml", "application/xml", "text/xml"),
    "trig": ("application/trig",),
    "nquads": ("application/n-quads",),
}
_LONGEST = 4096  # characters of a header that are read; what was read is remembered
CHARSET = {"text/csv", "text/tab-separated-values", "text/turtle", "text/html", "text/plain"}


def content_type(media: str) -> str:
    """Return a media type with its charset where the type's own default is another.

    >>> content_type("text/csv")
    'text/csv; charset=utf-8'
    """
    return f"{media}; charset=utf-8" if media in CHARSET else media


def wanted(accept: str, served: Mapping[str, Sequence[str]]) -> str | None:
    """Return the key of the format that fits `accept` best, None when none does; the first of equals. No header takes anything.

    >>> wanted("text/csv;q=0.5, application/json", ROWS)
    'json'
    """
    return _wanted(accept[:_LONGEST], tuple((key, tuple(names)) for key, names in served.items()))


@lru_cache(256)
def _wanted(accept: str, served: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    ranges = _ranges(accept)
    if not ranges:
        return served[0][0]
    if ("text", "html") in ranges:  # a browser: it also names XML, and means XHTML
        ranges.pop(("application", "xml"), None)
    best, weight = None, 0.0
    for key, names in served:
        if ranges.get(tuple(names[0].split("/"))) == 0:  # by its own name, which it would bear
            continue
        q = max(_weight(name, ranges, exact=number == 0) for number, name in enumerate(names))
        if q > weight:
            best, weight = key, q
    return best


def _ranges(accept: str) -> dict[tuple[str, str], float]:
    """Return range → q; what is no range is passed over."""
    found = {}
    for piece in accept.split(",")[:64]:
        one = _RANGE.match(piece)
        if one:
            q = _Q.search(one[3])
            weight = q[1].strip() if q else "1"
            if _NUMBER.fullmatch(weight):
                found[one[1].lower(), one[2].lower()] = float(weight)
    return found


def _weight(name: str, ranges: dict[tuple[str, str], float], *, exact: bool) -> float:
    """Return the q of the most specific range a name falls in; wildcards speak of a format's own name only."""
    major, _, minor = name.partition("/")
    if (major, minor) in ranges:
        return ranges[major, minor] - (0 if exact else 1e-6)
    return next((ranges[one] for one in ((major, "*"), ("*", "*")) if one in ranges), 0.0) if exact else 0.0


def listed(served: Mapping[str, Sequence[str]]) -> str:
    """Return the names of what is served, for a 406.

    >>> listed({"csv": ("text/csv",)})
    'text/csv'
    """
    return ", ".join(names[0] for names in served.values())
