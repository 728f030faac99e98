"""Links looked at again: against a real SPARQL server on this machine that holds what became of invented items."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path

import pyoxigraph
import pytest
from faulty_endpoint import at, faulty_endpoint, waits_for_answers
from wikidata.server import command, serve

from kb.build import build
from kb.cli import _run, asking, renewing
from kb.endpoint import ask, client
from kb.errors import InputError, RemoteError
from kb.facts import read_names
from kb.home import Home
from kb.ids import Mint
from kb.judgement import NO_TERM, SAME_AS, WIKIDATA, Judgement
from kb.link import OfficeClaim, Seen, drift, file_text, from_wikidata, new_file, read_judgements
from kb.link.wikidata import BATCH, Moment, items_now, statements_of
from kb.rows import Result, literal
from tests.readme import shows
from tests.small_world import built, says, world
from tests.terminal import Terminal

MINT = Mint("https://example.org/kb/")
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
ROOT = Path(__file__).parent.parent
SKOS = "http://www.w3.org/2004/02/skos/core#"
DRIFTED = Path(__file__).parent / "wikidata" / "drift.ttl"


@pytest.fixture(scope="module")
def changed(wikidata_extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real SPARQL server that holds the extract and what became of the invented items."""
    if command() is None:
        pytest.skip("the command `oxigraph` is not installed (pip install oxigraph)")
    folder = tmp_path_factory.mktemp("drift")
    more = pyoxigraph.serialize(pyoxigraph.parse(path=str(DRIFTED), format=pyoxigraph.RdfFormat.TURTLE), format=pyoxigraph.RdfFormat.N_TRIPLES)
    (folder / "all.nt").write_bytes(wikidata_extract.read_bytes() + more)
    with serve(folder / "all.nt", folder / "store") as url:
        yield url


@pytest.fixture(scope="module")
def bad() -> Iterator[ThreadingHTTPServer]:
    with faulty_endpoint() as server:
        yield server


def link(thing: str, item: int, label: str = "", answer: str = "yes", **more: object) -> Judgement:
    row = {"predicate": SAME_AS, "justification": "semapv:ManualMappingCuration", "negated": answer == "no", "path": f"{answer}.sssom.tsv", "line": 15}
    row |= {"author": "agent:cy", "date": "2021-05-08"} | more
    return Judgement(answer=answer, subject=MINT.entity(thing), object=f"{WIKIDATA}Q{item}", subject_label=thing, object_label=label, **row)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory):
    return read_names(world(tmp_path_factory.mktemp("names"), {"first": [says("ada-says-so", "ada", "emptied")]}).name_files())


def found(url: str, names: object, *rows: Judgement, held: tuple[OfficeClaim, ...] = ()) -> list[str]:
    done = drift(lambda text: ask(url, text), rows, names, MINT, held)
    return sorted(f"{one.severity} {one.rule}: {one.message}" for one in done.findings)


DOV = link("dov", 999001010, "Dov Kest")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (link("harbour", 999001002, "Harbour"), []),
        (link("harbour", 999001001, "Harbour"), ["warning link-item-merged: Q999001001 was merged into Q999001002"]),
        (link("harbour", 999001001, "Harbour", "no"), ["warning link-item-merged: Q999001001 was merged into Q999001002"]),
        (link("harbour", 999001003, "Harbour"), ["error link-item-gone: Q999001003 is there no more: no statement is left"]),
        (link("harbour", 999001003, "Harbour", "no"), ["info link-item-gone: Q999001003 is there no more: no statement is left"]),
        (link("ada", 999001004, "Ada Brink"), ["warning link-label-changed: Q999001004 was 'Ada Brink' and is 'Ada B. Brink' now"]),
        (link("ada", 999001004, "Ada Brink", "unsure"), ["info link-label-changed: Q999001004 was 'Ada Brink' and is 'Ada B. Brink' now"]),
        (link("ada", 999001004, "Ada Brink", "no"), []),
        (link("ada", 999001004, "(label not at hand)"), []),
        (link("ada", 999001004, "Ada B. Brink", version="5000004"), []),
        (link("ada", 999001004, "Ada B. Brink", version="4999999"), ["info link-item-edited: Q999001004 was edited since: revision 5000004, judged at 4999999"]),
        (link("town", 999001006, "Town"), []),
        (link("westland", 999001005, "Westland"), ["warning link-class-unfit: Q999001005 is of the class human (Q5), which does not fit the kind state"]),
        (link("ada", 999001006, "Town"), ["warning link-class-unfit: Q999001006 is of the class city (Q515), which does not fit the kind person"]),
        (link("ada", 999001006, "Town", "unsure"), []),
        (link("ada", 999001006, "Town", predicate=f"{SKOS}relatedMatch"), []),
        (link("ada", 999001008, "Storm"), []),
    ],
)  # fmt: skip
def test_what_became_of_an_item_is_told(changed: str, names: object, row: Judgement, told: list[str]) -> None:
    assert found(changed, names, row, DOV) == told


def test_a_merger_into_an_item_that_is_judged_too_says_where(changed: str, names: object) -> None:
    rows = (link("harbour", 999001001, "Harbour", "no"), link("town", 999001002, "Harbour", line=77))
    assert found(changed, names, *rows) == [
        "warning link-item-merged: Q999001001 was merged into Q999001002; Q999001002 is judged yes for 'entity/town' in yes.sssom.tsv:77"
    ]


@pytest.mark.parametrize(("today", "told"), [("2021-05-07", ["link-dated-ahead"]), ("2021-05-08", []), ("", [])])
def test_a_judgement_of_a_later_day_is_told(changed: str, names: object, today: str, told: list[str]) -> None:
    done = drift(lambda text: ask(changed, text), [DOV], names, MINT, today=today)
    assert [one.rule for one in done.findings] == told


@pytest.mark.parametrize(
    ("office", "earliest", "latest", "told"),
    [
        (999001020, "2021-01-01", "2021-01-01", ""),
        (999001020, "2020-06-01", "2020-06-01", ""),
        (999001020, "2022-03-04", "2022-04-01", ""),
        (999001020, "2022-03-05", "2022-03-05", "warning link-office-not-held: Q999001010 held Q999001020 (office) 2020 to 2022-03-04, and a claim says 2022-03-05"),
        (999001020, "2019-01-01", "2019-12-31", "warning link-office-not-held: Q999001010 held Q999001020 (office) 2020 to 2022-03-04, and a claim says 2019-01-01 to 2019-12-31"),
        (999001020, "", "", ""),
        (999001020, "2022-03-05", "", "warning link-office-not-held: Q999001010 held Q999001020 (office) 2020 to 2022-03-04, and a claim says 2022-03-05 to …"),
        (999001022, "2031-05-31", "2031-05-31", ""),
        (999001022, "2031-04-30", "2031-04-30", "warning link-office-not-held: Q999001010 held Q999001022 (office) 2031-05 to …, and a claim says 2031-04-30"),
        (999001023, "2031-05-07", "2031-05-07", "warning link-office-not-held: Q999001010 held Q999001023 (office) 2031-05-08 to …, and a claim says 2031-05-07"),
        (999001024, "2031-05-07", "2031-05-07", ""),
        (999001021, "2031-05-07", "2031-05-07", "warning link-office-untold: Wikidata does not say that Q999001010 ever held Q999001021 (office), as a claim does for 2031-05-07"),
    ],
)  # fmt: skip
def test_an_office_is_held_on_the_day_or_it_is_told(changed: str, names: object, office: int, earliest: str, latest: str, told: str) -> None:
    held = OfficeClaim(MINT.claim("first", "one"), MINT.entity("dov"), MINT.entity("premier-of-northland"), earliest, latest)
    rows = (DOV, link("premier-of-northland", office, "(label not at hand)"))
    said = found(changed, names, *rows, held=(held,))
    assert [one.replace("(label not at hand)", "office").replace("((", "(") for one in said] == ([told] if told else [])


def kept(root: Path, *rows: Judgement) -> Home:
    """Return a built knowledge base in which Dov is premier of Northland on the article's day, with judgements."""
    claim = {"id": "dov-is-premier", "subject": "dov", "predicate": "holds the office of", "object": "premier-of-northland", "time": "now"}
    home = world(root, {"first": [says("ada-says-so", "ada", "emptied"), claim]})
    (home.corpus / "links").mkdir()
    for answer in ("yes", "no"):
        file = new_file(answer, [row for row in rows if row.answer == answer], MINT, licence=LICENCE)
        (home.corpus / "links" / f"{answer}.sssom.tsv").write_text(file_text(file), "utf-8")
    built(home)
    return home


OFFICE = link("premier-of-northland", 999001020, "Premier of Northland")


def test_the_command_leads_to_the_line_and_ends_with_1(changed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = kept(tmp_path, DOV, OFFICE, link("harbour", 999001001, "Harbour"), link("ada", 999001003, "Ada", "no"))
    assert _run(["--dir", str(tmp_path), "link", "check", "--endpoint", changed]) == 1
    told = capsys.readouterr().out
    assert "corpus/links/yes.sssom.tsv:16: warning: Q999001001 was merged into Q999001002 (link-item-merged)" in told
    assert "corpus/links/yes.sssom.tsv:15: warning: Q999001010 held Q999001020 (Premier of Northland) 2020 to 2022-03-04, and a claim says 2031-05-07 (claim first/dov-is-premier, link-office-not-held)" in told
    assert "looked at 4 links, 4 items, 1 office" in told and "2 warnings, 1 info" in told
    assert _run(["--dir", str(tmp_path), "link", "check", "--endpoint", changed, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["looked_at"] == {"links": 4, "items": 4, "offices": 1}
    assert list(home.http.iterdir())


def test_what_is_kept_is_enough_without_a_network(changed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, DOV)
    monkeypatch.setenv("KB_WIKIDATA_ENDPOINT", changed)
    assert _run(["--dir", str(tmp_path), "link", "check", "--offline"]) == 2
    assert "we are offline, and no answer to this is kept" in capsys.readouterr().err
    assert _run(["--dir", str(tmp_path), "link", "check"]) == 0
    capsys.readouterr()
    assert _run(["--dir", str(tmp_path), "link", "check", "--offline"]) == 0
    assert "looked at 1 link, 1 item, 0 offices\nnothing found" in capsys.readouterr().out


def test_a_check_asks_anew_and_says_of_which_day_its_answers_are(
    changed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, DOV)
    make, asked = renewing.make_client, []

    def check(day: int, *options: str) -> tuple[str, bool]:
        now = datetime(2031, 5, day, 12, tzinfo=UTC).timestamp()
        monkeypatch.setattr(renewing, "make_client", lambda *some, **more: replace(make(*some, **more), clock=lambda: now))
        asked.clear()
        assert _run(["--dir", str(tmp_path), "link", "check", "--endpoint", changed, *options]) == 0
        return capsys.readouterr().err.splitlines()[-1].removeprefix(f"what {changed} says as of "), bool(asked)

    talk = client.talk
    monkeypatch.setattr(client, "talk", lambda *some, **more: asked.append(some) or talk(*some, **more))
    assert check(1) == ("2031-05-01", True)
    assert check(3) == ("2031-05-03", True)
    assert check(4, "--max-age", "2") == ("2031-05-03, 1 day ago", False)
    assert check(9, "--offline") == ("2031-05-03, 6 days ago", False)


def test_a_joined_query_says_of_which_day_kept_answers_are(
    changed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, link("ada", 999001004, "Ada B. Brink"))
    make = asking.make_client

    def told(day: int) -> list[str]:
        now = datetime(2031, 5, day, 12, tzinfo=UTC).timestamp()
        monkeypatch.setattr(asking, "make_client", lambda *some, **more: replace(make(*some, **more), clock=lambda: now))
        assert _run(["--dir", str(tmp_path), "query", "speakers-in-office", "--endpoint", changed, "--format", "csv"]) == 0
        return [line for line in capsys.readouterr().err.splitlines() if "kept" in line]

    assert told(1) == []
    assert told(4) == ["answers kept since 2031-05-01 are used; --max-age 0 asks anew"]


@pytest.mark.parametrize("command", [["check"], ["enrich"], ["--source", "sparql"]])
def test_a_service_has_as_long_as_is_said(bad: ThreadingHTTPServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    kept(tmp_path, DOV)
    waited = waits_for_answers(monkeypatch)
    assert _run(["--dir", str(tmp_path), "link", *command, "--endpoint", at(bad, "hang"), "--timeout", "0.3"]) == 2
    assert "give it longer with --timeout" in capsys.readouterr().err and len(waited) == 1 and waited[0] <= 0.3


def test_a_public_endpoint_is_not_asked_without_a_contact(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, DOV)
    monkeypatch.delenv("KB_CONTACT", raising=False)
    monkeypatch.delenv("KB_WIKIDATA_ENDPOINT", raising=False)
    assert _run(["--dir", str(tmp_path), "link", "check"]) == 2
    assert "not asked: nobody to contact is named" in capsys.readouterr().err


def test_nothing_to_look_at_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = Judgement(answer="no", subject=MINT.entity("ada"), predicate=SAME_AS, object=NO_TERM, subject_label="Ada", justification="semapv:ManualMappingCuration", author="agent:cy", date="2021-05-08")  # fmt: skip
    kept(tmp_path, none)
    assert _run(["--dir", str(tmp_path), "link", "check", "--endpoint", "http://127.0.0.1:9/query"]) == 2
    assert "there is nothing to look at" in capsys.readouterr().err


def test_an_endpoint_that_is_not_wikidata_is_an_error_and_no_heap_of_findings(changed: str, names: object) -> None:
    with pytest.raises(RemoteError, match="none of 1 items is there"):
        found(changed, names, link("ada", 999001003))
    with pytest.raises(InputError, match="nothing to look at"):
        drift(lambda text: ask(changed, text), [], names, MINT)


def test_ids_are_asked_a_batch_at_a_time() -> None:
    asked: list[str] = []

    def count(text: str) -> Result:
        asked.append(text)
        return Result("select", ("item", "property", "value") if "?property ?value WHERE" in text else ("item",))

    items_now(count, [f"Q{number}" for number in range(1, 2 * BATCH + 2)])
    assert len(asked) == 6 and {len(re.findall(r"wd:Q\d+", text)) for text in asked} == {2, 1, BATCH, 2 * BATCH}
    assert all(len(text) < 8000 for text in asked)


@pytest.mark.parametrize("fault", ["page", "failing", "forbidden", "cut", "cut-gzip", "bomb", "loop", "abroad", "good", "ask", "triples", "wrong-json"])
@pytest.mark.parametrize("command", ["check", "enrich"])
def test_an_endpoint_on_a_bad_day_ends_in_a_sentence_and_changes_nothing(bad: ThreadingHTTPServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str, command: str) -> None:
    home = world(tmp_path, {"first": [says("ada-says-so", "ada", "emptied")]})
    (home.corpus / "links").mkdir()
    (home.corpus / "links" / "yes.sssom.tsv").write_text(file_text(new_file("yes", [DOV], MINT, licence=LICENCE)), "utf-8")
    assert _run(["--dir", str(tmp_path), "link", command, "--endpoint", at(bad, fault)]) == 2
    told = capsys.readouterr()
    assert told.err.splitlines()[-2].startswith("kb: ") and "Traceback" not in told.err and told.out == ""
    assert not home.fetched.exists()


@pytest.mark.parametrize(
    ("date", "precision", "shown", "bounds"),
    [
        ("2020-03-04T00:00:00Z", 11, "2020-03-04", ("2020-03-04", "2020-03-04")), ("2020-03-01T00:00:00Z", 10, "2020-03", ("2020-03-01", "2020-03-31")),
        ("2020-01-01T00:00:00Z", 9, "2020", ("2020-01-01", "2020-12-31")), ("2020-01-01T00:00:00Z", 11, "2020-01-01", ("2020-01-01", "2020-01-01")),
        ("2020-01-01T00:00:00Z", 0, "2020", ("2020-01-01", "2020-12-31")), ("2020-03-04T00:00:00Z", 0, "2020-03-04", ("2020-03-04", "2020-03-04")),
        ("1900-01-01T00:00:00Z", 7, "1900", None), ("-0043-03-15T00:00:00Z", 11, "-0043-03-15", None), ("soon", 0, "soon", None),
    ],
)  # fmt: skip
def test_a_date_is_as_exact_as_wikidata_says(date: str, precision: int, shown: str, bounds: tuple[str, str] | None) -> None:
    one = Moment(literal(date), "", precision)
    assert (one.shown(), one.bounds()) == (shown, bounds)


def test_statements_come_with_their_dates_and_without_the_deprecated(changed: str) -> None:
    told = {one.iri[-1]: one for one in statements_of(lambda text: ask(changed, text), ["Q999001010"], ("P39",))}
    assert sorted(told) == ["a", "c", "d", "e"]
    assert [moment.shown() for moment in (*told["a"].start, *told["a"].end)] == ["2020", "2022-03-04"]
    assert told["c"].rank == "PreferredRank" and [moment.shown() for moment in told["e"].end] == ["unknown"]


def test_the_readme_shows_a_check_as_it_is(wikidata_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("corpus", "ontology", "queries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    assert build(Home(tmp_path)).is_published
    assert _run(["--dir", str(tmp_path), "link", "check", "--endpoint", wikidata_server]) == 1
    assert shows("kb link check", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("item", "seen"),
    [
        ("Q999001010", Seen("Q999001010", "Dov Kest", "a minister who was never born", ("human (Q5)",), (), "", "5000010")),
        ("Q999001006", Seen("Q999001006", "Town", "", ("hill town (Q999001007)",), (), "", "5000006")),
        ("Q999001030", Seen("Q999001030", "Northern League", "", ("organization (Q43229)",), ("founded 1901",), "", "5000030")),
        ("Q999001001", Seen("Q999001001", "", "merged into Q999001002; say no, and look at that one")),
        ("Q999001003", None),
    ],
)
def test_a_candidate_is_seen_as_it_is_on_wikidata_now(changed: str, item: str, seen: Seen | None) -> None:
    assert from_wikidata(lambda text: ask(changed, text))(item) == seen


def reviewed(tmp_path: Path, url: str) -> tuple[str, Judgement]:
    """Return what a live review of one candidate showed, and the judgement."""
    home = kept(tmp_path)
    row = Judgement(answer="predictions", subject=MINT.entity("dov"), predicate=SAME_AS, object=f"{WIKIDATA}Q999001010", subject_label="Dov Kest",
                    object_label="D. Kest", justification="semapv:LexicalMatching")  # fmt: skip
    (home.corpus / "links" / "predictions.sssom.tsv").write_text(file_text(new_file("predictions", [row], MINT, licence=LICENCE)), "utf-8")
    command = [sys.executable, "-c", "from kb.cli import main; main()", "link", "review", "--by", "agent:cy", "--live", "--endpoint", url]
    with Terminal(command, tmp_path, {}) as asked:
        asked.until("[?] ")
        asked.type("y\n")
        assert asked.end() == 0
    (one,) = read_judgements(home.link_files())
    return asked.seen, one


def test_a_live_review_keeps_the_label_and_the_revision_that_were_seen(changed: str, tmp_path: Path) -> None:
    shown, one = reviewed(tmp_path, changed)
    assert "Q999001010  Dov Kest" in shown and "label when it was suggested: D. Kest" in shown and "class: human (Q5)" in shown
    assert (one.object_label, one.version) == ("Dov Kest", "5000010")


def test_a_live_review_goes_on_when_wikidata_does_not_answer(tmp_path: Path) -> None:
    shown, one = reviewed(tmp_path, "http://127.0.0.1:9/query")
    assert "going on with what is at hand" in shown and "nothing more is at hand about it" in shown
    assert (one.object_label, one.version) == ("D. Kest", "")
