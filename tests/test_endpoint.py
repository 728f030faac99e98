"""The endpoint client over real HTTP on this machine: good answers, and every way an endpoint misbehaves."""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from faulty_endpoint import JSON, ROWS, at, faulty_endpoint, waits_for_answers

from kb.endpoint import ask, client, is_this_machine
from kb.errors import InputError, RemoteError
from kb.rows import Term

ONE = '{"head":{"vars":["x"]},"results":{"bindings":[{"x":%s}]}}'
SELECT = "SELECT * WHERE { ?harbour ?p ?note }"


@pytest.fixture(scope="module")
def served() -> Iterator[ThreadingHTTPServer]:
    with faulty_endpoint() as server:
        yield server


@pytest.fixture
def site(served: ThreadingHTTPServer) -> ThreadingHTTPServer:
    served.asked.clear()
    return served


def test_rows_come_back_as_terms_and_unbound_cells_as_none(site: ThreadingHTTPServer) -> None:
    result = ask(at(site, "good"), SELECT)
    assert result.columns == ("harbour", "note", "none")
    assert result.rows == ((Term("iri", "https://example.org/north"), Term("literal", "leer", lang="de"), None),)


def test_a_truth_comes_back_as_a_boolean(site: ThreadingHTTPServer) -> None:
    assert ask(at(site, "ask"), "ASK {}").boolean is True


@pytest.mark.parametrize(
    ("name", "media", "text"),
    [("triples", "application/n-triples", "<a:a> <a:b> <a:c> .\n"), ("turtle", "text/turtle", "<a:a> <a:b> 'Ö' .\n")],
)
def test_triples_come_back_as_text(site: ThreadingHTTPServer, name: str, media: str, text: str) -> None:
    result = ask(at(site, name), "CONSTRUCT WHERE { ?s ?p ?o }")
    assert (result.kind, result.media, result.triples) == ("construct", media, text)


def test_the_request_says_who_asks_and_what_it_takes(site: ThreadingHTTPServer) -> None:
    ask(at(site, "good"), SELECT, contact="editor@example.org")
    [(path, headers, query)] = site.asked
    assert path == "/good"
    assert urllib.parse.parse_qs(query)["query"] == [SELECT]
    assert headers["User-Agent"].startswith("kb/")
    assert headers["User-Agent"].endswith(" (editor@example.org) SPARQLWrapper/2.0.0")
    assert headers["Accept"].startswith(JSON)


def test_a_long_query_goes_by_post(site: ThreadingHTTPServer) -> None:
    query = SELECT + "# " + "ä" * 3000
    ask(at(site, "good"), query)
    assert urllib.parse.parse_qs(site.asked[0][2])["query"] == [query]
    assert site.asked[0][1]["Content-Type"] == "application/x-www-form-urlencoded"


def test_an_address_with_a_query_of_its_own_keeps_it(site: ThreadingHTTPServer) -> None:
    ask(at(site, "good?dataset=harbours"), SELECT)
    assert site.asked[0][0] == "/good?dataset=harbours"


@pytest.mark.parametrize(("name", "waits"), [("busy-once", [0.0]), ("wait-a-moment", [1.0])])
def test_a_busy_endpoint_is_asked_again_when_it_says_so(site: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, name: str, waits: list[float]) -> None:
    slept: list[float] = []
    monkeypatch.setattr(client, "talk", partial(client.talk, sleep=slept.append))
    assert len(ask(at(site, name), SELECT, timeout=8).rows) == 1
    assert len(site.asked) == 2 and slept == waits


def test_an_endpoint_that_stays_down_is_tried_three_times(site: ThreadingHTTPServer) -> None:
    with pytest.raises(RemoteError, match=r"is busy \(503\): maintenance") as error:
        ask(at(site, "down"), SELECT, pause=0.01)
    assert len(site.asked) == 3
    assert error.value.status == 503


@pytest.mark.parametrize(("name", "seconds"), [("wait-an-hour", 3600), ("wait-till-a-date", 1200)])
def test_a_wait_too_long_for_us_is_told_at_once(site: ThreadingHTTPServer, name: str, seconds: int) -> None:
    with pytest.raises(RemoteError, match=f"ask again in {seconds} seconds") as error:
        ask(at(site, name), SELECT)
    assert error.value.retry_after == seconds
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bad-query", r"does not take this query \(400\): Parse error: expected } \[31m"),
        ("forbidden", r"does not let us in \(403\)\n"),
        ("missing", r"is not an endpoint: nothing stands there \(404\)"),
        ("failing", r"failed \(500\): java.lang.StackOverflow"),
        ("page", "answers with text/html, not with SPARQL results"),
        ("cut", "the answer broke off"),
        ("cut-gzip", "the answer broke off"),
        ("cut-chunks", "cannot be asked: IncompleteRead"),
        ("no-http", "cannot be asked: SSH-2.0"),
        ("brotli", "an encoding we did not ask for: br"),
        ("abroad", "sends us elsewhere: http://localhost:"),
        ("to-a-file", "sends us elsewhere: file:///etc/hostname"),
        ("loop", "redirects without end"),
    ],
)
def test_a_fault_of_the_endpoint_is_told_and_not_retried(site: ThreadingHTTPServer, name: str, message: str) -> None:
    with pytest.raises(RemoteError, match=message) as error:
        ask(at(site, name), SELECT, timeout=5)
    assert str(error.value).startswith(at(site, name))
    assert len(site.asked) == (4 if name == "loop" else 1)


@pytest.mark.parametrize("name", ["hang", "drip", "drip-headers"])
def test_the_whole_answer_has_one_deadline(site: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    waited_for = waits_for_answers(monkeypatch)
    with pytest.raises(RemoteError, match="gave no whole answer in time"):
        ask(at(site, name), SELECT, timeout=0.4)
    assert len(waited_for) == len(site.asked) == 1 and 0 < waited_for[0] <= 0.4
    assert not [thread for thread in waited() if thread.name == "kb-endpoint"]


def waited() -> list[threading.Thread]:
    """Return the threads left after the cut connection had a moment to end its own."""
    for thread in threading.enumerate():
        if thread.name == "kb-endpoint":
            thread.join(2)
    return threading.enumerate()


def test_an_answer_beyond_the_size_cap_is_dropped(site: ThreadingHTTPServer) -> None:
    with pytest.raises(RemoteError, match="more than 0 KiB"):
        ask(at(site, "good"), SELECT, max_bytes=100)


def test_a_gzip_bomb_stays_small(site: ThreadingHTTPServer) -> None:
    with pytest.raises(RemoteError, match="more than 1024 KiB"):
        ask(at(site, "bomb"), SELECT, max_bytes=1 << 20)


@pytest.mark.parametrize("name", ["gzip", "moved", "moved-for-get"])
def test_compressed_and_moved_answers_on_the_same_host_are_read(site: ThreadingHTTPServer, name: str) -> None:
    assert len(ask(at(site, name), SELECT).rows) == 1


def test_a_query_sent_by_post_is_not_lost_in_a_redirect(site: ThreadingHTTPServer) -> None:
    long = SELECT + "#" * 2000
    assert len(ask(at(site, "moved"), long).rows) == 1
    assert urllib.parse.parse_qs(site.asked[1][2])["query"] == [long]
    with pytest.raises(RemoteError, match="has moved"):
        ask(at(site, "moved-for-get"), long)


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", '"x"', "{}", '{"head":{}}', '{"boolean":"true"}', '{"boolean":1}', "[" * 100_000, '{"head":{"vars":["x"]},"results":{}}',
        '{"head":{"vars":"x"},"results":{"bindings":[]}}', '{"head":{"vars":["x"]},"results":{"bindings":{}}}',
        '{"head":{"vars":["x"]},"results":{"bindings":[{"y":{"type":"uri","value":"a:b"}}]}}',
        ONE % '"a"', ONE % '{"type":"uri"}', ONE % '{"type":"uri","value":5}', ONE % '{"type":"thing","value":"a"}',
        ONE % r'{"type":"literal","value":"\ud800"}', ONE % '{"type":"literal","value":"a","xml:lang":["de"]}',
        ROWS.decode() + "\nSPARQL-QUERY: queryStr\njava.util.concurrent.TimeoutException",
    ],
)  # fmt: skip
def test_any_other_shape_of_json_is_refused(site: ThreadingHTTPServer, body: str) -> None:
    site.answers["wrong"] = (200, JSON, body.encode())
    with pytest.raises(RemoteError, match="answers with broken SPARQL results"):
        ask(at(site, "wrong"), SELECT)


@pytest.mark.parametrize(
    "body", ['{"exception":"Query timed out","status":"ERROR"}', '{"error":{"code":"500","info":"Query timed out"}}', '{"error":"Query timed out"}']
)
def test_an_error_in_place_of_results_is_told(site: ThreadingHTTPServer, body: str) -> None:
    site.answers["wrong"] = (200, JSON, body.encode())
    with pytest.raises(RemoteError, match=r"\((500: )?Query timed out\)"):
        ask(at(site, "wrong"), SELECT)


@pytest.mark.parametrize(
    "url",
    ["", "example.org/sparql", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a b/", "http://u:p@127.0.0.1/", "http://[::1",
     "http://127.0.0.1:99999/", "http://127.0.0.1/\nHost: x", "http://bücher.example/"],
)  # fmt: skip
def test_what_is_no_address_of_an_endpoint_is_refused(url: str) -> None:
    with pytest.raises(RemoteError, match="not the address of an endpoint"):
        ask(url, SELECT, contact="editor@example.org")


def test_a_public_endpoint_is_not_asked_without_a_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KB_CONTACT", raising=False)
    with pytest.raises(RemoteError, match="set KB_CONTACT"):
        ask("https://endpoint.invalid/sparql", SELECT)


@pytest.mark.parametrize("contact", ["me", "a@b", "editor@example.org\r\nX: y", "editor@example.org)", "https://"])
def test_a_contact_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.setenv("KB_CONTACT", contact)
    with pytest.raises(RemoteError, match="is no contact"):
        ask("http://127.0.0.1:9/", SELECT)


def test_a_closed_port_is_told(site: ThreadingHTTPServer) -> None:
    with pytest.raises(RemoteError, match=r"cannot be asked: .*refused"):
        ask("http://127.0.0.1:9/sparql", SELECT, timeout=3)


def test_half_a_surrogate_pair_is_not_sent(site: ThreadingHTTPServer) -> None:
    with pytest.raises(InputError, match="surrogate"):
        ask(at(site, "good"), "ASK { ?s ?p '\ud800' }")
    assert site.asked == []


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_only_loopback_is_this_machine(host: str, ours: bool) -> None:
    assert is_this_machine(host) is ours
