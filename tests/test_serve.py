"""`kb serve`: linked data, pages, stored queries by address, and a new build while it runs; over real HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import jsonschema
import pytest
import rdflib
from small_world import built, says, world
from web_server import ROOT, Server, served, until

from kb.errors import InputError
from kb.files import lock
from kb.home import Home
from kb.serve import check_installed, listening
from kb.serve.host import Hosts
from kb.serve.protocol import Refusal

BASE = "https://example.org/kb/"
HOSTILE = "<script>alert(1)</script> \"q\" 'q' \u202eback\u202c =1+1"
CLAIMS = {"one": [says("a", "ada", "emptied"), says("b", "wim", "unseen")], "two": [says("a", "sol", "not-emptied")]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    label = "'" + HOSTILE.replace("'", "''") + "'"
    home = world(tmp_path_factory.mktemp("served"), CLAIMS | {"three": [says("odd", "bo", "in-part", label=label)]})
    built(home)
    return home


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Server]:
    with served(home.root, "--max-rows", "20000") as found:
        yield found


PLACES = [
    ("id/claim/one/a", "text/html", "/id/claim/one/a.html"),
    ("id/claim/one/a", None, "/id/claim/one/a.html"),
    ("id/claim/one/a", "text/turtle", "/id/claim/one/a.ttl"),
    ("id/claim/one/a", "application/ld+json", "/id/claim/one/a.jsonld"),
    ("id/claim/one/a", "application/n-triples;q=0.5, text/turtle;q=0.4", "/id/claim/one/a.nt"),
    ("id/claim/one/a", "text/html;q=0.1, text/turtle", "/id/claim/one/a.ttl"),
    ("id/claim/one/a/evidence/1", "text/html", "/id/claim/one/a.html#evidence-1"),
    ("id/claim/one/a/evidence/1", "text/turtle", "/id/claim/one/a.ttl"),
    ("id/question/was-it-emptied/unseen", "text/html", "/id/question/was-it-emptied.html#answer-unseen"),
    ("id/article/one", "text/html", "/id/article/one.html"),
    ("id/entity/ada", "text/html", "/id/entity/ada.html"),
    ("id/event/emptying", "text/html", "/id/event/emptying.html"),
    ("id/graph/one", "text/turtle", "/id/graph/one.ttl"),
    ("id/graph/entities", "application/n-triples", "/id/graph/entities.nt"),
    ("id/dataset", "text/html", "/about.html"),
    ("id/dataset", "text/turtle", "/.well-known/void"),
    ("ns/Claim", "text/html", "/ns.html#Claim"),
    ("ns/polarity/negated", "text/html", "/ns.html#polarity/negated"),
    ("ns/Claim", "text/turtle", "/ns.ttl"),
    ("ns/polarity/", "text/html", "/ns.html#polarity/"),
    ("ns/claim", "text/html", "/ns.html#claim"),
    ("ns/0.1.0", "text/html", "/ns.html"),
    ("ns/0.1.0/claim", "text/html", "/ns.html#claim"),
    ("ns/0.1.0", "text/turtle", "/ns.ttl"),
    ("id/dataset/articles", "text/html", "/about.html"),
    ("id/dataset/union", "text/turtle", "/.well-known/void"),
    ("id/claim/one/a/evidence/1/position", "text/html", "/id/claim/one/a.html#evidence-1"),
    ("id/question/was-it-emptied/contradiction/emptied/not-emptied", "text/html", "/id/question/was-it-emptied.html#ties"),
]


@pytest.mark.parametrize(("path", "accept", "place"), PLACES)
def test_an_iri_leads_to_what_tells_of_it(server: Server, path: str, accept: str | None, place: str) -> None:
    found = server.get(f"/{path}", accept)
    assert (found.status_code, found.headers["location"]) == (303, place)
    assert "Accept" in found.headers["vary"]


@pytest.mark.parametrize("place", sorted({place.partition("#")[0] for _, _, place in PLACES}))
def test_where_an_iri_leads_there_is_something(server: Server, place: str) -> None:
    found = server.get(place)
    assert found.status_code == 200 and len(found.content) > 100
    if place.endswith((".ttl", ".nt", "void")):
        assert len(rdflib.Graph().parse(data=found.text, format="nt" if place.endswith("nt") else "turtle")) > 3


def test_every_thing_of_the_store_has_its_place(server: Server) -> None:
    query = "SELECT DISTINCT ?s { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?s), 'https://example.org/kb/id/')) } LIMIT 1000"
    iris = [row["s"]["value"] for row in server.ask(query).json()["results"]["bindings"]]
    assert len(iris) > 60
    odd = [iri for iri in iris if server.get(iri.removeprefix(BASE.rstrip("/"))).status_code != 303]
    assert odd == []


def test_what_an_iri_leads_to_tells_of_it(server: Server) -> None:
    query = "SELECT DISTINCT ?s { GRAPH ?g { ?s ?p ?o } FILTER(REGEX(STR(?s), '/kb/id/(claim|question)/|/conflict-kb/ns/')) }"
    iris = [row["s"]["value"] for row in server.ask(query).json()["results"]["bindings"]]
    texts: dict[str, str] = {}

    def text(place: str) -> str:
        return texts.setdefault(place, server.get(place).text)

    lost = []
    for iri in iris:
        path = iri.removeprefix(BASE.rstrip("/")).removeprefix("https://w3id.org/conflict-kb")
        page, _, part = server.get(path, "text/html").headers.get("location", "").partition("#")
        if part and f'id="{part}"' not in text(page):
            lost.append(f"{iri} in the page")
        if f"<{iri}>" not in text(server.get(path, "application/n-triples").headers.get("location", "")):
            lost.append(f"{iri} in the data")
    assert len(iris) > 200 and lost == []


@pytest.mark.parametrize("path", ["/ns/0.2.0", "/ns/polarity/none", "/ns/Clam", "/ns/none/", "/id/dataset/none"])
def test_an_iri_that_nobody_minted_is_404(server: Server, path: str) -> None:
    assert server.get(path).status_code == 404


def test_documents_of_ours_are_whole_and_known_again(home: Home) -> None:
    with served(home.root, "--max-rows", "50") as server:
        for path in ("/ns.ttl", "/ns.nt", "/id/graph/entities.jsonld"):
            found = server.get(path)
            assert found.status_code == 200 and len(found.content) > 3000, path
            again = server.get(path, headers={"If-None-Match": found.headers["etag"]})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", found.headers["etag"])
        assert server.ask("SELECT * { ?s ?p ?o }").status_code == 503


def test_no_format_is_406_with_those_there_are(server: Server) -> None:
    found = server.get("/id/entity/ada", "image/png")
    assert found.status_code == 406 and "text/turtle" in found.text


@pytest.mark.parametrize(
    "path",
    ["id/entity/adaa", "id/claim/one/none", "id/claim/one/a/evidence/9", "id/graph/none", "id/graph/none.ttl", "ns/None", "none.html", "static/none.css", "id/entity/%3Cscript%3E",
     "id/entity/..%2f..%2fcorpus", "..%2f..%2fetc/passwd", "static/..%2fserve%2fweb.py", "static/%2e%2e/serve/web.py", "id//entity/ada", "%00", "corpus/corpus.yaml", ".kb/current", "static/", "query/.html"],
)  # fmt: skip
def test_what_is_not_there_is_404_and_shows_nothing_of_the_machine(server: Server, path: str) -> None:
    found = server.get(f"/{path}")
    assert (found.status_code, found.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<script>" not in found.text and str(Path.home()) not in found.text and "Traceback" not in found.text
    assert "root:" not in found.text and "import " not in found.text


def test_the_404_names_what_is_nearest(server: Server) -> None:
    assert "Northland" in server.get("/id/entity/northlnd").text


def test_a_traversal_that_no_client_tidies_up_finds_nothing(server: Server) -> None:
    for path in (b"/static/../serve/web.py", b"/../../../etc/passwd", b"//etc/passwd", b"/static/%2e%2e%2f%2e%2e%2fpyproject.toml"):
        found = server.raw(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b" 404 " in found.split(b"\r\n")[0] and b"root:" not in found


def test_every_answer_has_the_headers_that_keep_browsers_safe(server: Server) -> None:
    for path in ("/", "/id/entity/ada", "/id/entity/ada.html", "/none", "/static/kb.css", "/sparql", "/sparql?query=x", "/openapi.json"):
        headers = server.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
        assert "server" not in headers


def test_a_page_carries_links_to_its_data_and_a_hostile_label_does_nothing(server: Server) -> None:
    found = server.get("/id/claim/three/odd.html")
    assert '</id/claim/three/odd.ttl>; rel="alternate"; type="text/turtle"' in found.headers["link"]
    assert "<script>alert" not in found.text and "&lt;script&gt;alert(1)" in found.text


@pytest.mark.parametrize("path", ["/", "/id/entity/ada.html", "/id/entity/ada.ttl", "/static/kb.css", "/openapi.json", "/.well-known/void"])
def test_what_has_not_changed_is_not_sent_again(server: Server, path: str) -> None:
    for coding in ("identity", "gzip"):
        first = server.get(path, headers={"Accept-Encoding": coding})
        again = server.get(path, headers={"Accept-Encoding": coding, "If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert server.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_text_is_packed_for_those_who_take_it(server: Server) -> None:
    packed, plain = (server.get("/", headers={"Accept-Encoding": coding}) for coding in ("gzip", "identity"))
    assert packed.headers["content-encoding"] == "gzip" and packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert "Accept-Encoding" in packed.headers["vary"]


def test_head_has_no_body_and_other_methods_are_told(server: Server) -> None:
    head, whole = server.client.head("/id/entity/ada.html"), server.get("/id/entity/ada.html")
    assert (head.content, head.headers["content-length"]) == (b"", whole.headers["content-length"]) or head.headers["etag"]
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        found = server.client.request(method, "/id/entity/ada")
        assert (found.status_code, found.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    asked = server.client.options("/query/said-by.json")
    assert asked.status_code == 204 and asked.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


FORMS = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv", "tsv": "text/tab-separated-values", "jsonl": "application/jsonl"}


@pytest.mark.parametrize("form", FORMS)
def test_a_stored_query_is_had_in_every_form(server: Server, form: str) -> None:
    found = server.get(f"/query/said-by.{form}?speaker=ada")
    assert found.status_code == 200 and found.headers["content-type"].split(";")[0] == FORMS[form]
    assert "claim/one/a" in found.text and "claim/two/a" not in found.text


def test_it_gives_what_the_command_line_gives(server: Server, home: Home) -> None:
    for form in ("csv", "jsonl"):
        command = [sys.executable, "-c", "from kb.cli import main; main()", "--dir", str(home.root), "query", "said-by", "--format", form]
        done = subprocess.run(command, capture_output=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
        assert server.get(f"/query/said-by.{form}").content == done.stdout
    command[-1:] = ["turtle"]
    command[command.index("said-by")] = "claim-graph"
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert server.get("/query/claim-graph.ttl").content == done.stdout and len(done.stdout) > 1000


def test_a_spreadsheet_runs_nothing(server: Server, home: Home) -> None:
    assert "'=" in server.get("/query/said-by.csv").text or "=1+1" in server.get("/query/said-by.csv").text
    found = server.get("/sparql?query=SELECT ('=1%2B1' AS ?x) {}".replace(" ", "%20"), "text/csv").text
    assert found == "x\r\n=1+1\r\n"  # the endpoint writes what SPARQL says, to the letter


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("said-by.json?speaker=ada&speaker=wim", 200, "claim/one/b"),
        ("said-by.json?speaker=Ada+Brink", 200, "claim/one/a"),
        ("said-by.json?speaker=", 200, "claim/two/a"),
        ("said-by.json?speker=ada", 400, "did you mean 'speaker'?"),
        ("said-by.json?speaker=adaa", 400, "did you mean"),
        ("said-by.json?speaker=%FF", 400, "utf-8"),
        ("said-by.json?speaker=http://example.org/%3E%20%3Fp", 400, "absolute iri"),
        ("on-day.json?day=2031-13-01", 400, "2031-05-04"),
        ("said-by.json?" + "speaker=ada&" * 200, 400, "too many"),
        ("said-by.json?speaker=" + "a" * 20_000, 414, "16 kib"),
        ("said-by.pdf", 404, ".json"),
        ("said-by.ttl", 404, ".csv"),
        ("claim-graph.ttl?claim=one/a", 200, "kb:claim"),
        ("claim-graph.json", 404, ".ttl"),
        ("sayd-by.json", 404, "said-by"),
    ],
)
def test_parameters_are_checked_as_everywhere(server: Server, path: str, status: int, said: str) -> None:
    found = server.get(f"/query/{path}")
    assert found.status_code == status and said in found.text.lower(), found.text[:300]


def test_the_description_of_the_stored_queries_is_openapi(server: Server) -> None:
    described = server.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    said_by = described["paths"]["/query/said-by.{form}"]["get"]
    assert [param["name"] for param in said_by["parameters"]] == ["form", "speaker"] and said_by["summary"].endswith("?")
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert {"200", "400"} <= method["responses"].keys() and method["operationId"], path
            for param in method.get("parameters", ()):
                jsonschema.Draft202012Validator.check_schema(param["schema"])
                assert ("{" + param["name"] + "}" in path) == (param["in"] == "path")
    forms = {path: next((one["schema"]["enum"][0] for one in methods["get"].get("parameters", ()) if one["name"] == "form"), "") for path, methods in described["paths"].items()}
    asked = {path: server.get(path.replace("{form}", form)).status_code for path, form in list(forms.items())[:12] if form}
    assert len(asked) > 9 and set(asked.values()) == {200}, asked


def test_a_new_build_is_picked_up_and_what_runs_ends_on_the_old_one(tmp_path: Path) -> None:
    home = world(tmp_path, CLAIMS)
    built(home)
    count = "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?c a <https://w3id.org/conflict-kb/ns/Claim> }"
    with served(home.root) as server, httpx.Client(base_url=server.root, timeout=60) as other:
        slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f }"
        with other.stream("GET", "/sparql", params={"query": f"{slow} #1"}) as running:
            assert server.get("/id/claim/four/late").status_code == 404
            world(tmp_path, CLAIMS | {"four": [says("late", "bo", "in-part")]})
            built(home)
            until(lambda: server.ask(count).json()["results"]["bindings"][0]["n"]["value"] == "4")
            assert server.get("/id/claim/four/late").status_code == 303
            assert running.status_code == 200
            before = int(json.loads(running.read())["results"]["bindings"][0]["n"]["value"])
        after = server.ask(slow).json()["results"]["bindings"][0]["n"]["value"]
        assert 0 < before < int(after)
        assert "now serving the build" in "".join(server.said)


def test_a_new_or_changed_stored_query_is_picked_up(tmp_path: Path) -> None:
    home = world(tmp_path, CLAIMS)
    built(home)
    folder = tmp_path / "queries" / "ask"
    folder.mkdir(parents=True)
    text = "#+ summary: Which {}?\n#+ columns: [s]\nSELECT ?s WHERE {{ ?s ?p ?o }} ORDER BY ?s LIMIT {}\n"
    with served(home.root) as server:
        assert server.get("/query/brand-new.json").status_code == 404
        (folder / "brand-new.rq").write_text(text.format("things", 1), "utf-8")
        until(lambda: server.get("/query/brand-new.json").status_code == 200)
        (folder / "brand-new.rq").write_text(text.format("other things", 2), "utf-8")
        until(lambda: "Which other things?" in server.get("/query/brand-new.html").text)
        assert len(server.get("/query/brand-new.json").json()["results"]["bindings"]) == 2
        (folder / "brand-new.rq").write_text("SELECT", "utf-8")
        until(lambda: any("cannot be served" in line for line in server.said))
        assert server.get("/query/brand-new.json").status_code == 200
        (folder / "brand-new.rq").unlink()
        until(lambda: server.get("/query/brand-new.json").status_code == 404)


def test_it_serves_while_a_build_holds_its_lock(home: Home, server: Server) -> None:
    with lock(home.cache / "lock"), served(home.root) as second:
        assert second.ask("ASK {}").status_code == 200 and server.ask("ASK {}").status_code == 200


def kb_serve(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kb.cli import main; main()", "--dir", str(home), "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_a_port_in_use_is_told_with_another(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = kb_serve(home.root, "--port", str(port))
    assert done.returncode == 2 and f"cannot listen on 127.0.0.1:{port}: address already in use" in done.stderr and f"--port {port + 1}" in done.stderr


def test_what_cannot_be_served_is_told(tmp_path: Path, home: Home) -> None:
    never = world(tmp_path / "never", CLAIMS)
    done = kb_serve(never.root, "--port", "0")
    assert done.returncode == 2 and "nothing is built yet" in done.stderr and "run `kb build`" in done.stderr
    built(never)
    next((never.store.resolve()).glob("*.sst")).write_bytes(b"")
    done = kb_serve(never.root, "--port", "0")
    assert done.returncode == 2 and "damaged" in done.stderr and "Traceback" not in done.stderr
    done = kb_serve(home.root, "--host", "no.such.host.invalid", "--port", "0")
    assert done.returncode == 2 and "no such host" in done.stderr


def test_a_host_that_others_reach_is_warned_of(home: Home) -> None:
    with served(home.root, "--host", "0.0.0.0") as server:
        until(lambda: any("anyone who reaches this address" in line for line in server.said))
        assert server.get("/", headers={"Host": "example.org"}).status_code == 200


HOSTS = [
    ("127.0.0.1", (), "localhost:8000", True), ("127.0.0.1", (), "127.0.0.1", True), ("127.0.0.1", (), "[::1]:8000", True), ("127.0.0.1", (), "LocalHost.", True),
    ("127.0.0.1", (), "example.org", False), ("127.0.0.1", (), "localhost.example.org:8000", False), ("127.0.0.1", (), "127.0.0.1.example.org", False),
    ("127.0.0.1", (), "localhost@example.org", False), ("127.0.0.1", (), "", False), ("127.0.0.1", ("kb.example.org",), "KB.example.org:80", True),
    ("127.0.0.1", ("kb.example.org",), "example.org", False), ("127.0.0.1", ("kb.example.org",), "localhost", True), ("0.0.0.0", (), "example.org", True),
    ("0.0.0.0", ("kb.example.org",), "example.org", False), ("192.0.2.7", ("kb.example.org",), "192.0.2.7:8000", True),
]  # fmt: skip


@pytest.mark.parametrize(("listening", "names", "host", "is_answered"), HOSTS)
def test_a_server_is_asked_by_its_own_names(listening: str, names: tuple[str, ...], host: str, is_answered: bool) -> None:
    scope = {"headers": [(b"accept", b"*/*"), (b"host", host.encode())]}
    if is_answered:
        Hosts(listening, names).check(scope)
    else:
        with pytest.raises(Refusal, match="not asked by that name") as error:
            Hosts(listening, names).check(scope)
        assert error.value.status == 421 and "--allow-host" in error.value.cure


def test_a_name_that_is_not_ours_is_refused_everywhere(server: Server, home: Home) -> None:
    for path in ("/", "/sparql?query=ASK{}", "/static/kb.css", "/id/entity/ada", "/none"):
        found = server.get(path, headers={"Host": "rebound.example.org"})
        assert (found.status_code, "That name" in found.text or "that name" in found.text) == (421, True), path
    with served(home.root, "--allow-host", "kb.example.org", "--allow-host", "other.example.org") as named:
        assert [named.get("/", headers={"Host": host}).status_code for host in ("kb.example.org", "other.example.org:1", "third.example.org")] == [200, 200, 421]


H11 = pytest.mark.skipif(find_spec("httptools") is not None, reason="httptools, where it is installed, reads the host of a request line by itself")


@pytest.mark.parametrize(
    ("line", "status"),
    [("GET http://localhost/sparql?query=ASK%7B%7D", 200), pytest.param("GET http://localhost", 200, marks=H11), ("GET http://localhost/none", 404), pytest.param("GET http://example.org/", 421, marks=H11), ("OPTIONS *", 204),
     ("GET /a%0d%0ab", 404), ("GET /id/entity/ada%0a.html", 404), ("GET *", 404)],
)  # fmt: skip
def test_odd_request_lines_get_an_answer_of_ours(server: Server, line: str, status: int) -> None:
    found = server.raw(f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert int(found.split(b" ")[1]) == status and b"x-content-type-options: nosniff" in found and not found.endswith(b"\r\n\r\nNot Found")


def test_packages_that_are_not_there_are_named_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.serve.find_spec", lambda name: None if name == "uvicorn" else object())
    with pytest.raises(InputError, match="`kb serve` needs uvicorn") as error:
        check_installed()
    assert "pip install 'conflict-kb[serve]'" in error.value.cure


def test_a_bound_socket_is_given_back() -> None:
    with listening("127.0.0.1", 0) as found:
        assert found.getsockname()[1] > 0


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("claims.csv?speeker=ada", 400, "did you mean 'speaker'?"),
        ("claims.html?speeker=ada", 400, "did you mean"),
        ("claims.csv?speaker=ada", 200, "claim/one/a"),
        ("claims.html?page=1&polarity=affirmed", 200, "claims"),
        ("claims-77.html", 404, ""),
    ],
)
def test_filters_and_pages_that_are_not_there_are_told(server: Server, path: str, status: int, said: str) -> None:
    found = server.get(f"/{path}")
    assert found.status_code == status and said in found.text.lower().replace("&#39;", "'")
