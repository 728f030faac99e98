"""SPARQL 1.1 Protocol, query side, over real HTTP: every way to ask, every format, every graph, and every way to ask wrongly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
import rdflib
from small_world import built, says, world
from web_server import Server, served

BASE = "https://example.org/kb/"
ONE, TWO = f"{BASE}id/graph/one", f"{BASE}id/graph/two"
CLAIMS = "SELECT (COUNT(*) AS ?n) WHERE { ?claim a <https://w3id.org/conflict-kb/ns/Claim> }"
IN_GRAPHS = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?claim a <https://w3id.org/conflict-kb/ns/Claim> } }"
LABEL = '<script>alert(1)</script> "quoted", =1+1 \u202eback\u202c ü 😀'
TRIPLES = "CONSTRUCT { ?s <https://example.org/p> ?o } WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o }"
LABELS = "SELECT ?thing ?label ?none WHERE { ?thing a <https://w3id.org/conflict-kb/ns/Claim> ; <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?thing"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
UPDATE = "INSERT DATA { <a:a> <a:b> <a:c> }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    claims = {"one": [says("a", "ada", "emptied", label="'" + LABEL.replace("'", "''") + "'"), says("b", "wim", "unseen")], "two": [says("a", "sol", "not-emptied")]}
    home = world(tmp_path_factory.mktemp("protocol"), claims)
    built(home)
    with served(home.root) as found:
        yield found


def number(response: object) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


WAYS = {
    "GET": lambda s, query, **graphs: s.client.get("/sparql", params={"query": query, **graphs}),
    "POST form": lambda s, query, **graphs: s.client.post("/sparql", data={"query": query, **graphs}),
    "POST direct": lambda s, query, **graphs: s.client.post("/sparql", params=graphs, content=query.encode(), headers={"Content-Type": DIRECT}),
    "POST form, charset": lambda s, query, **graphs: s.client.post(
        "/sparql", content=urlencode({"query": query, **graphs}, doseq=True), headers={"Content-Type": f"{FORM}; charset=UTF-8"}
    ),
    "POST direct, charset": lambda s, query, **graphs: s.client.post(
        "/sparql", params=graphs, content=query.encode(), headers={"Content-Type": f'{DIRECT}; charset="utf-8"'}
    ),
}
DATASETS = [
    ("the union when nobody names a graph", CLAIMS, {}, 3),
    ("all graphs for GRAPH", IN_GRAPHS, {}, 3),
    ("one default graph", CLAIMS, {"default-graph-uri": ONE}, 2),
    ("two default graphs, merged", CLAIMS, {"default-graph-uri": [ONE, TWO]}, 3),
    ("no named graph beside a default one", IN_GRAPHS, {"default-graph-uri": ONE}, 0),
    ("one named graph", IN_GRAPHS, {"named-graph-uri": TWO}, 1),
    ("two named graphs", IN_GRAPHS, {"named-graph-uri": [ONE, TWO]}, 3),
    ("an empty default graph beside a named one", CLAIMS, {"named-graph-uri": TWO}, 0),
    ("both", IN_GRAPHS, {"default-graph-uri": ONE, "named-graph-uri": TWO}, 1),
    ("FROM", CLAIMS.replace("WHERE", f"FROM <{TWO}> WHERE"), {}, 1),
    ("FROM twice", CLAIMS.replace("WHERE", f"FROM <{TWO}> FROM <{ONE}> WHERE"), {}, 3),
    ("FROM NAMED", IN_GRAPHS.replace("WHERE", f"FROM NAMED <{TWO}> WHERE"), {}, 1),
    ("FROM NAMED leaves no default graph", CLAIMS.replace("WHERE", f"FROM NAMED <{TWO}> WHERE"), {}, 0),
    ("the request goes before FROM", CLAIMS.replace("WHERE", f"FROM <{TWO}> WHERE"), {"default-graph-uri": ONE}, 2),
    ("the request goes before FROM NAMED", IN_GRAPHS.replace("WHERE", f"FROM NAMED <{TWO}> WHERE"), {"named-graph-uri": ONE}, 2),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("what", "query", "graphs", "count"), DATASETS, ids=[row[0] for row in DATASETS])
def test_each_way_of_asking_reads_the_graphs_it_names(server: Server, way: str, what: str, query: str, graphs: dict, count: int) -> None:
    assert number(WAYS[way](server, query, **graphs)) == count, what


def rows_of(media: str, text: str) -> list[list[str | None]]:
    if "json" in media:
        found = json.loads(text)
        return [[row[name]["value"] if name in row else None for name in found["head"]["vars"]] for row in found["results"]["bindings"]]
    if "xml" in media:
        space = "{http://www.w3.org/2005/sparql-results#}"
        results = ElementTree.fromstring(text).iter(f"{space}result")
        return [[*("".join(cell.itertext()) for cell in row.iter(f"{space}binding")), None] for row in results]
    if "csv" in media:
        return [[cell or None for cell in row] for row in list(csv.reader(io.StringIO(text)))[1:]]
    return [[cell or None for cell in line.split("\t")] for line in text.rstrip("\n").split("\n")[1:]]


ROWS = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv; charset=utf-8",
    "text/tab-separated-values": "text/tab-separated-values; charset=utf-8",
    "application/json": "application/sparql-results+json",
    "text/xml": "application/sparql-results+xml",
}


@pytest.mark.parametrize("accept", ROWS)
def test_rows_come_in_every_format_with_hostile_labels_whole(server: Server, accept: str) -> None:
    found = server.ask(LABELS, accept)
    assert (found.status_code, found.headers["content-type"]) == (200, ROWS[accept])
    rows = rows_of(found.headers["content-type"], found.text)
    assert [row[0].strip("<>") for row in rows] == [f"{BASE}id/claim/{name}" for name in ("one/a", "one/b", "two/a")]
    label = rows[0][1] if "tab" not in accept else rdflib.util.from_n3(rows[0][1]).value
    assert label == LABEL and rows[0][2] is None
    assert rdflib.query.Result.parse(io.BytesIO(found.content), content_type=accept) if "sparql" in accept else True


@pytest.mark.parametrize(("accept", "yes"), [("application/sparql-results+json", '"boolean":true'), ("application/sparql-results+xml", "<boolean>true</boolean>"), ("text/csv", "true"), ("text/tab-separated-values", "true")])
def test_a_truth_comes_in_every_format(server: Server, accept: str, yes: str) -> None:
    assert yes in server.ask("ASK { ?s ?p ?o }", accept).text
    assert yes.replace("true", "false") in server.ask("ASK { <a:no> ?p ?o }", accept).text


GRAPHS = {
    "text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml", "application/ld+json": "json-ld", "application/trig": "trig",
    "application/n-quads": "nquads",
}  # fmt: skip


@pytest.mark.parametrize("query", [TRIPLES, f"DESCRIBE <{BASE}id/claim/one/a>"], ids=["construct", "describe"])
@pytest.mark.parametrize("accept", GRAPHS)
def test_triples_come_in_every_format_and_are_the_same(server: Server, accept: str, query: str) -> None:
    found = server.ask(query, accept)
    assert (found.status_code, found.headers["content-type"].split(";")[0]) == (200, accept)
    graph = rdflib.Dataset(default_union=True).parse(data=found.text, format=GRAPHS[accept])
    plain = rdflib.Graph().parse(data=server.ask(query, "application/n-triples").text, format="nt")
    assert len(plain) > 10 and {tuple(triple[:3]) for triple in graph.quads()} == set(plain)


def test_a_property_that_xml_cannot_name_is_told(server: Server) -> None:
    found = server.ask("CONSTRUCT { <a:a> <https://example.org/1/> 1 } {}", "application/rdf+xml")
    assert found.status_code == 406 and "https://example.org/1/" in found.text


ACCEPTS = [
    (None, "ASK {}", "application/sparql-results+json"),
    ("*/*", "ASK {}", "application/sparql-results+json"),
    ("", "ASK {}", "application/sparql-results+json"),
    ("text/csv;q=0.4, application/sparql-results+xml;q=0.6", "ASK {}", "application/sparql-results+xml"),
    ("text/csv, */*;q=0.1", "ASK {}", "text/csv; charset=utf-8"),
    ("text/*", "ASK {}", "text/csv; charset=utf-8"),
    ("application/sparql-results+json;q=0, */*", "ASK {}", "application/sparql-results+xml"),
    ("image/png, TEXT/CSV ; Q=0.2", "ASK {}", "text/csv; charset=utf-8"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "ASK {}", "application/sparql-results+json"),
    (None, "DESCRIBE <a:a>", "text/turtle; charset=utf-8"),
    ("application/json", "DESCRIBE <a:a>", "application/ld+json"),
    ("application/xml, text/turtle;q=0.5", "DESCRIBE <a:a>", "application/rdf+xml"),
    ("text/plain", "CONSTRUCT WHERE { <a:a> ?p ?o }", "application/n-triples"),
]


@pytest.mark.parametrize(("accept", "query", "media"), ACCEPTS)
def test_the_client_gets_what_it_wants_most(server: Server, accept: str | None, query: str, media: str) -> None:
    found = server.ask(query, accept)
    assert found.headers["content-type"] == media
    assert "Accept" in found.headers["vary"]


@pytest.mark.parametrize(("query", "names"), [("ASK {}", ["application/sparql-results+json", "text/csv"]), ("DESCRIBE <a:a>", ["text/turtle", "application/n-quads"])])
@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "*/*;q=0"])
def test_a_format_that_is_not_served_is_406_with_those_that_are(server: Server, query: str, names: list[str], accept: str) -> None:
    found = server.ask(query, accept)
    assert found.status_code == 406 and all(name in found.text for name in names)


def post(content: bytes | str, kind: str | None, search: str = "") -> tuple[str, str, bytes, dict[str, str]]:
    return "POST", f"/sparql{search}", content if isinstance(content, bytes) else content.encode(), {"Content-Type": kind} if kind else {}


def get(search: str) -> tuple[str, str, bytes, dict[str, str]]:
    return "GET", f"/sparql{search}", b"", {}


ASK = quote("ASK {}")
WRONG = [
    ("no query in the address", get("?default-graph-uri=a:b"), 400, "no query"),
    ("two queries in the address", get(f"?query={ASK}&query={ASK}"), 400, "2 queries"),
    ("query and update", get(f"?query={ASK}&update=x"), 400, "not both"),
    ("an update by GET", get("?update=x"), 403, "only reads"),
    ("not UTF-8 in the address", get("?query=ASK%20%7B%7D%20%23%FF"), 400, "UTF-8"),
    ("an update as a query", get(f"?query={quote(UPDATE)}"), 403, "INSERT"),
    ("no body", post("", FORM), 400, "no query"),
    ("two queries in a form", post("query=ASK{}&query=ASK{}", FORM), 400, "2 queries"),
    ("query and update in a form", post(f"query=ASK{{}}&update={quote(UPDATE)}", FORM), 400, "not both"),
    ("an update in a form", post(f"update={quote(UPDATE)}", FORM), 403, "only reads"),
    ("an update, direct", post(UPDATE, "application/sparql-update"), 403, "only reads"),
    ("a form with its query in the address", post("", FORM, f"?query={ASK}"), 400, "in its body"),
    ("a query in the address and the body", post("ASK {}", DIRECT, f"?query={ASK}"), 400, "one in the body"),
    ("no content type", post("ASK {}", None), 415, DIRECT),
    ("another content type", post("ASK {}", "text/plain"), 415, "text/plain"),
    ("multipart", post("ASK {}", "multipart/form-data; boundary=x"), 415, "multipart"),
    ("UTF-16", post("ASK {}".encode("utf-16"), f"{DIRECT}; charset=utf-16"), 415, "utf-16"),
    ("UTF-16 that does not say so", post("ASK {}".encode("utf-16"), DIRECT), 400, "UTF-8"),
    ("not UTF-8", post(b"ASK { ?s ?p '\xff' }", DIRECT), 400, "UTF-8"),
    ("not UTF-8 in a form", post(b"query=%FF", FORM), 400, "UTF-8"),
    ("a relative graph", get(f"?query={ASK}&default-graph-uri=passwd"), 400, "absolute IRI"),
    ("a graph that breaks out", get(f"?query={ASK}&default-graph-uri={quote('a:b> { } #')}"), 400, "absolute IRI"),
    ("a file as a graph", get(f"?query={ASK}&default-graph-uri=file:///etc/passwd"), 403, "elsewhere"),
    ("a file in FROM", get(f"?query={quote('ASK FROM <file:///etc/passwd> {}')}"), 403, "elsewhere"),
    ("a graph that is not here", get(f"?query={ASK}&named-graph-uri=http://example.org/none"), 400, "not here: http://example.org/none"),
    ("FROM a graph that is not here", get(f"?query={quote('ASK FROM <http://example.org/none> {}')}"), 400, "not here"),
    ("too many graphs", get(f"?query={ASK}" + "&default-graph-uri=a:b" * 300), 400, "100"),
    ("SERVICE", post("ASK { SERVICE <http://127.0.0.1:9/> {} }", DIRECT), 403, "SERVICE"),
    ("SERVICE SILENT", post("ASK { SERVICE SILENT <http://127.0.0.1:9/> {} }", DIRECT), 403, "SERVICE"),
    ("LOAD", post("LOAD <http://127.0.0.1:9/>", DIRECT), 403, "LOAD"),
    ("an empty query", get("?query="), 400, "breaks off (line 1, column 1)"),
    ("no SPARQL", post("SELECT ?s WHERE {\n ?s ?p ?o .\n} ORDER ?s", DIRECT), 400, "line 3, column 9"),
    ("a prefix that is missing", post("ASK { ?s rdfs:label 1 }", DIRECT), 400, "line 1, column 10"),
    ("half a surrogate pair", post(b"ASK { ?s ?p '\xed\xa0\x80' }", DIRECT), 400, "UTF-8"),
    ("70 KiB of query", post("ASK {}" + " " * 70_000, DIRECT), 413, "64 KiB"),
    ("10 MB of query", post("ASK {}" + " " * 10_000_000, DIRECT), 413, "256 KiB"),
    ("10 MB of form", post("query=" + "%20" * 3_500_000, FORM), 413, "256 KiB"),
    ("a text of escapes that nothing closes", post("ASK { ?s ?p '" + "\\'" * 30_000, DIRECT), 400, "breaks off"),
    ("nested too deeply", post("ASK " + "{" * 3000 + "}" * 3000, DIRECT), 403, "nested"),
    ("PUT", ("PUT", "/sparql", b"ASK {}", {"Content-Type": DIRECT}), 405, "GET or POST"),
    ("DELETE", ("DELETE", "/sparql", b"", {}), 405, "GET or POST"),
    ("PATCH", ("PATCH", "/sparql", b"", {}), 405, "GET or POST"),
    ("TRACE", ("TRACE", "/sparql", b"", {}), 405, "GET or POST"),
]


@pytest.mark.parametrize(("what", "request_", "status", "said"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_asked_wrongly_is_told_plainly(server: Server, what: str, request_: tuple, status: int, said: str) -> None:
    method, path, content, headers = request_
    found = server.client.request(method, path, content=content, headers=headers)
    assert (found.status_code, found.headers["content-type"]) == (status, "text/plain; charset=utf-8"), found.text
    assert said in found.text and "Traceback" not in found.text and str(Path.home()) not in found.text
    assert status != 405 or found.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_head_tells_what_get_would_without_a_body(server: Server) -> None:
    path = f"/sparql?query={quote(LABELS)}"
    head, whole = server.client.head(path), server.client.get(path)
    assert head.content == b"" and head.status_code == 200
    assert {name: head.headers[name] for name in ("content-type", "vary")} == {name: whole.headers[name] for name in ("content-type", "vary")}


def test_any_origin_may_ask_and_none_with_credentials(server: Server) -> None:
    asked = server.client.options("/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"})
    assert asked.status_code == 204 and asked.content == b""
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    for found in (asked, server.ask("ASK {}"), server.ask("SELEC")):
        assert found.headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in found.headers


def test_an_answer_is_packed_for_those_who_take_it(server: Server) -> None:
    plain = server.ask(TRIPLES, headers={"Accept-Encoding": "identity"})
    packed = server.ask(TRIPLES, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert "content-encoding" not in server.ask(TRIPLES, headers={"Accept-Encoding": "gzip;q=0"}).headers
    assert "content-encoding" not in server.ask("ASK {}", headers={"Accept-Encoding": "gzip"}).headers


SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


@pytest.mark.parametrize("accept", [*GRAPHS, None])
def test_without_a_query_the_service_is_described(server: Server, accept: str | None) -> None:
    found = server.get("/sparql", accept)
    graph = rdflib.Dataset(default_union=True).parse(data=found.text, format=GRAPHS[accept or "text/turtle"])
    me = rdflib.URIRef(f"{server.root}/sparql")
    assert (me, SD.endpoint, me) in graph and (me, SD.feature, SD.UnionDefaultGraph) in graph
    assert {str(name) for name in graph.objects(None, SD.name)} >= {ONE, TWO}
    assert len(set(graph.objects(me, SD.resultFormat))) == 10


def test_a_browser_without_a_query_is_led_to_the_editor(server: Server) -> None:
    found = server.get("/sparql", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert (found.status_code, found.headers["location"]) == (303, "/sparql.html")
    assert server.get("/sparql", "image/png").status_code == 406


def test_the_dataset_is_described_where_machines_look(server: Server) -> None:
    found = server.get("/.well-known/void", "text/turtle")
    graph = rdflib.Graph().parse(data=found.text)
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    assert list(graph.objects(None, void.sparqlEndpoint)) == [rdflib.URIRef(f"{server.root}/sparql")]
    assert int(next(graph.objects(None, void.triples))) > 100


def test_a_host_that_is_no_host_stands_in_no_answer(server: Server) -> None:
    found = server.raw(b"GET /sparql HTTP/1.1\r\nHost: a> <b:c> <d:e\r\nConnection: close\r\n\r\n")
    assert b" 421 " in found.split(b"\r\n")[0] and b"b:c" not in found


def test_a_host_that_is_no_host_stands_in_no_answer_where_any_is_taken(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [says("a", "ada", "emptied")]})
    built(home)
    with served(home.root, "--host", "0.0.0.0") as server:
        found = server.raw(b"GET /sparql HTTP/1.1\r\nHost: a> <b:c> <d:e\r\nConnection: close\r\n\r\n")
    assert b"200 OK" in found and b"b:c" not in found


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_sparqlwrapper_reads_from_it(server: Server) -> None:
    import SPARQLWrapper

    client = SPARQLWrapper.SPARQLWrapper(f"{server.root}/sparql")
    for method in (SPARQLWrapper.GET, SPARQLWrapper.POST):
        client.setMethod(method)
        client.setQuery(LABELS)
        client.setReturnFormat(SPARQLWrapper.JSON)
        assert len(client.queryAndConvert()["results"]["bindings"]) == 3
        client.setReturnFormat(SPARQLWrapper.XML)
        assert len(client.queryAndConvert().getElementsByTagName("result")) == 3
        client.setQuery(TRIPLES)
        assert len(client.queryAndConvert()) > 20
    client.setRequestMethod(SPARQLWrapper.POSTDIRECTLY)
    client.setQuery("ASK { ?s ?p ?o }")
    client.setReturnFormat(SPARQLWrapper.JSON)
    assert client.queryAndConvert()["boolean"] is True


def test_rdflib_reads_from_it_as_a_store(server: Server) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    store = SPARQLStore(f"{server.root}/sparql", returnFormat="json")
    graph = rdflib.Graph(store)
    assert len(list(graph.query(LABELS))) == 3
    claim = rdflib.URIRef(f"{BASE}id/claim/one/a")
    assert str(graph.value(claim, rdflib.RDFS.label)) == LABEL
    one = rdflib.Graph(store, identifier=rdflib.URIRef(TWO))
    assert len(list(one.query(LABELS))) == 1


@pytest.mark.parametrize(
    ("accept", "served"),
    [("text/csv;q=0.3333, application/json;q=0.4", "application/sparql-results+json"), ("text/csv;q=abc, text/tab-separated-values;q=0.1", "text/tab-separated-values"),
     ("application/sparql-results+json;q=0, application/json, text/csv;q=0.5", "text/csv")],
)  # fmt: skip
def test_weights_are_read_as_numbers(server: Server, accept: str, served: str) -> None:
    assert server.ask("SELECT * {} ", accept).headers["content-type"].split(";")[0] == served


def test_graphs_and_charsets_of_a_form_are_read_where_they_stand(server: Server) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    found = server.client.post("/sparql?default-graph-uri=https://example.org/kb/id/graph/one", content="query=ASK{}", headers=form)
    assert found.status_code == 400 and "graphs of a form" in found.text
    found = server.client.post("/sparql", content="ASK{}".encode("utf-16"), headers={"Content-Type": "application/sparql-query; Charset=UTF-16"})
    assert found.status_code == 415


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("PREFIX service: <https://example.org/> ASK { service:x ?p ?o }", 200),
        ("PREFIX my-service: <https://example.org/> ASK { my-service:x ?p ?o }", 200),
        ("PREFIX : <https://example.org/> ASK { SERVICE:x { ?s ?p ?o } }", 403),
        ("PREFIX service: <https://example.org/> ASK { SERVICE service:x { ?s ?p ?o } }", 403),
        ("PREFIX service: <https://example.org/> ASK { SERVICEservice:x { ?s ?p ?o } }", 403),
        ("PREFIX g: <https://example.org/kb/id/graph/> ASK FROM g:o\\-ne { ?s ?p ?o }", 400),
        ("ASKFROM<https://example.org/kb/id/graph/none>{}", 400),
        ("ASK FROMNAMED<https://example.org/kb/id/graph/none>{}", 400),
        ("PREFIX g: <https://example.org/kb/id/graph/> ASK FROMg:none {}", 400),
        ("PREFIX g: <https://example.org/kb/id/graph/> ASK FROMg:one { ?s ?p ?o }", 200),
    ],
)
def test_words_are_taken_for_what_the_engine_takes_them(server: Server, query: str, status: int) -> None:
    found = server.ask(query)
    assert found.status_code == status, found.text
    assert status != 400 or "not here" in found.text, found.text


def test_a_place_is_told_behind_signs_that_only_look_like_line_ends(server: Server) -> None:
    found = server.ask("ASK {\n 'a\x0c\x85b' ?p ?o .\n ?s ?p wrong }")
    assert found.status_code == 400 and "line 3, column 8" in found.text, found.text
    found = server.ask("ASK { <http://a b> ?p ?o }")
    assert found.status_code == 400 and "is no IRI" in found.text and "declared" not in found.text, found.text
