"""An HTTP server on this machine that answers as SPARQL endpoints, the Action API and reconciliation services do on bad days."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import inf
from typing import Any

import pytest

from kb.endpoint import wire

JSON = "application/sparql-results+json"
ROWS = json.dumps(
    {
        "head": {"vars": ["harbour", "note", "none"]},
        "results": {
            "bindings": [
                {
                    "harbour": {"type": "uri", "value": "https://example.org/north"},
                    "note": {"type": "literal", "value": "leer", "xml:lang": "de"},
                }
            ]
        },
    }
).encode()
PLAIN = "application/json; charset=utf-8"
ITEMS = b'{"entities":{"Q99900001":{"id":"Q99900001"}},"success":1}'
LAG = b'{"error":{"code":"maxlag","info":"Waiting for 10.0.0.1: 6 seconds lagged.","lag":6}}'
ANSWERS = {
    "items": (200, PLAIN, ITEMS),
    "error-inside": (200, PLAIN, b'{"error":{"code":"no-such-entity","info":"Could not find \\u001b[31m an entity"},"servedby":"mw1"}'),
    "errors-inside": (200, PLAIN, b'{"errors":[{"code":"badvalue","text":"Unrecognized value"}]}'),
    "status-inside": (200, PLAIN, b'{"status":"error","message":"unknown type"}'),
    "wrong-json": (200, PLAIN, b'{"entities":'),
    "no-object": (200, PLAIN, b"null"),
    "deep-json": (200, PLAIN, b"[" * 100_000),
    "script": (200, "text/javascript", b"call({})"),
    "good": (200, JSON, ROWS),
    "ask": (200, "application/json; charset=utf-8", b'{"head":{},"boolean":true}'),
    "triples": (200, "application/n-triples", b"<a:a> <a:b> <a:c> .\n"),
    "turtle": (200, "text/turtle;charset=utf-8", "<a:a> <a:b> 'Ö' .\n".encode()),
    "page": (200, "text/html", b"<html>Try our new query page</html>"),
    "bad-query": (400, "text/plain", b"Parse error:\n expected } \x1b[31m"),
    "forbidden": (403, "text/html", b"<h1>Forbidden</h1>"),
    "missing": (404, "text/plain", b""),
    "failing": (500, "text/plain", b"java.lang.StackOverflow"),
    "down": (503, "text/plain", b"maintenance"),
}


class Faulty(BaseHTTPRequestHandler):
    """Answers by the path: a status, a body, a way to break. Remembers what was asked."""

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.server.asked.append((self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.answer()

    do_PUT = do_POST

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.server.asked.append((path, self.headers, query))
        self.answer()

    def answer(self) -> None:
        name = self.path.partition("?")[0].strip("/")
        getattr(self, f"give_{name.replace('-', '_')}", lambda: self.give(*self.server.answers[name]))()

    def give(self, status: int, media: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        for key, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def give_busy_once(self) -> None:
        busy = len(self.server.asked) == 1
        self.give(503 if busy else 200, JSON, ROWS, **({"Retry_After": "0"} if busy else {}))

    def give_wait_a_moment(self) -> None:
        busy = len(self.server.asked) == 1
        self.give(429 if busy else 200, JSON, ROWS, **({"Retry_After": "1"} if busy else {}))

    def give_lag_once(self) -> None:
        busy = len(self.server.asked) == 1
        self.give(200, PLAIN, LAG if busy else ITEMS, **({"Retry_After": "0"} if busy else {}))

    def give_lag(self) -> None:
        self.give(200, PLAIN, LAG, Retry_After="600")

    def give_wait_an_hour(self) -> None:
        self.give(429, "text/plain", b"slow down", Retry_After="3600")

    def give_wait_till_a_date(self) -> None:
        self.send_response_only(429)
        self.send_header("Date", "Sat, 03 May 2031 10:00:00 GMT")
        self.send_header("Retry-After", "Sat, 03 May 2031 10:20:00 GMT")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def give_told_to_wait(self) -> None:
        """Say so with the headers in `told`, and no other."""
        self.send_response_only(429)
        for key, value in {**self.server.told, "Content-Length": "0"}.items():
            self.send_header(key, value)
        self.end_headers()

    def give_slow(self) -> None:
        self.server.meanwhile.append(self.server.busy)
        self.server.busy += 1
        self.server.over.wait(0.05)
        self.server.busy -= 1
        self.give(200, PLAIN, ITEMS)

    def give_hang(self) -> None:
        self.server.over.wait(10)

    def give_drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.end_headers()
        self.drip(b"{")

    def give_drip_headers(self) -> None:
        self.drip(b"H")

    def drip(self, byte: bytes) -> None:
        try:
            while not self.server.over.wait(0.05):
                self.wfile.write(byte)
                self.wfile.flush()
        except OSError:
            pass

    def give_cut(self) -> None:
        self.give(200, JSON, ROWS[:40], Content_Length=str(len(ROWS)))

    def give_cut_gzip(self) -> None:
        self.give(200, JSON, gzip.compress(ROWS)[:-12], Content_Encoding="gzip")

    def give_cut_chunks(self) -> None:
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"40\r\n" + ROWS[:20])
        self.close_connection = True

    def give_no_http(self) -> None:
        self.wfile.write(b"SSH-2.0-not-a-web-server\r\n")

    def give_gzip(self) -> None:
        self.give(200, JSON, gzip.compress(ROWS), Content_Encoding="gzip")

    def give_bomb(self) -> None:
        self.give(200, JSON, self.server.bomb, Content_Encoding="gzip")

    def give_brotli(self) -> None:
        self.give(200, JSON, ROWS, Content_Encoding="br")

    def give_moved(self) -> None:
        self.give(307, "text/plain", b"", Location="/good")

    def give_moved_for_get(self) -> None:
        self.give(302, "text/plain", b"", Location="/good")

    def give_abroad(self) -> None:
        port = self.server.server_address[1]
        self.give(302, "text/plain", b"", Location=f"http://localhost:{port}/good")

    def give_to_a_file(self) -> None:
        self.give(302, "text/plain", b"", Location="file:///etc/hostname")

    def give_loop(self) -> None:
        self.give(308, "text/plain", b"", Location="/loop")


@contextmanager
def faulty_endpoint() -> Iterator[ThreadingHTTPServer]:
    """Give a running server; `asked` holds the path, headers and query of every request, `answers` can be added to,
    `meanwhile` how many others were being answered slowly when a slow one came, `told` the headers of who wants us to wait."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    server.daemon_threads, server.over = True, threading.Event()
    server.asked, server.answers = [], dict(ANSWERS)
    server.busy, server.meanwhile, server.told = 0, [], {}
    server.bomb = gzip.compress(b"[" * 30_000_000)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def waits_for_answers(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds for which the client waits for each answer from now on, as it waits: a clock would measure the machine too."""
    waited: list[float] = []

    class Watched(Future):
        def result(self, timeout: float | None = None) -> Any:
            waited.append(inf if timeout is None else timeout)
            return super().result(timeout)

    monkeypatch.setattr(wire, "Future", Watched)
    return waited


def at(server: ThreadingHTTPServer, name: str) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/{name}"
