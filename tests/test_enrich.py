"""What Wikidata says of linked items: fetched from a real SPARQL server, kept in a file of its own, built into a graph of its own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wikidata.server import serve

from kb.build import build, graph_files
from kb.cli import _run, renewing
from kb.endpoint import ask
from kb.errors import FactFileError, InputError, RemoteError
from kb.home import Home
from kb.ids import Mint
from kb.judgement import SAME_AS, WIKIDATA, Judgement
from kb.link import Fetched, fetch, fetched_text, file_text, new_file, read_fetched
from kb.link.enrich import HEAD, UNKNOWN
from kb.link.wikidata import ItemNow, labels_of
from kb.query import bind, stored_queries
from kb.rows import Result, Term
from kb.store import open_store
from tests.readme import shows
from tests.small_world import ENTITIES, built, says, world

ROOT = Path(__file__).parent.parent
MINT = Mint("https://example.org/kb/")
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
DAY = "2031-05-08"
WD, PROP, XSD = WIKIDATA, "http://www.wikidata.org/prop/", "http://www.w3.org/2001/XMLSchema#"
LABEL, PAGE = "http://www.w3.org/2000/01/rdf-schema#label", "https://www.wikidata.org/wiki/Special:EntityData/"
ENDPOINT = "https://query.example.org/sparql"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real SPARQL server that holds the invented items of drift.ttl."""
    from wikidata.server import command

    if command() is None:
        pytest.skip("the command `oxigraph` is not installed (pip install oxigraph)")
    folder = tmp_path_factory.mktemp("enrich")
    read = pyoxigraph.parse(path=str(ROOT / "tests" / "wikidata" / "drift.ttl"), format=pyoxigraph.RdfFormat.TURTLE)
    (folder / "all.nt").write_bytes(pyoxigraph.serialize(read, format=pyoxigraph.RdfFormat.N_TRIPLES))
    with serve(folder / "all.nt", folder / "store") as url:
        yield url


def link(thing: str, item: int, answer: str = "yes", predicate: str = SAME_AS) -> Judgement:
    return Judgement(
        answer=answer, subject=MINT.entity(thing), predicate=predicate, object=f"{WD}Q{item}", negated=answer == "no", subject_label=thing,
        object_label=thing, justification="semapv:ManualMappingCuration", author="agent:cy", date="2021-05-08",
    )  # fmt: skip


DOV, LEAGUE = link("dov", 999001010), link("northern-league", 999001030, predicate="http://www.w3.org/2004/02/skos/core#exactMatch")


def kept(root: Path, *rows: Judgement, **files: str) -> Home:
    home = world(root, {"first": [says("ada-says-so", "ada", "emptied")]}, **files)
    (home.corpus / "links").mkdir(exist_ok=True)
    for answer in ("yes", "no"):
        file = new_file(answer, [row for row in rows if row.answer == answer], MINT, licence=LICENCE)
        (home.corpus / "links" / f"{answer}.sssom.tsv").write_text(file_text(file), "utf-8")
    return home


def fetched(url: str, *rows: Judgement) -> list[str]:
    text = fetched_text(fetch(lambda query: ask(url, query), rows), endpoint=ENDPOINT, day=DAY)
    assert text.startswith(HEAD) and text.endswith("\n")
    return text.removeprefix(HEAD).splitlines()


def enrich(home: Home, url: str, *options: str) -> int:
    return _run(["--dir", str(home.root), "link", "enrich", "--endpoint", url, *options])


def test_an_item_is_told_with_its_languages_values_and_source(server: str) -> None:
    lines = fetched(server, LEAGUE, link("ada", 999001004, "no"))
    me, page, of = f"<{WD}Q999001030>", f"<{PAGE}Q999001030>", f"<{WD}statement/Q999001030-a>"
    value, year = "<http://www.wikidata.org/value/y1901>", f'"1901-01-01T00:00:00Z"^^<{XSD}dateTime>'
    assert lines == sorted([
        f'{me} <{LABEL}> "Northern League"@en .', f'{me} <{LABEL}> "Північна ліга"@uk .', f'{me} <{LABEL}> "Liga del Norte"@es .',
        f"{me} <{PROP}direct/P31> <{WD}Q43229> .", f"{me} <{PROP}direct/P571> {year} .",
        f'{me} <{PROP}direct/P625> "Point(-7.25 54.1)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> .',
        f"{me} <{PROP}P571> {of} .", f"{of} <{PROP}statement/P571> {year} .", f"{of} <{PROP}statement/value/P571> {value} .",
        f"{of} <http://wikiba.se/ontology#rank> <http://wikiba.se/ontology#NormalRank> .",
        f"{value} <http://wikiba.se/ontology#timeValue> {year} .", f'{value} <http://wikiba.se/ontology#timePrecision> "9"^^<{XSD}integer> .',
        f"{page} <http://schema.org/about> {me} .", f'{page} <http://schema.org/version> "5000030"^^<{XSD}integer> .',
        f'{page} <http://schema.org/dateModified> "2030-02-03T04:05:06Z"^^<{XSD}dateTime> .',
        f"{page} <http://purl.org/dc/terms/source> <{ENDPOINT}> .", f'{page} <http://purl.org/dc/terms/date> "{DAY}"^^<{XSD}date> .',
        f"{page} <http://www.w3.org/ns/prov#wasDerivedFrom> <{PAGE}Q999001030?revision=5000030> .",
    ])  # fmt: skip


def test_offices_are_told_with_rank_and_dates_and_without_the_deprecated_ones(server: str) -> None:
    lines = fetched(server, DOV)
    told = "\n".join(lines)
    assert "Q999001021" not in told and "Q999001010-b" not in told
    assert f'<{WD}Q999001020> <{LABEL}> "Premier of Northland"@en .' in lines
    assert f'<{WD}statement/Q999001010-a> <{PROP}qualifier/P582> "2022-03-04T00:00:00Z"^^<{XSD}dateTime> .' in lines
    assert f"<{WD}statement/Q999001010-c> <http://wikiba.se/ontology#rank> <http://wikiba.se/ontology#PreferredRank> ." in lines
    ends = [line for line in lines if f"Q999001010-e> <{PROP}qualifier/P582>" in line]
    assert len(ends) == 1 and f"<{UNKNOWN}" in ends[0]


def test_no_node_is_blank_and_every_line_is_a_triple(server: str) -> None:
    lines = fetched(server, DOV, LEAGUE)
    parsed = list(pyoxigraph.parse("\n".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert len(parsed) == len(lines) == len(set(lines)) > 50
    assert not any(isinstance(term, pyoxigraph.BlankNode) for triple in parsed for term in (triple.subject, triple.object))


def test_merged_and_deleted_items_are_named_and_left_out(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = kept(tmp_path, LEAGUE, link("harbour", 999001001), link("town", 999001003))
    assert enrich(home, server) == 0
    said = capsys.readouterr().err
    assert "corpus/links/wikidata.nt: 18 triples about 1 item as of 20" in said and "; 18 new, 0 gone" in said
    assert "not there any more: Q999001001, Q999001003; `kb link check` tells why" in said
    assert enrich(home, server) == 0
    assert "; 0 new, 0 gone" in capsys.readouterr().err


def test_the_day_is_that_of_the_answer_and_not_of_the_asking(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, make = kept(tmp_path, LEAGUE), renewing.make_client
    now = datetime(2031, 5, 8, 23, 59, tzinfo=UTC).timestamp()
    monkeypatch.setattr(renewing, "make_client", lambda *some, **more: replace(make(*some, **more), clock=lambda: now))
    assert enrich(home, server) == 0
    assert re.findall(r'date> "(\S+)"', home.fetched.read_text("utf-8")) == ["2031-05-08"]
    for path in home.http.glob("*/*"):
        head, _, body = path.read_bytes().partition(b"\n")
        path.write_bytes(json.dumps(json.loads(head) | {"asked": 86_400.0 * 365}).encode() + b"\n" + body)
    assert enrich(home, server, "--offline") == 0
    assert re.findall(r'date> "(\S+)"', home.fetched.read_text("utf-8")) == ["1971-01-01"]


def quads(home: Home) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in graph_files(home)[0]:
        for line in path.read_text("utf-8").splitlines():
            found.setdefault(line.rpartition("/graph/")[2].removesuffix("> ."), set()).add(line)
    return found


def test_it_is_a_graph_of_its_own_and_changes_no_other(server: str, tmp_path: Path) -> None:
    pointed = ENTITIES.replace("label: Northern League", "label: Northern League, coordinates: [54.2, -7.0]")
    home = kept(tmp_path, DOV, LEAGUE, entities=pointed)
    plain = built(home)
    before = quads(home)
    assert "wikidata" not in before and enrich(home, server) == 0
    report = built(home)
    after = quads(home)
    assert {name: lines for name, lines in after.items() if name not in ("wikidata", "dataset")} == {name: lines for name, lines in before.items() if name != "dataset"}
    assert len(after["wikidata"]) == len(home.fetched.read_text("utf-8").splitlines()) - 1
    assert all(line.startswith(("<http://www.wikidata.org/", "<https://www.wikidata.org/")) for line in after["wikidata"])
    assert report.findings == plain.findings and report.counts["quads"] == plain.counts["quads"] + len(after["wikidata"])
    points = open_store(home.store).query("SELECT ?thing ?lat WHERE { ?thing <http://www.w3.org/2003/01/geo/wgs84_pos#lat> ?lat }").rows
    assert [(thing.value, lat.value) for thing, lat in points] == [(MINT.entity("northern-league"), "54.2")]


@pytest.mark.parametrize("format", ["turtle", "trig", "nquads", "ntriples", "jsonld"])
def test_an_export_holds_it(server: str, tmp_path: Path, format: str) -> None:
    home = kept(tmp_path, LEAGUE)
    assert enrich(home, server) == 0
    built(home)
    assert _run(["--dir", str(tmp_path), "export", "--format", format, "--output", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out").read_text("utf-8")
    assert "Liga del Norte" in text and "1901-01-01T00:00:00Z" in text
    assert (format not in ("trig", "nquads")) or "id/graph/wikidata" in text or "<graph/wikidata>" in text


def test_without_the_file_the_graph_is_gone_and_all_else_is_as_before(server: str, tmp_path: Path) -> None:
    home = kept(tmp_path, LEAGUE)
    built(home)
    before = quads(home)
    assert enrich(home, server) == 0
    built(home)
    home.fetched.unlink()
    built(home)
    assert quads(home) == before and len(open_store(home.store)) == sum(map(len, before.values()))


def test_what_is_kept_of_an_unlinked_item_is_told(server: str, tmp_path: Path) -> None:
    home = kept(tmp_path, DOV, LEAGUE)
    assert enrich(home, server) == 0
    kept(tmp_path, DOV)
    told = [one for one in build(home, keep=False).findings if one.rule == "wikidata-of-unlinked-item"]
    assert [(one.severity, one.path) for one in told] == [("info", "corpus/links/wikidata.nt")]


GOOD = f'<{WD}Q1> <{LABEL}> "a"@en .'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"<{WD}Q1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/conflict-kb/ns/Claim> .", "is none that is fetched"),
        (f"<{WD}Q1> <https://w3id.org/conflict-kb/ns/speaker> <{WD}Q2> .", "is none that is fetched"),
        (f"<{WD}Q1> <https://schema.org/sameAs> <{WD}Q2> .", "is none that is fetched"),
        (f"<{WD}Q1> <http://www.w3.org/2002/07/owl#sameAs> <{WD}Q2> .", "is none that is fetched"),
        (f'<https://example.org/kb/id/entity/ada> <{LABEL}> "a"@en .', "is nothing of Wikidata's"),
        (f'<{WD}Q1> <{LABEL}> "a"@en <https://example.org/kb/id/graph/first> .', "no triple"),
        (f"<{WD}Q1> <{PROP}direct/P31> _:b1 .", "no triple"), (f'_:b1 <{LABEL}> "a" .', "is nothing of Wikidata's"),
        (f'<{WD}Q1> <{LABEL}> "a" b" .', "no triple"), (f'<{WD}Q1> <{LABEL}> "a\\x" .', "no triple"), (f'<{WD}Q1> <{LABEL}> "a"@ .', "no triple"),
        (f"<{WD}Q1> <{PROP}direct/P31> <Q2> .", "no triple"), (f"<{WD}Q1> <{PROP}direct/P31> <file:///etc> .", "no triple"),
        ("<<<<<<< HEAD", "no triple"), (f'<{WD}Q1/../..> <{LABEL}> "a" .', "is nothing of Wikidata's"), (f'<{WD}Q1>\t<{LABEL}> "a" .', "no triple"),
        (f'<{WD}Q1> <{LABEL}> "a"@en .\r', "no triple"), (f'<{WD}Q1> <{LABEL}> "a\x0bb"@en .', "no triple"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_of_this_file_is_refused_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    home = kept(tmp_path, LEAGUE)
    home.fetched.write_text(f"{HEAD}{GOOD}\n{line}\n", "utf-8", newline="")
    with pytest.raises(FactFileError) as caught:
        read_fetched(home.fetched_files())
    assert [(fault.path, fault.line) for fault in caught.value.faults] == [("corpus/links/wikidata.nt", 3)]
    assert said in caught.value.faults[0].message and caught.value.faults[0].cure
    report = build(home)
    assert not report.is_published and [one.line for one in report.findings] == [3]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    home = kept(tmp_path, LEAGUE)
    home.fetched.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in build(home).findings[0].message


@given(st.text(max_size=40))
def test_any_label_is_kept_on_one_line_and_reads_back(label: str) -> None:
    try:
        label.encode()
    except UnicodeEncodeError:
        return
    item = ItemNow("Q1", labels={"en": label}, values={"P31": [Term("iri", f"{WD}Q5")]})
    text = fetched_text(Fetched((item,), (), {}, ()), endpoint=ENDPOINT, day=DAY)
    found = {triple.object.value for triple in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES) if triple.predicate.value == LABEL}
    clean = label if label.isprintable() else " ".join("".join(sign if sign.isprintable() else " " for sign in label).split())
    assert found == {clean} and len(text.splitlines()) == 6


@pytest.mark.parametrize(
    "value",
    [Term("iri", f"{WD}Q5> <{WD}Q6> .\n<{WD}Q7"), Term("iri", "javascript:alert(1)"), Term("triple", "<<( a b c )>>"), Term("literal", "a", "no iri"), Term("literal", "a", "", "no tag")],
    ids=lambda value: f"{value.kind} {value.value[:12]!r}",
)
def test_an_endpoint_that_tells_no_rdf_is_refused_and_nothing_written(value: Term) -> None:
    item = ItemNow("Q1", values={"P31": [value]})
    with pytest.raises(RemoteError, match="told what is"):
        fetched_text(Fetched((item,), (), {}, ()), endpoint=ENDPOINT, day=DAY)


def test_what_was_fetched_before_stays_when_the_endpoint_fails(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = kept(tmp_path, LEAGUE)
    assert enrich(home, server) == 0
    before = home.fetched.read_bytes()
    assert enrich(home, "http://127.0.0.1:9/query") == 2
    kept(tmp_path, link("town", 999001003))
    assert enrich(home, server) == 2
    assert "none of 1 items is there" in capsys.readouterr().err
    assert home.fetched.read_bytes() == before


@pytest.mark.parametrize("damage", [b"<<<<<<< HEAD\n", b"\xff\xfe\n", b"=======\n>>>>>>> other\n"])
def test_a_damaged_file_is_mended_by_fetching_it_again(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: bytes) -> None:
    home = kept(tmp_path, LEAGUE)
    assert enrich(home, server) == 0
    whole = home.fetched.read_bytes()
    home.fetched.write_bytes(whole + damage)
    capsys.readouterr()
    assert enrich(home, server) == 0
    told = capsys.readouterr().err
    assert "corpus/links/wikidata.nt" in told.splitlines()[0] and "what was there counts as nothing" in told and "18 new, 0 gone" in told
    assert home.fetched.read_bytes().splitlines()[1:2] == whole.splitlines()[1:2] and read_fetched(home.fetched_files())


@pytest.mark.parametrize("value", [Term("blank", "b1"), Term("literal", "Nordland", "", "de"), None, Term("literal", "Northland")])
def test_a_label_in_no_language_that_was_asked_for_is_none(value: Term | None) -> None:
    rows = ((Term("iri", f"{WD}Q1"), value), (Term("iri", f"{WD}Q2"), Term("literal", "Two", "", "EN")), (Term("iri", f"{WD}Q3"), Term("literal", "Three", "", "mul")))
    assert labels_of(lambda text: Result("select", ("item", "value"), rows), ["Q1", "Q2", "Q3"]) == {"Q2": "Two", "Q3": "Three"}


def test_nothing_linked_is_an_error() -> None:
    with pytest.raises(InputError, match="nothing is linked"):
        fetch(lambda _: Result("select"), [link("ada", 999001004, "no")])


def answers(home: Home) -> dict[str, object]:
    """Return what every stored question answers, without parameters."""
    store = open_store(home.store)
    asked = [one for one in stored_queries(home.queries) if one.folder == "ask"]
    return {one.name: (found.rows, found.triples) for one in asked if (found := store.query(bind(one, {})))}


@pytest.mark.slow
def test_no_stored_question_answers_otherwise_and_joined_ones_run_on_the_graph_alone(wikidata_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("corpus", "ontology", "queries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    home = Home(tmp_path)
    built(home)
    before = answers(home)
    assert enrich(home, wikidata_server) == 0
    assert shows("kb link enrich", re.sub(r"as of .*", "as of …", capsys.readouterr().err))
    assert not [one for one in built(home).findings if one.severity != "info"]
    assert answers(home) == before and len(before) > 40
    query = next(one for one in stored_queries(home.queries) if one.name == "speakers-in-office")
    alone = open_store(home.store).query(bind(query, {})).rows
    assert _run(["--dir", str(tmp_path), "query", "speakers-in-office", "--endpoint", wikidata_server, "--format", "json"]) == 0
    joined = json.loads(capsys.readouterr().out)["results"]["bindings"]
    assert [row[-1].value for row in alone] == [row["held"]["value"] for row in joined] and len(joined) > 5
