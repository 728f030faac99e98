"""The derived graph: what claims disagree and agree on, derived again only where something changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_world import ENTITIES, QUESTIONS, built, says, world

from kb.build import build, graph_files
from kb.home import Home
from kb.store import open_store

PREFIXES = "PREFIX kb: <https://w3id.org/conflict-kb/ns/> PREFIX id: <https://example.org/kb/id/question/> "
NODE = "https://example.org/kb/id/question/was-it-emptied/"


def nodes(home: Home) -> set[str]:
    """Return what is derived, below the question, `contradiction/emptied/not-emptied` style."""
    query = "SELECT ?node { VALUES ?class { kb:Contradiction kb:Rivalry kb:Corroboration } ?node a ?class }"
    return {row[0].value.removeprefix(NODE) for row in open_store(home.store.resolve()).query(PREFIXES + query).rows}


def value(home: Home, node: str, property_: str) -> list[str]:
    rows = open_store(home.store.resolve()).query(f"{PREFIXES} SELECT ?x {{ <{NODE}{node}> kb:{property_} ?x }} ORDER BY ?x").rows
    return [row[0].value.rpartition("/")[2] for row in rows]


YES = says("yes", "ada", "emptied")
CASES = {
    "excluding answers by two speakers": ([YES, says("no", "bo", "not-emptied")], {"contradiction/emptied/not-emptied"}),
    "an answer and not having seen": ([YES, says("no", "bo", "unseen")], {"contradiction/emptied/unseen"}),
    "rivals": ([YES, says("part", "bo", "in-part")], {"rivalry/emptied/in-part"}),
    "answers that stand in no relation": ([says("no", "ada", "not-emptied"), says("part", "bo", "in-part")], set()),
    "one answer by one speaker twice": ([YES, says("again", "ada", "emptied")], set()),
    "one answer by two origins": ([YES, says("again", "bo", "emptied")], {"corroboration/emptied"}),
    "a collective and its member": ([says("we", "fishers", "emptied"), says("i", "bo", "emptied")], set()),
    "two members of a collective": (
        [says("we", "fishers", "emptied"), says("i", "bo", "emptied"), says("you", "cy", "emptied")], {"corroboration/emptied"},
    ),
    "a claim that gives two excluding answers to two questions only": ([YES, says("cold", "bo", "cold", "was-it-cold")], set()),
    "three ways": (
        [YES, says("no", "bo", "not-emptied"), says("none", "cy", "unseen")],
        {"contradiction/emptied/not-emptied", "contradiction/emptied/unseen"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("claims", "expected"), CASES.values(), ids=CASES)
def test_what_is_paired_and_what_is_not(tmp_path: Path, claims: list, expected: set[str]) -> None:
    home = world(tmp_path, {"one": claims})
    built(home)
    assert nodes(home) == expected


def test_a_node_has_its_members_question_kind_strength_and_rule(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [YES, says("no", "bo", "not-emptied")], "two": [says("nor", "cy", "not-emptied")]})
    built(home)
    node = "contradiction/emptied/not-emptied"
    assert value(home, node, "member") == ["no", "yes", "nor"]
    assert value(home, node, "position") == ["emptied", "not-emptied"]
    assert [value(home, node, name) for name in ("onQuestion", "questionKind", "strength", "rule")] == [
        ["was-it-emptied"], ["fact"], ["strong"], ["contradictions"],
    ]  # fmt: skip
    assert value(home, "corroboration/not-emptied", "origins") == ["2"]
    assert value(home, node, "internal") == []


@pytest.mark.parametrize(
    ("claims", "internal"),
    [
        ([YES, says("no", "ada", "not-emptied")], ["true"]),
        ([says("head", None, "emptied"), says("body", None, "not-emptied")], ["true"]),
        ([YES, says("no", "bo", "not-emptied")], []),
    ],
    ids=["one speaker", "one article", "two speakers"],
)
def test_one_voice_that_gives_both_answers_is_internal(tmp_path: Path, claims: list, internal: list[str]) -> None:
    home = world(tmp_path, {"one": claims})
    built(home)
    assert value(home, "contradiction/emptied/not-emptied", "internal") == internal


@pytest.mark.parametrize(
    ("one", "other", "same", "time"),
    [
        ("2031-05-01/2031-05-03", "2031-05-02/2031-05-09", ["true"], ["2031-05-02/2031-05-03"]),
        ("2031-04", "2031-05", ["false"], []),
        ("2031-04/..", "2031-05/..", ["true"], ["2031-05-01/.."]),
        ("../..", "../..", ["true"], []),
        ("2031-04", None, [], []),
    ],
)
def test_the_scope_is_the_time_that_both_sides_speak_of(tmp_path: Path, one: str, other: str | None, same: list[str], time: list[str]) -> None:
    sides = [says("yes", "ada", "emptied", time=one), says("no", "bo", "not-emptied", **({"time": other} if other else {}))]
    home = world(tmp_path, {"one": sides})
    built(home)
    node = "contradiction/emptied/not-emptied"
    rows = open_store(home.store.resolve()).query(f"{PREFIXES} SELECT ?t {{ <{NODE}{node}> kb:time ?t }}").rows
    assert value(home, node, "sameTime") == same and [row[0].value for row in rows] == time


@pytest.mark.parametrize(
    ("yes", "no", "same", "time"),
    [
        (["2031-01-05", "2031-12-05"], ["2031-06-05"], ["false"], []),
        (["2031-01-05", None], ["2031-06-05"], [], []),
        (["2031-06-05", None], ["2031-06-05"], ["true"], ["2031-06-05/2031-06-05"]),
        (["2031-01", "2031-03"], ["2031-01-30/2031-02-02", "2031-03-09/.."], ["true"], ["2031-01-30/2031-03-31"]),
        (["2031-01/2031-12", "2031-02"], ["2031-05", "2031-11"], ["true"], ["2031-05-01/2031-11-30"]),
    ],
    ids=["between two days of the other side", "where one is not dated", "on one day, beside one that is not dated", "at both ends", "within a long one"],
)  # fmt: skip
def test_two_sides_speak_of_one_time_only_where_two_claims_do(tmp_path: Path, yes: list, no: list, same: list[str], time: list[str]) -> None:
    claims = [
        says(f"{answer}-{number}", "ada" if answer == "emptied" else "bo", answer, **({"time": day} if day else {}))
        for answer, days in (("emptied", yes), ("not-emptied", no)) for number, day in enumerate(days)
    ]  # fmt: skip
    home = world(tmp_path, {"one": claims})
    built(home)
    node = "contradiction/emptied/not-emptied"
    rows = open_store(home.store.resolve()).query(f"{PREFIXES} SELECT ?t {{ <{NODE}{node}> kb:time ?t }}").rows
    assert value(home, node, "sameTime") == same and [row[0].value for row in rows] == time


def texts(home: Home) -> list[bytes]:
    return [path.read_bytes() for path in graph_files(home)[0]]


def test_a_changed_article_gives_the_same_derived_graph_as_a_build_of_all(tmp_path: Path) -> None:
    many = {f"article-{number}": [says("cold", "ada" if number % 2 else "bo", "cold" if number % 3 else "warm", "was-it-cold")] for number in range(12)}
    world(tmp_path, many | {"one": [YES]})
    home = Home(tmp_path)
    built(home)
    for claims in ([YES, says("no", "bo", "not-emptied")], [says("no", "bo", "not-emptied")], [says("no", "bo", "unseen"), YES]):
        world(tmp_path, {"one": claims})
        built(home)
        stepwise = texts(home)
        build(home, full=True)
        assert texts(home) == stepwise
    (home.corpus / "one.yaml").unlink()
    built(home)
    assert not any(node.startswith(("contradiction", "rivalry")) for node in nodes(home))


BASE = {
    "one": [YES, says("no", "bo", "not-emptied"), says("we", "government-of-northland", "emptied")],
    "two": [says("cold", "bo", "cold", "was-it-cold")],
    "three": [says("cold", "wim", "cold", "was-it-cold"), says("warm", "cy", "warm", "was-it-cold")],
    "four": [{"id": "plain", "subject": "harbour", "predicate": "is deep"}],
}
PREMIER = {"id": "premier", "subject": "ada", "predicate": "holds the office of", "object": "premier-of-northland", "time": "2031-05"}
THIRD = "- {id: was-it-late, label: Was it late?, kind: fact, answers: [{id: late, label: It was., excludes: early}, {id: early, label: It was not.}]}\n"
CHANGES = {
    "an article is added": ({"five": [says("warm", "sol", "warm", "was-it-cold")]}, {}, {"was-it-cold"}),
    "an article changes its answer": ({"two": [says("cold", "bo", "warm", "was-it-cold")]}, {}, {"was-it-cold"}),
    "an article changes what takes no position": ({"four": [{"id": "plain", "subject": "harbour", "predicate": "is wide"}]}, {}, set()),
    "an article is removed": ({"three": None}, {}, {"was-it-cold"}),
    "the last answers to a question are removed": ({"two": None, "three": None}, {}, {"was-it-cold"}),
    "an article takes up another question": ({"two": [says("cold", "bo", "emptied")]}, {}, {"was-it-cold", "was-it-emptied"}),
    "an answer is worded otherwise": ({}, {"questions": QUESTIONS.replace("label: In part.", "label: By half.")}, {"was-it-emptied"}),
    "an answer excludes another no more": ({}, {"questions": QUESTIONS.replace(", excludes: warm", "")}, {"was-it-cold"}),
    "a question is weaker than was thought": ({}, {"questions": QUESTIONS.replace("strong", "weak")}, {"was-it-emptied"}),
    "a question is added and answered": ({"five": [says("late", "bo", "late", "was-it-late")]}, {"questions": QUESTIONS + THIRD}, {"was-it-late"}),
    "an entity is worded otherwise": ({}, {"entities": ENTITIES.replace("Ada Brink", "Ada Brinkmann")}, set()),
    "an entity is added": ({}, {"entities": ENTITIES + "- {id: eve, kind: person, label: Eve Moor}\n"}, set()),
    "a member becomes another's": ({}, {"entities": ENTITIES.replace("label: Wim Orr, country: westland", "label: Wim Orr, member-of: fishers")}, {"was-it-cold"}),
    "an office is taken up in another article": ({"four": [PREMIER]}, {}, {"was-it-emptied"}),
    "an office changes its country": (
        {"four": [PREMIER]}, {"entities": ENTITIES.replace("Premier of Northland, country: northland", "Premier of Northland, country: southland")},
        {"was-it-emptied"},
    ),
    "an office is denied": ({"four": [PREMIER | {"polarity": "negated"}]}, {}, set()),
    "an office is told of long ago": ({"four": [PREMIER | {"time": "1990/1995"}]}, {}, {"was-it-emptied"}),
    "an office that nobody else names": (
        {"four": [PREMIER | {"subject": "sol", "object": "premier-of-southland"}]}, {}, set(),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("base")
    built(world(root, BASE))
    return root


@pytest.mark.parametrize(("articles", "files", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_derives_its_questions_alone_and_gives_what_a_build_of_all_gives(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch, articles: dict, files: dict, expected: set[str]
) -> None:
    from kb.build import derived

    asked: list[str] = []
    bind = derived.query.bind
    shutil.copytree(base, tmp_path, dirs_exist_ok=True, symlinks=True)
    home = world(tmp_path, {name: claims for name, claims in articles.items() if claims is not None}, **files)
    for name in (name for name, claims in articles.items() if claims is None):
        (home.corpus / f"{name}.yaml").unlink()
    monkeypatch.setattr(derived.query, "bind", lambda one, values: asked.extend(values.get("question", ["all"])) or bind(one, values))
    report = built(home)
    assert {name.rpartition("/")[2] for name in asked} == expected and report.derived == len(expected)
    stepwise = texts(home)
    build(home, full=True)
    assert texts(home) == stepwise


def test_only_the_questions_of_changed_articles_are_derived_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.build import derived

    asked = []
    bind = derived.query.bind
    monkeypatch.setattr(derived.query, "bind", lambda one, values: asked.append(values) or bind(one, values))
    home = world(tmp_path, {"one": [YES], "two": [says("cold", "bo", "cold", "was-it-cold")]})
    built(home)
    assert asked == [{}] * 3
    asked.clear()
    world(tmp_path, {"two": [says("cold", "bo", "warm", "was-it-cold")]})
    built(home)
    assert [values["question"] for values in asked] == [["https://example.org/kb/id/question/was-it-cold"]] * 3


def test_an_office_taken_up_in_another_article_folds_the_origins_of_all(tmp_path: Path) -> None:
    answers = [YES, says("we", "government-of-northland", "emptied")]
    home = world(tmp_path, {"one": answers, "two": [says("cold", "bo", "cold", "was-it-cold")]})
    built(home)
    assert nodes(home) == {"corroboration/emptied"}
    office = {"id": "premier", "subject": "ada", "predicate": "holds the office of", "object": "premier-of-northland", "time": "2031-05"}
    world(tmp_path, {"two": [office]})
    built(home)
    assert nodes(home) == set()


def test_iris_hang_below_the_question_whatever_the_base(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [YES, says("no", "bo", "not-emptied")]}, base="http://localhost:8000/")
    built(home)
    query = "SELECT ?node { ?node a kb:Contradiction }"
    [[node]] = open_store(home.store.resolve()).query(PREFIXES + query).rows
    assert node.value == "http://localhost:8000/id/question/was-it-emptied/contradiction/emptied/not-emptied"


def test_a_damaged_derived_graph_would_be_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.build import derived

    home = world(tmp_path, {"one": [YES, says("no", "bo", "not-emptied")]})
    whole = derived._triples
    monkeypatch.setattr(derived, "_triples", lambda *given: (line for line in whole(*given) if "/position>" not in line))
    report = build(home)
    assert not report.is_published
    assert {(one.rule, one.path) for one in report.findings if one.severity == "error"} >= {("Clash-two-sides", "corpus/questions.yaml")}


def test_a_query_that_derives_without_a_question_is_refused(tmp_path: Path) -> None:
    from kb.errors import InputError

    home = world(tmp_path, {"one": [YES]})
    folder = tmp_path / "queries" / "derive"
    folder.mkdir(parents=True)
    (folder / "all.rq").write_text("#+ summary: All?\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }\n", "utf-8")
    with pytest.raises(InputError, match="parameter `question`"):
        build(home)
