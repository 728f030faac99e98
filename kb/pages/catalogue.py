"""Every claim of a build in short, as data: what a folder of files searches in the page, where a server would ask the index."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kb.pages.cards import Card, cards
from kb.pages.reading import Reader
from kb.pages.render import brief
from kb.pages.search import BY_LINK, FACETS, ClaimIndex, Entry, facet_label, short, shown

_BATCH = 500
_FIELDS = ("path", "label", "lang", "says", "marks", "certainty", "clash", "time", "unsure", "basis", "earliest", "latest", "spans")


def catalogue(index: ClaimIndex) -> bytes:
    """Return all claims as JSON: `facets` and `links` with their values, and `claims`, a row each in the order of `fields`.

    A facet's value in a row is its place among the facet's values, which stand in the order of their IRIs; -1 for none.
    A link's, such as what a claim is about, are the places of several.
    """
    reader, entries = index.reader, index.entries
    places: dict[str, dict[str, int]] = {}
    facets = []
    for name in FACETS:
        found = sorted({getattr(one, name) for one in entries} - {""})
        places[name] = {value: place for place, value in enumerate(found)}
        facets.append({"name": name, "label": facet_label(name), "values": [_value(reader, name, value) for value in found]})
    links, linked = zip(*(_linked(reader, name) for name in BY_LINK), strict=True)
    rows = [
        [*_row(card), *(places[name].get(getattr(one, name), -1) for name in FACETS), *(found.get(one.claim, []) for found in linked)]
        for one, card in _carded(reader, entries)
    ]
    made = {"facets": facets, "links": links, "fields": [*_FIELDS, *FACETS, *BY_LINK], "claims": rows}
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _carded(reader: Reader, entries: list[Entry]) -> Iterator[tuple[Entry, Card]]:
    for start in range(0, len(entries), _BATCH):
        some = entries[start : start + _BATCH]
        found = cards(reader, [one.claim for one in some])
        yield from ((one, found[one.claim]) for one in some)


def _linked(reader: Reader, name: str) -> tuple[dict[str, object], dict[str, list[int]]]:
    """Return a link with its values, and the places of each claim's among them."""
    pairs = sorted({(value, claim) for claim, value in reader.rows(f"SELECT ?claim ?value {{ ?claim a kb:Claim ; {BY_LINK[name][0]} ?value }}")})
    places = {value: place for place, value in enumerate(dict.fromkeys(value for value, _ in pairs))}
    found: dict[str, list[int]] = {}
    for value, claim in pairs:
        found.setdefault(claim, []).append(places[value])
    return {"name": name, "values": [{"id": short(reader, name, value), "label": shown(reader, name, value)} for value in places]}, found


def _value(reader: Reader, facet: str, value: str) -> dict[str, str]:
    """Return a facet's value: as an address writes it, as people read it, and its page where it has one."""
    made = {"id": short(reader, facet, value), "label": shown(reader, facet, value)}
    return made | ({"path": reader.path(value)} if facet in ("speaker", "article") else {}) | ({"brief": brief(made["label"])} if facet == "article" else {})


def _row(card: Card) -> list[object]:
    clash = [card.contested, card.clashes[0][1].path] if card.contested else None
    marks = [[one.word.id, one.shape, one.word.label] for one in card.marks]
    certainty = card.certainty.label if card.certainty.id not in ("", "unspecified") else ""
    when = card.time
    basis = when.basis.label if when and when.basis.id not in ("", "stated") else ""
    time = (when.shown, int(when.is_uncertain), basis, when.earliest, when.latest) if when else ("", 0, "", "", "")
    return [card.path, card.label, card.lang, card.says, marks, certainty, clash, *time, [list(span) for span in card.spans]]
