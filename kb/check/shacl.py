"""SHACL over the quads of one article, or a batch of them: pySHACL given just those nodes.

A claim is checked with its article and with the classes of what it names, so the work grows with what changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kb.errors import FactFileError, Fault
from kb.ids import Mint
from kb.vocab import PREFIXES

_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
_TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
_SEVERITY = {"Violation": "error", "Warning": "warning", "Info": "info"}


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule says of one node. `rule` is the name of a shape or check query, `path` a property's local name."""

    focus: str
    rule: str
    severity: str
    message: str
    cure: str = ""
    path: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes as pySHACL takes them, and how many rules they hold."""

    graph: Any
    rules: int
    targets: tuple[str, ...]


@cache
def load_shapes(files: tuple[Path, ...]) -> Shapes:
    """Return the shapes in `files`. Raises FactFileError for a term that SHACL does not have: it would check nothing."""
    from rdflib import RDF, Graph, URIRef

    from kb.store import turtle_quads

    graph, faults = Graph(), []
    for file in files:
        one = list(_triples(turtle_quads([file], "urn:shapes")))
        faults += [Fault(file.as_posix(), 0, f"SHACL has no term sh:{name}", "look at its spelling") for name in _unknown(one)]
        for triple in one:
            graph.add(triple)
    targets = sorted(str(target) for target in graph.objects(None, URIRef(f"{_SH}targetClass")))
    rules = len(set(graph.subjects(RDF.type, URIRef(f"{_SH}PropertyShape"))))
    if not targets or not rules:
        faults.append(Fault("ontology/shapes", 0, "no shape with a target class: nothing would be checked"))
    if faults:
        raise FactFileError(faults)
    return Shapes(_hoisted(graph), rules, tuple(targets))


def _hoisted(graph: Any) -> Any:
    """Return the shapes with each property shape taking the targets of the node shape that holds it.

    That means the same, but pySHACL then takes all nodes of a rule at once, not each rule once a node: 5 times as fast
    (`tests/bench`). A node shape that others refer to by sh:node keeps its property shapes too.
    """
    from rdflib import URIRef

    targets, property_ = [URIRef(f"{_SH}{name}") for name in _TARGETS], URIRef(f"{_SH}property")
    referred = set(graph.objects(None, URIRef(f"{_SH}node")))
    found = sorted((node, target, things) for target in targets for node, things in graph.subject_objects(target))
    for node, target, things in found:
        for rule in sorted(graph.objects(node, property_)):
            graph.add((rule, target, things))
    for node in {node for node, _, _ in found} - referred:
        graph.remove((node, property_, None))
    return graph


def _unknown(triples: Iterable[tuple]) -> list[str]:
    from rdflib import SH, URIRef

    used = {str(term) for triple in triples for term in triple if isinstance(term, URIRef) and str(term).startswith(_SH)}
    return sorted(term.removeprefix(_SH) for term in used if term not in SH)


def validate(quads: Sequence[str], named: Iterable[str], shapes: Shapes) -> list[Result]:
    """Return the results for `quads` (N-Quads lines), but not for the things they name, whose quads are `named`.

    No `focus_nodes` are handed to pySHACL: it looks for each node in a list, and drops nodes of nested shapes.
    """
    own = subjects(quads)
    if not own:
        return []
    import pyshacl
    from rdflib import Graph

    named = list(named)
    others = subjects(named) - own
    graph = Graph()
    for triple in _triples([*quads, *named]):
        graph.add(triple)
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=shapes.graph, advanced=False, js=False, do_owl_imports=False, inference="none", meta_shacl=False, inplace=True,
    )  # fmt: skip
    found = (result for result in _results(report) if result.focus not in others)
    return sorted(found, key=lambda result: (result.focus, result.rule, result.value))


def _triples(quads: Iterable[str]) -> Iterator[tuple]:
    """Yield rdflib triples. Each term is made once: making them is most of the cost."""
    from kb.store import parse_quads

    terms: dict[Any, Any] = {}
    for quad in parse_quads(quads):
        yield tuple(_rdflib_term(term, terms) for term in (quad.subject, quad.predicate, quad.object))


def _rdflib_term(term: Any, made: dict[Any, Any]) -> Any:
    found = made.get(term)
    if found is None:
        found = made[term] = _make_term(term)
    return found


def _make_term(term: Any) -> Any:
    from rdflib import BNode, Literal, URIRef

    kind = type(term).__name__
    if kind == "NamedNode":
        return URIRef(term.value)
    if kind == "BlankNode":
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    plain = datatype == f"{PREFIXES['xsd']}string"
    return Literal(term.value) if plain else Literal(term.value, datatype=URIRef(datatype), normalize=False)


def _results(report: Any) -> Iterator[Result]:
    from rdflib import RDF, URIRef

    def one(node: Any, name: str) -> str:
        return str(report.value(node, URIRef(_SH + name)) or "")

    for node in report.subjects(RDF.type, URIRef(f"{_SH}ValidationResult")):
        messages = sorted(str(text) for text in report.objects(node, URIRef(f"{_SH}resultMessage")))
        what, _, cure = " ".join(messages).partition(". ")
        yield Result(
            focus=one(node, "focusNode"),
            rule=local_name(one(node, "sourceShape")),
            severity=_SEVERITY.get(local_name(one(node, "resultSeverity")), "error"),
            message=what.rstrip("."),
            cure=cure,
            path=local_name(one(node, "resultPath")),
            value=one(node, "value"),
        )


def local_name(iri: str) -> str:
    """Return what follows the last `/` or `#`."""
    return iri.replace("#", "/").rpartition("/")[2]


def nodes_by_article(quads: Iterable[str], shapes: Shapes, mint: Mint) -> dict[str, int]:
    """Return article id → number of its nodes that a shape looks at: what no shape meets was not checked."""
    marks = {f" <{_RDF}type> <{target}> " for target in shapes.targets}
    counted: Counter[str] = Counter()
    for line in quads:
        end = line.index(">")
        if line[end + 1 : line.rindex("<")] in marks:
            counted[mint.article_of(line[1:end])] += 1
    return dict(counted)


def subjects(quads: Sequence[str]) -> set[str]:
    """Return the subjects of N-Quads lines, as IRIs."""
    return {line[1 : line.index(">")] for line in quads}
