"""Candidates for what is not linked yet: found by name, dropped where facts speak against them, scored.

A candidate is never a link: it waits in `predictions.sssom.tsv` for a person's judgement.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.facts import Names
from kb.ids import Mint
from kb.judgement import SAME_AS, WIKIDATA, Judgement
from kb.link.gates import About, weigh
from kb.link.heard import Heard
from kb.link.items import Entry, joined
from kb.link.names import folded, sound
from kb.link.sources import Source, Thing
from kb.model import Entity
from kb.vocab import PREFIXES

LEAST = 0.72  # of a score: below it names share little more than a word
_SOUND = 0.95  # what names are worth that only sound alike
_WORD, _PART, _WHOLE = 0.75, 0.86, 0.94  # and those of which one is part of the other: its first or last word, some, nearly all
_ALIAS, _SLIP, _NOT_LABEL = 0.97, 0.94, 0.98
_BOTH_ALIAS = 0.85  # one word that is the label of neither: a family name, a nickname
_OTHER_NUMBER = 0.75  # the election of another year, another model of a weapon
_NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be a thing of ours. `score` is 0 to 1; `reasons` say what speaks for it, and what is odd."""

    thing: str
    entry: Entry
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What judgements say already: the pairs decided, what needs no candidate, and thing → item where they are one."""

    pairs: Collection[tuple[str, str]]
    done: Collection[str]
    items: Mapping[str, str]


def known(judgements: Iterable[Judgement]) -> Known:
    """Return what is decided: any answer settles its pair, a link or a thing without an item settles the thing."""
    judgements = list(judgements)
    same = {one.subject: one.object for one in judgements if one.is_link and one.is_identity}
    none = {one.subject for one in judgements if one.answer == "no" and not one.has_item}
    return Known({(one.subject, one.object) for one in judgements}, {*same, *none}, same)


def suggest(
    names: Names, judgements: Iterable[Judgement], sources: Sequence[Source], mint: Mint, *, heard: Mapping[str, Heard] | None = None, limit: int = 5
) -> Iterator[Candidate]:
    """Yield the best candidates of each entity and event that has neither a link nor the note that there is no item.

    What several sources say of one item is put together. `heard` is when the corpus has things speak; without it no date counts.
    """
    decided = known(judgements)
    wanted = [thing for thing in (*names.entities, *names.events) if thing_iri(thing, mint) not in decided.done]
    for thing, *found in zip(wanted, *(source.candidates(wanted) for source in sources), strict=True):
        entries: dict[int, Entry] = {}
        for entry in (entry for some in found for entry in some):
            entries[entry.number] = joined(entries[entry.number], entry) if entry.number in entries else entry
        yield from ranked(thing, entries.values(), decided, mint, heard=heard, limit=limit)


def ranked(
    thing: Thing, entries: Iterable[Entry], decided: Known, mint: Mint, *, heard: Mapping[str, Heard] | None = None, limit: int = 5
) -> list[Candidate]:
    """Return the entries that may be the thing, best first; of equal score those more written about."""
    iri, ways, found = thing_iri(thing, mint), folded_ways(thing), []
    country = decided.items.get(mint.entity(thing.country)) if isinstance(thing, Entity) and thing.country else None
    about = About(thing, country, (heard or {}).get(iri, Heard()), decided.items)
    for entry in entries:
        if (iri, f"{WIKIDATA}Q{entry.number}") in decided.pairs:
            continue
        factor, reasons = weigh(about, entry)
        score, why = likeness(ways, entry) if factor else (0.0, "")
        if score * factor >= LEAST:
            online = tuple(f"found by {name}" for name in entry.sources if name != "index")
            found.append(Candidate(iri, entry, score * factor, (why, *reasons, *online)))
    return sorted(found, key=lambda one: (-round(one.score, 3), -one.entry.weight, one.entry.number))[:limit]


def thing_iri(thing: Thing, mint: Mint) -> str:
    return mint.entity(thing.id) if isinstance(thing, Entity) else mint.event(thing.id)


def folded_ways(thing: Thing) -> list[tuple[str, float]]:
    """Return the thing's names, folded, each with what its match is worth: a label says more than an alias or a slip."""
    ways = [(thing.label, 1.0)]
    if isinstance(thing, Entity):
        ways += [(name, 1.0) for name in thing.labels.values()] + [(name, _SLIP) for name in thing.misspellings]
    ways += [(name, _ALIAS) for name in thing.aliases]
    best: dict[str, float] = {}
    for name, worth in ways:
        best[folded(name)] = max(worth, best.get(folded(name), 0.0))
    return [(name, worth) for name, worth in best.items() if name]


def likeness(ways: Sequence[tuple[str, float]], entry: Entry) -> tuple[float, str]:
    """Return how like the names are at their likest, and which two those are. The item's own label weighs a little more."""
    label, best = folded(entry.label), (0.0, "", "", "")
    for way, worth in ways:
        for name in entry.names:
            alike, how = _alike(way, name)
            part = 1 if name == label else _NOT_LABEL if worth == 1 or " " in name else _BOTH_ALIAS
            best = max(best, (alike * worth * part, way, name, how))
    return best[0], f"'{best[1]}' {best[3]} '{best[2]}'"


def _alike(one: str, other: str) -> tuple[float, str]:
    """Return how like two folded names are, 0 to 1, and in what way."""
    from rapidfuzz import fuzz

    if one == other:
        return 1.0, "is"
    ratio = max(fuzz.ratio(one, other), 0.98 * fuzz.token_sort_ratio(one, other)) / 100
    numbers, others = (set(_NUMBER.findall(name)) for name in (one, other))
    if numbers and others and not numbers & others:
        return ratio * _OTHER_NUMBER, "is like"
    words, others = ([sound(word) for word in name.split()] for name in (one, other))
    if ratio < _SOUND and sorted(words) == sorted(others):
        return _SOUND, "sounds like"
    few, many = sorted((words, others), key=len)
    if set(few) < set(many) and (len(few) > 1 or (few[0] in (many[0], many[-1]) and len(few[0]) >= 4)):
        part = _PART + (_WHOLE - _PART) * min(len(one), len(other)) / max(len(one), len(other)) if len(few) > 1 else _WORD
        return max(ratio, part), "is in part"
    return ratio, "is like"


def predictions(found: Iterable[Candidate], names: Names, mint: Mint) -> Iterator[Judgement]:
    """Yield candidates as rows of SSSOM, for a person to judge."""
    things = {thing_iri(thing, mint): thing for thing in (*names.entities, *names.events)}
    for one in found:
        thing = things[one.thing]
        predicate = {"materiel": "exactMatch", "group": "relatedMatch"}.get(thing.kind if isinstance(thing, Entity) else "event")
        yield Judgement(
            answer="predictions", subject=one.thing, predicate=f"{PREFIXES['skos']}{predicate}" if predicate else SAME_AS,
            object=f"{WIKIDATA}Q{one.entry.number}", subject_label=plain(thing.label), object_label=plain(one.entry.label),
            justification="semapv:LexicalMatching", confidence=Decimal(f"{one.score:.3f}"), comment=plain("; ".join(one.reasons)), version=one.entry.version,
        )  # fmt: skip


def plain(text: str) -> str:
    """Return a text as a cell takes it: one line, no tab, no double quote, at most 300 characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).replace('"', "'").split())[:300].strip()
