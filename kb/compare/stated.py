"""Claims as the rules of proposal see them: one flat object each, joined from a few queries by IRI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.compare.read import Reading, word
from kb.compare.ties import reached

ROLES = ("cause", "purpose", "theme", "agent", "subject", "instrument", "recipient", "place")
_ACT = ("agent", "theme", "recipient", "place", "cause", "instrument")  # roles that tell one act of an event from another
_TELLING = "{ ?claim kb:about ?event } UNION { ?claim kb:impact ?effect }"
_OPEN = {"more-than": (0, 1), "at-least": (0, 1), "less-than": (1, 0), "at-most": (1, 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A claim on an event, or one that judges or tells of an effect; `event` and `type` are empty where it tells of none."""

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
    act: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)  # role → things, what they are part of
    valence: str = ""
    toward: tuple[str, ...] = ()
    impact: str = ""
    quantity: tuple[str, str, float, float] | None = None  # kind, unit, least, most

    def overlaps(self, other: Stated) -> bool:
        """Whether both stand, at least in part, in the same characters by the same speaker: one statement, not two."""
        same = (self.article, self.speaker) == (other.article, other.speaker)
        return same and any(a < d and c < b for a, b in self.evidence for c, d in other.evidence)

    def is_of_one_act(self, other: Stated) -> bool:
        """Whether nothing tells that it is another's act, or one on something else or elsewhere; a part of a whole is no other."""
        both = ((self.act[role], other.act[role]) for role in self.act.keys() & other.act.keys())
        return not any(here[0].isdisjoint(there[1]) and there[0].isdisjoint(here[1]) for here, there in both)


def stated(reading: Reading) -> Iterator[Stated]:
    """Yield what a store says of events, and judges, by claim and event; each query stays in an article's graph, which is half the work."""
    roles: dict[str, dict[str, frozenset[str]]] = {}
    values = " ".join(f"kb:{role}" for role in ROLES)
    for claim, role, thing in reading.rows(f"SELECT ?claim ?role ?thing {{ GRAPH ?graph {{ {_TELLING} }} VALUES ?role {{ {values} }} GRAPH ?graph {{ ?claim ?role ?thing }} }}"):
        of = roles.setdefault(claim, {})
        of[word(role)] = of.get(word(role), frozenset()) | {thing}
    evidence: dict[str, set[tuple[int, int]]] = {}
    for claim, start, end in reading.rows(f"SELECT ?claim ?start ?end {{ GRAPH ?graph {{ {{ {_TELLING} }} UNION {{ ?claim kb:valence ?v }} ?claim kb:evidence ?e . ?e oa:hasSelector ?p . ?p oa:start ?start ; oa:end ?end }} }}"):
        evidence.setdefault(claim, set()).add((int(start), int(end)))
    amounts, judged, wholes = _amounts(reading), _judged(reading), _Wholes(reading)
    judging = "{ ?claim kb:valence ?v } UNION { ?claim kb:impact ?i } FILTER NOT EXISTS { ?claim kb:about ?any }"
    which = f"{{ ?claim kb:about ?event ; kb:eventType ?type }} UNION {{ {judging} }} "
    pattern = which + "?claim rdfs:label ?label ; kb:reportedIn ?article ; kb:speaker ?speaker ; kb:polarity ?polarity ; kb:modality ?modality"
    columns = "claim event label article speaker type polarity modality earliest latest"
    bounds = "OPTIONAL { ?claim kb:earliest ?earliest } OPTIONAL { ?claim kb:latest ?latest }"
    for row in sorted(set(map(tuple, reading.named(f"SELECT * {{ GRAPH ?graph {{ {pattern} {bounds} }} }}", columns)))):
        claim, event, label, article, speaker, type_, polarity, modality, earliest, latest = row
        of = roles.get(claim, {})
        yield Stated(
            claim=claim, event=event, label=label, article=article, speaker=speaker, speaker_label=reading.label(speaker),
            type=word(type_), polarity=word(polarity), modality=word(modality), quantity=amounts.get(claim),
            earliest=date.fromisoformat(earliest) if earliest else date.min, latest=date.fromisoformat(latest) if latest else date.max,
            evidence=tuple(sorted(evidence.get(claim, ()))), **judged.get(claim, {}), roles=of,
            act={role: wholes.of(of[role], role) for role in _ACT if role in of},
        )  # fmt: skip


class _Wholes:
    """What things are part of: bodies, members, larger events, of a place its country. A state acts through all who speak for it."""

    def __init__(self, reading: Reading) -> None:
        self.ties = reading.ties
        self._parts: dict[str, set[str]] = {}
        self._places: dict[str, set[str]] = {}
        for one, other in reading.rows("SELECT ?one ?other { ?one dcterms:isPartOf|schema:memberOf ?other }"):
            self._parts.setdefault(one, set()).add(other)
            self._places.setdefault(one, set()).add(other)
        for one, other in reading.rows("SELECT ?one ?other { ?one kb:country ?other }"):
            self._places.setdefault(one, set()).add(other)
        self._of: dict[tuple[frozenset[str], bool], tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, things: frozenset[str], role: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return things, with the states they speak for, and with all that they are part of."""
        key = things, role == "place"
        if key not in self._of:
            names = things | {self.ties.voice(thing) for thing in things}
            self._of[key] = names, frozenset(reached(names, self._places if role == "place" else self._parts))
        return self._of[key]


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
            ends = (low * 0.9, high * 1.1)
            low, high = min(ends), max(ends)  # a debt of about 5 lies between -5.5 and -4.5
        if value or least or most:
            found[claim] = (word(kind), unit, low, high)
    return found
