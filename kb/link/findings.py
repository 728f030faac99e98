"""What is wrong with judgements that are well written: things unknown, reasons missing, two answers to one question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from kb.errors import did_you_mean
from kb.facts import Names
from kb.ids import Mint
from kb.judgement import SAME_AS, Judgement
from kb.link.judgements import order
from kb.model import Finding

_KINDS = frozenset({"group", "materiel"})  # collectives and types of things: kinds, and no individuals
_BY_PERSONS = ("ManualMappingCuration", "MappingReview")


def findings(judgements: Sequence[Judgement], names: Names, mint: Mint) -> Iterator[Finding]:
    """Yield what is wrong with the judgements, in no order. `names` are the entities and events of the corpus."""
    known = {mint.entity(one.id): one.kind for one in names.entities} | {mint.event(one.id): "event" for one in names.events}
    for one in judgements:
        if one.subject not in known:
            cure = did_you_mean(one.thing, [iri.rpartition("/id/")[2] for iri in known]) or "add it, or look at the prefix in the file's head"
            yield _finding("link-subject-unknown", one, f"no entity or event '{one.thing}'", cure)
        if not one.justification:
            yield _finding("link-without-justification", one, "a judgement without a justification", "write semapv:ManualMappingCuration, or how else it was found")
        if not one.subject_label or not (one.object_label or not one.has_item):
            yield _finding("link-without-label", one, "a judgement without both labels", "write the labels as they were when it was judged", severity="warning")
        if not one.author or not one.date:
            missing = " and ".join(word for word, cell in (("author_id", one.author), ("mapping_date", one.date)) if not cell)
            yield _finding("link-without-author", one, f"a judgement without {missing}", "write who judged, and on which day; a candidate is judged with `kb link review`")
        yield from _unfit(one, known.get(one.subject, ""))
    yield from _merged(judgements)
    yield from _both_ways(judgements)
    yield from _unsorted(judgements)


def _unsorted(judgements: Sequence[Judgement]) -> Iterator[Finding]:
    """Yield the first row of each file that stands too late: the next program that writes the file would move it, and others."""
    told: set[str] = set()
    for before, one in pairwise(judgements):
        if before.path == one.path and before.line < one.line and order(one) < order(before) and one.path not in told:
            told.add(one.path)
            cure = f"move it up, before line {before.line}; or leave it: the next `kb link review` sorts what it writes"
            yield _finding("link-rows-unsorted", one, "rows are sorted by subject, predicate and object, so that changes are small", cure, severity="info")


def _unfit(one: Judgement, kind: str) -> Iterator[Finding]:
    how = one.justification.partition(":")[2]
    if how and how not in _BY_PERSONS and not one.reviewer:
        cure = "judge it with `kb link review`, or name in reviewer_id who looked at it"
        yield _finding("link-by-machine", one, f"found by a program ({how}) and looked at by nobody", cure)
    if one.is_link and one.predicate == SAME_AS and kind in _KINDS:
        cure = "write skos:exactMatch, or another …Match; schema:sameAs is for individuals"
        yield _finding("link-predicate-unfit", one, f"schema:sameAs for '{one.thing}', which is of the kind {kind}", cure)


def _merged(judgements: Iterable[Judgement]) -> Iterator[Finding]:
    """An item is one thing: two links that say so make one of two, as does a thing with two items."""
    same = [one for one in judgements if one.is_link and one.is_identity]
    cure = "keep one; for a part, a kind or what is merely close write a skos:…Match"
    for one, first in _again(same, lambda one: one.object):
        if one.subject != first.subject:
            message = f"{one.item} is '{one.thing}' here and '{first.thing}' in {first.path}:{first.line}"
            yield _finding("link-item-of-two-things", one, message, cure)
    for one, first in _again(same, lambda one: one.subject):
        if one.object != first.object:
            message = f"'{one.thing}' is {one.item} here and {first.item} in {first.path}:{first.line}"
            yield _finding("link-thing-of-two-items", one, message, cure)


def _both_ways(judgements: Iterable[Judgement]) -> Iterator[Finding]:
    """One question, one answer. The links that say two are one ask the same question, whatever their predicate."""
    cure = "keep the answer that holds and remove the other"
    asked = [one for one in judgements if one.has_item]
    for one, first in _again(asked, lambda one: (one.subject, one.object, "same" if one.is_identity else one.predicate)):
        if one.answer != first.answer:
            message = f"'{one.thing}' and {one.item}: {one.answer} here, {first.answer} in {first.path}:{first.line}"
            yield _finding("link-judged-both-ways", one, message, cure)
    for one, first in _again([one for one in judgements if one.is_identity and (one.is_link or not one.has_item)], lambda one: one.subject):
        if one.has_item != first.has_item:
            message = f"'{one.thing}' has an item and has none (see {first.path}:{first.line})"
            yield _finding("link-judged-both-ways", one, message, cure)
    yield from _weaker_refused(asked)


def _weaker_refused(asked: Iterable[Judgement]) -> Iterator[Finding]:
    """Two things that are one are alike in every weaker way; that they are not one refuses no weaker link."""
    same = {(one.subject, one.object): one for one in asked if one.is_link and one.is_identity}
    for one in asked:
        yes = same.get((one.subject, one.object))
        if yes is not None and one.negated and not one.is_identity:
            first, last = sorted((one, yes), key=lambda row: (row.path, row.line))
            said = {one: f"no {one.predicate.rpartition('#')[2]}", yes: "one thing"}
            message = f"'{one.thing}' and {one.item}: {said[last]} here, {said[first]} in {first.path}:{first.line}"
            yield _finding("link-judged-both-ways", last, message, "keep the answer that holds and remove the other")


def _again(judgements: Iterable[Judgement], key: Callable[[Judgement], object]) -> Iterator[tuple[Judgement, Judgement]]:
    """Yield each judgement whose key was met before, with the first one that had it."""
    first: dict[object, Judgement] = {}
    for one in sorted(judgements, key=lambda one: (one.path, one.line)):
        known = first.setdefault(key(one), one)
        if known is not one:
            yield one, known


def _finding(rule: str, one: Judgement, message: str, cure: str, *, severity: str = "error") -> Finding:
    value = one.item if one.has_item else ""
    return Finding(severity=severity, rule=rule, message=message, cure=cure, path=one.path, line=one.line, focus=one.thing, value=value)
