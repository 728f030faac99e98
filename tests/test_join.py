"""Joined queries: cut in two, filled with ids and answers that cannot become query text, joined as if both sides were one store."""

from __future__ import annotations

import math
import re
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat
from wikidata.extract import extract

from kb.errors import InputError, QueryHeaderError, RemoteError
from kb.home import shipped
from kb.query import bind, read_query, run_join, stored_queries
from kb.query.join import BATCH, LONGEST, complaints, cut, is_join
from kb.rows import XSD, Result, Row, Term, iri, literal
from kb.store import LocalStore, open_store

WD = "http://www.wikidata.org/entity/"
WORLD = """
PREFIX : <https://example.org/id/> PREFIX kb: <https://w3id.org/conflict-kb/ns/> PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX schema: <https://schema.org/> PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
:ada schema:sameAs wd:Q999000013 ; rdfs:label "Ada" .
:harbour a schema:Place ; schema:sameAs wd:Q999000009 ; rdfs:label "Harbour" .
:province a kb:Region ; schema:sameAs wd:Q999000012 ; rdfs:label "Province" .
:launcher a kb:Materiel ; skos:exactMatch wd:Q999000017 ; rdfs:label "Launcher" .
:governor a kb:Office ; schema:sameAs wd:Q999000019 ; rdfs:label "Governor" .
:battle a kb:Event ; schema:sameAs wd:Q999000020 ; rdfs:label "Battle" .
:asserted rdfs:label "asserted" . :affirmed rdfs:label "affirmed" .
:c a kb:Claim ; rdfs:label "Ada said that a launcher stands in the harbour." ; kb:speaker :ada ; kb:reportedIn :article ;
  kb:participant :launcher , :harbour ; kb:about :battle ; kb:polarity :affirmed ; kb:modality :asserted ; kb:attribution :step ;
  kb:earliest "2031-05-05"^^xsd:date ; kb:latest "2031-05-06"^^xsd:date ; kb:evidence [ oa:hasSelector [ oa:start 3 ; oa:end 9 ] ] .
:d a kb:Claim ; rdfs:label "Ada said she was governor." ; kb:speaker :ada ; kb:reportedIn :article ; kb:subject :ada ;
  kb:predicate "holds the office of" ; kb:object :governor ; kb:polarity :affirmed ; kb:modality :asserted ; kb:attribution :step ;
  kb:earliest "2032-01-01"^^xsd:date ; kb:latest "2032-01-01"^^xsd:date ; kb:evidence [ oa:hasSelector [ oa:start 10 ; oa:end 19 ] ] .
:step kb:source :ada .
"""
SMALL = """#+ summary: Who is what?
#+ columns: [thing, item, wdName]
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
SELECT ?thing ?item ?wdName WHERE {
  { SELECT ?thing ?item WHERE { ?thing schema:sameAs ?item } }
  { SELECT ?item ?wdName WHERE { VALUES ?item { UNDEF } ?item rdfs:label ?wdName } }
}
ORDER BY ?thing ?wdName
"""
QUERIES = {one.name: one for one in stored_queries([shipped("queries")], only="wikidata")}


def world(*turtle: str) -> LocalStore:
    store = open_store(":memory:")
    for text in turtle:
        store.engine.load(text.encode(), RdfFormat.TURTLE)
    return store


def linked(*items: str) -> LocalStore:
    return world("".join(f"<urn:thing:{number}> <https://schema.org/sameAs> <{item}> .\n" for number, item in enumerate(items)))


@pytest.fixture(scope="module")
def wikidata() -> LocalStore:
    """The extract in memory: the same engine as the server, without the wire."""
    return world(extract())


def said(earliest: str, latest: str) -> str:
    """The day on which all that the world's speaker says was said; either end may be open."""
    ends = (("earliest", earliest), ("latest", latest))
    return "".join(f'<https://example.org/id/step> <https://w3id.org/conflict-kb/ns/{end}> "{day}"^^<{XSD}date> .\n' for end, day in ends if day)


def joined(name: str, here: LocalStore, there: LocalStore, **values: str) -> list[dict[str, str]]:
    result = run_join(bind(QUERIES[name], values), here.query, there.query).result
    return [dict(zip(result.columns, ("" if term is None else term.value for term in row), strict=True)) for row in result.rows]


@pytest.mark.parametrize(
    ("earliest", "latest", "held"),
    [
        ("2031-05-02", "2031-05-03", {"Governor": "yes"}),
        ("2030-01-01", "2030-01-01", {"Governor": "yes"}),
        ("2029-12-31", "2029-12-31", {}),
        ("2031-05-04", "2031-05-04", {}),
        ("2031-05-01", "2031-05-04", {"Governor": "perhaps"}),
        ("", "2031-05-01", {"Governor": "perhaps"}),
        ("", "2029-01-01", {}),
        ("2031-05-01", "", {"Governor": "perhaps", "Mayor": "perhaps"}),
        ("", "", {"Governor": "perhaps", "Mayor": "perhaps"}),
        ("2032-06-01", "2032-06-01", {"Mayor": "perhaps"}),  # 2032 is all that is known of its beginning
        ("2033-01-01", "2033-01-01", {"Mayor": "perhaps"}),
        ("2034-01-01", "2034-01-01", {}),
    ],
)
def test_an_office_is_held_on_a_day_surely_perhaps_or_not(wikidata: LocalStore, earliest: str, latest: str, held: dict[str, str]) -> None:
    rows = joined("speakers-in-office", world(WORLD, said(earliest, latest)), wikidata)
    assert {row["wdOfficeName"].partition(" ")[0]: row["held"] for row in rows} == held
    assert all(row["claims"] == "2" and row["speakerLabel"] == "Ada" for row in rows)


STATEMENT = """PREFIX p: <http://www.wikidata.org/prop/> PREFIX ps: <http://www.wikidata.org/prop/statement/> PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/> PREFIX pqv: <http://www.wikidata.org/prop/qualifier/value/>
PREFIX wikibase: <http://wikiba.se/ontology#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
wd:Q999000013 p:P39 [ ps:P39 wd:Q5 ; wikibase:rank wikibase:NormalRank ; QUALIFIERS ] ."""


def qualifier(what: str, day: str, precision: int) -> str:
    return f'pq:{what} "{day}T00:00:00Z"^^xsd:dateTime ; pqv:{what} [ wikibase:timePrecision {precision} ]'


@pytest.mark.parametrize(
    ("qualifiers", "expected"),
    [
        (f"{qualifier('P580', '2030-01-01', 11)} ; pq:P582 _:unknown", ("2030-01-01", "unknown", "perhaps")),
        (f"pq:P580 _:unknown ; {qualifier('P582', '2032-01-01', 11)}", ("", "2032-01-01", "perhaps")),
        (qualifier("P580", "2031-01-01", 10), ("2031-01", "", "perhaps")),
        (qualifier("P580", "2030-12-01", 10), ("2030-12", "", "yes")),
        (qualifier("P580", "2031-02-01", 10), None),
        (qualifier("P580", "2030-01-01", 8), ("", "", "perhaps")),  # a decade is too vague to tell
        (f"{qualifier('P580', '2029-01-01', 9)} ; {qualifier('P582', '2030-01-01', 8)}", ("2029", "unknown", "perhaps")),
        (f"{qualifier('P580', '2029-01-01', 9)} ; {qualifier('P582', '2030-01-01', 9)}", None),
    ],
)
def test_dates_are_as_exact_as_wikidata_has_them(qualifiers: str, expected: tuple[str, str, str] | None) -> None:
    rows = joined("speakers-in-office", world(WORLD, said("2031-01-15", "2031-01-15")), world(STATEMENT.replace("QUALIFIERS", qualifiers)))
    assert [(row["wdFrom"], row["wdUntil"], row["held"]) for row in rows] == ([] if expected is None else [expected])


def test_countries_and_parties_of_speakers(wikidata: LocalStore) -> None:
    here = world(WORLD, said("2031-05-01", "2031-05-01"))
    rows = joined("claims-by-country-or-party", here, wikidata)
    assert sorted({(row["wdBy"], row["wdGroupName"]) for row in rows}) == [
        ("citizenship", "Example Country"),
        ("office", "Example Country"),
        ("party", "Example Party"),
    ]
    rows = joined("claims-by-country-or-party", here, wikidata, group="Example Party")
    assert [(row["label"], row["start"], row["end"]) for row in rows] == [
        ("Ada said that a launcher stands in the harbour.", "3", "9"),
        ("Ada said she was governor.", "10", "19"),
    ]


def test_members_employees_and_holders_of_an_office_belong_to_an_organisation(wikidata: LocalStore) -> None:
    rows = joined("members-among-speakers", world(WORLD, said("2031-05-01", "2031-05-01")), wikidata)
    assert [(row["wdOrganisationName"], row["wdBy"], row["belonged"]) for row in rows] == [
        ("Example Club", "member", "perhaps"),
        ("Example Institute", "employer", "perhaps"),
        ("Example Institute", "office", "yes"),
    ]


def test_a_weapon_has_type_maker_and_country(wikidata: LocalStore) -> None:
    rows = joined("weapons-by-type-and-maker", world(WORLD), wikidata)
    assert [(row["wdAs"], row["wdValueName"], row["match"]) for row in rows] == [
        ("country of origin", "Example Country", "exact"),
        ("maker", "Example Works", "exact"),
        ("type", "weapon model", "exact"),
    ]


@pytest.mark.parametrize(
    ("earliest", "latest", "beside"),
    [
        ("2031-05-01", "2031-05-01", "before"),
        ("2031-05-05", "2031-05-06", "after"),
        ("2031-05-01", "2031-05-06", "within or across"),
        ("2031-05-04", "2031-05-04", "within or across"),
    ],
)
def test_the_time_of_a_claim_lies_beside_wikidatas(wikidata: LocalStore, earliest: str, latest: str, beside: str) -> None:
    here = world(WORLD.replace('earliest "2031-05-05"', f'earliest "{earliest}"').replace('latest "2031-05-06"', f'latest "{latest}"'))
    [row] = joined("events-beside-wikidata", here, wikidata)
    assert (row["wdFrom"], row["wdUntil"], row["beside"]) == ("2031-05-02", "2031-05-04", beside)


def test_an_office_at_another_time_is_told(wikidata: LocalStore) -> None:
    [row] = joined("offices-beside-wikidata", world(WORLD), wikidata)
    assert (row["wdSays"], row["earliest"], row["wdUntil"]) == ("at another time", "2032-01-01", "2031-05-03")
    [row] = joined("offices-beside-wikidata", world(WORLD), world())
    assert row["wdSays"] == "no"


def test_kilometres_are_those_of_the_great_circle(wikidata: LocalStore) -> None:
    rows = joined("places-inside-an-area", world(WORLD), wikidata)
    here, there = (math.radians(10.5), math.radians(20.5)), (math.radians(10.0), math.radians(20.0))
    half = math.sin((there[0] - here[0]) / 2) ** 2 + math.cos(here[0]) * math.cos(there[0]) * math.sin((there[1] - here[1]) / 2) ** 2
    assert [float(row["kilometres"]) for row in rows] == [round(2 * 6371.0088 * math.asin(math.sqrt(half)), 1)] == [78.0]


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_asked_at_wikidata_holds_ids_and_nothing_else_of_ours(wikidata: LocalStore, name: str) -> None:
    asked: list[str] = []
    run_join(bind(QUERIES[name], {}), world(WORLD, said("2031-05-01", "2031-05-01")).query, lambda text: asked.append(text) or wikidata.query(text))
    assert len(asked) == 1 and "Q999000" in asked[0]
    for ours in ("conflict-kb", "example.org", "Ada", "Harbour", "schema.org", "#+", "SERVICE"):
        assert ours not in asked[0], asked[0]


@pytest.mark.parametrize("name", QUERIES)
def test_a_joined_query_gives_what_one_store_with_both_would(wikidata: LocalStore, name: str) -> None:
    """It is plain SPARQL: cutting it must not change what it means."""
    for day in ("2031-05-01", "2032-05-01"):
        here = world(WORLD, said(day, day))
        text = bind(QUERIES[name], {})
        whole = world(WORLD, said(day, day), extract()).query(text)
        assert run_join(text, here.query, wikidata.query).result == whole


@pytest.mark.parametrize("name", QUERIES)
def test_every_part_is_sparql_to_another_parser_too(name: str) -> None:
    from rdflib.plugins.sparql import prepareQuery

    join = cut(bind(QUERIES[name], {}))
    table = [tuple(item(7) if column == "item" else literal("x") for column in join.there.columns)]
    for text in (join.text, join.items_query(), join.wikidata_query([7, 8]), join.filled(table), join.filled([])):
        assert prepareQuery(text) is not None


def test_only_items_of_wikidata_are_asked_about_in_batches_and_in_order() -> None:
    good = [f"{WD}Q{number}" for number in range(1, 2 * BATCH + 51)]
    odd = [f"{WD}Q0", f"{WD}Q01", f"{WD}P31", f"{WD}Q1a", "https://www.wikidata.org/entity/Q9", f"{WD}Q9%3E", "urn:Q5", f"{WD}Q" + "9" * 13]
    asked: list[str] = []

    def ask(text: str) -> Result:
        asked.append(text)
        return Result("select", ("item", "wdName"))

    found = run_join(SMALL, linked(*reversed(good), *good[:3], *odd).query, ask)
    assert (found.result.rows, found.items, found.silent) == ((), 2 * BATCH + 50, 2 * BATCH + 50)
    numbers = [[int(found) for found in re.findall(r"<http://www\.wikidata\.org/entity/Q([0-9]+)>", text)] for text in asked]
    assert [len(batch) for batch in numbers] == [BATCH, BATCH, 50] and [*chain(*numbers)] == list(range(1, 2 * BATCH + 51))
    assert asked[0].startswith("PREFIX rdfs:") and "PREFIX schema:" not in asked[0]


def test_nothing_linked_asks_nobody() -> None:
    def ask(text: str) -> Result:
        raise AssertionError(text)

    found = run_join(SMALL, linked("urn:none").query, ask)
    assert (found.result, found.items, found.silent) == (Result("select", ("thing", "item", "wdName")), 0, 0)


def item(number: int = 7) -> Term:
    return iri(f"{WD}Q{number}")


def answering(*rows: Row, columns: tuple[str, ...] = ("item", "wdName")) -> list[Term | None]:
    found = run_join(SMALL, linked(f"{WD}Q7").query, lambda _: Result("select", columns, rows))
    assert (found.items, found.silent) == (1, 0 if rows else 1)
    return [row[2] for row in found.result.rows]


LANGUAGES = st.sampled_from(["", "en", "uk", "zh-hant"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
IRIS = st.builds(lambda text: f"urn:x:{text}", st.text("abc'()#?&;,.-~%$!*+=:@/\\\"<>{} |^`\u200b", max_size=20))


@given(st.lists(st.tuples(TEXTS, LANGUAGES), max_size=5))
def test_any_text_comes_through_the_table_as_it_is(pairs: list[tuple[str, str]]) -> None:
    given_terms = [literal(text, lang=language) for text, language in pairs]
    assert sorted(map(str, answering(*((item(), term) for term in given_terms)))) == sorted(map(str, given_terms))


@given(st.one_of(IRIS, st.text(max_size=30)), st.booleans(), st.text(max_size=10))
@example("urn:x:\U000f9c73", False, "")  # no sign of an IRI (RFC 3987), which the engine knows and our check does not
@example("http:]", True, "")
def test_no_term_becomes_query_text(value: str, as_datatype: bool, lang: str) -> None:
    """Whatever an endpoint claims to be an IRI, a datatype or a language comes through as that or is refused."""
    try:
        value.encode(), lang.encode()
    except UnicodeEncodeError:
        return
    term = Term("literal", "x", value) if as_datatype and value else Term("iri", value) if value else Term("literal", "x", lang=lang)
    try:
        found = answering((item(), term))
    except RemoteError as error:
        assert "not an answer to our question" in error.message
    else:
        [back] = found
        assert (back.kind, back.value) == (term.kind, term.value)
        assert back.datatype == ("" if term.datatype == f"{XSD}string" else term.datatype) and back.lang.lower() == term.lang.lower()


@pytest.mark.parametrize(
    "value",
    ["http://x/> } DROP ALL #", "http://x/\n", "", "Q7", "http://x/\u200b", "javascript :alert"],
)
def test_an_iri_that_would_break_out_is_refused(value: str) -> None:
    with pytest.raises(RemoteError, match="a value that is none"):
        answering((item(), Term("iri", value)))


@pytest.mark.parametrize(
    "term", [Term("literal", "x", lang='en"@x'), Term("literal", "x", lang="en }"), Term("literal", "x", "no iri"), Term("triple", "<<( <a:a> <a:b> <a:c> )>>"), Term("literal", "\ud800")]
)
def test_a_strange_term_is_refused(term: Term) -> None:
    with pytest.raises(RemoteError, match="not an answer to our question"):
        answering((item(), term))


def test_an_unknown_value_is_an_empty_cell_and_columns_may_come_in_another_order() -> None:
    assert answering((item(), Term("blank", "b0")), (item(), None)) == [None, None]
    assert answering((literal("seven"), item()), columns=("wdName", "item")) == [literal("seven")]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Result("ask", boolean=True), "other columns than asked for: ask"),
        (Result("construct", triples="<a:a> <a:b> <a:c> .\n"), "other columns than asked for: construct"),
        (Result("select", ("item",), ((item(),),)), "other columns than asked for: item"),
        (Result("select", ("item", "wdName", "wdMore"), ()), "other columns than asked for: item, wdName, wdMore"),
        (Result("select", ("item", "item"), ()), "other columns than asked for: item, item"),
        (Result("select", ("item", "wdName"), ((item(8), literal("x")),)), "entity/Q8, which was not asked about"),
        (Result("select", ("item", "wdName"), ((None, literal("x")),)), "a row about nothing"),
        (Result("select", ("item", "wdName"), ((literal(f"{WD}Q7"), literal("x")),)), "which was not asked about"),
        (Result("select", ("item", "wdName"), ((Term("blank", "b"), literal("x")),)), "which was not asked about"),
    ],
)
def test_an_answer_to_another_question_is_refused(answer: Result, message: str) -> None:
    with pytest.raises(RemoteError, match=re.escape(message)) as caught:
        run_join(SMALL, linked(f"{WD}Q7").query, lambda _: answer)
    assert caught.value.cure


def test_more_rows_than_can_be_joined_are_told() -> None:
    many = Result("select", ("item", "wdName"), ((item(), literal("x" * 1000)),) * (LONGEST // 1000))
    with pytest.raises(InputError, match=r"1 items and 16,777 rows about them are too many to join"):
        run_join(SMALL, linked(f"{WD}Q7").query, lambda _: many)


def test_items_that_were_cut_off_are_told_and_nobody_is_asked() -> None:
    with pytest.raises(InputError, match="too many to join"):
        run_join(SMALL, lambda _: Result("select", ("item",), ((item(),),), truncated=True), lambda _: pytest.fail("asked"))


@pytest.mark.parametrize(
    ("wrong", "right", "line", "message"),
    [
        ("VALUES ?item { UNDEF } ", "", 0, "0 inner SELECTs for Wikidata"),
        ("VALUES ?item { UNDEF } ", "VALUES ?item { UNDEF } VALUES ?item { UNDEF } ", 0, "2 inner SELECTs for Wikidata"),
        ("?thing ?item WHERE { ?thing", "?thing WHERE { ?thing", 0, "0 inner SELECTs of claims that give ?item"),
        ("SELECT ?item ?wdName WHERE { VALUES", "SELECT ?wdName WHERE { VALUES", 7, "does not give ?item"),
        ("?wdName", "?name", 7, "?name comes from Wikidata and is not named so"),
        ("?thing", "?wdName", 7, "?wdName stands on both sides"),
        ("?item rdfs:label ?wdName", "VALUES ?wdName { UNDEF } ?item rdfs:label ?wdName", 7, "a parameter in the SELECT for Wikidata: ?wdName"),
        ("?item rdfs:label ?wdName } }", "?item rdfs:label ?wdName } LIMIT 5 }", 7, "LIMIT in the SELECT for Wikidata"),
        ("?item rdfs:label ?wdName } }", "?item rdfs:label ?wdName SERVICE <https://example.org/> {} } }", 7, "SERVICE asks another server"),
    ],
)
def test_a_query_that_cannot_be_joined_is_refused_with_its_line(tmp_path: Path, wrong: str, right: str, line: int, message: str) -> None:
    (tmp_path / "wikidata").mkdir()
    path = tmp_path / "wikidata" / "who.rq"
    path.write_text(SMALL, "utf-8")
    assert read_query(path).folder == "wikidata"
    path.write_text(SMALL.replace(wrong, right), "utf-8")
    with pytest.raises(QueryHeaderError) as caught:
        read_query(path)
    faults = [fault for fault in caught.value.faults if message in fault.message]
    assert [fault.line for fault in faults] == [line] and faults[0].cure


@given(st.lists(st.sampled_from(["{", "}", "SELECT", "VALUES", "?item", "UNDEF", "?wdName", "?thing", "WHERE", "*", "(", ")", "'", "#", "\n", "LIMIT", "AS", "VALUES ?item { UNDEF }"]), max_size=30))
def test_any_text_can_be_cut_or_is_refused(words: list[str]) -> None:
    text = " ".join(words)
    assert is_join(text) == (next(complaints(text), None) is None)
    if is_join(text):
        join = cut(text)
        assert join.there.slots and join.place >= 0 and "Q7>" in join.wikidata_query([7]) and "UNDEF" not in join.wikidata_query([7])
    else:
        with pytest.raises(InputError):
            cut(text)


def test_a_text_that_cannot_be_cut_names_its_line() -> None:
    with pytest.raises(InputError, match="is not named so") as caught:
        cut(SMALL.replace("?wdName", "?name"), path="who.rq")
    assert (caught.value.path, caught.value.line) == ("who.rq", 7)


def test_a_part_within_optional_keeps_claims_that_wikidata_is_silent_about() -> None:
    text = SMALL.replace("  { SELECT ?item ?wdName", "  OPTIONAL { SELECT ?item ?wdName")
    found = run_join(text, linked(f"{WD}Q7").query, lambda _: Result("select", ("item", "wdName")))
    assert [row[1:] for row in found.result.rows] == [(item(), None)]
