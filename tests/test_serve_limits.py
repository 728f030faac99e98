"""What one client can take from others: time, rows, memory, connections. Each is bounded, told plainly, and felt by nobody else."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from small_world import built, says, world
from web_server import Server, served, until

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
MANY = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"  # millions of rows
ROWS = 3000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = world(tmp_path_factory.mktemp("limits"), {"one": [says("a", "ada", "emptied")]})
    built(home)
    return home.root


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with served(home, "--timeout", "1", "--max-rows", str(ROWS)) as found:
        yield found


@pytest.fixture(scope="module")
def patient(home: Path) -> Iterator[Server]:
    """A server that lets a query run for long and give all it has."""
    with served(home, "--timeout", "60", "--max-rows", "100000000", "--workers", "1") as found:
        yield found


def test_a_query_past_its_time_is_ended_with_a_reason(server: Server) -> None:
    start = time.monotonic()
    found = server.ask(RUNAWAY)
    assert (found.status_code, found.headers["retry-after"]) == (503, "30")
    assert "took longer than 1 seconds" in found.text and "Ask for less" in found.text and "--timeout" not in found.text
    assert time.monotonic() - start < 8
    assert server.ask("ASK {}").status_code == 200


def test_an_answer_past_its_rows_is_refused_not_cut(server: Server) -> None:
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"):
        found = server.ask(f"SELECT ?a WHERE {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS + 1}", accept)
        assert found.status_code == 503 and f"more than {ROWS} rows" in found.text, accept
        assert server.ask(f"SELECT ?a WHERE {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS}", accept).status_code == 200, accept
    assert server.ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . ?a ?b ?c }", "text/turtle").status_code == 503
    assert server.get("/query/said-by.json").status_code == 200


def test_a_query_that_ends_the_engine_ends_nothing_else(server: Server) -> None:
    found = server.client.post("/sparql", data={"query": "SELECT * WHERE { " + "UNION".join(["{}"] * 9000) + " }"})
    assert found.status_code == 503 and "nested too deeply" in found.text
    doubled = " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(30))
    found = server.ask(f"SELECT ?t30 WHERE {{ BIND('{'a' * 16}' AS ?t0) {doubled} }}")
    assert found.status_code == 503 and "Ask for less" in found.text
    assert server.ask("ASK {}").status_code == 200


def test_twenty_runaways_do_not_stop_a_small_query(server: Server) -> None:
    def run_away(number: int) -> int:
        with httpx.Client(base_url=server.root, timeout=60) as client:
            return client.get("/sparql", params={"query": f"{RUNAWAY} #{number}"}).status_code

    with ThreadPoolExecutor(20) as threads:
        ends = [threads.submit(run_away, number) for number in range(20)]
        time.sleep(0.2)
        times = []
        while not all(end.done() for end in ends):
            start = time.monotonic()
            assert server.ask(f"ASK {{}} #{start}").status_code == 200
            times.append(time.monotonic() - start)
        assert {end.result() for end in ends} == {503}
    assert len(times) > 5 and sorted(times)[len(times) // 2] < 2, times


@LINUX
def test_workers_are_few_and_end_with_the_server(home: Path) -> None:
    with served(home, "--timeout", "1") as server:
        until(lambda: len(server.children()) == 8)
        for number in range(4):
            server.ask(f"{RUNAWAY} #{number}")
        workers = until(lambda: found if len(found := server.children()) == 8 else None)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        until(lambda: not any(Path(f"/proc/{one}/cmdline").exists() and Path(f"/proc/{one}/cmdline").read_bytes() for one in workers))


def held_by(worker: int) -> list[str]:
    """What a process holds open; what it closes while we look is left out."""
    held = []
    for one in Path(f"/proc/{worker}/fd").iterdir():
        with suppress(FileNotFoundError):
            held.append(os.readlink(one))
    return held


@LINUX
def test_workers_have_no_sockets_and_no_network(patient: Server) -> None:
    def shut(worker: int) -> bool:  # one that just began is not asked anything before it is
        status = Path(f"/proc/{worker}/status").read_text()
        return "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status

    until(lambda: len(found := patient.children()) == 4 and all(map(shut, found)))
    for worker in patient.children():
        held = held_by(worker)
        assert held and not any("socket" in one for one in held), held


def test_a_long_answer_streams_before_it_is_done(patient: Server) -> None:
    start = time.monotonic()
    with patient.client.stream("GET", "/sparql", params={"query": MANY}, headers={"Accept": "text/csv", "Accept-Encoding": "identity"}) as found:
        pieces = found.iter_raw()
        assert found.status_code == 200 and next(pieces).startswith(b"a,b,c,d,e,f\r\n")
        assert "content-length" not in found.headers
        size = sum(len(next(pieces)) for _ in range(50))
    assert size > 500_000 and time.monotonic() - start < 20


@LINUX
def test_a_client_that_leaves_ends_its_query(patient: Server) -> None:
    workers = set(until(lambda: found if len(found := patient.children()) == 4 else None))
    with patient.client.stream("GET", "/sparql", params={"query": MANY}, headers={"Accept": "text/csv"}) as found:
        next(found.iter_raw())
    until(lambda: set(patient.children()) != workers and len(patient.children()) == 4)
    workers = set(patient.children())
    with socket.create_connection(("127.0.0.1", patient.port)) as asking:  # one that has sent nothing yet
        asking.sendall(b"GET /sparql?query=" + RUNAWAY.replace(" ", "+").encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.5)
    until(lambda: set(patient.children()) != workers and len(patient.children()) == 4)
    assert patient.ask("ASK {}").status_code == 200


@LINUX
def test_a_long_answer_to_a_slow_reader_is_not_kept_in_memory(patient: Server) -> None:
    def memory() -> int:
        return int(Path(f"/proc/{patient.process.pid}/statm").read_text().split()[1]) * 4096

    before = memory()
    with socket.create_connection(("127.0.0.1", patient.port)) as slow:
        slow.sendall(b"GET /sparql?query=" + MANY.replace(" ", "+").encode() + b" HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n")
        slow.recv(1000)
        for _ in range(10):
            time.sleep(0.1)
            assert patient.ask("ASK {}").status_code == 200
        assert memory() - before < 30 << 20


def test_an_answer_that_breaks_off_does_not_look_whole(home: Path) -> None:
    with served(home, "--timeout", "1.5", "--max-rows", "100000000") as server, pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        server.ask(MANY, "text/csv", headers={"Accept-Encoding": "identity"})


def test_half_a_request_is_waited_for_and_then_let_go(home: Path) -> None:
    with served(home, first="import kb.serve.connection as connection, kb.serve.door as door; connection.HEAD_TIME = door.BODY_TIME = 0.7") as server:
        start = time.monotonic()
        assert server.raw(b"", wait=30) == b"" and server.raw(b"GET /sparql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", wait=30) == b""
        found = server.raw(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 9\r\n\r\nASK", wait=30)
        assert b" 408 " in found.split(b"\r\n")[0]
        assert 2 < time.monotonic() - start < 20
        assert server.ask("ASK {}").status_code == 200


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nConnection: close\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
     b"GET /%ff%fe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
     b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n", b"GET /sparql?query=" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000],
)  # fmt: skip
def test_what_is_no_request_is_turned_away(server: Server, data: bytes) -> None:
    found = server.raw(data, wait=15)
    assert not found or int(found.split(b" ")[1]) in (200, 400, 404, 414, 431, 505), found[:200]
    assert server.ask("ASK {}").status_code == 200


def test_half_closed_and_half_sent_connections_hurt_nobody(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as here:
        here.sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK")
        here.shutdown(socket.SHUT_WR)
        here.settimeout(10)
        assert b" 200 " not in here.recv(1000)
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    assert server.ask("ASK {}").status_code == 200
    for one in held:
        one.close()
    said = "".join(server.said)
    assert "Traceback" not in said and "Exception" not in said, said


def test_a_lot_at_once_is_answered_or_told_to_wait(server: Server) -> None:
    def ask(number: int) -> int:
        with httpx.Client(base_url=server.root, timeout=60) as client:
            return client.get("/sparql", params={"query": f"SELECT * WHERE {{ ?s ?p ?o }} LIMIT {number + 1}"}).status_code

    with ThreadPoolExecutor(30) as threads:
        assert set(threads.map(ask, range(120))) <= {200, 503}
