"""The benchmark's corpora: the same for a seed, well formed, and wrong only where they are meant to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench import cases, compared, copies
from bench.faults import FAULTS
from bench.generate import generate
from bench.names import look_up, names, queries, run_step, write_extract
from bench.names import report as names_report
from bench.ours import run
from bench.plan import make_plan
from bench.report import compare_table, growth_table, query_table, table
from bench.world import make_world

from kb.build import build
from kb.home import Home


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


def test_every_planted_disagreement_is_found_and_nothing_else(tmp_path: Path) -> None:
    generate(tmp_path, articles=60)
    report = build(Home(tmp_path))
    assert report.is_published and not report.findings and report.derived == report.counts["questions"]
    found = compared.run(tmp_path)
    assert found["same claims"] and found["not as planted"] == found["not as planted in the graph"] == []
    assert found["planted"] >= 25 and found["claims"] >= 240
    planted = tmp_path / "disagreements.json"
    less = json.loads(planted.read_text("utf-8"))
    less["nodes"].pop()
    planted.write_text(json.dumps(less), "utf-8")
    assert [one["side"] for one in compared.run(tmp_path)["not as planted"]] == ["found"]


def test_each_kind_of_case_is_planted_and_most_questions_have_few_claims() -> None:
    plan = make_plan(1000, 1)
    nodes = plan.disagreements()["nodes"]
    assert {case.stem.rpartition("-")[0] for case in plan.cases} >= {name.__name__.strip("_").replace("_", "-") for name in cases._TEMPLATES}
    assert {one["node"].split("/")[1] for one in nodes} == {"contradiction", "rivalry", "corroboration"}
    assert {one["strength"] for one in nodes} == {"strong", "medium", "weak"}
    assert {scope for one in nodes for scope in one.get("scopes", ())} == {cases.BETWEEN, cases.SPEAKER, cases.ARTICLE}
    assert {one["same_time"] for one in nodes if "same_time" in one} == {True, False, None}
    sizes = sorted(len(one) for one in by_question(plan.given).values())
    claims = sorted(sum(one) for one in by_question(plan.given).values())
    assert max(sizes) == 3 and claims[-1] > 15 * claims[len(claims) // 2] and 3600 < sum(claims) < 4400


def by_question(given: dict[str, int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for answer, count in given.items():
        found.setdefault(answer.partition("/")[0], []).append(count)
    return found


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


def test_the_comparison_s_growth_is_told_by_claims_that_take_a_position() -> None:
    one = {
        "claims": 100, "questions": 9, "planted": 7, "cpu": {"compare": 1.0, "table": 0.5}, "not as planted": [{"side": "planted"}],
        "not as planted in the graph": [{"side": "found"}],
    }  # fmt: skip
    build_ = {"full": {"derived": 9}, "one edited": {"derived": 2, "cpu": 0.25}}
    more = one | {"claims": 10_000, "cpu": {"compare": 10.0, "table": 5.0}}
    text = compare_table([{"articles": 10, "compare": one, "build": build_}, {"articles": 1000, "compare": more, "build": build_}])
    assert "| 10 | 100 | 9 | 7, 6 | 1 | 1 | 0.5 |  | 9 | 2 | 0.25 |" in text
    assert "| 1,000 | 10,000 | 9 | 7, 6 | 1 | 10 | 5 | 0.50 | 9 | 2 | 0.25 |" in text


def test_generated_names_are_the_same_for_a_seed_and_can_be_looked_up(tmp_path: Path) -> None:
    assert list(names(300, 7)) == list(names(300, 7)) != list(names(300, 8))
    assert len(queries(100, 300, 7)) == 100
    write_extract(tmp_path / "labels.tsv", 300, 7)
    built = run_step("build", 300, 7, tmp_path / "labels.tsv", tmp_path / "index")
    found = look_up(tmp_path / "index", 300, 7, count=100)
    assert built["items"] == 300 and found["with one"] > 60
    shown = names_report({"labels": 300, "extract bytes": 1, "index bytes": 1} | built | found | {"look memory": 1 << 20})
    assert shown.startswith("| 300 labels | |") and "look-up, wall | median" in shown
