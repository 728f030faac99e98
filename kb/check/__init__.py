"""Everything a check can find, in one report: SHACL results, rows of `queries/check/`, counts below the expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb import query
from kb.check.places import Places, short
from kb.check.shacl import Result, Shapes, load_shapes, local_name, subjects, validate
from kb.check.sieve import Lines, Sieve
from kb.errors import InputError
from kb.facts import Names
from kb.home import Home
from kb.model import Corpus, Finding
from kb.store import Store, open_store

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Checked:
    """Findings in order of severity, file and line; `looked_at` counts what was examined."""

    findings: tuple[Finding, ...]
    looked_at: dict[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """The quads of one article, and of the entities, events and questions it names."""

    quads: Sequence[str]
    named: Sequence[str]


def article_results(
    parts: Sequence[Part], shapes: Shapes, checks: Iterable[query.StoredQuery], *, thorough: bool
) -> list[Result]:
    """Return what the shapes and the check queries of one article's scope say of some articles, not of what they name.

    pySHACL looks at the articles that do not plainly keep every rule (`sieve`); with `thorough`, at all.
    """
    doubtful = parts if thorough else [part for part in parts if not sieve_of(shapes).passes(Lines(part.quads, part.named))]
    quads, named = _joined(doubtful)
    results = validate(quads, named, shapes)
    quads, named = _joined(parts)
    store = open_store(":memory:")
    store.load([*quads, *named])
    own = subjects(quads)
    rows = (result for one in checks for result in query_results(one, store))
    return results + [result for result in rows if result.focus in own]


def _joined(parts: Sequence[Part]) -> tuple[list[str], list[str]]:
    named = dict.fromkeys(line for part in parts for line in part.named)
    return [line for part in parts for line in part.quads], list(named)


@cache
def sieve_of(shapes: Shapes) -> Sieve:
    return Sieve(shapes.graph)


def query_results(one: query.StoredQuery, store: Store) -> Iterator[Result]:
    """Yield the rows of a check query: the node, the property it is about, and the value that is wrong.

    Raises InputError for a row that names no node: it would lead to no place.
    """
    for entity, property_, value in (row[:3] for row in store.query(one.text).rows):
        if entity is None or entity.kind != "iri":
            found = "unbound" if entity is None else f"{str(entity)[:80]}, no IRI"
            raise InputError(f"the check gives a row whose ?entity is {found}", path=one.path, cure="let every row bind ?entity to the thing that is wrong")
        path = local_name(property_.value) if property_ else ""
        yield Result(entity.value, one.name, one.severity, one.problem, one.fix, path, value.value if value else "")


def check_queries(home: Home) -> tuple[query.StoredQuery, ...]:
    """Return the check queries. Those of scope `article` look at one article and what it names, the others at all."""
    return tuple(query.stored_queries(home.queries, only="check"))


def findings(
    home: Home,
    corpus: Corpus,
    store: Path,
    results: Iterable[Result],
    names: Names,
    claims: Mapping[str, tuple[str, int]],
    counts: Mapping[str, int],
    judged: Iterable[Finding] = (),
) -> Checked:
    """Return every finding of a version, with its place.

    `results` is what was found article by article; the check queries of the whole run on `store` here. `claims` is
    article → (path shown, number of claims); `counts` is what the version holds, `focus nodes` among it.
    """
    places = Places(home, corpus.base, {article: path for article, (path, _) in claims.items()}, names)
    checks, opened = check_queries(home), open_store(store)
    whole = (result for one in checks if one.scope != "article" for result in query_results(one, opened))
    found = [*judged, *(_finding(result, places) for result in (*results, *whole))]
    found += [*_below_expected(corpus, counts, claims), *_not_looked_at(counts, checks)]
    looked_at = {"files": len(claims) + len(home.name_files()) + len(home.link_files()) + 1, **counts}
    looked_at |= {"rules": load_shapes(tuple(home.shape_files())).rules, "queries": len(checks)}
    return Checked(tuple(sorted(set(found), key=_place)), looked_at)


def _place(one: Finding) -> tuple[object, ...]:
    """Return what findings are sorted by: all they hold, so that the order of two is never left to chance."""
    return (_ORDER[one.severity], one.path, one.line, one.rule, one.focus, one.value, one.message, one.cure, one.claim)


def _finding(result: Result, places: Places) -> Finding:
    path, line, claim = places.find(result.focus, result.path)
    value = short(result.value, places.base)
    return Finding(
        severity=result.severity, rule=result.rule, message=f"{result.message}: {value}" if value else result.message,
        cure=result.cure, path=path, line=line, claim=claim, focus=short(result.focus, places.base), value=value,
    )  # fmt: skip


def _below_expected(corpus: Corpus, counts: Mapping[str, int], claims: Mapping[str, tuple[str, int]]) -> Iterator[Finding]:
    cure = "look for what got lost, or lower `expect:` in corpus/corpus.yaml"
    for what in ("articles", "claims", "entities", "events"):
        least = getattr(corpus.expect, what)
        if counts[what] < least:
            message = f"{counts[what]} {what}, fewer than the {least} expected"
            yield Finding(severity="error", rule="expected-count", message=message, cure=cure, path="corpus/corpus.yaml")
    least = corpus.expect.claims_per_article
    for path, number in claims.values():
        if number < least:
            message = f"{number} claims, fewer than the {least} expected of an article"
            yield Finding(severity="error", rule="expected-count", message=message, cure=cure, path=path, line=1)


def _not_looked_at(counts: Mapping[str, int], checks: Sequence[query.StoredQuery]) -> Iterator[Finding]:
    """A check that looked at nothing found nothing: that is an error of its own."""
    if not counts["focus nodes"]:
        yield Finding(severity="error", rule="nothing-examined", message="no shape looked at any claim", cure="look at sh:targetClass")
    if not checks:
        yield Finding(severity="error", rule="nothing-examined", message="no check query was run", cure="look at queries/check")
