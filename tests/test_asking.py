"""`kb query` with a question for Wikidata too: a real server on this machine, kept answers, and every way it can fail told."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from faulty_endpoint import at, faulty_endpoint
from test_cli import kb
from wikidata.server import serve

from kb.cli import main
from kb.endpoint import Client
from kb.errors import RemoteError
from kb.home import Home
from kb.query import bind, run_join, stored_queries
from kb.rows import Result, iri, literal
from kb.store import open_store

ROOT = Path(__file__).parent.parent
NAME = "speakers-in-office"


@pytest.fixture(scope="module")
def shipped_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("asking")
    (root / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    done = kb("build", at=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="module")
def site() -> Iterator[ThreadingHTTPServer]:
    with faulty_endpoint() as server:
        yield server


@pytest.mark.parametrize("words", [["q.rq"], ["who-says-what", "--speaker", "Ada Brink"], ["who-says-what"]], ids=" ".join)
def test_a_far_store_is_told_the_contact_of_the_knowledge_base(
    words: list[str], own: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own.config.write_text(own.config.read_text("utf-8") + "contact: ada@example.org\n", "utf-8")
    (own.root / "q.rq").write_text("SELECT ?s { ?s ?p ?o }", "utf-8")
    asked = []

    def ask(url: str, text: str, *, timeout: float, contact: str | None, **_: object) -> Result:
        asked.append((url, timeout, contact))
        row = (iri("https://example.org/kb/id/entity/ada-brink"), literal("Ada Brink"))[: text.count("?name ") + 1]
        return Result("select", ("thing", "name")[: len(row)], (row,))

    monkeypatch.setattr("kb.endpoint.ask", ask)
    monkeypatch.chdir(own.root)
    with pytest.raises(SystemExit) as ended:
        main(["query", *words, "--store", "https://sparql.example.org/", "--timeout", "7"])
    assert ended.value.code == 0, capsys.readouterr().err
    assert set(asked) == {("https://sparql.example.org/", 7.0, "ada@example.org")}


def test_a_query_file_asks_a_store_away_from_any_knowledge_base(shipped_home: Path, wikidata_server: str, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("ASK { ?s ?p ?o }", "utf-8")
    assert kb("query", "q.rq", "--store", wikidata_server, at=tmp_path).stdout.strip() == "yes"


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_list_has_the_questions_to_both(shipped_home: Path) -> None:
    done = kb("query", at=shipped_home)
    assert "\nwikidata:\n" in done.stdout and f"  {NAME} [--speaker]\n" in done.stdout


def test_a_question_to_both_is_answered_and_kept(shipped_home: Path, wikidata_server: str) -> None:
    done = kb("query", NAME, "--speaker", "olaf-scholz", "-f", "csv", "--endpoint", wikidata_server, at=shipped_home)
    assert done.returncode == 0 and f"joined with what {wikidata_server} says of 1 items; of 0 it says nothing" in done.stderr, done.stderr
    assert [row[-1] for row in rows(done.stdout)] == ["held", "yes", "perhaps"]
    again = kb(
        "query",
        NAME,
        "--speaker",
        "olaf-scholz",
        "-f",
        "csv",
        "--offline",
        at=shipped_home,
        KB_WIKIDATA_ENDPOINT=wikidata_server,
    )
    assert (again.returncode, again.stdout) == (0, done.stdout)


def test_the_answer_to_both_is_cut_at_the_limit(shipped_home: Path, wikidata_server: str) -> None:
    done = kb("query", NAME, "-f", "csv", "--limit", "3", at=shipped_home, KB_WIKIDATA_ENDPOINT=wikidata_server)
    assert len(rows(done.stdout)) == 1 + 3 and "cut off" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nobody to contact is named\n  set KB_CONTACT"),
        (["--offline"], "no answer to this is kept\n  ask once without --offline"),
        (["--item", "x"], "'--item' is no option or parameter of weapons-by-type-and-maker"),
        (["--endpoint", "file:///etc/hostname"], "not the address of an endpoint"),
        (["--weapon", "leopard"], "no entity 'leopard'"),
    ],
)
def test_without_a_contact_or_a_kept_answer_it_refuses_with_the_cure(shipped_home: Path, words: list[str], said: str) -> None:
    done = kb("query", "weapons-by-type-and-maker", *words, at=shipped_home, KB_WIKIDATA_ENDPOINT="", KB_CONTACT="")
    assert (done.returncode, done.stdout) == (2, "") and said in done.stderr and "Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize("fault", ["html", "cut", "good", "no_http"])
def test_a_remote_that_answers_rubbish_is_told(shipped_home: Path, site: ThreadingHTTPServer, fault: str) -> None:
    done = kb("query", NAME, "--endpoint", at(site, fault), at=shipped_home)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("kb: ") and "Traceback" not in done.stderr, (
        done.stderr
    )
    assert (fault == "good") == ("not an answer to our question: other columns than asked for" in done.stderr)


def test_a_file_of_the_users_is_joined_too(shipped_home: Path, wikidata_server: str, tmp_path: Path) -> None:
    text = (ROOT / "queries" / "wikidata" / f"{NAME}.rq").read_text("utf-8")
    (tmp_path / "mine.rq").write_text(text, "utf-8")
    stored = kb("query", NAME, "-f", "csv", "--endpoint", wikidata_server, at=shipped_home)
    done = kb("query", str(tmp_path / "mine.rq"), "-f", "csv", "--endpoint", wikidata_server, at=shipped_home)
    assert (done.returncode, done.stdout) == (0, stored.stdout) and "joined with what" in done.stderr, done.stderr
    done = kb("query", "-", "-f", "csv", "--endpoint", wikidata_server, at=shipped_home, stdin=text.split("\n", 4)[-1])
    assert (done.returncode, done.stdout) == (0, stored.stdout), done.stderr


@pytest.mark.parametrize("words", [["--endpoint", "http://127.0.0.1:9/query"], ["--fetched"]])
def test_what_is_for_wikidata_is_refused_where_it_would_do_nothing(shipped_home: Path, words: list[str]) -> None:
    done = kb("query", "articles", *words, at=shipped_home)
    assert done.returncode == 2 and f"{words[0]} is for the queries listed under wikidata:, articles is none" in done.stderr


def test_what_was_fetched_answers_as_wikidata_does(shipped_home: Path, wikidata_server: str, tmp_path: Path) -> None:
    done = kb("query", NAME, "--fetched", at=shipped_home)
    assert done.returncode == 2 and "nothing that was fetched of Wikidata\n  run `kb link enrich`" in done.stderr
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    assert kb("link", "enrich", "--endpoint", wikidata_server, at=tmp_path).returncode == 0
    assert kb("build", at=tmp_path).returncode == 0
    asked = kb("query", NAME, "-f", "csv", "--endpoint", wikidata_server, at=tmp_path)
    done = kb("query", NAME, "-f", "csv", "--fetched", at=tmp_path, KB_WIKIDATA_ENDPOINT="http://127.0.0.1:9/query")
    assert (done.returncode, done.stdout) == (0, asked.stdout) and "fetched of Wikidata's linked items, as of 20" in done.stderr, done.stderr
    here, there = open_store(tmp_path / ".kb" / "current" / "store"), open_store(wikidata_server)
    for one in stored_queries([ROOT / "queries"], only="wikidata"):
        text = bind(one, {})
        assert here.query(text) == run_join(text, here.query, there.query).result, one.name


def test_our_side_may_be_an_endpoint_as_well(shipped_home: Path, wikidata_server: str, tmp_path: Path) -> None:
    done = kb("export", "--format", "ntriples", "-o", str(tmp_path / "claims.nt"), at=shipped_home)
    assert done.returncode == 0, done.stderr
    stored = kb("query", NAME, "-f", "csv", "--endpoint", wikidata_server, at=shipped_home)
    with serve(tmp_path / "claims.nt", tmp_path / "store") as url:
        done = kb("query", NAME, "-f", "csv", "--endpoint", wikidata_server, "--store", url, at=shipped_home)
    assert (done.returncode, done.stdout) == (0, stored.stdout), done.stderr


@pytest.mark.parametrize(("words", "seconds"), [([], 60.0), (["--timeout", "5"], 5.0)], ids=["left out", "given"])
def test_the_time_given_for_a_query_is_that_of_a_request_to_wikidata_too(
    words: list[str], seconds: float, shipped_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(client: Client, url: str, _: str) -> Result:
        asked.append(client.timeout)
        raise RemoteError("is not asked here", endpoint=url)

    monkeypatch.setattr("kb.endpoint.Client.ask", ask)
    monkeypatch.setattr("sys.argv", ["kb", "-C", str(shipped_home), "query", NAME, "--endpoint", "http://127.0.0.1:9/", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, asked) == (2, [seconds])
