"""`kb push`: a real store on this machine takes the graphs, whole, and each only when it changed."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from faulty_endpoint import at, faulty_endpoint
from test_cli import kb
from wikidata.server import command, serve

from kb.build import graph_files
from kb.endpoint import ask
from kb.errors import RemoteError, StoreError
from kb.home import Home
from kb.push import Pushed, push
from kb.store import open_store
from tests.small_world import built, says, world

OTHER = "<https://example.org/a> <https://example.org/b> <https://example.org/c> ."


@pytest.fixture
def own(tmp_path: Path) -> Home:
    """Two articles, built."""
    home = world(tmp_path / "home", {"one": [says("was", "ada", "emptied")], "two": [says("was-not", "sol", "not-emptied")]})
    built(home)
    return home


@pytest.fixture
def there(tmp_path: Path) -> Iterator[str]:
    """A store that holds a graph of somebody else's."""
    if command() is None:
        pytest.skip("the command `oxigraph` is not installed (pip install oxigraph)")
    (tmp_path / "other.nt").write_text(OTHER + "\n", "utf-8")
    with serve(tmp_path / "other.nt", tmp_path / "there") as url:
        yield url.removesuffix("/query")


def pushed(home: Home, url: str, **options: bool) -> Pushed:
    return push(home, f"{url}/store", graph_files(home)[0], timeout=20, **options)


def quads(url: str) -> set[tuple[str, ...]]:
    """Return what a store holds in named graphs, as texts."""
    return {tuple(map(str, row)) for row in ask(f"{url}/query", "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }").rows}


def ours(home: Home) -> set[tuple[str, ...]]:
    return {tuple(map(str, row)) for row in open_store(home.store.resolve()).query("SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }").rows}


def test_a_store_holds_afterwards_what_ours_does_and_its_own(own: Home, there: str) -> None:
    done = pushed(own, there)
    assert quads(there) == ours(own) and done.put > 6 and (done.removed, done.kept) == (0, 0)
    assert done.quads == len(ours(own))
    assert [tuple(map(str, row)) for row in ask(f"{there}/query", "SELECT ?s ?p ?o { ?s ?p ?o }").rows] == [tuple(OTHER.removesuffix(" .").split(" "))]


def test_only_what_changed_is_put_again_unless_all_is_asked_for(own: Home, there: str) -> None:
    first = pushed(own, there)
    assert pushed(own, there) == Pushed(0, 0, first.put, 0)
    world(own.root, {"two": [says("was-not", "sol", "not-emptied", label="Sol says it was not.")]})
    built(own)
    again = pushed(own, there)
    assert 0 < again.put <= 2 and again.kept == first.put - again.put and quads(there) == ours(own)
    assert pushed(own, there, full=True).put == first.put


def test_a_graph_that_is_no_more_is_removed(own: Home, there: str) -> None:
    pushed(own, there)
    (own.corpus / "two.yaml").unlink()
    built(own)
    assert pushed(own, there).removed >= 1 and quads(there) == ours(own)
    assert not any("/graph/two" in row[3] for row in quads(there))


def test_what_was_put_is_remembered_for_each_store_by_itself(own: Home, there: str, tmp_path: Path) -> None:
    pushed(own, there)
    with serve(tmp_path / "other.nt", tmp_path / "elsewhere") as url:
        elsewhere = url.removesuffix("/query")
        assert pushed(own, elsewhere).kept == 0 and quads(elsewhere) == ours(own)


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"format": 1}', '{"format": 1, "url": "x", "graphs": 3}'])
def test_a_spoilt_record_puts_all_again(spoilt: str, own: Home, there: str) -> None:
    first = pushed(own, there)
    [record] = (own.cache / "pushed").glob("*.json")
    record.write_text(spoilt, "utf-8")
    assert pushed(own, there) == first


def test_a_push_that_was_stopped_goes_on_where_it_was(own: Home, there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb import endpoint

    real, sent = endpoint.write_graph, []

    def stops(url: str, graph: str, *rest: object, **options: object) -> None:
        if len(sent) == 3:
            raise RemoteError("is gone", endpoint=url)
        sent.append(graph)
        real(url, graph, *rest, **options)

    monkeypatch.setattr(endpoint, "write_graph", stops)
    with pytest.raises(RemoteError, match="is gone"):
        pushed(own, there)
    monkeypatch.setattr(endpoint, "write_graph", real)
    assert pushed(own, there).kept == 3 and quads(there) == ours(own)


@pytest.fixture
def faulty() -> Iterator[ThreadingHTTPServer]:
    with faulty_endpoint() as server:
        yield server


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "KB_PUSH_AUTH"), (403, "does not let us in"), (404, "Graph Store Protocol"), (405, "Graph Store Protocol"), (413, "failed (413)"), (500, "failed (500)")],
)
def test_a_store_that_takes_no_graph_is_told_with_a_cure(status: int, said: str, own: Home, faulty: ThreadingHTTPServer) -> None:
    faulty.answers[str(status)] = (status, "text/plain", b"no")
    done = kb("push", at(faulty, str(status)), at=own.root)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert faulty.asked[-1][0].startswith(f"/{status}?graph=https%3A%2F%2Fexample.org%2Fkb%2Fid%2Fgraph%2F")


@pytest.mark.parametrize(
    ("secret", "sent"), [("", None), ("ada:let me in", "Basic YWRhOmxldCBtZSBpbg=="), ("Bearer abc", "Bearer abc")]
)
def test_a_secret_is_sent_as_what_it_is(secret: str, sent: str | None, own: Home, faulty: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_PUSH_AUTH", secret)
    faulty.answers["store"] = (204, "text/plain", b"")
    push(own, at(faulty, "store"), graph_files(own)[0], timeout=5)
    assert {headers.get("Authorization") for _, headers, _ in faulty.asked} == {sent}
    assert {headers["Content-Type"] for _, headers, _ in faulty.asked} == {"application/n-triples"}


def test_a_secret_is_never_sent_in_the_clear(own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_PUSH_AUTH", "ada:let me in")
    with pytest.raises(RemoteError, match="not sent in the clear"):
        push(own, "http://store.example.org/store", graph_files(own)[0], contact="ada@example.org")


def test_nobody_far_away_is_told_anything_without_a_contact(own: Home) -> None:
    done = kb("push", "https://store.example.org/store", at=own.root)
    assert done.returncode == 2 and "nobody to contact is named" in done.stderr


def test_a_file_of_several_graphs_is_no_graph(own: Home, tmp_path: Path) -> None:
    path = tmp_path / "two.nq"
    path.write_text("<a:a> <a:b> <a:c> <a:g> .\n<a:a> <a:b> <a:c> <a:h> .\n", "utf-8")
    with pytest.raises(StoreError, match="several graphs"):
        push(own, "http://127.0.0.1:9/store", [path])


def test_the_command_says_what_it_did(own: Home, there: str) -> None:
    done = kb("push", f"{there}/store", at=own.root)
    assert done.returncode == 0 and done.stdout.startswith(f"{there}/store: ") and " graphs put with " in done.stdout, done.stderr
    assert "0 graphs put with 0 quads, 0 removed" in kb("push", f"{there}/store", at=own.root).stdout


def test_nothing_built_is_told(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [says("was", "ada", "emptied")]})
    done = kb("push", "http://127.0.0.1:9/store", at=home.root)
    assert done.returncode == 2 and "kb build" in done.stderr
