"""The service told in RDF (SPARQL 1.1 Service Description) and the dataset (VoID), where machines look for them."""

from __future__ import annotations

import io
from collections.abc import Iterator

from kb.export import serialize_triples
from kb.ids import Mint
from kb.rows import iri, literal
from kb.serve.answering import MEDIA
from kb.serve.reply import Reply
from kb.serve.service import Build
from kb.vocab import PREFIXES

SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "TriG", "N-Triples", "N-Quads",
    "RDF_XML", "JSON-LD",
)  # fmt: skip
_TYPE = f"<{PREFIXES['rdf']}type>"


def service_reply(build: Build, address: str, format: str) -> Reply:
    """Return the description of the endpoint at `address`, in one of the graph formats."""
    triples = "".join(sorted(f"{line} .\n" for line in _service(build, address)))
    return graph_reply(triples, format, build.base)


def dataset_reply(build: Build, address: str, format: str) -> Reply:
    """Return the description of the dataset, and where it is asked."""
    me, graph = Mint(build.base).dataset(), Mint(build.base).graph("dataset")
    said = build.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").triples
    return graph_reply(f"{said}<{me}> <{PREFIXES['void']}sparqlEndpoint> {iri(address)} .\n", format, build.base)


def graph_reply(triples: str, format: str, base: str) -> Reply:
    """Return N-Triples in a graph format."""
    if format in ("turtle", "ntriples", "jsonld"):
        body = serialize_triples(triples, format, base=base).encode()
    else:
        body = _engine_text(triples, format)
    return Reply(body, MEDIA[format], headers={"Vary": "Accept, Accept-Encoding"})


def _engine_text(triples: str, format: str) -> bytes:
    from pyoxigraph import RdfFormat, parse, serialize

    formats = {"rdfxml": RdfFormat.RDF_XML, "trig": RdfFormat.TRIG, "nquads": RdfFormat.N_QUADS}
    quads = parse(io.BytesIO(triples.encode()), RdfFormat.N_TRIPLES)
    return serialize((quad.triple for quad in quads), format=formats[format], prefixes=PREFIXES)


def _service(build: Build, address: str) -> Iterator[str]:
    me, data = iri(address), Mint(build.base).dataset()
    yield f"{me} {_TYPE} <{SD}Service>"
    yield f"{me} <{SD}endpoint> {me}"
    yield f"{me} <{SD}supportedLanguage> <{SD}SPARQL11Query>"
    yield f"{me} <{SD}feature> <{SD}UnionDefaultGraph>"
    for name in _FORMATS:
        yield f"{me} <{SD}resultFormat> <http://www.w3.org/ns/formats/{name}>"
    yield f"{me} <{SD}defaultDataset> <{data}>"
    yield f"<{data}> {_TYPE} <{SD}Dataset>"
    yield f"<{data}> <{SD}defaultGraph> <{data}/union>"
    yield f"<{data}/union> {_TYPE} <{SD}Graph>"
    yield f"<{data}/union> <{PREFIXES['rdfs']}comment> {literal('The union of all named graphs.', lang='en')}"
    for [name] in build.store.query("SELECT ?graph { GRAPH ?graph {} } ORDER BY ?graph").rows:
        yield f"<{data}> <{SD}namedGraph> {name}"
        yield f"{name} {_TYPE} <{SD}NamedGraph>"
        yield f"{name} <{SD}name> {name}"
