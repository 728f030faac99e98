"""Connections that end oddly: cut off, half closed, never read, still there when the server is stopped."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_world import built, says, world
from web_server import Server, served, until

MANY = "SELECT * WHERE { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }".replace(" ", "+")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = world(tmp_path_factory.mktemp("connection"), {"one": [says("a", "ada", "emptied")]})
    built(home)
    return home.root


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with served(home, "--timeout", "2", "--max-rows", "100000000") as found:
        yield found


def whole(here: socket.socket) -> bytes:
    found = b""
    while piece := here.recv(1 << 16):
        found += piece
    return found


def test_an_answer_cut_off_over_http_1_0_ends_in_an_error(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as here, pytest.raises(ConnectionResetError):
        here.sendall(f"GET /sparql?query={MANY} HTTP/1.0\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n".encode())
        whole(here)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as here:
        here.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert b'"boolean":true' in whole(here)


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D%23half", "/id/entity/wim.html", "/query/said-by.json?speaker=wim"])
def test_a_client_that_sends_no_more_gets_its_answer(server: Server, path: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as here:
        here.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        here.shutdown(socket.SHUT_WR)
        assert b" 200 " in whole(here).split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/", "/id/entity/ada", "/query/said-by.json", "/static/kb.css"])
def test_a_large_body_where_none_belongs_is_answered(server: Server, path: str) -> None:
    found = server.client.post(path, content=b"x" * (10 << 20))
    assert found.status_code == 405 and "ask by GET" in found.text.replace("Ask", "ask")


def test_a_reader_that_takes_nothing_is_cut_off(home: Path) -> None:
    first = "import kb.serve.reply as reply, kb.serve.web as web; reply.TAKE = 0.5; web.Web.asset = lambda self, path: bytes(40 << 20)"
    with served(home, first=first) as server, socket.create_connection(("127.0.0.1", server.port), timeout=20) as here:
        here.sendall(b"GET /static/kb.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: _is_broken(here))


def _is_broken(here: socket.socket) -> bool:
    """True once the other side has cut the connection; nothing is read for that."""
    return here.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


@pytest.mark.parametrize(
    "sent",
    [b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK",
     f"GET /sparql?query={MANY} HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n".encode()],
    ids=["half sent", "not read"],
)  # fmt: skip
def test_a_stop_with_clients_still_there_is_quiet(home: Path, sent: bytes) -> None:
    with served(home, "--max-rows", "100000000") as server, socket.create_connection(("127.0.0.1", server.port)) as here:
        here.sendall(sent)
        server.ask("ASK {}")
        server.process.send_signal(signal.SIGINT)
        server.process.wait(20)
    said = "".join(server.said)
    assert "Traceback" not in said and "Error" not in said and "Cancel" not in said, said


def test_a_request_to_turn_to_another_protocol_is_answered_as_it_stands(home: Path) -> None:
    with served(home) as server:
        found = server.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        assert b" 200 " in found.split(b"\r\n")[0]
    assert len(server.said) == 1, server.said
