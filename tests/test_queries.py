"""The stored queries on the two articles: each answers something, and what it answered when people read it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import unquote

import pytest

from kb.build import build
from kb.endpoint import Client
from kb.home import Home, shipped
from kb.query import StoredQuery, bind, read_value, run_join, stored_queries
from kb.show import show_rows
from kb.store import open_store

ROOT = Path(__file__).parent.parent
EXPECTED = Path(__file__).parent / "queries"
QUERIES = {(one.folder, one.name): one for one in stored_queries([shipped("queries")])}
ASKED = sorted(path for path in (EXPECTED / "ask").glob("*.*"))
JOINED = sorted((EXPECTED / "wikidata").glob("*.csv"))
CHECKS = [one for one in QUERIES.values() if one.folder == "check"]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory):
    """The shipped corpus, built apart from any build of the user's."""
    root = tmp_path_factory.mktemp("shipped")
    (root / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    report = build(Home(root))
    assert report.is_published, report.findings
    return open_store((root / ".kb" / "current" / "store").resolve())


def case(path: Path) -> tuple[StoredQuery, dict[str, str]]:
    """`name--param=value--param=value.csv`, a slash written %2F, → the query and its parameters."""
    name, *params = path.stem.split("--")
    return QUERIES[path.parent.name, name], {name: unquote(word) for name, _, word in (param.partition("=") for param in params)}


def asked(store, query: StoredQuery, words: dict[str, str]):
    values = {name: read_value(store, query.params[name], word) for name, word in words.items()}
    return store.query(bind(query, values))


@pytest.mark.parametrize("path", ASKED, ids=lambda path: path.stem)
def test_a_stored_query_answers_as_read(store, path: Path) -> None:
    query, words = case(path)
    result = asked(store, query, words)
    if result.kind == "construct":
        assert result.triples.splitlines() == path.read_text("utf-8").splitlines() != []
        return
    expected = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"))))
    assert shown_rows(result) == expected and len(expected) > 1


def shown_rows(result) -> list[list[str]]:
    out = io.StringIO()
    show_rows(result.columns, result.rows, "csv", out)
    return list(csv.reader(io.StringIO(out.getvalue())))


@pytest.mark.parametrize("path", JOINED, ids=lambda path: path.stem)
def test_a_joined_query_answers_as_read_from_a_real_server(store, wikidata_server: str, path: Path) -> None:
    query, words = case(path)
    values = {name: read_value(store, query.params[name], word) for name, word in words.items()}
    client = Client()
    found = run_join(bind(query, values), store.query, lambda text: client.ask(wikidata_server, text))
    expected = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"))))
    assert shown_rows(found.result) == expected and len(expected) > 1 and found.items > 0


def test_a_column_of_wikidatas_is_named_so_and_claims_keep_their_speaker() -> None:
    queries = [one for one in QUERIES.values() if one.folder == "wikidata"]
    assert len(queries) >= 6
    for query in queries:
        assert any(name.startswith("wd") for name in query.columns) and {"speaker", "speakerLabel"} <= {*query.columns}, query.name


def test_every_stored_query_has_an_expected_answer_with_and_without_parameters() -> None:
    shown = {case(path)[0].name: set() for path in [*ASKED, *JOINED]}
    for path in [*ASKED, *JOINED]:
        query, words = case(path)
        shown[query.name].add(bool(words))
    for query in QUERIES.values():
        if query.folder in ("ask", "wikidata"):
            wanted = {True} if query.kind == "construct" else {False, True} if query.params else {False}
            assert wanted <= shown.get(query.name, set()), query.name


def test_there_are_at_least_24_questions() -> None:
    assert sum(query.folder == "ask" for query in QUERIES.values()) >= 24


@pytest.mark.parametrize("query", CHECKS, ids=lambda query: query.name)
def test_a_check_finds_what_was_planted_and_nothing_else(query: StoredQuery) -> None:
    world = open_store(":memory:")
    from pyoxigraph import RdfFormat

    world.engine.load(path=str(EXPECTED / "check" / f"{query.name}.trig"), format=RdfFormat.TRIG)
    rows = [[term.value if term else "" for term in row] for row in world.query(query.text).rows]
    expected = list(csv.reader(io.StringIO((EXPECTED / "check" / f"{query.name}.csv").read_bytes().decode("utf-8"))))
    assert rows == expected[1:] != []
    assert query.problem and query.fix and query.severity in ("error", "warning", "info")


def test_the_shipped_corpus_has_no_error_and_no_warning(store, tmp_path: Path) -> None:
    (tmp_path / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    report = build(Home(tmp_path), keep=False)
    assert [one for one in report.findings if one.severity != "info"] == [] and report.looked_at["focus nodes"] > 1000


def test_every_digest_agrees_with_the_text_and_the_evidence_covers_93_percent(texts: Path) -> None:
    from kb.check.words import compare_texts

    covers, findings = compare_texts(Home(ROOT), texts)
    assert findings == [] and len(covers) == 2
    assert all(cover.share >= 0.93 and cover.spans > 100 for cover in covers), covers


def test_the_repository_repeats_no_run_of_8_words_of_an_article(texts: Path) -> None:
    import re

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.casefold())
        return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}

    theirs = set().union(*(runs(path.read_text("utf-8")) for path in texts.glob("*.txt")))
    ours = [path for part in ("corpus", "queries", "ontology", "tests", "kb") for path in (ROOT / part).rglob("*") if path.suffix in (".yaml", ".rq", ".ttl", ".csv", ".py", ".tsv", ".trig", ".nt")]
    assert len(theirs) > 500 and len(ours) > 100
    assert [path.name for path in ours if runs(path.read_text("utf-8")) & theirs] == []
