"""Links against Wikidata as it is now: merged, deleted and renamed items, classes that do not fit, offices not held on the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.errors import InputError, RemoteError
from kb.facts import Names
from kb.ids import Mint
from kb.judgement import Judgement
from kb.link.gates import kinds_that_fit, known_classes
from kb.link.suggest import plain
from kb.link.wikidata import Ask, ItemNow, Moment, Statement, classes_of, items_now, labels_of, statements_of
from kb.model import Finding
from kb.store import Store
from kb.vocab import HOLDS_OFFICE

_NO_LABEL = "(label not at hand)"  # what judgements say that were made from an id alone
_ALIKE = str.maketrans({"’": "'", "‘": "'", "–": "-", "‑": "-"})
_OFFICES = f"""PREFIX kb: <https://w3id.org/conflict-kb/ns/>
SELECT ?claim ?person ?office ?earliest ?latest WHERE {{
  ?claim kb:predicate ?said ; kb:subject ?person ; kb:object ?office ; kb:reportedIn ?article ;
    kb:polarity <https://w3id.org/conflict-kb/ns/polarity/affirmed> .
  ?office a kb:Office .
  FILTER(STR(?said) = "{HOLDS_OFFICE}")
  OPTIONAL {{ ?claim kb:earliest ?first }} OPTIONAL {{ ?claim kb:latest ?last }}
  OPTIONAL {{ ?article kb:earliest ?from }} OPTIONAL {{ ?article kb:latest ?to }}
  BIND(IF(BOUND(?first) || BOUND(?last), ?first, ?from) AS ?earliest)
  BIND(IF(BOUND(?first) || BOUND(?last), ?last, ?to) AS ?latest)
}}
ORDER BY ?claim ?person ?office"""


@dataclass(frozen=True, slots=True)
class OfficeClaim:
    """An article's claim that someone holds an office: IRIs, and the first and last day it speaks of, empty where open."""

    claim: str
    person: str
    office: str
    earliest: str
    latest: str


@dataclass(frozen=True, slots=True)
class Drift:
    """What a check of links found, and what it looked at."""

    findings: tuple[Finding, ...]
    looked_at: dict[str, int]


def offices_claimed(store: Store) -> list[OfficeClaim]:
    """Return who is said to hold which office when, by claims that affirm it: the claim's own time, else its article's."""
    return [OfficeClaim(*(term.value if term else "" for term in row)) for row in store.query(_OFFICES).rows]


def drift(
    ask: Ask, judgements: Sequence[Judgement], names: Names, mint: Mint, held: Sequence[OfficeClaim] = (), *, endpoint: str = "", today: str = ""
) -> Drift:
    """Return what changed on Wikidata since the judgements were made, in no order.

    With `today` (YYYY-MM-DD) also the judgements of a later day, which nobody can have made; a build looks at no clock. Raises RemoteError, also for an endpoint that knows none of the items; InputError when there is nothing to look at.
    """
    judged = [one for one in judgements if one.has_item]
    if not judged:
        raise InputError("no judgement names an item: there is nothing to look at", path="corpus/links", cure="judge candidates with `kb link review`")
    now = items_now(ask, sorted({one.item for one in judged}))
    if not any(one.is_there for one in now.values()):
        said = f"none of {len(now)} items is there"
        raise RemoteError(said, endpoint=endpoint, cure="look at the address: this endpoint does not hold Wikidata's data")
    found = [finding for one in judged for finding in _item_findings(one, now[one.item], judged)]
    same = [one for one in judged if one.is_link and one.is_identity and now[one.item].is_there and not now[one.item].redirect]
    found += [finding for one in judgements for finding in _ahead(one, today)]
    found += _class_findings(ask, same, names, mint)
    dated = _dated(same, held)
    found += _office_findings(ask, dated)
    return Drift(tuple(found), {"links": len(judged), "items": len(now), "offices": len(dated)})


def _ahead(one: Judgement, today: str) -> Iterator[Finding]:
    if today and one.date > today:
        yield _finding("link-dated-ahead", one, f"judged on {one.date}, and today is {today}", "write the day on which it was judged", "warning")


def _item_findings(one: Judgement, now: ItemNow, judged: Sequence[Judgement]) -> Iterator[Finding]:
    """Yield what became of the item itself. Of refused items only a merger matters: the refusal then means another item."""
    weight = "info" if one.answer != "yes" else "warning"
    if not now.is_there:
        cure = "take the row out, or look for the item that took its place" if one.is_link else "the row may stay: it refuses nothing any more"
        yield _finding("link-item-gone", one, f"{now.id} is there no more: no statement is left", cure, "error" if one.is_link else "info")
    elif now.redirect:
        others = [other for other in judged if other.item == now.redirect]
        said = "".join(f"; {now.redirect} is judged {other.answer} for '{other.thing}' in {other.path}:{other.line}" for other in others)
        yield _finding("link-item-merged", one, f"{now.id} was merged into {now.redirect}{said}", f"look at {now.redirect}, and write it if it is still meant", "warning")
    else:
        label = now.labels.get("en") or now.labels.get("mul", "")
        if one.answer != "no" and one.object_label not in ("", _NO_LABEL) and _alike(label) != _alike(one.object_label):
            said = f"{now.id} was '{one.object_label}' and is '{plain(label)}' now" if label else f"{now.id} was '{one.object_label}' and has no English label now"
            yield _finding("link-label-changed", one, said, "look whether it is still meant; then write its label, and the day, anew", weight)
        if one.version.isdecimal() and now.version.isdecimal() and int(now.version) > int(one.version):
            said = f"{now.id} was edited since: revision {now.version}, judged at {one.version}"
            yield _finding("link-item-edited", one, said, "look at what changed, or leave it", "info")


def _class_findings(ask: Ask, same: Sequence[Judgement], names: Names, mint: Mint) -> Iterator[Finding]:
    """Yield links whose item is of classes that we know, none of which can be a thing of that kind."""
    kinds = {mint.entity(one.id): one.kind for one in names.entities} | {mint.event(one.id): "event" for one in names.events}
    found = classes_of(ask, sorted({one.item for one in same}), known_classes())
    wrong = [one for one in same if (kind := kinds.get(one.subject)) and (met := found.get(one.item)) and not any(kind in kinds_that_fit(class_) for class_ in met)]
    labels = labels_of(ask, sorted({class_ for one in wrong for class_ in found[one.item]}))
    for one in wrong:
        classes = ", ".join(f"{labels.get(class_, 'a class')} ({class_})" for class_ in sorted(found[one.item]))
        said = f"{one.item} is of the class {classes}, which does not fit the kind {kinds[one.subject]}"
        yield _finding("link-class-unfit", one, said, "look whether it is another item, or mend `kind:` of ours", "warning")


def _dated(same: Sequence[Judgement], held: Iterable[OfficeClaim]) -> list[tuple[OfficeClaim, Judgement, Judgement]]:
    """Return the claims of offices whose holder and office are both linked, with the two links."""
    links = {one.subject: one for one in same}
    return [(one, links[one.person], links[one.office]) for one in held if one.person in links and one.office in links]


def _office_findings(ask: Ask, dated: Sequence[tuple[OfficeClaim, Judgement, Judgement]]) -> Iterator[Finding]:
    told: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements_of(ask, sorted({person.item for _, person, _ in dated}), ("P39",)):
        told.setdefault((statement.item, statement.value.value), []).append(statement)
    for one, person, office in dated:
        when = one.earliest if one.earliest == one.latest else f"{one.earliest or '…'} to {one.latest or '…'}"
        terms = told.get((person.item, office.object), [])
        claim = "/".join(one.claim.split("/")[-2:])
        if not terms:
            said = f"Wikidata does not say that {person.item} ever held {office.item} ({office.object_label}), as a claim does for {when}"
            yield _finding("link-office-untold", person, said, "Wikidata may use another item for the office; look at both links", "warning", claim)
        elif not any(_meets(term, one) for term in terms):
            said = f"{person.item} held {office.item} ({office.object_label}) {_spells(terms)}, and a claim says {when}"
            yield _finding("link-office-not-held", person, said, "look at the link, at the claim's time and at the article's date", "warning", claim)


def _meets(term: Statement, one: OfficeClaim) -> bool:
    """Say whether an office may have been held within the days of a claim. What is not known speaks for it."""
    starts, ends = ([moment.bounds() for moment in moments] for moments in (term.start, term.end))
    begun = not starts or not one.latest or any(bounds is None or bounds[0] <= one.latest for bounds in starts)
    lasts = not ends or not one.earliest or any(bounds is None or bounds[1] >= one.earliest for bounds in ends)
    return begun and lasts


def _spells(terms: Iterable[Statement]) -> str:
    return ", ".join(sorted(f"{_shown(term.start) or '…'} to {_shown(term.end) or '…'}" for term in terms))


def _shown(moments: Sequence[Moment]) -> str:
    return " or ".join(sorted(moment.shown() for moment in moments))


def _finding(rule: str, one: Judgement, message: str, cure: str, severity: str, claim: str = "") -> Finding:
    return Finding(
        severity=severity, rule=rule, message=message, cure=cure, path=one.path, line=one.line, claim=claim, focus=one.thing, value=one.item,
    )  # fmt: skip


def _alike(label: str) -> str:
    return plain(label).translate(_ALIKE)
