"""Everything a check can find, in one report: SHACL results, rows of `queries/check/`, counts below the expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import query
from kb.check.places import Places, short
from kb.check.shacl import Result, load_shapes
from kb.facts import Names
from kb.home import Home
from kb.model import Corpus, Finding
from kb.store import open_store

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Checked:
    """Findings in order of severity, file and line; `looked_at` counts what was examined."""

    findings: tuple[Finding, ...]
    looked_at: dict[str, int]


def findings(
    home: Home,
    corpus: Corpus,
    store: Path,
    rows: Iterable[Sequence[str]],
    names: Names,
    paths: Mapping[str, str],
    counts: Mapping[str, int],
    judged: Iterable[Finding] = (),
) -> Checked:
    """Return what SHACL (`rows`, one a result), the check queries on `store` and the expected counts find, with `judged`."""
    places = Places(home, corpus.base, paths, names)
    shapes = load_shapes(tuple(home.shape_files()))
    checks = [one for one in query.stored_queries(home.queries) if one.folder == "check"]
    opened = open_store(store)
    focus = _focus_nodes(opened, shapes.targets)
    found = [*judged, *(_of_result(Result(*row), places) for row in rows)]
    for one in checks:
        found += _of_query(one, opened.query(one.text), places)
    found += _below_expected(corpus, counts, opened, paths)
    found += _not_looked_at(focus, checks)
    looked_at = {"files": len(paths) + len(home.name_files()) + len(home.link_files()) + 1, **counts}
    looked_at |= {"rules": shapes.rules, "focus nodes": sum(focus.values()), "queries": len(checks)}
    order = sorted(set(found), key=lambda one: (_ORDER[one.severity], one.path, one.line, one.rule, one.focus, one.value))
    return Checked(tuple(order), looked_at)


def _focus_nodes(store: object, targets: Iterable[str]) -> dict[str, int]:
    """Return target class → number of nodes a shape looked at: a shape that meets none says nothing."""
    values = " ".join(f"<{target}>" for target in targets)
    rows = store.query(f"SELECT ?class (COUNT(DISTINCT ?node) AS ?n) WHERE {{ VALUES ?class {{ {values} }} ?node a ?class }} GROUP BY ?class")
    counted = {row[0].value: int(row[1].value) for row in rows.rows}
    return {target: counted.get(target, 0) for target in targets}


def _of_result(result: Result, places: Places) -> Finding:
    path, line, claim = places.find(result.focus, result.path)
    what, _, cure = result.message.partition(". ")
    return Finding(
        severity=result.severity, rule=result.rule, message=what.rstrip("."), cure=cure, path=path, line=line, claim=claim,
        focus=short(result.focus, places.base), value=short(result.value, places.base),
    )  # fmt: skip


def _of_query(one: query.StoredQuery, rows: query.Result, places: Places) -> Iterator[Finding]:
    for entity, property_, value in (row[:3] for row in rows.rows):
        local = property_.value.replace("#", "/").rpartition("/")[2] if property_ else ""
        path, line, claim = places.find(entity.value, local)
        shown = short(value.value, places.base) if value else ""
        message = f"{one.problem}: {shown}" if shown else one.problem
        yield Finding(
            severity=one.severity, rule=one.name, message=message, cure=one.fix, path=path, line=line, claim=claim,
            focus=short(entity.value, places.base), value=shown,
        )  # fmt: skip


def _below_expected(corpus: Corpus, counts: Mapping[str, int], store: object, paths: Mapping[str, str]) -> Iterator[Finding]:
    cure = "look for what got lost, or lower `expect:` in corpus/corpus.yaml"
    for what in ("articles", "claims", "entities", "events"):
        least = getattr(corpus.expect, what)
        if counts[what] < least:
            message = f"{counts[what]} {what}, fewer than the {least} expected"
            yield Finding(severity="error", rule="expected-count", message=message, cure=cure, path="corpus/corpus.yaml")
    least = corpus.expect.claims_per_article
    if least:
        yield from _thin_articles(store, least, corpus.base, paths)


def _thin_articles(store: object, least: int, base: str, paths: Mapping[str, str]) -> Iterator[Finding]:
    rows = store.query(
        "PREFIX kb: <https://w3id.org/conflict-kb/ns/> PREFIX schema: <https://schema.org/> SELECT ?article (COUNT(?claim) AS ?n) "
        "WHERE { ?article a schema:NewsArticle OPTIONAL { ?claim kb:reportedIn ?article } } "
        f"GROUP BY ?article HAVING (COUNT(?claim) < {least}) ORDER BY ?article"
    )
    for article, number in rows.rows:
        name = article.value.removeprefix(f"{base}id/article/")
        message = f"{number.value} claims, fewer than the {least} expected of an article"
        yield Finding(severity="error", rule="expected-count", message=message, path=paths.get(name, ""), focus=short(article.value, base))


def _not_looked_at(focus: Mapping[str, int], checks: Sequence[query.StoredQuery]) -> Iterator[Finding]:
    """A check that looks at nothing finds nothing: the classes every corpus has must have been met."""
    for target in ("Claim", "Attribution", "Entity"):
        if not any(number for class_, number in focus.items() if class_.endswith(f"/{target}")):
            message = f"no shape looked at a {target}"
            yield Finding(severity="error", rule="nothing-examined", message=message, cure="look at sh:targetClass in ontology/shapes")
    if not checks:
        yield Finding(severity="error", rule="nothing-examined", message="no check query was run", cure="look at queries/check")
