"""Stores in memory and in folders: made, changed, opened, and refused with a sentence when damaged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import QuerySyntaxError, StoreError
from kb.rows import Term
from kb.store import LocalStore, RemoteStore, create_store, open_store, parse_quads, store_ok, syntax_error, update_store

GRAPH = "https://example.org/graph/{}"


def quad(thing: str, value: str, graph: str) -> str:
    return f'<https://example.org/{thing}> <https://example.org/says> "{value}" <{GRAPH.format(graph)}> .\n'


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "quads"
    folder.mkdir()
    for name in ("north", "south"):
        lines = sorted(quad(f"{name}-{number}", f"text {number}", name) for number in range(20))
        (folder / f"{name}.nq").write_text("".join(lines))
    return sorted(folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path, files: list[Path]) -> Path:
    create_store(tmp_path / "store", files)
    return tmp_path / "store"


def count(where: Path) -> int:
    [[term]] = open_store(where).query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows
    return int(term.value)


def test_a_store_made_of_files_holds_every_quad(tmp_path: Path, files: list[Path]) -> None:
    assert create_store(tmp_path / "store", files) == 40
    assert count(tmp_path / "store") == 40
    assert store_ok(tmp_path / "store")


def test_a_file_without_a_last_line_end_does_not_run_into_the_next(tmp_path: Path, files: list[Path]) -> None:
    files[0].write_text(files[0].read_text().rstrip("\n"))
    assert create_store(tmp_path / "store", files) == 40


def test_a_line_in_two_files_is_one_quad(tmp_path: Path, files: list[Path]) -> None:
    assert create_store(tmp_path / "store", [*files, files[0]]) == 40


def test_the_files_of_a_large_store_are_merged(tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.store import folder as where

    monkeypatch.setattr(where, "MERGED_FROM", 39)
    assert create_store(tmp_path / "store", files) == 40 == len(open_store(tmp_path / "store"))
    assert store_ok(tmp_path / "store")


def test_broken_quads_make_no_store(tmp_path: Path, files: list[Path]) -> None:
    files[1].write_text("<https://example.org/a> <no iri> .\n")
    with pytest.raises(StoreError, match="run `kb build`"):
        create_store(tmp_path / "store", files)
    assert not (tmp_path / "store").exists()


def test_a_store_is_never_made_over_another(folder: Path, files: list[Path]) -> None:
    with pytest.raises(StoreError, match="this one exists"):
        create_store(folder, files)
    assert store_ok(folder)


def test_a_change_makes_a_new_store_and_leaves_the_old(tmp_path: Path, folder: Path) -> None:
    new = tmp_path / "changed.nq"
    new.write_text(quad("south-1", "other", "south") + quad("west-1", "new", "west"))
    assert update_store(folder, tmp_path / "next", [GRAPH.format("south"), GRAPH.format("never-was")], [new]) == 22
    assert count(tmp_path / "next") == 22
    assert count(folder) == 40
    assert store_ok(tmp_path / "next")
    assert store_ok(folder)


def test_what_did_not_change_is_shared_by_hard_links(tmp_path: Path, folder: Path) -> None:
    update_store(folder, tmp_path / "next", [], [])
    tables = list(folder.glob("*.sst"))
    assert tables
    assert all((tmp_path / "next" / path.name).stat().st_nlink == 2 for path in tables)


def test_changes_can_follow_on_changes(tmp_path: Path, folder: Path, files: list[Path]) -> None:
    old = folder
    for number in range(5):
        new = tmp_path / f"store-{number}"
        assert update_store(old, new, [GRAPH.format("south")], [files[1]]) == 40
        old = new
    assert count(old) == 40


def test_adding_to_a_graph_that_was_not_removed_is_refused(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "more.nq").write_text(quad("south-99", "more", "south"))
    with pytest.raises(StoreError, match="took other than 1 quads"):
        update_store(folder, tmp_path / "next", [], [tmp_path / "more.nq"])
    assert not (tmp_path / "next").exists()


def test_a_folder_store_cannot_be_written(folder: Path) -> None:
    with pytest.raises((OSError, RuntimeError)):
        open_store(folder).load([quad("x", "y", "z")])


def test_a_store_opened_through_a_link_stays_when_the_link_is_swapped(tmp_path: Path, folder: Path) -> None:
    update_store(folder, tmp_path / "next", [GRAPH.format("south")], [])
    link = tmp_path / "current"
    link.symlink_to(folder)
    store = open_store(link)
    os.replace(_link(tmp_path, tmp_path / "next"), link)
    assert len(store.query("SELECT ?s WHERE { ?s ?p ?o }").rows) == 40
    assert count(link) == 20


def _link(folder: Path, target: Path) -> Path:
    (folder / "aside").symlink_to(target)
    return folder / "aside"


def _set_note(key: str, value: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        note = json.loads((folder / "kb.json").read_text())
        (folder / "kb.json").write_text(json.dumps(note | {key: value}))

    return change


def _halve(pattern: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        for path in folder.glob(pattern):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return change


def _flip(folder: Path) -> None:
    for path in folder.glob("*.sst"):
        path.write_bytes(bytes(byte ^ 0x55 for byte in path.read_bytes()))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_halve("MANIFEST*"), "the store is damaged"),
        (_halve("*.sst"), "the store is damaged"),
        (lambda folder: next(folder.glob("*.sst")).unlink(), "the store is damaged"),
        (_flip, "cannot be opened or made: Corruption"),
        (lambda folder: (folder / "CURRENT").write_text("x" * (folder / "CURRENT").stat().st_size), "cannot be opened or made"),
        (lambda folder: (folder / "CURRENT").unlink(), "there is no store here"),
        (_halve("kb.json"), "cannot be opened or made"),
        (lambda folder: (folder / "kb.json").write_text("[]"), "cannot be opened or made"),
        (_set_note("format", 99), "made by another version"),
        (_set_note("engine", "pyoxigraph 0.1"), r"made by another version \(pyoxigraph 0.1, we have"),
    ],
)
def test_a_damaged_store_and_one_of_another_version_say_so(folder: Path, harm: Callable[[Path], object], message: str) -> None:
    harm(folder)
    assert not store_ok(folder)
    with pytest.raises(StoreError, match=message) as error:
        open_store(folder).query("ASK { ?s ?p ?o }")
    assert "kb build" in error.value.cure


def test_damage_in_an_index_is_told_when_it_is_read(folder: Path) -> None:
    for path in folder.glob("*.sst"):
        text = bytearray(path.read_bytes())
        text[10:40] = bytes(30)
        path.write_bytes(text)
    with pytest.raises(StoreError, match="kb build"):
        open_store(folder).query("SELECT * WHERE { ?s ?p ?o }")


@pytest.mark.parametrize("where", ["nowhere", "."])
def test_a_folder_without_a_store_says_so(tmp_path: Path, where: str) -> None:
    with pytest.raises(StoreError, match="there is no store here") as error:
        open_store(tmp_path / where)
    assert "kb build" in error.value.cure
    assert not store_ok(tmp_path / where)


def test_a_store_of_other_hands_is_taken_as_it_is(folder: Path) -> None:
    (folder / "kb.json").unlink()
    assert count(folder) == 40
    assert not store_ok(folder)


@pytest.fixture
def memory() -> LocalStore:
    store = open_store(":memory:")
    store.load(
        [
            quad("a", "one", "north"),
            '<https://example.org/a> <https://example.org/n> "5"^^<http://www.w3.org/2001/XMLSchema#integer> .',
            '<https://example.org/a> <https://example.org/in> "fünf"@de <https://example.org/graph/south> .',
        ]
    )
    return store


def test_a_query_reads_the_union_of_all_graphs_as_terms(memory: LocalStore) -> None:
    result = memory.query("SELECT ?o ?none WHERE { <https://example.org/a> ?p ?o } ORDER BY ?p")
    assert result.columns == ("o", "none")
    assert result.rows == (
        (Term("literal", "fünf", lang="de"), None),
        (Term("literal", "5", datatype="http://www.w3.org/2001/XMLSchema#integer"), None),
        (Term("literal", "one"), None),
    )


def test_triples_come_sorted_and_once(memory: LocalStore) -> None:
    result = memory.query("CONSTRUCT { ?s a <b:c> . ?s a <b:a> } WHERE { ?s ?p ?o }")
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert result.triples == "".join(f"<https://example.org/a> {rdf_type} <b:{name}> .\n" for name in "ac")


def test_a_truth_is_a_boolean(memory: LocalStore) -> None:
    assert memory.query("ASK { ?s ?p 5 }").boolean is True
    assert memory.query("ASK { ?s ?p 6 }").boolean is False


def test_a_query_that_is_not_sparql_tells_the_line(memory: LocalStore) -> None:
    with pytest.raises(QuerySyntaxError, match=r"the query is not SPARQL 1\.1") as error:
        memory.query("SELECT ?s WHERE { ?s ?p ?o }\nORDER ?s")
    assert (error.value.line, error.value.cure) == (2, "expected BY")


def test_pages_of_character_classes_are_not_shown() -> None:
    assert syntax_error("error at 1:24: expected one of '$',\n['A' ..= 'Z']").cure == ""


def test_quads_are_read_from_lines_with_and_without_line_ends() -> None:
    assert len(list(parse_quads([quad("a", "x", "g"), quad("b", "y", "g").rstrip("\n")]))) == 2


def test_an_address_is_an_endpoint() -> None:
    assert isinstance(open_store("http://127.0.0.1:7878/query"), RemoteStore)
