"""Claims as the rules of proposal see them: one flat object each, joined from a few queries by IRI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.compare.read import Reading, word

ROLES = ("cause", "purpose", "theme", "agent", "subject", "instrument", "recipient")
_OPEN = {"more-than": (0, 1), "at-least": (0, 1), "less-than": (1, 0), "at-most": (1, 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A claim on an event, or one that judges; `event` and `type` are empty where it tells of none."""

    claim: str
    label: str
    article: str
    speaker: str
    speaker_label: str
    event: str
    type: str
    polarity: str
    modality: str
    earliest: date
    latest: date
    evidence: tuple[tuple[int, int], ...] = ()
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    valence: str = ""
    toward: tuple[str, ...] = ()
    impact: str = ""
    quantity: tuple[str, str, float, float] | None = None  # kind, unit, least, most

    def overlaps(self, other: Stated) -> bool:
        """Whether both stand, at least in part, in the same characters by the same speaker: one statement, not two."""
        same = (self.article, self.speaker) == (other.article, other.speaker)
        return same and any(a < d and c < b for a, b in self.evidence for c, d in other.evidence)


def stated(reading: Reading) -> Iterator[Stated]:
    """Yield what a store says of events, and judges, by claim and event; each query stays in an article's graph, which is half the work."""
    roles: dict[str, dict[str, set[str]]] = {}
    values = " ".join(f"kb:{role}" for role in ROLES)
    for claim, role, thing in reading.rows(f"SELECT ?claim ?role ?thing {{ GRAPH ?graph {{ ?claim kb:about ?event }} VALUES ?role {{ {values} }} GRAPH ?graph {{ ?claim ?role ?thing }} }}"):
        roles.setdefault(claim, {}).setdefault(role.rpartition("/")[2], set()).add(thing)
    evidence: dict[str, list[tuple[int, int]]] = {}
    for claim, start, end in reading.rows("SELECT ?claim ?start ?end { GRAPH ?graph { { ?claim kb:about ?event } UNION { ?claim kb:valence ?v } ?claim kb:evidence ?e . ?e oa:hasSelector ?p . ?p oa:start ?start ; oa:end ?end } }"):
        evidence.setdefault(claim, []).append((int(start), int(end)))
    amounts = _amounts(reading)
    judged = _judged(reading)
    which = "{ ?claim kb:about ?event ; kb:eventType ?type } UNION { ?claim kb:valence ?v FILTER NOT EXISTS { ?claim kb:about ?any } } "
    pattern = which + "?claim rdfs:label ?label ; kb:reportedIn ?article ; kb:speaker ?speaker ; kb:polarity ?polarity ; kb:modality ?modality"
    columns = "claim event label article speaker type polarity modality earliest latest"
    bounds = "OPTIONAL { ?claim kb:earliest ?earliest } OPTIONAL { ?claim kb:latest ?latest }"
    for row in sorted(reading.named(f"SELECT * {{ GRAPH ?graph {{ {pattern} {bounds} }} }}", columns)):
        claim, event, label, article, speaker, type_, polarity, modality, earliest, latest = row
        yield Stated(
            claim=claim, event=event, label=label, article=article, speaker=speaker, speaker_label=reading.label(speaker),
            type=word(type_), polarity=word(polarity), modality=word(modality), quantity=amounts.get(claim),
            earliest=date.fromisoformat(earliest) if earliest else date.min, latest=date.fromisoformat(latest) if latest else date.max,
            evidence=tuple(evidence.get(claim, ())), **judged.get(claim, {}), roles={role: frozenset(things) for role, things in roles.get(claim, {}).items()},
        )  # fmt: skip


def _judged(reading: Reading) -> dict[str, dict[str, Any]]:
    """Return claim → its valence, what that is toward, and its impact, for the claims that have one."""
    found: dict[str, dict[str, Any]] = {}
    for claim, valence, thing in reading.rows("SELECT ?claim ?valence ?thing { ?claim kb:valence ?valence ; kb:toward ?thing } ORDER BY ?claim ?thing"):
        before = found.setdefault(claim, {"valence": word(valence), "toward": ()})
        before["toward"] = (*before["toward"], thing)
    for claim, impact in reading.rows("SELECT ?claim ?impact { ?claim kb:impact ?impact }"):
        found.setdefault(claim, {})["impact"] = word(impact)
    return found


def _amounts(reading: Reading) -> dict[str, tuple[str, str, float, float]]:
    parts = {"schema:value": "value", "schema:minValue": "min", "schema:maxValue": "max"}
    optional = " ".join(f"OPTIONAL {{ ?q {name} ?{column} }}" for name, column in parts.items())
    query = f"SELECT ?claim ?kind ?unit ?approx ?value ?min ?max {{ ?claim kb:about ?event ; kb:quantity ?q . ?q kb:quantityKind ?kind ; kb:unit ?unit ; kb:approximation ?approx {optional} }}"
    found = {}
    for claim, kind, unit, approx, value, least, most in reading.rows(query):
        low, high = (float(value or least or "-inf"), float(value or most or "inf"))
        if value and word(approx) in _OPEN:
            below, above = _OPEN[word(approx)]
            low, high = (float("-inf") if below else low), (float("inf") if above else high)
        elif value and word(approx) in ("about", "estimated"):
            low, high = low * 0.9, high * 1.1
        if value or least or most:
            found[claim] = (word(kind), unit, low, high)
    return found
