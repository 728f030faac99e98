"""The reference of our words: every class, property and concept, with definition, example, rules and use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.home import Home
from kb.ids import NS
from kb.pages.reading import Reader, clip
from kb.store import open_store, turtle_quads
from kb.vocab import PREFIXES

_KINDS = {"Class": "class", "ObjectProperty": "property", "DatatypeProperty": "property"}
_SHAPE = PREFIXES["shape"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term_:
    """A class or property of ours. `uses` counts its instances or its triples; `rules` are (name, message)."""

    id: str
    kind: str
    label: str
    definition: str
    example: str
    above: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    uses: int


@dataclass(frozen=True, slots=True)
class Concept:
    id: str
    label: str
    definition: str
    example: str
    uses: int


@dataclass(frozen=True, slots=True)
class Scheme:
    id: str
    label: str
    definition: str
    example: str
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsView:
    template = "ns.html"
    title = "What the words mean"
    namespace: str
    version: str
    classes: tuple[Term_, ...]
    properties: tuple[Term_, ...]
    schemes: tuple[Scheme, ...]
    others: tuple[tuple[str, str], ...]
    modules: tuple[tuple[str, str], ...]


def terms_view(reader: Reader, home: Home) -> TermsView:
    """Return the whole ontology as it is in the store, with the rules of `ontology/shapes/`."""
    uses, rules = _uses(reader), _rules(home)
    told: set[str] = set()
    found = list(_terms(reader, uses, rules, told))
    version = next((row[0] for row in reader.rows(f"SELECT ?version {{ <{NS}> <{PREFIXES['owl']}versionInfo> ?version }} ORDER BY ?version")), "")
    return TermsView(
        namespace=NS, version=version, classes=tuple(term for term in found if term.kind == "class"), properties=tuple(term for term in found if term.kind == "property"),
        schemes=tuple(_schemes(reader, uses)), others=tuple(sorted((name, message) for name, _, message in rules if name not in told)),
        modules=tuple(_modules(reader)),
    )  # fmt: skip


def _terms(reader: Reader, uses: dict[str, int], rules: list[tuple[str, str, str]], told: set[str]) -> Iterator[Term_]:
    links: dict[str, dict[str, list[str]]] = {}
    query = f"SELECT ?term ?property ?value {{ VALUES ?property {{ rdfs:subClassOf rdfs:subPropertyOf schema:domainIncludes schema:rangeIncludes }} ?term ?property ?value . FILTER(STRSTARTS(STR(?term), \"{NS}\")) }} ORDER BY ?term ?property ?value"
    for term, property_, value in reader.rows(query):
        links.setdefault(term, {}).setdefault(property_.rpartition("/")[2].rpartition("#")[2], []).append(_short(value))
    owl = PREFIXES["owl"]
    query = f"SELECT ?term (MIN(?class) AS ?kind) (SAMPLE(?name) AS ?label) (SAMPLE(?said) AS ?definition) (MIN(?shown) AS ?example) {{ VALUES ?class {{ {' '.join(f'<{owl}{kind}>' for kind in _KINDS)} }} ?term a ?class ; rdfs:label ?name ; skos:definition ?said . OPTIONAL {{ ?term skos:example ?shown }} FILTER(STRSTARTS(STR(?term), \"{NS}\")) }} GROUP BY ?term ORDER BY ?term"
    for term, class_, label, definition, example in reader.rows(query):
        ident, own = term.removeprefix(NS), links.get(term, {})
        kind = _KINDS[class_.rpartition("#")[2]]
        mine = [(name, message) for name, path, message in rules if (path == term if kind == "property" else name.partition("-")[0] == ident and not path.startswith(NS))]
        told.update(name for name, _ in mine)
        yield Term_(
            id=ident, kind=kind, label=label, definition=clip(definition), example=clip(example), above=tuple(own.get("subClassOf", own.get("subPropertyOf", ()))),
            domain=tuple(own.get("domainIncludes", ())), range=tuple(own.get("rangeIncludes", ())), rules=tuple(sorted(set(mine))), uses=uses.get(term, 0),
        )  # fmt: skip


def _modules(reader: Reader) -> Iterator[tuple[str, str]]:
    """Yield id and description of the parts that the ontology imports."""
    for part, said in reader.rows(f"SELECT ?part (MIN(?text) AS ?said) {{ <{NS}> <{PREFIXES['owl']}imports> ?part . ?part <{PREFIXES['dcterms']}description> ?text }} GROUP BY ?part ORDER BY ?part"):
        yield part.removeprefix(NS), clip(said)


def _short(value: str) -> str:
    """Return a term as our files write it: `kb:Claim`."""
    return next((f"{prefix}:{value.removeprefix(space)}" for prefix, space in PREFIXES.items() if value.startswith(space) and "/" not in value.removeprefix(space)), value)


def _uses(reader: Reader) -> dict[str, int]:
    """Return how often each property, class and concept of ours is used."""
    counts = "SELECT ?term (COUNT(*) AS ?uses) { %s } GROUP BY ?term"
    patterns = ("?thing ?term ?value", "?thing a ?term", f"?term a skos:Concept . ?thing ?property ?term . FILTER(STRSTARTS(STR(?thing), \"{reader.base}id/\"))")
    return {term: int(uses) for pattern in patterns for term, uses in reader.rows(counts % pattern) if term.startswith(NS)}


def _rules(home: Home) -> list[tuple[str, str, str]]:
    """Return (name, path where it is one property, message) of every shape rule."""
    store = open_store(":memory:")
    store.load(turtle_quads(home.shape_files(), f"{NS}shapes"))
    sh = PREFIXES["sh"]
    rows = store.query(f"SELECT ?rule ?path ?message {{ ?rule <{sh}message> ?message . OPTIONAL {{ ?rule <{sh}path> ?path }} }} ORDER BY ?rule ?message").rows
    return [(rule.value.removeprefix(_SHAPE), path.value if path is not None and path.kind == "iri" else "", message.value) for rule, path, message in rows]


def _schemes(reader: Reader, uses: dict[str, int]) -> Iterator[Scheme]:
    examples = dict(reader.rows("SELECT ?concept (MIN(?shown) AS ?example) { ?concept skos:example ?shown } GROUP BY ?concept"))
    for scheme, label, definition in reader.rows("SELECT ?scheme ?label ?definition { ?scheme a skos:ConceptScheme ; rdfs:label ?label ; skos:definition ?definition } ORDER BY ?scheme"):
        ident = scheme.removeprefix(NS).removesuffix("/")
        concepts = (Concept(f"{ident}/{word.id}", word.label, clip(word.definition), clip(examples.get(word.iri, "")), uses.get(word.iri, 0)) for word in reader.words(ident))
        yield Scheme(ident, label, clip(definition), clip(examples.get(scheme, "")), tuple(concepts))
