"""Judging candidates: in a real terminal, one at a time and with a way back; and from a sheet, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sssom_pydantic

from kb.build import build
from kb.cli import _run
from kb.errors import FactFileError, InputError, StoreBusy
from kb.files import lock
from kb.home import Home
from kb.ids import DEFAULT_BASE, Mint
from kb.judgement import NO_TERM, SAME_AS, WIKIDATA, Judgement
from kb.link import (
    Changed,
    Review,
    build_index,
    file_text,
    findings,
    judgement_of,
    new_file,
    read_answer,
    read_judgements,
    read_sheet,
)
from kb.link import review as reviewing
from kb.link.answers import check_author
from tests.readme import shows
from tests.small_world import built, says, world
from tests.terminal import Terminal

ROOT = Path(__file__).parent.parent
MINT = Mint("https://example.org/kb/")
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
KB = [sys.executable, "-c", "from kb.cli import main; main()"]
PROMPT = "[?] "
DAY = "2031-05-08"


def candidate(thing: str, item: int, *, label: str = "", score: str = "0.9", predicate: str = SAME_AS) -> Judgement:
    return Judgement(
        answer="predictions", subject=MINT.entity(thing), predicate=predicate, object=f"{WIKIDATA}Q{item}", subject_label=thing.title(),
        object_label=label or thing.title(), justification="semapv:LexicalMatching", confidence=Decimal(score), comment=f"'{thing}' is '{thing}'",
    )  # fmt: skip


def ready(root: Path, *candidates: Judgement) -> Home:
    """Return an invented knowledge base with candidates: two for Ada, one for the harbour, one for the frost."""
    home = world(root, {"first": [says("ada-says-so", "ada", "emptied")]})
    found = candidates or (
        candidate("ada", 999000101, label="Ada Brink"), candidate("ada", 999000102, label="Ada Brink (singer)", score="0.8"),
        candidate("frost", 999000103, predicate=f"{SKOS}relatedMatch"), candidate("harbour", 999000104),
    )  # fmt: skip
    (home.corpus / "links").mkdir(exist_ok=True)
    put(home, "predictions", found)
    return home


def put(home: Home, kind: str, rows: Sequence[Judgement], mint: Mint = MINT) -> None:
    (home.corpus / "links" / f"{kind}.sssom.tsv").write_text(file_text(new_file(kind, rows, mint, licence=LICENCE)), "utf-8")


def files(home: Home) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted((home.corpus / "links").iterdir())}


def judged(home: Home) -> list[tuple[str, str, str]]:
    return [(one.answer, one.subject.rpartition("/")[2], one.object.rpartition("/")[2]) for one in read_judgements(home.link_files())]


def answered(desk: Review, place: int, words: str) -> Judgement:
    """Return the judgement of the candidate at `place` of those that wait."""
    waits = [one for _, many in desk.waiting() for one in many]
    return judgement_of(waits[place], read_answer(words), author=desk.author, day=DAY)


@pytest.mark.parametrize(
    ("words", "kind", "predicate", "comment"),
    [
        ("y", "yes", "", ""), ("YES", "yes", "", ""), ("n a singer", "no", "", "a singer"), ("u  perhaps", "unsure", "", "perhaps"),
        ("y broad the  town", "yes", f"{SKOS}broadMatch", "the town"), ("yes same", "yes", SAME_AS, ""), ("x", "none", "", ""),
        ("not there", "none", "", ""), ("Not there: looked long", "none", "", "looked long"), ("n: a singer", "no", "", "a singer"), ("not there looked long", "none", "", "looked long"),
        ("yes, related: a part of it", "yes", f"{SKOS}relatedMatch", "a part of it"), ("y related, hmm", "yes", f"{SKOS}relatedMatch", "hmm"),
        ("u (close)", "unsure", f"{SKOS}closeMatch", ""), ("n clsoe", "no", "", "clsoe"), ("y it is close", "yes", "", "it is close"), ("y rather sure", "yes", "", "rather sure"), ("y name and class", "yes", "", "name and class"),
        ("y those of May", "yes", "", "those of May"), ("y case closed", "yes", "", "case closed"),
        ('n a "tab\there"', "no", "", "a 'tab here'"), ("n broad", "no", "", "broad"), ("maybe", None, "", ""), ("", None, "", ""),
    ],
)  # fmt: skip
def test_an_answer_is_read(words: str, kind: str | None, predicate: str, comment: str) -> None:
    answer = read_answer(words)
    assert (answer and answer.kind) == kind
    assert answer is None or (answer.predicate, answer.comment) == (predicate, comment)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("y clsoe", "close"), ("yes realted, hmm", "related"), ("u brod", "broad"), ("y narow", "narrow"), ("y exactly", "exact"), ("y closeMatch", "close"),
        ("y skos:broadMatch", "broad"), ("y sameAs", "same"), ("y saem", "same"), ("y rel", "related"), ("y broader", "broad"), ("y nearly", ""),
    ],
)  # fmt: skip
def test_a_slip_in_how_two_are_alike_is_no_remark_on_an_identity(words: str, meant: str) -> None:
    if not meant:
        assert read_answer(words).comment
        return
    with pytest.raises(InputError, match="does not say how the two are alike") as caught:
        read_answer(words)
    assert f"did you mean '{meant}'" in caught.value.cure


@pytest.mark.parametrize(
    ("author", "good"),
    [
        ("agent:ada", True), ("agent:ada-brink.2", True), ("agent:", False), ("agent:a b", False), ("ada", False), ("", False),
        ("orcid:0000-0002-1825-0097", True), ("orcid:0000-0002-1825-0098", False), ("orcid:0000-0002-1694-233X", True), ("person:ada", False),
        ("agent:ada-", False), ("agent:ada\n", False),
    ],
)  # fmt: skip
def test_who_judges_must_have_an_id(author: str, good: bool) -> None:
    if good:
        assert check_author(author) == author
    else:
        with pytest.raises(InputError, match=r"nobody|no id|no ORCID"):
            check_author(author)


def test_each_answer_stands_in_its_file_with_who_and_when(tmp_path: Path) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    for words in ("n another one", "y", "u perhaps the frost of that year", "x looked in three places"):
        desk.judge([answered(desk, 0, words)])
    rows = read_judgements(desk.home.link_files())
    assert judged(desk.home) == [
        ("no", "ada", "Q999000101"), ("no", "harbour", "NoTermFound"), ("unsure", "frost", "Q999000103"), ("yes", "ada", "Q999000102"),
    ]  # fmt: skip
    assert {(one.author, one.date, one.justification, one.confidence) for one in rows} == {("agent:cy", DAY, "semapv:ManualMappingCuration", None)}
    assert [one.comment for one in rows] == ["another one", "looked in three places", "perhaps the frost of that year", "'ada' is 'ada'"]
    assert [one.negated for one in rows] == [True, False, False, False]
    assert desk.waiting() == []
    for path, _ in desk.home.link_files():
        sssom_pydantic.read(path)


def test_a_yes_settles_the_other_candidates_of_the_thing_and_a_related_one_does_not(tmp_path: Path) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    assert len(desk.judge([answered(desk, 0, "y related")]).settled) == 1
    assert len(desk.judge([answered(desk, 0, "y")]).settled) == 1
    assert "ada" not in files(desk.home)["predictions.sssom.tsv"]


def test_what_is_taken_back_leaves_no_trace(tmp_path: Path) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    desk.judge([answered(desk, 3, "n")])
    before = files(desk.home)
    for words in ("y", "n", "u", "x", "y broad"):
        desk.take_back(desk.judge([answered(desk, 0, words)]))
        after = {name: text for name, text in files(desk.home).items() if name in before or ".tsv:" in name}
        assert after == before
    assert judged(desk.home) == [("no", "harbour", "Q999000104")]


def not_found(thing: str) -> Judgement:
    """Return the note that an item is to be expected and none was found yet."""
    return replace(candidate(thing, 1), answer="unsure", object=NO_TERM, object_label="", confidence=None)


@pytest.mark.parametrize(
    ("words", "after", "left"),
    [
        ("y", ("yes", "ada", "Q999000101"), False), ("y exact", ("yes", "ada", "Q999000101"), False), ("x", ("no", "ada", "NoTermFound"), False),
        ("y related", ("yes", "ada", "Q999000101"), True), ("n", ("no", "ada", "Q999000101"), True), ("u", ("unsure", "ada", "Q999000101"), True),
    ],
)  # fmt: skip
def test_an_item_takes_the_place_of_the_note_that_none_was_found(tmp_path: Path, words: str, after: tuple, *, left: bool) -> None:
    home = ready(tmp_path)
    put(home, "unsure", [not_found("ada"), not_found("bo")])
    desk, before = Review(home, "agent:cy"), files(home)
    row = answered(desk, 0, words)
    assert desk.objections([row], desk.judged()) == []
    change = desk.judge([row])
    note = ("unsure", "ada", "NoTermFound")
    assert sorted(judged(home)) == sorted([after, ("unsure", "bo", "NoTermFound"), *([note] if left else [])])
    assert (change.replaced == ()) == left
    found = [one.rule for one in findings(read_judgements(home.link_files()), desk.names, MINT)]
    assert "link-judged-both-ways" not in found
    desk.take_back(change)
    assert {name: text for name, text in files(home).items() if name in before} == before


def test_a_sheet_may_name_the_item_of_what_none_was_found_for(tmp_path: Path) -> None:
    home = ready(tmp_path)
    put(home, "unsure", [not_found("ada")])
    desk = Review(home, "agent:cy")
    desk.judge(read_sheet(sheet_of(home, f"{HEAD}{ADA},yes,\n"), desk, day=DAY).rows)
    assert judged(home) == [("yes", "ada", "Q999000101")]


def test_a_judgement_that_somebody_changed_is_not_taken_back(tmp_path: Path) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    change = desk.judge([answered(desk, 0, "n")])
    path = desk.home.corpus / "links" / "no.sssom.tsv"
    path.write_text(path.read_text("utf-8").replace("agent:cy\t", "agent:bo\t"), "utf-8")
    before = files(desk.home)
    with pytest.raises(Changed):
        desk.take_back(change)
    assert files(desk.home) == before


def test_what_others_write_meanwhile_stays(tmp_path: Path) -> None:
    home = ready(tmp_path)
    one, two = Review(home, "agent:cy"), Review(home, "agent:bo")
    first, same, other = answered(one, 0, "y"), answered(two, 0, "n"), answered(two, 3, "n")
    one.judge([first])
    with pytest.raises(Changed, match=r"no candidate any more: yes in corpus/links/yes\.sssom\.tsv:\d+"):
        two.judge([same])
    two.judge([other])
    assert judged(home) == [("no", "harbour", "Q999000104"), ("yes", "ada", "Q999000101")]


def test_killed_between_the_two_files_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    row, write = answered(desk, 0, "n"), reviewing.write_atomically

    def killed(path: Path, text: str) -> None:
        if path.name.startswith("predictions"):
            raise KeyboardInterrupt
        write(path, text)

    monkeypatch.setattr(reviewing, "write_atomically", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.judge([row])
    monkeypatch.undo()
    assert judged(desk.home) == [("no", "ada", "Q999000101")]
    assert "Q999000101" in files(desk.home)["predictions.sssom.tsv"]
    assert [one.object[-3:] for _, many in desk.waiting() for one in many] == ["102", "103", "104"]
    desk.judge([answered(desk, 0, "n")])
    assert "Q99900010" in files(desk.home)["predictions.sssom.tsv"] and "Q999000101" not in files(desk.home)["predictions.sssom.tsv"]


def test_a_writer_that_does_not_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    monkeypatch.setattr(reviewing, "WAIT", 0.0)
    desk.home.cache.mkdir(exist_ok=True)
    with lock(desk.home.cache / "links.lock"), pytest.raises(StoreBusy, match="another process writes judgements"):
        desk.judge([answered(desk, 0, "n")])
    assert judged(desk.home) == []


def test_a_file_that_cannot_name_the_author_is_told_before_the_first_question(tmp_path: Path) -> None:
    home = ready(tmp_path)
    path = home.corpus / "links" / "predictions.sssom.tsv"
    path.write_text("\n".join(line for line in path.read_text("utf-8").split("\n") if "orcid" not in line), "utf-8")
    with pytest.raises(InputError, match="no prefix 'orcid'"):
        Review(home, "orcid:0000-0002-1825-0097")


@pytest.mark.parametrize(
    ("there", "row", "message"),
    [
        (("yes", candidate("bo", 999000101)), "y", "Q999000101 is 'entity/ada' here and 'entity/bo' in corpus/links/yes.sssom.tsv:15"),
        (("yes", candidate("ada", 999000177, predicate=f"{SKOS}relatedMatch")), "y", ""),
        (("no", candidate("ada", 999000101, predicate=f"{SKOS}closeMatch")), "y", "'entity/ada' and Q999000101: one thing here, no closeMatch in corpus/links/no.sssom.tsv:15"),
        (("yes", candidate("bo", 999000101)), "y related", ""),
        (("yes", candidate("bo", 999000101)), "n", ""),
    ],
)
def test_what_a_check_would_find_is_told_before_it_is_written(tmp_path: Path, there: tuple[str, Judgement], row: str, message: str) -> None:
    home = ready(tmp_path)
    desk = Review(home, "agent:cy")
    given = answered(desk, 0, row)
    put(home, there[0], [replace(there[1], answer=there[0], negated=there[0] == "no")])
    found = desk.objections([given], desk.judged())
    assert [one.message for one in found] == ([message] if message else [])


def triple(item: int, predicate: str, value: str) -> str:
    return f"<{WIKIDATA}Q{item}> <{predicate}> {value} .\n"


LABELLED, DIRECT = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.wikidata.org/prop/direct"
ITEMS = "".join([
    triple(5, LABELLED, '"human"@en'), triple(999000101, LABELLED, '"Ada Brink"@en'), triple(999000101, f"{DIRECT}/P31", f"<{WIKIDATA}Q5>"),
    triple(999000101, f"{DIRECT}/P27", f"<{WIKIDATA}Q999000107>"),
    triple(999000101, f"{DIRECT}/P569", '"1990-02-03T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'), triple(999000107, LABELLED, '"Northland"@en'),
])  # fmt: skip


def terminal(home: Home, *options: str) -> Terminal:
    return Terminal([*KB, "link", "review", *options], home.root, {"KB_REVIEWER": "agent:cy"})


def test_in_a_terminal_a_person_sees_judges_and_goes_back(tmp_path: Path) -> None:
    home = ready(tmp_path)
    built(home)
    (tmp_path / "index.nt").write_text(ITEMS, "utf-8")
    build_index([tmp_path / "index.nt"], home.link_index)
    with terminal(home) as asked:
        first = asked.until(PROMPT)
        for words in ("class: human (Q5)", "dates: born 1990-02-03", "country: Northland (Q999000107)", "Ada Brink (person)", "country: Northland", "claims: 1", "- ada-says-so says so. (first)", "Q999000101  Ada Brink", "why: 'ada' is 'ada' (0.9)"):
            assert words in first
        for keys, told in (
            ("n a singer\n", "written: no.sssom.tsv"), ("z\n", "taken back: entity/ada"), ("what\n", "y  yes, this is it"), ("s\n", "Q999000102"),
            ("y clsoe\n", "did you mean 'close'?"), ("y\n", "written: yes.sssom.tsv, the same; other candidates of it settled too: 1"), ("\n", "not there: Wikidata has no item"), ("u broad, a season\n", "written: unsure.sssom.tsv, broad match"),
            ("n \xfe\xff\x00 odd\n", "written: no.sssom.tsv"),
        ):  # fmt: skip
            asked.type(keys.encode("latin-1"))
            asked.until(told)
        assert asked.end() == 0
    assert "nothing waits for an answer" in asked.seen and "judged: 3, 1 yes, 1 no, 1 unsure; still waiting: 0" in asked.seen
    assert judged(home) == [("no", "harbour", "Q999000104"), ("unsure", "frost", "Q999000103"), ("yes", "ada", "Q999000102")]
    assert build(home).is_published


@pytest.mark.parametrize(("keys", "code"), [("q\n", 0), ("\x04", 0), ("\x03", 130), ("n half an ans\x03", 130)])
def test_stopped_at_any_point_what_was_answered_is_there(tmp_path: Path, keys: str, code: int) -> None:
    home = ready(tmp_path)
    with terminal(home) as asked:
        asked.until(PROMPT)
        asked.type("n\n")
        asked.until(PROMPT)
        asked.type(keys)
        assert asked.end() == code
    assert "judged: 1, 1 no; still waiting: 3" in asked.seen and "Traceback" not in asked.seen
    assert judged(home) == [("no", "ada", "Q999000101")]
    assert not list(home.root.rglob(".kb-*.new"))


def test_killed_at_the_prompt_what_was_answered_is_there(tmp_path: Path) -> None:
    home = ready(tmp_path)
    with terminal(home) as asked:
        asked.until(PROMPT)
        asked.type("y\n")
        asked.until(PROMPT)
        asked.process.kill()
        asked.end()
    assert judged(home) == [("yes", "ada", "Q999000101")]
    with terminal(home) as again:
        assert "Q999000103" in again.until(PROMPT)
        again.type("q\n")
        assert again.end() == 0


@pytest.mark.parametrize(("sure", "written"), [("\n", []), ("y\n", [("yes", "ada", "Q999000101"), ("yes", "bo", "Q999000101")])])
def test_an_item_on_two_things_is_asked_again(tmp_path: Path, sure: str, written: list) -> None:
    home = ready(tmp_path)
    put(home, "yes", [replace(candidate("bo", 999000101), answer="yes")])
    before = judged(home)
    with terminal(home) as asked:
        asked.until(PROMPT)
        asked.type("y\n")
        assert "! Q999000101 is 'entity/ada' here and 'entity/bo'" in asked.until("[y/N] ")
        asked.type(sure)
        asked.until(PROMPT)
        asked.type("q\n")
        assert asked.end() == 0
    assert judged(home) == (written or before)


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    home = ready(tmp_path)
    done = subprocess.run([*KB, "link", "review", "--by", "agent:cy"], cwd=home.root, input="y\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stdout == ""
    assert "this is no terminal" in done.stderr and "--from FILE" in done.stderr
    assert judged(home) == []


def test_a_sheet_may_come_from_a_pipe(tmp_path: Path) -> None:
    home = ready(tmp_path)
    command = [*KB, "link", "review", "--by", "agent:cy", "--from", "-"]
    done = subprocess.run(command, cwd=home.root, input=f"{HEAD}{ADA},yes,\n", capture_output=True, text=True, timeout=60)
    assert (done.returncode, judged(home)) == (0, [("yes", "ada", "Q999000101")]), done.stderr
    done = subprocess.run(command, cwd=home.root, input=f"{HEAD}{PORT},perhaps,\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "/dev/stdin:2: 'perhaps' is no answer" in done.stderr


HEAD = "thing,score,item,label,why,answer,comment\n"
ADA = "entity/ada,0.900,Q999000101,Ada Brink,alike"
SINGER = "entity/ada,0.800,Q999000102,Ada Brink (singer),alike"
FROST = "entity/frost,0.900,Q999000103,Frost,alike"
PORT = "entity/harbour,0.900,Q999000104,Harbour,alike"


def sheet_of(home: Home, text: str | bytes, name: str = "answers.csv") -> Path:
    path = home.root / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{ADA},yes,\n{SINGER},n,a singer\n{FROST},,\n{PORT},not there,\n",
        f"\ufeff{HEAD}{ADA},Y,\n{SINGER},NO,a singer\n{FROST},skip,\n{PORT},x,\n".replace("\n", "\r\n"),
        f"{HEAD}{ADA},yes,\n{SINGER},no,a singer\n{FROST},,\n{PORT},not there,\n".replace(",", ";"),
        "answer\titem\tthing\tcomment\nyes\twd:Q999000101\tentity:ada\t\nno\thttp://www.wikidata.org/entity/Q999000102\thttps://example.org/kb/id/entity/ada\ta singer\n"
        "not there\tQ999000104\tentity/harbour\t\n",
        '?thing\t?item\t?label\tanswer\tcomment\n"entity/ada"\t"Q999000101"\t"A \\"B\\""\tyes\t\n"entity/ada"\t"Q999000102"\t"x"\tno\ta singer\n'
        '"entity/harbour"\t"Q999000104"\t"h"\tnot there\t\n',
        f"{HEAD}{PORT},not there,\n{SINGER},no,a singer\n{FROST},,\n{ADA},yes,\n",
        f'{HEAD}"entity/ada",1,Q999000101,"one, with ""signs""\nand lines",w,yes,\n{SINGER},no,a singer\n,,,,,,\n{PORT},not there,\n',
    ],
)  # fmt: skip
def test_a_sheet_is_taken_whichever_program_saved_it(tmp_path: Path, text: str) -> None:
    home = ready(tmp_path)
    assert _run(["--dir", str(home.root), "link", "review", "--by", "agent:cy", "--from", str(sheet_of(home, text))]) == 0
    assert judged(home) == [("no", "ada", "Q999000102"), ("no", "harbour", "NoTermFound"), ("yes", "ada", "Q999000101")]
    assert {one.comment for one in read_judgements(home.link_files()) if one.answer == "no"} == {"a singer", ""}
    assert "Q999000103" in files(home)["predictions.sssom.tsv"]


def test_the_same_sheet_twice_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ready(tmp_path)
    path = sheet_of(home, f"{HEAD}{ADA},yes,\n{SINGER},no,\n{FROST},,\n{PORT},not there,\n")
    command = ["--dir", str(home.root), "link", "review", "--by", "agent:cy", "--from", str(path)]
    assert _run(command) == 0
    before = files(home)
    assert "judged: 3, 1 yes, 1 no, 1 not there; judged before: 0, without an answer: 1; still waiting: 1" in capsys.readouterr().err
    assert _run(command) == 0
    assert files(home) == before
    assert "judged: 0; judged before: 3, without an answer: 1; still waiting: 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([f"{ADA},jein,"], ["2 'jein' is no answer"]),
        ([f"{ADA},yes clsoe,"], ["2 'clsoe' does not say how the two are alike"]),
        (["entity/ada,1,Q999000105,x,y,yes,"], ["2 'Q999000105' is no candidate of 'entity/ada'"]),
        (["entity/adda,1,Q999000101,x,y,yes,"], ["2 'Q999000101' is no candidate of 'entity/adda'"]),
        ([f"{ADA},yes,", f"{ADA},no,"], ["3 answered yes (the same) in line 2 already"]),
        ([f"{ADA},yes close,", f"{ADA},yes exact,"], ["3 answered yes (close match) in line 2 already"]),
        ([f"{ADA},yes close,", f"{ADA},yes,"], ["3 answered yes (close match) in line 2 already"]),
        ([f"{ADA},yes,", f"{SINGER},yes,"], ["3 'entity/ada' is Q999000102 here and Q999000101 in SHEET:2"]),
        ([f"{ADA},yes,", f"{SINGER},not there,"], ["3 'entity/ada' has an item and has none (see SHEET:2)"]),
        ([f"{PORT},yes,", f"{FROST},perhaps,", f"{ADA},si,"], ["3 'perhaps' is no answer", "4 'si' is no answer"]),
        ([f"{ADA},yes", f"{SINGER},nope,"], ["2 6 cells under 7 columns", "3 'nope' is no answer"]),
        ([f"{ADA},\"yes,"], ["2 no CSV: unexpected end of data"]),
    ],
)  # fmt: skip
def test_of_a_sheet_with_faults_every_one_is_told_and_nothing_written(tmp_path: Path, lines: list[str], faults: list[str]) -> None:
    home = ready(tmp_path)
    before, path = files(home), sheet_of(home, HEAD + "\n".join(lines) + "\n")
    with pytest.raises(FactFileError) as caught:
        read_sheet(path, Review(home, "agent:cy"), day=DAY)
    assert [f"{fault.line} {fault.message}".replace(str(path), "SHEET") for fault in caught.value.faults] == faults
    assert all(fault.cure for fault in caught.value.faults)
    assert _run(["--dir", str(home.root), "link", "review", "--by", "agent:cy", "--from", str(path)]) == 2
    assert files(home) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thing,item\nentity/ada,Q1\n", "no column 'answer'"), ("thing,item,answr\n", "no column 'answer'"), ("", "no column 'thing'"),
        ("thing,item,answer,answer\n", "the column 'answer' stands twice"), (b"thing,item,answer\n\xff\xfe,,", "not UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_sheet_is_told(tmp_path: Path, text: str | bytes, said: str) -> None:
    home = ready(tmp_path)
    with pytest.raises(InputError) as caught:
        read_sheet(sheet_of(home, text), Review(home, "agent:cy"), day=DAY)
    assert said in str(caught.value)


def test_a_sheet_against_a_judgement_made_since_is_told(tmp_path: Path) -> None:
    home = ready(tmp_path)
    desk = Review(home, "agent:cy")
    desk.judge([answered(desk, 0, "n")])
    with pytest.raises(FactFileError, match=r"judged already: no in corpus/links/no\.sssom\.tsv:15"):
        read_sheet(sheet_of(home, f"{HEAD}{ADA},yes,\n"), desk, day=DAY)


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("yes close", "yes close", ""), ("yes close", "yes", ""), ("yes", "yes same", ""), ("no", "no", ""), ("not there", "x", ""), ("unsure broad", "u broad", ""),
        ("yes close", "yes exact", "judged already: yes (close match)"), ("yes", "yes related", "judged already: yes (the same)"), ("unsure broad", "u", ""),
        ("unsure broad", "unsure close", "judged already: unsure (broad match)"), ("no", "yes close", "judged already: no in"),
    ],
)  # fmt: skip
def test_a_later_sheet_says_what_is_judged_or_is_told(tmp_path: Path, first: str, then: str, told: str) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    desk.judge(read_sheet(sheet_of(desk.home, f"{HEAD}{ADA},{first},\n"), desk, day=DAY).rows)
    again = sheet_of(desk.home, f"{HEAD}{ADA},{then},\n")
    if told:
        with pytest.raises(FactFileError) as caught:
            read_sheet(again, desk, day=DAY)
        assert told in str(caught.value)
        return
    sheet = read_sheet(again, desk, day=DAY)
    assert (sheet.rows, sheet.told) == ((), 1)


def test_a_thing_without_an_item_is_said_once_for_all_its_candidates(tmp_path: Path) -> None:
    desk = Review(ready(tmp_path), "agent:cy")
    sheet = read_sheet(sheet_of(desk.home, f"{HEAD}{ADA},not there,\n{SINGER},not there,\n"), desk, day=DAY)
    desk.judge(sheet.rows)
    assert judged(desk.home) == [("no", "ada", NO_TERM.rpartition("/")[2])]


def test_the_readme_shows_a_review_as_it_is(tmp_path: Path, wikidata_extract: Path) -> None:
    for part in ("corpus", "ontology", "queries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    home = Home(tmp_path)
    assert build(home).is_published
    build_index([wikidata_extract], home.link_index)
    office, weapons = (replace(candidate("ada", 1), subject=f"{DEFAULT_BASE}id/entity/{name}") for name in ("ru-deputy-fm", "weapons"))
    rows = [
        replace(office, object=f"{WIKIDATA}Q20203208", object_label="Minister of Foreign Affairs of France", comment="the names are alike; its class fits the kind office"),
        replace(weapons, object=f"{WIKIDATA}Q728", object_label="weapon", predicate=f"{SKOS}exactMatch", comment="'weapons' is like 'weapon'"),
    ]
    put(home, "predictions", rows, Mint())
    with Terminal([*KB, "link", "review", "--by", "agent:ada-brink"], home.root, {}) as asked:
        for keys in ("n the minister of France\n", "q\n"):
            asked.until(PROMPT)
            asked.type(keys)
        assert asked.end() == 0
    assert shows("kb link review", asked.seen)
