"""Which facts an export holds: all of them, or those that nobody contests.

Uncontested is a claim that no claim of an excluding answer contests and no editor disputes; asserted, not denied and not
called merely possible; and not merely taken for granted inside a speaker's words. It stays a claim, with its speaker and
evidence; no view turns it into a fact. An event stays where a claim that stays names it, or is part of one that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kb.export.lines import Quad, read_quads
from kb.ids import concept
from kb.vocab import OWN_VOICE, PREFIXES, term

_TYPE = f"<{PREFIXES['rdf']}type>"
_SIZES = {f"<{PREFIXES['void']}{name}>" for name in ("triples", "entities", "classPartition", "class")}
_PLAIN = {f"<{term('modality')}>": f"<{concept('modality', 'asserted')}>", f"<{term('polarity')}>": f"<{concept('polarity', 'affirmed')}>"}
_DOUBTED = {(f"<{term(name)}>", f"<{concept(name, word)}>") for name, word in (("certainty", "possible"), ("review", "disputed"))}
_CLAIM, _CONTRADICTION = f"<{term('Claim')}>", f"<{term('Contradiction')}>"
_MEMBER, _PARTICIPANT = f"<{term('member')}>", f"<{term('participant')}>"
_PART_OF, _COMMENT = f"<{PREFIXES['dcterms']}isPartOf>", f"<{PREFIXES['rdfs']}comment>"
_PRESUPPOSED, _VOICE = f"<{term('presupposed')}>", f"<{term('voice')}>"
_OWN_VOICE = {f"<{concept('voice', name)}>" for name in OWN_VOICE}


def uncontested(files: Iterable[Path], base: str) -> Callable[[Quad], bool]:
    """Return what says of a quad whether it stays; `files` hold all graphs, for a claim may be contested in another article."""
    seen, article = _Seen(f"<{base}id/event/"), f"<{base}id/article/"
    for path in files:
        for quad in read_quads(path):
            seen.take(quad)
    dropped, derived = seen.dropped(), f"<{base}id/graph/derived>"
    gone = seen.untold(dropped)

    def stays(quad: Quad) -> bool:
        subject, predicate, thing, graph = quad
        if graph == derived or predicate in _SIZES or subject in gone or thing in gone:
            return False
        if predicate == _COMMENT and subject.startswith(article):  # an editor's own words, on all that an article tells
            return False
        return _claim_of(subject, base) not in dropped and _claim_of(thing, base) not in dropped

    return stays


@dataclass(slots=True)
class _Seen:
    """What decides: of claims how they are meant and whose they are, who refers to whom, and the members of contradictions.

    `event`: how the IRIs of events begin.
    """

    event: str
    claims: set[str] = field(default_factory=set)
    not_plain: set[str] = field(default_factory=set)
    presupposed: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    contradictions: set[str] = field(default_factory=set)
    members: dict[str, set[str]] = field(default_factory=dict)
    refers: dict[str, set[str]] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    named: dict[str, set[str]] = field(default_factory=dict)  # event → what names it: claims and others
    wider: dict[str, set[str]] = field(default_factory=dict)  # event → events it is part of

    def take(self, quad: Quad) -> None:
        subject, predicate, thing, _ = quad
        if subject.startswith(self.event):
            self.events.add(subject)
        if thing.startswith(self.event):
            of, one, other = (self.wider, subject, thing) if predicate == _PART_OF else (self.named, thing, subject)
            of.setdefault(one, set()).add(other)
        if predicate == _TYPE and thing in (_CLAIM, _CONTRADICTION):
            (self.claims if thing == _CLAIM else self.contradictions).add(subject)
        elif predicate == _MEMBER:
            self.members.setdefault(subject, set()).add(thing)
        elif (predicate in _PLAIN and thing != _PLAIN[predicate]) or (predicate, thing) in _DOUBTED:
            self.not_plain.add(subject)
        elif predicate == _PRESUPPOSED:
            self.presupposed.add(subject)
        elif predicate == _VOICE and thing not in _OWN_VOICE:
            self.foreign.add(subject)
        elif predicate == _PARTICIPANT:
            self.refers.setdefault(thing, set()).add(subject)

    def dropped(self) -> set[str]:
        contested = {claim for node in self.contradictions for claim in self.members.get(node, ())}
        first = (self.not_plain | (self.presupposed & self.foreign) | contested) & self.claims
        return _with_those_that_refer(first, self.refers)

    def untold(self, dropped: set[str]) -> set[str]:
        """Return the events that no claim names which stays, nor one of their parts."""
        kept = self.claims - dropped
        left = [event for event, naming in self.named.items() if not naming.isdisjoint(kept)]
        told = set(left)
        while left:
            new = self.wider.get(left.pop(), set()) - told
            told |= new
            left += new
        return self.events - told


def _with_those_that_refer(dropped: set[str], refers: dict[str, set[str]]) -> set[str]:
    """Return claims with those that speak of them, and so on: what is said of a claim that is not there says nothing."""
    found, left = set(dropped), list(dropped)
    while left:
        new = refers.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def _claim_of(term_: str, base: str) -> str:
    """Return the claim that a term is, or lies below; the empty string for any other."""
    stem = f"<{base}id/claim/"
    if not term_.startswith(stem):
        return ""
    article, claim = (*term_[len(stem) : -1].split("/"), "")[:2]
    return f"{stem}{article}/{claim}>"
