"""Stored queries that never end: their pages hold up no other page, end with those who asked, and are not remembered."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from small_world import built, says, world
from web_server import Server, served, until

ENDLESS = """#+ summary: What has no end?
#+ params:
#+   x: {type: string, about: "anything"}
#+ columns: [n]
SELECT (COUNT(*) AS ?n) WHERE { VALUES ?x { UNDEF } ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?x) != STR(?a)) } ORDER BY ?n
"""
GRAPH = ENDLESS.replace("columns: [n]", "view: null").replace("SELECT (COUNT(*) AS ?n)", "CONSTRUCT { ?a ?b ?l }").replace(" ORDER BY ?n", " ORDER BY ?a")
OTHERS = ("timeline.html", "none", "static/kb.css", "id/entity/ada.html", "query/said-by.html?speaker=ada")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = world(tmp_path_factory.mktemp("slow"), {"one": [says("a", "ada", "emptied")]})
    (home.root / "queries" / "ask").mkdir(parents=True)
    (home.root / "queries" / "ask" / "endless.rq").write_text(ENDLESS, "utf-8")
    (home.root / "queries" / "ask" / "endless-graph.rq").write_text(GRAPH.replace("#+ view: null\n", ""), "utf-8")
    built(home)
    return home.root


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with served(home, "--timeout", "60") as found:
        yield found


def begun(server: Server, path: str) -> socket.socket:
    here = socket.create_connection(("127.0.0.1", server.port))
    here.sendall(f"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return here


MIDDLING = "SELECT (COUNT(?a) AS ?n) WHERE { { SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT %d } }"


def test_a_query_of_some_time_does_not_wait_for_those_without_end(server: Server) -> None:
    held = [begun(server, f"query/endless.json?x={number}") for number in range(6)]  # more than there are slow places
    try:
        with httpx.Client(base_url=server.root, timeout=40) as client:  # an endless one is ended after 60 seconds
            for number in (1_000_000, 1_000_001):
                assert client.get("/sparql", params={"query": MIDDLING % number}).json()["results"]["bindings"][0]["n"]["value"] == str(number)
    finally:
        for one in held:
            one.close()


def test_pages_of_slow_queries_hold_no_other_page_up(server: Server) -> None:
    held = [begun(server, f"query/endless.html?x={number}") for number in range(8)]
    try:
        with httpx.Client(base_url=server.root, timeout=20) as client:  # far below the 60 seconds that they may take
            assert [client.get(f"/{path}").status_code for path in OTHERS] == [200, 404, 200, 200, 200]
    finally:
        for one in held:
            one.close()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
@pytest.mark.parametrize("path", ["query/endless.html?x=left", "query/endless-graph.ttl?x=left", "query/endless.json?x=left"])
def test_a_stored_query_ends_when_its_client_leaves(server: Server, path: str) -> None:
    def working() -> set[int]:
        return {one for one in server.children() if Path(f"/proc/{one}/stat").exists() and Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[0] == "R"}

    until(lambda: not working())
    with begun(server, path):
        until(working)
    until(lambda: not working())


def test_an_answer_for_now_is_not_kept(home: Path) -> None:
    with served(home, "--timeout", "0.3") as server:
        with ThreadPoolExecutor(2) as threads:
            ends = list(threads.map(server.get, ["/query/endless.html?x=1", "/query/endless.html?x=2"]))
        for found in ends:
            assert (found.status_code, found.headers["retry-after"], found.headers["cache-control"]) == (503, "10", "no-store")
            assert "took longer than 0.3 seconds" in found.text and "etag" not in found.headers
    first = "import kb.serve.answering as answering, kb.errors as errors; old, left = answering.Answering.result, [1]\n"
    first += "async def result(self, question):\n    if left: left.pop(); raise errors.QueryStopped('for now')\n    return await old(self, question)\nanswering.Answering.result = result"
    with served(home, first=first) as server:
        assert [server.get("/query/said-by.html?speaker=ada").status_code for _ in range(2)] == [503, 200]
