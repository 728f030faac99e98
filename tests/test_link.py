"""Links to Wikidata: what is refused in a file of judgements, what is found in them, and what the shipped ones say."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import sssom_pydantic

from kb.build import build
from kb.errors import FactFileError, InputError
from kb.facts import read_corpus, read_names
from kb.home import Home
from kb.ids import Mint
from kb.judgement import ANSWERS, NO_TERM, SAME_AS, WIKIDATA, Judgement
from kb.link import COLUMNS, file_text, findings, new_file, read_alignments, read_file, read_judgements
from kb.quads import link_quads, same_as_quads

ROOT = Path(__file__).parent.parent
SHIPPED = Home(ROOT)
MINT = Mint()
IDS = ROOT.parent / "shared" / "wikidata" / "ids.tsv"
SKOS = "http://www.w3.org/2004/02/skos/core#"
WRONG = {  # ids that stand in public files for things they are not
    ("invasion-2022", "Q113149305"), ("invasion-2022", "Q16335075"), ("izium", "Q841029"), ("kyiv", "Q517568"),
    ("atf-dingo", "Q523839"), ("jeffrey-sonnenfeld", "Q317567"),
}  # fmt: skip
METONYMS = {
    ("government-of-venezuela", "Q1533"), ("government-of-russia", "Q649"), ("government-of-ukraine", "Q1899"),
    ("kharkiv-oblast", "Q42308"), ("donetsk-oblast", "Q43070"), ("government-of-ukraine", "Q3874799"), ("government-of-russia", "Q7747"),
}  # fmt: skip
MEANT = {
    "government-of-venezuela": "Q14252930", "government-of-russia": "Q1140115", "government-of-ukraine": "Q613729",
    "kharkiv-oblast": "Q170666", "donetsk-oblast": "Q2012050",
}  # fmt: skip
RENAMED = {  # things of ours that go by another key in ids.tsv
    ("mars-ii", "Q328978"): "m270-mlrs", ("western-countries", "Q160381"): "western-world", ("spokesman-russian-mod", "Q17221"): "spokesperson",
    ("donbas", "Q2012050"): "donetsk-oblast", ("donbas", "Q171965"): "luhansk-oblast",
    ("recognition-of-maduro-re-election", "Q60569233"): "venezuelan-presidential-crisis",
}  # fmt: skip

HEAD = """#curie_map:
#  entity: https://w3id.org/conflict-kb/id/entity/
#  schema: https://schema.org/
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#  sssom: https://w3id.org/sssom/
#  wd: http://www.wikidata.org/entity/
"""
ROW = {
    "subject_id": "entity:northport", "subject_label": "Northport", "predicate_id": "schema:sameAs", "object_id": "wd:Q99900001",
    "object_label": "Northport", "mapping_justification": "semapv:ManualMappingCuration", "author_id": "entity:ada-brink", "mapping_date": "2031-05-04", "confidence": "0.9",
}  # fmt: skip


def text_of(*rows: dict[str, str], head: str = HEAD, columns: tuple[str, ...] = COLUMNS) -> str:
    lines = ["\t".join(row.get(name, "") for name in columns) for row in rows]
    return head + "\n".join(["\t".join(columns), *lines]) + "\n"


def faults(text: str, name: str = "links/yes.sssom.tsv") -> list[str]:
    with pytest.raises(FactFileError) as caught:
        read_file(text, name)
    return [f"{fault.line} {fault.message}" for fault in caught.value.faults]


def test_a_row_becomes_a_judgement() -> None:
    (one,) = read_file(text_of(ROW), "links/yes.sssom.tsv").judgements
    assert (one.subject, one.predicate, one.object) == (MINT.entity("northport"), SAME_AS, f"{WIKIDATA}Q99900001")
    assert (one.answer, one.confidence, one.date, one.path, one.line) == ("yes", Decimal("0.9"), "2031-05-04", "links/yes.sssom.tsv", 9)
    assert one.is_link and one.is_identity and one.has_item


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"subject_id": "northport"}, "subject_id 'northport' is no CURIE"),
        ({"subject_id": "place:northport"}, "subject_id 'place:northport' has the undeclared prefix 'place'"),
        ({"subject_id": ""}, "subject_id '' is no CURIE"),
        ({"object_id": "wd:P31"}, "object_id 'wd:P31' is no id of an item"),
        ({"object_id": "wd:Q012"}, "object_id 'wd:Q012' is no id of an item"),
        ({"object_id": "wd:Q1/x"}, "object_id 'wd:Q1/x' is no id of an item"),
        ({"object_id": "Q42"}, "object_id 'Q42' is no CURIE"),
        ({"object_id": "entity:elsewhere"}, "object_id 'entity:elsewhere' is no item of Wikidata"),
        ({"object_id": "sssom:NoTermFound"}, "sssom:NoTermFound among the links"),
        ({"predicate_id": "skos:broader"}, "predicate_id 'skos:broader' is no link"),
        ({"predicate_id": "owl:sameAs"}, "predicate_id 'owl:sameAs' has the undeclared prefix 'owl'"),
        ({"predicate_modifier": "Not"}, "a refused link in the file of yes"),
        ({"predicate_modifier": "not"}, "predicate_modifier 'not'"),
        ({"mapping_justification": "semapv:Guess"}, "mapping_justification 'semapv:Guess' is none that SEMAPV has"),
        ({"mapping_justification": "by hand"}, "mapping_justification 'by hand' is no CURIE"),
        ({"author_id": "orcid:0000-0000-0000-0000"}, "author_id 'orcid:0000-0000-0000-0000' has the undeclared prefix 'orcid'"),
        ({"confidence": "90%"}, "confidence '90%'"),
        ({"confidence": "1.5"}, "confidence '1.5'"),
        ({"confidence": "٠.٥"}, "confidence '٠.٥'"),
        ({"mapping_date": "2031-02-30"}, "mapping_date '2031-02-30' is no day"),
        ({"mapping_date": "20310504"}, "mapping_date '20310504' is no day"),
        ({"comment": 'called "the port"'}, "a double quote, which other readers take for the start of a quoted cell"),
        ({"comment": "two\tcells"}, "14 cells under 13 columns"),
        ({"comment": "an end\r"}, "a control character or an invisible line separator"),
        ({"comment": "an end\u2028hidden"}, "a control character or an invisible line separator"),
        ({"object_label": " Northport"}, "a cell starts or ends with a space"),
    ],
)
def test_a_wrong_cell_is_a_fault_of_its_line(change: dict[str, str], fault: str) -> None:
    assert f"9 {fault}" in faults(text_of(ROW | change))


@pytest.mark.parametrize(
    ("answer", "change", "fault"),
    [
        ("no", {}, "a row among the refused links that refuses nothing"),
        ("no", {"predicate_modifier": "Not", "object_id": "sssom:NoTermFound"}, "Not and sssom:NoTermFound in one row"),
        ("unsure", {"predicate_modifier": "Not"}, "a refused link in the file of unsure"),
    ],
)
def test_a_row_says_what_its_file_says(answer: str, change: dict[str, str], fault: str) -> None:
    assert faults(text_of(ROW | change), f"{answer}.sssom.tsv") == [f"9 {fault}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (text_of(ROW, columns=COLUMNS[1:]), "8 no column 'subject_id'"),
        (text_of(ROW, columns=tuple(name for name in COLUMNS if name != "mapping_justification")), "8 no column 'mapping_justification'"),
        (text_of(ROW, columns=(*COLUMNS, "coment")), "8 unknown column 'coment'"),
        (text_of(ROW, columns=(*COLUMNS, "comment")), "8 a column stands twice"),
        (text_of(ROW, columns=COLUMNS[::-1]), "8 the columns stand in another order, or some are missing"),
        (text_of(ROW, columns=COLUMNS[:-1]), "8 the columns stand in another order, or some are missing"),
        (text_of(ROW, head=""), "1 no `#curie_map:`"),
        (text_of(ROW, head=HEAD + "#  wd: http://www.wikidata.org/entity/\n"), "8 the prefix 'wd' is declared twice"),
        (text_of(ROW, head=HEAD + "#  odd: not an address\n"), "8 '#  odd: not an address' declares no prefix"),
        (text_of(ROW, head=HEAD.replace("http://www.wikidata", "https://www.wikidata")), "7 items of Wikidata are not named below https://www.wikidata.org/entity/"),
        (text_of(ROW, ROW), "10 the same link as in line 9"),
        (text_of(ROW)[:-1], "9 the last line has no end"),
        (text_of(ROW) + "\n", "10 1 cells under 13 columns"),
        (text_of(ROW) + "# later\n", "10 a comment among the rows"),
        ("", "1 no column 'subject_id'"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_a_fault_of_its_line(text: str, fault: str) -> None:
    assert fault in faults(text)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    bad = text_of(ROW | {"object_id": "wd:42"}, ROW | {"confidence": "much", "predicate_id": "schema:url"})
    for name in ("yes", "unsure", "maybe"):
        (tmp_path / f"{name}.sssom.tsv").write_text(bad, encoding="utf-8")
    (tmp_path / "no.sssom.tsv").write_bytes(b"\xff")
    files = [(path, path.name) for path in sorted(tmp_path.iterdir())]
    with pytest.raises(FactFileError) as caught:
        read_judgements([*files, (tmp_path / "gone.tsv", "gone.tsv")])
    told = [(fault.path, fault.line) for fault in caught.value.faults]
    assert told.count(("yes.sssom.tsv", 9)) == 1 and told.count(("yes.sssom.tsv", 10)) == told.count(("unsure.sssom.tsv", 10)) == 2
    assert {"maybe.sssom.tsv", "no.sssom.tsv", "gone.tsv"} <= {path for path, _ in told}
    assert all(fault.cure for fault in caught.value.faults)


# --- findings ---


@pytest.fixture
def linked(own: Home) -> Home:
    """The starter's corpus with a folder for links."""
    (own.corpus / "links").mkdir()
    return own


def row(thing: str, item: str, predicate: str = "schema:sameAs", **more: str) -> dict[str, str]:
    return ROW | {"subject_id": f"entity:{thing}", "object_id": f"wd:{item}" if item else "sssom:NoTermFound", "predicate_id": predicate} | more


def write(home: Home, **rows: list[dict[str, str]]) -> None:
    base = read_corpus(home.config).base
    for answer, found in rows.items():
        text = text_of(*found, head=HEAD.replace(MINT.base, base))
        (home.corpus / "links" / f"{answer}.sssom.tsv").write_text(text, encoding="utf-8")


def things(home: Home) -> list[str]:
    return [one.id for one in read_names(home.name_files()).entities]


NOT = {"predicate_modifier": "Not"}
FINDINGS = {
    "link-subject-unknown": {"yes": [row("northpole", "Q1")]},
    "link-without-justification": {"yes": [row("A", "Q1", mapping_justification="")]},
    "link-without-label": {"yes": [row("A", "Q1", object_label="")]},
    "link-without-author": {"yes": [row("A", "Q1", author_id="")]},
    "link-by-machine": {"yes": [row("A", "Q1", mapping_justification="semapv:LexicalMatching")]},
    "link-predicate-unfit": {"yes": [row("harbour-residents", "Q1")]},
    "link-rows-unsorted": {"yes": [row("B", "Q1"), row("A", "Q2", "skos:broadMatch"), row("A", "Q3")]},
    "link-item-of-two-things": {"yes": [row("A", "Q1"), row("B", "Q1", "skos:exactMatch")]},
    "link-thing-of-two-items": {"yes": [row("A", "Q1"), row("A", "Q2")]},
    "link-judged-both-ways": {"yes": [row("A", "Q1")], "no": [row("A", "Q1", "skos:exactMatch", **NOT)]},
}


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        *FINDINGS.items(),
        ("link-without-label", {"no": [row("A", "Q1", subject_label="", **NOT)]}),
        ("link-without-author", {"unsure": [row("A", "", mapping_date="")]}),
        ("link-without-author", {"no": [row("A", "Q1", author_id="", mapping_date="", **NOT)]}),
        ("link-by-machine", {"no": [row("A", "Q1", mapping_justification="semapv:LexicalSimilarityThresholdMatching", **NOT)]}),
        ("", {"yes": [row("A", "Q1", mapping_justification="semapv:LexicalMatching", reviewer_id="entity:ada-brink")]}),
        ("", {"yes": [row("A", "Q1", mapping_justification="semapv:MappingReview")]}),
        ("link-rows-unsorted", {"no": [row("A", "Q2", **NOT), row("A", "Q1", **NOT)], "yes": [row("A", "Q3")]}),
        ("", {"yes": [row("A", "Q3"), row("A", "Q2", "skos:broadMatch"), row("B", "Q1")]}),
        ("", {"yes": [row("harbour-residents", "Q1", "skos:relatedMatch")], "no": [row("harbour-residents", "Q2", **NOT)]}),
        ("link-judged-both-ways", {"yes": [row("A", "Q1", "skos:closeMatch")], "unsure": [row("A", "Q1", "skos:closeMatch")]}),
        *(
            ("link-judged-both-ways", {"yes": [row("A", "Q1", same)], "no": [row("A", "Q1", f"skos:{kind}Match", **NOT)]})
            for same, kind in (("schema:sameAs", "close"), ("schema:sameAs", "broad"), ("skos:exactMatch", "narrow"), ("skos:exactMatch", "related"))
        ),
        ("", {"yes": [row("A", "Q1", "skos:closeMatch")], "no": [row("A", "Q1", "skos:exactMatch", **NOT)]}),
        ("link-judged-both-ways", {"unsure": [row("A", "Q1")], "no": [row("A", "Q1", **NOT)]}),
        ("link-judged-both-ways", {"yes": [row("A", "Q1")], "no": [row("A", "")]}),
        ("", {"yes": [row("A", "Q1"), row("B", "Q2")], "no": [row("A", "Q2", **NOT)], "unsure": [row("C", "Q1")]}),
        ("", {"yes": [row("A", "Q1", "skos:broadMatch"), row("B", "Q1", "skos:broadMatch")], "no": [row("A", "Q1", **NOT)]}),
        ("", {"yes": [row("A", "Q1", "skos:relatedMatch"), row("B", "Q1")], "no": [row("A", "", object_label="")]}),
    ],
)
def test_what_is_wrong_with_judgements_is_found(linked: Home, rule: str, rows: dict) -> None:
    known = dict(zip("ABC", things(linked), strict=False))
    named = {answer: [one | {"subject_id": f"entity:{known.get(one['subject_id'][7:], one['subject_id'][7:])}"} for one in many] for answer, many in rows.items()}
    write(linked, **named)
    report = build(linked)
    found = [one for one in report.findings if one.rule.startswith("link-")]
    assert [one.rule for one in found] == [rule] * bool(rule)
    assert all(one.path.startswith("corpus/links/") and one.line >= 9 and one.cure for one in found)
    assert report.is_published == (rule in ("", "link-without-label", "link-rows-unsorted"))
    assert report.looked_at["links"] == sum(map(len, rows.values()))


def test_every_rule_for_links_has_a_case() -> None:
    source = (ROOT / "kb" / "link" / "findings.py").read_text("utf-8")
    assert {word for word in source.split('"') if word.startswith("link-")} == set(FINDINGS)


def test_a_fault_in_a_file_of_links_stops_the_build_and_tells_its_line(linked: Home) -> None:
    write(linked, yes=[row(things(linked)[0], "Q1", confidence="high")])
    (linked.corpus / "links" / "yess.sssom.tsv").write_text(text_of(ROW), encoding="utf-8")
    report = build(linked)
    assert not report.is_published and report.errors == 2
    assert {(one.path, one.line) for one in report.findings} == {("corpus/links/yes.sssom.tsv", 9), ("corpus/links/yess.sssom.tsv", 0)}


def test_candidates_are_no_judgements(linked: Home) -> None:
    (linked.corpus / "links" / "predictions.sssom.tsv").write_text("anything\n", encoding="utf-8")
    assert build(linked).is_published


def test_a_changed_link_is_in_the_next_build_and_a_removed_one_is_not(linked: Home) -> None:
    from kb.store import open_store

    ask = "SELECT ?o WHERE { ?s <https://schema.org/sameAs> ?o } ORDER BY ?o"
    seen = []
    for item in ("Q1", "Q2", None):
        write(linked, yes=[row(things(linked)[0], item)] if item else [])
        assert build(linked).is_published
        seen.append([found[0].value for found in open_store(linked.store.resolve()).query(ask).rows])
    assert seen == [[f"{WIKIDATA}Q1"], [f"{WIKIDATA}Q2"], []]


# --- in the graph ---


def judged(answer: str, item: str = f"{WIKIDATA}Q1", predicate: str = SAME_AS, *, negated: bool = False) -> Judgement:
    return Judgement(answer=answer, subject=MINT.entity("northport"), predicate=predicate, object=item, negated=negated)


def test_only_what_was_affirmed_becomes_a_triple() -> None:
    rows = [judged("yes"), judged("yes", predicate=f"{SKOS}broadMatch"), judged("no", negated=True), judged("unsure"), judged("no", NO_TERM), judged("unsure", NO_TERM)]
    lines = list(link_quads(rows, MINT))
    start, graph = f"<{MINT.entity('northport')}>", f"<{MINT.graph('links')}>"
    assert lines == [f"{start} <{SAME_AS}> <{WIKIDATA}Q1> {graph} .", f"{start} <{SKOS}broadMatch> <{WIKIDATA}Q1> {graph} ."]
    assert list(same_as_quads(lines, MINT)) == [
        f"{start} <http://www.w3.org/2002/07/owl#sameAs> <{WIKIDATA}Q1> <{MINT.graph('same-as')}> ."
    ]


def test_the_graph_of_links_holds_the_affirmed_links_and_no_other(tmp_path: Path) -> None:
    from kb.build import graph_files, same_as_file

    (tmp_path / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    home = Home(tmp_path)
    assert build(home).is_published
    (file,), _ = graph_files(home, "links")
    lines = file.read_text("utf-8").splitlines()
    yes = [one for one in shipped() if one.answer == "yes"]
    assert len(lines) == len(yes) == 66
    assert {tuple(line.split()[:3]) for line in lines} == {(f"<{one.subject}>", f"<{one.predicate}>", f"<{one.object}>") for one in yes}
    same = same_as_file(home).read_text("utf-8").splitlines()
    assert len(same) == sum(one.predicate == SAME_AS for one in yes) == 55
    everything = "".join(path.read_text("utf-8") for path in graph_files(home)[0])
    assert "owl#sameAs" not in everything and "NoTermFound" not in everything
    assert "/ns/State> <http://www.w3.org/2004/02/skos/core#closeMatch> <http://www.wikidata.org/entity/Q3624078>" in everything


# --- what we ship ---


def shipped() -> tuple[Judgement, ...]:
    return read_judgements(SHIPPED.link_files())


def pairs(judgements: object) -> set[tuple[str, str]]:
    return {(one.subject.rpartition("/")[2], one.object.rpartition("/")[2]) for one in judgements}


def test_the_shipped_judgements_have_no_finding() -> None:
    found = shipped()
    assert len(found) > 100 and list(findings(found, read_names(SHIPPED.name_files()), MINT)) == []
    assert all(one.author and one.date and (one.confidence is not None or not one.has_item) and one.comment for one in found)


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_shipped_file_is_valid_sssom_and_says_there_what_it_says_here(answer: str) -> None:
    path = ROOT / "corpus" / "links" / f"{answer}.sssom.tsv"
    mappings, converter, _ = sssom_pydantic.read(path)
    ours = read_file(path.read_text("utf-8"), path.name).judgements
    theirs = [
        (converter.expand(one.subject.curie, strict=True), converter.expand(one.predicate.curie, strict=True), converter.expand(one.object.curie, strict=True), one.predicate_modifier == "Not")
        for one in mappings
    ]  # fmt: skip
    assert sorted(theirs) == sorted((one.subject, one.predicate, one.object, one.negated) for one in ours) != []


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_shipped_file_written_again_keeps_its_bytes(answer: str) -> None:
    text = (ROOT / "corpus" / "links" / f"{answer}.sssom.tsv").read_text("utf-8")
    read = read_file(text, f"{answer}.sssom.tsv")
    assert file_text(read) == text
    turned = type(read)(read.answer, read.header, read.prefixes, read.judgements[::-1])
    assert file_text(turned) == text


def test_a_new_file_reads_back() -> None:
    one = judged("yes")
    text = file_text(new_file("yes", [one], MINT, licence="https://creativecommons.org/publicdomain/zero/1.0/"))
    (read,) = read_file(text, "yes.sssom.tsv").judgements
    assert (read.subject, read.predicate, read.object) == (one.subject, one.predicate, one.object)


@pytest.mark.parametrize("comment", ["a\ttab", "a\nline", 'a "quote"'])
def test_a_cell_that_would_not_read_back_is_not_written(comment: str) -> None:
    bad = Judgement(answer="yes", subject=MINT.entity("northport"), predicate=SAME_AS, object=f"{WIKIDATA}Q1", comment=comment)
    with pytest.raises(InputError):
        file_text(new_file("yes", [bad], MINT, licence="https://creativecommons.org/publicdomain/zero/1.0/"))


def test_known_wrong_ids_and_metonyms_are_refused_and_never_linked() -> None:
    found = shipped()
    assert pairs(one for one in found if one.answer == "no" and one.negated) >= WRONG | METONYMS
    linked = [one for one in found if one.is_link]
    assert pairs(linked) & (WRONG | METONYMS) == set()
    assert {item for _, item in pairs(linked)} & {"Q113149305", "Q16335075", "Q841029", "Q517568", "Q523839", "Q317567"} == set()
    assert {(name, item) for name, item in MEANT.items()} <= pairs(one for one in linked if one.predicate == SAME_AS)


def test_variants_collectives_and_kinds_are_not_said_to_be_the_same() -> None:
    kinds = {one.id: one.kind for one in read_names(SHIPPED.name_files()).entities}
    same = {one.subject.rpartition("/")[2] for one in shipped() if one.is_link and one.predicate == SAME_AS}
    assert {kinds.get(name) for name in same} & {"group", "materiel"} == set()
    exact = {one.subject.rpartition("/")[2] for one in shipped() if one.is_link and one.predicate == f"{SKOS}exactMatch"}
    assert {kinds[name] for name in exact} == {"materiel"}
    close = {(one.subject.rpartition("/")[2], one.predicate.removeprefix(SKOS)) for one in shipped() if one.is_link}
    assert {("mars-ii", "broadMatch"), ("western-countries", "relatedMatch"), ("donbas", "relatedMatch"), ("lieutenant-general", "broadMatch")} <= close


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[54.1, -7.25]", (Decimal("54.1"), Decimal("-7.25"))), ("[-90, 180]", (Decimal(-90), Decimal(180))),
        ("[90.1, 0]", "no point on the earth"), ("[0, -180.5]", "no point on the earth"), ("[54.1]", "no point on the earth"),
        ("54.1", "no point on the earth"), ("[]", "no point on the earth"), ("[54.1, -7.25, 10]", "no point on the earth"),
        ("[north, west]", "'north' is not a number"),
    ],
)  # fmt: skip
def test_coordinates_are_a_point_on_the_earth(tmp_path: Path, written: str, read: object) -> None:
    (tmp_path / "places.yaml").write_text(f"entities:\n- id: pier\n  kind: place\n  label: Pier\n  coordinates: {written}\n", encoding="utf-8")
    if isinstance(read, tuple):
        (one,) = read_names([(tmp_path / "places.yaml", "places.yaml")]).entities
        assert one.coordinates == read
        return
    with pytest.raises(FactFileError) as caught:
        read_names([(tmp_path / "places.yaml", "places.yaml")])
    assert (caught.value.faults[0].line, caught.value.faults[0].message) == (5, read)


@pytest.fixture(scope="module")
def ids() -> dict[str, dict[str, str]]:
    if not IDS.is_file():
        pytest.skip("the verified ids are not at hand (../shared/wikidata/ids.tsv)")
    with IDS.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def test_every_linked_item_stands_with_its_key_among_the_verified_ids(ids: dict) -> None:
    for name, item in pairs(one for one in shipped() if one.is_link):
        key = RENAMED.get((name, item), name)
        assert ids[key]["qid"] == item and ids[key]["confidence"] in ("verified-1", "verified-2"), (name, item)


def test_everything_that_has_a_verified_id_is_judged_and_nothing_unverified_is_linked(ids: dict) -> None:
    found, names = shipped(), read_names(SHIPPED.name_files())
    ours = {one.id for one in (*names.entities, *names.events)} & set(ids)
    judged_, linked = {name for name, _ in pairs(found)}, {name for name, _ in pairs(one for one in found if one.is_link and one.is_identity)}
    assert len(ours) > 70 and ours <= judged_
    assert {name for name in ours if ids[name]["confidence"] == "unverified"} & linked == set()


def test_coordinates_are_those_of_the_list(ids: dict) -> None:
    with (IDS.parent / "places.tsv").open(encoding="utf-8", newline="") as file:
        wanted = {row["key"]: (Decimal(row["lat"]), Decimal(row["lon"])) for row in csv.DictReader(file, delimiter="\t") if row["lat"]}
    ours = {one.id: one.coordinates for one in read_names(SHIPPED.name_files()).entities}
    assert {name: point for name, point in ours.items() if point} == {name: point for name, point in wanted.items() if name in ours}


def test_alignments_read_as_triples_and_their_faults_are_told(tmp_path: Path) -> None:
    rows = read_alignments(SHIPPED.align_files())
    assert len(rows) > 200 and ("https://w3id.org/conflict-kb/ns/country", f"{SKOS}closeMatch", "http://www.wikidata.org/prop/direct/P17") in rows
    source = (ROOT / "ontology" / "align" / "wikidata.sssom.tsv").read_text("utf-8")
    for old, new in (("skos:closeMatch", "skos:broader"), ("wdt:P17", "wdx:P17"), ("subject_label\t", "")):
        (tmp_path / "bad.sssom.tsv").write_text(source.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(FactFileError):
            read_alignments([(tmp_path / "bad.sssom.tsv", "bad.sssom.tsv")])
