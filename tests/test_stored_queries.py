"""Stored queries: headers read, faults told with their line, values bound so that none becomes query text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import BadDate, BadIri, InputError, KbError, QueryHeaderError, UnknownName
from kb.ids import NS, Mint
from kb.query import Param, StoredQuery, bind, loose_query, read_query, stored_queries
from kb.query.tokens import outline, tokens
from kb.rows import Term
from kb.store import open_store

MINT = Mint("https://example.org/kb/")
HEADER = """\
#+ summary: Who says what about a thing?
#+ params:
#+   speaker: {type: entity, about: "the speaker; everyone when left out"}
#+   word: {type: string, about: a word of the label, default: harbour}
#+ columns: [claim, label]
"""
BODY = """\
PREFIX kb: <https://w3id.org/conflict-kb/ns/>
SELECT ?claim (STR(?text) AS ?label) WHERE {
  VALUES ?speaker { UNDEF }
  VALUES ?word { UNDEF }
  ?claim kb:speaker ?speaker ; <http://www.w3.org/2000/01/rdf-schema#label> ?text .
}
ORDER BY ?claim
"""


def write(folder: Path, text: str, name: str = "ask/who-says-what.rq") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(QueryHeaderError) as error:
        read_query(path)
    return [str(fault) for fault in error.value.faults]


def test_a_stored_query_says_what_it_answers(tmp_path: Path) -> None:
    query = read_query(write(tmp_path, "\ufeff" + (HEADER + BODY).replace("\n", "\r\n")))
    assert (query.name, query.folder, query.kind, query.columns) == ("who-says-what", "ask", "select", ("claim", "label"))
    assert query.summary == "Who says what about a thing?"
    assert query.params["speaker"] == Param("speaker", "entity", "the speaker; everyone when left out")
    assert query.params["word"].default == "harbour"
    assert query.text == HEADER + BODY


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("#+ summary: Who says what about a thing?\n", "", 1, "the header has no summary"),
        (HEADER, "", 1, "the header has no summary"),
        ("#+ summary: Who", "#+ sumary: Who", 1, "did you mean 'summary'?"),
        ("#+ summary: Who says what about a thing?", "#+ summary: [a, b]", 1, "'summary' is not a text"),
        ("#+ summary: Who says", "#+ summary: Who: says", 1, "not YAML"),
        ("#+ summary", "#+ summary: a\n#+ summary", 2, "the key 'summary' stands twice"),
        ("#+ summary", "#+\tsummary", 1, "not YAML"),
        ("#+ summary: Who", "#+ summary: &a Who", 1, "anchors are not read"),
        ("[claim, label]", "[label, claim]", 5, "write  #+ columns: [claim, label]"),
        ("#+ columns: [claim, label]\n", "", 1, "the columns are not those of the SELECT"),
        ("[claim, label]", "claim", 5, "'columns' is not a list"),
        ("SELECT ?claim (STR(?text) AS ?label)", "SELECT *", 0, "SELECT * names no columns"),
        ("ORDER BY ?claim\n", "", 0, "the SELECT has no ORDER BY"),
        ("  VALUES ?word { UNDEF }\n", "", 4, "has no line  VALUES ?word { UNDEF }"),
        ("  VALUES ?word { UNDEF }\n", "  VALUES ?word { UNDEF }\n" * 2, 4, "has 2 times a line  VALUES ?word { UNDEF }"),
        ("  VALUES ?word { UNDEF }\n", '  # VALUES ?word { UNDEF }\n FILTER("VALUES ?word { UNDEF }" != "")', 4, "has no line"),
        ("  VALUES ?word { UNDEF }\n", "  VALUES ?word { UNDEF }\n  VALUES ?day { UNDEF }\n", 0, "VALUES ?day { UNDEF } belongs to no parameter"),
        ("type: entity", "type: entitty", 3, "did you mean 'entity'?"),
        ("{type: entity, about:", "{about:", 3, "has no type that we know"),
        ("about: a word of the label, ", "", 4, "does not say what it is"),
        ("default: harbour", "defualt: harbour", 4, "did you mean 'default'?"),
        ("about: a word", "otherwise: x, about: a word", 4, "the parameter 'word' has no key 'otherwise'"),
        ("#+ params:", "#+ params: []\n#+ x:", 2, "'params' is not a list of"),
        ('"the speaker; everyone when left out"}', '"the speaker", default: Mayor}', 3, "the default is no IRI"),
        ("kb:speaker", "kbb:speaker", 10, "the prefix 'kbb:' is not declared"),
        ("?claim kb:speaker", "SERVICE <https://example.org/> { ?claim ?a ?b } ?claim kb:speaker", 10, "SERVICE asks another server"),
        ("WHERE {", "FROM <https://example.org/g> WHERE {", 7, "FROM leaves out graphs"),
        ("SELECT ?claim", "INSERT DATA {} SELECT ?claim", 7, "a stored query only reads: INSERT"),
        ("SELECT ?claim (STR(?text) AS ?label)", "FIND", 0, "holds no SELECT, ASK, CONSTRUCT or DESCRIBE"),
        ("#+ columns", "#+ severity: fatal\n#+ columns", 5, "no severity 'fatal'"),
        ("#+ columns", "#+ kind: ask\n#+ columns", 5, "it is select; leave `kind:` out"),
        ("#+ columns", "#+ view: timelin\n#+ columns", 5, "did you mean 'timeline'?"),
        ("#+ columns", "#+ view: pie\n#+ columns", 5, "no view 'pie'"),
        ("#+ columns", "#+ view: map\n#+ columns", 5, "a map needs a column latitude"),
        ("#+ columns", "#+ view: bar\n#+ columns", 5, "a bar needs a column claims or contradictions or value or amount"),
    ],
)  # fmt: skip
def test_a_fault_of_a_header_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    path = write(tmp_path, (HEADER + BODY).replace(old, new, 1))
    assert old in HEADER + BODY
    found = faults(path)
    where = f"{path.as_posix()}:{line}: " if line else f"{path.as_posix()}: "
    assert any(fault.startswith(where) and message in fault for fault in found), found


@pytest.mark.parametrize(("view", "columns"), [("timeline", ["said"]), ("bar", ["claims"]), ("map", ["latitude", "longitude"])])
def test_a_view_with_the_columns_it_needs_is_taken(tmp_path: Path, view: str, columns: list[str]) -> None:
    names = " ".join(f"?{name}" for name in columns)
    text = f"#+ summary: a\n#+ view: {view}\n#+ columns: [{', '.join(columns)}]\nSELECT {names} WHERE {{ ?x ?y {names.split()[0]} }} ORDER BY {names}"
    assert read_query(write(tmp_path, text)).view == view


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, (HEADER + BODY).replace("summary", "sumary").replace("ORDER BY ?claim", ""))
    write(tmp_path, BODY, "ask/no-header.rq")
    write(tmp_path, HEADER + BODY, "ask/Good Name.rq")
    (tmp_path / "ask" / "latin.rq").write_bytes(b"#+ summary: \xe4")
    with pytest.raises(QueryHeaderError) as error:
        stored_queries([tmp_path])
    assert len(error.value.faults) == 7
    assert {Path(fault.path).stem for fault in error.value.faults} == {"who-says-what", "no-header", "Good Name", "latin"}


def test_a_check_has_a_problem_a_fix_and_three_columns(tmp_path: Path) -> None:
    found = "\n".join(faults(write(tmp_path, HEADER + BODY, "check/who-says-what.rq")))
    assert "a check has a problem" in found
    assert "a check has a fix" in found
    assert "a check returns ?entity ?property ?value" in found
    good = "#+ summary: a\n#+ problem: b\n#+ fix: c\n#+ severity: warning\n#+ columns: [entity, property, value]\n"
    good += "SELECT ?entity ?property ?value WHERE { ?entity ?property ?value } ORDER BY ?entity"
    query = read_query(write(tmp_path, good, "check/good.rq"))
    assert (query.problem, query.fix, query.severity) == ("b", "c", "warning")


def test_no_stored_query_uses_service_or_from(tmp_path: Path) -> None:
    text = "#+ summary: a\n#+ columns: [x]\nSELECT ?x FROM <urn:a> WHERE { SERVICE <https://example.org/> { ?x ?y ?z } } ORDER BY ?x"
    for folder in ("ask", "wikidata"):
        found = "\n".join(faults(write(tmp_path, text, f"{folder}/far.rq")))
        assert "SERVICE asks another server" in found and "FROM leaves out graphs" in found


def test_a_query_that_makes_triples_has_no_columns(tmp_path: Path) -> None:
    text = "#+ summary: a\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert read_query(write(tmp_path, text, "derive/all.rq")).kind == "construct"
    assert (
        "only a SELECT has columns" in faults(write(tmp_path, text.replace(": a", ": a\n#+ columns: [s]"), "derive/some.rq"))[0]
    )


def test_an_earlier_folder_hides_the_same_name_of_a_later(tmp_path: Path) -> None:
    write(tmp_path, HEADER + BODY, "own/ask/who-says-what.rq")
    write(tmp_path, HEADER + BODY, "ours/ask/who-says-what.rq")
    write(tmp_path, HEADER + BODY, "ours/ask/another.rq")
    found = stored_queries([tmp_path / "own", tmp_path / "ours"])
    assert [(query.name, query.path.parts[-3]) for query in found] == [("another", "ours"), ("who-says-what", "own")]


def test_a_loose_query_needs_no_header_and_keeps_no_rules() -> None:
    query = loose_query(b"SELECT * WHERE { ?s ?p ?o VALUES ?x { UNDEF } }", "mine.rq")
    assert (query.kind, query.params, query.folder) == ("select", {}, "")
    assert list(loose_query((HEADER + BODY).encode(), "mine.rq").params) == ["speaker", "word"]
    with pytest.raises(QueryHeaderError, match="did you mean 'params'") as error:
        loose_query(b"#+ parms: {}\nASK {}", "mine.rq")
    assert str(error.value).startswith("mine.rq:1: ")


@pytest.fixture(scope="module")
def query() -> StoredQuery:
    return loose_query((HEADER + BODY).encode(), "mine.rq")


def test_values_stand_where_undef_stood(query: StoredQuery) -> None:
    text = bind(query, {"speaker": [MINT.entity("mayor"), MINT.entity("pilot")], "word": 'a "b"\n\\'})
    assert f"VALUES ?speaker {{ <{MINT.entity('mayor')}> <{MINT.entity('pilot')}> }}" in text
    assert 'VALUES ?word { "a \\"b\\"\\n\\\\" }' in text
    assert text.count("\n") == query.text.count("\n")


def test_a_parameter_left_out_takes_its_default_or_stays_open(query: StoredQuery) -> None:
    text = bind(query, {})
    assert "VALUES ?speaker { UNDEF }" in text
    assert 'VALUES ?word { "harbour" }' in text


def test_a_default_may_be_written_with_a_prefix_of_ours() -> None:
    text = "#+ params:\n#+   type: {type: concept, about: a, default: 'type:withdrawal'}\nASK { VALUES ?type { UNDEF } ?s ?p ?type }"
    assert f"{{ <{NS}event-type/withdrawal> }}" in bind(loose_query(text.encode(), "mine.rq"), {})


def test_a_parameter_that_the_query_has_not_is_refused(query: StoredQuery) -> None:
    with pytest.raises(UnknownName, match="did you mean 'speaker'"):
        bind(query, {"speakr": "x"})


def test_a_value_given_twice_stands_once() -> None:
    query = loose_query(b"#+ params:\n#+   x: {type: iri, about: a}\nASK { VALUES ?x { UNDEF } }", "mine.rq")
    assert "{ <urn:a> <urn:b> }" in bind(query, {"x": ["urn:a", "urn:b", "urn:a"]})


@pytest.mark.parametrize(
    ("type", "value", "written"),
    [
        ("date", "2031-05-04", '"2031-05-04"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("integer", "-012", '"-12"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("string", "} UNION { ?s ?p ?o", '"} UNION { ?s ?p ?o"'),
        ("string", "\x00\t'", '"\\u0000\\t\'"'),
        ("iri", "urn:a:b", "<urn:a:b>"),
    ],
)
def test_a_value_is_written_by_its_type(type: str, value: str, written: str) -> None:
    query = loose_query(f"#+ params:\n#+   x: {{type: {type}, about: a}}\nASK {{ VALUES ?x {{ UNDEF }} }}".encode(), "mine.rq")
    assert bind(query, {"x": value}).endswith(f"VALUES ?x {{ {written} }} }}")


@pytest.mark.parametrize(
    ("type", "value", "error"),
    [
        ("date", "2031-02-30", BadDate), ("date", "2031-5-4", BadDate), ("date", "20310504", BadDate), ("date", "٢٠٣١-05-04", BadDate),
        ("date", '2031-05-04"', BadDate), ("integer", "1.5", InputError), ("integer", "1e5", InputError), ("integer", "", InputError),
        ("integer", "9" * 30, InputError), ("iri", "olaf", BadIri), ("iri", "a:b> . ?s ?p ?o . <c:d", BadIri), ("iri", "a:b c", BadIri),
        ("iri", 'a:"b', BadIri), ("iri", "a:b\n", BadIri), ("iri", "a:\u202eb", BadIri), ("iri", "a:\ud800", BadIri), ("iri", "a:{b}", BadIri),
        ("iri", "a:b\\u003e", BadIri), ("entity", "../etc", BadIri), ("string", "\udc00", InputError),
    ],
)  # fmt: skip
def test_a_value_of_another_form_is_refused(type: str, value: str, error: type[KbError]) -> None:
    query = StoredQuery("x", Path("x"), "", "ask", "ASK { VALUES ?x { UNDEF } }", params={"x": Param("x", type)})
    with pytest.raises(error):
        bind(query, {"x": value})


@given(
    st.sampled_from(["string", "iri", "date", "integer", "entity"]),
    st.text() | st.sampled_from(["a:'>#", '"}', "'''", "\\", "\\u0022"]),
)
def test_no_value_becomes_query_text(type: str, value: str) -> None:
    text = "SELECT ?x WHERE { VALUES ?x { UNDEF } ?s ?p ?x }"
    query = StoredQuery("x", Path("x"), "", "select", text, params={"x": Param("x", type)})
    try:
        bound = bind(query, {"x": value})
    except InputError:
        return
    kinds = [token.kind for token in tokens(bound)]
    before, after = [token.kind for token in tokens(text)][:7], [token.kind for token in tokens(text)][8:]
    assert kinds[:7] == before
    assert kinds[-len(after) :] == after
    assert outline(bound).columns == ("x",)
    if type == "string":
        [[term]] = open_store(":memory:").query(bound.replace("?s ?p ?x", "")).rows
        assert term == Term("literal", value)


def test_the_shipped_queries_have_no_fault() -> None:
    assert len(stored_queries([Path(__file__).parent.parent / "queries"])) >= 24
