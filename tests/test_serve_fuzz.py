"""Anything may be sent: the answer is in HTTP, says what is wrong, and shows neither our code nor this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import built, says, world
from web_server import Server, served

from kb.errors import QueryRefused, QuerySyntaxError
from kb.query.refuse import check_query, plain_kind
from kb.serve.accept import GRAPHS, ROWS, wanted
from kb.serve.protocol import FORM, QUERY, UPDATE, Asked, Refusal, read_body, read_url
from kb.serve.things import place_of

schemathesis = pytest.importorskip("schemathesis")

PIECES = ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "*", "?s", "{", "}", "(", ")", "?s ?p ?o", "FROM", "NAMED", "<a:b>", "<http://example.org/g>", "LIMIT 5", "ORDER BY", "VALUES",
          "UNION", "FILTER", "'text'", '"""', "#", "\\u0053", "SERVICE", "INSERT", "LOAD", "a:b", "PREFIX", "BASE", "\n", "\x00", "ü", "😀", "COUNT", "AS", "GRAPH ?g", "5", "."]  # fmt: skip
QUERIES = st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join), st.text(max_size=80))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = world(tmp_path_factory.mktemp("fuzz"), {"one": [says("a", "ada", "emptied")]})
    built(home)
    with served(home.root, "--timeout", "2") as found:
        yield found
        said = "".join(found.said)
        assert "Traceback" not in said and "Error" not in said, said


def check(found: httpx.Response) -> None:
    assert found.status_code < 500 or found.status_code == 503, (found.status_code, found.text)
    text = found.text
    assert "Traceback" not in text and str(Path.home()) not in text and "/kb/serve" not in text and ".kb/versions" not in text


BOUNDED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@BOUNDED
@given(QUERIES, st.sampled_from([None, "*/*", "text/csv", "text/turtle", "application/rdf+xml", "image/png", ";;q=x,", "text/*;q=9"]))
def test_any_query_gets_an_answer(server: Server, query: str, accept: str | None) -> None:
    check(server.client.post("/sparql", content=query.encode("utf-8", "surrogatepass"), headers={"Content-Type": QUERY, "Accept": accept or "*/*"}))


@BOUNDED
@given(st.binary(max_size=200), st.sampled_from([FORM, QUERY, UPDATE, "text/plain", "", "application/x-www-form-urlencoded; charset=x"]), st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "FOO"]))
def test_any_body_gets_an_answer(server: Server, body: bytes, kind: str, method: str) -> None:
    check(server.client.request(method, "/sparql", content=body, headers={"Content-Type": kind}))


@BOUNDED
@given(st.sampled_from(["/", "/id/", "/id/claim/", "/id/graph/", "/ns/", "/query/", "/static/", "/.well-known/", "/claims.html?"]), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_address_gets_an_answer(server: Server, start: str, rest: str) -> None:
    check(server.client.get(httpx.URL(server.root).join(start + "x").copy_with(raw_path=(start + "".join(f"%{byte:02X}" for byte in rest.encode())).encode())))


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_reading_a_request_gives_a_query_or_a_refusal(data: bytes) -> None:
    for read in (lambda: read_url(data), lambda: read_body(FORM, b"", data), lambda: read_body(QUERY, data, data), lambda: read_body(data.decode("latin-1"), b"", data)):
        try:
            assert isinstance(read(), Asked | None)
        except Refusal as why:
            assert 400 <= why.status < 500 and why.message


@settings(max_examples=400)
@given(QUERIES)
def test_what_passes_unread_would_have_passed_when_read(query: str) -> None:
    kind = plain_kind(query)
    if kind:
        try:
            assert check_query(query).kind == kind
        except QuerySyntaxError:
            assert not query.isascii()
        except QueryRefused as wrong:
            raise AssertionError(f"{query!r} passes unread: {wrong}") from None


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_accept_header_is_read(accept: str) -> None:
    assert wanted(accept, ROWS) in (*ROWS, None) and wanted(accept, GRAPHS) in (*GRAPHS, None)


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_path_is_that_of_a_thing_or_not(path: str) -> None:
    place = place_of(f"id/{path}")
    assert place is None or (place.iri == f"id/{path}" and not set(place.path + place.fragment) & set(" <>\"'#?%"))


def test_the_api_keeps_to_its_description(server: Server) -> None:
    described = server.get("/openapi.json").json()
    kept = dict(list(described["paths"].items())[::6])  # every sixth: they are all made alike
    schema = schemathesis.openapi.from_dict({**described, "paths": {**kept, "/sparql": described["paths"]["/sparql"]}})
    checks = [schemathesis.checks.not_a_server_error, schemathesis.checks.status_code_conformance, schemathesis.checks.content_type_conformance]
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        seen.add(operation.path)

        @settings(max_examples=6, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def one(case: schemathesis.Case) -> None:
            response = case.call(base_url=server.root)
            if response.status_code != 503:
                case.validate_response(response, checks=checks)

        one()
    assert len(seen) > 8


def test_parameters_of_the_api_take_any_text(server: Server) -> None:
    @BOUNDED
    @given(st.sampled_from(["said-by", "on-day", "claim-graph", "numbers"]), st.sampled_from(["speaker", "day", "claim", "kind", "none"]), st.text(max_size=40), st.sampled_from(["json", "csv", "ttl", "exe"]))
    def one(name: str, param: str, word: str, form: str) -> None:
        check(server.client.get(f"/query/{name}.{form}", params={param: word.encode("utf-8", "replace")}))

    one()
