"""Figures: the data that a script may draw, beside a table that says the same without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.errors import BadDate
from kb.pages.reading import clip
from kb.when import read_edtf

MOST = 200  # rows of one figure


@dataclass(frozen=True, slots=True)
class Figure:
    """One view: `kind` is timeline, bar, map or graph; `data` is what its script reads."""

    kind: str
    caption: str
    data: Mapping[str, Any]


def bounds(edtf: str) -> tuple[str, str]:
    """Return first and last day of an EDTF text as ISO, empty when open or unread.

    >>> bounds("2022-02")
    ('2022-02-01', '2022-02-28')
    """
    try:
        when = read_edtf(edtf)
    except BadDate:
        return "", ""
    return (when.earliest.isoformat() if when.earliest else "", when.latest.isoformat() if when.latest else "")


def timeline(caption: str, rows: Iterable[Mapping[str, Any]]) -> Figure:
    """Return a timeline; rows have label, href, earliest, latest, lane, certainty (the speaker's), contested. Days are ISO, None when open."""
    keys = ("label", "href", "earliest", "latest", "lane", "certainty", "contested")
    return Figure("timeline", caption, {"rows": [{key: row.get(key) or None for key in keys} for row in list(rows)[:MOST]]})


def bar(caption: str, counted: str, rows: Iterable[tuple[str, float, str]]) -> Figure:
    """Return bars; a row is label, value, address; `counted` says of what there are so many."""
    return Figure("bar", caption, {"counted": counted, "rows": [{"label": label, "value": value, "href": href or None} for label, value, href in list(rows)[:MOST]]})


def places(caption: str, rows: Iterable[tuple[str, str, float, float, int]]) -> Figure:
    """Return a map; a row is label, address, latitude, longitude, number of claims."""
    found = [{"label": label, "href": href or None, "lat": lat, "lon": lon, "claims": claims} for label, href, lat, lon, claims in list(rows)[:MOST]]
    return Figure("map", caption, {"places": found})


def graph(caption: str, nodes: Sequence[tuple[str, str, str, str]], edges: Iterable[tuple[str, str, str, str]]) -> Figure:
    """Return a graph; a node is id, label, kind, address; an edge source, target, label, kind, both of them nodes."""
    ids = {node[0] for node in nodes}
    joined = [dict(zip(("source", "target", "label", "kind"), edge, strict=True)) for edge in edges if edge[0] in ids and edge[1] in ids]
    named = [{"id": name, "label": clip(label), "kind": kind, "href": href or None} for name, label, kind, href in nodes]
    return Figure("graph", caption, {"nodes": named, "edges": joined[:MOST]})
