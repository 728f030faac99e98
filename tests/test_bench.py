"""The benchmark's corpora: the same for a seed, well formed, and wrong only where they are meant to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import copies
from bench.faults import FAULTS
from bench.generate import generate
from bench.ours import run
from bench.report import growth_table, query_table, table
from bench.world import make_world


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_seed_always_gives_the_same_corpus(tmp_path: Path) -> None:
    for name, seed in (("first", 7), ("again", 7), ("other", 8)):
        generate(tmp_path / name, articles=4, seed=seed, faults=2)
    first = content(tmp_path / "first")
    assert first == content(tmp_path / "again")
    assert first.keys() == content(tmp_path / "other").keys() and first != content(tmp_path / "other")


def test_a_corpus_without_planted_faults_has_no_findings(tmp_path: Path) -> None:
    assert generate(tmp_path, articles=4) == []
    found = run(tmp_path, tmp_path / "cache")
    assert found["articles"] == 4 and found["claims"] >= 48 and found["findings"] == []


def test_every_planted_fault_is_found_and_nothing_else(tmp_path: Path) -> None:
    planted = generate(tmp_path, articles=len(FAULTS), faults=len(FAULTS))
    assert {one["fault"] for one in planted} == set(FAULTS)
    found = {(focus.rpartition("/id/")[2], rule) for focus, rule in run(tmp_path, tmp_path / "cache")["findings"]}
    assert found == {(one["focus"], one["rule"]) for one in planted}


def test_more_faults_than_articles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one fault an article"):
        generate(tmp_path, articles=2, faults=3)


def test_the_world_grows_with_the_corpus_and_names_nothing_twice() -> None:
    world = make_world(2000, 1)
    idents = [one["id"] for records in [*world.entities.values(), world.events] for one in records]
    assert 440 <= len(idents) - len(world.events) <= 460 and len(set(idents)) == len(idents)


def test_a_capped_step_is_written_as_at_least() -> None:
    ours = {"claims": 10, "quads": 90, "cpu": dict.fromkeys(("read", "map", "load", "check"), 1.0), "memory": 5, "queries": {"q": 0.001}}
    ours["seconds"] = ours["cpu"]
    usual = {"cpu": {"read": 5.0, "load": 9.0, "check": -60.0}, "memory": 9, "queries": {"q": -60.0}}
    usual["seconds"] = usual["cpu"]
    build = {"full": {"cpu": 1.0, "seconds": 2.0, "memory": 3}}
    one = {"articles": 2, "load": (0.0, 0.0, 0.0), "ours": ours, "naive": usual, "build": build}
    assert "| check | 1 | ≥ 60 | ≥ 60.0 |" in table(one)
    assert "| q | 1.0 | ≥ 60,000.0 | ≥ 60,000.0 |" in query_table(one)
    more = {**one, "ours": {**ours, "claims": 100}}
    assert "| map, CPU s | 1 | 1 | 0.00 |" in growth_table([one, more])


def test_every_planted_copy_is_found_and_nothing_else() -> None:
    [line] = copies.report([60])
    assert line.startswith("60 texts: 6 of 6 planted found, 0 others;")
