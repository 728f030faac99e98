"""Foreign queries in their own process: what they give, what is refused before, what ends them, and that nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from faulty_endpoint import JSON, at, faulty_endpoint

from kb.errors import QueryRefused, QueryStopped, QuerySyntaxError, RemoteError, StoreError
from kb.query import run_query
from kb.query.refuse import MAX_CHARACTERS
from kb.rows import Term
from kb.store import create_store

ROOT = Path(__file__).parent.parent
GRAPH = "https://example.org/graph/north"
HERE = "<http://127.0.0.1:9/>"
LINUX = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in ("x86_64", "aarch64"), reason="seccomp is Linux's"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("query")
    lines = [f'<https://example.org/{n}> <https://example.org/says> "text {n}" <{GRAPH}> .' for n in range(1200)]
    lines += [
        '<https://example.org/x> <https://example.org/in> "fünf 😀"@de <https://example.org/graph/south> .',
        '<https://example.org/x> <https://example.org/n> "5"^^<http://www.w3.org/2001/XMLSchema#integer> '
        "<https://example.org/graph/south> .",
    ]
    (path / "all.nq").write_text("\n".join(lines) + "\n", encoding="utf-8")
    create_store(path / "store", [path / "all.nq"])
    return path / "store"


def children() -> set[str]:
    """Return the processes that this one has started and that are still there; none where the system does not tell."""
    found: set[str] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread ended meanwhile
            found.update(path.read_text("ascii").split())
    return found


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    before = children()  # other tests' helpers, such as the one that multiprocessing keeps
    yield
    assert children() <= before


def test_rows_come_as_terms_over_all_graphs(folder: Path) -> None:
    result = run_query(folder, "SELECT ?o ?none WHERE { <https://example.org/x> ?p ?o } ORDER BY ?p")
    assert result.columns == ("o", "none")
    assert result.rows == (
        (Term("literal", "fünf 😀", lang="de"), None),
        (Term("literal", "5", datatype="http://www.w3.org/2001/XMLSchema#integer"), None),
    )
    assert not result.truncated


def test_every_kind_of_query_is_answered(folder: Path) -> None:
    assert run_query(folder, "ASK { ?s ?p 5 }").boolean is True
    assert run_query(folder, "ASK { ?s ?p 6 }").boolean is False
    assert len(run_query(folder, "DESCRIBE <https://example.org/x>").triples.splitlines()) == 2
    made = run_query(folder, "CONSTRUCT { ?s a <b:c> . ?s a <b:a> } WHERE { ?s ?p 5 }").triples.splitlines()
    assert [line.rpartition("<")[2] for line in made] == ["b:a> .", "b:c> ."]
    assert run_query(folder, "SELECT ?s WHERE { ?s ?p 7 }").rows == ()


def test_blank_nodes_and_triples_are_terms_too(folder: Path) -> None:
    [[blank, triple]] = run_query(folder, "SELECT (BNODE() AS ?b) (TRIPLE(<a:a>, <a:b>, 1) AS ?t) WHERE {}").rows
    assert (blank.kind, triple.kind) == ("blank", "triple")
    assert triple.value.startswith("<<( <a:a> <a:b> ")


@pytest.mark.parametrize(
    ("cap", "rows"), [({"max_rows": 10}, 10), ({"max_bytes": 300}, 13), ({"max_rows": 1200}, 1200), ({}, 1200)]
)
def test_an_answer_is_cut_at_its_cap_and_says_so(folder: Path, cap: dict[str, int], rows: int) -> None:
    result = run_query(folder, "SELECT ?s WHERE { ?s <https://example.org/says> ?o }", **cap)
    assert len(result.rows) == rows
    assert result.truncated == (rows < 1200)


def test_triples_are_cut_at_the_cap(folder: Path) -> None:
    result = run_query(folder, "CONSTRUCT WHERE { ?s ?p ?o }", max_rows=5)
    assert (len(result.triples.splitlines()), result.truncated) == (5, True)


def test_from_reads_only_the_graph_it_names(folder: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) {} WHERE {{ ?s ?p ?o }}"
    assert run_query(folder, count.format("")).rows[0][0].value == "1202"
    assert run_query(folder, count.format(f"FROM <{GRAPH}>")).rows[0][0].value == "1200"
    with pytest.raises(QueryRefused, match=r"a graph that is not here: http://example\.org/other"):
        run_query(folder, count.format("FROM NAMED <http://example.org/other>"))


REFUSED = [
    (f"SELECT * WHERE {{ SERVICE {HERE} {{ ?s ?p ?o }} }}", "SERVICE"),
    (f"SELECT * WHERE {{ SERVICE SILENT {HERE} {{}} }}", "SERVICE"),
    (f"SELECT * WHERE {{ SERVICESILENT{HERE}{{}} }}", "SERVICE"),
    (f"SELECT * {{ {{ SELECT * {{ sErViCe\n{HERE} {{}} }} }} }}", "SERVICE"),
    (f"ASK {{ VALUES ?u {{ {HERE} }} SERVICE ?u {{}} }}", "SERVICE"),
    (f"SELECT * {{ S\\u0045RVICE {HERE} {{}} }}", "SERVICE"),
    (f"SELECT * {{ \\u0053\\U00000045RVICE {HERE} {{}} }}", "SERVICE"),
    (f"SELECT * {{ # \\u000a SERVICE {HERE} {{}}\n }}", "SERVICE"),
    (f"SELECT * {{ ?s ?p trueSERVICE{HERE}{{}} }}", "SERVICE"),
    (f"SELECT * {{ ?s ?p 1SERVICE{HERE}{{}} }}", "SERVICE"),
    (f"SELECT * {{ ?s ?p 'a'SERVICE{HERE}{{}} }}", "SERVICE"),
    (f"SELECT * {{ ?s ?p '\\''SERVICE{HERE}{{}} }}", "SERVICE"),
    (f"SELECT * {{ ?s ?p '''a''b'''SERVICE{HERE}{{}} }}", "SERVICE"),
    (f"SELECT * {{ #\rSERVICE{HERE}{{}} }}", "SERVICE"),
    (f"PREFIX SERVICE: <a:> PREFIX : {HERE} SELECT * {{ SERVICE:x {{}} }}", "SERVICE"),
    (f"PREFIX SERVICEa: <a:> PREFIX a: {HERE} SELECT * {{ SERVICEa:b {{}} }}", "SERVICE"),
    (f"SELECT * {{ ?s ?p ?o FILTER(?o<'x>') SERVICE {HERE} {{}} #'\n }}", "may be an IRI or a comparison"),
    (f"BASE {HERE} SELECT * {{ ?s ?p ?o FILTER(?o<5)SERVICE#>\n<x>{{}} }}", "may be an IRI or a comparison"),
    (f"LOAD {HERE}", "LOAD"),
    (f"ASK {{}} ; load silent {HERE}", "LOAD"),
    ("INSERT DATA { <a:a> <a:b> <a:c> }", "INSERT"),
    ("PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }", "DELETE"),
    ("DROP ALL", "DROP"),
    ("SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }", "FROM <file:///etc/passwd>"),
    ("SELECT * FROM NAMED <FILE:///etc/passwd> WHERE { GRAPH ?g { ?s ?p ?o } }", "FROM <FILE:"),
    ("PREFIX etc: <file:///etc/> SELECT * FROM etc:passwd WHERE { ?s ?p ?o }", "FROM etc:passwd"),
    ("BASE <file:///etc/> SELECT * FROM <passwd> WHERE { ?s ?p ?o }", "FROM <passwd>"),
    ("SELECT * FROM <ftp://127.0.0.1/a> WHERE { ?s ?p ?o }", "FROM <ftp:"),
    ("SELECT * FROM <passwd> WHERE { ?s ?p ?o }", "FROM <passwd>"),
    ("SELECT * " + "{" * 101 + "}" * 101, "nested deeper"),
    ("SELECT * WHERE { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", "nested deeper"),
    ("ASK {}" + " " * MAX_CHARACTERS, "longer than 64 KiB"),
    ("ASK { ?s ?p '" + "ä" * (MAX_CHARACTERS // 2) + "' }", "longer than 64 KiB"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_what_reaches_out_writes_or_is_too_big_is_refused_before_it_runs(folder: Path, text: str, reason: str) -> None:
    with pytest.raises(QueryRefused) as error:
        run_query(folder, text)
    assert reason in error.value.message


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE { ?SERVICE ?p ?load } # SERVICE <http://127.0.0.1:9/>",
        "SELECT * WHERE { ?s ?p 'SERVICE', \"LOAD\", '''SERVICE \" ''', \"\"\"it's a SERVICE\"\"\" }",
        "SELECT * WHERE { ?s <https://example.org/SERVICE#load> $service }",
        "PREFIX a: <a:> SELECT * WHERE { ?s a:SERVICE a:x.SERVICE ; a:load _:SERVICE . ?s ?p 'x'@en-service }",
        "SELECT * WHERE { ?s ?p '\\u0041 \\\\u0022 SERVICE' }",
        "SELECT ?a WHERE { ?s ?p ?a FILTER(?a < 5 && ?a > 3 || ?a<?s) }",
        "PREFIX w: <urn:x#> SELECT * WHERE { ?s w:p <urn:y> FILTER(?s != <https://example.org/it's#this>) }",
    ],
)
def test_what_only_looks_like_it_is_asked(folder: Path, text: str) -> None:
    assert run_query(folder, text).kind == "select"


@LINUX
def test_even_a_service_that_slips_through_cannot_open_a_socket(folder: Path) -> None:
    with faulty_endpoint() as server:
        query = f"SELECT * WHERE {{ SERVICE <{at(server, 'good')}> {{ ?s ?p ?o }} }}"
        open_door = _in_worker(f"list(worker.answer({_request(folder, query)!r}))", shut=False)
        assert (len(server.asked), "harbour" in open_door or "columns" in open_door) == (1, True)
        shut_door = _in_worker(f"list(worker.answer({_request(folder, query)!r}))", shut=True)
        assert len(server.asked) == 1
    assert "ermission denied" in shut_door


@LINUX
@pytest.mark.parametrize(
    "call",
    ["socket.socket()", "socket.socket(socket.AF_UNIX)", "socket.socketpair()", "os.execv('/bin/true', ['true'])"],
)
def test_the_worker_has_no_sockets_and_starts_no_program(call: str) -> None:
    assert "PermissionError" in _in_worker(call, shut=True)


def _request(folder: Path, query: str) -> dict[str, object]:
    return {"store": str(folder), "query": query, "graphs": [], "max_rows": 10, "max_bytes": 1000}


def _in_worker(expression: str, *, shut: bool) -> str:
    code = f"import os, socket\nfrom kb.query import worker\n{'assert worker.shut_network()' if shut else ''}\ntry:\n    print({expression})\n"
    code += "except OSError as error:\n    print(type(error).__name__, error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=30, check=True)
    return done.stdout


RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_a_runaway_query_is_ended_at_its_time(folder: Path) -> None:
    start = time.monotonic()
    with pytest.raises(QueryStopped, match=r"took longer than 0\.4 seconds"):
        run_query(folder, RUNAWAY, timeout=0.4)
    assert time.monotonic() - start < 5


def test_a_query_that_eats_memory_is_ended(folder: Path) -> None:
    doubled = " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(28))
    with pytest.raises(QueryStopped, match="more than 1024 MiB of memory"):
        run_query(folder, f"SELECT ?t28 WHERE {{ BIND('{'a' * 16}' AS ?t0) {doubled} }}", memory=1)


@pytest.mark.parametrize(
    "text",
    ["SELECT * WHERE { " + "UNION".join(["{}"] * 9000) + " }", "SELECT * WHERE { ?s " + "/".join(["<a:>"] * 12000) + " ?o }"],
    ids=["union", "path"],
)
def test_a_query_that_crashes_the_engine_is_told_plainly(folder: Path, text: str) -> None:
    with pytest.raises(QueryStopped, match="ended the engine"):
        run_query(folder, text)


@LINUX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_worker_ends_with_the_one_that_asked(folder: Path, number: int) -> None:
    code = f"from kb.query import run_query\nrun_query({str(folder)!r}, {RUNAWAY!r}, timeout=60)"
    asking = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{asking.pid}/task/{asking.pid}/children")
    try:
        worker = _until(lambda: children.read_text().split())[0]
        _until(lambda: "pyoxigraph" in Path(f"/proc/{worker}/maps").read_text())  # it is past its start and runs
        asking.send_signal(number)
        assert asking.wait(10) != 0
        _until(lambda: not Path(f"/proc/{worker}").exists() or _is_zombie(worker))
    finally:
        asking.kill()
        asking.wait()


def _until(true: object) -> object:
    for _ in range(500):
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("never came true")


def _is_zombie(process: str) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize(
    ("text", "place", "message", "cure"),
    [
        ("SELECT ?s WHERE {\n ?s ?p ?o .\n} ORDER ?s", (3, 9), "stops being SPARQL at '?s'", "expected BY"),
        ("SELECT ?a WHERE { ?s ?p ?o }\nLIMT 5", (2, 1), "stops being SPARQL at 'LIMT'", ""),
        ("SELECT ?a WHER { ?s ?p ?o }", (1, 11), "stops being SPARQL at 'WHER'", "expected WHERE"),
        ("#+ summary: a\nSELECT ?x WHERE {\n  ?x ?y ?z .\n  FILTER ?x > 5\n}", (4, 10), "stops being SPARQL at '?x'", ""),
        ("SELECT ?x WHERE { ?x ?p 'ä😀' . ?x é }", (1, 35), "stops being SPARQL at 'é'", ""),
        ("SELECT ?x WHERE { ?x ?p '''two\nlines''' .\n ?x }", (3, 5), "stops being SPARQL at '}'", ""),
        ("SELECT ?x WHERE { ?x ?y ?z", (1, 27), "the query breaks off", ""),
        ("", (1, 1), "the query breaks off", ""),
        ("hello", (1, 1), "stops being SPARQL at 'hello'", ""),
        ("SELECT * WHERE {\n ?s kb:says ?o }", (2, 5), "the prefix 'kb:' is not declared", "PREFIX kb: <https://w3id.org/conflict-kb/ns/>"),
        ("SELECT * WHERE { ?s <says> ?o }", (1, 21), "<says> is no whole IRI", "BASE"),
        ("BASE <http://[a/> PREFIX b: <c> SELECT * { ?s b:d ?o }", (1, 6), "stops being SPARQL", ""),
        ("BASE <http://a/> PREFIX b: <//[c> SELECT * { ?s b:d ?o }", (1, 28), "stops being SPARQL", ""),
        ("SELECT ?y WHERE { ?x ?p ?z } GROUP BY ?x", (1, 41), "The SELECT contains a variable that is unbound", ""),
        ("ASK { ?s ?p '\ud800' }", (1, 14), "half of a surrogate pair", "remove"),
    ],
)  # fmt: skip
def test_a_syntax_error_has_its_place(folder: Path, text: str, place: tuple[int, int], message: str, cure: str) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        run_query(folder, text, path="mine.rq")
    assert (error.value.line, error.value.column, error.value.path) == (*place, "mine.rq")
    assert message in error.value.message
    assert cure in error.value.cure


def test_a_folder_without_a_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store here"):
        run_query(tmp_path, "ASK {}")


def test_the_same_query_runs_on_an_endpoint() -> None:
    with faulty_endpoint() as server:
        rows = [{"x": {"type": "literal", "value": str(n)}} for n in range(5)]
        server.answers["five"] = (200, JSON, json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": rows}}).encode())
        result = run_query(at(server, "five"), "SELECT ?x WHERE { ?s ?p ?x }", max_rows=3)
        assert ([row[0].value for row in result.rows], result.truncated) == (["0", "1", "2"], True)
        with pytest.raises(QueryRefused, match="SERVICE"):
            run_query(at(server, "five"), f"ASK {{ SERVICE {HERE} {{}} }}")
        with pytest.raises(QueryRefused, match="INSERT"):
            run_query(at(server, "five"), "INSERT DATA { <a:a> <a:b> <a:c> }", federated=True)
        with pytest.raises(RemoteError, match="gave no whole answer in time"):
            run_query(at(server, "hang"), "ASK {}", timeout=0.3)
        asked = len(server.asked)
        assert run_query(at(server, "ask"), f"ASK {{ SERVICE {HERE} {{}} }}", federated=True).boolean is True
        assert len(server.asked) == asked + 1
