"""Which questions a change touches: those whose derived nodes it could change, and no others that the manifests can tell apart.

A node hangs on a question with its answers, on the claims that give them, and on who speaks for whom, which is read from
entities and from offices that claims speak of. What an article names is known from its entry, so no store is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.build.manifest import Entry, Manifest
from kb.compare import Ties
from kb.compare.ties import Holding, Links
from kb.ids import Mint
from kb.quads.terms import TYPE, own
from kb.store import file_lines

_COUNTRY = own("country")
_ABOVE = (own("dcterms:isPartOf"), own("schema:memberOf"))


def touched_questions(new: Manifest, old: Manifest, cache: Path, mint: Mint) -> set[str] | None:
    """Return ids of questions; None when the last version's quads are not at hand to tell them by."""
    changed = [*_changed(new, old), *_changed(old, new)]
    found = {question for entry in changed for question in _answered(entry)}
    for graph, touch in (("questions", _other_questions), ("entities", _other_voices)):
        if graph == "entities" and new.held(mint) == old.held(mint) and new.graphs[graph] == old.graphs[graph]:
            continue
        lines = [_lines(cache, one.graphs[graph][0]) for one in (new, old)]
        if None in lines:
            return None
        found |= touch(new, old, *lines, mint)
    return found


def _changed(new: Manifest, old: Manifest) -> Iterator[Entry]:
    for path, entry in new.entries.items():
        if path not in old.entries or old.entries[path].quads != entry.quads:
            yield entry


def _answered(entry: Entry) -> Iterator[str]:
    return (name.partition("/")[0] for name, kind in entry.uses.items() if kind == "answer")


def _lines(cache: Path, digest: str) -> list[str] | None:
    try:
        return file_lines(cache / "quads" / f"{digest}.nq")
    except OSError:
        return None


def _other_questions(_: Manifest, __: Manifest, now: list[str], before: list[str], mint: Mint) -> set[str]:
    """Return the questions of which a line is other than it was."""
    stem = f"<{mint.question('')}"
    lines = set(now) ^ set(before)
    return {line.removeprefix(stem).partition(">")[0].partition("/")[0] for line in lines if line.startswith(stem)}


def _other_voices(new: Manifest, old: Manifest, now: list[str], before: list[str], mint: Mint) -> set[str]:
    """Return the questions that an article answers which names someone who now speaks for others than before."""
    one, other = _ties(now, new.held(mint)), _ties(before, old.held(mint))
    names = {line[1 : line.index(">")] for line in (*now, *before)}
    moved = {name.rpartition("/")[2] for name in names if _stands(one, name) != _stands(other, name)}
    entries = [entry for entry in (*new.entries.values(), *old.entries.values()) if moved & entry.uses.keys()] if moved else []
    return {question for entry in entries for question in _answered(entry)}


def _stands(ties: Ties, name: str) -> tuple[object, ...]:
    """Return all that the folding of origins asks of an entity, on whatever day."""
    offices = {one: (ties.voice(one.office), frozenset(map(ties.voice, ties.above(one.office)))) for one in ties.links.offices.get(name, ())}
    return ties.voice(name), frozenset(map(ties.voice, ties.above(name))), offices


def _ties(lines: Iterable[str], held: Iterable[Holding]) -> Ties:
    links = Links()
    kinds = {TYPE: links.classes, _COUNTRY: links.country} | dict.fromkeys(_ABOVE, links.above)
    for line in lines:
        subject, property_, thing = line.split(" ", 3)[:3]
        if property_ in kinds:
            kinds[property_].setdefault(subject[1:-1], set()).add(thing[1:-1])
    links.hold(held)
    return Ties(links)
