"""What Wikidata says of linked items ⇄ `corpus/links/wikidata.nt`: sorted N-Triples in Wikidata's own shape, without blank nodes.

In git, so that a build is the same for everyone and a refresh shows as a diff. Subjects are Wikidata's alone, and
properties only those that this module writes: nothing in the file can become a claim, or say something of a thing of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from kb.errors import FactFileError, Fault, InputError, RemoteError
from kb.facts import read_source
from kb.judgement import WIKIDATA, Judgement
from kb.link import wikidata as wd
from kb.link.wikidata import Ask, ItemNow, Moment, Statement, is_known, items_now, labels_of, statements_of
from kb.rows import XSD, Term, literal
from kb.vocab import PREFIXES

HEAD = "# What Wikidata says of the linked items (CC0), fetched by `kb link enrich`. Made by program: fetch it again, do not edit it.\n"
WHOLE = ("P39", "P102", "P463", "P27", "P17", "P108", "P571", "P576", "P580", "P582", "P585")  # with rank, dates and how exact these are
PROPERTIES = (*WHOLE, "P31", "P279", "P131", "P361", "P176", "P495", "P625", "P1001")  # the values of their best statements
DATA = "https://www.wikidata.org/wiki/Special:EntityData/"
UNKNOWN = "http://www.wikidata.org/.well-known/genid/"  # as the query service writes a value that exists and is not known
_SOURCE, _DAY, _FROM = f"{PREFIXES['dcterms']}source", f"{PREFIXES['dcterms']}date", f"{PREFIXES['prov']}wasDerivedFrom"
_RANK, _TIME, _PRECISION = (f"{wd.ONTOLOGY}{name}" for name in ("rank", "timeValue", "timePrecision"))

_IRI = r'<https?://[^\x00-\x20<>"{}|^`\\]+>'
_TEXT = r'"(?:[^\x00-\x1f"\\\x7f]|\\[tbnrf"\'\\]|\\u[0-9A-F]{4}|\\U[0-9A-F]{8})*"'
_OBJECT = re.compile(rf"{_IRI}|{_TEXT}(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^{_IRI})?")
_SUBJECT = re.compile(
    rf"<(?:{WIKIDATA}(?:[QP][1-9][0-9]*|statement/[A-Za-z0-9$_.-]+)|http://www\.wikidata\.org/value/[A-Za-z0-9]+|{re.escape(DATA)}Q[1-9][0-9]*)>"
)
_OURS = {wd.LABEL, wd.DESCRIPTION, wd.ABOUT, wd.VERSION, wd.MODIFIED, _SOURCE, _DAY, _FROM, _RANK, _TIME, _PRECISION}
_PROPERTY = re.compile(r"<http://www\.wikidata\.org/prop/(?:direct/|statement/value/|statement/|qualifier/value/|qualifier/)?P[1-9][0-9]*>")
_LINE = re.compile(r"(\S+) (\S+) (.+) \.")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an endpoint told: the items, their statements, and the English labels of what these point to."""

    items: tuple[ItemNow, ...]
    statements: tuple[Statement, ...]
    labels: dict[str, str]
    gone: tuple[str, ...]


def fetch(ask: Ask, judgements: Iterable[Judgement], *, endpoint: str = "") -> Fetched:
    """Return what Wikidata says of every item that something is linked to. Raises RemoteError, InputError when nothing is linked."""
    ids = sorted({one.object.removeprefix(WIKIDATA) for one in judgements if one.is_link}, key=_number)
    if not ids:
        raise InputError("nothing is linked: there is nothing to fetch", path="corpus/links/yes.sssom.tsv", cure="judge candidates with `kb link review`")
    now = items_now(ask, ids, properties=PROPERTIES, languages=wd.LANGUAGES)
    there = tuple(one for one in now.values() if one.is_there and not one.redirect)
    if not there:
        raise RemoteError(f"none of {len(ids)} items is there", endpoint=endpoint, cure="look at the address: this endpoint does not hold Wikidata's data")
    statements = statements_of(ask, [one.id for one in there], WHOLE)
    named = {name for one in there for key in one.values for name in one.ids(key)}
    named |= {one.value.value.removeprefix(WIKIDATA) for one in statements if one.value.value.startswith(WIKIDATA)}
    labels = labels_of(ask, sorted(named - {one.id for one in there}, key=_number))
    return Fetched(there, tuple(statements), labels, tuple(name for name in ids if now[name] not in there))


def file_text(fetched: Fetched, *, endpoint: str, day: str) -> str:
    """Return the file: a line that says what it is, then the triples, sorted. `day` is when the endpoint was asked.

    Raises RemoteError when the endpoint told something that no such file can hold.
    """
    lines = {f"<{subject}> <{property_}> {_clean(value)} ." for subject, property_, value in _triples(fetched, Term("iri", endpoint), day)}
    if odd := sorted(line for line in lines if _fault(line)):
        raise RemoteError(f"told what is {_fault(odd[0])}", endpoint=endpoint, cure="look whether it holds Wikidata's data")
    return HEAD + "".join(f"{line}\n" for line in sorted(lines))


def _clean(value: Term) -> Term:
    """Return a term on one line, without what does not show."""
    if value.value.isprintable():
        return value
    return replace(value, value=" ".join("".join(sign if sign.isprintable() else " " for sign in value.value).split()))


def _triples(fetched: Fetched, endpoint: Term, day: str) -> Iterator[tuple[str, str, Term]]:
    for one in fetched.items:
        yield from _item(one)
        yield from _source(one, endpoint, day)
    for name, label in fetched.labels.items():
        yield f"{WIKIDATA}{name}", wd.LABEL, literal(label, lang="en")
    for statement in fetched.statements:
        yield from _statement(statement)


def _item(one: ItemNow) -> Iterator[tuple[str, str, Term]]:
    me = f"{WIKIDATA}{one.id}"
    for property_, texts in ((wd.LABEL, one.labels), (wd.DESCRIPTION, one.descriptions)):
        yield from ((me, property_, literal(text, lang=lang)) for lang, text in texts.items() if lang in (*wd.LANGUAGES, "mul"))
    for key, values in one.values.items():
        yield from ((me, f"{wd.DIRECT}{key}", value) for value in values)


def _source(one: ItemNow, endpoint: Term, day: str) -> Iterator[tuple[str, str, Term]]:
    """Yield whence the item's triples come: the endpoint, the day, and the revision that it held."""
    page = f"{DATA}{one.id}"
    yield page, wd.ABOUT, Term("iri", f"{WIKIDATA}{one.id}")
    yield page, _SOURCE, endpoint
    yield page, _DAY, literal(day, f"{XSD}date")
    if one.version.isdecimal():
        yield page, wd.VERSION, literal(one.version, f"{XSD}integer")
        yield page, _FROM, Term("iri", f"{page}?revision={one.version}")
    if one.modified is not None:
        yield page, wd.MODIFIED, one.modified


def _statement(one: Statement) -> Iterator[tuple[str, str, Term]]:
    yield f"{WIKIDATA}{one.item}", f"{wd.CLAIM}{one.property}", Term("iri", one.iri)
    yield one.iri, f"{wd.STATEMENT}{one.property}", one.value
    yield one.iri, _RANK, Term("iri", f"{wd.ONTOLOGY}{one.rank}")
    if one.moment is not None:
        yield from _moment(one.moment, one.iri, f"{wd.STATEMENT}value/{one.property}")
    for key, moments in (("P580", one.start), ("P582", one.end)):
        for moment in moments:
            if is_known(moment.date):
                yield one.iri, f"{wd.QUALIFIER}{key}", moment.date
                yield from _moment(moment, one.iri, f"{wd.QUALIFIER}value/{key}")
            else:
                yield one.iri, f"{wd.QUALIFIER}{key}", Term("iri", UNKNOWN + sha256(f"{one.iri} {key}".encode()).hexdigest()[:32])


def _moment(moment: Moment, statement: str, property_: str) -> Iterator[tuple[str, str, Term]]:
    """Yield how exact a date is, where that is told."""
    if moment.node and moment.precision:
        yield statement, property_, Term("iri", moment.node)
        yield moment.node, _TIME, moment.date
        yield moment.node, _PRECISION, literal(str(moment.precision), f"{XSD}integer")


def read_fetched(files: Sequence[tuple[Path, str]]) -> list[str]:
    """Return the triples of `(path, name shown)` files as N-Triples lines. Raises FactFileError with every line that is none of ours."""
    lines: list[str] = []
    faults: list[Fault] = []
    for path, name in files:
        try:
            text = read_source(path, name=name)
        except InputError as wrong:
            faults.append(Fault(name, 0, wrong.message, wrong.cure))
            continue
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
            if line.startswith("#") or not line:
                continue
            if said := _fault(line):
                faults.append(Fault(name, number, said, "fetch it again with `kb link enrich`"))
            lines.append(line)
    if faults:
        raise FactFileError(faults)
    return lines


def _fault(line: str) -> str:
    """Return what is wrong with a line; the empty string when nothing is."""
    found = _LINE.fullmatch(line)
    if found is None or not _OBJECT.fullmatch(found[3]):
        return "no triple"
    if not _SUBJECT.fullmatch(found[1]):
        return f"a triple about {found[1][:80]}, which is nothing of Wikidata's"
    if found[2][1:-1] not in _OURS and not _PROPERTY.fullmatch(found[2]):
        return f"the property {found[2][:80]} is none that is fetched"
    return ""


def _number(name: str) -> tuple[str, int]:
    return name[0], int(name[1:])
