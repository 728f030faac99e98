"""`kb compare` as a user meets it: a contradiction is no error, an unknown name is answered with the nearest."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_world import built, says, world
from test_copies import AFTER, BEFORE, EDITED, WIRE, texts_of

KB = [sys.executable, "-c", "from kb.cli import main; main()"]


def kb(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*KB, *words], cwd=at, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"}, timeout=120)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    claims = [
        says("y", "ada", "emptied"), says("n", "bo", "not-emptied"),
        says("c", "wim", "cold", "was-it-cold"), says("d", "ada", "warm", "was-it-cold"),
    ]  # fmt: skip
    home = world(tmp_path_factory.mktemp("comparing"), {"one": claims})
    built(home)
    return home.root


def test_a_contradiction_is_a_result_and_no_error(here: Path) -> None:
    done = kb("compare", at=here)
    assert done.returncode == 0 and done.stderr == ""
    assert "contradiction: emptied excludes not-emptied, between speakers" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("2 questions, 4 claims: 2 contradictions and 0 rivalries")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--question", "was-it-emptied"], 1), (["--question", "Was it cold?"], 1), (["--question", "was-it-cold", "--question", "was-it-emptied"], 2),
        (["--entity", "Bo Lund"], 1), (["--entity", "ada"], 2), (["--kind", "fact"], 1), (["--kind", "fact", "--kind", "evaluation"], 2),
        (["--min-strength", "weak"], 1), (["--as-of", "2031-05-07"], 2), (["--as-of", "2031-05-06"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_an_option_narrows_what_is_compared(here: Path, words: list[str], count: int) -> None:
    done = kb("compare", *words, "--format", "jsonl", at=here)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == count, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--question", "was-it-emptid"], "did you mean 'was-it-emptied'"), (["--entity", "Bo Lunt"], "Bo Lund"),
        (["--kind", "fakt"], "did you mean 'fact'"), (["--min-strength", "stronk"], "did you mean 'strong'"),
        (["--as-of", "yesterday"], "write it like 2031-05-04"), (["--propose", "--format", "turtle"], "table, json, jsonl or csv"),
        (["--as-of", "2031-W19"], "write it like 2031-05-04"), (["--as-of", "2031-05"], "write it like 2031-05-04"), (["--as-of", "20310507"], "is not a day"),
        (["--entity", ""], "no entity ''"), (["--question", ""], "no question ''"), (["--kind", ""], "--kind: no ''"),
        (["--min-strength", ""], "--min-strength: no ''"), (["--pairs", "--format", "turtle"], "table, json, jsonl or csv"),
        (["--propose", "--question", "nope", "--kind", "junk", "--as-of", "junk"], "leave out --question, --kind, --as-of"),
        (["--propose", "--pairs"], "leave out --pairs"), (["--propose", "--entity", "ada"], "leave out --entity"),
        (["--propose", "--min-strength", "weak"], "leave out --min-strength"), (["--copies", "--question", "nope"], "leave out --question"),
        (["--copies", "--entity", "", "--pairs"], "leave out --entity, --pairs"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_an_unknown_word_ends_with_2_and_the_nearest(here: Path, words: list[str], said: str) -> None:
    done = kb("compare", *words, at=here)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""


def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    world(tmp_path, {"one": [says("y", "ada", "emptied")]})
    done = kb("compare", at=tmp_path)
    assert done.returncode == 2 and "kb build" in done.stderr


def test_each_format_is_what_it_says(here: Path) -> None:
    import pyoxigraph

    assert len(json.loads(kb("compare", "--format", "json", at=here).stdout)["questions"]) == 2
    assert len(list(csv.DictReader(io.StringIO(kb("compare", "--format", "csv", at=here).stdout)))) == 4
    rows = list(csv.DictReader(io.StringIO(kb("compare", "--pairs", "--format", "csv", at=here).stdout)))
    assert [row["scope"] for row in rows] == ["between speakers"] * 2
    turtle = kb("compare", "--format", "turtle", at=here).stdout
    triples = list(pyoxigraph.parse(turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE))
    assert sum(triple.object.value.endswith("/Contradiction") for triple in triples if not isinstance(triple.object, pyoxigraph.Literal)) == 2


def test_proposals_come_in_each_format_of_rows(here: Path) -> None:
    for format_ in ("table", "json", "jsonl", "csv"):
        done = kb("compare", "--propose", "--format", format_, at=here)
        assert done.returncode == 0, done.stderr
    assert kb("compare", "--propose", at=here).stdout.endswith("propose 0 that are not\n")


def test_rows_hold_whatever_a_claim_says(tmp_path: Path) -> None:
    """A cell of several IRIs, and one that begins like an IRI and is none; what begins like a formula is guarded."""
    odd = {"label": '"http://x.example/a|b"'}
    hit = {"cause": "frost", "recipient": "fishers", "event": "emptying", "type": "movement"}
    claims = [
        says("y", "ada", "emptied", impact="none", **odd, **hit), says("n", "bo", "not-emptied", impact="severe", **hit),
        says("f", "wim", "unseen", label='"=1+1"', impact="some", **hit),
    ]  # fmt: skip
    built(world(tmp_path, {"one": claims}))
    for words in ([], ["--pairs"], ["--propose"]):
        done = kb("compare", *words, "--format", "csv", at=tmp_path)
        assert done.returncode == 0, done.stderr
        cells = [cell for row in csv.reader(io.StringIO(done.stdout)) for cell in row]
        assert ("http://x.example/a|b" in cells and "'=1+1" in cells) or words == ["--propose"]


def test_a_wire_is_found_by_the_questions_that_it_answers(tmp_path: Path) -> None:
    heads = {"one": "  publisher: post\n  origin: [north-wire]\n  author: [bo, cy]\n  published: 2031-05-07\n"}
    built(world(tmp_path, {"one": [says("y", None, "emptied")]}, heads))
    shown = {name: len(kb("compare", "--entity", name, "--format", "jsonl", at=tmp_path).stdout.splitlines()) for name in ("North Wire", "cy", "wim")}
    assert shown == {"North Wire": 1, "cy": 1, "wim": 0}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of two articles of which one copies the other, its texts in a folder of their own."""
    return texts_of(tmp_path_factory.mktemp("copies"), {"one": BEFORE + WIRE, "two": EDITED + AFTER}, {}, "elsewhere").root


def test_copies_come_in_each_format_of_rows_and_show_no_word_of_a_text(texts: Path) -> None:
    shown = {format_: kb("compare", "--copies", "--texts", "elsewhere", "--format", format_, at=texts) for format_ in ("table", "json", "jsonl", "csv")}
    assert {done.returncode for done in shown.values()} == {0} and "herring" not in "".join(done.stdout + done.stderr for done in shown.values())
    assert shown["table"].stdout.endswith("looked at 2 texts of 2 articles; passages alike: 1; of one origin already: 1; proposed as of one origin: 0\n")
    [copy] = json.loads(shown["json"].stdout)["copies"]
    assert copy == json.loads(shown["jsonl"].stdout) and [side["article"][-4:] for side in copy["passages"]] == ["/one", "/two"]
    [row] = csv.DictReader(io.StringIO(shown["csv"].stdout))
    assert (int(row["start"]), row["signature"]) == (copy["passages"][0]["start"], "words") and "passages alike: 1" in shown["csv"].stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--copies"], "--texts"), (["--copies", "--texts", "nowhere"], "is no folder"), (["--copies", "--texts", "corpus"], "no text of an article"),
        (["--copies", "--texts", "elsewhere", "--format", "turtle"], "table, json, jsonl or csv"), (["--texts", "elsewhere"], "kb compare --copies"),
        (["--copies", "--propose"], "stands alone"), (["--texts", "elsewhere", "--propose"], "kb compare --copies"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_copies_cannot_be_looked_for_in_ends_with_2_and_the_cure(texts: Path, words: list[str], said: str) -> None:
    done = kb("compare", *words, at=texts)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""
