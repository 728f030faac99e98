"""Which articles plainly keep every rule: the shapes as tests on N-Quads lines, so that pySHACL looks only at the others.

It never says what is wrong. Whatever fails a test, or is not plainly decided here, goes to pySHACL; `tests/test_sieve.py`
holds the two together on every case of `tests/shapes`. On clean articles it takes a tenth of pySHACL's time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from kb.vocab import PREFIXES

SH, XSD = PREFIXES["sh"], PREFIXES["xsd"]
TYPE = f"<{PREFIXES['rdf']}type>"
_TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
_QUIET = {f"{SH}{name}" for name in ("path", "message", "severity", "name", "description", *_TARGETS)}
_QUIET |= {TYPE[1:-1]}
_ESCAPED = re.compile(r'\\([\\"nrt])')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"'}
_FORMS = {
    "integer": r"-?[0-9]+", "nonNegativeInteger": r"[0-9]+", "decimal": r"-?[0-9]+\.[0-9]+", "boolean": "true|false",
    "date": r"[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])",
}  # fmt: skip
_NUMBERS = {f"<{XSD}{name}>" for name in ("integer", "nonNegativeInteger", "decimal")}

Node = str  # a term as N-Quads writes it
Test = Callable[["Lines", Node, Sequence[Node]], bool]  # of a focus node and its values
Path = Callable[["Lines", Node], Sequence[Node]]


class Unsure(Exception):
    """Not decided here."""


class Lines:
    """Terms of N-Quads lines, to be walked in both directions."""

    def __init__(self, lines: Iterable[str], others: Iterable[str] = ()) -> None:
        self.forth: dict[str, dict[Node, list[Node]]] = {}
        self.back: dict[str, dict[Node, list[Node]]] = {}
        for line in lines:
            self._add(line)
        own = set().union(*self.forth.values())
        self.others = {self._add(line) for line in others} - own

    def _add(self, line: str) -> Node:
        subject, property_, rest = line.split(" ", 2)
        value = rest[: rest.rindex(" <")]
        self.forth.setdefault(property_, {}).setdefault(subject, []).append(value)
        self.back.setdefault(property_, {}).setdefault(value, []).append(subject)
        return subject


class Sieve:
    """The shapes of a graph as tests."""

    def __init__(self, graph: Any) -> None:
        from rdflib import URIRef

        self.graph, self.iri = graph, lambda name: URIRef(SH + name)
        found: dict[Any, list] = {}
        for kind in _TARGETS:
            for shape, target in graph.subject_objects(self.iri(kind)):
                found.setdefault(shape, []).append((kind, token(target)))
        self.rules = [(targets, self.shape(shape)) for shape, targets in found.items()]

    def passes(self, lines: Lines) -> bool:
        """Say whether no rule is broken on a subject of `lines`; False as well when that is not plain."""
        try:
            return all(test(lines, node) for targets, test in self.rules for node in _nodes(lines, targets))
        except Unsure:
            return False

    def shape(self, shape: Any) -> Callable[[Lines, Node], bool]:
        path = self.graph.value(shape, self.iri("path"))
        walk = self.path(path) if path is not None else None
        constraints = self.graph.predicate_objects(shape)
        tests = [self.test(str(property_), value) for property_, value in constraints if str(property_) not in _QUIET]

        def conforms(lines: Lines, node: Node) -> bool:
            values = (node,) if walk is None else walk(lines, node)
            return all(test(lines, node, values) for test in tests)

        return conforms

    def path(self, path: Any) -> Path:
        from rdflib import URIRef

        if isinstance(path, URIRef):
            name = token(path)
            return lambda lines, node: lines.forth.get(name, {}).get(node, ())
        inverse, either = self.graph.value(path, self.iri("inversePath")), self.graph.value(path, self.iri("alternativePath"))
        if isinstance(inverse, URIRef):
            name = token(inverse)
            return lambda lines, node: lines.back.get(name, {}).get(node, ())
        if either is not None:
            ways = [self.path(one) for one in self.graph.items(either)]
            return lambda lines, node: tuple(dict.fromkeys(value for way in ways for value in way(lines, node)))
        steps = [self.path(one) for one in self.graph.items(path)]
        if not steps:
            return _unsure
        return lambda lines, node: _along(steps, lines, node)

    def test(self, property_: str, value: Any) -> Test:
        """Return one constraint as a test of the values it is about."""
        name = property_.removeprefix(SH)
        if name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
            return _pair(name, token(value))
        if name in ("not", "property", "node", "xone", "or", "and"):
            return self.nested(name, value)
        if name == "class":
            wanted = token(value)
            return lambda lines, _, values: all(wanted in lines.forth[TYPE].get(one, ()) for one in values)
        several = _several(name, value)
        if several is not None:
            return lambda _, __, values: several(values)
        single = _single(name, value, self.graph)
        return lambda _, __, values: all(map(single, values))

    def nested(self, name: str, value: Any) -> Test:
        if name in ("not", "property", "node"):
            inner, wanted = self.shape(value), name != "not"
            return lambda lines, _, values: all(inner(lines, one) is wanted for one in values)
        inners = [self.shape(one) for one in self.graph.items(value)]
        right = {"xone": lambda n: n == 1, "or": lambda n: n >= 1, "and": lambda n: n == len(inners)}[name]
        return lambda lines, _, values: all(right(sum(inner(lines, one) for inner in inners)) for one in values)


def _several(name: str, value: Any) -> Callable[[Sequence[Node]], bool] | None:
    """Return a test of all values together, None where each is tested alone."""
    if name in ("minCount", "maxCount"):
        number = int(value)
        return (lambda values: len(values) >= number) if name == "minCount" else (lambda values: len(values) <= number)
    if name == "hasValue":
        wanted = token(value)
        return lambda values: wanted in values
    if name == "uniqueLang":
        return lambda values: len({_split(one)[1] for one in values if '"@' in one}) == sum('"@' in one for one in values)
    return None


def _nodes(lines: Lines, targets: list[tuple[str, str]]) -> Iterable[Node]:
    for kind, target in targets:
        if kind == "targetClass":
            found = lines.back.get(TYPE, {}).get(target, ())
        else:
            found = (lines.forth if kind == "targetSubjectsOf" else lines.back).get(target, ())
        yield from (node for node in found if node not in lines.others)


def _along(steps: Sequence[Path], lines: Lines, node: Node) -> Sequence[Node]:
    nodes: Sequence[Node] = (node,)
    for step in steps:
        nodes = [value for one in nodes for value in step(lines, one)]
    return tuple(dict.fromkeys(nodes))


def _unsure(*_: object) -> Any:
    raise Unsure


def token(term: Any) -> Node:
    """Return an rdflib term as the mapper writes it."""
    from rdflib import Literal

    if not isinstance(term, Literal):
        return f"<{term}>"
    text = str(term).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"@{term.language}' if term.language else f'"{text}"^^<{term.datatype}>' if term.datatype else f'"{text}"'


def _split(node: Node) -> tuple[str, str]:
    """Return the text of a term and what stands behind its quotation marks."""
    if node[0] == "<":
        return node[1:-1], ""
    end = node.rindex('"')
    text = node[1:end]
    return (_ESCAPED.sub(lambda found: _PLAIN[found[1]], text) if "\\" in text else text), node[end + 1 :]


def _single(name: str, value: Any, graph: Any) -> Callable[[Node], bool]:
    if name == "in":
        allowed = {token(one) for one in graph.items(value)}
        return lambda node: node in allowed
    if name == "pattern":
        search = re.compile(str(value)).search
        return lambda node: search(_split(node)[0]) is not None
    if name in ("minLength", "maxLength"):
        number = int(value)
        return lambda node: (len(_split(node)[0]) >= number) if name == "minLength" else (len(_split(node)[0]) <= number)
    if name == "nodeKind":
        first = {"IRI": "<", "Literal": '"'}.get(str(value).removeprefix(SH))
        return (lambda node: node[0] == first) if first else _unsure
    if name == "languageIn":
        ends = tuple(f'"@{one}' for one in graph.items(value))
        return lambda node: node.endswith(ends)
    if name == "datatype":
        return _datatype(str(value))
    if name in ("minInclusive", "maxInclusive"):
        bound = Decimal(str(value))
        return lambda node: (_number(node) >= bound) if name == "minInclusive" else (_number(node) <= bound)
    return _unsure


def _datatype(datatype: str) -> Callable[[Node], bool]:
    if datatype == f"{XSD}string":
        return lambda node: node[-1] == '"'
    if datatype == f"{PREFIXES['rdf']}langString":
        return lambda node: node[0] == '"' and _split(node)[1].startswith("@")
    end, form = f'"^^<{datatype}>', _FORMS.get(datatype.removeprefix(XSD), ".*" if not datatype.startswith(XSD) else "(?!)")
    match = re.compile(form, re.ASCII).fullmatch
    return lambda node: node.endswith(end) and match(node[1 : -len(end)]) is not None


def _number(node: Node) -> Decimal:
    text, kind = _split(node)
    if kind[2:] not in _NUMBERS:
        raise Unsure
    return Decimal(text)


def _pair(name: str, other: str) -> Test:
    if name == "equals":
        return lambda lines, node, values: set(values) == set(lines.forth.get(other, {}).get(node, ()))
    if name == "disjoint":
        return lambda lines, node, values: not set(values) & set(lines.forth.get(other, {}).get(node, ()))
    right = (lambda one, two: one < two) if name == "lessThan" else (lambda one, two: one <= two)
    return lambda lines, node, values: all(
        right(*_comparable(one, two)) for two in lines.forth.get(other, {}).get(node, ()) for one in values
    )


def _comparable(one: Node, two: Node) -> tuple[Any, Any]:
    texts, kinds = zip(_split(one), _split(two), strict=True)
    if kinds[0] == kinds[1] == f"^^<{XSD}date>" and len(texts[0]) == len(texts[1]) == 10:
        return texts
    return _number(one), _number(two)
